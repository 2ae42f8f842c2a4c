"""Every importer: on real records where there are some, else on documents written from the published schema."""

from __future__ import annotations

import json
import lzma
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourhalf.advisories.importers.importer import Piece, UnusableError, all_importers
from ourhalf.advisories.record import Advisory, Affected, Dated, Enriched, Enrichment, Interval, Record
from ourhalf.advisories.sources import all_sources
from ourhalf.model.advisories import Exploited, Fix, Likelihood, Quarantined, Rating, Scheme
from tests.advisories.importers.documents import items, record
from tests.advisories.made import ADVISORIES, before, osv
from tests.corpora import needs_corpora


def test_every_source_has_an_importer_and_every_importer_a_source() -> None:
    used = {row.importer for row in all_sources().values()}
    assert used == set(all_importers())


def test_sources_say_what_they_are() -> None:
    for row in all_sources().values():
        assert row.title, row
        assert row.licence, row
        assert row.attribution, row
        assert all(address.startswith("https://") for address in row.addresses)
        assert row.addresses or not row.update or not row.covers or row.name in {"pypa", "github"}


@pytest.mark.parametrize("name", [name for name in sorted(all_importers()) if name != "osv"])
def test_no_importer_takes_what_is_another_s(name: str) -> None:
    piece = Piece("it", json.dumps(osv("PYSEC-2026-1", "thing", *before("2"))).encode())
    assert not all_importers()[name].recognises(piece)


@pytest.mark.parametrize("name", sorted(all_importers()))
@given(data=st.binary(max_size=200) | st.text('{}[]":,<>/aeiou"id modified affected', max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused(name: str, data: bytes) -> None:
    one = all_importers()[name]
    one.recognises(Piece("it", data))
    with suppress(UnusableError):
        list(one.read(Piece("it", data), None))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
FIELDS = [
    "id",
    "modified",
    "published",
    "withdrawn",
    "aliases",
    "affected",
    "severity",
    "summary",
    "references",
    "related",
]


@given(field=st.sampled_from(FIELDS), value=JSON)
def test_a_field_of_any_shape_costs_its_record_at_most(field: str, value: Any) -> None:
    document = {**osv("PYSEC-2026-1", "thing", *before("2")), field: value}
    try:
        found = list(all_importers()["osv"].read(Piece("it", json.dumps(document).encode()), None))
    except UnusableError:
        assert field in {"id", "affected"}
        return
    told = [one.names for one in found if isinstance(one, Quarantined)]
    assert isinstance(found[0], Record) or told == [("pypi/thing",)]


def test_a_record_with_a_part_of_another_shape_leaves_its_packages_unknown() -> None:
    document = {**osv("PYSEC-2026-1", "Some.Thing", *before("2")), "aliases": "CVE-2026-1000"}
    (found,) = items("osv", document)
    assert isinstance(found, Quarantined)
    assert (found.source, found.record, found.names) == ("pypa", "PYSEC-2026-1", ("pypi/some-thing",))


def test_osv() -> None:
    document = osv(
        "GHSA-aaaa-bbbb-cccc",
        "Some_Thing",
        *before("2.0"),
        versions=["0.1.0"],
        aliases=["CVE-2026-1000", "GHSA-aaaa-bbbb-cccc"],
        summary="<script>alert(1)</script>",
        details="long",
        severity=[{"type": "CVSS_V4", "score": "CVSS:4.0/AV:N"}, {"type": "CVSS_V3", "score": "CVSS:3.1/AV:N"}],
        database_specific={"severity": "MODERATE", "cwe_ids": ["CWE-79"]},
        references=[{"type": "WEB", "url": "https://example.com"}],
    )
    assert items("osv", document) == [
        Record(
            "github",
            Advisory(
                id="GHSA-aaaa-bbbb-cccc",
                published="2026-01-02T00:00:00Z",
                modified="2026-01-02T00:00:00Z",
                aliases=("CVE-2026-1000",),
                summary="<script>alert(1)</script>",
                ratings=(
                    Rating("github", Scheme.WORD, "MODERATE"),
                    Rating("github", Scheme.CVSS4, "CVSS:4.0/AV:N"),
                    Rating("github", Scheme.CVSS3, "CVSS:3.1/AV:N"),
                ),
                references=("https://example.com",),
                weaknesses=("CWE-79",),
            ),
            (Affected("pypi", "some-thing", (Interval("", "2.0"),), ("0.1.0",), (Fix("2.0"),)),),
            "long",
        )
    ]


@pytest.mark.parametrize(
    ("affected", "reason", "names"),
    [
        ({"ranges": [{"type": "GIT", "events": []}]}, "it names commits of a repository, and no package", ()),
        (
            {
                "package": {"ecosystem": "PyPI", "name": "A"},
                "ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}],
            },
            "it states ranges of commits only",
            ("pypi/a",),
        ),
        ({"package": {"ecosystem": "PyPI", "name": "A"}}, "it states neither versions nor a range", ("pypi/a",)),
        (
            {
                "package": {"ecosystem": "Debian:12", "name": "a"},
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "2-1"}, {"fixed": "1-1"}]}],
            },
            "ends at '1-1', before it begins",
            ("debian:12/a",),
        ),
    ],
)
def test_what_of_osv_cannot_be_used(affected: dict[str, Any], reason: str, names: tuple[str, ...]) -> None:
    found = items("osv", {**osv("PYSEC-2026-1", "a"), "affected": [affected]})
    assert [one for one in found if isinstance(one, Quarantined)] == [
        Quarantined("pypa", "PYSEC-2026-1", reason, names)
    ]


def test_kev() -> None:
    entries = [
        {"cveID": "CVE-2026-1000", "dateAdded": "2026-05-05", "cwes": ["CWE-77"]},
        {"cveID": "x"},
        {"cveID": "CVE-2026-1", "dateAdded": "?"},
    ]
    found = items("kev", {"catalogVersion": "1", "dateReleased": "2026-05-06T01:00:00.1Z", "vulnerabilities": entries})
    assert found[:2] == [
        Dated("cisa-kev", "2026-05-06"),
        Enriched("cisa-kev", Enrichment("CVE-2026-1000", Exploited("2026-05-05", "", ""), weaknesses=("CWE-77",))),
    ]
    assert [one.record for one in found if isinstance(one, Quarantined)] == ["entry 2", "CVE-2026-1"]


def test_epss() -> None:
    lines = b"#model_version:v1,score_date:2026-06-02T12:55:00Z\ncve,epss,percentile\n"
    lines += b"CVE-2026-1000,0.5,0.97\nCVE-2026-1001,7,0\n"
    found = items("epss", lines)
    assert found[:2] == [
        Dated("epss", "2026-06-02"),
        Enriched("epss", Enrichment("CVE-2026-1000", likelihood=Likelihood(0.5, 0.97, "2026-06-02"))),
    ]
    assert len(found) == 3
    assert isinstance(found[2], Quarantined)
    with pytest.raises(UnusableError):
        items("epss", b"cve,epss,percentile\n")


def test_cve_records() -> None:
    document = {
        "dataType": "CVE_RECORD",
        "cveMetadata": {"cveId": "CVE-2026-1000", "state": "PUBLISHED", "datePublished": "2026-02-03T04:05:06.789Z"},
        "containers": {
            "cna": {
                "providerMetadata": {"shortName": "acme"},
                "metrics": [{"cvssV3_1": {"vectorString": "CVSS:3.1/AV:N"}}],
            },
            "adp": [{"problemTypes": [{"descriptions": [{"cweId": "CWE-79"}]}]}],
        },
    }
    assert items("cve", document) == [
        Enriched(
            "vulnrichment",
            Enrichment(
                "CVE-2026-1000",
                published="2026-02-03T04:05:06Z",
                ratings=(Rating("acme", Scheme.CVSS3, "CVSS:3.1/AV:N"),),
                weaknesses=("CWE-79",),
            ),
        )
    ]
    document["cveMetadata"] = {"cveId": "CVE-2026-1000", "state": "REJECTED"}
    assert [type(one) for one in items("cve", document)] == [Quarantined]


@needs_corpora
def test_every_real_record_is_used_or_told() -> None:
    counts: dict[str, tuple[int, int]] = {}
    for name in ("nvidia-cve", "ai-infra-guard-dl", "psf-osv", "bitnami-osv-subset", "almalinux-osv"):
        used = unusable = 0
        last = None
        with lzma.open(ADVISORIES / f"{name}.jsonl.xz") as file:
            for line in file:
                piece = Piece(name, line)
                last = (
                    last
                    if last and last.recognises(piece)
                    else next(i for i in all_importers().values() if i.recognises(piece))
                )
                found = list(last.read(piece, None))
                used += any(isinstance(one, Record) for one in found)
                unusable += sum(isinstance(one, Quarantined) for one in found)
        counts[name] = used, unusable
    assert counts == {
        "nvidia-cve": (658, 9),
        "ai-infra-guard-dl": (849, 111),
        "psf-osv": (132, 132),
        "bitnami-osv-subset": (1638, 0),
        "almalinux-osv": (4480, 0),
    }


def test_records_are_kept_as_they_are() -> None:
    found = record(items("osv", osv("PYSEC-2026-1", "thing", *before("2"))))
    packed = msgspec.msgpack.encode((found.advisory, found.affected))
    assert msgspec.msgpack.decode(packed, type=tuple[Advisory, tuple[Affected, ...]]) == (
        found.advisory,
        found.affected,
    )
