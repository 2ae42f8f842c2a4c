"""Sparse files in tars: where the bytes that are stored belong in the file.

Source: the GNU tar manual, "Storing Sparse Files": the old GNU format, and PAX formats 0.0, 0.1 and 1.0.
"""

from __future__ import annotations

from ourhalf.images import tarheaders as headers
from ourhalf.images.entries import Entry, Taker
from ourhalf.images.tarheaders import BLOCK, Part, TarError

_ZEROS = memoryview(bytes(1 << 20))
_MAX_MAP = 4 << 20
_MAX_HOLE = 1 << 30


class SparseTable:
    """The map of a file in the old GNU format: in its header, and in blocks that follow it."""

    def __init__(self, entry: Entry, block: bytes, stored: int) -> None:
        real = headers.number(block[483:495])
        self.entry = Entry(entry.path, entry.kind, real, entry.mode, entry.user, entry.group, "", entry.capabilities)
        self.stored = stored
        self._numbers = headers.sparse_pairs(block, 386, 4)
        self.complete = not block[482]

    @property
    def parts(self) -> list[Part]:
        """The parts that it states. Raises TarError."""
        return headers.parts_of(self._numbers)

    def block(self, block: bytes) -> bool:
        """Take a block of the map; whether it was the last."""
        self._numbers += headers.sparse_pairs(block, 0, 21)
        if len(self._numbers) * 8 > _MAX_MAP:
            raise TarError("a sparse file has a map that is too long")
        return not block[504]


class Sparse:
    """Gives the bytes that are stored to `taker` with zeros between them, up to the size of the file.

    With `in_data` the map stands before the bytes, as decimal numbers on lines, filled up to whole blocks.
    """

    def __init__(self, taker: Taker | None, size: int, parts: list[Part], in_data: bool) -> None:
        self._taker = taker
        self._size = size
        self._parts = parts
        self._map = bytearray() if in_data else None
        self.full = False
        self._at = self._number = self._inside = 0

    def feed(self, data: memoryview) -> None:
        """See `Taker`."""
        if self._map is not None:
            self._map += data
            rest = self._head(self._map)
            if rest is None:
                return
            data = memoryview(rest)
        while data and self._taker is not None:
            if self._number >= len(self._parts):
                raise TarError("a sparse file has more bytes than its map")
            offset, length = self._parts[self._number]
            if offset + length > self._size:
                raise TarError("a sparse file has a map that goes beyond its end")
            self._fill(offset)
            take = min(length - self._inside, len(data))
            self._taker.feed(data[:take])
            data = data[take:]
            self._at += take
            self._inside += take
            if self._inside == length:
                self._number, self._inside = self._number + 1, 0

    def done(self) -> None:
        """See `Taker`."""
        if self._map is not None:
            raise TarError("a sparse file ends within its map")
        if self._taker is not None:
            self._fill(self._size)
            self._taker.done()

    def _fill(self, offset: int) -> None:
        """Zeros up to `offset`, while anybody takes them."""
        if self._taker is None or self._taker.full:
            self._at = offset
        elif offset - self._at > _MAX_HOLE:
            raise TarError(f"a sparse file that is looked at has a hole of more than {_MAX_HOLE:,} bytes")
        while self._at < offset and self._taker is not None:
            step = min(offset - self._at, len(_ZEROS))
            self._taker.feed(_ZEROS[:step])
            self._at += step

    def _head(self, found: bytearray) -> bytes | None:
        """What follows the map; None until it is whole."""
        if len(found) > _MAX_MAP:
            raise TarError("a sparse file has a map that is too long")
        first, newline, _ = bytes(found[:24]).partition(b"\n")
        if not newline:
            if len(found) > 20:
                raise TarError("a sparse file has a map that is none")
            return None
        count = headers.whole(first.decode("ascii", "replace"))
        lines = bytes(found).split(b"\n", 2 * count + 1)
        if len(lines) < 2 * count + 2:
            return None
        numbers = [headers.whole(one.decode("ascii", "replace")) for one in lines[1 : 2 * count + 1]]
        used = len(found) - len(lines[-1])
        used += -used % BLOCK
        if len(found) < used:
            return None
        rest = bytes(found[used:])
        self._parts, self._map = headers.parts_of(numbers), None
        return rest
