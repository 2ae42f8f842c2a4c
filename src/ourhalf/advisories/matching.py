"""Which advisories are about which packages, on a day."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import msgspec
from msgspec.structs import replace

from ourhalf.advisories.asking import Asked, Lookup, asked, indices
from ourhalf.advisories.intervals import within
from ourhalf.advisories.merging import Hit, merged
from ourhalf.advisories.record import Advisory, Affected
from ourhalf.advisories.store import Store, StoreError, Unusable
from ourhalf.advisories.versions import Order, UnorderableError, order_of
from ourhalf.model.advisories import Deferred, Matches, Unjudged
from ourhalf.model.packages import Package

MAX_AGE = 7
"""Days after which a source is stale, unless told otherwise."""


def match(packages: Sequence[Package], store: Store, as_of: date, max_age: int = MAX_AGE) -> Matches:
    """What the store says of packages on a day.

    A record counts from the day it was published until it was withdrawn, and always where it states no day. Sources
    older than `max_age` days on `as_of` prove nothing by their silence. Raises StoreError where the file is damaged.
    """
    try:
        return _Matching(packages, store, as_of, max_age).matches()
    except (sqlite3.Error, msgspec.DecodeError) as error:
        raise StoreError(f"{store.path}: a damaged advisory store ({error}); fetch it again") from None


class _Matching:
    def __init__(self, packages: Sequence[Package], store: Store, as_of: date, max_age: int) -> None:
        self.packages = packages
        self.store = store
        self.day = as_of.isoformat()
        self.oldest = (as_of - timedelta(max_age)).isoformat()
        self.max_age = max_age
        self.sources = store.sources()
        self.unjudged: list[Unjudged] = []
        self.deferred: list[Deferred] = []

    def matches(self) -> Matches:
        owners = indices(self.packages)
        questions = [asked(package, owners) for package in self.packages]
        known = self.store.names({(one.space, one.name) for question in questions for one in question.lookups})
        raw: list[tuple[int, Lookup, Affected, int]] = []
        for index, question in enumerate(questions):
            raw.extend(self._answers(index, question, known))
        held = self.store.advisories({advisory for *_, advisory in raw})
        hits = [
            Hit(index, lookup, affected, held[advisory])
            for index, lookup, affected, advisory in raw
            if self._counts(held[advisory].advisory)
        ]
        return Matches(
            self.day,
            self.store.digest,
            merged(hits, self.packages, self.store, self.day),
            tuple(self.unjudged),
            tuple(self.deferred),
            self.sources,
        )

    def _counts(self, one: Advisory | Unusable) -> bool:
        if one.withdrawn and one.withdrawn[:10] <= self.day:
            return False
        return one.published[:10] <= self.day

    def _answers(
        self, index: int, question: Asked, known: dict[tuple[str, str], int]
    ) -> list[tuple[int, Lookup, Affected, int]]:
        """What speaks of one package, whenever it was published; notes why silence proves nothing."""
        if question.owner is not None:
            reason = "the feed of its distribution judges it, as part of the package that brought it"
            self.deferred.append(Deferred(index, question.owner, reason))
            return []
        if question.gap:
            self.unjudged.append(Unjudged(index, question.gap))
        found: list[tuple[int, Lookup, Affected, int]] = []
        named: set[str] = set()
        for lookup in question.lookups:
            key = known.get((lookup.space, lookup.name))
            if key is not None:
                named.add(lookup.space)
                found.extend(self._of_lookup(index, lookup, key))
        if question.space:
            self._cover(index, question.space, question.space in named)
        return found

    def _of_lookup(self, index: int, lookup: Lookup, key: int) -> list[tuple[int, Lookup, Affected, int]]:
        self._note_unusable(index, key)
        order = order_of(lookup.space)
        if order is None:
            self.unjudged.append(Unjudged(index, f"versions of {lookup.space} cannot be ordered"))
            return []
        question = _Version(lookup.version, order)
        if not question.regular:
            self.unjudged.append(Unjudged(index, f"{lookup.version[:80]} is not written as its versions are"))
        return [
            # The listed versions have done their part, and are most of what a record weighs.
            (index, lookup, replace(row.affected, versions=()), row.advisory)
            for row in self.store.affected(key)
            if _speaks(row.affected, lookup) and question.lies_in(row.affected)
        ]

    def _note_unusable(self, index: int, key: int) -> None:
        """Note what sources say of a package that could not be used; of partial ones it is no loss."""
        whole = {one.name for one in self.sources if not one.partial}
        lost = [one for one in self.store.unusable(key) if one.source in whole and self._counts(one)]
        if lost:
            names = [f"{one.source}:{one.record}" for one in lost]
            shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
            sources = tuple(sorted({one.source for one in lost}))
            self.unjudged.append(Unjudged(index, f"records about it could not be used: {shown}", sources))

    def _cover(self, index: int, space: str, named: bool) -> None:
        """Note where no fresh source speaks of all packages of a space."""
        family = space.partition(":")[0]
        about = [one for one in self.sources if family in one.covers]
        whole = [one for one in about if not one.partial]
        if any(one.as_of >= self.oldest for one in whole):
            return
        names = tuple(one.name for one in about)
        if whole:
            newest = max(one.as_of for one in whole)
            reason = f"what is known of {space} is of {newest or 'no day'}, more than {self.max_age} days before"
        elif about:
            reason = "the sources at hand name some packages only" + ("" if named else ", and not this one")
        else:
            reason = f"no source of {space} is in the store"
        self.unjudged.append(Unjudged(index, reason, names))


def _speaks(affected: Affected, lookup: Lookup) -> bool:
    """Whether the name in the advisory is of the kind that is asked for, and of the same module or of none."""
    if "e" not in (affected.of, lookup.of) and affected.of != lookup.of:
        return False
    if lookup.of != "b":
        return True
    # A fix in a module says nothing of a package that is in none, or in another stream, and the other way round.
    if bool(affected.module) != (".module" in lookup.version):
        return False
    return affected.module in {"", "?", lookup.module} or not lookup.module


class _Version:
    """One version of one package, asked whether it lies in what advisories say."""

    def __init__(self, version: str, order: Order) -> None:
        self.version = version
        self.public = order.public(version)
        self.order = order
        self._keys: dict[str, Any] = {}

    @cached_property
    def regular(self) -> bool:
        """Whether it has a place in the order that can be relied on."""
        try:
            self.order.key(self.public)
        except UnorderableError:
            return False
        return self.order.regular(self.public)

    @cached_property
    def key(self) -> Any:
        return self._key(self.public)

    def lies_in(self, affected: Affected) -> bool:
        """Whether it is listed, equals one that is, or lies in an interval."""
        if self.version in affected.versions or self.public in affected.versions:
            return True
        if not self.regular:
            return False
        if any(within(self.key, one, self._key) for one in affected.intervals):
            return True
        return any(self._equals(one) for one in affected.versions)

    def _equals(self, listed: str) -> bool:
        try:
            return bool(self._key(listed) == self.key)
        except UnorderableError:
            return False

    def _key(self, version: str) -> Any:
        found = self._keys.get(version)
        if found is None:
            found = self._keys[version] = self.order.key(version)
        return found
