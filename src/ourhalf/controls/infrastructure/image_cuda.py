"""Libraries of CUDA in an image that stand in for the driver of its host."""

from __future__ import annotations

from ourhalf.controls.images import READ, exhibits, failed_by, none_of, place_of
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.references import Cve, WebPage
from ourhalf.model.responsibility import Service
from ourhalf.model.verdict import Verdict
from ourhalf.resources.images import ContainerImage


def _compatibility(image: ContainerImage, context: Context) -> Verdict:
    found = exhibits(image, "cuda-compatibility")
    leading = tuple(one for one in found if "leads-to" in one.details)
    if leading:
        return failed_by(leading, why="; hooks of the container toolkit followed such links on the host")
    if not found:
        return none_of(image, "cuda-compatibility", passed="it brings no library that stands in for the driver")
    users = context.contents.users(image)
    what = found[0].what
    if users and all(workload.services == (Service.SAGEMAKER,) for workload, _ in users):
        return Verdict.not_applicable(f"it brings {what}; SageMaker keeps the toolkit of its hosts", place_of(found[0]))
    return Verdict.unknown(
        f"it brings {what}: hooks of the toolkit before 1.17.8 for them let an image out of its container, and which "
        "version the nodes have cannot be told from here",
        *map(place_of, found),
    )


COMPATIBILITY = Control(
    id="image-cuda-compatibility-on-patched-hosts",
    title="Images with compatibility libraries of CUDA run on hosts with a patched container toolkit",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=ContainerImage,
    evaluate=_compatibility,
    rationale=(
        "The hook enable-cuda-compat runs on the host for every image that has such libraries, and followed what the "
        "image laid in its way."
    ),
    remedy=(
        "Run NVIDIA's container toolkit 1.17.8 or later on the nodes (see `nvidia-ctk --version`), and leave "
        "/usr/local/cuda/compat out of images where the driver of the nodes is as new as the toolkit of the image."
    ),
    citations=(
        Cve("CVE-2025-23266", READ),
        Cve("CVE-2025-23267", READ),
        WebPage("docs.nvidia.com/deploy/cuda-compatibility/", READ),
    ),
)
