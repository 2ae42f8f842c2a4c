"""AWS Config: a recorder, and the managed rules that test what our controls test."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from ourhalf.catalogue import all_controls
from ourhalf.model.control import Control
from ourhalf.model.profile import Severity
from ourhalf.model.references import AwsDoc, ConfigRule, WebPage
from ourhalf.model.resource import Resource
from ourhalf.model.responsibility import Service
from ourhalf.monitor.facts import Facts
from ourhalf.monitor.gather import RULE
from ourhalf.monitor.recommendation import Because, Cost, On, Recommendation, Sight, State
from ourhalf.monitor.states import by_controls, reason, undeclared
from ourhalf.resources import resource_types

_READ = date(2026, 11, 27)
_GUIDE = "config/latest/developerguide/"
_PRICES = WebPage("aws.amazon.com/config/pricing/", _READ)

PARAMETERS: dict[str, dict[str, str]] = {
    "cloudwatch-alarm-action-check": {
        "alarmActionRequired": "true",
        "insufficientDataActionRequired": "false",
        "okActionRequired": "false",
    },
    "ecs-no-environment-secrets": {"secretKeys": "AWS_ACCESS_KEY_ID,AWS_SECRET_ACCESS_KEY,ECS_ENGINE_AUTH_DATA"},
}
"""What rules must be told that judge nothing without it; each has a page of its own in AWS's guide."""

NEEDS_A_CHOICE = frozenset(
    {
        "eks-cluster-oldest-supported-version",
        "eks-cluster-supported-version",
        "eks-nodegroup-supported-version-check",
        "fsx-openzfs-deployment-type-check",
        "s3-bucket-blacklisted-actions-prohibited",
        "sagemaker-notebook-instance-platform-version",
        "service-vpc-endpoint-enabled",
        "vpc-endpoint-enabled",
    }
)
"""Rules that must be told something that only the company can choose: they are left out of the pack."""


class Rule(NamedTuple):
    """A managed rule, the controls of ours that test the same, and what it must be told."""

    name: str
    controls: tuple[str, ...]
    parameters: dict[str, str]

    @property
    def identifier(self) -> str:
        """What Config calls it in `SourceIdentifier`."""
        return self.name.upper().replace("-", "_")


def rules(facts: Facts) -> tuple[Rule, ...]:
    """The managed rules for the types of resources at hand, by name."""
    present = {thing.kind for thing in facts.things}
    by_rule: dict[str, list[str]] = {}
    for control in all_controls():
        for peer in control.same_as:
            if isinstance(peer, ConfigRule) and _concerns(control, peer.id, present, facts):
                by_rule.setdefault(peer.id, []).append(control.id)
    return tuple(
        Rule(name, tuple(controls), PARAMETERS.get(name, {}))
        for name, controls in sorted(by_rule.items())
        if name not in NEEDS_A_CHOICE
    )


def _concerns(control: Control[object], rule: str, present: set[str], facts: Facts) -> bool:
    """Whether a rule judges a type of resource that is there; those on all types are about the tags of one."""
    kind = control.applies_to
    if kind is Resource:
        return False
    if not (isinstance(kind, type) and issubclass(kind, Resource)):
        return rule.startswith("ecs-") and bool(facts.of(Service.ECS))
    return any(issubclass(one, kind) for one in resource_types() if one.__name__ in present)


def _recorded(facts: Facts) -> tuple[Because, ...]:
    kinds = (
        "SageMakerEndpointConfig",
        "SageMakerModel",
        "SageMakerNotebookInstance",
        "SageMakerDomain",
        "EksCluster",
        "EcsCluster",
        "EcsService",
        "EcsTaskDefinition",
        "S3Bucket",
        "IamRole",
        "Ec2Instance",
        "SecurityGroup",
    )
    return reason("resources whose past only Config can tell", facts.kind(*kinds))


RECORDER = Recommendation(
    id="config-recorder",
    title="AWS Config records what resources look like, and looked like",
    service="AWS Config",
    weight=Severity.HIGH,
    because=_recorded,
    already=by_controls(undeclared("a Config recorder"), "config-records-all"),
    controls=("config-records-all",),
    sees=(
        Sight(
            "Each change of a supported resource, with who was the last to change it: what an endpoint ran last "
            "month, when a bucket became public.",
            AwsDoc(_GUIDE + "resource-config-reference.html", _READ),
        ),
    ),
    blind=(
        Sight(
            "Training, processing and transform jobs, and what is inside clusters: Config has no types for "
            "Kubernetes objects or finished jobs.",
            AwsDoc(_GUIDE + "resource-config-reference.html", _READ),
        ),
    ),
    costs=(
        Cost("configuration items recorded; short-lived nodes and network interfaces of training make many", _PRICES),
    ),
    needs=("key", "archive", "recorder"),
)


def _pack(facts: Facts) -> tuple[Because, ...]:
    found = tuple(rule.name for rule in rules(facts))
    return (Because("managed rules that test what our controls test", found),) if found else ()


def _ruled(facts: Facts) -> State:
    wanted = {rule.name for rule in rules(facts)}
    found = {thing.kind.removeprefix(RULE): thing for thing in facts.things if thing.kind.startswith(RULE)}
    there = sorted(wanted & found.keys())
    spots = tuple(found[name].spot for name in there)[:5]
    if wanted and not wanted - found.keys():
        return State(On.YES, f"all {len(wanted)} rules are declared", spots)
    if there:
        return State(On.NO, f"{len(there)} of {len(wanted)} rules are declared", spots)
    return State(On.UNKNOWN, undeclared("one of these rules"))


PACK = Recommendation(
    id="config-rules",
    title="AWS Config tests what is deployed by the rules behind our controls",
    service="AWS Config",
    weight=Severity.MEDIUM,
    because=_pack,
    already=_ruled,
    sees=(
        Sight(
            "Drift: the same conditions that ourhalf tests in configuration, on what is deployed.",
            AwsDoc(_GUIDE + "conformance-packs.html", _READ),
        ),
    ),
    blind=(
        Sight(
            "Rules that must be told a choice of yours are left out; the file names them.",
            AwsDoc(_GUIDE + "managed-rules-by-aws-config.html", _READ),
        ),
    ),
    costs=(Cost("evaluations of rules in the conformance pack", _PRICES),),
    needs=("recorder",),
)
