"""Tables of contents in JSON, as eStargz and zstd:chunked have them.

Sources: github.com/containerd/stargz-snapshotter, docs/estargz.md; github.com/containers/storage, docs of
containers-storage-zstd-chunked, which took the same form for its manifest.
"""

from __future__ import annotations

import bisect
import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from ourhalf.images.entries import FILE, Entry
from ourhalf.images.ranges.table import KINDS, MAX_EXTENT, TableError, Want

Unpack = Callable[[bytes | memoryview, int], bytes]
"""Unpacks one stream, at most so many bytes of it. Raises TableError."""

_CAPABILITIES = "security.capability"
_ZEROS = "zeros"
_MAX_SHARED = 64 << 20
"""Unpacked bytes of a stream that several files share."""


class _Item(msgspec.Struct, rename="camel", gc=False):
    name: str
    type: str
    link_name: str = ""
    mode: int = 0
    size: int = 0
    uid: int = 0
    gid: int = 0
    xattrs: dict[str, str] | None = None
    digest: str = ""
    offset: int = 0
    end_offset: int = 0
    chunk_size: int = 0
    chunk_offset: int = 0
    chunk_digest: str = ""
    chunk_type: str = ""
    inner_offset: int = 0


class _Document(msgspec.Struct):
    version: int
    entries: list[_Item]


class Chunk(NamedTuple):
    """A part of a file: its packed bytes, where it begins in what they unpack to, and where in the file."""

    start: int
    end: int
    inner: int
    offset: int
    size: int
    digest: str


class JsonTable:
    """See `Table`. `end` is where the packed bytes of files end."""

    def __init__(self, kind: str, data: bytes, end: int, unpack: Unpack, most: int) -> None:
        self._kind = kind
        self._unpack = unpack
        self._unchecked: set[int] = set()
        self._shared: tuple[int, bytes] = (-1, b"")
        try:
            document = msgspec.json.decode(data, type=_Document)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, MemoryError):
            raise TableError("it is no table in JSON") from None
        if document.version != 1 or len(document.entries) > most:
            raise TableError(f"it is of version {document.version}, or has over {most:,} entries")
        self._files, self._parts = _grouped(document.entries)
        starts = {item.offset for parts in self._parts.values() for item in parts}
        self._starts = sorted((*starts, end))
        if self._starts[0] < 0 or self._starts[-1] != end:
            raise TableError("a file lies outside of the layer")

    @property
    def kind(self) -> str:
        """See `Table`."""
        return self._kind

    def entries(self) -> Iterator[Entry]:
        """See `Table`."""
        for item in self._files:
            kind = KINDS.get(item.type)
            if kind is None or item.size < 0 or item.uid < 0 or item.gid < 0:
                raise TableError(f"it has an entry of the kind {item.type[:20]!r}, or a number below zero")
            size = item.size if kind == FILE else 0
            capable = item.xattrs is not None and _CAPABILITIES in item.xattrs
            yield Entry(item.name, kind, size, item.mode & 0o7777, item.uid, item.gid, item.link_name, capable)

    def extent(self, number: int, need: int) -> tuple[int, int]:
        """See `Table`."""
        chunks = self._chunks(number, need)
        packed = [chunk for chunk in chunks if chunk.end]
        start, end = min((c.start for c in packed), default=0), max((c.end for c in packed), default=0)
        if end - start > MAX_EXTENT:
            raise TableError(f"a file takes over {MAX_EXTENT:,} packed bytes")
        return start, end

    def unpack(self, wants: Sequence[Want], start: int, data: bytes) -> int:
        """See `Table`."""
        whole, made = memoryview(data), 0
        for want in wants:
            for chunk in self._chunks(want.number, want.need):
                piece = self._piece(chunk, whole, start)
                made += len(piece)
                self._check(want.number, chunk, piece)
                want.taker.feed(memoryview(piece))
            want.taker.done()
        return made

    def unchecked(self) -> int:
        """See `Table`."""
        return len(self._unchecked)

    def _chunks(self, number: int, need: int) -> list[Chunk]:
        """The parts that hold the first bytes of a file."""
        item = self._files[number]
        found: list[Chunk] = []
        at = 0
        for part in self._parts.get(number, ()):
            size = part.chunk_size or item.size - at
            if part.chunk_offset != at or not 0 < size <= item.size - at or part.inner_offset < 0:
                raise TableError(f"the parts of {item.name[:200]} do not make it up")
            found.append(self._chunk(item, part, size))
            at += size
            if at >= need:
                return found
        if at < need:
            raise TableError(f"the parts of {item.name[:200]} do not make it up")
        return found

    def _chunk(self, item: _Item, part: _Item, size: int) -> Chunk:
        alone = part is item and size == item.size
        digest = part.chunk_digest or (item.digest if alone else "")
        if part.chunk_type == _ZEROS:
            return Chunk(0, 0, 0, part.chunk_offset, size, digest)
        end = self._starts[bisect.bisect_right(self._starts, part.offset)]
        if item.end_offset > part.offset:
            end = min(end, item.end_offset)
        return Chunk(part.offset, end, part.inner_offset, part.chunk_offset, size, digest)

    def _piece(self, chunk: Chunk, whole: memoryview, start: int) -> bytes:
        if not chunk.end:
            if chunk.size > _MAX_SHARED:
                raise TableError("a hole is larger than what is looked at")
            return bytes(chunk.size)
        packed = whole[chunk.start - start : chunk.end - start]
        if chunk.inner or self._shared[0] == chunk.start:
            if self._shared[0] != chunk.start:
                self._shared = chunk.start, self._unpack(packed, _MAX_SHARED)
            made = self._shared[1][chunk.inner : chunk.inner + chunk.size]
        else:
            made = self._unpack(packed, chunk.size)
        if len(made) != chunk.size:
            raise TableError("a part of a file is shorter than it says")
        return made

    def _check(self, number: int, chunk: Chunk, piece: bytes) -> None:
        algorithm, _, wanted = chunk.digest.partition(":")
        if algorithm not in {"sha256", "sha384", "sha512"}:
            self._unchecked.add(number)
        elif hashlib.new(algorithm, piece, usedforsecurity=False).hexdigest() != wanted:
            raise TableError(f"a part of {self._files[number].name[:200]} is not what its digest names")


def _grouped(items: list[_Item]) -> tuple[list[_Item], dict[int, list[_Item]]]:
    """The entries, and the parts of those that are files with bytes by their number."""
    files: list[_Item] = []
    parts: dict[int, list[_Item]] = {}
    for item in items:
        if item.type == "chunk":
            if not files or (files[-1].name != item.name and item.name):
                raise TableError("a part follows no file")
            parts.setdefault(len(files) - 1, []).append(item)
        else:
            files.append(item)
            if item.type == "reg" and item.size:
                parts[len(files) - 1] = [item]
    return files, parts
