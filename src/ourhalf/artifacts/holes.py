"""A memory of which only parts are held: what stands for the `memoryview` of a file that was too large to keep.

Whoever judges looks at it as at any other. A look at what is held gives that; one into a hole raises `HoleError`, and
the file remembers it, so that nobody who catches the error can make a proof of what was not seen. What needs the
memory itself, such as `struct` or a decompressor, takes no `Holed`, and raises too.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import NoReturn, cast, overload

NEEDED = "it streams by, and more of it is needed than was kept"


class HoleError(Exception):
    """Bytes were asked for that were not kept."""


class Kept:
    """The parts of a file of `size` bytes that were kept, in their order."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.held = 0
        self.missed = ""
        """What is wrong, once bytes were asked for that are not there, or the file was not as long as was said."""
        self.unpacked: Holed | None = None
        """What is packed in it, where it was unpacked as it came."""
        self.wrong = ""
        """Why it could not be unpacked to its end."""
        self._starts: list[int] = []
        self._parts: list[bytearray] = []

    def add(self, at: int, data: memoryview) -> None:
        """Keep the bytes from `at` on, which lie behind all that were kept before."""
        if self._starts and self._starts[-1] + len(self._parts[-1]) == at:
            self._parts[-1] += data
        else:
            self._starts.append(at)
            self._parts.append(bytearray(data))
        self.held += len(data)

    def part(self, at: int) -> tuple[int, memoryview]:
        """The part that holds byte `at`: where it begins, and its bytes; an empty one in a hole."""
        number = bisect_right(self._starts, at) - 1
        if number < 0 or at >= self._starts[number] + len(self._parts[number]):
            return at, memoryview(b"")
        return self._starts[number], memoryview(self._parts[number])

    def miss(self) -> NoReturn:
        """Say that bytes are asked for that are not there. Raises HoleError."""
        self.missed = NEEDED
        raise HoleError(NEEDED)

    def inside(self, unpacked: Kept, wrong: str) -> None:
        """Say what is packed in it, as it was unpacked while it came, and why that could not be done to its end."""
        self.unpacked, self.wrong = Holed(unpacked, 0, unpacked.size), wrong

    def view(self) -> memoryview:
        """The file, to be judged: a `Holed`, or a memory where it is held whole."""
        start, data = self.part(0)
        whole = start == 0 and len(data) == self.size and self.unpacked is None and not self.missed
        return data if whole else cast("memoryview", Holed(self, 0, self.size))


class Holed:
    """A part of such a file, as a `memoryview` is asked."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, kept: Kept, start: int, stop: int) -> None:
        self.obj = kept
        self._start, self._stop = start, stop

    def __len__(self) -> int:
        return self._stop - self._start

    @overload
    def __getitem__(self, which: int) -> int: ...
    @overload
    def __getitem__(self, which: slice) -> memoryview: ...
    def __getitem__(self, which: int | slice) -> int | memoryview:
        if isinstance(which, int):
            at = self._start + which + (len(self) if which < 0 else 0)
            if not self._start <= at < self._stop:
                raise IndexError("index out of bounds")
            start, data = self.obj.part(at)
            return data[at - start] if len(data) else self.obj.miss()
        first, last, step = which.indices(len(self))
        if step != 1:
            self.obj.miss()
        first, last = first + self._start, max(first, last) + self._start
        start, data = self.obj.part(first)
        if last - start <= len(data) or first == last:
            return data[first - start : last - start]
        return cast("memoryview", Holed(self.obj, first, last))

    def __bytes__(self) -> bytes:
        return self.obj.miss()

    def __eq__(self, other: object) -> bool:
        return self.obj.miss()

    def __iter__(self) -> Iterator[int]:
        return (self[at] for at in range(len(self)))

    def ahead(self, at: int, size: int) -> bytes:
        """So many bytes from `at` on, or those before the next hole; one that begins in it has none."""
        start, data = self.obj.part(self._start + at)
        begin = self._start + at - start
        return bytes(data[begin : min(begin + size, self._stop - start)])

    @property
    def whole(self) -> bool:
        """Whether it is the whole file."""
        return len(self) == self.obj.size


def ahead(data: memoryview, at: int, size: int) -> bytes:
    """So many bytes from `at` on; fewer at the end, or before a hole."""
    return data.ahead(at, size) if isinstance(data, Holed) else bytes(data[at : at + size])


def unpacked(data: memoryview) -> tuple[memoryview, str] | None:
    """What is packed in a file that was unpacked as it came, and what is wrong with it; None of any other."""
    if not isinstance(data, Holed) or data.obj.unpacked is None or not data.whole:
        return None
    return cast("memoryview", data.obj.unpacked), data.obj.wrong


def missed(data: memoryview) -> str:
    """What is wrong with what was kept of a file, after judging it; "" for nothing."""
    if not isinstance(data, Holed):
        return ""
    inside = data.obj.unpacked
    return data.obj.missed or (inside.obj.missed if inside is not None else "")
