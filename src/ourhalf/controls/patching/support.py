"""Whether a Deep Learning Container is still patched by AWS."""

from __future__ import annotations

from datetime import date, timedelta

from ourhalf.controls.images import READ, facts_of, facts_of_container
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Field, Known
from ourhalf.model.images import ImageFacts, Publisher
from ourhalf.model.references import Repository
from ourhalf.model.verdict import Verdict
from ourhalf.model.workload import Container
from ourhalf.resources.images import ContainerImage

_AWS = Publisher.AWS_DEEP_LEARNING
_SOON = timedelta(days=60)


def _supported(container: Container, context: Context) -> Verdict | None:
    if context.images is None:
        return Verdict.unknown("images are not recognised in this assessment", container.image)
    return _judged(facts_of_container(container, context), container.image, context)


def _judged(facts: ImageFacts, image: Field[str], context: Context) -> Verdict | None:
    if facts.publisher is Publisher.OTHER:
        return None
    if facts.publisher is Publisher.UNKNOWN:
        return Verdict.not_applicable(f"not known to be a Deep Learning Container: {facts.why}", image)
    ends = facts.end_of_patch
    if ends is None:
        return Verdict.unknown(f"{facts.why}; no date of the end of its patching is known", image)
    if ends < context.as_of:
        return Verdict.failed(f"AWS ended patching of {facts.framework} {facts.version} on {ends}", image)
    left = (ends - context.as_of).days
    reason = f"AWS patches {facts.framework} {facts.version} until {ends}, {left} days from now"
    if ends - context.as_of <= _SOON:
        reason += ": plan the move to the next version"
    return Verdict.passed(reason, image)


def _image_supported(image: ContainerImage, context: Context) -> Verdict | None:
    if context.images is None:
        return Verdict.unknown("images are not recognised in this assessment")
    facts = facts_of(image, context)
    return _judged(facts, Known(image.reference, image.place), context) if facts.publisher is _AWS else None


DLC_SUPPORTED = Control(
    id="deep-learning-container-supported",
    title="Deep Learning Containers are within their patching period",
    topic=Topic.PATCHING,
    severity=Severity.HIGH,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=Container,
    evaluate=_supported,
    rationale="After its end of patching no vulnerability in the image is fixed, whatever is published about it.",
    remedy="Move to a tag of a supported version of the framework.",
    citations=(Repository("aws/deep-learning-containers/tree/master/docs/security", date(2026, 10, 2)),),
)

IMAGE_SUPPORTED = Control(
    id="image-deep-learning-container-supported",
    title="Images built on Deep Learning Containers are within their patching period",
    topic=Topic.PATCHING,
    severity=Severity.HIGH,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=ContainerImage,
    evaluate=_image_supported,
    rationale=(
        "An image of our own names no Deep Learning Container, but ages with the one below it: its labels tell which."
    ),
    remedy="Build on a tag of a supported version of the framework.",
    citations=(Repository("aws/deep-learning-containers/tree/master/docs/security", READ),),
)
