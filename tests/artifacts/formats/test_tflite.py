"""TensorFlow Lite: operators of the runtime are data; custom ones, and what lies outside, are told."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf.artifacts.judgement import Judgement
from tests.artifacts.shapes import found, judged, never_fails, why
from tests.flatbuffers import Buffer

SAFE, UNSAFE, UNPROVED, UNREAD = Judgement.SAFE, Judgement.UNSAFE, Judgement.UNPROVED, Judgement.UNREAD


def model(*codes: tuple[int, str | None], used: int = 0, span: tuple[int, int] = (0, 0), graphs: int = 1) -> bytes:
    buffer = Buffer(b"TFL3")
    root = buffer.table({0: struct.pack("<I", 3), 1: None, 2: None, 4: None})
    buffer.point(0, root[-1])
    vector = buffer.vector(len(codes))
    buffer.point(root[1], vector)
    for index, (number, custom) in enumerate(codes):
        table = buffer.table({3: struct.pack("<i", number)} | ({1: None} if custom is not None else {}))
        buffer.point(vector + 4 + 4 * index, table[-1])
        if custom is not None:
            buffer.point(table[1], buffer.text(custom))
    vector = buffer.vector(graphs)
    buffer.point(root[2], vector)
    for index in range(graphs):
        graph = buffer.table({3: None})
        buffer.point(vector + 4 + 4 * index, graph[-1])
        operators = buffer.vector(1)
        buffer.point(graph[3], operators)
        buffer.point(operators + 4, buffer.table({0: struct.pack("<I", used)})[-1])
    vector = buffer.vector(1)
    buffer.point(root[4], vector)
    buffer.point(vector + 4, buffer.table({1: struct.pack("<Q", span[0]), 2: struct.pack("<Q", span[1])})[-1])
    return bytes(buffer.data)


GOOD = model((0, None), (3, None))


def test_operators_of_the_runtime_are_safe() -> None:
    (one,) = found(GOOD)
    assert (one.format, one.judgement, one.facts) == ("tflite", SAFE, {"operators": "2", "graphs": "1"})
    assert judged(model((32, "FlexMatMul"))) is SAFE
    assert judged(model((32, "TFLite_Detection_PostProcess"))) is SAFE


@pytest.mark.parametrize(
    ("data", "judgement", "told"),
    [
        (model((32, "MyOwn")), UNPROVED, "MyOwn"),
        (model((32, None)), UNPROVED, "without a name"),
        (model((0, "MyOwn")), UNPROVED, "MyOwn"),
        (model((32, "FlexReadFile")), UNSAFE, "reads any file"),
        (model((32, "FlexMyOwn")), UNPROVED, "FlexMyOwn"),
        (model((51, None)), UNPROVED, "51"),
        (model((9999, None)), UNPROVED, "9999"),
        (model((-4, None)), SAFE, ""),
        (model((0, None), used=7), UNREAD, "none of those"),
        (model((0, None), span=(1 << 40, 8)), UNREAD, "outside"),
        (model((0, None), graphs=0), UNREAD, "no graph"),
        (b"\0\0\0\0TFL3", UNREAD, ""),
        (b"\xff\xff\xff\xffTFL3" + b"\0" * 40, UNREAD, ""),
    ],
)
def test_everything_else_is_told(data: bytes, judgement: Judgement, told: str) -> None:
    assert judged(data) is judgement
    assert told in why(data)


def test_a_vector_of_more_than_fits_is_unread() -> None:
    at = GOOD.index(struct.pack("<I", 2), 20)
    assert judged(GOOD[:at] + struct.pack("<I", 1 << 30) + GOOD[at + 4 :]) is UNREAD


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_change_is_borne(draw: st.DataObject) -> None:
    data = bytearray(model((32, "MyOwn")))
    at = draw.draw(st.integers(0, len(data) - 1))
    data[at] = draw.draw(st.integers(0, 255))
    never_fails(bytes(data[: draw.draw(st.integers(at, len(data)))]))
