"""Signatures, bills of materials and provenance beside an image are told for what they are, and no more than that."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ourhalf.images.reading import read_image
from ourhalf.images.referring import referrers
from ourhalf.images.source import Access
from ourhalf.images.transports import opened
from ourhalf.model.field import Absent, doubt, elements
from tests.images.layouts import MANIFEST, LayoutMaker, member, tar

SLSA = "https://slsa.dev/provenance/v0.2"
SPDX = "https://spdx.dev/Document"
EMPTY = "application/vnd.oci.empty.v1+json"
BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"


def _document(maker: LayoutMaker, **more: Any) -> dict[str, Any]:
    config = maker.blob(b"{}", EMPTY)
    stated = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [], **more}
    return maker.blob(json.dumps(stated).encode(), MANIFEST)


def _statement(maker: LayoutMaker, predicate: str) -> dict[str, Any]:
    return maker.blob(b"{}", "application/vnd.in-toto+json", annotations={"in-toto.io/predicate-type": predicate})


def _sorts(reference: str) -> list[str]:
    source = opened(reference, Access())
    try:
        told = referrers(source, source.images("all")[0])
    finally:
        source.close()
    assert doubt(told) is not None, "a folder never tells all that refers to an image"
    return [one.sort for one in elements(told)]


def test_attestations_of_buildkit(tmp_path: Path) -> None:
    maker = LayoutMaker(tmp_path / "l")
    image = maker.image(tar(member("a")))
    attestation = _document(maker, layers=[_statement(maker, SPDX), _statement(maker, SLSA)])
    attestation |= {
        "platform": {"os": "unknown", "architecture": "unknown"},
        "annotations": {
            "vnd.docker.reference.type": "attestation-manifest",
            "vnd.docker.reference.digest": image["digest"],
        },
    }
    both = {"schemaVersion": 2, "manifests": [image, attestation]}
    inner = maker.blob(json.dumps(both).encode(), "application/vnd.oci.image.index.v1+json")
    assert _sorts(maker.index(inner)) == ["sbom", "provenance"]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"artifactType": "application/vnd.cncf.notary.signature"}, ["signature"]),
        ({"artifactType": "application/spdx+json"}, ["sbom"]),
        ({"artifactType": BUNDLE, "annotations": {"dev.sigstore.bundle.content": "message-signature"}}, ["signature"]),
        ({"artifactType": BUNDLE, "annotations": {"dev.sigstore.bundle.predicateType": SLSA}}, ["provenance"]),
        ({"artifactType": "application/vnd.amazon.soci.index.v2+json"}, []),
        ({"artifactType": BUNDLE}, []),
    ],
)
def test_documents_by_their_type(more: dict[str, Any], expected: list[str], tmp_path: Path) -> None:
    maker = LayoutMaker(tmp_path / "l")
    image = maker.image(tar(member("a")))
    document = _document(maker, subject=image, **more)
    document |= {"annotations": {"org.opencontainers.image.ref.name": "other", **more.get("annotations", {})}}
    assert _sorts(f"{maker.index(image, document)}:t") == expected


def test_nobody_is_asked_unless_told_to(tmp_path: Path) -> None:
    maker = LayoutMaker(tmp_path / "l")
    reference = maker.index(maker.image(tar(member("a"))))
    [silent] = read_image(reference, keep=False)
    [asked] = read_image(reference, Access(referring=True), keep=False)
    assert isinstance(silent.image.referrers, Absent)
    assert doubt(asked.image.referrers) is not None
