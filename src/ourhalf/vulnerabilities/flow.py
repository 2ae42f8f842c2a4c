"""Joins vulnerabilities with what else is known: those of images that were read, and of files that list packages."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ourhalf.images.reading import Progress
from ourhalf.images.source import ImageError
from ourhalf.inventories.input import InventoryError, read_file
from ourhalf.inventories.load import inventories_of
from ourhalf.model.evidence import Evidence, Unread
from ourhalf.model.finding import Assessment
from ourhalf.readers.reader import merged
from ourhalf.resources.vulnerabilities import JudgedPackages, Vulnerability
from ourhalf.vulnerabilities.found import Asked, Listed, of_inventory, with_vulnerabilities
from ourhalf.vulnerabilities.newer import NewerImages

if TYPE_CHECKING:
    from ourhalf.run import Request

_JUDGED = (Vulnerability, JudgedPackages)


def with_known(evidence: Evidence, request: Request, listed: tuple[Listed, ...] = ()) -> Evidence:
    """The same evidence, with the vulnerabilities of its images and of `listed`. Raises InventoryError, StoreError."""
    asked = Asked(
        as_of=request.as_of,
        options=request.advisories,
        profile=request.profile,
        profile_path=request.profile_path,
    )
    newer = NewerImages(one for name in request.advisories.newer for one in inventories_of(name, request.images))
    return with_vulnerabilities(evidence, listed, asked, newer)


def judged(request: Request, progress: Progress | None = None, keep: bool = True) -> Assessment:
    """The assessment of vulnerabilities alone, of the targets of a request: images, and files that list packages.

    Raises InventoryError for a target that is neither or cannot be read, and StoreError.
    """
    from ourhalf.assess import assess

    parts, listed = [Evidence()], []
    for target in request.targets:
        if os.path.exists(target):
            inventory = _file(target)
            parts.append(Evidence(unread=inventory[1], files=1))
            listed.append(inventory[0])
        else:
            parts.extend(_image(target, request, progress, keep))
    evidence = with_known(merged(parts), request, tuple(listed))
    return assess(evidence, request.targets, request.as_of, request.profile, request.profile_path, _JUDGED)


def _file(target: str) -> tuple[Listed, tuple[Unread, ...]]:
    inventory = read_file(target) if os.path.isfile(target) else None
    if inventory is None:
        from ourhalf.inventories.input import all_inputs

        forms = ", ".join(one.title for one in all_inputs())
        what = f"write rootfs:{target} for a folder" if os.path.isdir(target) else f"it is none of: {forms}"
        raise InventoryError(f"{target} is no image and lists no packages: {what}")
    return of_inventory(inventory, os.path.basename(target)), inventory.unread


def _image(target: str, request: Request, progress: Progress | None, keep: bool) -> Iterator[Evidence]:
    from ourhalf.images.placed import read_images
    from ourhalf.images.reading import is_image

    if not is_image(target):
        raise InventoryError(f"{target}: no such file, and no image reference")
    try:
        read = read_images(target, request.images, progress, keep)
    except ImageError as error:
        raise InventoryError(f"{target}: {error}") from None
    for one in read:
        yield Evidence((one.image, *one.models), one.unread, files=1)
