"""Reads one layer: unpacks, checks its digests and walks its tar in one pass, or walks a folder that is one."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ourhalf.images.bounds import Bounds
from ourhalf.images.collecting import Collector, LayerContent
from ourhalf.images.folders import FolderBlob, walk_folder
from ourhalf.images.matching import Matching
from ourhalf.images.source import Blob, Descriptor
from ourhalf.images.tar import Tar
from ourhalf.images.tarheaders import TarError

Advance = Callable[[int], None]
"""Told how many packed bytes of a layer were read so far."""


class Asked(NamedTuple):
    """What a layer is to be, and what is wanted of it.

    `diff_id` is the digest of the tar as the image's configuration states it, "" where it states none.
    """

    layer: Descriptor
    diff_id: str
    matching: Matching
    bounds: Bounds


def read_layer(blob: Blob, asked: Asked, advance: Advance | None = None) -> LayerContent:
    """What is in a layer; where not all of it could be read, or its bytes are others than named, `problem` says so."""
    collector = Collector(asked.matching, asked.bounds, judging=True)
    if isinstance(blob, FolderBlob):
        try:
            walk_folder(blob, collector)
        finally:
            collector.let_go()
        return collector.content
    kind = asked.layer.media_type
    if kind and "tar" not in kind and "rootfs.diff" not in kind:
        problem = f"its media type {kind[:100]} is that of no file system"
    elif "encrypted" in kind:
        problem = "it is encrypted"
    else:
        problem = _stream(blob, asked, collector, advance)
    content = collector.content
    if problem:
        content.problem = problem
    return content


def _stream(blob: Blob, asked: Asked, collector: Collector, advance: Advance | None) -> str:
    """Walk the tar as it streams by; gives what is wrong with it, "" for nothing."""
    layer, diff_id = asked.layer, asked.diff_id
    from ourhalf.images.unpacking import UnpackError, unpacking

    tar, algorithm = Tar(collector), layer.digest.partition(":")[0]
    try:
        with unpacking(blob, layer.size, algorithm, collector.bounds) as (pieces, digests, read):
            for piece in pieces:
                tar.feed(piece)
                if advance is not None:
                    advance(read())
            tar.end()
            found = digests()
    except (UnpackError, TarError) as error:
        return str(error)
    finally:
        collector.let_go()
    collector.content.unpacked = found.unpacked_size
    if layer.size != found.packed_size:
        return f"it has {found.packed_size:,} bytes where its manifest states {layer.size:,}"
    if layer.digest and layer.digest != found.packed:
        return f"its bytes have the digest {found.packed}, and not the one that names it"
    if diff_id and diff_id != found.unpacked:
        return f"its tar has the digest {found.unpacked} where the image's configuration states {diff_id}"
    return ""
