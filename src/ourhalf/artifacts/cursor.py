"""Reads numbers and bytes from a memory, within its bounds: what a file says of its sizes is never trusted."""

from __future__ import annotations

import struct


class BoundsError(ValueError):
    """What a file says lies outside of it or cannot be, with the reason in words."""


class Cursor:
    """A place in a memory that moves as it is read; `end` is where reading must stop."""

    def __init__(self, data: memoryview, at: int = 0, end: int | None = None, order: str = "<") -> None:
        self.data = data
        self.at = at
        self.end = len(data) if end is None else min(end, len(data))
        self._forms = {letter: struct.Struct(order + letter) for letter in "bBhHiIqQfd"}

    @property
    def left(self) -> int:
        """How many bytes are left to read."""
        return self.end - self.at

    def skip(self, size: int) -> int:
        """Pass over bytes without looking at them; gives where they begin."""
        start = self.at
        if size < 0 or start < 0 or size > self.end - start:
            raise BoundsError("it ends before what it says it holds")
        self.at = start + size
        return start

    def take(self, size: int) -> bytes:
        """The next bytes, copied."""
        start = self.skip(size)
        return bytes(self.data[start : start + size])

    def view(self, size: int) -> memoryview:
        """The next bytes, not copied."""
        start = self.skip(size)
        return self.data[start : start + size]

    def number(self, letter: str) -> int:
        """The next bytes as a whole number, by its letter in `struct`."""
        form = self._forms[letter]
        start = self.skip(form.size)
        return int(form.unpack(self.data[start : start + form.size])[0])

    def text(self, size: int, most: int) -> str:
        """The next bytes as UTF-8, of at most so many bytes; what is no UTF-8 is replaced."""
        if size > most:
            raise BoundsError(f"a text of more than {most:,} bytes")
        return self.take(size).decode("utf-8", "replace")
