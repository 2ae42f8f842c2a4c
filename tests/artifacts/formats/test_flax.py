"""Arrays in MessagePack: those of Flax are data; other extensions and arrays of objects are told."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf.artifacts.judgement import Judgement
from tests.artifacts.shapes import formats, found, judged, never_fails, why

SAFE, UNPROVED, UNREAD = Judgement.SAFE, Judgement.UNPROVED, Judgement.UNREAD


class Extension:
    def __init__(self, kind: int, data: bytes) -> None:
        self.kind, self.data = kind, data


def packed(value: Any) -> bytes:
    match value:
        case dict():
            return bytes([0x80 | len(value)]) + b"".join(packed(key) + packed(one) for key, one in value.items())
        case list():
            return struct.pack(">BH", 0xDC, len(value)) + b"".join(map(packed, value))
        case str():
            return bytes([0xA0 | len(value)]) + value.encode()
        case bytes():
            return struct.pack(">BI", 0xC6, len(value)) + value
        case Extension():
            return struct.pack(">BIb", 0xC9, len(value.data), value.kind) + value.data
        case None:
            return b"\xc0"
        case float():
            return b"\xcb" + struct.pack(">d", value)
        case _:
            return bytes([value & 0x7F])


def array(kind: str = "float32", shape: tuple[int, ...] = (2,), extension: int = 1) -> Extension:
    return Extension(extension, packed([list(shape), kind, b"\0" * 8]))


GOOD = packed({"params": {"kernel": array(), "bias": array("bfloat16")}, "step": 3, "rate": 0.5, "none": None})


def test_a_tree_of_arrays_is_safe() -> None:
    (one,) = found(GOOD)
    assert (one.format, one.judgement, one.facts) == ("msgpack", SAFE, {"arrays": "2"})


def test_a_part_of_it_is_never_safe() -> None:
    for end in range(len(GOOD)):
        assert never_fails(GOOD[:end], "m.msgpack") is not SAFE


@pytest.mark.parametrize(
    ("data", "judgement", "told"),
    [
        (packed({"a": array(), "x": Extension(42, b"abcd")}), UNPROVED, "extension 42"),
        (packed({"a": array("object")}), UNPROVED, "array of objects"),
        (packed({"a": array("O", extension=3)}), UNPROVED, "array of objects"),
        (packed({"a": array(), "b": {"nd": 1, "kind": b"O", "data": b"x"}}), UNPROVED, "msgpack-numpy unpickles"),
        (packed({"a": Extension(1, b"\xc1")}), UNREAD, ""),
        (packed({"a": Extension(1, b"\x01\x02")}), UNREAD, "array is none"),
        (GOOD + b"more", UNPROVED, "bytes follow"),
        (packed({"a": array()})[:-1] + b"", UNREAD, "ends before"),
        (b"\x81\xa1a\xdd\xff\xff\xff\xff", UNREAD, "more values than fit"),
        (b"\x81\xa1a\xc9\xff\xff\xff\xff\x01", UNREAD, "ends before"),
        (b"\x81\xa1a" + b"\x91" * 1000, UNREAD, "nested deeper"),
    ],
)
def test_everything_else_is_told(data: bytes, judgement: Judgement, told: str) -> None:
    assert judged(data, "m.msgpack") is judgement
    assert told in why(data, "m.msgpack")


def test_other_bytes_are_none() -> None:
    for data in (b"\x81\xffabcdef", b"\x80\x04}.", b"text that is long enough", b"\x81\xa1a\xc1\xc1\xc1"):
        assert "msgpack" not in formats(data)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_change_is_borne(draw: st.DataObject) -> None:
    data = bytearray(GOOD)
    data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    never_fails(bytes(data), "m.msgpack")
