"""Bills of materials of others are read within bounds, and what they do not tell is told."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf.inventories.input import InventoryError, all_inputs, read_file
from ourhalf.model.inventory import Inventory
from ourhalf.model.packages import Ecosystem, SourcePackage


def _read(tmp_path: Path, document: Any) -> Inventory:
    path = tmp_path / "bom.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    found = read_file(str(path))
    assert found is not None
    return found


def test_a_bill_of_syft_gives_distribution_source_and_epoch(tmp_path: Path) -> None:
    found = _read(
        tmp_path,
        {
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "metadata": {"component": {"type": "container", "name": "img", "version": "sha256:" + "1" * 64}},
            "components": [
                {"type": "operating-system", "name": "debian", "version": "12"},
                {
                    "type": "library",
                    "bom-ref": "a",
                    "name": "libssl3",
                    "version": "3.0.17-1~deb12u2",
                    "purl": "pkg:deb/debian/libssl3@3.0.17-1~deb12u2?arch=amd64&distro=debian-12&upstream=openssl",
                },
                {
                    "type": "library",
                    "name": "tar",
                    "version": "1.34-6.el9",
                    "purl": "pkg:rpm/almalinux/tar@1.34-6.el9?arch=x86_64&epoch=2&distro=almalinux-9.4",
                },
                {"type": "library", "name": "@scope/x", "version": "1.0", "purl": "pkg:npm/%40scope/x@1.0"},
                {"type": "library", "name": "nameless", "version": "1"},
                {"type": "file", "name": "/etc/passwd"},
            ],
        },
    )
    ssl, tar, scoped = found.packages
    assert (found.reference, found.digest, found.distribution) == ("img", "sha256:" + "1" * 64, "debian:12")
    assert ssl.source == SourcePackage("openssl", "3.0.17-1~deb12u2")
    assert (ssl.distribution, tar.distribution) == ("debian:12", "almalinux:9.4")
    assert tar.version == "2:1.34-6.el9"
    assert scoped.name == "@scope/x"
    assert [one.reason for one in found.unread] == ["nameless 1: no package URL tells whose package it is"]
    assert Ecosystem.PYPI.value in found.incomplete


def test_spdx_of_another_tool(tmp_path: Path) -> None:
    found = _read(
        tmp_path,
        {
            "spdxVersion": "SPDX-2.3",
            "SPDXID": "SPDXRef-DOCUMENT",
            "name": "img",
            "packages": [
                {"SPDXID": "SPDXRef-a", "name": "img", "primaryPackagePurpose": "CONTAINER"},
                {
                    "SPDXID": "SPDXRef-b",
                    "name": "torch",
                    "versionInfo": "2.6.0",
                    "licenseDeclared": "BSD-3-Clause",
                    "externalRefs": [{"referenceType": "purl", "referenceLocator": "pkg:pypi/torch@2.6.0"}],
                },
                {
                    "SPDXID": "SPDXRef-c",
                    "name": "numpy",
                    "externalRefs": [{"referenceType": "purl", "referenceLocator": "pkg:pypi/numpy@2.1.0"}],
                },
            ],
            "relationships": [
                {
                    "spdxElementId": "SPDXRef-c",
                    "relationshipType": "DEPENDENCY_OF",
                    "relatedSpdxElement": "SPDXRef-b",
                }
            ],
        },
    )
    torch, numpy = found.packages
    assert (torch.licenses, torch.requires, numpy.version) == (("BSD-3-Clause",), ("numpy",), "2.1.0")
    assert found.unread == ()


@pytest.mark.parametrize(
    "text",
    [
        '{"bomFormat": "CycloneDX", "components": ',
        '{"bomFormat": "CycloneDX", "components": 7}',
        '{"bomFormat": "CycloneDX", "components": ' + "[" * 100_000,
        '{"spdxVersion": "SPDX-2.3", "packages": "x"}',
        '{"schema_version": "99", "reference": "x"}',
    ],
)
def test_a_broken_document_is_one_clear_error(text: str, tmp_path: Path) -> None:
    with pytest.raises(InventoryError, match=r"bom\.json"):
        _read(tmp_path, text)


def test_components_nested_without_end_are_bounded(tmp_path: Path) -> None:
    component: dict[str, Any] = {"type": "library", "name": "deep", "purl": "pkg:pypi/deep@1"}
    for _ in range(200):
        component = {"type": "library", "name": "x", "purl": "pkg:pypi/x@1", "components": [component]}
    found = _read(tmp_path, {"bomFormat": "CycloneDX", "components": [component]})
    assert len(found.packages) == 51


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=15,
)
_KEYS = st.sampled_from(["components", "packages", "relationships", "dependencies", "metadata", "name", "purl"])


@given(fields=st.dictionaries(_KEYS, _JSON, max_size=5), kind=st.sampled_from(["bomFormat", "spdxVersion"]))
@settings(max_examples=200)
def test_no_document_ends_in_anything_but_an_inventory_or_an_error(fields: dict[str, Any], kind: str) -> None:
    value = "CycloneDX" if kind == "bomFormat" else "SPDX-2.3"
    data = json.dumps({kind: value, **fields}).encode()
    for one in all_inputs():
        if one.recognises("bom.json", data):
            with suppress(InventoryError):
                assert isinstance(one.read("bom.json", data), Inventory)
