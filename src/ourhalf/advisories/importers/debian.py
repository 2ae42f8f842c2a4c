"""Debian: the data of its security tracker, and fixes that changelogs name.

The tracker's JSON is of packages, in them of CVEs, in them of releases (security-tracker.debian.org/tracker/data/json).
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ourhalf.advisories.importers.importer import (
    MAX_DOCUMENT,
    Importer,
    Piece,
    UnusableError,
    decoded,
    quarantined,
    time_of,
)
from ourhalf.advisories.intervals import Event, intervals
from ourhalf.advisories.record import Advisory, Affected, Item, Record
from ourhalf.advisories.sources import SourceRow
from ourhalf.advisories.spaces import CODENAMES
from ourhalf.advisories.versions import UnorderableError, order_of
from ourhalf.model.advisories import Fix, Rating, Scheme

_TRACKER = "debian-tracker"
_CHANGELOGS = "debian-changelogs"


class _Release(msgspec.Struct):
    status: str = ""
    fixed_version: str | None = None
    urgency: str = ""
    nodsa: str = ""


class _Issue(msgspec.Struct):
    description: str = ""
    releases: dict[str, _Release] = {}


def recognises_tracker(piece: Piece) -> bool:
    """Whether it is of packages, CVEs and releases with repositories."""
    head = piece.data[:65536]
    return b'"releases"' in head and b'"repositories"' in head and b'"urgency"' in head


def read_tracker(piece: Piece, _: SourceRow | None) -> Iterator[Item]:
    """One advisory for each package and issue: what one says of a package, another does not change."""
    for package, raw in decoded(piece.data, dict[str, msgspec.Raw]).items():
        try:
            issues = decoded(bytes(raw), dict[str, _Issue])
        except UnusableError as error:
            yield quarantined(_TRACKER, package, str(error), *_everywhere(package))
            continue
        for name, issue in issues.items():
            yield from _issue(package, name, issue)


def _everywhere(package: str) -> tuple[str, ...]:
    return tuple(f"debian:{release}/{package}" for release in CODENAMES["debian"].values())


def _issue(package: str, name: str, issue: _Issue) -> Iterator[Item]:
    affected: list[Affected] = []
    for codename, release in issue.releases.items():
        number = CODENAMES["debian"].get(codename)
        if number is None or (release.status == "resolved" and release.fixed_version == "0"):
            continue
        space = f"debian:{number}"
        try:
            affected.append(_affected(space, package, release))
        except (UnorderableError, UnusableError) as error:
            yield quarantined(_TRACKER, name, f"{package} in {codename}: {error}", f"{space}/{package}")
    advisory = Advisory(id=f"{name}/{package}", aliases=(name,), summary=issue.description[:500])
    yield Record(_TRACKER, advisory, tuple(affected))


def _affected(space: str, package: str, release: _Release) -> Affected:
    order = order_of(space)
    fixed = release.fixed_version
    if order is None or (release.status == "resolved") != (fixed is not None):
        raise UnusableError(f"it is {release.status[:40] or 'nothing'}, with {fixed or 'no'} fix")
    urgency = release.urgency.rstrip("*")
    rated = urgency and urgency not in {"not yet assigned", "end-of-life"}
    events = [Event(introduced="0"), *([Event(fixed=fixed)] if fixed else [])]
    return Affected(
        space=space,
        name=package,
        intervals=intervals(events, order),
        fixes=(Fix(fixed),) if fixed else (),
        ratings=(Rating("debian", Scheme.WORD, urgency),) if rated else (),
        of="s",
        how="" if release.status in {"resolved", "open"} else f"Debian has not decided: {release.status[:40]}",
    )


class _Upload(msgspec.Struct):
    ecosystem: str
    package: str
    version: str
    date: str
    distribution: str
    cves: list[str]


def recognises_changelogs(piece: Piece) -> bool:
    """Whether it is one upload with the CVEs that it fixes."""
    return piece.data[:1] == b"{" and all(
        key in piece.data[:600] for key in (b'"urgency"', b'"distribution"', b'"cves"')
    )


def read_changelogs(piece: Piece, _: SourceRow | None) -> Iterator[Item]:
    """One upload as an erratum: every version before it lacks its fixes."""
    upload = decoded(piece.data, _Upload)
    space = upload.ecosystem.lower()
    order = order_of(space)
    name = f"{upload.package}_{upload.version}"
    day = time_of(upload.date)
    if order is None:
        raise UnusableError(f"{upload.ecosystem!r} is not Debian")
    try:
        found = intervals([Event(introduced="0"), Event(fixed=upload.version)], order)
    except UnorderableError as error:
        yield quarantined(_CHANGELOGS, name, str(error), f"{space}/{upload.package}")
        return
    fix = Fix(upload.version, day[:10], f"{_CHANGELOGS}:{name}")
    affected = Affected(space=space, name=upload.package, intervals=found, fixes=(fix,), of="s")
    advisory = Advisory(
        id=name,
        published=day,
        modified=day,
        fixes=tuple(upload.cves),
        summary=f"{upload.package} {upload.version} in {upload.distribution} fixes {', '.join(upload.cves[:20])}"[:500],
    )
    yield Record(_CHANGELOGS, advisory, (affected,))


TRACKER = Importer("debian-tracker", recognises_tracker, read_tracker, MAX_DOCUMENT)
CHANGELOGS = Importer("debian-changelogs", recognises_changelogs, read_changelogs)
