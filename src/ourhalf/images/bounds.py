"""How much of an image is looked at before reading it stops; a user who trusts an image can raise the first three."""

from __future__ import annotations

import os

import msgspec

MAX_PATH = 4096
MAX_DEPTH = 256
MAX_HOPS = 40
MAX_EXTENSION = 1 << 20
"""Bytes of the extended header of one entry of a tar."""
MAX_LAYERS = 512
MAX_MANIFEST = 4 << 20
MAX_CONFIG = 8 << 20
_NAMES = {
    "unpacked": "OURHALF_IMAGE_MAX_UNPACKED",
    "ratio": "OURHALF_IMAGE_MAX_RATIO",
    "entries": "OURHALF_IMAGE_MAX_ENTRIES",
}


class Bounds(msgspec.Struct, frozen=True):
    """Bounds of one layer.

    `unpacked` is in bytes. `ratio` is how many times its packed bytes a layer may unpack to, beyond `free` bytes that
    it always may. `entries` are those of its tar, `held` the bytes of files that are kept of it.
    """

    unpacked: int = 256 << 30
    ratio: int = 200
    entries: int = 2_000_000
    free: int = 1 << 30
    held: int = 256 << 20

    def exceeded(self, packed: int, unpacked: int) -> str:
        """Why no more of a layer is unpacked, with what the user can do; "" where it may go on."""
        if unpacked > self.unpacked:
            return f"it unpacks to more than {self.unpacked:,} bytes: set {_NAMES['unpacked']} to read on"
        if unpacked > self.free and unpacked > self.ratio * packed:
            return f"it unpacks to more than {self.ratio} times its size: set {_NAMES['ratio']} to read on"
        return ""

    def too_many(self, entries: int) -> str:
        """The same for the entries of its tar."""
        if entries <= self.entries:
            return ""
        return f"it has more than {self.entries:,} entries: set {_NAMES['entries']} to read on"


def bounds() -> Bounds:
    """The bounds, with what the user's environment raises."""
    given = {}
    for field, name in _NAMES.items():
        text = os.environ.get(name, "")
        if text.isdecimal() and text.isascii() and len(text) < 16:
            given[field] = int(text)
    return msgspec.structs.replace(Bounds(), **given)
