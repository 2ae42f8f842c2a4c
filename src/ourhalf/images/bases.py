"""Which layers of an image are those of the image that it is built on.

A base is known by the digests of its layers' tars: an image is built on it where its own begin with all of these.
Source of the annotations: github.com/opencontainers/image-spec, annotations.md.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from ourhalf.images.reading import ImageRead
from ourhalf.model.field import Known, Place, changed
from ourhalf.model.inventory import Inventory, Layer
from ourhalf.resources.images import Exhibit

_NAME, _DIGEST = "org.opencontainers.image.base.name", "org.opencontainers.image.base.digest"


class Base(msgspec.Struct, frozen=True):
    """A known image that others are built on, and the digests of its layers' tars, from the bottom."""

    name: str
    diff_ids: tuple[str, ...]


def base_of(inventory: Inventory) -> Base:
    """An image that was read, as a base of others."""
    return Base(inventory.reference, tuple(layer.diff_id for layer in inventory.layers))


def stated_base(*places: dict[str, str]) -> str:
    """The base that annotations or labels name, with its digest where they state it; "" for none."""
    for stated in places:
        name, digest = stated.get(_NAME, ""), stated.get(_DIGEST, "")
        if name:
            return f"{name}@{digest}" if digest and "@" not in name else name
    return ""


def marked(layers: tuple[Layer, ...], bases: Iterable[Base]) -> tuple[Layer, ...]:
    """The layers with the base that each belongs to: of bases that are built on one another the nearest to it."""
    made = list(layers)
    diff_ids = tuple(layer.diff_id for layer in layers)
    for base in sorted(bases, key=lambda one: len(one.diff_ids)):
        count = len(base.diff_ids)
        if 0 < count <= len(layers) and all(base.diff_ids) and diff_ids[:count] == base.diff_ids:
            for index in range(count):
                if not made[index].base:
                    made[index] = msgspec.structs.replace(made[index], base=base.name)
    return tuple(made)


def with_bases(read: ImageRead, bases: Iterable[Base]) -> ImageRead:
    """What was read of an image, where these images are known: its layers, exhibits and resource say whose they are."""
    layers = marked(read.inventory.layers, bases)
    last = next((layer.base for layer in reversed(layers) if layer.base), "")
    if not last:
        return read
    inventory = msgspec.structs.replace(read.inventory, layers=layers, base=last)
    image = read.image
    exhibits = changed(image.exhibits, lambda one: _of_layer(one, layers))
    image = msgspec.structs.replace(
        image,
        base=Known(last, Place(image.reference, field="base")),
        base_layers=sum(bool(layer.base) for layer in layers),
        exhibits=exhibits,
    )
    return msgspec.structs.replace(read, inventory=inventory, image=image)


def _of_layer(exhibit: Exhibit, layers: tuple[Layer, ...]) -> Exhibit:
    if exhibit.layer is None or exhibit.layer >= len(layers) or exhibit.base:
        return exhibit
    return msgspec.structs.replace(exhibit, base=layers[exhibit.layer].base)
