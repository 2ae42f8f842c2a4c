"""Models of CatBoost: trees within the file are data; parts that follow them are told."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf.artifacts.judgement import Judgement
from tests.artifacts.shapes import found, judged, never_fails, why
from tests.flatbuffers import Buffer

SAFE, UNPROVED, UNREAD = Judgement.SAFE, Judgement.UNPROVED, Judgement.UNREAD


def model(version: str = "FlabuffersModel_v1", parts: tuple[str, ...] = ()) -> bytes:
    buffer = Buffer(b"\0\0\0\0")
    root = buffer.table({0: None, 2: None, 3: None})
    buffer.point(0, root[-1])
    buffer.point(root[0], buffer.text(version))
    infos = buffer.vector(1)
    buffer.point(root[2], infos)
    info = buffer.table({0: None})
    buffer.point(infos + 4, info[-1])
    buffer.point(info[0], buffer.text("params"))
    named = buffer.vector(len(parts))
    buffer.point(root[3], named)
    for index, part in enumerate(parts):
        buffer.point(named + 4 + 4 * index, buffer.text(part))
    return b"CBM1" + struct.pack("<I", len(buffer.data)) + bytes(buffer.data)


def test_trees_are_safe() -> None:
    (one,) = found(model())
    assert (one.format, one.judgement, one.facts) == ("catboost", SAFE, {"settings": "1"})


@pytest.mark.parametrize(
    ("data", "judgement", "told"),
    [
        (model("other"), UNREAD, "version"),
        (model(parts=("static_provider_v1",)) + b"part", UNPROVED, "static_provider_v1"),
        (model() + b"more", UNPROVED, "bytes follow"),
        (model()[:-1], UNREAD, "longer than the file"),
        (b"CBM1", UNREAD, "longer than the file"),
        (b"CBM1" + struct.pack("<II", 4, 0xFFFFFF), UNREAD, ""),
        (b"CBM1\0\0\0\0", UNREAD, ""),
    ],
)
def test_everything_else_is_told(data: bytes, judgement: Judgement, told: str) -> None:
    assert judged(data) is judgement
    assert told in why(data)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_change_is_borne(draw: st.DataObject) -> None:
    data = bytearray(model())
    data[draw.draw(st.integers(4, len(data) - 1))] = draw.draw(st.integers(0, 255))
    never_fails(bytes(data))
