"""What a user asks of images: where they lie, which platform, and what they are built on."""

from __future__ import annotations

import msgspec

from ourhalf.images.source import Access


class ImageOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How the images of a run are found and read.

    `sources` say where the image lies that configuration knows by a name: pairs of both. With `registry`, images
    that workloads name are read from their registries. `platform` is as in `Source.images`. `bases` are images or
    inventories that others may be built on: layers of theirs are then known to be their publishers'.
    """

    sources: tuple[tuple[str, str], ...] = ()
    registry: bool = False
    platform: str | None = None
    bases: tuple[str, ...] = ()
    access: Access = Access()

    @property
    def named(self) -> bool:
        """Whether images that are no targets are read."""
        return self.registry or bool(self.sources)
