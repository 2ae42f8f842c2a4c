"""The database of Ubuntu Security Notices (usn.ubuntu.com/usn-db): fixes by release, of sources and binaries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from ourhalf.advisories.importers.importer import (
    MAX_DOCUMENT,
    Importer,
    Piece,
    UnusableError,
    decoded,
    is_cve,
    quarantined,
)
from ourhalf.advisories.intervals import Event, intervals
from ourhalf.advisories.record import Advisory, Affected, Item, Record
from ourhalf.advisories.sources import SourceRow
from ourhalf.advisories.spaces import CODENAMES
from ourhalf.advisories.versions import UnorderableError, order_of
from ourhalf.model.advisories import Fix

_SOURCE = "ubuntu-usn"


class _Version(msgspec.Struct):
    version: str = ""
    pocket: str = ""


class _Release(msgspec.Struct):
    binaries: dict[str, _Version] = {}
    allbinaries: dict[str, _Version] = {}
    sources: dict[str, _Version] = {}


class _Notice(msgspec.Struct):
    id: str
    title: str = ""
    description: str = ""
    timestamp: float = 0
    cves: list[str] = []
    releases: dict[str, _Release] = {}


def recognises(piece: Piece) -> bool:
    """Whether it is a notice, or a database of them by their numbers."""
    return b'"isummary"' in piece.data and b'"releases"' in piece.data and b'"cves"' in piece.data


def read(piece: Piece, _: SourceRow | None) -> Iterator[Item]:
    """Each notice."""
    fields = decoded(piece.data, dict[str, msgspec.Raw])
    for name, raw in {"": piece.data}.items() if "releases" in fields else fields.items():
        try:
            notice = decoded(bytes(raw), _Notice)
        except UnusableError as error:
            yield quarantined(_SOURCE, name, str(error))
            continue
        yield from _notice(notice)


def _notice(notice: _Notice) -> Iterator[Item]:
    identifier = f"USN-{notice.id.removeprefix('USN-')}"[:200]
    published = ""
    if 0 < notice.timestamp < 1 << 33:
        published = datetime.fromtimestamp(notice.timestamp, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    affected: list[Affected] = []
    for codename, release in notice.releases.items():
        number = CODENAMES["ubuntu"].get(codename)
        if number is None:
            continue
        space = f"ubuntu:{number}"
        named = {("s", name): one for name, one in release.sources.items()}
        named |= {("b", name): one for name, one in {**release.allbinaries, **release.binaries}.items()}
        for (of, name), one in named.items():
            try:
                affected.append(_affected(space, name, of, one, Fix("", published[:10], f"{_SOURCE}:{identifier}")))
            except UnorderableError as error:
                yield quarantined(_SOURCE, identifier, str(error), f"{space}/{name}")
    advisory = Advisory(
        id=identifier,
        published=published,
        modified=published,
        fixes=tuple(one for one in notice.cves if is_cve(one)),
        summary=notice.title[:500],
        references=(f"https://ubuntu.com/security/notices/{identifier}",),
    )
    yield Record(_SOURCE, advisory, tuple(affected), notice.description)


def _affected(space: str, name: str, of: str, one: _Version, fix: Fix) -> Affected:
    order = order_of(space)
    if order is None:
        raise UnorderableError(f"{space} has no order")
    channel = "Ubuntu Pro" if one.pocket.startswith("esm") or "+esm" in one.version else ""
    found = intervals([Event(introduced="0"), Event(fixed=one.version)], order)
    stated = Fix(one.version, fix.available, fix.available_by if fix.available else "", channel)
    return Affected(space, name[:300], found, fixes=(stated,), of=of)


USN = Importer("ubuntu-usn", recognises, read, MAX_DOCUMENT)
