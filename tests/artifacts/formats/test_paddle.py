"""PaddlePaddle: programs that calculate and parameters that fit are data; everything else is told."""

from __future__ import annotations

import json
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf.artifacts.judgement import Judgement
from tests.artifacts.protobufs import body, number
from tests.artifacts.shapes import cut_nowhere_safe, found, judged, never_fails, why

SAFE, UNSAFE, UNPROVED, UNREAD = Judgement.SAFE, Judgement.UNSAFE, Judgement.UNPROVED, Judgement.UNREAD


def program(*operators: str) -> bytes:
    nodes = [body(4, body(1, body(1, "X")), body(3, one)) for one in operators]
    return body(1, number(1, 0), number(2, 0), body(3, body(1, "x")), *nodes) + body(4, number(1, 0))


def tensor(kind: int = 5, *shape: int, data: bytes = b"") -> bytes:
    described = number(1, kind) + b"".join(number(2, one) for one in shape)
    return struct.pack("<IQIi", 0, 0, 0, len(described)) + described + data


def test_programs_that_calculate_are_safe() -> None:
    (one,) = found(program("feed", "conv2d", "relu", "relu_grad", "fetch"))
    assert (one.format, one.judgement, one.facts) == ("paddle", SAFE, {"operators": "5"})


@pytest.mark.parametrize(
    ("data", "judgement", "told"),
    [
        (program("relu", "py_func"), UNSAFE, "function of Python"),
        (program("save_combine"), UNSAFE, "writes a file"),
        (program("relu", "own_operator"), UNPROVED, "own_operator"),
        (program("x" * 5000), UNREAD, "name of more"),
        (
            program("relu") + body(1, number(1, 1), number(2, 0), body(4, body(3, "py_func"))),
            UNSAFE,
            "function of Python",
        ),
        (json.dumps({"base_code": {"magic": "pir"}, "program": {}}).encode(), UNPROVED, "not followed"),
    ],
)
def test_everything_else_is_told(data: bytes, judgement: Judgement, told: str) -> None:
    assert judged(data) is judgement
    assert told in why(data)


PARAMETERS = tensor(5, 2, 2, data=b"\0" * 16) + tensor(3, 1, data=b"\1" * 8)


def test_parameters_that_fit_are_safe() -> None:
    (one,) = found(PARAMETERS)
    assert (one.format, one.judgement, one.facts) == ("paddle-parameters", SAFE, {"tensors": "2"})
    first = len(tensor(5, 2, 2, data=b"\0" * 16))
    for end in range(len(PARAMETERS)):
        assert end == first or never_fails(PARAMETERS[:end]) is not SAFE


@pytest.mark.parametrize(
    "data",
    [
        tensor(5, 1 << 40, data=b"\0" * 16),
        tensor(5, 1 << 62, 1 << 62, data=b"\0" * 16),
        tensor(99, 2, data=b"\0" * 16),
        PARAMETERS + b"\1" * 30,
        PARAMETERS + struct.pack("<IQIi", 0, 1 << 60, 0, 2) + b"\0" * 30,
        PARAMETERS + struct.pack("<IQIi", 0, 0, 0, 1 << 30) + b"\0" * 30,
    ],
)
def test_those_that_do_not_are_unread(data: bytes) -> None:
    assert judged(data) is UNREAD


def test_a_part_of_a_program_is_not_proved() -> None:
    cut_nowhere_safe(body(1, number(1, 0), number(2, 0), body(3, body(1, "x")), body(4, body(3, "py_func"))))


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_change_is_borne(draw: st.DataObject) -> None:
    data = bytearray(draw.draw(st.sampled_from([PARAMETERS, program("relu", "py_func")])))
    data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    never_fails(bytes(data))
