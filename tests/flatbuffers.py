"""Writes FlatBuffers for tests, by the published encoding (flatbuffers.dev/internals)."""

from __future__ import annotations

import struct


class Buffer:
    """Writes a FlatBuffer front to back: tables first, what they point to after them."""

    def __init__(self, identifier: bytes = b"") -> None:
        self.data = bytearray(struct.pack("<I4s", 0, identifier))

    def table(self, fields: dict[int, bytes | None]) -> dict[int, int]:
        """A table; None stands for an offset that is set later. Gives where each field lies."""
        count = max(fields, default=-1) + 1
        start = len(self.data)
        places, size = [0] * count, 4
        for number, value in fields.items():
            places[number] = size
            size += 4 if value is None else len(value)
        self.data += struct.pack(f"<HH{count}H", 4 + 2 * count, size, *places)
        at = len(self.data)
        self.data += struct.pack("<i", at - start)
        for value in fields.values():
            self.data += b"\0" * 4 if value is None else value
        return {-1: at} | {number: at + places[number] for number in fields}

    def point(self, at: int, target: int) -> None:
        struct.pack_into("<I", self.data, at, target - at)

    def text(self, value: str) -> int:
        at = len(self.data)
        self.data += struct.pack("<I", len(value)) + value.encode() + b"\0"
        return at

    def octets(self, value: bytes) -> int:
        at = len(self.data)
        self.data += struct.pack("<I", len(value)) + value
        return at

    def vector(self, count: int) -> int:
        at = len(self.data)
        self.data += struct.pack(f"<I{count}I", count, *[0] * count)
        return at
