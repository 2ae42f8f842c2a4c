"""Bills of materials beside what they describe."""

from __future__ import annotations

import json

import pytest

from ourhalf.model.packages import Ecosystem, Package
from ourhalf.packages import boms

WHEEL = "pkg:pypi/my-wheel@1.0"


def read(document: object) -> tuple[list[Package], str]:
    bill = boms.bill(boms.reduced("x", memoryview(json.dumps(document).encode())))
    return list(boms.packages(bill, "x.json", 0, WHEEL, "how")), bill.fault


def test_cyclonedx() -> None:
    found, fault = read(
        {
            "bomFormat": "CycloneDX",
            "components": [
                {"purl": "pkg:pypi/My_Wheel@1.0?file_name=x.whl", "name": "My_Wheel"},
                {
                    "purl": "pkg:rpm/almalinux/openssl-libs@1.1.1k-12.el8_9?epoch=1",
                    "name": "openssl",
                    "licenses": [
                        {"license": {"id": "OpenSSL"}},
                        {"expression": "MIT"},
                        {"license": {"name": "x  y"}},
                        3,
                    ],
                    "components": [{"purl": "pkg:cargo/inner@2", "name": "inner"}],
                },
                {"purl": "pkg:deb/debian/zlib1g@1.2?distro=debian-12&arch=amd64", "name": "zlib"},
                {"purl": "pkg:maven/org.g/a@1", "name": "a"},
                {"name": "Little CMS 2", "version": "2.19", "scope": "optional"},
                {"name": "README", "type": "file"},
                {"purl": "pkg:cargo/inner@2", "name": "inner"},
            ],
        }
    )
    assert [(one.name, one.version, one.ecosystem, one.distribution) for one in found] == [
        ("openssl-libs", "1:1.1.1k-12.el8_9", Ecosystem.RPM, "almalinux:8"),
        ("inner", "2", Ecosystem.CARGO, ""),
        ("zlib1g", "1.2", Ecosystem.DEB, "debian:12"),
        ("org.g:a", "1", Ecosystem.MAVEN, ""),
        ("Little CMS 2", "2.19", Ecosystem.GENERIC, ""),
    ]
    assert found[0].licenses == ("OpenSSL", "MIT", "x y")
    assert found[4].facts == {"scope": "optional"}
    assert {one.owner for one in found} == {WHEEL}
    assert not fault


def test_spdx() -> None:
    purl = {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:npm/%40a/b@1"}
    found, fault = read(
        {
            "spdxVersion": "SPDX-2.3",
            "packages": [
                {"name": "b", "externalRefs": [purl], "licenseConcluded": "MIT"},
                {"name": "c", "versionInfo": "2", "licenseConcluded": "NOASSERTION"},
            ],
        }
    )
    assert [(one.name, one.purl, one.licenses) for one in found] == [
        ("@a/b", "pkg:npm/%40a/b@1", ("MIT",)),
        ("c", "pkg:generic/c@2", ()),
    ]
    assert not fault


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ([], "neither CycloneDX nor SPDX"),
        ({"bomFormat": "CycloneDX", "components": [3, {"name": ""}]}, "2 components have neither"),
        ({"spdxVersion": "x", "packages": ["a", {"versionInfo": "1"}]}, "2 components have neither"),
        ({"bomFormat": "CycloneDX", "components": [{"name": "a"}] * 20_001}, "more than 20,000 components"),
    ],
)
def test_what_cannot_be_read_is_told(document: object, fault: str) -> None:
    assert fault in read(document)[1]


def test_components_inside_components_end() -> None:
    nested: dict[str, object] = {"name": "deep"}
    for _ in range(200):
        nested = {"name": "x", "components": [nested]}
    found, fault = read({"bomFormat": "CycloneDX", "components": [nested]})
    assert [one.name for one in found] == ["x"]
    assert fault == "1 components have neither a package URL nor a name, or lie too deep"
