"""Records in the form of OSV (ossf.github.io/osv-schema): of OSV itself, GitHub, PyPA, AlmaLinux, Ubuntu and others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from ourhalf.advisories.importers.importer import (
    Importer,
    Piece,
    UnusableError,
    cves_in,
    is_cve,
    quarantined,
    time_of,
)
from ourhalf.advisories.intervals import Event, intervals
from ourhalf.advisories.record import Advisory, Affected, Interval, Item, Record
from ourhalf.advisories.sources import SourceRow, all_sources, source_of
from ourhalf.advisories.spaces import name_in, of_osv
from ourhalf.advisories.versions import UnorderableError, order_of
from ourhalf.advisories.versions.order import MAX_VERSION
from ourhalf.model.advisories import Fix, Quarantined, Rating, Scheme

_SCHEMES = {"CVSS_V2": Scheme.CVSS2, "CVSS_V3": Scheme.CVSS3, "CVSS_V4": Scheme.CVSS4}
_WORD_BEFORE = re.compile(r"(critical|important|moderate|low|none): ", re.IGNORECASE)
_STREAM = re.compile(r"\b([A-Za-z0-9._+-]+:[A-Za-z0-9._+-]+)\b")
_MOST_REFERENCES = 10


class _Package(msgspec.Struct):
    name: str = ""
    ecosystem: str = ""


class _Range(msgspec.Struct):
    type: str = ""
    events: list[Event] = []


class _Severity(msgspec.Struct):
    type: str = ""
    score: str = ""


class _Affected(msgspec.Struct):
    package: _Package | None = None
    ranges: list[_Range] | None = None
    versions: tuple[str, ...] | None = None
    severity: list[_Severity] | None = None
    ecosystem_specific: msgspec.Raw = msgspec.Raw()


class _Reference(msgspec.Struct):
    url: str = ""


class _Osv(msgspec.Struct):
    id: str
    modified: str = ""
    published: str = ""
    withdrawn: str | None = None
    aliases: list[str] | None = None
    related: list[str] | None = None
    upstream: list[str] | None = None
    summary: str = ""
    details: str = ""
    severity: list[_Severity] | None = None
    affected: list[_Affected] | None = None
    references: list[_Reference] | None = None
    database_specific: msgspec.Raw = msgspec.Raw()


_DECODER = msgspec.json.Decoder(_Osv)
_ID = re.compile(r"[\x21-\x7e]{1,200}")


def recognises(piece: Piece) -> bool:
    """Whether it has an id, and says what is affected or that it is withdrawn."""
    data = piece.data
    return (
        data[:1] == b"{"
        and b'"id"' in data
        and b'"modified"' in data
        and (b'"affected"' in data or b'"withdrawn"' in data)
        and b'"csaf_version"' not in data[:4096]
    )


def read(piece: Piece, named: SourceRow | None) -> Iterator[Item]:
    """One record; the prefix of its id tells the source where the caller does not."""
    try:
        osv = _DECODER.decode(piece.data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        reason = f"it is no record of OSV: {str(error)[:160]}"
        identifier, names = _salvaged(piece.data)
        if not names:
            raise UnusableError(reason) from None
        source = named.name if named is not None else source_of(identifier.partition("-")[0])
        yield quarantined(source, identifier, reason, *names)
        return
    if not _ID.fullmatch(osv.id):
        raise UnusableError(f"its id is {osv.id[:40]!r}")
    row = named or all_sources()[source_of(osv.id.partition("-")[0])]
    yield from _Reading(osv, row).items()


def _salvaged(data: bytes) -> tuple[str, tuple[str, ...]]:
    """The id of a record with a part of another shape, and the packages that it names all the same."""
    try:
        found = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return "", ()
    affected = found.get("affected") if isinstance(found, dict) else None
    names: dict[str, None] = {}
    for one in affected if isinstance(affected, list) else ():
        package = one.get("package") if isinstance(one, dict) else None
        if isinstance(package, dict):
            space = of_osv(str(package.get("ecosystem")))
            if space is not None:
                names[f"{space}/{name_in(space, str(package.get('name'))[:300])}"] = None
    return str(found.get("id"))[:200] if names else "", tuple(names)


class _Reading:
    """One record on its way into the store."""

    def __init__(self, osv: _Osv, row: SourceRow) -> None:
        self.osv = osv
        self.row = row
        self.published = time_of(osv.published)
        self.erratum = osv.id.partition("-")[0] in row.erratum
        self.unusable: list[Quarantined] = []

    def items(self) -> Iterator[Item]:
        affected = tuple(found for one in self.osv.affected or () if (found := self._affected(one)) is not None)
        yield Record(self.row.name, self._advisory(), affected, self.osv.details)
        yield from self.unusable

    def _advisory(self) -> Advisory:
        osv = self.osv
        related = [*(osv.upstream or ()), *(osv.related or ())] if self.row.of != "e" or self.erratum else []
        cves = tuple(dict.fromkeys(one for one in related if is_cve(one)))
        if self.erratum and not cves:
            cves = cves_in(osv.summary + osv.details)
        aliases = tuple(dict.fromkeys(one for one in osv.aliases or () if _ID.fullmatch(one) and one != osv.id))
        # UBUNTU-CVE-2024-1 and DEBIAN-CVE-2024-1 are what a distribution says of that CVE, which they call upstream.
        own = () if self.erratum else tuple(one for one in cves if osv.id.endswith(one))
        return Advisory(
            id=osv.id,
            published=self.published,
            modified=time_of(osv.modified),
            withdrawn=time_of(osv.withdrawn) or ("1970-01-01T00:00:00Z" if osv.withdrawn else ""),
            aliases=tuple(dict.fromkeys((*aliases, *own))),
            fixes=cves if self.erratum else (),
            summary=osv.summary[:500] or _first(osv.details),
            ratings=self._ratings(osv.severity, self._word()),
            references=tuple(one.url[:500] for one in (osv.references or ())[:_MOST_REFERENCES]),
            weaknesses=self._weaknesses(),
        )

    def _word(self) -> str:
        """The severity in a word, where the source writes one: before the summary, or among its own fields."""
        found = _WORD_BEFORE.match(self.osv.summary)
        if self.erratum and found:
            return found[1]
        word = _own(self.osv.database_specific).get("severity")
        return word if isinstance(word, str) else ""

    def _weaknesses(self) -> tuple[str, ...]:
        cwes = _own(self.osv.database_specific).get("cwe_ids")
        return tuple(str(one)[:20] for one in cwes[:20]) if isinstance(cwes, list) else ()

    def _ratings(self, severities: list[_Severity] | None, word: str) -> tuple[Rating, ...]:
        by = self.row.name
        found = [Rating(by, _SCHEMES.get(one.type, Scheme.WORD), one.score[:200]) for one in (severities or ())[:10]]
        return (*([Rating(by, Scheme.WORD, word[:40])] if word else []), *found)

    def _affected(self, one: _Affected) -> Affected | None:
        if one.package is None or not one.package.name:
            if one.ranges:
                self._unusable("it names commits of a repository, and no package")
            return None
        space = of_osv(one.package.ecosystem)
        order = order_of(space) if space is not None else None
        if space is None or order is None:
            return None
        name = name_in(space, one.package.name[:300])
        if not one.versions and not any(part.type != "GIT" and part.events for part in one.ranges or ()):
            what = "ranges of commits only" if one.ranges else "neither versions nor a range"
            self._unusable(f"it states {what}", f"{space}/{name}")
        found: list[Interval] = []
        for range_ in one.ranges or ():
            if range_.type == "GIT":
                continue
            try:
                found.extend(intervals(range_.events, order))
            except UnorderableError as error:
                self._unusable(str(error), f"{space}/{name}")
        channel = "Ubuntu Pro" if one.package.ecosystem.startswith("Ubuntu:Pro") else ""
        return Affected(
            space=space,
            name=name,
            intervals=tuple(found),
            versions=_short(one.versions or ()),
            fixes=tuple(self._fix(part.high, channel) for part in found if part.high and not part.closed),
            ratings=self._own_ratings(one),
            of=self.row.of,
            module=self._module(found),
        )

    def _own_ratings(self, one: _Affected) -> tuple[Rating, ...]:
        """What the source says of the severity for this package alone."""
        specific = _own(one.ecosystem_specific)
        if not specific and not one.severity:
            return ()
        word = specific.get("ubuntu_priority") or specific.get("severity") or specific.get("urgency")
        return self._ratings(one.severity, word if isinstance(word, str) else "")

    def _fix(self, version: str, channel: str) -> Fix:
        if self.erratum and self.published:
            return Fix(version, self.published[:10], f"{self.row.name}:{self.osv.id}", channel)
        return Fix(version, channel=channel)

    def _module(self, found: list[Interval]) -> str:
        """The stream of the module that an rpm belongs to: its version says that it is in one, the summary which."""
        if not any(".module" in part.high for part in found):
            return ""
        stream = _STREAM.search(self.osv.summary.partition(": ")[2])
        return stream[1] if stream else "?"

    def _unusable(self, reason: str, *names: str) -> None:
        self.unusable.append(quarantined(self.row.name, self.osv.id, reason, *names))


def _short(versions: tuple[str, ...]) -> tuple[str, ...]:
    """Without what is too long for a version."""
    if max(map(len, versions), default=0) <= MAX_VERSION:
        return versions
    return tuple(text for text in versions if len(text) <= MAX_VERSION)


def _own(raw: msgspec.Raw) -> dict[str, Any]:
    """The fields that a source adds of its own."""
    if len(memoryview(raw)) < 4:
        return {}
    found = msgspec.json.decode(raw)
    return found if isinstance(found, dict) else {}


def _first(text: str) -> str:
    """The first line of a text that says something, at most 300 characters of it."""
    line = next((line for line in text[:2000].splitlines() if line.strip(" #*-")), "").strip(" #*-")
    return line if len(line) <= 300 else line[:299] + "…"


OSV = Importer("osv", recognises, read)
