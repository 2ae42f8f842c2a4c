"""Amazon Linux security advisories: `updateinfo.xml` of its repositories (as createrepo_c and dnf read it)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from ourhalf.advisories.importers.importer import MAX_DOCUMENT, Importer, Piece, cves_in, quarantined, time_of
from ourhalf.advisories.importers.xmls import children, elements, text
from ourhalf.advisories.intervals import Event, intervals
from ourhalf.advisories.record import Advisory, Affected, Item, Record
from ourhalf.advisories.sources import SourceRow
from ourhalf.advisories.versions import UnorderableError, order_of
from ourhalf.model.advisories import Fix, Rating, Scheme
from ourhalf.model.packages import Certainty

_SOURCE = "amazon-alas"
_RELEASE = re.compile(r"amazon-linux-(?P<release>\d+|ami)(?:---(?P<extra>.+))?")
_OLD = "2018"
"""Amazon Linux AMI, whose VERSION_ID was the month of its last image: 2018.03."""


def recognises(piece: Piece) -> bool:
    """Whether its first element is `updates`."""
    return b"<updates" in piece.data[:1024]


def read(piece: Piece, _: SourceRow | None) -> Iterator[Item]:
    """Each security advisory; those about bugs and features are passed over."""
    for update in elements(piece.data, "update"):
        if update.get("type") == "security":
            yield from _update(update)


def _update(update: Element) -> Iterator[Item]:
    identifier = text(update, "id")[:200]
    if not identifier:
        yield quarantined(_SOURCE, text(update, "title") or "an advisory", "it has no id")
        return
    issued = _date(update, "issued")
    affected: dict[tuple[str, str, str], Affected] = {}
    for collection in children(update, "pkglist", "collection"):
        found = _RELEASE.fullmatch(collection.get("short", ""))
        if found is None:
            yield quarantined(_SOURCE, identifier, f"its collection {collection.get('short', '')[:60]!r} is not known")
            continue
        space = f"amzn:{_OLD if found['release'] == 'ami' else found['release']}"
        for package in children(collection, "package"):
            try:
                one = _package(package, space, found["extra"] or "", Fix("", issued[:10], f"{_SOURCE}:{identifier}"))
            except UnorderableError as error:
                yield quarantined(_SOURCE, identifier, str(error), f"{space}/{package.get('name', '')}")
            else:
                affected[space, one.name, one.fixes[0].version] = one
    yield Record(_SOURCE, _advisory(update, identifier, issued), tuple(affected.values()), text(update, "description"))


def _advisory(update: Element, identifier: str, issued: str) -> Advisory:
    references = children(update, "references", "reference")
    named = " ".join(one.get("id", "") for one in references if one.get("type") == "cve")
    word = text(update, "severity")
    return Advisory(
        id=identifier,
        published=issued,
        modified=_date(update, "updated") or issued,
        fixes=cves_in(named) or cves_in(text(update, "description")),
        summary=text(update, "title")[:500],
        ratings=(Rating("amazon", Scheme.WORD, word[:40]),) if word else (),
        references=tuple(one.get("href", "")[:500] for one in references[:10]),
    )


def _date(update: Element, name: str) -> str:
    found = children(update, name)
    return time_of(found[0].get("date")) if found else ""


def _package(package: Element, space: str, extra: str, fix: Fix) -> Affected:
    order = order_of(space)
    epoch = package.get("epoch") or "0"
    version = f"{'' if epoch == '0' else epoch + ':'}{package.get('version', '')}-{package.get('release', '')}"
    name = package.get("name", "")
    if order is None or not name:
        raise UnorderableError("it names no package")
    return Affected(
        space=space,
        name=name[:300],
        intervals=intervals([Event(introduced="0"), Event(fixed=version)], order),
        fixes=(Fix(version, fix.available, fix.available_by),),
        of="b",
        certainty=Certainty.GUESSED if extra else Certainty.STATED,
        how=f"the fix is in the repository {extra[:60]}, which this package may not be of" if extra else "",
    )


UPDATEINFO = Importer("updateinfo", recognises, read, MAX_DOCUMENT)
