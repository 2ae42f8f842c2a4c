from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from ourhalf.advisories.importing import import_file
from ourhalf.advisories.writing import writing
from ourhalf.model.advisories import Deferred, Fix, Scheme
from ourhalf.model.packages import Certainty, Ecosystem, SourcePackage
from ourhalf.model.profile import Severity
from tests.advisories.made import TODAY, before, ids, matched, only, osv, package, reasons, store_of

FRESH = "2026-11-24"


@pytest.mark.parametrize(
    ("version", "affected"),
    [
        ("1.9", True),
        ("2.0", False),
        ("2.0rc1", True),
        ("2.0.post1", False),
        ("1.9+cu126", True),
        ("2.0+cu126", False),
        ("1!1.0", False),
    ],
)
def test_a_fix(tmp_path: Path, version: str, affected: bool) -> None:
    store = store_of(tmp_path, osv("PYSEC-2026-1", "Some.Thing", *before("2.0")), taken=FRESH)
    found = matched(store, [package("some_thing", version)])
    assert bool(found.matches) is affected
    assert found.unjudged == ()


@pytest.mark.parametrize("version", ["2.6.0", "2.6.0+cu126", "2.6"])
def test_the_last_version_affected_counts_in_every_build(tmp_path: Path, version: str) -> None:
    store = store_of(
        tmp_path, osv("PYSEC-2026-1", "torch", {"introduced": "0"}, {"last_affected": "2.6.0"}), taken=FRESH
    )
    found = only(matched(store, [package("torch", version)]))
    assert (found.fixed, found.open_by) == ((), ("pypa:PYSEC-2026-1",))


@pytest.mark.parametrize(("version", "affected"), [("1.0", True), ("1", True), ("1.0.0+local", True), ("1.1", False)])
def test_listed_versions_count_besides_ranges(tmp_path: Path, version: str, affected: bool) -> None:
    record = osv("PYSEC-2026-1", "thing", {"introduced": "5"}, versions=["1.0.0"])
    assert bool(matched(store_of(tmp_path, record, taken=FRESH), [package("thing", version)]).matches) is affected


def test_a_record_counts_from_its_day_until_it_is_withdrawn(tmp_path: Path) -> None:
    record = osv("PYSEC-2026-1", "thing", *before("2"), withdrawn="2026-03-01T10:00:00Z")
    store = store_of(tmp_path, record, taken=FRESH)
    days = [date(2026, 1, 1), date(2026, 1, 2), date(2026, 2, 28), date(2026, 3, 1)]
    assert [len(matched(store, [package("thing", "1")], day).matches) for day in days] == [0, 1, 1, 0]


def test_a_record_without_a_day_always_counts(tmp_path: Path) -> None:
    record = osv("PYSEC-2026-1", "thing", *before("2"), published="", modified="2026-05-01T00:00:00Z")
    found = only(matched(store_of(tmp_path, record, taken=FRESH), [package("thing", "1")], date(2020, 1, 1)))
    assert (found.published, found.published_by, found.changed_later) == ("", "", True)


def test_aliases_become_one_match_with_the_cve_first(tmp_path: Path) -> None:
    store = store_of(
        tmp_path,
        osv("PYSEC-2026-1", "thing", *before("2.1"), aliases=["CVE-2026-1000"]),
        osv(
            "GHSA-aaaa-bbbb-cccc", "thing", *before("2.0"), aliases=["CVE-2026-1000"], published="2025-12-30T00:00:00Z"
        ),
        osv("GHSA-zzzz-bbbb-cccc", "thing", *before("2.0"), aliases=["PYSEC-2026-1"]),
        taken=FRESH,
    )
    found = only(matched(store, [package("thing", "1")]))
    assert found.id == "CVE-2026-1000"
    assert found.aliases == ("GHSA-aaaa-bbbb-cccc", "GHSA-zzzz-bbbb-cccc", "PYSEC-2026-1")
    assert found.advisories == ("github:GHSA-aaaa-bbbb-cccc", "github:GHSA-zzzz-bbbb-cccc", "pypa:PYSEC-2026-1")
    assert found.fixed == (Fix("2.0"), Fix("2.1"))
    assert (found.published, found.published_by) == ("2025-12-30", "github:GHSA-aaaa-bbbb-cccc")


def test_a_record_of_two_cves_is_two_vulnerabilities(tmp_path: Path) -> None:
    store = store_of(tmp_path, osv("PYSEC-2026-1", "thing", *before("2"), aliases=["CVE-2026-1000", "CVE-2026-1001"]))
    assert [one.id for one in matched(store, [package("thing", "1")]).matches] == ["CVE-2026-1000", "CVE-2026-1001"]


def test_aliases_in_a_circle_end(tmp_path: Path) -> None:
    names = ["PYSEC-2026-1", "PYSEC-2026-2", "PYSEC-2026-3"]
    records = [
        osv(name, "thing", *before("2"), aliases=[names[(number + 1) % 3], name]) for number, name in enumerate(names)
    ]
    found = only(matched(store_of(tmp_path, *records), [package("thing", "1")]))
    assert (found.id, found.aliases) == ("PYSEC-2026-1", ("PYSEC-2026-2", "PYSEC-2026-3"))


def test_what_no_source_knows_is_unknown(tmp_path: Path) -> None:
    store = store_of(tmp_path, osv("PYSEC-2026-1", "thing", *before("2")), taken=FRESH)
    asked = [
        package("left-pad", "1", Ecosystem.NPM),
        package("thing", None),
        package("thing", "3"),
        package("thing", "odd"),
    ]
    found = matched(store, asked)
    assert reasons(found, 0) == "no source of npm is in the store"
    assert reasons(found, 1) == "its version is not known"
    assert reasons(found, 2) == ""
    assert reasons(found, 3) == "odd is not written as its versions are"


@pytest.mark.parametrize(("taken", "fresh"), [("2026-11-17", True), ("2026-11-16", False)])
def test_a_stale_source_proves_nothing_by_its_silence(tmp_path: Path, taken: str, fresh: bool) -> None:
    store = store_of(tmp_path, osv("PYSEC-2026-1", "thing", *before("2")), taken=taken)
    found = matched(store, [package("thing", "1"), package("other", "1")])
    assert ids(found) == {(0, "PYSEC-2026-1")}
    expected = "" if fresh else f"what is known of pypi is of {taken}, more than 7 days before"
    assert [reasons(found, index) for index in (0, 1)] == [expected, expected]


def test_a_record_that_cannot_be_used_leaves_its_package_unknown(tmp_path: Path) -> None:
    bad = osv("PYSEC-2026-2", "thing", {"introduced": "0"}, {"fixed": "trunk"})
    store = store_of(tmp_path, osv("PYSEC-2026-1", "other", *before("2")), bad, taken=FRESH)
    found = matched(store, [package("thing", "1"), package("other", "3")])
    assert reasons(found, 0) == "records about it could not be used: pypa:PYSEC-2026-2"
    assert reasons(found, 1) == ""


def test_a_withdrawn_record_that_cannot_be_used_is_no_loss(tmp_path: Path) -> None:
    bad = osv("PYSEC-2026-2", "thing", {"introduced": "0"}, {"fixed": "trunk"}, withdrawn="2026-02-01T00:00:00Z")
    store = store_of(tmp_path, bad, taken=FRESH)
    assert reasons(matched(store, [package("thing", "1")])) == ""


def test_a_python_package_of_the_distribution_is_judged_by_the_distribution(tmp_path: Path) -> None:
    tracker: dict[str, object] = {"urllib": {"CVE-2026-1": {"releases": {}}}}
    store = store_of(tmp_path, osv("PYSEC-2026-1", "urllib3", *before("2")), tracker, taken=FRESH)
    owner = package("python3-urllib3", "1.26.12-1+deb12u1", Ecosystem.DEB, distribution="debian:12")
    ours = package("urllib3", "1.26.12", owner=owner.purl)
    found = matched(store, [ours, owner])
    assert found.matches == ()
    assert [(one.package, one.owner) for one in found.deferred] == [(0, 1)]
    assert isinstance(found.deferred[0], Deferred)
    alone = matched(store, [ours])
    assert reasons(alone) == f"it is part of {owner.purl}, which is not among the packages"


def test_a_package_that_a_wheel_brought_is_judged_by_itself(tmp_path: Path) -> None:
    store = store_of(tmp_path, osv("PYSEC-2026-1", "thing", *before("2")), taken=FRESH)
    assert only(matched(store, [package("thing", "1", owner="pkg:pypi/other@1")])).id == "PYSEC-2026-1"


DEBIAN = {"Debian:12": "debian-osv"}


def deb(identifier: str, name: str, fixed: str, **more: object) -> dict[str, object]:
    record = osv(identifier, name, *before(fixed), ecosystem="Debian:12", **more)
    record["affected"][0]["ecosystem_specific"] = {"urgency": "unimportant"}
    return record


def test_binary_packages_of_debian_are_judged_by_their_source(tmp_path: Path) -> None:
    store = store_of(
        tmp_path, deb("DEBIAN-CVE-2026-1000", "openssl", "3.0.17-1~deb12u2", upstream=["CVE-2026-1000"]), taken=FRESH
    )
    lib = package(
        "libssl3",
        "3.0.17-1~deb12u1",
        Ecosystem.DEB,
        distribution="debian:12",
        source=SourcePackage("openssl", "3.0.17-1~deb12u1"),
    )
    alike = package("openssl-tool", "3.0.17-1~deb12u1", Ecosystem.DEB, distribution="debian:12")
    same = package("openssl", "3.0.17-1~deb12u1", Ecosystem.DEB, distribution="debian:12")
    other = package("openssl", "3.0.17-1~deb12u1", Ecosystem.DEB, distribution="debian:13")
    found = matched(store, [lib, alike, same, other])
    assert {one.package for one in found.matches} == {0, 2}
    one = found.matches[0]
    assert (one.id, one.aliases) == ("CVE-2026-1000", ("DEBIAN-CVE-2026-1000",))
    assert (one.severity.level, one.severity.negligible) == (Severity.LOW, True)


def test_what_the_vendor_of_a_package_knows_the_distribution_does_not(tmp_path: Path) -> None:
    store = store_of(tmp_path, deb("DEBIAN-CVE-2026-1000", "openssl", "3"), taken=FRESH)
    cuda = package("cuda-cudart-12-6", "12.6.77-1", Ecosystem.DEB, distribution="debian:12")
    assert reasons(matched(store, [cuda])) == "it is NVIDIA's, not the distribution's, whose feeds do not name it"


def test_kernel_headers_are_shown_with_the_rule_that_says_what_they_are(tmp_path: Path) -> None:
    store = store_of(tmp_path, deb("DEBIAN-CVE-2026-1000", "linux", "6.1.200-1"), taken=FRESH)
    headers = package(
        "linux-libc-dev", "6.1.1-1", Ecosystem.DEB, distribution="debian:12", source=SourcePackage("linux", "6.1.1-1")
    )
    found = only(matched(store, [headers]))
    assert found.noise is not None
    assert found.noise.rule == "kernel-headers"
    assert found.noise.citation.startswith("https://")


def alma(identifier: str, name: str, fixed: str, summary: str, *cves: str) -> dict[str, object]:
    record = osv(identifier, name, *before(fixed), ecosystem="AlmaLinux:9", summary=summary, related=list(cves))
    return {**record, "published": "2026-05-01T00:00:00Z"}


def test_an_erratum_is_every_vulnerability_that_it_fixes(tmp_path: Path) -> None:
    record = alma(
        "ALSA-2026:1",
        "openssl-libs",
        "1:3.0.7-27.el9",
        "Important: openssl security update",
        "CVE-2026-1",
        "CVE-2026-1000",
        "CVE-2026-1001",
    )
    store = store_of(tmp_path, record, taken=FRESH)
    found = matched(store, [package("openssl-libs", "1:3.0.7-25.el9", Ecosystem.RPM, distribution="almalinux:9.4")])
    assert [one.id for one in found.matches] == ["CVE-2026-1000", "CVE-2026-1001"]
    one = found.matches[0]
    assert one.fixed == (Fix("1:3.0.7-27.el9", "2026-05-01", "almalinux:ALSA-2026:1"),)
    assert (one.severity.level, one.severity.by, one.severity.scheme) == (Severity.HIGH, "almalinux", Scheme.WORD)


@pytest.mark.parametrize(
    ("version", "module", "matches", "certainty"),
    [
        ("1:18.9.1-1.module_el9.1.0+1+a", "nodejs:18:9010", True, Certainty.STATED),
        ("1:18.9.1-1.module_el9.1.0+1+a", "", True, Certainty.GUESSED),
        ("1:16.9.1-1.module_el9.1.0+1+a", "nodejs:16:9010", False, None),
        ("1:16.9.1-1.el9", "", False, None),
    ],
)
def test_modules(tmp_path: Path, version: str, module: str, matches: bool, certainty: Certainty | None) -> None:
    record = alma(
        "ALSA-2026:1",
        "nodejs",
        "1:18.14.2-2.module_el9.2.0+29+d",
        "Moderate: nodejs:18 security update",
        "CVE-2026-1000",
    )
    facts = {"module": module} if module else {}
    one = package("nodejs", version, Ecosystem.RPM, distribution="almalinux:9", facts=facts)
    found = matched(store_of(tmp_path, record, taken=FRESH), [one]).matches
    assert bool(found) is matches
    assert [one.certainty for one in found] == ([certainty] if certainty else [])


@pytest.mark.parametrize(
    ("name", "requires", "matches"),
    [("pytorch", (), True), ("torch", ("python >=3.10",), True), ("torch", (), False), ("pytorch-cuda", (), False)],
)
def test_packages_of_conda_are_asked_of_pypi_with_care(
    tmp_path: Path, name: str, requires: tuple[str, ...], matches: bool
) -> None:
    store = store_of(tmp_path, osv("PYSEC-2026-1", "torch", *before("2.6")), taken=FRESH)
    found = matched(store, [package(name, "2.5.0", Ecosystem.CONDA, requires=requires)])
    assert [one.certainty for one in found.matches] == ([Certainty.DERIVED] if matches else [])
    assert reasons(found) == "no source speaks of packages of conda; those of PyPI are asked by name"


def test_native_libraries_only_through_sources_that_name_them(tmp_path: Path) -> None:
    store = store_of(tmp_path, osv("BIT-python-2026-1", "python", *before("3.12.9"), ecosystem="Bitnami"), taken=FRESH)
    how = "from the strings of libpython"
    known = package("python", "3.12.1", Ecosystem.GENERIC, certainty=Certainty.DERIVED, how=how)
    found = matched(store, [known, package("zlib", "1.2.11", Ecosystem.GENERIC)])
    one = only(found)
    assert (one.package, one.certainty, one.how) == (0, Certainty.DERIVED, how)
    assert reasons(found, 0) == "the sources at hand name some packages only"
    assert reasons(found, 1) == "the sources at hand name some packages only, and not this one"


def test_exploited_and_likely_from_their_days_on(tmp_path: Path) -> None:
    kev = {
        "catalogVersion": "2026.06.01",
        "dateReleased": "2026-06-01T00:00:00Z",
        "vulnerabilities": [
            {
                "cveID": "CVE-2026-1000",
                "dateAdded": "2026-05-05",
                "dueDate": "2026-05-26",
                "knownRansomwareCampaignUse": "Known",
            }
        ],
    }
    epss = b"#model_version:v2025.03.14,score_date:2026-06-02T12:55:00Z\ncve,epss,percentile\nCVE-2026-1000,0.5,0.97\n"
    store = store_of(tmp_path, osv("PYSEC-2026-1", "thing", *before("2"), aliases=["CVE-2026-1000"]), kev, epss)
    one = only(matched(store, [package("thing", "1")]))
    assert one.exploited is not None
    assert (one.exploited.added, one.exploited.due, one.exploited.ransomware) == ("2026-05-05", "2026-05-26", "Known")
    assert one.likelihood is not None
    assert (one.likelihood.score, one.likelihood.day) == (0.5, "2026-06-02")
    earlier = only(matched(store, [package("thing", "1")], date(2026, 5, 4)))
    assert (earlier.exploited, earlier.likelihood) == (None, None)


def test_two_packages_of_one_name_are_both_told(tmp_path: Path) -> None:
    store = store_of(tmp_path, osv("PYSEC-2026-1", "thing", *before("2")), taken=FRESH)
    found = matched(store, [package("thing", "1.0"), package("thing", "1.1"), package("thing", "2")], TODAY)
    assert [one.package for one in found.matches] == [0, 1]


def test_an_extract_proves_nothing_by_its_silence(tmp_path: Path) -> None:
    path = tmp_path / "advisories.db"
    file = tmp_path / "extract.json"
    file.write_text(json.dumps(osv("PYSEC-2026-1", "thing", *before("2"))))
    for partial, reason in ((True, "the sources at hand name some packages only, and not this one"), (False, "")):
        with writing(path) as writer:
            import_file(writer, str(file), TODAY, partial=partial)
            writer.dated("pypa", FRESH)
        found = matched(path, [package("thing", "1"), package("other", "1")])
        assert ids(found) == {(0, "PYSEC-2026-1")}
        assert reasons(found, 1) == reason


def bulletin(product: str, prose: str, text: str) -> dict[str, object]:
    cna = {
        "affected": [{"product": product, "versions": [{"status": "affected", "version": prose}]}],
        "descriptions": [{"lang": "en", "value": text}],
    }
    record = {"dataType": "CVE_RECORD", "cveMetadata": {"cveId": "CVE-2026-1000"}, "containers": {"cna": cna}}
    return {"bulletin": "5000", "bulletin_published": "2026-02-02", "record": record}


@pytest.mark.parametrize(
    ("name", "version", "certainty"),
    [
        ("cuda-toolkit-12-6", "12.6.0-1", Certainty.DERIVED),
        ("cuda-toolkit-12-6", "12.6.1-1", None),
        ("cuda-cuobjdump-12-6", "12.6.77-1", Certainty.GUESSED),
        ("cuda-cuobjdump-12-8", "12.8.55-1", None),
        ("cuda-cudart-12-6", "12.6.77-1", None),
    ],
)
def test_packages_of_cuda(tmp_path: Path, name: str, version: str, certainty: Certainty | None) -> None:
    document = bulletin(
        "NVIDIA CUDA Toolkit", "All versions prior to 12.6 Update 1", "It has a vulnerability in cuobjdump."
    )
    found = matched(store_of(tmp_path, document), [package(name, version, Ecosystem.DEB, distribution="ubuntu:22.04")])
    assert [one.certainty for one in found.matches] == ([certainty] if certainty else [])
    assert [one.aliases for one in found.matches] == ([()] if certainty else [])
    assert reasons(found).startswith("it is NVIDIA's")
