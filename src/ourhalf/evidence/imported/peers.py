"""Which control of ours a test of another tool is, and what is known of a test that none of them is."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from ourhalf.catalogue import all_controls
from ourhalf.evidence.imported.format import SHARED_TITLES, VULNERABILITY, Foreign
from ourhalf.evidence.imported.things import kinds_of_subject, type_of
from ourhalf.model.control import Control, Topic
from ourhalf.model.resource import Resource
from ourhalf.model.workload import Container, Workload

_SLUGS = {"Security Hub": "securityhub", "AWS Config": "aws-config"}

# The topic of a test by the service that its id or name begins with, where no control of ours tells it.
_TOPICS = {
    Topic.IDENTITY: "iam accessanalyzer sso organizations cognito rbac account ssoadmin",
    Topic.DATA_PROTECTION: "s3 kms efs fsx ebs rds dynamodb secretsmanager macie redshift docdb neptune athena "
    "glue acm pca elasticache opensearch es encrypted dms backup-vault",
    Topic.MONITORING: "cloudtrail cloud-trail cloudwatch config guardduty securityhub inspector detective logs cw",
    Topic.RESILIENCE: "backup autoscaling elb elbv2 alb route53 drs dlm",
    Topic.PATCHING: "ssm inspector2",
    Topic.SUPPLY_CHAIN: "ecr codebuild codeartifact codepipeline",
    Topic.INFRASTRUCTURE: "ec2 ecs eks lambda vpc networkfirewall waf wafv2 apigateway cloudfront core kubelet",
    Topic.MODELS: "bedrock sagemaker",
}
_BY_SERVICE = {service: topic for topic, services in _TOPICS.items() for service in services.split()}


@cache
def _by_test() -> dict[tuple[str, str], tuple[Control[Any], ...]]:
    found: dict[tuple[str, str], tuple[Control[Any], ...]] = {}
    for control in all_controls():
        for peer in control.same_as:
            found[peer.tool, peer.id] = (*found.get((peer.tool, peer.id), ()), control)
    return found


def controls_for(foreign: Foreign) -> tuple[Control[Any], ...]:
    """The controls of ours that are the same test, about such a thing; several where that does not decide."""
    if foreign.shared:
        return ()
    found = _by_test().get((foreign.tool, foreign.test), ())
    if len(found) < 2:
        return found
    kind = type_of(foreign.thing)
    about = tuple(control for control in found if kind in _kinds(control))
    return about or found


@cache
def _kinds_of(control_id: str) -> frozenset[str]:
    control = next(one for one in all_controls() if one.id == control_id)
    applies: Any = control.applies_to
    if applies in (Container, Workload) or not issubclass(applies, Resource):
        return frozenset()
    return kinds_of_subject(applies.__name__)


def _kinds(control: Control[Any]) -> frozenset[str]:
    return _kinds_of(control.id)


def slug(tool: str) -> str:
    """A tool as ids name it: `Security Hub` is `securityhub`."""
    return _SLUGS.get(tool) or re.sub(r"[^a-z0-9]+", "-", tool.lower()).strip("-") or "other"


def control_id(foreign: Foreign) -> str:
    """The id under which a test is told that no control of ours is, such as `securityhub:ECS.99`."""
    return foreign.shared or f"{slug(foreign.tool)}:{foreign.test}"


def title(foreign: Foreign) -> str:
    """The title of that control: what holds, as far as its tool writes it so."""
    return SHARED_TITLES.get(foreign.shared, foreign.title)


def topic(foreign: Foreign) -> Topic:
    """The topic that is best known."""
    if foreign.shared == VULNERABILITY:
        return Topic.PATCHING
    if foreign.topic is not None:
        return foreign.topic
    test = foreign.test.lower()
    for length in (2, 1):  # `cloud-trail-enabled` before `cloud`
        first = "-".join(re.split(r"[-_.:/]", test)[:length])
        if first in _BY_SERVICE:
            return _BY_SERVICE[first]
    return Topic.INFRASTRUCTURE
