"""Unpacks what gzip, bzip2 or xz packed, into a file without a name, within bounds."""

from __future__ import annotations

import bz2
import lzma
import mmap
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Protocol

MAX_UNPACKED = 1 << 34
MAX_RATIO, FREE = 250, 1 << 28
"""How many times the size of a file is unpacked, beyond so many bytes that always are."""
MAX_DICTIONARY = 1 << 28
_CHUNK = 1 << 20


class PackedError(ValueError):
    """What cannot be unpacked, with the reason in words."""


def kind(data: memoryview) -> str | None:
    """What packed these bytes, by their first."""
    head = bytes(data[:6])
    if head[:2] == b"\x1f\x8b":
        return "gzip"
    if head[:3] == b"BZh":
        return "bzip2"
    return "xz" if head == b"\xfd7zXZ\0" else None


def beginning(data: memoryview, size: int) -> bytes:
    """The first bytes of what is packed; fewer where it is broken before."""
    found = b""
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
    makers: dict[str, Callable[[], Unpacker]] = {"gzip": _gzip, "bzip2": bz2.BZ2Decompressor}
    make = makers.get(kind(data) or "", _xz)
    at, unpacker, fresh = 0, make(), False
    try:
        while True:
            piece = bytes(data[at : at + _CHUNK]) if unpacker.needs_input else b""
            at += len(piece)
            if not piece and unpacker.needs_input:
                raise PackedError("it ends before what is packed in it")
            made = unpacker.decompress(piece, most)
            fresh = False
            if made:
                yield made
            if unpacker.eof:
                at -= len(unpacker.unused_data)
                if at >= len(data) or _is_padding(data, at):
                    return
                unpacker, fresh = make(), True
    except (OSError, EOFError, zlib.error, lzma.LZMAError, ValueError, MemoryError) as error:
        what = "bytes follow what is packed in it" if fresh else f"it cannot be unpacked: {str(error)[:80]}"
        raise PackedError(what) from None


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


def _gzip() -> Unpacker:
    return Zlib(31)


def _xz() -> Unpacker:
    return lzma.LZMADecompressor(memlimit=MAX_DICTIONARY)


def _is_padding(data: memoryview, at: int) -> bool:
    return not any(any(data[start : start + _CHUNK]) for start in range(at, len(data), _CHUNK))


@contextmanager
def unpacked(data: memoryview) -> Iterator[memoryview]:
    """All that is packed, for as long as it is looked at. Raises PackedError."""
    with ExitStack() as until:
        spool, size = until.enter_context(tempfile.TemporaryFile()), 0
        for piece in chunks(data):
            size += len(piece)
            if size > MAX_UNPACKED or (size > FREE and size > MAX_RATIO * len(data)):
                raise PackedError("it unpacks to more than is looked at")
            spool.write(piece)
        spool.flush()
        if not size:
            yield memoryview(b"")
            return
        mapped = until.enter_context(mmap.mmap(spool.fileno(), 0, access=mmap.ACCESS_READ))
        yield until.enter_context(memoryview(mapped))
