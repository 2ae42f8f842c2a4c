"""Walks messages of Protocol Buffers without their schema, within bounds.

The encoding: protobuf.dev/programming-guides/encoding. Whoever parses merges a message that comes several times
and passes over fields that it does not know, so a walk visits every occurrence and refuses none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

MAX_FIELDS = 5_000_000
"""How many fields of one message are walked."""
_VARINT, _I64, _LEN, _I32 = 0, 1, 2, 5
_LONGEST = 10


class ProtoError(ValueError):
    """What is no message, with the reason in words."""


class Field(NamedTuple):
    """A field: its number, and what it holds: the bytes of a text or message, or the number of a varint."""

    number: int
    body: memoryview | None
    value: int

    def text(self, most: int = 1000) -> str:
        """Its bytes as text; empty where it is a number. Raises ProtoError where it is longer."""
        if self.body is None:
            return ""
        if len(self.body) > most:
            raise ProtoError(f"a name of more than {most:,} bytes")
        return bytes(self.body).decode("utf-8", "replace")


def fields(data: memoryview) -> Iterator[Field]:
    """The fields of a message in order. Raises ProtoError where it is none."""
    at, end = 0, len(data)
    for _ in range(MAX_FIELDS):
        if at >= end:
            return
        tag, at = _varint(data, at)
        number, wire = tag >> 3, tag & 7
        if not 0 < number < 1 << 29:
            raise ProtoError("a field has a number that none has")
        if wire == _VARINT:
            value, at = _varint(data, at)
            yield Field(number, None, value)
            continue
        if wire == _LEN:
            size, at = _varint(data, at)
        elif wire in (_I64, _I32):
            size = 8 if wire == _I64 else 4
        else:
            raise ProtoError(f"a field is of a kind ({wire}) that is not read here")
        if size > end - at:
            raise ProtoError("a field is longer than the message that it is in")
        if wire == _LEN:
            yield Field(number, data[at : at + size], 0)
        at += size
    raise ProtoError(f"more than {MAX_FIELDS:,} fields in one message")


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    for step in range(_LONGEST):
        if at + step >= len(data):
            raise ProtoError("it ends within a number")
        byte = data[at + step]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFFFFFFFFFFFFFF, at + step + 1
        shift += 7
    raise ProtoError("a number is longer than any")


def outline(data: memoryview, most: int = 100_000) -> dict[int, list[Field]] | None:
    """The fields of a message by their numbers, to tell what it is; None where it is no message.

    Of more than `most` fields only the first are given: a longer one that begins so may still be what it looks like.
    """
    found: dict[int, list[Field]] = {}
    try:
        for count, field in enumerate(fields(data)):
            if count == most:
                break
            found.setdefault(field.number, []).append(field)
    except ProtoError:
        return None
    return found


def bodies(outlined: dict[int, list[Field]], number: int) -> list[memoryview]:
    """The messages or texts under one number."""
    return [field.body for field in outlined.get(number, ()) if field.body is not None]
