"""Reads tables of FlatBuffers by their numbers, without a schema, within bounds.

The encoding: flatbuffers.dev/internals.
"""

from __future__ import annotations

from collections.abc import Iterator

from ourhalf.artifacts.cursor import BoundsError, Cursor

MAX_ELEMENTS = 1_000_000


class Table:
    """A table of a buffer; every access is checked against the bytes that there are."""

    def __init__(self, data: memoryview, at: int) -> None:
        self.data = data
        self.at = at
        table = at - Cursor(data, at).number("i")
        head = Cursor(data, table)
        self._table, self._size = table, head.number("H")
        if self._size < 4 or table < 0 or table + self._size > len(data):
            raise BoundsError("a table of its fields lies outside of it")

    def _field(self, number: int) -> int:
        """Where a field lies; 0 where the table has none."""
        place = 4 + 2 * number
        if place + 2 > self._size:
            return 0
        offset = Cursor(self.data, self._table + place).number("H")
        return self.at + offset if offset else 0

    def number(self, number: int, letter: str, default: int = 0) -> int:
        """A whole number."""
        at = self._field(number)
        return Cursor(self.data, at).number(letter) if at else default

    def _target(self, at: int) -> int:
        return at + Cursor(self.data, at).number("I")

    def text(self, number: int, most: int = 1000) -> str | None:
        """A text; None where there is none."""
        at = self._field(number)
        if not at:
            return None
        cursor = Cursor(self.data, self._target(at))
        return cursor.text(cursor.number("I"), most)

    def _elements(self, number: int) -> Iterator[int]:
        """Where the elements of a vector of offsets lie."""
        at = self._field(number)
        if not at:
            return
        cursor = Cursor(self.data, self._target(at))
        count = cursor.number("I")
        if count > MAX_ELEMENTS or count * 4 > cursor.left:
            raise BoundsError("a vector has more elements than fit into it")
        for index in range(count):
            yield self._target(cursor.at + 4 * index)

    def tables(self, number: int) -> list[Table]:
        """The tables of a vector of them."""
        return [Table(self.data, target) for target in self._elements(number)]

    def texts(self, number: int) -> list[str]:
        """The texts of a vector of them."""
        found = []
        for target in self._elements(number):
            inner = Cursor(self.data, target)
            found.append(inner.text(inner.number("I"), 1000))
        return found


def root(data: memoryview, start: int = 0) -> Table:
    """The table that a buffer begins with."""
    part = data[start:]
    return Table(part, Cursor(part).number("I"))
