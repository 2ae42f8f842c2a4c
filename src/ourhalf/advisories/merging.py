"""From advisories to vulnerabilities: several records that speak of one become one match."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from ourhalf.advisories.asking import Lookup
from ourhalf.advisories.importers.importer import is_cve
from ourhalf.advisories.intervals import within
from ourhalf.advisories.record import Affected, Enrichment
from ourhalf.advisories.severity import severe
from ourhalf.advisories.store import Held, Store
from ourhalf.advisories.versions import UnorderableError, order_of
from ourhalf.model.advisories import Fix, Match, Noise, Rating
from ourhalf.model.packages import Certainty, Package

_MOST_REFERENCES = 10
_CERTAINTIES = tuple(Certainty)
_DOUBTS = {certainty: index for index, certainty in enumerate(_CERTAINTIES)}


class Hit(msgspec.Struct, frozen=True):
    """One advisory that is about one package (by its index), by one lookup."""

    package: int
    lookup: Lookup
    affected: Affected
    held: Held

    @property
    def name(self) -> str:
        """The record as `source:id`."""
        return f"{self.held.source}:{self.held.advisory.id}"

    @property
    def ids(self) -> tuple[str, ...]:
        """All ids of the vulnerability that the record itself is about."""
        return (self.held.advisory.id, *self.held.advisory.aliases)


def merged(hits: Iterable[Hit], packages: Sequence[Package], store: Store, day: str) -> tuple[Match, ...]:
    """One match for each package and vulnerability, sorted by package and id."""
    by_package: dict[int, list[Hit]] = {}
    for hit in hits:
        by_package.setdefault(hit.package, []).append(hit)
    grouped = [
        (index, name, group)
        for index, all_ in sorted(by_package.items())
        for name, group in sorted(_groups(all_).items())
    ]
    enrichments = store.enrichments({name for _, name, group in grouped if is_cve(name)})
    return tuple(
        _match(packages[index], index, name, group, enrichments.get(name, ()), day) for index, name, group in grouped
    )


def _groups(hits: Sequence[Hit]) -> dict[str, list[Hit]]:
    """Hits by the vulnerability they are about.

    Every CVE is one of its own. A record that names none belongs to those of the records that share an id with it, else
    to the best id of all that it is connected with. So a new record never takes a vulnerability away.
    """
    cves = {id(hit): _cves(hit) for hit in hits}
    roots = _connected([hit.ids for hit in hits if not hit.held.advisory.fixes])
    by_root: dict[str, set[str]] = {}
    for hit in hits:
        if not hit.held.advisory.fixes:
            by_root.setdefault(roots[hit.ids[0]], set()).update(cves[id(hit)])
    groups: dict[str, list[Hit]] = {}
    for hit in hits:
        if cves[id(hit)] or hit.held.advisory.fixes:
            names = cves[id(hit)]
        else:
            root = roots[hit.ids[0]]
            names = by_root[root] or {best(one for one, its in roots.items() if its == root)}
        for name in names:
            groups.setdefault(name, []).append(hit)
    return groups


def _cves(hit: Hit) -> set[str]:
    advisory = hit.held.advisory
    return set(advisory.fixes) or {one for one in hit.ids if is_cve(one)}


def _connected(sets: Iterable[tuple[str, ...]]) -> dict[str, str]:
    """For each id that is no CVE, one id that stands for all those that records connect with it."""
    parent: dict[str, str] = {}

    def root(one: str) -> str:
        while parent.setdefault(one, one) != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    for ids in sets:
        for other in ids:
            if other == ids[0] or not is_cve(other):
                parent[root(other)] = root(ids[0])
    return {one: root(one) for one in list(parent)}


def best(ids: Iterable[str]) -> str:
    """The id to show: a CVE, else one of GitHub, else the first by name."""
    return min(ids, key=lambda one: (not is_cve(one), not one.startswith("GHSA-"), one))


def _match(  # noqa: PLR0913, PLR0917 - what makes one match
    package: Package, index: int, name: str, hits: Sequence[Hit], enriched: Sequence[tuple[str, Enrichment]], day: str
) -> Match:
    if len(hits) > 1:
        hits = sorted(hits, key=lambda hit: (hit.name, hit.lookup.of, msgspec.msgpack.encode(hit.affected)))
    own, others = _ratings(hits, enriched)
    published, published_by = _published(hits, enriched)
    # The most certain way of knowing counts.
    doubts = [_doubt(hit) for hit in hits]
    doubt, how = min(doubts, key=lambda one: one[0])
    # Names that a source needs to tell its records apart (`CVE-2026-1000/openssl`) are no ids that others know.
    ids = (one for hit in hits if not hit.held.advisory.fixes for one in hit.ids)
    names = {one for one in ids if "/" not in one and (one == name or not is_cve(one))}
    fixed = {hit.name: _fixes(hit) for hit in hits}
    return Match(
        package=index,
        id=name,
        aliases=tuple(sorted(names - {name})),
        advisories=tuple(sorted({hit.name for hit in hits})),
        summary=next((hit.held.advisory.summary for hit in _told(hits) if hit.held.advisory.summary), ""),
        severity=severe(own, others),
        ratings=tuple(sorted({*own, *others})),
        fixed=_ordered({one for all_ in fixed.values() for one in all_}, hits[0].lookup.space),
        open_by=tuple(sorted(record for record, all_ in fixed.items() if not all_)),
        published=published,
        published_by=published_by,
        modified=max(hit.held.advisory.modified for hit in hits)[:10],
        changed_later=any(hit.held.advisory.modified[:10] > day for hit in hits),
        certainty=_CERTAINTIES[doubt],
        how=how,
        noise=_noise(package.name, hits[0].lookup.space),
        exploited=next((one.exploited for _, one in enriched if one.exploited and one.exploited.added <= day), None),
        likelihood=next((one.likelihood for _, one in enriched if one.likelihood and one.likelihood.day <= day), None),
        weaknesses=tuple(sorted({*_weaknesses(hits), *(cwe for _, one in enriched for cwe in one.weaknesses)})),
        references=tuple(dict.fromkeys(url for hit in hits for url in hit.held.advisory.references))[:_MOST_REFERENCES],
    )


def _told(hits: Sequence[Hit]) -> list[Hit]:
    """Those about one vulnerability before errata, which tell of several."""
    return sorted(hits, key=lambda hit: bool(hit.held.advisory.fixes))


def _doubt(hit: Hit) -> tuple[int, str]:
    """How uncertain, as the index of a `Certainty`, and why."""
    ways = [(hit.lookup.certainty, hit.lookup.how), (hit.affected.certainty, hit.affected.how)]
    if hit.affected.module == "?":
        ways.append((Certainty.GUESSED, "the advisory does not say of which stream of the module it is"))
    elif hit.affected.module and not hit.lookup.module:
        ways.append((Certainty.GUESSED, f"the advisory is of {hit.affected.module}; the stream at hand is not known"))
    worst = max(_DOUBTS[certainty] for certainty, _ in ways)
    return worst, "; ".join(how for _, how in ways if how)


def _ratings(
    hits: Iterable[Hit], enriched: Iterable[tuple[str, Enrichment]]
) -> tuple[tuple[Rating, ...], tuple[Rating, ...]]:
    """What those say who build the package, and what all others do."""
    own: set[Rating] = set()
    others = {rating for _, one in enriched for rating in one.ratings}
    for hit in hits:
        words = {rating for rating in hit.affected.ratings if rating.scheme == "word"}
        more = {*hit.held.advisory.ratings, *hit.affected.ratings}
        if ":" in hit.affected.space or hit.affected.space in {"wolfi", "chainguard"}:
            own |= words or {rating for rating in more if rating.scheme == "word"}
        others |= more
    return tuple(sorted(own)), tuple(sorted(others))


def _published(hits: Iterable[Hit], enriched: Iterable[tuple[str, Enrichment]]) -> tuple[str, str]:
    """The earliest day that a record states, and which."""
    stated = [(hit.held.advisory.published[:10], hit.name) for hit in hits]
    stated.extend((one.published[:10], f"{source}:{one.cve}") for source, one in enriched)
    return min((one for one in stated if one[0]), default=("", ""))


def _weaknesses(hits: Iterable[Hit]) -> set[str]:
    return {cwe for hit in hits for cwe in hit.held.advisory.weaknesses}


def _fixes(hit: Hit) -> tuple[Fix, ...]:
    """The fixes that end the intervals in which the version lies."""
    order = order_of(hit.lookup.space)
    if order is None:
        return ()
    try:
        key = order.key(order.public(hit.lookup.version))
        ends = {one.high for one in hit.affected.intervals if within(key, one, order.key)}
    except UnorderableError:
        return ()
    return tuple(fix for fix in hit.affected.fixes if fix.version in ends)


def _ordered(fixes: Iterable[Fix], space: str) -> tuple[Fix, ...]:
    """By version; of one version that with a day first."""
    order = order_of(space)

    def place(fix: Fix) -> tuple[Any, ...]:
        key = order.key(fix.version) if order is not None else fix.version
        return key, fix.version, not fix.available, fix

    kept: dict[tuple[str, str], Fix] = {}
    for fix in sorted(fixes, key=place):
        kept.setdefault((fix.version, fix.channel), fix)
    return tuple(kept.values())


class _Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rule: str
    families: tuple[str, ...]
    packages: tuple[str, ...]
    why: str
    citation: str


@cache
def _rules() -> tuple[_Rule, ...]:
    from yaml import CSafeLoader, load

    text = files(__package__).joinpath("noise.yaml").read_bytes()
    return msgspec.convert(load(text, Loader=CSafeLoader), tuple[_Rule, ...])


@cache
def _noise(name: str, space: str) -> Noise | None:
    family = space.partition(":")[0]
    for rule in _rules():
        if family in rule.families and any(fnmatchcase(name, pattern) for pattern in rule.packages):
            return Noise(rule.rule, rule.why, rule.citation)
    return None
