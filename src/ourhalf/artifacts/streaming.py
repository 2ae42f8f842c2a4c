"""Model files that stream by: judged as they would be from a disk, without being held in memory or written.

    streamed = Streamed(size)
    for piece in pieces:        # any sizes, in their order; a piece may be gone after the call
        streamed.feed(piece)
    found = model_file(path, streamed.done(), wanted)

`done()` gives what stands for the `memoryview` of the whole file. It holds what judging needs (headers, opcodes,
names, the ends of archives) and none of the tensors: at most `most` bytes, 64 MB where nothing else is said. Smaller
files are held whole. Judging it gives what judging the file gives, or `unread` where that would look at something
that was left out; never anything better. What is packed by gzip, bzip2, xz or Zstandard is unpacked as it comes.

Threads: one object is fed by one thread at a time; different ones know nothing of each other.
"""

from __future__ import annotations

from collections.abc import Callable

from ourhalf.artifacts.holes import NEEDED, Kept
from ourhalf.artifacts.packing import PackedError, Unpacking, bound, kind
from ourhalf.artifacts.plans import ENDLESS, FullError, Plan, Reader, everything, unpacked_file, whole_file

MOST = 64 << 20
"""Bytes that are held of one file."""
_SHARE = 4
"""A file of at most this part of `most` is held whole."""
_MARK = 6


class _Keeping:
    """What a plan keeps of bytes as they come."""

    def __init__(self, size: int, most: int, plan: Callable[[Reader], Plan]) -> None:
        self.count = 0
        self._kept = Kept(size)
        self._plan = plan(Reader(self._kept, size, most))
        self._wanted = 0
        self.full = False
        self.going = self._advance(None)

    def _advance(self, given: bytes | None) -> bool:
        """Give the plan what it asked for; whether it asks for more."""
        try:
            self._wanted = next(self._plan) if given is None else self._plan.send(given)
        except StopIteration:
            return False
        except FullError:
            self._kept.missed, self.full = NEEDED, True
            return False
        return True

    @property
    def held(self) -> int:
        return self._kept.held

    def feed(self, data: memoryview) -> None:
        self.count += len(data)
        while self.going and len(data):
            piece = data[: abs(self._wanted)]
            data = data[len(piece) :]
            if self._wanted > 0:
                self.going = self._advance(bytes(piece))
                continue
            self._wanted += len(piece)
            if not self._wanted:
                self.going = self._advance(None)

    def done(self) -> Kept:
        while self.going:
            self.going = self._advance(b"" if self._wanted > 0 else None)
        self._kept.size = self.count
        return self._kept


class Streamed:
    """A file of `size` bytes, of which at most `most` are held. See the top of this file."""

    def __init__(self, size: int, most: int = MOST) -> None:
        self._size = size
        self._most = most
        small = size <= most // _SHARE
        self._keeping = _Keeping(size, most, everything if small else whole_file)
        self._head: bytearray | None = None if small else bytearray()
        self._unpacking: Unpacking | None = None
        self._inner: _Keeping | None = None
        self._wrong = ""

    @property
    def full(self) -> bool:
        """Whether no byte that follows changes anything: the file is unread already."""
        return self._keeping.full and self._unpacking is None

    @property
    def held(self) -> int:
        """How many bytes are held of it."""
        return self._keeping.held + (self._inner.held if self._inner is not None else 0)

    def feed(self, data: memoryview) -> None:
        """The next bytes."""
        self._keeping.feed(data)
        if self._head is not None:
            self._head += data
            if len(self._head) < _MARK:
                return
            data, self._head = memoryview(self._head), None
            packed = kind(data)
            if packed is not None:
                self._unpacking = Unpacking(packed)
                self._inner = _Keeping(ENDLESS, self._most, unpacked_file)
        if self._unpacking is not None and self._inner is not None and not self._wrong:
            self._unpack(self._unpacking, self._inner, data)

    def _unpack(self, unpacking: Unpacking, inner: _Keeping, data: memoryview) -> None:
        try:
            for piece in unpacking.feed(data):
                inner.feed(memoryview(piece))
                bound(inner.count, self._size)
        except PackedError as error:
            self._wrong = str(error)

    def done(self) -> memoryview:
        """What stands for the file; unread when it is judged, where it was not as long as it was said to be."""
        kept = self._keeping.done()
        if kept.size != self._size and not self.full:
            kept.missed = f"it has {kept.size:,} bytes where {self._size:,} are stated"
        kept.size = self._size
        if self._unpacking is not None and self._inner is not None:
            try:
                if not self._wrong:
                    self._unpacking.done()
            except PackedError as error:
                self._wrong = str(error)
            kept.inside(self._inner.done(), self._wrong)
        return kept.view()
