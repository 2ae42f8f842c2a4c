"""The rules that move the line: what in a workload's configuration changes who answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import msgspec

from ourhalf.model.context import Graph, ImageKnowledge
from ourhalf.model.field import Absent, Field, Known, Unresolved, elements
from ourhalf.model.images import ImageFacts, Publisher
from ourhalf.model.responsibility import Layer, Party, Platform, Responsibility
from ourhalf.model.workload import Workload
from ourhalf.resources.eks import EksNodeGroup
from ourhalf.resources.sagemaker import SageMakerModel
from ourhalf.resources.sagemaker_hyperpod import SageMakerCluster

_REDEPLOY = "redeploy the rebuilt image"


class Situation(msgspec.Struct, frozen=True):
    """A layer of a workload on one of the platforms on which it may run."""

    layer: Layer
    platform: Platform
    workload: Workload
    graph: Graph
    images: ImageKnowledge | None
    as_of: date


class Rule(msgspec.Struct, frozen=True):
    """`apply` gives who answers where the rule bears on the situation, else None."""

    name: str
    layers: frozenset[Layer]
    apply: Callable[[Situation], Responsibility | None]


def image_facts(workload: Workload, images: ImageKnowledge | None) -> tuple[ImageFacts, ...]:
    """What is known of the image of each container; nothing where the containers are not known."""
    if images is None:
        return ()
    return tuple(images.facts(container.image) for container in elements(workload.containers))


def _image(situation: Situation) -> Responsibility | None:
    """Whoever builds the image patches it, AWS only until its end of patching."""
    if situation.platform is Platform.SAGEMAKER_NOTEBOOK and situation.layer is Layer.IMAGE_FRAMEWORK:
        return None
    workload = situation.workload
    layer = situation.layer
    facts = image_facts(workload, situation.images)
    if not facts or isinstance(workload.containers, Unresolved):
        return Responsibility(
            layer, Party.UNKNOWN, "the image is not known", candidates=(Party.PUBLISHER, Party.CUSTOMER)
        )
    answers = [of_publisher(layer, one, situation.as_of) for one in facts]
    parties = {answer.party for answer in answers}
    if len(parties) == 1:
        return answers[0]
    mixed = "; ".join(dict.fromkeys(f"{a.party}: {a.why}" for a in sorted(answers, key=lambda answer: answer.party)))
    candidates = tuple(dict.fromkeys(c for a in answers for c in (a.candidates or (a.party,))))
    party = Party.UNKNOWN if Party.UNKNOWN in parties else Party.SHARED
    return Responsibility(
        layer, party, f"its images differ: {mixed}", _REDEPLOY, candidates if party is Party.UNKNOWN else ()
    )


def of_publisher(layer: Layer, facts: ImageFacts, as_of: date) -> Responsibility:
    """Who answers for what whoever builds an image put into it."""
    if facts.publisher is Publisher.UNKNOWN:
        return Responsibility(layer, Party.UNKNOWN, facts.why, candidates=(Party.PUBLISHER, Party.CUSTOMER))
    if facts.publisher is Publisher.OTHER:
        why = f"{facts.why}: whoever chose it answers for what its publisher does not patch"
        return Responsibility(layer, Party.CUSTOMER, why, sources=("S1",))
    if facts.end_of_patch is None:
        why = f"{facts.why}; no date of the end of its patching is known"
        return Responsibility(layer, Party.UNKNOWN, why, candidates=(Party.PUBLISHER, Party.CUSTOMER), sources=("S9",))
    if facts.end_of_patch < as_of:
        why = f"patching of this Deep Learning Container ended on {facts.end_of_patch}"
        return Responsibility(layer, Party.CUSTOMER, why, "move to a supported tag", sources=("S9",))
    why = f"AWS patches this Deep Learning Container until {facts.end_of_patch}"
    return Responsibility(layer, Party.PUBLISHER, why, _REDEPLOY, sources=("S9",))


def _endpoint(situation: Situation) -> Responsibility | None:
    """AWS patches an endpoint only while what it was made from remains valid."""
    model = situation.workload.resource
    if situation.platform is not Platform.SAGEMAKER_ENDPOINT or not isinstance(model, SageMakerModel):
        return None
    named = {
        "role": model.role,
        "image": next((c.image for c in elements(situation.workload.containers)), Absent(None)),
    }
    doubtful = [name for name, field in named.items() if not _stated(field)]
    if doubtful:
        why = f"AWS patches the endpoint while its {' and '.join(doubtful)} remain valid, which is not known here"
        return Responsibility(
            situation.layer,
            Party.UNKNOWN,
            why,
            candidates=(Party.PROVIDER, Party.CUSTOMER),
            sources=("S10",),
        )
    return None


def _stated(field: Field[object]) -> bool:
    """Whether configuration names the thing, be it one that is made in the same deployment."""
    return isinstance(field, Known) or (isinstance(field, Unresolved) and bool(field.parts))


def _custom_ami(situation: Situation) -> Responsibility | None:
    """With a machine image of its own the customer answers for all that is in it."""
    if situation.platform is Platform.EKS_NODES:
        groups = situation.graph.all(EksNodeGroup, situation.workload.resource)
        kinds = [group.ami_type for group in groups]
        if kinds and all(isinstance(kind, Known) and kind.value == "CUSTOM" for kind in kinds):
            return _own_ami(situation.layer, "every node group uses a custom AMI", ("S5",))
    if situation.platform is Platform.SAGEMAKER_HYPERPOD:
        cluster = situation.workload.resource
        if isinstance(cluster, SageMakerCluster):
            images = [group.image_id for group in elements(cluster.groups)]
            if images and all(isinstance(image, Known) for image in images):
                return _own_ami(situation.layer, "every instance group uses a custom AMI", ("S11",))
    return None


def _own_ami(layer: Layer, why: str, sources: tuple[str, ...]) -> Responsibility:
    return Responsibility(layer, Party.CUSTOMER, why, "rebuild the AMI with current patches", sources=sources)


RULES = (
    Rule("image", frozenset({Layer.IMAGE_OS_PACKAGES, Layer.IMAGE_FRAMEWORK}), _image),
    Rule("endpoint-patching", frozenset({Layer.HOST_PATCHING}), _endpoint),
    Rule(
        "custom-ami",
        frozenset({Layer.HOST_PATCHING, Layer.CONTAINER_RUNTIME, Layer.GPU_STACK}),
        _custom_ami,
    ),
)

MOVING = frozenset(layer for rule in RULES for layer in rule.layers)
"""The layers for which the answer depends on more than the platform."""
