"""What was found in a layer, kept by the layer's digest: an image on the same base pays for its own layers only.

What is kept of files is what `Wanted.reduce` made of them, or the records of package managers: no secrets in clear.
An entry is of this version of the program alone. The digest is taken at its word: a blob that was replaced since
under the same name is not looked at again, for a container runtime would refuse it.
"""

from __future__ import annotations

import hashlib

import msgspec
import zstandard

from ourhalf import cache
from ourhalf.images.collecting import LayerContent
from ourhalf.model.inventory import Layer

KIND = "layers"
ROOM = 2 << 30
"""Bytes that all entries may take."""
_MOST = 1 << 30


def _key(layer: Layer, how: str) -> str | None:
    """The name of the entry; None for a layer whose bytes no digest names."""
    if not layer.digest or ":" not in layer.digest:
        return None
    state = f"{layer.digest}\0{layer.diff_id}\0{how}\0{cache.rule_set()}"
    return hashlib.blake2b(state.encode("utf-8", "replace"), digest_size=20).hexdigest()


def load(layer: Layer, how: str = "") -> LayerContent | None:
    """What was found in a layer before; None where that is not known. `how` it was read, "" for whole."""
    key = _key(layer, how)
    data = cache.load(KIND, key) if key is not None else None
    if data is None:
        return None
    try:
        plain = zstandard.ZstdDecompressor().decompress(data, max_output_size=_MOST)
        return msgspec.msgpack.decode(plain, type=LayerContent)
    except (
        zstandard.ZstdError,
        msgspec.DecodeError,
        UnicodeDecodeError,
        MemoryError,
    ):  # an entry that something else wrote
        return None


def store(layer: Layer, content: LayerContent, how: str = "") -> None:
    """Keep what was found in a layer that was read without a problem."""
    key = _key(layer, how)
    if key is not None:
        plain = msgspec.msgpack.encode(content)
        if len(plain) <= _MOST:
            cache.store(KIND, key, zstandard.ZstdCompressor(level=1).compress(plain), room=ROOM)
