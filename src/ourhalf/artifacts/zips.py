"""ZIP archives as loaders of models read them, without trusting what two parts of one say differently.

The format: PKWARE's APPNOTE 6.3.10. Members are found by the central directory; each must say the same in its
local header, for some loaders read one and some the other, and nothing lies between them that one who goes from
header to header would find. An archive may begin after other bytes, for it is found by its end: who allows that
says so.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import NamedTuple

from ourhalf.artifacts.holes import ahead

MAX_MEMBERS = 200_000
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_ENCRYPTED, _LATER_SIZES = 0x1, 0x8
_END = struct.Struct("<4sHHHHIIH")
_LONGEST_COMMENT = 0xFFFF
_MOST_DIRECTORY = 1 << 26
# Between two files may lie a descriptor with the sizes of the first: a mark, a checksum and two sizes of 8 bytes.
_DESCRIPTOR = 24


class ZipError(ValueError):
    """An archive that is not sound, with the reason in words."""


class Member(NamedTuple):
    """A file of an archive: where its bytes begin, how many there are, packed and unpacked, and how."""

    name: str
    start: int
    packed: int
    size: int
    method: int


class MemoryFile(io.RawIOBase):
    """A memory as a file, so that nothing of it is copied but what is read."""

    def __init__(self, data: memoryview) -> None:
        self._data, self._at = data, 0

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        """As of any file."""
        self._at = max(0, offset + (0, self._at, len(self._data))[whence])
        return self._at

    def tell(self) -> int:
        """As of any file."""
        return self._at

    def readinto(self, buffer: object) -> int:
        """As of any file."""
        view = memoryview(buffer)  # type: ignore[arg-type]
        part = ahead(self._data, self._at, len(view))
        if not part and view and self._at < len(self._data):
            self._data[self._at]
        view[: len(part)] = part
        self._at += len(part)
        return len(part)


def is_zip(data: memoryview) -> bool:
    """Whether it begins with a local header; archives that begin with something else are not looked for."""
    return len(data) >= 22 and bytes(data[:4]) in (b"PK\x03\x04", b"PK\x05\x06")


def ends_as_zip(data: memoryview) -> bool:
    """Whether it is an archive by its end, whatever stands before: so most readers find one."""
    return _end(data) >= 0


def extent(data: memoryview) -> tuple[int, int]:
    """Where an archive lies that ends so, by its last record: that of a large one is not told, and empty."""
    end = _end(data)
    *_, size, offset, comment = _END.unpack(data[end : end + _END.size]) if end >= 0 else (0,) * 8
    start = end - size - offset
    return (start, end + _END.size + comment) if end >= 0 and start >= 0 else (0, 0)


def _end(data: memoryview) -> int:
    """Where the record lies that ends an archive; -1 where there is none that can be right."""
    tail = max(0, len(data) - _END.size - _LONGEST_COMMENT)
    at = bytes(data[tail:]).rfind(b"PK\x05\x06")
    if at < 0 or tail + at + _END.size > len(data):
        return -1
    *_, size, offset, _ = _END.unpack(data[tail + at : tail + at + _END.size])
    wide = 0xFFFFFFFF in (size, offset)
    return tail + at if wide or size + offset <= tail + at else -1


def mentions(data: memoryview, *names: bytes) -> bool:
    """Whether the directory of an archive has each of these in it, before it is read: for telling what it may be."""
    end = _end(data)
    if end < 0:
        return False
    size = int(_END.unpack(data[end : end + _END.size])[5])
    if size == 0xFFFFFFFF and end >= 76 and bytes(data[end - 20 : end - 16]) == b"PK\x06\x07":
        size = 76 + int.from_bytes(data[end - 36 : end - 28], "little")
    directory = bytes(data[max(0, end - min(size, _MOST_DIRECTORY)) : end])
    return all(name in directory for name in names)


def members(data: memoryview, after: bool = False) -> tuple[Member, ...]:
    """The files of an archive. Raises ZipError where it is not sound.

    With `after` other bytes may stand before the first file; where that one begins tells how many.
    """
    try:
        with zipfile.ZipFile(io.BufferedReader(MemoryFile(data))) as archive:
            infos = archive.infolist()
            if archive.start_dir < 0 or len(infos) > MAX_MEMBERS:
                raise ZipError(f"more than {MAX_MEMBERS:,} files in an archive")
    except (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError, OSError, OverflowError) as error:
        raise ZipError(f"no sound archive: {str(error)[:80]}") from None
    found: list[Member] = []
    names, end = set[str](), 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.filename in names:
            raise ZipError(f"{info.filename[:80]} is in it twice")
        names.add(info.filename)
        member = _member(data, info)
        if info.header_offset < end:
            raise ZipError(f"{info.filename[:80]} overlaps another file")
        if info.header_offset > end + (_DESCRIPTOR if found else 0) and (found or not after):
            raise ZipError(f"bytes that belong to no file lie before {info.filename[:80]}")
        end = member.start + member.packed
        found.append(member)
    return tuple(found)


def _member(data: memoryview, info: zipfile.ZipInfo) -> Member:
    at, name = info.header_offset, info.filename[:80]
    if at < 0 or at + _LOCAL.size > len(data):
        raise ZipError(f"{name} lies outside of the archive")
    mark, _, flags, method, _, _, crc, packed, size, name_size, extra = _LOCAL.unpack(data[at : at + _LOCAL.size])
    start = at + _LOCAL.size + name_size + extra
    if mark != b"PK\x03\x04" or start + info.compress_size > len(data):
        raise ZipError(f"{name} lies outside of the archive")
    if (flags | info.flag_bits) & _ENCRYPTED:
        raise ZipError(f"{name} is encrypted")
    written = bytes(data[at + _LOCAL.size : at + _LOCAL.size + name_size])
    if written != info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437", "replace"):
        raise ZipError(f"{name} has another name in its own header")
    later = flags & _LATER_SIZES or 0xFFFFFFFF in (packed, size)
    same = later or (crc, packed, size) == (info.CRC, info.compress_size, info.file_size)
    if method != info.compress_type or not same:
        raise ZipError(f"{name} says something else in its own header")
    return Member(info.filename, start, info.compress_size, info.file_size, method)


def content(data: memoryview, member: Member, most: int) -> memoryview:
    """What a member holds, unpacked in memory up to `most` bytes. Raises ZipError."""
    packed = data[member.start : member.start + member.packed]
    if member.method == zipfile.ZIP_STORED:
        if member.packed != member.size:
            raise ZipError(f"{member.name[:80]} is not as long as it says")
        return packed
    if member.method != zipfile.ZIP_DEFLATED:
        raise ZipError(f"{member.name[:80]} is packed in a way that is not read here")
    if member.size > most:
        raise ZipError(f"{member.name[:80]} unpacks to more than {most // 1048576} MB")
    unpacker = zlib.decompressobj(-15)
    try:
        made = unpacker.decompress(packed, member.size + 1)
    except zlib.error:
        raise ZipError(f"{member.name[:80]} cannot be unpacked") from None
    if len(made) != member.size:
        raise ZipError(f"{member.name[:80]} is not as long as it says")
    return memoryview(made)
