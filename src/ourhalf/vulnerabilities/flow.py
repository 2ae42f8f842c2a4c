"""Joins vulnerabilities with what else is known: those of images that were read, and of files that list packages."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from ourhalf.advisories.store import StoreError
from ourhalf.images.reading import Progress
from ourhalf.images.source import ImageError
from ourhalf.inventories.input import InventoryError, all_inputs, read_file
from ourhalf.inventories.load import inventories_of
from ourhalf.model.evidence import Evidence
from ourhalf.model.finding import Assessment
from ourhalf.model.inventory import Inventory
from ourhalf.readers.reader import merged
from ourhalf.resources.images import ContainerImage
from ourhalf.resources.vulnerabilities import JudgedPackages, Vulnerability
from ourhalf.vulnerabilities.allowlists import AllowlistError
from ourhalf.vulnerabilities.errors import VulnerabilityError
from ourhalf.vulnerabilities.found import Asked, Listed, of_inventory, with_vulnerabilities
from ourhalf.vulnerabilities.newer import NewerImages
from ourhalf.vulnerabilities.vex.document import VexError

if TYPE_CHECKING:
    from ourhalf.run import Request

_FIRST = date(1990, 1, 1)
_JUDGED = (Vulnerability, JudgedPackages)


def with_known(evidence: Evidence, request: Request, listed: tuple[Listed, ...] = ()) -> Evidence:
    """The same evidence, with the vulnerabilities of its images and of `listed`. Raises VulnerabilityError."""
    asked = Asked(
        as_of=request.as_of,
        options=request.advisories,
        profile=request.profile,
        profile_path=request.profile_path,
    )
    if request.as_of < _FIRST:
        raise VulnerabilityError(f"no advisory is as old as {request.as_of}: give a day since {_FIRST}")
    try:
        return with_vulnerabilities(evidence, listed, asked, newer_images(request))
    except (StoreError, VexError, AllowlistError) as error:
        raise VulnerabilityError(str(error)) from None


def newer_images(request: Request) -> NewerImages:
    """The images to which one could move, read. Raises VulnerabilityError."""
    try:
        return NewerImages(one for name in request.advisories.newer for one in inventories_of(name, request.images))
    except InventoryError as error:
        raise VulnerabilityError(str(error)) from None


class Outcome(msgspec.Struct, frozen=True):
    """The assessment of a run, and what it was made from."""

    assessment: Assessment
    evidence: Evidence
    listed: tuple[Listed, ...]


def judged(request: Request, progress: Progress | None = None, keep: bool = True) -> Outcome:
    """The assessment of vulnerabilities alone, of the targets of a request: images, and files that list packages.

    Other targets are configuration, which says how images run. Raises VulnerabilityError where none lists packages
    or one cannot be read.
    """
    from ourhalf.assess import assess

    parts: list[Evidence] = [Evidence()]
    listed: list[Listed] = []
    configuration: list[str] = []
    for target in request.targets:
        if not os.path.exists(target):
            parts.extend(_image(target, request, progress, keep))
        elif (inventory := _inventory(target)) is not None:
            parts.append(Evidence(unread=inventory.unread, files=1))
            alone = len(request.targets) == 1  # paths are relative to the target where there is one
            listed.append(of_inventory(inventory, os.path.basename(target) if alone else os.path.normpath(target)))
        else:
            configuration.append(target)
    evidence = _with_configuration(merged(parts), tuple(configuration), request, progress, keep)
    if not listed and not any(isinstance(one, ContainerImage) for one in evidence.resources):
        raise VulnerabilityError(_nothing(request))
    evidence = with_known(evidence, request, tuple(listed))
    done = assess(evidence, request.targets, request.as_of, request.profile, request.profile_path, _JUDGED)
    return Outcome(done, evidence, tuple(listed))


def _inventory(target: str) -> Inventory | None:
    try:
        return read_file(target) if os.path.isfile(target) else None
    except InventoryError as error:
        raise VulnerabilityError(str(error)) from None


def _with_configuration(
    evidence: Evidence, targets: tuple[str, ...], request: Request, progress: Progress | None, keep: bool
) -> Evidence:
    """The same, with what configuration says of how images run, and the images that it names."""
    if not targets:
        return evidence
    from ourhalf.collect import Targets, collect
    from ourhalf.image_evidence import with_images

    evidence = merged([evidence, collect(Targets(targets), keep=keep)])
    return with_images(evidence, (), request.images, progress, keep) if request.images.named else evidence


def _nothing(request: Request) -> str:
    """Why there is nothing to ask about."""
    names = ", ".join(request.targets)
    unnamed = "--registry reads the images that it names, --image-source says where one lies"
    if any(os.path.isdir(one) for one in request.targets):
        unnamed += f"; write rootfs:{request.targets[0]} for a folder that is the root of a system"
    forms = ", ".join(one.title for one in all_inputs())
    return f"{names}: no image, and it lists no packages. Of configuration {unnamed}. Files that list packages: {forms}"


def _image(target: str, request: Request, progress: Progress | None, keep: bool) -> Iterator[Evidence]:
    from ourhalf.images.placed import read_images
    from ourhalf.images.reading import is_image

    if not is_image(target):
        raise VulnerabilityError(f"{target}: no such file, and no image reference")
    try:
        read = read_images(target, request.images, progress, keep)
    except ImageError as error:
        raise VulnerabilityError(f"{target}: {error}") from None
    for one in read:
        yield Evidence((one.image, *one.models), one.unread, files=1)
