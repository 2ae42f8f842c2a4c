"""Unpacks what gzip, bzip2, xz or Zstandard packed, into a file without a name, within bounds."""

from __future__ import annotations

import bz2
import lzma
import mmap
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Protocol

from ourhalf.artifacts.holes import ahead
from ourhalf.artifacts.holes import unpacked as held_unpacked

MAX_UNPACKED = 1 << 34
MAX_RATIO, FREE = 250, 1 << 28
"""How many times the size of a file is unpacked, beyond so many bytes that always are."""
MAX_DICTIONARY = 1 << 28
_CHUNK = 1 << 20
_FEW = 512


class PackedError(ValueError):
    """What cannot be unpacked, with the reason in words."""


def kind(data: memoryview) -> str | None:
    """What packed these bytes, by their first."""
    head = bytes(data[:6])
    if head[:2] == b"\x1f\x8b":
        return "gzip"
    if head[:3] == b"BZh":
        return "bzip2"
    if head[:4] == b"\x28\xb5\x2f\xfd":
        return "zstd"
    return "xz" if head == b"\xfd7zXZ\0" else None


def beginning(data: memoryview, size: int) -> bytes:
    """The first bytes of what is packed; fewer where it is broken before."""
    found, held = b"", held_unpacked(data)
    if held is not None:
        return ahead(held[0], 0, size)
    try:
        for piece in chunks(data[: _CHUNK * 4], size):
            found += piece
            if len(found) >= size:
                break
    except PackedError:
        pass
    return found[:size]


def chunks(data: memoryview, most: int = _CHUNK) -> Iterator[bytes]:
    """What is packed, in pieces, every stream of it. Raises PackedError."""
    unpacking = Unpacking(kind(data))
    for at in range(0, len(data), _CHUNK):
        yield from unpacking.feed(data[at : at + _CHUNK], most)
    unpacking.done()


class Unpacking:
    """Unpacks what comes in pieces: every stream of it, and zeros after the last."""

    def __init__(self, kind: str | None) -> None:
        makers: dict[str, Callable[[], Unpacker]] = {"gzip": _gzip, "bzip2": bz2.BZ2Decompressor, "zstd": Zstandard}
        self._make = makers.get(kind or "", _xz)
        self._unpacker = self._make()
        self._between = self._padded = self._fresh = False

    def feed(self, data: memoryview, most: int = _CHUNK) -> Iterator[bytes]:
        """What comes out of the next bytes, in pieces of about so many. Raises PackedError."""
        try:
            yield from self._made(bytes(data), most)
        except (OSError, EOFError, zlib.error, lzma.LZMAError, ValueError, MemoryError) as error:
            what = f"it cannot be unpacked: {str(error)[:80]}"
            raise PackedError("bytes follow what is packed in it" if self._fresh else what) from None

    def _made(self, rest: bytes, most: int) -> Iterator[bytes]:
        while rest or not self._between:
            if self._between:
                self._padded |= rest[0] == 0
                self._fresh = True
                if self._padded and any(rest):
                    raise ValueError("bytes behind padding")
                if self._padded:
                    return
                self._unpacker, self._between = self._make(), False
            made = self._unpacker.decompress(rest, most)
            rest, self._fresh = b"", False
            if made:
                yield made
            if self._unpacker.eof:
                rest, self._between = self._unpacker.unused_data, True
            elif self._unpacker.needs_input:
                return

    def done(self) -> None:
        """No more bytes come. Raises PackedError where there should."""
        if not self._between:
            raise PackedError("it ends before what is packed in it")


class Unpacker(Protocol):
    """How the unpackers of bz2 and lzma are asked."""

    @property
    def eof(self) -> bool:
        """Whether the end of a stream was reached."""
        ...

    @property
    def needs_input(self) -> bool:
        """Whether all that was given is unpacked."""
        ...

    @property
    def unused_data(self) -> bytes:
        """What follows the end of the stream."""
        ...

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """At most so many bytes of what `data` goes on with."""
        ...


class Zlib:
    """zlib's unpacker with the manners of the other two."""

    def __init__(self, window: int) -> None:
        self._inner = zlib.decompressobj(window)

    @property
    def eof(self) -> bool:
        """See `Unpacker`."""
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        """See `Unpacker`."""
        return not self._inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        """See `Unpacker`."""
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """See `Unpacker`."""
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)


class Zstandard:
    """Zstandard's unpacker with the same manners.

    It knows no most: a block of 128 kB can be packed into 4 bytes, so that it is given few at a time.
    """

    def __init__(self) -> None:
        import zstandard

        self._inner = zstandard.ZstdDecompressor(max_window_size=MAX_DICTIONARY).decompressobj()
        self._error = zstandard.ZstdError
        self._rest = b""

    @property
    def eof(self) -> bool:
        """See `Unpacker`."""
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        """See `Unpacker`."""
        return not self._rest

    @property
    def unused_data(self) -> bytes:
        """See `Unpacker`."""
        return self._inner.unused_data + self._rest

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """See `Unpacker`; it may be up to 16 MB more."""
        rest, at, made = memoryview(self._rest + data), 0, bytearray()
        try:
            while at < len(rest) and len(made) < max_length and not self.eof:
                made += self._inner.decompress(rest[at : at + _FEW])
                at += _FEW
        except self._error as error:
            raise ValueError(str(error)) from None
        self._rest = bytes(rest[at:])
        return bytes(made)


def _gzip() -> Unpacker:
    return Zlib(31)


def _xz() -> Unpacker:
    return lzma.LZMADecompressor(memlimit=MAX_DICTIONARY)


def bound(unpacked: int, packed: int) -> None:
    """Whether so much may come out of so many bytes. Raises PackedError where it may not."""
    if unpacked > MAX_UNPACKED or (unpacked > FREE and unpacked > MAX_RATIO * packed):
        raise PackedError("it unpacks to more than is looked at")


@contextmanager
def unpacked(data: memoryview) -> Iterator[memoryview]:
    """All that is packed, for as long as it is looked at. Raises PackedError."""
    held = held_unpacked(data)
    if held is not None:
        if held[1]:
            raise PackedError(held[1])
        yield held[0]
        return
    with ExitStack() as until:
        spool, size = until.enter_context(tempfile.TemporaryFile()), 0
        for piece in chunks(data):
            size += len(piece)
            bound(size, len(data))
            spool.write(piece)
        spool.flush()
        if not size:
            yield memoryview(b"")
            return
        mapped = until.enter_context(mmap.mmap(spool.fileno(), 0, access=mmap.ACCESS_READ))
        yield until.enter_context(memoryview(mapped))
