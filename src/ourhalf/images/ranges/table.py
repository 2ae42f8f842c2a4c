"""What every table of contents tells: the entries of a layer, and which packed bytes hold the files among them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from ourhalf.images.entries import FILE, FOLDER, HARD_LINK, LINK, OTHER, Entry, Taker

KINDS = {
    "reg": FILE, "dir": FOLDER, "symlink": LINK, "hardlink": HARD_LINK, "char": OTHER, "block": OTHER, "fifo": OTHER,
}  # fmt: skip
"""The words of all three formats."""
MAX_TABLE = 64 << 20
"""Packed bytes of one table."""
MAX_UNPACKED_TABLE = 1 << 30
MAX_EXTENT = 64 << 20
"""Packed bytes of one file."""


class TableError(ValueError):
    """A table that is none, or says what cannot be, in words: the layer is better read whole."""


class Want(NamedTuple):
    """Somebody wants the first `need` bytes of the entry of this number."""

    number: int
    need: int
    taker: Taker


class Table(Protocol):
    """A table of contents. Every method raises TableError."""

    @property
    def kind(self) -> str:
        """What its format is called."""
        ...

    def entries(self) -> Iterator[Entry]:
        """Every entry, in the order of the tar, its path as written."""
        ...

    def extent(self, number: int, need: int) -> tuple[int, int]:
        """The packed bytes, from and up to, that hold the first `need` bytes of a file."""
        ...

    def unpack(self, wants: Sequence[Want], start: int, data: bytes) -> int:
        """Hand the takers their bytes; `data` are packed bytes from `start` on. Gives how many were unpacked.

        `wants` are those whose extents lie in `data`, by where these begin.
        """
        ...

    def unchecked(self) -> int:
        """Of how many files the bytes could not be compared with a digest."""
        ...
