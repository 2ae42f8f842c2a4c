"""Newer images that could be moved to, and which vulnerabilities they have no more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from ourhalf.advisories.store import Store
from ourhalf.model.advisories import Match
from ourhalf.model.inventory import Inventory
from ourhalf.model.packages import Package
from ourhalf.vulnerabilities.clocks import Newer, day_of

_SOURCE = "source "


class Seen(msgspec.Struct, frozen=True):
    """One newer image: the vulnerabilities that it has, by package; ecosystems of which not all is known."""

    newer: Newer
    packages: tuple[Package, ...]
    found: frozenset[tuple[str, str, str]]
    doubtful: frozenset[str]
    unjudged: frozenset[tuple[str, str]]

    @property
    def named(self) -> frozenset[tuple[str, str, str]]:
        """The vulnerabilities by the names of packages alone, not by those of their sources."""
        return frozenset(one for one in self.found if not one[1].startswith(_SOURCE))

    def lacks(self, match: Match, package: Package) -> bool:
        """Whether it is known to have a vulnerability of a package no more."""
        names = _names(package)
        if package.ecosystem.value in self.doubtful or any(name in self.unjudged for name in names):
            return False
        ids = (match.id, *match.aliases)
        return not any((*name, identifier) in self.found for name in names for identifier in ids)


class NewerImages:
    """Images that the user names as those to which one could move."""

    def __init__(self, inventories: Iterable[Inventory] = ()) -> None:
        self._inventories = tuple(inventories)
        self._seen: tuple[Seen, ...] = ()

    def against(self, store: Store, as_of: date, max_age: int) -> NewerImages:
        """The same, matched against a store. Raises StoreError."""
        made = NewerImages(self._inventories)
        seen = [_seen(one, store, as_of, max_age) for one in self._inventories]
        seen = [one for one in seen if one.newer.created is None or one.newer.created <= as_of]
        made._seen = tuple(sorted(seen, key=lambda one: (one.newer.created or date.max, one.newer.name)))
        return made

    @property
    def seen(self) -> tuple[Seen, ...]:
        """What was found in each, the oldest first; none before `against`."""
        return self._seen

    def without(self, match: Match, package: Package) -> Newer | None:
        """The oldest of them that is known to have this vulnerability no more; None where that is known of none."""
        return next((one.newer for one in self._seen if one.lacks(match, package)), None)


def _names(package: Package) -> tuple[tuple[str, str], ...]:
    """What a package may be called in another image: a distribution renames what it builds of one source."""
    source = package.source.name if package.source is not None else package.name
    return tuple(dict.fromkeys((package.ecosystem.value, name) for name in (package.name, f"{_SOURCE}{source}")))


def _seen(inventory: Inventory, store: Store, as_of: date, max_age: int) -> Seen:
    from ourhalf.advisories.matching import match

    packages = inventory.packages
    matches = match(packages, store, as_of, max_age)
    found = frozenset(
        (*name, identifier)
        for one in matches.matches
        for name in _names(packages[one.package])
        for identifier in (one.id, *one.aliases)
    )
    # Where it is not known what a package is, that no match names it says nothing.
    unjudged = frozenset(name for one in matches.unjudged for name in _names(packages[one.package]))
    newer = Newer(inventory.reference, day_of(inventory.config.created or ""))
    return Seen(newer, packages, found, frozenset(inventory.incomplete), unjudged)
