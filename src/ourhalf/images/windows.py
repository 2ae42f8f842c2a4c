"""Takes of a large file its beginning and one part further on that the beginning tells, while it streams by."""

from __future__ import annotations

from collections.abc import Callable

from ourhalf.images.entries import Taker
from ourhalf.images.wanted import Wanted


class Windowed:
    """A `Taker` for one `Wanted` with a window, and for who else takes the same file.

    `reduced` is told what is to be kept, once the window has passed or the file ends within it.
    """

    def __init__(
        self, wanted: Wanted, path: str, size: int, reduced: Callable[[bytes], None], beside: Taker | None
    ) -> None:
        self.need = size
        self._wanted, self._path, self._reduced, self._beside = wanted, path, reduced, beside
        self._data = bytearray()
        self._at = 0
        self._head = min(wanted.head, size)
        self._from = self._to = self._head
        self._told = self._finished = False

    @property
    def full(self) -> bool:
        """See `Taker`."""
        return self._finished and (self._beside is None or self._beside.full)

    def feed(self, data: memoryview) -> None:
        """See `Taker`."""
        if self._beside is not None and not self._beside.full:
            self._beside.feed(data)
        if self._finished:
            return
        start, self._at = self._at, self._at + len(data)
        self._data += data[: max(self._head - start, 0)]
        if not self._told and self._at >= self._head:
            self._tell()
        self._data += data[max(self._from - start, 0) : max(self._to - start, 0)]
        if self._told and self._at >= self._to:
            self._finish()

    def done(self) -> None:
        """See `Taker`."""
        if self._beside is not None:
            self._beside.done()
        if not self._finished:
            self._finish()

    def _tell(self) -> None:
        self._told = True
        with memoryview(self._data) as head:
            window = self._wanted.window(head) if self._wanted.window is not None else None
        if window is not None:
            self._from = max(window[0], self._head)
            self._to = max(self._from, min(window[0] + window[1], self._from + self._wanted.most))

    def _finish(self) -> None:
        self._finished = True
        with memoryview(self._data) as data:
            made = self._wanted.reduce(self._path, data) if self._wanted.reduce is not None else bytes(data)
        self._data = bytearray()
        if made is not None:
            self._reduced(made)
