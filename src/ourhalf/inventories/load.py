"""From what a user names to inventories: an image, an inventory of ours, or a bill of materials."""

from __future__ import annotations

import os

from ourhalf.images.options import ImageOptions
from ourhalf.images.placed import read_images
from ourhalf.images.reading import Progress, is_image
from ourhalf.images.source import ImageError
from ourhalf.inventories.input import InventoryError, all_inputs, read_file
from ourhalf.model.inventory import Inventory


def inventories_of(
    target: str, options: ImageOptions, progress: Progress | None = None, keep: bool = True
) -> tuple[Inventory, ...]:
    """What `target` names: one inventory, or one for each platform of an image. Raises InventoryError."""
    if os.path.exists(target):
        found = read_file(target) if os.path.isfile(target) else None
        if found is None:
            forms = ", ".join(one.title for one in all_inputs())
            what = f"write rootfs:{target} for a folder" if os.path.isdir(target) else f"it is none of: {forms}"
            raise InventoryError(f"{target} is no image and no inventory: {what}")
        return (found,)
    if not is_image(target):
        raise InventoryError(f"{target}: no such file, and no image reference")
    try:
        read = read_images(target, options, progress, keep)
    except ImageError as error:
        raise InventoryError(f"{target}: {error}") from None
    return tuple(one.inventory for one in read)
