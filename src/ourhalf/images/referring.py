"""What a place keeps about an image beside it: signatures, bills of materials, provenance.

That they are there, not that they are true: nothing is verified here.

Sources: github.com/opencontainers/distribution-spec, on referrers; docs.docker.com/build/metadata/attestations, on the
storage of attestations; github.com/sigstore/cosign, specs/SIGNATURE_SPEC.md, BUNDLE_SPEC.md and doc of tags;
github.com/notaryproject/specifications, signature-specification.md; in-toto.io/attestation, predicate types.
"""

from __future__ import annotations

import re

import msgspec

from ourhalf.images.bounds import MAX_MANIFEST
from ourhalf.images.local import small
from ourhalf.images.manifests import document
from ourhalf.images.reading import ImageRead
from ourhalf.images.source import Descriptor, ImageError, Manifest, Source
from ourhalf.model.field import Known, Many, Place, Unresolved
from ourhalf.resources.images import Referrer

_MOST = 50
_KINDS = (
    ("sbom", re.compile(r"spdx|cyclonedx|syft|\.sbom\b|/sbom\b")),
    ("provenance", re.compile(r"slsa\.dev/provenance|slsa-provenance|\.provenance\b")),
    ("signature", re.compile(r"cosign\.simplesigning|cncf\.notary\.signature|cosign\.artifact\.sig|message-signature")),
)
_ATTESTS = re.compile(r"in-toto|dsse|sigstore\.bundle|cosign|attestation|oci\.empty|image\.config")


def with_referrers(read: ImageRead, source: Source, manifest: Manifest) -> ImageRead:
    """The same, with what refers to the image. Never raises."""
    image = msgspec.structs.replace(read.image, referrers=referrers(source, manifest))
    return msgspec.structs.replace(read, image=image)


def referrers(source: Source, manifest: Manifest) -> Many[Referrer]:
    """What refers to an image; in part unresolved where its place cannot tell, or where a document was not read."""
    place = Place(manifest.reference, field="referrers")
    listed = source.referrers(manifest.digest) if manifest.digest else None
    found: list[Referrer | Unresolved] = []
    for one in (*manifest.attestations, *(listed or ()))[:_MOST]:
        try:
            found.extend(Referrer(sort=kind, digest=one.digest) for kind in _kinds(source, one))
        except ImageError as error:
            found.append(Unresolved(f"{one.digest} refers to the image and was not read: {error}", place))
    if listed is None or not source.complete:
        found.append(Unresolved("only the registry of the image tells all that refers to it", place))
    elif len(listed) + len(manifest.attestations) > _MOST:
        found.append(Unresolved(f"more than {_MOST} documents refer to the image", place))
    return Known(tuple(found), place)


def _kinds(source: Source, one: Descriptor) -> tuple[str, ...]:
    """What a document is: `sbom`, `provenance` and `signature`, several for one with several statements."""
    told = _told(one.artifact_type, one.annotations)
    if told or not _ATTESTS.search(one.artifact_type or "attestation"):
        return told
    read = document(small(source.blob(one), MAX_MANIFEST, f"the manifest {one.digest[:80]}"))
    kinds = list(_told(read.artifact_type, read.annotations or {}))
    for layer in read.layers or ():
        kinds.extend(_told(layer.media_type, layer.annotations or {}))
    return tuple(dict.fromkeys(kinds))


def _told(kind: str, annotations: dict[str, str]) -> tuple[str, ...]:
    text = " ".join((kind, *(value for name, value in annotations.items() if _PREDICATE.search(name)))).lower()
    return tuple(name for name, pattern in _KINDS if pattern.search(text))


_PREDICATE = re.compile(r"(?i)predicate-?type|bundle\.content")
