"""Which files of an image somebody wants to see the bytes of, and what is kept of them."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

MAX_KEPT = 32 << 20
"""Bytes of one file that are looked at, where a `Wanted` does not say otherwise."""


class Wanted(msgspec.Struct, frozen=True):
    """Files by their path, and how much of them.

    `pattern` is a regular expression of the whole path, absolute without the first slash; it is asked of every file
    of the image, so keep it simple: a literal end or base name first. `key` names what is kept, unique in the house
    (`python/metadata`). A file of more than `most` bytes is not kept, and whoever asks for it learns why; with `head`
    only so many of the first bytes are looked at, whatever its size. `reduce` makes what is kept from the path and
    the bytes, at once while the layer streams by, in any thread: it is pure, never raises, and what it gives is
    small; None gives nothing. `least` leaves out smaller files. `executable` asks only for files that may be run or
    are named as shared libraries (`.so`). `deep` says that it is left out where only parts of a layer are fetched
    over the network, for it would cost much: what it would have told is then unknown. `window` tells from the `head`
    where another part lies (its first byte and how many, of which up to `most` are taken): `reduce` is then given both
    after each other. One with a window is `deep`.
    """

    key: str
    pattern: str
    most: int = MAX_KEPT
    head: int = 0
    least: int = 0
    executable: bool = False
    deep: bool = False
    reduce: Callable[[str, memoryview], bytes | None] | None = None
    window: Callable[[memoryview], tuple[int, int] | None] | None = None
