"""From vulnerabilities to a plan: which actions there are, which of them to take, and what none of them clears."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta

import msgspec

from ourhalf.advisories.spaces import LANGUAGES
from ourhalf.advisories.versions import UnorderableError, order_of
from ourhalf.model.advisories import Match
from ourhalf.model.field import Place
from ourhalf.model.packages import Ecosystem, Package
from ourhalf.model.profile import Severity
from ourhalf.model.responsibility import Party
from ourhalf.packages.purl import parsed, purl
from ourhalf.resources.vulnerabilities import Effect, Vulnerability
from ourhalf.vulnerabilities.actions.choosing import Choice, choose
from ourhalf.vulnerabilities.actions.choosing import order_of as in_order
from ourhalf.vulnerabilities.actions.plan import Action, Kind, Left, Plan
from ourhalf.vulnerabilities.actions.resolving import Environment
from ourhalf.vulnerabilities.actions.risks import Risk, of_changes, of_image
from ourhalf.vulnerabilities.vex.identity import image_name

_WEIGHTS = {Severity.CRITICAL: 1000, Severity.HIGH: 200, Severity.MEDIUM: 30, Severity.LOW: 5, None: 30}
"""How much a finding counts: a critical one as five high ones. One without a rating counts as a medium one."""
_OVERDUE, _EXPLOITED = 2, 3
_SYSTEM = frozenset({Ecosystem.DEB, Ecosystem.RPM, Ecosystem.APK})
_UPGRADES = {
    Ecosystem.DEB: "RUN apt-get update && apt-get upgrade -y && rm -rf /var/lib/apt/lists/*",
    Ecosystem.RPM: "RUN dnf upgrade -y && dnf clean all",
    Ecosystem.APK: "RUN apk upgrade --no-cache",
}
_AGAIN = {Severity.CRITICAL: 14, Severity.HIGH: 30, None: 30}
_LATEST = 90

Oracle = Callable[[Sequence[Package]], Sequence[frozenset[str]]]
"""The ids and aliases of all vulnerabilities of each package: what an advisory store says of versions not at hand."""


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """What a subject of findings holds: its packages, and the known image that it is built on."""

    subject: str
    packages: tuple[Package, ...] = ()
    base: str = ""


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """An image that one could move to, or rebuild on: its packages, and what was found in it.

    `found` are ecosystem, package and id or alias. `doubtful` are ecosystems of which not all is known.
    """

    reference: str
    packages: tuple[Package, ...] = ()
    found: frozenset[tuple[str, str, str]] = frozenset()
    doubtful: frozenset[str] = frozenset()


class PlanOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan is made from besides the findings. Without an oracle a version is judged by the fixes stated."""

    as_of: date
    holdings: tuple[Holding, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    oracle: Oracle | None = None


class _Option(msgspec.Struct, frozen=True, kw_only=True):
    """An action that is possible, and the findings (by index) that it clears."""

    kind: Kind
    title: str
    target: str
    group: str
    clears: frozenset[int]
    risks: tuple[Risk, ...] = ()
    changes: dict[str, str] = {}
    more: frozenset[str] = frozenset()
    how: str = ""


def plan_of(found: Sequence[Vulnerability], options: PlanOptions) -> Plan:
    """The plan for these vulnerabilities, each subject by itself."""
    open_ = [one for one in found if not _settled(one)]
    by_subject: dict[str, list[Vulnerability]] = defaultdict(list)
    for one in sorted(open_, key=lambda one: (one.subject, one.match.id, one.purl)):
        by_subject[one.subject].append(one)
    parts = [_Planning(subject, many, options).plan() for subject, many in sorted(by_subject.items())]
    bounds = [part.bound for part in parts if part.bound]
    return Plan(
        as_of=options.as_of,
        findings=len(found),
        settled=len(found) - len(open_),
        weight=sum(part.weight for part in parts),
        cleared_weight=sum(part.cleared_weight for part in parts),
        actions=tuple(action for part in parts for action in part.actions),
        left=tuple(one for part in parts for one in part.left),
        exact=all(part.exact for part in parts),
        bound="; ".join(bounds),
        notes=tuple(dict.fromkeys(note for part in parts for note in part.notes)),
    )


def _settled(one: Vulnerability) -> bool:
    return one.affects.effect is Effect.NOT_AFFECTED or any(statement.clears for statement in one.statements)


def _weight(one: Vulnerability, as_of: date) -> int:
    """What clearing it is worth; what is known to mean little here, by a rule, is worth as little as can be."""
    if one.match.noise is not None:
        return 1
    left = one.clock.left(as_of)
    overdue = _OVERDUE if left is not None and left < 0 else 1
    return _WEIGHTS[one.match.severity.level] * overdue * (_EXPLOITED if one.match.exploited else 1)


class _Planning:
    """The plan for one subject."""

    def __init__(self, subject: str, found: list[Vulnerability], options: PlanOptions) -> None:
        self.subject, self.found, self.options = subject, found, options
        self.holding = next((one for one in options.holdings if one.subject == subject), Holding(subject=subject))
        self.blocked: dict[str, str] = {}
        self.weights = [_weight(one, options.as_of) for one in found]

    def plan(self) -> Plan:
        possible = [*self._moves(), *self._upgrades(), *self._bumps()]
        choices = [
            Choice(
                sum(1 << index for index in one.clears),
                one.group,
                sum(risk.size for risk in one.risks),
                one.kind in (Kind.MOVE, Kind.REBUILD),
                one.more,
            )
            for one in possible
        ]
        chosen = choose(choices, self.weights)
        ordered = in_order(choices, chosen.taken, self.weights)
        covered = 0
        for index, _ in ordered:
            covered |= choices[index].clears
        bound = ""
        if chosen.slack:
            bound = f"{self.subject}: as much may be cleared with up to {chosen.slack} actions fewer"
        return Plan(
            as_of=self.options.as_of,
            findings=len(self.found),
            settled=0,
            weight=sum(self.weights),
            cleared_weight=sum(self.weights) - chosen.score.uncleared,
            actions=tuple(self._action(possible[index], new) for index, new in ordered),
            left=tuple(self._left(one) for index, one in enumerate(self.found) if not covered >> index & 1),
            exact=not chosen.slack,
            bound=bound,
            notes=self._notes(possible),
        )

    def _notes(self, possible: list[_Option]) -> tuple[str, ...]:
        """What the plan takes for granted."""
        notes = []
        if any(one.kind is Kind.BUMP and "pypi" in one.group for one in possible):
            stated = any(one.requires for one in self.holding.packages if one.ecosystem is Ecosystem.PYPI)
            whose = "newer versions require" if stated else "these packages require of each other"
            notes.append(f"what {whose} is not stated here: try with `pip install --dry-run` first")
        if any(one.kind is Kind.BUMP for one in possible) and self.options.oracle is None:
            notes.append("versions are judged by the fixes that advisories state: match the result again")
        return tuple(notes)

    def _moves(self) -> Iterator[_Option]:
        """Each image that the user names: in place of this one, or below it where it is the base's."""
        for candidate in self.options.candidates:
            base = self.holding.base and _repository(candidate.reference) == _repository(self.holding.base)
            if candidate.reference == self.subject or not self.holding.packages:
                continue
            clears = frozenset(
                index for index, one in enumerate(self.found) if (one.in_base or not base) and _without(candidate, one)
            )
            if not clears:
                continue
            risks = of_image(self.holding.packages, candidate.packages)
            ours = {(one.package.ecosystem.value, one.package.name, one.match.id) for one in self.found}
            new = {name[1:] for name in candidate.found - ours if name[2].startswith(("CVE-", "GHSA-"))}
            known = {(one.package.name, name) for one in self.found for name in (one.match.id, *one.match.aliases)}
            if new - known:
                risks.append(Risk(1, f"it brings {len(new - known)} vulnerabilities that are not here"))
            title = f"rebuild on {candidate.reference}" if base else f"move to {candidate.reference}"
            yield _Option(
                kind=Kind.REBUILD if base else Kind.MOVE,
                title=title,
                target=candidate.reference,
                group="image",
                clears=clears,
                risks=tuple(risks),
                how=f"FROM {candidate.reference}" if base else candidate.reference,
            )

    def _upgrades(self) -> Iterator[_Option]:
        """The updates of the distribution, all at once; what must be bought for is left out."""
        by_ecosystem: dict[Ecosystem, list[int]] = defaultdict(list)
        for index, one in enumerate(self.found):
            if one.package.ecosystem in _SYSTEM and _free_fix(one.match):
                by_ecosystem[one.package.ecosystem].append(index)
        for ecosystem, indices in sorted(by_ecosystem.items()):
            distribution = self.found[indices[0]].package.distribution or "the distribution"
            yield _Option(
                kind=Kind.OS_UPGRADE,
                title=f"take the updates of {distribution}",
                target=distribution,
                group=f"system {ecosystem.value}",
                clears=frozenset(indices),
                how=_UPGRADES[ecosystem],
            )

    def _bumps(self) -> Iterator[_Option]:
        """Each version of a package that fixes something, with the neighbours that must move along."""
        of_package: dict[tuple[Ecosystem, str], list[int]] = defaultdict(list)
        for index, one in enumerate(self.found):
            if one.package.ecosystem in LANGUAGES and not one.package.owner:
                of_package[one.package.ecosystem, one.package.name].append(index)
        newer = {key: _versions(key[0], [self.found[i].match for i in indices]) for key, indices in of_package.items()}
        python = {name: many for (ecosystem, name), many in newer.items() if ecosystem is Ecosystem.PYPI}
        environment = Environment(self.holding.packages, python)
        held = {(one.ecosystem, one.name): one for one in self.holding.packages if not one.owner}
        for (ecosystem, name), versions in sorted(newer.items()):
            for version in versions:
                changes: dict[str, str] | str = {name: version}
                if ecosystem is Ecosystem.PYPI and self.holding.packages:
                    changes = environment.moved(name, version)
                if isinstance(changes, str):
                    self.blocked[name] = changes
                    continue
                touched = [i for other in changes for i in of_package.get((ecosystem, other), ())]
                clears = self._cleared(changes, touched)
                packages = {self.found[i].package.name: self.found[i].package for i in touched}
                packages |= {other: at for other in changes if (at := held.get((ecosystem, other))) is not None}
                if clears:
                    yield _bump(ecosystem, name, changes, clears, of_changes(changes, packages))

    def _cleared(self, changes: Mapping[str, str], indices: list[int]) -> frozenset[int]:
        """Which findings of the packages that change are gone in their new versions."""
        if self.options.oracle is None:
            return frozenset(i for i in indices if _reaches(self.found[i], changes[self.found[i].package.name]))
        moved = [_moved(self.found[i].package, changes[self.found[i].package.name]) for i in indices]
        still = self.options.oracle(moved)
        return frozenset(
            i
            for i, ids in zip(indices, still, strict=True)
            if not ids & {self.found[i].match.id, *self.found[i].match.aliases}
        )

    def _action(self, option: _Option, new: int) -> Action:
        indices = [index for index in sorted(option.clears) if new >> index & 1]
        first = [self.found[index] for index in sorted(option.clears)]
        return Action(
            kind=option.kind,
            subject=self.subject,
            title=option.title,
            target=option.target,
            clears=tuple(self.found[index].name for index in indices),
            also=len(option.clears) - len(indices),
            weight=sum(self.weights[index] for index in indices),
            severities=dict(sorted(Counter(_level(self.found[index]) for index in indices).items())),
            changes=option.changes,
            risks=tuple(risk.said for risk in option.risks),
            risk=sum(risk.size for risk in option.risks),
            places=_places(option, first),
            how=option.how,
        )

    def _left(self, one: Vulnerability) -> Left:
        """Why nothing clears it, and the latest day on which to look again."""
        why = self._why(one)
        days = _AGAIN.get(one.match.severity.level, _LATEST)
        until = self.options.as_of + timedelta(days)
        clock = one.clock
        if clock.party is Party.PUBLISHER and clock.until is not None and clock.until >= self.options.as_of:
            until = min(until, clock.until)
        return Left(
            finding=one.name,
            subject=self.subject,
            severity=one.match.severity.level,
            why=why,
            party=clock.party,
            until=until,
            accept=f"{one.match.id}: {why}; look again by {until.isoformat()}",
        )

    def _why(self, one: Vulnerability) -> str:
        package, match = one.package, one.match
        if not match.fixed:
            return f"no version of {package.name} is known to have the fix"
        if not _free_fix(match):
            return f"the fix comes with {match.fixed[-1].channel}"
        if package.owner:
            return f"it is inside {package.owner}: only a newer one of that can bring a fix"
        if package.name in self.blocked:
            return f"{match.fixed[-1].version} has the fix, but {self.blocked[package.name]}"
        if package.ecosystem not in LANGUAGES and package.ecosystem not in _SYSTEM:
            return f"{match.fixed[-1].version} has the fix; how to take it is not known of {package.ecosystem.value}"
        return f"{match.fixed[-1].version} is said to have the fix, and is not known to be free of it"


def _bump(
    ecosystem: Ecosystem, name: str, changes: dict[str, str], clears: frozenset[int], risks: list[Risk]
) -> _Option:
    others = ", ".join(f"{other} to {version}" for other, version in changes.items() if other != name)
    how = " ".join(f"{other}=={version}" for other, version in changes.items())
    return _Option(
        kind=Kind.BUMP,
        title=f"move {name} to {changes[name]}" + (f", with {others}" if others else ""),
        target=f"{name} {changes[name]}",
        group=f"{ecosystem.value} {name}",
        clears=clears,
        risks=tuple(risks),
        changes=changes,
        more=frozenset(f"{ecosystem.value} {other}" for other in changes),
        how=f"pip install {how}" if ecosystem is Ecosystem.PYPI else how.replace("==", "@"),
    )


def _level(one: Vulnerability) -> str:
    return one.match.severity.level or "unknown"


def _places(option: _Option, found: list[Vulnerability]) -> tuple[Place, ...]:
    """Where it is written: the image is chosen where it is used, a package where a list names it."""
    if option.kind is Kind.MOVE:
        places = [use.place for one in found[:1] for use in one.uses]
    else:
        places = [one.place for one in found if not one.digest] or [use.place for one in found[:1] for use in one.uses]
    return tuple(dict.fromkeys(place for place in places if place.path))


def _without(candidate: Candidate, one: Vulnerability) -> bool:
    """Whether it is known that the candidate has a vulnerability no more."""
    ecosystem, name = one.package.ecosystem.value, one.package.name
    if ecosystem in candidate.doubtful or "" in candidate.doubtful:
        return False
    return not any((ecosystem, name, known) in candidate.found for known in (one.match.id, *one.match.aliases))


def _free_fix(match: Match) -> bool:
    return bool(match.fixed) and not match.fixed[-1].channel


def _versions(ecosystem: Ecosystem, matches: list[Match]) -> list[str]:
    """The versions that have the fix of one of the matches by all records, oldest first."""
    order = order_of(LANGUAGES[ecosystem])
    found = dict.fromkeys(one.fixed[-1].version for one in matches if _free_fix(one))
    try:
        return sorted(found, key=order.key) if order is not None else list(found)
    except UnorderableError:
        return list(found)


def _reaches(one: Vulnerability, version: str) -> bool:
    """Whether a version is at or above the one that has the fix by all records."""
    order = order_of(LANGUAGES[one.package.ecosystem])
    if not _free_fix(one.match) or order is None:
        return False
    try:
        return bool(order.key(version) >= order.key(one.match.fixed[-1].version))
    except UnorderableError:
        return version == one.match.fixed[-1].version


def _moved(package: Package, version: str) -> Package:
    """The same package in another version."""
    parts = parsed(package.purl)
    made = package.purl
    if parts is not None:
        made = purl(parts.kind, parts.name, version, namespace=parts.namespace, qualifiers=parts.qualifiers)
    return msgspec.structs.replace(package, version=version, purl=made, owner="")


def _repository(reference: str) -> str:
    name = image_name(reference)
    return name.repository if name is not None else reference
