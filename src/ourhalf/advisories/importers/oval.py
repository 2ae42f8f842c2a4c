"""Red Hat's OVAL definitions (oval.mitre.org, 5.10), by the comments of their criteria: "X is earlier than Y"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from ourhalf.advisories.importers.importer import MAX_DOCUMENT, Importer, Piece, is_cve, quarantined, time_of
from ourhalf.advisories.importers.xmls import children, elements, text
from ourhalf.advisories.intervals import Event, intervals
from ourhalf.advisories.record import Advisory, Affected, Item, Record
from ourhalf.advisories.sources import SourceRow
from ourhalf.advisories.versions import UnorderableError, order_of
from ourhalf.model.advisories import Fix, Rating, Scheme

_SOURCE = "redhat-oval"
_EARLIER = re.compile(r"(\S{1,300}) is earlier than (\S{1,256})")
_RELEASE = re.compile(r"Red Hat Enterprise Linux (\d+) is installed")
_MODULE = re.compile(r"Module (\S+:\S+) is enabled")


def recognises(piece: Piece) -> bool:
    """Whether its first element is `oval_definitions`."""
    return b"<oval_definitions" in piece.data[:4096] or b":oval_definitions" in piece.data[:4096]


def read(piece: Piece, _: SourceRow | None) -> Iterator[Item]:
    """Each definition of a patch."""
    for definition in elements(piece.data, "definition"):
        if definition.get("class") == "patch":
            yield from _definition(definition)


def _definition(definition: Element) -> Iterator[Item]:
    metadata = (children(definition, "metadata") or [definition])[0]
    advisory = (children(metadata, "advisory") or [metadata])[0]
    references = children(metadata, "reference")
    identifier = next((one.get("ref_id", "") for one in references if one.get("source") == "RHSA"), "")
    identifier = identifier or definition.get("id", "")
    comments = [one.get("comment", "") for one in definition.iter() if one.tag.endswith("criterion")]
    releases = {found[1] for one in comments if (found := _RELEASE.search(one))}
    modules = {found[1] for one in comments if (found := _MODULE.search(one))}
    issued = _date(advisory, "issued")
    if len(releases) != 1 or len(modules) > 1 or not identifier:
        yield quarantined(_SOURCE, identifier or "a definition", "it is of no release, or of several, or of modules")
        return
    space = f"rhel:{releases.pop()}"
    order = order_of(space)
    affected: list[Affected] = []
    for name, version in sorted({(found[1], found[2]) for one in comments if (found := _EARLIER.fullmatch(one))}):
        try:
            before = intervals([Event(introduced="0"), Event(fixed=version)], order) if order is not None else ()
        except UnorderableError as error:
            yield quarantined(_SOURCE, identifier, str(error), f"{space}/{name}")
            continue
        fix = Fix(version, issued[:10], f"{_SOURCE}:{identifier}" if issued else "")
        affected.append(Affected(space, name, before, (), (fix,), of="b", module="".join(modules)))
    yield Record(
        _SOURCE,
        Advisory(
            id=identifier[:200],
            published=issued,
            modified=_date(advisory, "updated") or issued,
            fixes=tuple(cve for one in children(advisory, "cve") if is_cve(cve := (one.text or "").strip())),
            summary=text(metadata, "title")[:500],
            ratings=_rating(text(advisory, "severity")),
            references=tuple(one.get("ref_url", "")[:500] for one in references[:10]),
        ),
        tuple(affected),
        text(metadata, "description"),
    )


def _rating(word: str) -> tuple[Rating, ...]:
    return (Rating("redhat", Scheme.WORD, word[:40]),) if word else ()


def _date(advisory: Element, name: str) -> str:
    found = children(advisory, name)
    return time_of(found[0].get("date")) if found else ""


OVAL = Importer("oval", recognises, read, MAX_DOCUMENT)
