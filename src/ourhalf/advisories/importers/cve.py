"""CVE records (JSON 5, github.com/CVEProject/cve-schema), with what CISA adds: dates, ratings and weaknesses of CVEs.

No version is taken from them: the products they name are not packages.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ourhalf.advisories.importers.importer import (
    Importer,
    Piece,
    UnusableError,
    decoded,
    is_cve,
    quarantined,
    time_of,
)
from ourhalf.advisories.record import Enriched, Enrichment, Item
from ourhalf.advisories.sources import SourceRow
from ourhalf.model.advisories import Rating, Scheme

_SOURCE = "vulnrichment"


class _Vector(msgspec.Struct):
    vector_string: str = msgspec.field(default="", name="vectorString")


class _Metric(msgspec.Struct):
    v4: _Vector | None = msgspec.field(default=None, name="cvssV4_0")
    v31: _Vector | None = msgspec.field(default=None, name="cvssV3_1")
    v30: _Vector | None = msgspec.field(default=None, name="cvssV3_0")
    v2: _Vector | None = msgspec.field(default=None, name="cvssV2_0")


class _Weakness(msgspec.Struct):
    cwe_id: str = msgspec.field(default="", name="cweId")


class _Problem(msgspec.Struct):
    descriptions: list[_Weakness] = []


class _Text(msgspec.Struct):
    lang: str = ""
    value: str = ""


class Version(msgspec.Struct):
    """What a record says of versions; NVIDIA writes prose."""

    version: str = ""
    status: str = ""


class Product(msgspec.Struct):
    """What a record says of a product."""

    product: str = ""
    versions: list[Version] = []


class _Who(msgspec.Struct):
    short_name: str = msgspec.field(default="", name="shortName")


class _Reference(msgspec.Struct):
    url: str = ""


class Part(msgspec.Struct):
    """What one party says in a record."""

    provider: _Who = msgspec.field(default_factory=_Who, name="providerMetadata")
    metrics: list[_Metric] = []
    problems: list[_Problem] = msgspec.field(default=[], name="problemTypes")
    descriptions: list[_Text] = []
    affected: list[Product] = []
    references: list[_Reference] = []

    def ratings(self, by: str) -> tuple[Rating, ...]:
        """Its vectors, each as one rating of `by`."""
        found: list[Rating] = []
        for metric in self.metrics[:20]:
            vectors = (metric.v4, Scheme.CVSS4), (metric.v31, Scheme.CVSS3), (metric.v30, Scheme.CVSS3)
            for vector, scheme in (*vectors, (metric.v2, Scheme.CVSS2)):
                if vector is not None and vector.vector_string:
                    found.append(Rating(by, scheme, vector.vector_string[:200]))
        return tuple(dict.fromkeys(found))

    def weaknesses(self) -> tuple[str, ...]:
        """The CWE ids it states."""
        named = (one.cwe_id for problem in self.problems for one in problem.descriptions)
        return tuple(dict.fromkeys(one[:20] for one in named if one))[:20]


class _Metadata(msgspec.Struct):
    cve_id: str = msgspec.field(name="cveId")
    state: str = ""
    published: str = msgspec.field(default="", name="datePublished")
    updated: str = msgspec.field(default="", name="dateUpdated")


class _Containers(msgspec.Struct):
    cna: Part = msgspec.field(default_factory=Part)
    adp: list[Part] = []


class CveRecord(msgspec.Struct):
    """A CVE record."""

    metadata: _Metadata = msgspec.field(name="cveMetadata")
    containers: _Containers


def recognises(piece: Piece) -> bool:
    """Whether it is a CVE record and nothing around it."""
    return b'"CVE_RECORD"' in piece.data and b'"bulletin_published"' not in piece.data


def read(piece: Piece, _: SourceRow | None) -> Iterator[Item]:
    """Dates, ratings and weaknesses of one CVE; one that was rejected gives nothing."""
    record = decoded(piece.data, CveRecord)
    metadata = record.metadata
    if not is_cve(metadata.cve_id):
        raise UnusableError(f"its id is {metadata.cve_id[:40]!r}")
    if metadata.state != "PUBLISHED":
        yield quarantined(_SOURCE, metadata.cve_id, f"its state is {metadata.state[:20].lower() or 'not told'}")
        return
    parts = [record.containers.cna, *record.containers.adp[:20]]
    yield Enriched(
        _SOURCE,
        Enrichment(
            metadata.cve_id,
            published=time_of(metadata.published),
            ratings=tuple(one for part in parts for one in part.ratings(part.provider.short_name[:40] or "cna")),
            weaknesses=tuple(dict.fromkeys(one for part in parts for one in part.weaknesses())),
        ),
    )


CVE = Importer("cve", recognises, read)
