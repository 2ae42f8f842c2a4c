"""Unpacks a layer and takes both its digests while it streams by, on as many cores as there are.

A thread reads and unpacks, another takes the digest of what is packed; both let go of the interpreter while they
work, as does the digest of what is unpacked, which the caller takes between looking at the pieces.
"""

from __future__ import annotations

import bz2
import hashlib
import io
import lzma
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Protocol, cast

import msgspec
import zstandard
from isal import igzip

from ourhalf.artifacts.packing import MAX_DICTIONARY
from ourhalf.images.bounds import Bounds
from ourhalf.images.source import Blob, ImageError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_PIECE = 1 << 20
_PIECES = 8
"""Pieces that may wait to be looked at: 8 MB a layer."""
_ALGORITHMS = ("sha256", "sha384", "sha512")


class UnpackError(ValueError):
    """A layer that cannot be read to its end as what it claims to be, in words."""


class Digests(msgspec.Struct, frozen=True):
    """What the bytes of a layer are: digests with their algorithm, and how many there are."""

    packed: str
    unpacked: str
    packed_size: int
    unpacked_size: int


class Tally:
    """Takes a digest in a thread of its own, of pieces in their order."""

    def __init__(self, algorithm: str) -> None:
        self._state = hashlib.new(algorithm, usedforsecurity=False)
        self._algorithm = algorithm
        self._queue: queue.Queue[bytes | None] = queue.Queue(_PIECES)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while (piece := self._queue.get()) is not None:
            self._state.update(piece)

    def add(self, piece: bytes) -> None:
        """The next bytes, which stay as they are."""
        self._queue.put(piece)

    def stop(self) -> None:
        """Nothing follows; it may be said twice."""
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()

    def digest(self) -> str:
        """The digest of all."""
        self.stop()
        return f"{self._algorithm}:{self._state.hexdigest()}"


class Packed(io.RawIOBase):
    """The packed bytes of a blob as a file that is read once, counted and, with a tally, digested."""

    def __init__(self, pieces: Iterator[bytes | memoryview], tally: Tally | None, size: int) -> None:
        super().__init__()
        self._pieces = pieces
        self._tally = tally
        self._most = size
        self._rest = memoryview(b"")
        self.count = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def _next(self) -> bool:
        while not len(self._rest):
            piece = next(self._pieces, None)
            if piece is None:
                return False
            data = piece if isinstance(piece, bytes) else bytes(piece)
            self.count += len(data)
            if self.count > self._most:
                raise UnpackError(f"it has more than the {self._most:,} bytes that its manifest states")
            if self._tally is not None:
                self._tally.add(data)
            self._rest = memoryview(data)
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Some bytes."""
        if not self._next():
            return 0
        into = memoryview(buffer).cast("B")
        size = min(len(into), len(self._rest))
        into[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size

    def peek(self, size: int) -> bytes:
        """The first bytes, which are still read afterwards."""
        found = b""
        while len(found) < size and self._next():
            found += bytes(self._rest)
            self._rest = memoryview(b"")
        self._rest = memoryview(found)
        return found[:size]

    def drain(self) -> None:
        """Read what is left, for the digest."""
        while self._next():
            self._rest = memoryview(b"")


class _Stream(Protocol):
    def readinto(self, buffer: bytearray, /) -> int: ...


class _Unpacker(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Slow(io.RawIOBase):
    """What bzip2 or xz packed, stream after stream, by the standard library."""

    def __init__(self, packed: Packed, make: Callable[[], _Unpacker]) -> None:
        super().__init__()
        self._packed = packed
        self._make = make
        self._unpacker = make()
        self._input = b""

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Some bytes."""
        into = memoryview(buffer).cast("B")
        while True:
            if self._unpacker.eof:
                self._input = self._unpacker.unused_data or self._packed.read(_PIECE)
                if not self._input.strip(b"\0"):
                    return 0
                self._unpacker = self._make()
            elif self._unpacker.needs_input and not self._input:
                self._input = self._packed.read(_PIECE)
                if not self._input:
                    raise EOFError("it ends before what is packed in it")
            made = self._unpacker.decompress(self._input, len(into))
            self._input = b""
            if made:
                into[: len(made)] = made
                return len(made)


def _unpacked(packed: Packed) -> _Stream:
    """What is packed, by its first bytes: what media types say of it, container runtimes do not ask either."""
    head = packed.peek(6)
    if head[:2] == b"\x1f\x8b":
        return cast("_Stream", igzip.IGzipFile(fileobj=packed, mode="rb"))  # type: ignore[no-untyped-call]
    if head[:4] == b"\x28\xb5\x2f\xfd" or (head[1:4] == b"\x2a\x4d\x18" and head[:1] >= b"\x50"):
        unpacker = zstandard.ZstdDecompressor(max_window_size=MAX_DICTIONARY)
        return cast(
            "_Stream", unpacker.stream_reader(cast("IO[bytes]", packed), read_size=_PIECE, read_across_frames=True)
        )
    if head[:3] == b"BZh":
        return cast("_Stream", _Slow(packed, bz2.BZ2Decompressor))
    if head == b"\xfd7zXZ\0":
        return cast("_Stream", _Slow(packed, lambda: lzma.LZMADecompressor(memlimit=MAX_DICTIONARY)))
    return cast("_Stream", packed)


def _words(error: BaseException) -> str:
    if isinstance(error, (UnpackError, ImageError)):
        return str(error)
    said = str(error)[:120]
    return f"it cannot be unpacked: {said}" if said else f"it cannot be unpacked ({type(error).__name__})"


class _Pump:
    """The thread that reads and unpacks into buffers that are used again and again."""

    def __init__(self, packed: Packed, bounds: Bounds) -> None:
        self._packed = packed
        self._bounds = bounds
        self._empty: queue.SimpleQueue[bytearray | None] = queue.SimpleQueue()
        self._full: queue.SimpleQueue[tuple[bytearray, int] | str] = queue.SimpleQueue()
        for _ in range(_PIECES):
            self._empty.put(bytearray(_PIECE))
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        said = ""
        try:
            stream, total = _unpacked(self._packed), 0
            while (buffer := self._empty.get()) is not None:
                size = stream.readinto(buffer)
                if not size:
                    self._packed.drain()
                    break
                total += size
                self._full.put((buffer, size))
                said = self._bounds.exceeded(self._packed.count, total)
                if said:
                    break
        except Exception as error:  # noqa: BLE001 - whoever waits for this thread would wait for ever
            said = _words(error)
        self._full.put(said)

    def pieces(self) -> Iterator[memoryview]:
        """What is unpacked; a piece is gone when the next is asked for. Raises UnpackError."""
        while not isinstance(found := self._full.get(), str):
            buffer, size = found
            with memoryview(buffer) as whole, whole[:size] as piece:
                yield piece
            self._empty.put(buffer)
        if found:
            raise UnpackError(found)

    def stop(self) -> None:
        """Let it end, wherever it is."""
        self._empty.put(None)
        self._thread.join()


@contextmanager
def unpacking(
    blob: Blob, size: int, algorithm: str, bounds: Bounds
) -> Iterator[tuple[Iterator[memoryview], Callable[[], Digests], Callable[[], int]]]:
    """The pieces of what is packed in `blob`, what gives the digests once all were taken, and bytes read so far.

    `algorithm` is that of the packed digest; "" takes none, where there is nothing to compare with. Raises
    UnpackError, also while pieces are taken.
    """
    if algorithm and algorithm not in _ALGORITHMS:
        raise UnpackError(f"its digest is by {algorithm[:40]}, which is not known here")
    state, total = hashlib.sha256(usedforsecurity=False), 0
    tally = Tally(algorithm) if algorithm else None
    try:
        with blob.stream() as given:
            packed = Packed(given, tally, size)
            pump = _Pump(packed, bounds)

            def pieces() -> Iterator[memoryview]:
                nonlocal total
                for piece in pump.pieces():
                    state.update(piece)
                    total += len(piece)
                    yield piece

            def digests() -> Digests:
                whole = tally.digest() if tally is not None else ""
                return Digests(whole, f"sha256:{state.hexdigest()}", packed.count, total)

            try:
                yield pieces(), digests, lambda: packed.count
            finally:
                pump.stop()
                if tally is not None:
                    tally.stop()
    except ImageError as error:
        raise UnpackError(str(error)) from None
