"""A ztoc of SOCI: the files of a layer packed by gzip, and places within it from which it can be unpacked.

Source: github.com/awslabs/soci-snapshotter, ztoc/fbs/ztoc.fbs and the glossary in docs; the places are written as
ztoc/compression/gzip_zinfo.c does: counts and offsets in little endian, then 32 KB that came before.
"""

from __future__ import annotations

import struct
from itertools import pairwise
from typing import NamedTuple

from ourhalf.images.bounds import MAX_PATH
from ourhalf.images.entries import FILE, Entry
from ourhalf.images.ranges.deflate import WINDOW
from ourhalf.images.ranges.table import KINDS, TableError

_U16, _U32 = struct.Struct("<H").unpack_from, struct.Struct("<I").unpack_from
_I32, _I64 = struct.Struct("<i").unpack_from, struct.Struct("<q").unpack_from
_HEADER = struct.Struct("<iq")
_CHECKPOINT = struct.Struct("<qqB")
_STEP = _CHECKPOINT.size + WINDOW
_GZIP = 1
_FIRST = 10
"""Bytes of the shortest header of gzip: where the first place is that version 1 leaves out."""
_CAPABILITIES = "SCHILY.xattr.security.capability"
_MAX_XATTRS = 64
_LONGEST = 4 * MAX_PATH


class Checkpoint(NamedTuple):
    """A place: in packed and unpacked bytes, bits of the packed byte before it that belong to it, and the window."""

    packed: int
    unpacked: int
    bits: int
    window: int

    @property
    def start(self) -> int:
        """The first packed byte that is needed."""
        return self.packed - (self.bits > 0)


class Ztoc(NamedTuple):
    """What a ztoc says. `offsets` are those of the files' bytes in the tar."""

    entries: list[Entry]
    offsets: list[int]
    checkpoints: list[Checkpoint]
    digests: list[str]
    places: memoryview
    packed: int
    unpacked: int

    def window(self, checkpoint: Checkpoint) -> bytes:
        """The 32 KB of the tar before a place."""
        if checkpoint.window < 0:
            return bytes(WINDOW)
        return bytes(self.places[checkpoint.window : checkpoint.window + WINDOW])


def parse(data: bytes, most: int) -> Ztoc:
    """A ztoc of at most so many entries. Raises TableError."""
    try:
        return _Buffer(data).ztoc(most)
    except (struct.error, IndexError, OverflowError, UnicodeDecodeError):
        raise TableError("it is no ztoc that can be read") from None


class _Buffer:
    """A FlatBuffer (flatbuffers.dev/internals) with some 100,000 tables: read by hand, for the time that takes."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._shapes: dict[int, tuple[int, ...]] = {}
        self._read = 0

    def ztoc(self, most: int) -> Ztoc:
        """All of it."""
        _version, _tool, packed, unpacked, contents, compression = self._fields(self._target(0), 6)
        if not contents or not compression:
            raise TableError("it has no files or no places")
        (files,) = self._fields(self._target(contents), 1)
        algorithm, last, digests, places = self._fields(self._target(compression), 4)
        if (self._data[algorithm] if algorithm else _GZIP) != _GZIP:
            raise TableError("it is of a layer that is not packed by gzip")
        found = self._vector(places) if places else memoryview(b"")
        count = (_I32(self._data, last)[0] if last else 0) + 1
        entries, offsets = self._entries(files, most)
        return Ztoc(
            entries,
            offsets,
            _checkpoints(found, count),
            [self._text(at) for at in self._offsets(digests, count)],
            found,
            _I64(self._data, packed)[0] if packed else 0,
            _I64(self._data, unpacked)[0] if unpacked else 0,
        )

    def _entries(self, files: int, most: int) -> tuple[list[Entry], list[int]]:
        data, text = self._data, self._text
        entries: list[Entry] = []
        offsets: list[int] = []
        for at in self._offsets(files, most):
            name, kind, offset, size, link, mode, user, group, *_, xattrs = self._fields(at, 14)
            number = KINDS.get(text(self._target(kind)) if kind else "")
            length = _I64(data, size)[0] if size else 0
            if number is None or length < 0:
                raise TableError("it has an entry of a kind that is not known, or of a size below zero")
            entries.append(
                Entry(
                    text(self._target(name)) if name else "",
                    number,
                    length if number == FILE else 0,
                    (_I64(data, mode)[0] if mode else 0) & 0o7777,
                    _U32(data, user)[0] if user else 0,
                    _U32(data, group)[0] if group else 0,
                    text(self._target(link)) if link else "",
                    bool(xattrs) and self._capable(xattrs),
                )
            )
            offsets.append(_I64(data, offset)[0] if offset else 0)
        return entries, offsets

    def _capable(self, xattrs: int) -> bool:
        for at in self._offsets(xattrs, _MAX_XATTRS):
            key, _value = self._fields(at, 2)
            if key and self._text(self._target(key)) == _CAPABILITIES:
                return True
        return False

    def _target(self, at: int) -> int:
        return at + int(_U32(self._data, at)[0])

    def _fields(self, table: int, count: int) -> list[int]:
        """Where the fields of a table lie; 0 for those that it leaves out."""
        shape_at = table - _I32(self._data, table)[0]
        if shape_at < 0:
            raise TableError("it is no ztoc that can be read")
        shape = self._shapes.get(shape_at)
        if shape is None:
            size = _U16(self._data, shape_at)[0] // 2 - 2
            shape = struct.unpack_from(f"<{max(size, 0)}H", self._data, shape_at + 4)
            self._shapes[shape_at] = shape
        found = [table + offset if offset else 0 for offset in shape[:count]]
        return found + [0] * (count - len(found))

    def _offsets(self, field: int, most: int) -> list[int]:
        """Where the elements of a vector of tables or texts lie."""
        if not field:
            return []
        at = self._target(field)
        count = _U32(self._data, at)[0]
        if count > most:
            raise TableError(f"it has over {most:,} entries")
        given = struct.unpack_from(f"<{count}I", self._data, at + 4)
        return [at + 4 + 4 * index + offset for index, offset in enumerate(given)]

    def _vector(self, field: int) -> memoryview:
        at = self._target(field)
        size = _U32(self._data, at)[0]
        if at + 4 + size > len(self._data):
            raise TableError("it is cut off")
        return memoryview(self._data)[at + 4 : at + 4 + size]

    def _text(self, at: int) -> str:
        size = _U32(self._data, at)[0]
        self._read += size
        if size > _LONGEST or self._read > 2 * len(self._data) or at + 4 + size > len(self._data):
            raise TableError("a text in it is too long")
        return self._data[at + 4 : at + 4 + size].decode("utf-8", "backslashreplace")


def _checkpoints(places: memoryview, count: int) -> list[Checkpoint]:
    """The places, each behind the one before."""
    have, _span = _HEADER.unpack_from(places)
    whole = have * _STEP + _HEADER.size
    first = len(places) == whole - _STEP  # version 1 leaves out the first, version 2 does not
    if have < 1 or have != count or (len(places) != whole and not first):
        raise TableError("it has another number of places than it says")
    found = [Checkpoint(_FIRST, 0, 0, -1)] if first else []
    for at in range(_HEADER.size, len(places), _STEP):
        packed, unpacked, bits = _CHECKPOINT.unpack_from(places, at)
        found.append(Checkpoint(packed, unpacked, bits, at + _CHECKPOINT.size))
    ordered = all(a.packed < b.packed and a.unpacked < b.unpacked for a, b in pairwise(found))
    if not ordered or found[0].unpacked or found[0].packed < 1 or any(one.bits > 7 for one in found):
        raise TableError("its places are in no order")
    return found
