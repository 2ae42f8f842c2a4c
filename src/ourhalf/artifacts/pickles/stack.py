"""The bytes, the stack and the memo of the machine, within bounds."""

from __future__ import annotations

import struct

from ourhalf.artifacts.holes import ahead
from ourhalf.artifacts.pickles.values import Value

MAX_DEPTH = 1_000_000
MAX_MEMO = 2_000_000
MAX_LINE = 1 << 20


class RefusedError(Exception):
    """The machine cannot go on: CPython's does not either, or the bound that stops it is `ours`."""

    def __init__(self, what: str, ours: bool = False) -> None:
        super().__init__(what)
        self.what = what
        self.ours = ours


class Stream:
    """The bytes of a pickle from `at` on, and where the frame that they are in ends.

    Where an argument goes over the end of a frame it is `crossed`: of it, CPython's unpickler in C reads from a file
    only what lies behind the end, so that a name or a number is another one there than in its bytes.
    """

    def __init__(self, data: memoryview, at: int) -> None:
        self.data = data
        self.length = len(data)
        self.at = self.frame = at
        self.crossed = False

    def _end(self, size: int) -> int:
        end = self.at + size
        if size < 0 or end > self.length:
            raise RefusedError("it ends within an argument")
        if self.at < self.frame < end:
            self.crossed = True
        return end

    def take(self, size: int) -> memoryview:
        """The next bytes."""
        end = self.at + size
        if size < 0 or end > self.length or self.at < self.frame < end:
            self._end(size)
        taken = self.data[self.at : end]
        self.at = end
        return taken

    def skip(self, size: int) -> None:
        """Pass over bytes without looking at them."""
        self.at = self._end(size)

    def number(self, form: struct.Struct) -> int:
        """The next bytes as a number."""
        return int(form.unpack(self.take(form.size))[0])

    def line(self) -> bytes:
        """The bytes up to the next end of a line."""
        start, end = self.at, min(self.length, self.at + MAX_LINE)
        for chunk in range(start, end, 4096):
            piece = ahead(self.data, chunk, min(4096, end - chunk))
            found = piece.find(b"\n")
            if found >= 0:
                self.at = self._end(chunk + found + 1 - start)
                return bytes(self.data[start : chunk + found])
            if chunk + len(piece) < min(chunk + 4096, end):
                self.data[chunk + len(piece)]  # a hole
        raise RefusedError("a line has no end", ours=True)


class Stack:
    """Values, marks among them, and what is remembered of them."""

    def __init__(self) -> None:
        self.values: list[Value] = []
        self.marks: list[int] = []
        self.memo: dict[int, Value] = {}

    def push(self, value: Value) -> None:
        """Put a value on top."""
        if len(self.values) >= MAX_DEPTH:
            raise RefusedError(f"more than {MAX_DEPTH:,} values wait on its stack", ours=True)
        self.values.append(value)

    def _check(self, count: int) -> None:
        bottom = self.marks[-1] if self.marks else 0
        if len(self.values) - bottom < count:
            raise RefusedError("it takes a value from an empty stack")

    def pop(self) -> Value:
        """Take the top value away; a mark is never passed."""
        self._check(1)
        return self.values.pop()

    def top(self) -> Value:
        """The top value."""
        self._check(1)
        return self.values[-1]

    def last(self, count: int) -> tuple[Value, ...]:
        """Take so many values away."""
        self._check(count)
        taken = tuple(self.values[len(self.values) - count :])
        del self.values[len(self.values) - count :]
        return taken

    def mark(self) -> None:
        """Remember how many values there are."""
        if len(self.marks) >= MAX_DEPTH:
            raise RefusedError(f"more than {MAX_DEPTH:,} marks wait", ours=True)
        self.marks.append(len(self.values))

    def drop(self) -> None:
        """Take the top value away, or the mark where that is on top, as CPython does."""
        if self.marks and self.marks[-1] == len(self.values):
            self.marks.pop()
        else:
            self.pop()

    def since_mark(self) -> list[Value]:
        """Take all values above the last mark away, and the mark."""
        if not self.marks:
            raise RefusedError("there is no MARK that it could go back to")
        mark = self.marks.pop()
        taken = self.values[mark:]
        del self.values[mark:]
        return taken

    def put(self, key: int) -> None:
        """Remember the top value."""
        if key >= MAX_MEMO:  # CPython's unpickler in C makes room for all below
            raise RefusedError(f"it remembers more than {MAX_MEMO:,} values", ours=True)
        self.memo[key] = self.top()

    def get(self, key: int) -> None:
        """Put a remembered value on top."""
        value = self.memo.get(key)
        if value is None:
            raise RefusedError(f"it recalls value {key}, which it never remembered")
        self.push(value)
