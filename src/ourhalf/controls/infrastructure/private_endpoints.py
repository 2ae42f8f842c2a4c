"""Ways from a VPC to AWS's services that do not lead over the internet."""

from __future__ import annotations

from datetime import date

from ourhalf.controls.judgements import from_sensitivity
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Field, Known, Unresolved
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import AwsDoc, ConfigRule, Prowler, SecurityHub
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Verdict
from ourhalf.resources.ec2_compute import Ec2Instance, LaunchTemplate
from ourhalf.resources.eks import EksCluster
from ourhalf.resources.sagemaker import SageMakerModel
from ourhalf.resources.sagemaker_hyperpod import SageMakerCluster
from ourhalf.resources.sagemaker_jobs import SageMakerJob
from ourhalf.resources.sagemaker_studio import SageMakerDomain, SageMakerNotebookInstance
from ourhalf.resources.vpc import Vpc, VpcEndpoint

_READ = date(2026, 10, 2)
_EVERY = ("s3", "ecr.api", "ecr.dkr", "logs", "sts", "kms")
_BY_USE: tuple[tuple[tuple[type[Resource], ...], tuple[str, ...]], ...] = (
    (
        (SageMakerModel, SageMakerJob, SageMakerNotebookInstance, SageMakerDomain, SageMakerCluster),
        ("sagemaker.api", "sagemaker.runtime"),
    ),
    ((EksCluster,), ("ec2",)),
    ((Ec2Instance, LaunchTemplate), ("ssm",)),
)


def _needed(vpc: Vpc, context: Context) -> list[str]:
    """The services that what is declared beside a VPC calls."""
    by_use = (s for kinds, s in _BY_USE if any(context.graph.all(kind, vpc) for kind in kinds))
    return [*_EVERY, *(service for services in by_use for service in services)]


def _service(endpoint: VpcEndpoint) -> Field[str]:
    """The end of a service's name (`ecr.api`), which is known even where the region is not."""
    match endpoint.service:
        case Unresolved(place=place) as field if field.suffix.startswith("."):
            return Known(field.suffix, place)
    return endpoint.service


def _endpoints(vpc: Vpc, context: Context) -> Verdict:
    services = [_service(endpoint) for endpoint in context.graph.referrers(vpc, VpcEndpoint)]
    found: dict[str, Field[str]] = {}
    for wanted in _needed(vpc, context):
        for service in services:
            if isinstance(service, Known) and service.value.endswith(f".{wanted}"):
                found[wanted] = service
    missing = [wanted for wanted in _needed(vpc, context) if wanted not in found]
    if not missing:
        return Verdict.passed("what runs in it reaches AWS inside the VPC", *found.values())
    for service in services:
        if isinstance(service, Unresolved):
            return Verdict.unknown(service)
    for endpoint in context.graph.all(VpcEndpoint, vpc):
        if isinstance(endpoint.vpc, Unresolved):
            return Verdict.unknown(endpoint.vpc)
    return Verdict.failed(f"no endpoint leads to {', '.join(missing)}", vpc.cidr, *found.values())


ENDPOINTS = Control(
    id="vpc-private-endpoints",
    title="VPCs reach the services that workloads call through endpoints",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.MEDIUM,
    layer=Layer.NETWORK,
    applies_to=Vpc,
    evaluate=from_sensitivity(Sensitivity.CONFIDENTIAL, _endpoints),
    rationale="Training and serving that need no way to the internet have none to send data out by.",
    remedy="Add a gateway endpoint for S3 and interface endpoints for ECR, CloudWatch Logs, STS and KMS, and for "
    "SageMaker, EC2 and Systems Manager where they are used.",
    citations=(
        AwsDoc("sagemaker/latest/dg/interface-vpc-endpoint.html", _READ),
        AwsDoc("AmazonECR/latest/userguide/vpc-endpoints.html", _READ),
        AwsDoc("securityhub/latest/userguide/ec2-controls.html", _READ),
    ),
    same_as=(
        SecurityHub("EC2.10"),
        SecurityHub("EC2.55"),
        SecurityHub("EC2.56"),
        SecurityHub("EC2.57"),
        Prowler("vpc_endpoint_for_ec2_enabled"),
        ConfigRule("service-vpc-endpoint-enabled"),
        ConfigRule("vpc-endpoint-enabled"),
    ),
    rows=("vpc-013", "vpc-014", "vpc-015", "vpc-016"),
)
