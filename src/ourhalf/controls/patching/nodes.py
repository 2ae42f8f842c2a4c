"""How long clusters and their nodes are supported."""

from __future__ import annotations

from datetime import date

from ourhalf.controls.judgements import from_sensitivity, setting
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Known
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import AwsDoc
from ourhalf.model.verdict import Verdict
from ourhalf.resources.eks import EksCluster, EksNodeGroup

_READ = date(2026, 10, 2)
_AL2_ENDED = date(2025, 11, 26)

STANDARD_SUPPORT = Control(
    id="eks-standard-support",
    title="EKS clusters move on when standard support of their version ends",
    topic=Topic.PATCHING,
    severity=Severity.LOW,
    layer=Layer.CLUSTER_VERSION,
    applies_to=EksCluster,
    evaluate=from_sensitivity(
        Sensitivity.CONFIDENTIAL,
        setting(
            lambda c: c.support_type,
            lambda value: value == "STANDARD",
            "the cluster is upgraded when standard support ends",
            "the cluster stays on an old version in extended support",
        ),
    ),
    rationale="Extended support hides that a version is old until the day that it ends too.",
    remedy="Set the support type to STANDARD, or decide for extended support and record it as an exception.",
    settings={"support_type": "STANDARD"},
    citations=(AwsDoc("eks/latest/userguide/view-upgrade-policy.html", _READ),),
    rows=("eks-016",),
)


def _supported_image(group: EksNodeGroup, context: Context) -> Verdict:
    match group.ami_type:
        case Known(value) as field if value.startswith("AL2_"):
            if context.as_of > _AL2_ENDED:
                reason = f"{value} is Amazon Linux 2, for which EKS has made no images since {_AL2_ENDED:%-d %B %Y}"
                return Verdict.failed(reason, field)
            return Verdict.passed(f"{value} gets images until {_AL2_ENDED:%-d %B %Y}", field)
        case Known("CUSTOM") as field:
            return Verdict.unknown("what is in an image of ours, configuration does not tell", field)
        case Known() as field:
            return Verdict.passed("EKS makes images of this type", field)
        case field:
            return Verdict.unknown(field)


SUPPORTED_IMAGE = Control(
    id="eks-node-group-supported-image",
    title="EKS nodes run an image type that still gets patches",
    topic=Topic.PATCHING,
    severity=Severity.MEDIUM,
    layer=Layer.NODE_IMAGE,
    applies_to=EksNodeGroup,
    evaluate=_supported_image,
    rationale="The GPU driver and the container toolkit of a node are as old as its image.",
    remedy="Move to an AL2023 or Bottlerocket type with NVIDIA drivers.",
    settings={"ami_type": "AL2023_x86_64_NVIDIA"},
    citations=(AwsDoc("eks/latest/userguide/eks-ami-deprecation-faqs.html", _READ),),
    rows=("eks-018",),
)
