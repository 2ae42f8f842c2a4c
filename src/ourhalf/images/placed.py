"""Reads images as the options of a run say, with the layers of known bases told."""

from __future__ import annotations

import os
from contextlib import closing

import msgspec

from ourhalf.images.bases import Base, base_of, with_bases
from ourhalf.images.options import ImageOptions
from ourhalf.images.reading import ImageRead, Progress, read_image
from ourhalf.images.recognise import DeepLearningContainers
from ourhalf.images.source import ImageError
from ourhalf.model.field import Known
from ourhalf.model.images import Publisher
from ourhalf.model.inventory import Inventory

_MOST = 256 << 20


def read_images(
    reference: str, options: ImageOptions, progress: Progress | None = None, keep: bool = True, name: str | None = None
) -> tuple[ImageRead, ...]:
    """What is in the images at `reference`, known as `name`. Raises ImageError, also where a base cannot be read.

    All layers of an image that AWS publishes are AWS's: it is its own base.
    """
    found = read_image(reference, options.access, options.platform, progress, keep)
    bases = tuple(base for one in options.bases for base in _bases(one, options))
    return tuple(with_bases(one, (*bases, *_own(one, name or reference))) for one in found)


def _own(read: ImageRead, name: str) -> tuple[Base, ...]:
    facts = DeepLearningContainers().facts(Known(name))
    if facts.publisher is not Publisher.AWS_DEEP_LEARNING:
        return ()
    return (msgspec.structs.replace(base_of(read.inventory), name=name),)


def _bases(reference: str, options: ImageOptions) -> tuple[Base, ...]:
    """The images that `reference` names, by their configuration alone: their layers are not read."""
    if os.path.isfile(reference):
        return (_of_inventory(reference),)
    from ourhalf.images.configuration import configuration
    from ourhalf.images.transports import opened

    with closing(opened(reference, options.access)) as source:
        return tuple(
            Base(reference, configuration(manifest.config).diff_ids) for manifest in source.images(options.platform)
        )


def _of_inventory(path: str) -> Base:
    try:
        with open(path, "rb") as file:
            return base_of(msgspec.json.decode(file.read(_MOST), type=Inventory))
    except (OSError, msgspec.DecodeError) as error:
        why = "write one with `ourhalf inventory --format json`"
        raise ImageError(f"--base {path} is no image and no inventory of one ({error}): {why}") from None
