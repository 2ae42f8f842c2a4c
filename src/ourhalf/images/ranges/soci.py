"""SOCI: an index beside an image says where to begin unpacking its layers, which stay as they are.

Source: github.com/awslabs/soci-snapshotter, docs/soci-index-manifest-v2.md and the code of soci/. An index of
version 1 refers to its image: whoever may write to the repository may put one there. One of version 2 is named by the
image's manifest.
"""

from __future__ import annotations

import bisect
import hashlib
import zlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from ourhalf.images.bounds import MAX_MANIFEST
from ourhalf.images.entries import Entry
from ourhalf.images.manifests import check_digest
from ourhalf.images.ranges.deflate import resumed
from ourhalf.images.ranges.table import MAX_EXTENT, MAX_TABLE, TableError, Want
from ourhalf.images.ranges.ztoc import Ztoc
from ourhalf.images.ranges.ztoc import parse as parse_ztoc
from ourhalf.images.source import Descriptor, Manifest, Source

if TYPE_CHECKING:
    from zlib import _Decompress

ARTIFACT = "application/vnd.amazon.soci.index.v1+json"
_NAMED = "com.amazon.soci.index-digest"
_LAYER = "com.amazon.soci.image-layer-digest"
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_PIECE = 1 << 18
_MAX_SKIP = 256 << 20
_MAX_INDEXES = 8


class _Index(msgspec.Struct, frozen=True, rename="camel"):
    """Version 1 as an artifact manifest has blobs; all later ones are image manifests, with layers."""

    artifact_type: str = ""
    config: Descriptor | None = None
    layers: tuple[Descriptor, ...] | None = None
    blobs: tuple[Descriptor, ...] | None = None


class _Image(msgspec.Struct, frozen=True):
    annotations: dict[str, str] | None = None


def ztocs(source: Source, manifest: Manifest) -> dict[str, Descriptor]:
    """The ztocs of an image's layers, by the layers' digests. Raises ImageError."""
    found: dict[str, Descriptor] = {}
    for descriptor in _indexes(source, manifest)[:_MAX_INDEXES]:
        if descriptor.size > MAX_MANIFEST:
            continue
        data = fetched(source, descriptor)
        try:
            index = msgspec.json.decode(data, type=_Index)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue
        for one in index.layers or index.blobs or ():
            layer = one.annotations.get(_LAYER)
            if layer is not None:
                found.setdefault(layer, one)
    return found


def _indexes(source: Source, manifest: Manifest) -> tuple[Descriptor, ...]:
    annotations = msgspec.json.decode(manifest.manifest, type=_Image).annotations or {}
    if _NAMED in annotations:
        return (Descriptor(_MANIFEST, annotations[_NAMED], 0),)
    return source.referrers(manifest.digest, ARTIFACT) or ()


def fetched(source: Source, descriptor: Descriptor) -> bytes:
    """The bytes of a small blob or manifest, its digest checked. Raises ImageError."""
    with source.blob(descriptor).stream() as pieces:
        data = b"".join(pieces)
    check_digest(descriptor.digest, data, "index of SOCI or ztoc")
    return data


def table(source: Source, ztoc: Descriptor, layer: Descriptor, most: int) -> SociTable:
    """The table of a layer. Raises TableError and ImageError."""
    if ztoc.size > MAX_TABLE:
        raise TableError("it is too large")
    return SociTable(parse_ztoc(fetched(source, ztoc), most), layer.size)


class SociTable:
    """See `Table`."""

    kind = "SOCI"

    def __init__(self, ztoc: Ztoc, size: int) -> None:
        self._ztoc = ztoc
        self._size = size
        self._places = ztoc.checkpoints
        self._starts = [place.unpacked for place in self._places]
        self._checked: set[int] = set()
        self._unchecked = 0
        if ztoc.packed != size or self._places[-1].packed >= size:
            raise TableError("it is of another layer: their sizes differ")

    def entries(self) -> Iterator[Entry]:
        """See `Table`."""
        return iter(self._ztoc.entries)

    def extent(self, number: int, need: int) -> tuple[int, int]:
        """See `Table`: all of each span, so that its digest can be checked."""
        offset = self._ztoc.offsets[number]
        if offset < 0 or offset + need > self._ztoc.unpacked:
            raise TableError("a file lies outside of the layer")
        first = bisect.bisect_right(self._starts, offset) - 1
        last = bisect.bisect_left(self._starts, offset + need) - 1
        start, end = self._places[first].start, self._end(max(first, last))
        if end - start > MAX_EXTENT:
            raise TableError(f"a file takes over {MAX_EXTENT:,} packed bytes")
        return start, end

    def unpack(self, wants: Sequence[Want], start: int, data: bytes) -> int:
        """See `Table`."""
        self._check(start, data)
        reader: _Reader | None = None
        made = 0
        for want in wants:
            offset = self._ztoc.offsets[want.number]
            span = bisect.bisect_right(self._starts, offset) - 1
            if reader is not None and offset < reader.at:
                raise TableError("two files lie in the same bytes")
            if reader is None or self._starts[span] > reader.at:
                made += reader.made if reader is not None else 0
                reader = self._reader(span, start, data)
            reader.skip(offset - reader.at)
            for piece in reader.take(want.need):
                want.taker.feed(memoryview(piece))
            want.taker.done()
        return made + (reader.made if reader is not None else 0)

    def unchecked(self) -> int:
        """See `Table`."""
        return self._unchecked

    def _end(self, span: int) -> int:
        return self._places[span + 1].packed if span + 1 < len(self._places) else self._size

    def _reader(self, span: int, start: int, data: bytes) -> _Reader:
        place = self._places[span]
        first = data[place.start - start]
        unpacker, before = resumed(place.bits, first, self._ztoc.window(place))
        return _Reader(unpacker, before, memoryview(data)[place.packed - start :], place.unpacked)

    def _check(self, start: int, data: bytes) -> None:
        """Compare the spans that are whole with their digests."""
        for span, place in enumerate(self._places):
            end = self._end(span)
            if place.start < start or end > start + len(data) or span in self._checked:
                continue
            self._checked.add(span)
            digest = self._ztoc.digests[span] if span < len(self._ztoc.digests) else ""
            if not digest.startswith("sha256:"):
                self._unchecked += 1
            elif "sha256:" + hashlib.sha256(memoryview(data)[place.start - start : end - start]).hexdigest() != digest:
                raise TableError("a span is not what its digest names")


class _Reader:
    """Unpacks from a place on; `at` is how far in the tar, `made` how many bytes that were."""

    def __init__(self, unpacker: _Decompress, before: bytes, packed: memoryview, at: int) -> None:
        self._unpacker = unpacker
        self._before = before
        self._packed = packed
        self._used = 0
        self.at = at
        self.made = 0

    def skip(self, size: int) -> None:
        """Pass over bytes."""
        if size > _MAX_SKIP:
            raise TableError("a span unpacks to more than is looked at")
        for _ in self.take(size):
            pass

    def take(self, size: int) -> Iterator[bytes]:
        """The next bytes. Raises TableError."""
        while size:
            piece = self._next(min(size, _PIECE))
            size -= len(piece)
            self.at += len(piece)
            self.made += len(piece)
            yield piece

    def _next(self, most: int) -> bytes:
        try:
            while True:
                given = self._unpacker.unconsumed_tail or self._before or self._more()
                self._before = b"" if given is self._before else self._before
                piece = self._unpacker.decompress(given, most)
                if piece:
                    return piece
                if self._unpacker.eof or (not given and self._used >= len(self._packed)):
                    raise TableError("the stream ends before a file that should be in it")
        except zlib.error:
            raise TableError("a span cannot be unpacked") from None

    def _more(self) -> bytes:
        piece = bytes(self._packed[self._used : self._used + _PIECE])
        self._used += len(piece)
        return piece
