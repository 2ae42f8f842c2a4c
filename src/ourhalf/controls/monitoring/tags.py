"""Tags by which people and bills tell resources apart."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import get_type_hints

from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Entries, Known
from ourhalf.model.references import AwsDoc, ConfigRule, SecurityHub
from ourhalf.model.resource import At, Dialect, Resource
from ourhalf.model.verdict import Verdict

_READ = date(2026, 10, 2)


@cache
def _carries_tags(kind: type[Resource], dialect: Dialect) -> bool:
    """Whether `dialect` can write tags on resources of a type."""
    hint = get_type_hints(kind, include_extras=True)["tags"]
    at = next((one for one in getattr(hint, "__metadata__", ()) if isinstance(one, At)), None)
    if at is None:
        return False
    match dialect:
        case Dialect.API:
            return bool(at.api)
        case Dialect.CLOUDFORMATION:
            return bool(at.api if at.cloudformation is None else at.cloudformation)
        case Dialect.TERRAFORM:
            return bool(at.api if at.terraform is None else at.terraform)
        case Dialect.KUBERNETES:
            return bool(at.kubernetes)
    return False


def _tagged(resource: Resource, context: Context) -> Verdict | None:
    wanted = context.requirements.parameters.required_tags
    if not wanted or not _carries_tags(type(resource), resource.origin.dialect):
        return None
    match resource.tags:
        case Known(Entries(items, rest)):
            missing = [key for key in wanted if key not in items]
            if missing and rest is not None:
                return Verdict.unknown(rest)
            if missing:
                return Verdict.failed(f"missing: {', '.join(missing)}", resource.tags)
            return Verdict.passed("the required tags are there", resource.tags)
        case Absent():
            return Verdict.failed("it has no tags", resource.tags)
        case _:
            return Verdict.unknown(resource.tags)


TAGGED = Control(
    id="resource-tagged",
    title="Resources carry the tags that the company requires",
    topic=Topic.MONITORING,
    severity=Severity.LOW,
    layer=Layer.INCIDENT_RESPONSE,
    applies_to=Resource,
    evaluate=_tagged,
    rationale="Tags say whose a resource is when it must be paid, patched, handed over or cut off.",
    remedy="Add the tags that the profile requires, in Terraform once for all by the provider's default_tags.",
    citations=(
        AwsDoc("tag-editor/latest/userguide/tagging.html", _READ),
        AwsDoc("securityhub/latest/userguide/ecs-controls.html#ecs-13", _READ),
        AwsDoc("securityhub/latest/userguide/sagemaker-controls.html#sagemaker-6", _READ),
    ),
    same_as=(
        SecurityHub("ECS.13"),
        SecurityHub("ECS.14"),
        SecurityHub("ECS.15"),
        SecurityHub("SageMaker.6"),
        SecurityHub("SageMaker.7"),
        SecurityHub("EKS.6"),
        SecurityHub("EKS.7"),
        SecurityHub("ECR.4"),
        SecurityHub("EFS.5"),
        ConfigRule("sagemaker-domain-tagged"),
        ConfigRule("sagemaker-app-image-config-tagged"),
        ConfigRule("sagemaker-image-tagged"),
        ConfigRule("sagemaker-feature-group-tagged"),
        ConfigRule("ecr-repository-tagged"),
    ),
    rows=(
        "ecs-034",
        "ecs-039",
        "ecs-040",
        "sagemaker-070",
        "sagemaker-071",
        "sagemaker-072",
        "sagemaker-077",
        "eks-021",
        "eks-022",
        "ecr-009",
        "ecr-010",
        "efs-001",
    ),
)
