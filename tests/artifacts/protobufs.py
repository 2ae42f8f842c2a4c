"""Writes messages of Protocol Buffers, for tests of the formats that are made of them."""

from __future__ import annotations


def varint(value: int) -> bytes:
    """A number of seven bits a byte."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def number(field: int, value: int) -> bytes:
    """A field that holds a number."""
    return varint(field << 3) + varint(value)


def body(field: int, *parts: bytes | str) -> bytes:
    """A field that holds a text or a message, put together of parts."""
    data = b"".join(part.encode() if isinstance(part, str) else part for part in parts)
    return varint(field << 3 | 2) + varint(len(data)) + data
