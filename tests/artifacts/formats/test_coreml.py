"""Core ML: models of the system's own kinds are data; custom models and layers, and models elsewhere, are told."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf.artifacts.judgement import Judgement
from tests.artifacts.protobufs import body, number
from tests.artifacts.shapes import found, judged, never_fails, why

SAFE, UNPROVED, UNREAD = Judgement.SAFE, Judgement.UNPROVED, Judgement.UNREAD
DENSE = body(1, body(1, "dense"), body(140, b""))
CUSTOM = body(1, body(1, "own"), body(500, body(10, "OwnLayer")))


def model(*kinds: bytes) -> bytes:
    return number(1, 4) + body(2, body(1, b"")) + b"".join(kinds)


@pytest.mark.parametrize(
    "kind",
    [
        body(500, DENSE),
        body(403, DENSE),
        body(502, number(1, 1)),
        body(302, b"x" * 3),
        body(202, body(1, model(body(500, DENSE)))),
        body(200, body(1, body(1, model(body(303, DENSE))))),
    ],
)
def test_models_of_the_system_are_safe(kind: bytes) -> None:
    (one,) = found(model(kind))
    assert (one.format, one.judgement) == ("coreml", SAFE)


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (body(500, DENSE, CUSTOM), "OwnLayer"),
        (body(303, CUSTOM), "OwnLayer"),
        (body(555, body(10, "OwnModel")), "OwnModel"),
        (body(556, b"x"), "elsewhere"),
        (body(3000, b"x"), "elsewhere"),
        (body(202, body(1, model(body(555, body(10, "OwnModel"))))), "OwnModel"),
        (body(201, body(1, body(1, model(body(500, CUSTOM))))), "OwnLayer"),
        (body(500, body(1, body(605, body(2, CUSTOM)))), "OwnLayer"),
        (body(500, body(1, body(615, body(4, CUSTOM)))), "OwnLayer"),
        (body(500, DENSE) + body(777, b"x"), "kind 777"),
        (body(502, b"\x0a\x16@model_path/../../w.bin"), "out of its folder"),
    ],
)
def test_classes_of_the_application_are_told(kind: bytes, told: str) -> None:
    assert judged(model(kind)) is UNPROVED
    assert told in why(model(kind))


def test_what_cannot_be_followed_is_unread() -> None:
    deep = model(body(500, DENSE))
    for _ in range(40):
        deep = model(body(202, body(1, deep)))
    assert judged(deep) is UNREAD
    assert judged(model(body(500, b"\x0a\xff"))) is UNREAD


def weights(*sizes: int, count: int | None = None) -> bytes:
    data = struct.pack("<II56x", len(sizes) if count is None else count, 2)
    for size in sizes:
        data += struct.pack("<IIQQ40x", 0xDEADBEEF, 1, size, len(data) + 64) + b"\1" * size + b"\0" * (-size % 64)
    return data


def test_weights_within_their_file_are_safe() -> None:
    (one,) = found(weights(10, 64, 100))
    assert (one.format, one.judgement, one.facts) == ("coreml-weights", SAFE, {"weights": "3"})
    assert judged(weights(10, count=1 << 30)) is UNREAD
    assert judged(weights(10, count=2) + b"\0" * 128) is UNREAD
    assert judged(weights(100)[:-80]) is UNREAD
    assert judged(weights(10).replace(struct.pack("<QQ", 10, 128), struct.pack("<QQ", 10, 64))) is UNREAD


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_change_is_borne(draw: st.DataObject) -> None:
    data = bytearray(model(body(202, body(1, model(body(500, CUSTOM))))))
    data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    never_fails(bytes(data))
