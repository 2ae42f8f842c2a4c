"""rpm's header: the record of one package, in databases as in package files.

Source: github.com/rpm-software-management/rpm, docs/manual/format_header.md and tags.md: two numbers (entries, bytes
of data), entries of four numbers (tag, type, offset, count), all big-endian, then the data.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from enum import IntEnum

_MOST_ENTRIES = 1 << 16
_MOST_VALUES = 1 << 21
_ENTRY = struct.Struct(">IIII")
_NUMBERS = {2: "B", 3: "H", 4: "I", 5: "Q"}
_STRING, _STRINGS, _TRANSLATED = 6, 8, 9


class Tag(IntEnum):
    """What is read of a header."""

    NAME = 1000
    VERSION = 1001
    RELEASE = 1002
    EPOCH = 1003
    VENDOR = 1011
    LICENSE = 1014
    ARCH = 1022
    OLD_FILES = 1027
    FILE_STATES = 1029
    SOURCE_RPM = 1044
    PROVIDES = 1047
    REQUIRES = 1049
    DIR_INDEXES = 1116
    BASE_NAMES = 1117
    DIR_NAMES = 1118
    MODULARITY = 5096


class HeaderError(ValueError):
    """A header that is not sound, with the reason in words."""


class Header:
    """The entries of one header; nothing of its data is read before it is asked for."""

    def __init__(self, blob: bytes | memoryview) -> None:
        self._blob = bytes(blob)
        if len(self._blob) < 8:
            raise HeaderError("a header of less than 8 bytes")
        entries, size = struct.unpack_from(">II", self._blob)
        self._data = 8 + entries * _ENTRY.size
        self._end = self._data + size
        if not 0 < entries <= _MOST_ENTRIES or self._end > len(self._blob):
            raise HeaderError("a header whose lengths are beyond its bytes")
        index = _ENTRY.iter_unpack(memoryview(self._blob)[8 : self._data])
        self._entries = {tag: (kind, offset, count) for tag, kind, offset, count in index}

    def texts(self, tag: Tag) -> tuple[str, ...]:
        """The texts of an entry; none where it is absent. Raises HeaderError."""
        kind, offset, count = self._entries.get(tag, (_STRINGS, 0, 0))
        if not count:
            return ()
        if kind not in (_STRING, _STRINGS, _TRANSLATED):
            raise HeaderError(f"tag {tag} is no text")
        if offset < 0 or count > _MOST_VALUES or self._data + offset >= self._end:
            raise HeaderError(f"tag {tag} lies outside of its header")
        return self._strings(self._data + offset, 1 if kind == _STRING else count, tag)

    def _strings(self, start: int, count: int, tag: Tag) -> tuple[str, ...]:
        if count < 64:
            at, found = start, list[bytes]()
            for _ in range(count):
                end = self._blob.find(b"\0", at, self._end)
                if end < 0:
                    raise HeaderError(f"a text of tag {tag} does not end")
                found.append(self._blob[at:end])
                at = end + 1
        else:
            found = self._blob[start : self._end].split(b"\0", count)[:-1]
        if len(found) < count:
            raise HeaderError(f"a text of tag {tag} does not end")
        return tuple(one.decode("utf-8", "replace") for one in found)

    def text(self, tag: Tag) -> str:
        """The first text of an entry, "" where it is absent. Raises HeaderError."""
        return next(iter(self.texts(tag)), "")

    def numbers(self, tag: Tag) -> Sequence[int]:
        """The numbers of an entry; none where it is absent. Raises HeaderError."""
        kind, offset, count = self._entries.get(tag, (4, 0, 0))
        if not count:
            return ()
        letter = _NUMBERS.get(1 if kind == 1 else kind, "B" if kind == 1 else "")
        if not letter:
            raise HeaderError(f"tag {tag} is no number")
        form = f">{count}{letter}"
        if count > _MOST_VALUES or self._data + offset + struct.calcsize(form) > self._end:
            raise HeaderError(f"tag {tag} lies outside of its header")
        return struct.unpack_from(form, self._blob, self._data + offset)
