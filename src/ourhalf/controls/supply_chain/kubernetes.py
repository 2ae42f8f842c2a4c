"""How the nodes of a Kubernetes cluster get images."""

from __future__ import annotations

from ourhalf.controls.judgements import from_sensitivity
from ourhalf.controls.pods import PODS, READ, first, of_pods
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Known, Unresolved
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import Checkov, KubernetesDoc
from ourhalf.model.verdict import Verdict
from ourhalf.model.workload import Container
from ourhalf.resources.kubernetes import PodContainer


def _checked(container: PodContainer, _: Context) -> Verdict:
    return first((_by_image(container),), _by_policy(container))


def _by_image(container: PodContainer) -> Verdict | None:
    match container.image:
        case Known(str() as image) as field if "@sha256:" in image:
            return Verdict.passed("a digest names what is run", field)
        case Known(str() as image) as field if isinstance(container.pull_policy, Absent):
            tag = image.rpartition("/")[2].partition(":")[2]
            if tag in ("", "latest"):
                return Verdict.passed("without a version Kubernetes asks the registry each time", field)
        case Unresolved() as field:
            return Verdict.unknown(field)
    return None


def _by_policy(container: PodContainer) -> Verdict:
    match container.pull_policy:
        case Known("Always") as field:
            return Verdict.passed("the registry is asked each time", field)
        case Known() as field:
            return Verdict.failed("what the node happens to hold under that tag is run", field)
        case Absent() as field:
            return Verdict.failed("a tag that names a version is taken from the node where it has it", field)
        case field:
            return Verdict.unknown(field)


CHECKED = Control(
    id="pod-container-image-checked",
    title="Nodes ask the registry, or a digest, what a tag stands for",
    topic=Topic.SUPPLY_CHAIN,
    severity=Severity.LOW,
    layer=Layer.WORKLOAD_SETTINGS,
    applies_to=Container,
    about=PODS,
    evaluate=of_pods(from_sensitivity(Sensitivity.CONFIDENTIAL, _checked)),
    rationale=(
        "An image that is already on the node is run by whoever names it, without the right to pull it and as it was "
        "when it was pulled."
    ),
    remedy="Name images by digest; where you keep tags, set imagePullPolicy to Always.",
    settings={"pull_policy": "Always"},
    citations=(KubernetesDoc("concepts/containers/images/", READ),),
    same_as=(Checkov("CKV_K8S_15"),),
    rows=("kubernetes-034",),
)
