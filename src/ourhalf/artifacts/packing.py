"""Unpacks what gzip, bzip2 or xz packed, into a file without a name, within bounds."""

from __future__ import annotations

import bz2
import io
import lzma
import mmap
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from ourhalf.artifacts.zips import MemoryFile

MAX_UNPACKED = 1 << 34
MAX_RATIO, FREE = 250, 1 << 28
"""How many times the size of a file is unpacked, beyond so many bytes that always are."""
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
    try:
        if kind(data) == "gzip":
            yield from _gzip(data, most)
            return
        reader = io.BufferedReader(MemoryFile(data))
        with bz2.BZ2File(reader) if kind(data) == "bzip2" else lzma.LZMAFile(reader) as opened:
            while piece := opened.read(most):
                yield piece
    except (OSError, EOFError, zlib.error, lzma.LZMAError, ValueError, MemoryError) as error:
        raise PackedError(f"it cannot be unpacked: {str(error)[:80]}") from None


def _gzip(data: memoryview, most: int) -> Iterator[bytes]:
    at = 0
    while at < len(data) and bytes(data[at : at + 2]) == b"\x1f\x8b":
        unpacker = zlib.decompressobj(31)
        while not unpacker.eof:
            piece = bytes(data[at : at + _CHUNK])
            if not piece and not unpacker.unconsumed_tail:
                raise PackedError("it ends before what is packed in it")
            at += len(piece)
            made = unpacker.decompress(unpacker.unconsumed_tail + piece, most)
            if made:
                yield made
            while unpacker.unconsumed_tail and not unpacker.eof:
                made = unpacker.decompress(unpacker.unconsumed_tail, most)
                if made:
                    yield made
        at -= len(unpacker.unused_data)
    if any(any(data[start : start + _CHUNK]) for start in range(at, len(data), _CHUNK)):
        raise PackedError("bytes follow what is packed in it")


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
