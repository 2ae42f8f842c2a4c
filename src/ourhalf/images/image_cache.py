"""What was found in a whole image, kept by the digest of its manifest: a second look reads no layer.

Only an image of which every layer was read without a problem is kept. Of a local image the files of its layers must
still be there with the sizes that the manifest states; that their bytes are those that the digests name was checked
when they were read, as a container runtime checks them again.
"""

from __future__ import annotations

import hashlib

import msgspec

from ourhalf import cache
from ourhalf.images.folders import FolderBlob
from ourhalf.images.local import Member
from ourhalf.images.reading import ImageRead
from ourhalf.images.source import ImageError, Manifest, Source

KIND = "images"


def _key(manifest: Manifest) -> str | None:
    if not manifest.digest or not all(layer.digest for layer in manifest.layers):
        return None
    state = f"{manifest.digest}\0{manifest.reference}\0{cache.rule_set()}"
    return hashlib.blake2b(state.encode("utf-8", "replace"), digest_size=20).hexdigest()


def _is_there(source: Source, manifest: Manifest) -> bool:
    """Whether the layers of a local image are still there; a registry is taken at its digests, a folder has none."""
    try:
        blobs = [(source.blob(layer), layer.size) for layer in manifest.layers]
    except ImageError:
        return False
    if any(isinstance(blob, FolderBlob) for blob, _ in blobs):
        return False
    return all(not isinstance(blob, Member) or blob.length() == size for blob, size in blobs)


def load(source: Source, manifest: Manifest) -> ImageRead | None:
    """What was found in an image before; None where that is not known."""
    key = _key(manifest)
    data = cache.load(KIND, key) if key is not None else None
    if data is None or not _is_there(source, manifest):
        return None
    try:
        found = msgspec.msgpack.decode(data, type=ImageRead)
    except (msgspec.DecodeError, UnicodeDecodeError):  # an entry that something else wrote
        return None
    spent, cost = source.spent(), found.inventory.cost
    if cost is not None:
        cost = msgspec.structs.replace(cost, read=spent.read, requests=spent.requests, layers_kept=len(manifest.layers))
    return msgspec.structs.replace(found, inventory=msgspec.structs.replace(found.inventory, cost=cost))


def store(source: Source, manifest: Manifest, found: ImageRead) -> None:
    """Keep what was found in an image, where nothing of its layers is unknown."""
    key = _key(manifest)
    problems = any(layer.problem for layer in found.inventory.layers)
    if key is not None and not problems and _is_there(source, manifest):
        cache.store(KIND, key, msgspec.msgpack.encode(found))
