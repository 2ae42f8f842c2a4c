"""Which packages of an inventory depend on which: names that records write, as packages at hand."""

from __future__ import annotations

import re
from collections import defaultdict

from ourhalf.model.packages import Ecosystem, Package

_SEPARATORS = re.compile(r"[-_.]+")


def references(packages: tuple[Package, ...]) -> tuple[str, ...]:
    """A reference for each package, in their order: its purl, numbered where several packages have the same."""
    seen: dict[str, int] = defaultdict(int)
    found = []
    for package in packages:
        seen[package.purl] += 1
        number = seen[package.purl]
        found.append(package.purl if number == 1 else f"{package.purl}#{number}")
    return tuple(found)


def dependencies(packages: tuple[Package, ...]) -> tuple[tuple[int, ...], ...]:
    """For each package the positions of those that it depends on, each once and in their order.

    A name is looked for among the packages of the same ecosystem; one that several have means all of them.
    """
    by_name: dict[tuple[Ecosystem, str], list[int]] = defaultdict(list)
    for position, package in enumerate(packages):
        by_name[package.ecosystem, _name(package.ecosystem, package.name)].append(position)
    return tuple(
        tuple(
            sorted(
                {
                    other
                    for name in package.requires
                    for other in by_name.get((package.ecosystem, _name(package.ecosystem, name)), ())
                    if other != position
                }
            )
        )
        for position, package in enumerate(packages)
    )


def _name(ecosystem: Ecosystem, name: str) -> str:
    return _SEPARATORS.sub("-", name).lower() if ecosystem is Ecosystem.PYPI else name
