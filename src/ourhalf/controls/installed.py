"""Which packages an image holds."""

from __future__ import annotations

from ourhalf.model.field import Unresolved, elements, unknown_part
from ourhalf.model.packages import Ecosystem, Package
from ourhalf.resources.images import ContainerImage


def packages_of(image: ContainerImage, ecosystem: Ecosystem, name: str) -> tuple[Package, ...]:
    """The packages of one name; names of Python are taken as normalised (packaging.python.org, on names)."""
    return tuple(
        one.package
        for one in elements(image.packages)
        if one.package.name == name and one.package.ecosystem == ecosystem
    )


def version_of(image: ContainerImage, ecosystem: Ecosystem, name: str) -> str | Unresolved | None:
    """The version of an installed package; None where the image does not hold it.

    Unresolved where it is not told, where there are several, or where the list of packages may lack it.
    """
    versions = {one.version for one in packages_of(image, ecosystem, name)}
    if len(versions) == 1 and (version := next(iter(versions))):
        return version
    if versions:
        told = ", ".join(sorted(one or "one that is not told" for one in versions))
        return Unresolved(f"{name} is installed as {told}", image.place)
    return unknown_part(image.packages)
