"""eStargz: a gzip stream for each file, a table of contents in the last, and a footer that says where that begins.

Source: github.com/containerd/stargz-snapshotter, docs/estargz.md. A layer is only read so where its descriptor has the
digest of the table: a footer alone is no promise of whoever made the image.
"""

from __future__ import annotations

import hashlib
import io
import re
import tarfile
import zlib

from ourhalf.images.ranges.listing import JsonTable
from ourhalf.images.ranges.table import MAX_TABLE, MAX_UNPACKED_TABLE, TableError
from ourhalf.images.source import Blob, Descriptor

DIGEST = "containerd.io/snapshot/stargz/toc.digest"
_NAME = "stargz.index.json"
_FOOTER = 51
_EXTRA = re.compile(rb"\x1f\x8b\x08\x04.{6}\x1a\x00SG\x16\x00([0-9a-f]{16})STARGZ", re.DOTALL)


def is_one(descriptor: Descriptor) -> bool:
    """Whether a layer says that it is one."""
    return DIGEST in descriptor.annotations


def table(descriptor: Descriptor, blob: Blob, most: int) -> JsonTable | None:
    """The table of a layer; None where the place gives no parts. Raises TableError and ImageError."""
    footer = blob.range(descriptor.size - _FOOTER, _FOOTER) if descriptor.size > _FOOTER else b""
    if footer is None:
        return None
    found = _EXTRA.match(footer)
    if found is None:
        raise TableError("it has no footer")
    start, end = int(found[1], 16), descriptor.size - _FOOTER
    if not 0 <= start < end or end - start > MAX_TABLE:
        raise TableError("its table lies outside of the layer or is too large")
    packed = blob.range(start, end - start)
    if packed is None:
        return None
    data = _table(packed)
    if "sha256:" + hashlib.sha256(data).hexdigest() != descriptor.annotations[DIGEST]:
        raise TableError("its table is not what the digest in the manifest names")
    return JsonTable("eStargz", data, start, unpacked, most)


def _table(packed: bytes) -> bytes:
    try:
        plain = zlib.decompressobj(31).decompress(packed, MAX_UNPACKED_TABLE)
        with tarfile.open(fileobj=io.BytesIO(plain), mode="r:") as archive:
            member = archive.next()
            file = archive.extractfile(member) if member is not None and member.name == _NAME else None
            if file is not None:
                return file.read()
    except (zlib.error, tarfile.TarError, OSError, EOFError, ValueError):
        raise TableError("its table cannot be unpacked") from None
    raise TableError("its table has another name")


def unpacked(packed: bytes | memoryview, most: int) -> bytes:
    """What one gzip stream begins with. Raises TableError."""
    try:
        return zlib.decompressobj(31).decompress(packed, most)
    except zlib.error:
        raise TableError("a part of a file cannot be unpacked") from None
