"""Whether an image is signed, and comes with its bill of materials and provenance."""

from __future__ import annotations

from ourhalf.controls.images import READ
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, elements, known_part, unknown_part
from ourhalf.model.references import AwsDoc, Repository
from ourhalf.model.verdict import Verdict
from ourhalf.resources.images import ContainerImage

_WANTED = {"signature": "signature", "sbom": "bill of materials", "provenance": "provenance"}


def _described(image: ContainerImage, _: Context) -> Verdict:
    field = image.referrers
    if isinstance(field, Absent):
        return Verdict.unknown("nobody asked the place of the image what refers to it", field)
    sorts = {one.sort for one in elements(field)}
    missing = [name for sort, name in _WANTED.items() if sort not in sorts]
    if not missing:
        return Verdict.passed("a signature, a bill of materials and its provenance refer to it", known_part(field))
    hidden = unknown_part(field)
    if hidden is not None:
        return Verdict.unknown(hidden)
    return Verdict.failed(f"its registry has no {' and no '.join(missing)} of it", field)


DESCRIBED = Control(
    id="image-signed-and-described",
    title="Images are signed, and come with a bill of materials and provenance",
    topic=Topic.SUPPLY_CHAIN,
    severity=Severity.MEDIUM,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=ContainerImage,
    evaluate=_described,
    rationale=(
        "Without them nobody can tell whether an image is the one that was built and scanned, from what, and by whom. "
        "That they are there is what is judged, not that they are true: verify them where images are admitted."
    ),
    remedy=(
        "Build with provenance and a bill of materials (`docker buildx build --sbom=true --provenance=mode=max`), sign "
        "the digest with AWS Signer and Notation, or with cosign, and let the cluster admit signed images only."
    ),
    citations=(
        AwsDoc("AmazonECR/latest/userguide/image-signing.html", READ),
        Repository("opencontainers/distribution-spec/blob/main/spec.md", READ),
    ),
    rows=("image-015", "ecr-012"),
)
