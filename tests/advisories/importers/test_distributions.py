"""Importers of distributions and vendors: on real records where there are some, else on what the schema asks."""

from __future__ import annotations

import lzma
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pytest

from ourhalf.advisories.importers.importer import Piece, UnusableError, all_importers
from ourhalf.advisories.record import Affected, Interval, Record
from ourhalf.model.advisories import Fix, Quarantined, Rating, Scheme
from ourhalf.model.packages import Certainty
from tests.advisories.importers.documents import items, record, samples
from tests.advisories.made import ADVISORIES
from tests.corpora import needs_corpora


@needs_corpora
def test_ubuntu_in_the_form_of_osv() -> None:
    found = {one["id"]: record(items("osv", one)) for one in samples("ubuntu/osv")}
    assert {one.source for one in found.values()} == {"ubuntu-osv"}
    cve = found["UBUNTU-CVE-2024-51988"]
    assert cve.advisory.aliases == ("CVE-2024-51988",)
    assert (
        Affected(
            "ubuntu:22.04",
            "rabbitmq-server",
            (Interval("", "3.9.27-0ubuntu0.1"),),
            cve.affected[1].versions,
            (Fix("3.9.27-0ubuntu0.1"),),
            (Rating("ubuntu-osv", Scheme.WORD, "medium"),),
            of="s",
        )
        in cve.affected
    )
    notice = found["USN-7095-1"]
    assert "CVE-2023-52887" in notice.advisory.fixes
    assert notice.affected[0].fixes[0].available == notice.advisory.published[:10] != ""
    pro = found["UBUNTU-CVE-2016-20013"]
    assert {fix.channel for one in pro.affected for fix in one.fixes} <= {"Ubuntu Pro", ""}
    assert Rating("ubuntu-osv", Scheme.WORD, "negligible") in pro.advisory.ratings


@needs_corpora
def test_debian_in_the_form_of_osv() -> None:
    (found,) = (record(items("osv", one)) for one in samples("debian/osv") if one["id"] == "DLA-0001-1")
    assert (found.source, found.advisory.fixes) == ("debian-osv", ("CVE-2014-3466",))
    assert found.affected[0].space == "debian:6"


@needs_corpora
def test_the_tracker_of_debian() -> None:
    (document,) = samples("debian/security-tracker-json")
    found = items("debian-tracker", document)
    unusable = [one for one in found if isinstance(one, Quarantined)]
    # Its releases are a list where they are none.
    assert {one.record for one in unusable} == {"chromium-browser"}
    assert "debian:12/chromium-browser" in unusable[0].names
    by_id = {one.advisory.id: one for one in found if isinstance(one, Record)}
    fixed = by_id["CVE-2022-0456/chromium"]
    assert Affected(
        "debian:12", "chromium", (Interval("", "98.0.4758.80-1"),), (), (Fix("98.0.4758.80-1"),), of="s"
    ) in (fixed.affected)
    assert fixed.advisory.aliases == ("CVE-2022-0456",)


@pytest.mark.parametrize(
    ("release", "expected"),
    [
        ({"status": "resolved", "fixed_version": "0", "urgency": "low"}, None),
        ({"status": "open", "urgency": "unimportant"}, Rating("debian", Scheme.WORD, "unimportant")),
        ({"status": "open", "urgency": "high**"}, Rating("debian", Scheme.WORD, "high")),
        ({"status": "undetermined", "urgency": "not yet assigned"}, ()),
    ],
)
def test_states_of_the_tracker(release: dict[str, str], expected: Any) -> None:
    document = {"pkg": {"CVE-2026-1000": {"releases": {"bookworm": {"repositories": {}, **release}}}}}
    affected = record(items("debian-tracker", document)).affected
    assert [one.ratings for one in affected] == ([] if expected is None else [(expected,)] if expected else [()])


def test_a_state_of_the_tracker_that_contradicts_itself() -> None:
    release = {"repositories": {}, "status": "open", "fixed_version": "1", "urgency": "low"}
    found = items("debian-tracker", {"pkg": {"CVE-2026-1000": {"releases": {"bookworm": release}}}})
    assert [one.names for one in found if isinstance(one, Quarantined)] == [("debian:12/pkg",)]


def as_xml(document: dict[str, Any]) -> str:
    """One advisory of Amazon as its updateinfo.xml writes it, from the JSON that a reader made of it."""
    collection = document["Pkglist"]["Collection"]
    packages = "".join(
        f"<package name={quoteattr(one['Name'])} version={quoteattr(one['Version'])}"
        f" release={quoteattr(one['Release'])} epoch={quoteattr(one['Epoch'])}"
        f" arch={quoteattr(one['Arch'])}><filename/></package>"
        for one in collection["Package"]
    )
    references = "".join(
        f"<reference href={quoteattr(one['Href'])} id={quoteattr(one['ID'])} type={quoteattr(one['Type'])}/>"
        for one in document["References"]["Reference"]
    )
    return (
        f'<update type="{document["Type"]}" status="final" version="1.4"><id>{document["ID"]}</id>'
        f"<title>{escape(document['Title'])}</title><issued date={quoteattr(document['Issued']['Date'])}/>"
        f"<updated date={quoteattr(document['Updated']['Date'])}/><severity>{document['Severity']}</severity>"
        f"<description>{escape(document['Description'])}</description><references>{references}</references>"
        f"<pkglist><collection short={quoteattr(collection['Short'])}><name/>{packages}</collection></pkglist></update>"
    )


@needs_corpora
def test_amazon_linux() -> None:
    xml = f'<?xml version="1.0"?><updates>{"".join(map(as_xml, samples("amazon/updateinfo")))}</updates>'
    found = {one.advisory.id: one for one in items("updateinfo", xml.encode()) if isinstance(one, Record)}
    rsyslog = found["ALAS2023-2023-001"]
    assert rsyslog.advisory.fixes == ("CVE-2014-3634", "CVE-2022-24903")
    assert rsyslog.advisory.published == "2023-02-17T20:41:00Z"
    assert rsyslog.advisory.ratings == (Rating("amazon", Scheme.WORD, "Important"),)
    one = next(one for one in rsyslog.affected if one.name == "rsyslog")
    assert (one.space, one.of, one.certainty) == ("amzn:2023", "b", Certainty.STATED)
    assert one.fixes[0].available == "2023-02-17"
    extra = found["ALAS2KERNEL-5.15-2022-001"].affected[0]
    assert (extra.space, extra.certainty) == ("amzn:2", Certainty.GUESSED)
    assert found["ALAS-2011-1"].affected[0].space == "amzn:2018"


@needs_corpora
def test_notices_of_ubuntu() -> None:
    documents = {one["id"]: one for one in samples("ubuntu/usndb")}
    found = {one.advisory.id: one for one in items("ubuntu-usn", documents) if isinstance(one, Record)}
    kernel = found["USN-2274-1"]
    assert kernel.advisory.fixes == ("CVE-2014-4699",)
    assert {one.of for one in kernel.affected} == {"b", "s"}
    assert ("ubuntu:14.04", "linux-image-3.13.0-30-generic") in {(one.space, one.name) for one in kernel.affected}
    esm = [one for one in found["USN-6342-1"].affected if one.name == "linux-image-4.15.0-1123-oracle"]
    assert esm == [] or esm[0].fixes[0].channel == "Ubuntu Pro"
    assert any(fix.channel == "Ubuntu Pro" for one in found.values() for part in one.affected for fix in part.fixes)


OVAL = """<?xml version="1.0" encoding="utf-8"?>
<oval_definitions xmlns="http://oval.mitre.org/XMLSchema/oval-definitions-5"><definitions>
<definition class="patch" id="oval:com.redhat.rhsa:def:20261234"><metadata>
<title>RHSA-2026:1234: nodejs:18 security update (Important)</title>
<reference ref_id="RHSA-2026:1234" ref_url="https://access.redhat.com/errata/RHSA-2026:1234" source="RHSA"/>
<description>text</description>
<advisory><severity>Important</severity><issued date="2026-05-01"/><updated date="2026-05-02"/>
<cve>CVE-2026-1000</cve></advisory>
</metadata><criteria operator="AND"><criterion comment="Red Hat Enterprise Linux 9 is installed"/>
<criterion comment="Module nodejs:18 is enabled"/><criteria operator="OR">
<criterion comment="nodejs is earlier than 1:18.14.2-2.module+el9.2.0+18"/>
<criterion comment="nodejs is signed with Red Hat redhatrelease2 key"/></criteria></criteria></definition>
</definitions></oval_definitions>"""


def test_oval_of_red_hat() -> None:
    found = record(items("oval", OVAL.encode()))
    version = "1:18.14.2-2.module+el9.2.0+18"
    fix = Fix(version, "2026-05-01", "redhat-oval:RHSA-2026:1234")
    assert found.affected == (
        Affected("rhel:9", "nodejs", (Interval("", version),), (), (fix,), of="b", module="nodejs:18"),
    )
    assert found.advisory.fixes == ("CVE-2026-1000",)


@pytest.mark.parametrize(
    "data",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaa">]><updates><update>&a;</update></updates>',
        "<updates/>".encode("utf-16"),
        b"<updates><update>",
    ],
)
@pytest.mark.parametrize("importer", ["updateinfo", "oval"])
def test_xml_with_entities_or_cut_is_refused(importer: str, data: bytes) -> None:
    with pytest.raises(UnusableError):
        list(all_importers()[importer].read(Piece("it", data), None))


def csaf(publisher: str, tree: dict[str, Any], **vulnerability: Any) -> dict[str, Any]:
    return {
        "document": {
            "csaf_version": "2.0",
            "title": "a title",
            "publisher": {"name": publisher},
            "aggregate_severity": {"text": "Moderate"},
            "tracking": {
                "id": "CVE-2026-1000",
                "initial_release_date": "2026-04-01T00:00:00+00:00",
                "current_release_date": "2026-05-01T00:00:00+02:00",
            },
        },
        "product_tree": tree,
        "vulnerabilities": [{"cve": "CVE-2026-1000", **vulnerability}],
    }


def test_csaf_of_red_hat() -> None:
    platform = {
        "product_id": "BaseOS-9",
        "product_identification_helper": {"cpe": "cpe:/o:redhat:enterprise_linux:9::baseos"},
    }
    built = {
        "product_id": "openssl-new",
        "product_identification_helper": {"purl": "pkg:rpm/redhat/openssl-libs@3.0.7-27.el9?arch=x86_64&epoch=1"},
    }
    open_ = {"product_id": "edk2", "product_identification_helper": {"purl": "pkg:rpm/redhat/edk2?arch=src"}}
    tree = {
        "branches": [
            {
                "category": "vendor",
                "name": "Red Hat",
                "branches": [
                    {"category": "product_name", "name": "RHEL", "product": platform},
                    {"category": "product_version", "name": "x", "product": built},
                    {"category": "product_version", "name": "y", "product": open_},
                ],
            }
        ],
        "relationships": [
            {
                "product_reference": one,
                "relates_to_product_reference": "BaseOS-9",
                "full_product_name": {"product_id": f"BaseOS-9:{one}"},
            }
            for one in ("openssl-new", "edk2")
        ],
    }
    document = csaf(
        "Red Hat Product Security",
        tree,
        threats=[{"category": "impact", "details": "Important"}],
        product_status={"fixed": ["BaseOS-9:openssl-new"], "known_affected": ["BaseOS-9:edk2"]},
        remediations=[
            {"category": "vendor_fix", "date": "2026-04-20T00:00:00Z", "product_ids": ["BaseOS-9:openssl-new"]}
        ],
    )
    found = record(items("csaf", document))
    assert (found.source, found.advisory.id, found.advisory.modified) == (
        "redhat-csaf",
        "CVE-2026-1000",
        "2026-04-30T22:00:00Z",
    )
    assert found.advisory.ratings == (Rating("redhat", Scheme.WORD, "Important"),)
    fix = Fix("1:3.0.7-27.el9", "2026-04-20", "redhat-csaf:CVE-2026-1000")
    assert set(found.affected) == {
        Affected("rhel:9", "openssl-libs", (Interval("", "1:3.0.7-27.el9"),), (), (fix,), of="b"),
        Affected("rhel:9", "edk2", (Interval("", ""),), of="s"),
    }


def test_csaf_of_nvidia() -> None:
    product = {"product_id": "p1"}
    tree = {
        "branches": [
            {
                "category": "product_name",
                "name": "NVIDIA CUDA Toolkit",
                "branches": [
                    {
                        "category": "product_version_range",
                        "name": "All versions prior to 12.6 Update 1",
                        "product": product,
                    }
                ],
            }
        ]
    }
    found = record(items("csaf", csaf("NVIDIA PSIRT", tree, product_status={"known_affected": ["p1"]})))
    assert found.source == "nvidia-csaf"
    assert ("generic", "cuda-toolkit", (Interval("", "12.6.1"),)) in {
        (a.space, a.name, a.intervals) for a in found.affected
    }


def test_csaf_of_others_is_refused() -> None:
    with pytest.raises(UnusableError, match="whose products"):
        items("csaf", csaf("Somebody", {}))


@needs_corpora
def test_changelogs_of_debian() -> None:
    with lzma.open(ADVISORIES / "debian12-changelog-fixes.jsonl.xz") as file:
        line = file.readline()
    found = record(items("debian-changelogs", line))
    assert found.advisory.fixes == ("CVE-2021-30473", "CVE-2021-30474", "CVE-2021-30475")
    assert found.affected[0].fixes == (Fix("3.2.0-1~exp1", "2021-10-21", "debian-changelogs:aom_3.2.0-1~exp1"),)
