"""zstd:chunked: a zstandard frame for each part of a file, and a table of contents in a frame that others skip.

Source: github.com/containers/storage, docs of containers-storage-zstd-chunked. The place and the digest of the table
are annotations of the layer, and so a part of the image; both names of these are read.
"""

from __future__ import annotations

import hashlib
import io

import zstandard

from ourhalf.artifacts.packing import MAX_DICTIONARY
from ourhalf.images.ranges.listing import JsonTable
from ourhalf.images.ranges.table import MAX_TABLE, MAX_UNPACKED_TABLE, TableError
from ourhalf.images.source import Blob, Descriptor

_PREFIXES = ("io.github.containers.zstd-chunked.", "io.containers.zstd-chunked.")
_POSITION, _DIGEST = "manifest-position", "manifest-checksum"
_JSON = "1"
_HEADER = 8
"""Bytes of a frame that is skipped, before what it holds."""


def is_one(descriptor: Descriptor) -> bool:
    """Whether a layer says that it is one."""
    return _stated(descriptor) is not None


def table(descriptor: Descriptor, blob: Blob, most: int) -> JsonTable | None:
    """The table of a layer; None where the place gives no parts. Raises TableError and ImageError."""
    stated = _stated(descriptor)
    parts = stated[0].split(":") if stated else []
    if (
        stated is None
        or len(parts) != 4
        or not all(part.isascii() and part.isdigit() and len(part) < 16 for part in parts)
    ):
        raise TableError("what says where its table lies cannot be read")
    start, size, plain = (int(part) for part in parts[:3])
    if parts[3] != _JSON or not _HEADER < start < start + size <= descriptor.size:
        raise TableError("its table lies outside of the layer, or is of a kind that is not known")
    if size > MAX_TABLE or plain > MAX_UNPACKED_TABLE:
        raise TableError("its table is too large")
    packed = blob.range(start, size)
    if packed is None:
        return None
    if "sha256:" + hashlib.sha256(packed).hexdigest() != stated[1]:
        raise TableError("its table is not what the digest in the manifest names")
    return JsonTable("zstd:chunked", unpacked(packed, plain), start - _HEADER, unpacked, most)


def _stated(descriptor: Descriptor) -> tuple[str, str] | None:
    """The place and the digest of the table."""
    notes = descriptor.annotations
    for prefix in _PREFIXES:
        if prefix + _POSITION in notes and prefix + _DIGEST in notes:
            return notes[prefix + _POSITION], notes[prefix + _DIGEST]
    return None


def unpacked(packed: bytes | memoryview, most: int) -> bytes:
    """What frames begin with. Raises TableError."""
    unpacker = zstandard.ZstdDecompressor(max_window_size=MAX_DICTIONARY)
    found = bytearray()
    try:
        with unpacker.stream_reader(io.BytesIO(packed), read_across_frames=True) as reader:
            while len(found) < most and (piece := reader.read(min(most - len(found), 1 << 20))):
                found += piece
    except (zstandard.ZstdError, MemoryError):
        raise TableError("a part of a file cannot be unpacked") from None
    return bytes(found)
