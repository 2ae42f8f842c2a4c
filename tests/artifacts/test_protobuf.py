"""The walk over messages: what is one is walked, what is none is refused, in bounded time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourhalf.artifacts.protobuf import ProtoError, bodies, fields, outline
from tests.artifacts.protobufs import body, number, varint


def test_fields_are_given_in_order() -> None:
    data = number(1, 300) + body(2, "text") + b"\x19" + b"\0" * 8 + b"\x25" + b"\0" * 4 + body(2)
    assert [(f.number, f.value, f.text()) for f in fields(memoryview(data))] == [
        (1, 300, ""),
        (2, 0, "text"),
        (2, 0, ""),
    ]
    assert bodies(outline(memoryview(data)) or {}, 2) == [b"text", b""]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\x0a\x05abc", "longer than the message"),
        (b"\x0a" + varint((1 << 63) - 1), "longer than the message"),
        (b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "longer than any"),
        (b"\x08\x80", "ends within a number"),
        (b"\x08", "ends within a number"),
        (b"\x0b\x0c", "kind"),
        (b"\x00\x00", "number that none has"),
    ],
)
def test_what_is_no_message_is_refused(data: bytes, told: str) -> None:
    with pytest.raises(ProtoError, match=told):
        list(fields(memoryview(data)))
    assert outline(memoryview(data)) is None


def test_a_name_that_is_too_long_is_refused() -> None:
    (field,) = fields(memoryview(body(1, "x" * 2000)))
    with pytest.raises(ProtoError):
        field.text()


@given(st.binary(max_size=200))
def test_any_bytes_are_borne(data: bytes) -> None:
    outline(memoryview(data))
