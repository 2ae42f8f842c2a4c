"""Whether EKS still supports the version of Kubernetes that clusters and nodes run."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path

import msgspec

from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Field, Known, Unresolved
from ourhalf.model.references import AwsDoc, Checkov, ConfigRule, Prowler, Repository, SecurityHub
from ourhalf.model.verdict import Verdict
from ourhalf.resources.eks import EksCluster, EksNodeGroup

_READ = date(2026, 11, 24)
_CALENDAR = Repository(
    "awsdocs/amazon-eks-user-guide/blob/mainline/latest/ug/versioning/kubernetes-versions.adoc", _READ
)
_VERSION = re.compile(r"v?1\.(\d{1,3})(?:\.\d+)?$")


class Support(msgspec.Struct, frozen=True):
    """The last days of standard and of extended support."""

    standard: date
    extended: date


@cache
def supported_until() -> dict[int, Support]:
    """The support of each minor version that the calendar beside this file has."""
    text = Path(__file__).with_name("eks_versions.yaml").read_bytes()
    versions = msgspec.convert(msgspec.yaml.decode(text)["versions"], dict[str, Support])
    return {int(version.removeprefix("1.")): support for version, support in versions.items()}


def _judged(field: Field[str], context: Context) -> Verdict:
    """The verdict on a version that is written."""
    if not isinstance(field, Known):
        return Verdict.unknown(field)
    found = _VERSION.match(field.value)
    if found is None:
        return Verdict.unknown(f"{field.value} is no version of Kubernetes", field)
    calendar, minor = supported_until(), int(found[1])
    if minor < min(calendar):
        return Verdict.failed(f"EKS no longer supports version 1.{minor}", field)
    support = calendar.get(minor)
    if support is None:
        return Verdict.unknown(f"until when EKS supports version 1.{minor} is not known here", field)
    if context.as_of > support.extended:
        return Verdict.failed(f"EKS ended all support of version 1.{minor} on {support.extended}", field)
    if context.as_of > support.standard:
        reason = f"version 1.{minor} is in extended support since {support.standard}, until {support.extended}"
        return Verdict.failed(reason, field, severity=Severity.MEDIUM)
    return Verdict.passed(f"version 1.{minor} is in standard support until {support.standard}", field)


def _cluster(cluster: EksCluster, context: Context) -> Verdict:
    return _judged(cluster.version, context)


CLUSTER_SUPPORTED = Control(
    id="eks-cluster-version-supported",
    title="EKS clusters run a version in standard support",
    topic=Topic.PATCHING,
    severity=Severity.HIGH,
    layer=Layer.CLUSTER_VERSION,
    applies_to=EksCluster,
    evaluate=_cluster,
    rationale="Flaws in an API server without support stay, and one day EKS upgrades it when nobody is ready.",
    remedy="Upgrade one minor version after the other, the nodes with it.",
    citations=(_CALENDAR, AwsDoc("securityhub/latest/userguide/eks-controls.html#eks-2", date(2026, 10, 2))),
    same_as=(
        SecurityHub("EKS.2"),
        Checkov("CKV_AWS_339"),
        Prowler("eks_cluster_uses_a_supported_version"),
        ConfigRule("eks-cluster-supported-version"),
        ConfigRule("eks-cluster-oldest-supported-version"),
    ),
    rows=("eks-006",),
)


def _nodes(group: EksNodeGroup, context: Context) -> Verdict:
    if not isinstance(group.version, Absent):
        return _judged(group.version, context)
    cluster = context.graph.find(group.cluster, EksCluster, group)
    if isinstance(cluster, Unresolved):
        return Verdict.unknown("not set: the nodes are made with the version of their cluster", cluster)
    return _judged(cluster.version, context)


NODES_SUPPORTED = Control(
    id="eks-node-group-version-supported",
    title="EKS nodes run a version in standard support",
    topic=Topic.PATCHING,
    severity=Severity.HIGH,
    layer=Layer.NODE_IMAGE,
    applies_to=EksNodeGroup,
    evaluate=_nodes,
    rationale="EKS upgrades the cluster by itself one day, and leaves the nodes, their kubelets and drivers behind.",
    remedy="Upgrade the node group with its cluster; leave the release out, or raise it with each new image.",
    citations=(_CALENDAR, AwsDoc("securityhub/latest/userguide/eks-controls.html#eks-9", date(2026, 10, 2))),
    same_as=(SecurityHub("EKS.9"), ConfigRule("eks-nodegroup-supported-version-check")),
    rows=("eks-007",),
)
