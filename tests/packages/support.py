"""What tests of cataloguers share."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ourhalf.images.cataloguer import Cataloguer, Installed
from ourhalf.model.evidence import Unread
from ourhalf.model.packages import Package
from tests.images import tree


def all_of(cataloguer: Cataloguer, files: tree.Tree) -> tuple[list[Installed], list[Unread]]:
    """What a cataloguer finds, and what it could not read."""
    found = list(cataloguer.catalogue(files))
    return [one for one in found if isinstance(one, Installed)], [one for one in found if isinstance(one, Unread)]


def over(cataloguer: Cataloguer, root: Path) -> tuple[list[Installed], list[Unread]]:
    """What it finds in a real root file system."""
    return all_of(cataloguer, tree.over(root, cataloguer.wanted))


def of(
    cataloguer: Cataloguer, files: Mapping[str, bytes | str], links: Mapping[str, str] | None = None, mode: int = 0o644
) -> tuple[list[Installed], list[Unread]]:
    """What it finds in files in memory."""
    return all_of(cataloguer, tree.of(files, cataloguer.wanted, links, mode))


def packages(found: list[Installed]) -> dict[str, Package]:
    """Packages by name; of several of a name the last."""
    return {one.package.name: one.package for one in found}
