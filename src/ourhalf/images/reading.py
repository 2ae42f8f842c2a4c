"""Reads images: from a reference to what is in them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import msgspec

from ourhalf.images.source import Access, Manifest, Source
from ourhalf.model.evidence import Unread
from ourhalf.model.inventory import Inventory
from ourhalf.resources.images import ContainerImage
from ourhalf.resources.model_files import ModelFile

Progress = Callable[[str, int, int], None]
"""Told what is being read, and how many bytes of how many are done."""


class ImageRead(msgspec.Struct, frozen=True):
    """What reading one image of one platform gave."""

    inventory: Inventory
    image: ContainerImage
    models: tuple[ModelFile, ...] = ()
    unread: tuple[Unread, ...] = ()


def is_image(target: str) -> bool:
    """Whether a target that is no existing path names an image rather than a mistyped path."""
    from ourhalf.images.transports import transport

    return transport(target) is not None


def read_image(
    reference: str,
    access: Access | None = None,
    platform: str | None = None,
    progress: Progress | None = None,
    keep: bool = True,
) -> tuple[ImageRead, ...]:
    """What is in the images that `reference` names, one for each platform that is asked for.

    With `keep` what was found in each layer is taken from the cache and kept there. Raises ImageError where nothing
    could be read; what could be read in part is in the result, with what is missing in `unread`.
    """
    from ourhalf.images.transports import opened

    access = access or Access()
    with closing(opened(reference, access)) as source:
        found = [(manifest, _read(source, manifest, progress, keep)) for manifest in source.images(platform)]
        if not access.referring:
            return tuple(read for _, read in found)
        from ourhalf.images.referring import with_referrers

        return tuple(with_referrers(read, source, manifest) for manifest, read in found)


def _read(source: Source, manifest: Manifest, progress: Progress | None, keep: bool) -> ImageRead:
    from ourhalf.images import image_cache

    known = image_cache.load(source, manifest) if keep else None
    if known is not None:
        return known
    from ourhalf.images.whole import read_one

    found = read_one(source, manifest, progress, keep)
    if keep:
        image_cache.store(source, manifest, found)
    return found
