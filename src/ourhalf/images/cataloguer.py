"""What finds packages in an image: one value in each file of `packages`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import msgspec

from ourhalf import packages
from ourhalf.discovery import values
from ourhalf.images.filesystem import FileSystem
from ourhalf.images.wanted import Wanted
from ourhalf.model.evidence import Unread
from ourhalf.model.packages import Ecosystem, Package


class Installed(msgspec.Struct, frozen=True):
    """A package and the files that it brought, absolute without the first slash."""

    package: Package
    files: tuple[str, ...] = ()


class Cataloguer(msgspec.Struct, frozen=True):
    """A module-level value in a file of `packages`.

    `catalogue` gives what the files that `wanted` keeps state, and what of them could not be read; it sets `path`
    and `layer` of each package, leaves `owner` to whoever joins them unless only it can know, and never raises for
    anything that a file can hold. A record that cannot be read is an `Unread` whose path is that in the image.
    `ecosystems` are those whose inventory is incomplete when anything is unread.
    """

    name: str
    title: str
    ecosystems: tuple[Ecosystem, ...]
    wanted: tuple[Wanted, ...]
    catalogue: Callable[[FileSystem], Iterator[Installed | Unread]]


@cache
def all_cataloguers() -> tuple[Cataloguer, ...]:
    """Every cataloguer, by name."""
    return tuple(sorted(values(packages, Cataloguer), key=lambda one: one.name))
