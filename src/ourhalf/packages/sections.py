"""Where the parts of an ELF file lie.

Source: System V ABI, gabi4+ chapters 4 and 5 (refspecs.linuxfoundation.org/elf).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

_MOST_SECTIONS = 1 << 14
_MOST_SEGMENTS = 1 << 10
_LOAD, _INTERPRETER, _NOTE = 1, 3, 4
_FRAMES = 0x6474E550
_READABLE = 4
_NO_BITS = 8
_WRITABLE = 2
_MOST_NAMES = 1 << 20
_LONGEST_NAME = 128
_LONGEST_NOTE = 64
_BUILD_ID = 3


class Segment(NamedTuple):
    """A part of the file that is laid in memory at `address`."""

    kind: int
    flags: int
    offset: int
    address: int
    size: int


class Elf:
    """The headers of an ELF file, of either width and byte order."""

    def __init__(self, data: memoryview, wide: bool, order: str) -> None:
        self.data, self.wide, self.order = data, wide, order
        form = f"{order}QQQIHHHHHH" if wide else f"{order}IIIIHHHHHH"
        (
            _,
            self._segments_at,
            self._sections_at,
            _,
            _,
            self._segment_size,
            self._segment_count,
            self._section_size,
            self._section_count,
            self._names,
        ) = struct.unpack_from(form, data, 24)

    def segments(self) -> Iterator[Segment]:
        """Those of the file that lie in it."""
        for index in range(min(self._segment_count, _MOST_SEGMENTS)):
            at = self._segments_at + index * self._segment_size
            said = self._numbers("IIQQQQ" if self.wide else "7I", at)
            if said is None:
                return
            if self.wide:
                kind, flags, offset, address, _, size = said
            else:
                kind, offset, address, _, size, _, flags = said
            yield Segment(kind, flags, offset, address, size)

    def section(self, name: bytes) -> memoryview | None:
        """The bytes of the first section of a name; None where there is none, or it lies outside of the file."""
        names = self._section(self._names)
        if names is None:
            return None
        table = self.data[names[1] : names[1] + names[2]]
        wanted = name + b"\0"
        for index in range(min(self._section_count, _MOST_SECTIONS)):
            found = self._section(index)
            if found is None:
                return None
            at, offset, size, kind = found
            if bytes(table[at : at + len(wanted)]) == wanted:
                fits = kind != _NO_BITS and offset + size <= len(self.data)
                return self.data[offset : offset + size] if fits else None
        return None

    def sections(self) -> dict[bytes, memoryview]:
        """All named sections that lie in the file, of several of one name the first; empty where it has no table."""
        names = self._section(self._names)
        if names is None:
            return {}
        table = bytes(self.data[names[1] : names[1] + min(names[2], _MOST_NAMES)])
        found: dict[bytes, memoryview] = {}
        for index in range(min(self._section_count, _MOST_SECTIONS)):
            said = self._section(index)
            if said is None:
                break
            at, offset, size, kind = said
            end = table.find(b"\0", at, at + _LONGEST_NAME)
            if end > at and kind != _NO_BITS and offset + size <= len(self.data):
                found.setdefault(table[at:end], self.data[offset : offset + size])
        return found

    def _section(self, index: int) -> tuple[int, int, int, int] | None:
        said = self._numbers("IIQQQQ" if self.wide else "6I", self._sections_at + index * self._section_size)
        return (said[0], said[4], said[5], said[1]) if said else None

    def _numbers(self, form: str, at: int) -> tuple[int, ...] | None:
        """Numbers of the file; None where they lie outside of it."""
        whole = self.order + form
        return struct.unpack_from(whole, self.data, at) if at + struct.calcsize(whole) <= len(self.data) else None

    def at(self, address: int, size: int) -> bytes | None:
        """Bytes by their address in memory; None where the file has none there."""
        for one in self.segments():
            if one.kind == _LOAD and one.address <= address and address + size <= one.address + one.size:
                start = one.offset + address - one.address
                found = bytes(self.data[start : start + size])
                return found if len(found) == size else None
        return None

    @property
    def is_program(self) -> bool:
        """Whether it names what starts it, as programs do and libraries do not, or is of the kind that needs none."""
        fixed = struct.unpack_from(f"{self.order}H", self.data, 16)[0] == 2
        return fixed or any(one.kind == _INTERPRETER for one in self.segments())

    def notes(self) -> Iterator[tuple[bytes, int]]:
        """The name and type of each note at hand."""
        for name, kind, _ in self._all_notes():
            yield name, kind

    def build_id(self) -> str:
        """What its linker made of its content, in hexadecimal (ld(1), --build-id); "" where it made none."""
        found = (bytes(said) for name, kind, said in self._all_notes() if name == b"GNU" and kind == _BUILD_ID)
        return next(found, b"").hex()

    def _all_notes(self) -> Iterator[tuple[bytes, int, memoryview]]:
        for one in self.segments():
            if one.kind == _NOTE:
                yield from self._notes(one.offset, min(one.offset + one.size, len(self.data)))

    def _notes(self, at: int, end: int) -> Iterator[tuple[bytes, int, memoryview]]:
        while at + 12 <= end:
            name, size, kind = struct.unpack_from(f"{self.order}III", self.data, at)
            said = at + 12 + -(-name // 4) * 4
            words = bytes(self.data[at + 12 : at + 12 + min(name, 64)]).rstrip(b"\0")
            yield words, kind, self.data[said : min(said + min(size, _LONGEST_NOTE), end)]
            at = said + -(-size // 4) * 4

    def constants(self, most: int) -> tuple[int, int]:
        """Where constants lie by the segments alone, as its beginning tells them: the first byte and how many.

        They are in a part that may only be read; where code and constants share one (as linkers did before 2018), they
        are behind the code, before the frames for exceptions.
        """
        parts = [one for one in self.segments() if one.kind in (_LOAD, _FRAMES)]
        readable = [one for one in parts if one.kind == _LOAD and one.flags == _READABLE and one.offset]
        if readable:
            return readable[0].offset, min(readable[0].size, most)
        frames = next((one.offset for one in parts if one.kind == _FRAMES), 0)
        return max(frames - most, 0), min(frames, most)

    def data_segment(self) -> memoryview | None:
        """The first part of the file that a program may write to."""
        for one in self.segments():
            if one.kind == _LOAD and one.flags & _WRITABLE:
                return self.data[one.offset : one.offset + one.size]
        return None


def elf(data: memoryview) -> Elf | None:
    """The headers of a file; None where it is no ELF file, or ends within them."""
    if len(data) < 64 or bytes(data[:4]) != b"\x7fELF" or data[4] not in (1, 2) or data[5] not in (1, 2):
        return None
    return Elf(data, data[4] == 2, "<" if data[5] == 1 else ">")
