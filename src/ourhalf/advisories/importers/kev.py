"""CISA's catalogue of vulnerabilities that are exploited (cisa.gov/known-exploited-vulnerabilities-catalog)."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ourhalf.advisories.importers.importer import (
    MAX_DOCUMENT,
    Importer,
    Piece,
    UnusableError,
    decoded,
    is_cve,
    quarantined,
    time_of,
)
from ourhalf.advisories.record import Dated, Enriched, Enrichment, Item
from ourhalf.advisories.sources import SourceRow
from ourhalf.model.advisories import Exploited

_SOURCE = "cisa-kev"


class _Entry(msgspec.Struct, rename="camel"):
    cve_id: str = msgspec.field(name="cveID")
    date_added: str
    due_date: str = ""
    known_ransomware_campaign_use: str = ""
    cwes: list[str] = []


class _Catalogue(msgspec.Struct, rename="camel"):
    date_released: str
    vulnerabilities: list[msgspec.Raw]


def recognises(piece: Piece) -> bool:
    """Whether it is the catalogue."""
    return b'"catalogVersion"' in piece.data[:4096] and b'"cveID"' in piece.data[:65536]


def read(piece: Piece, _: SourceRow | None) -> Iterator[Item]:
    """Each entry, and the day of the catalogue."""
    catalogue = decoded(piece.data, _Catalogue)
    yield Dated(_SOURCE, time_of(catalogue.date_released)[:10])
    for number, raw in enumerate(catalogue.vulnerabilities, 1):
        try:
            entry = decoded(bytes(raw), _Entry)
        except UnusableError as error:
            yield quarantined(_SOURCE, f"entry {number}", str(error))
            continue
        added = time_of(entry.date_added)[:10]
        if not is_cve(entry.cve_id) or not added:
            yield quarantined(_SOURCE, entry.cve_id, "it has no CVE id, or no day when it was added")
            continue
        exploited = Exploited(added, time_of(entry.due_date)[:10], entry.known_ransomware_campaign_use[:40])
        yield Enriched(_SOURCE, Enrichment(entry.cve_id, exploited=exploited, weaknesses=tuple(entry.cwes[:20])))


KEV = Importer("kev", recognises, read, MAX_DOCUMENT)
