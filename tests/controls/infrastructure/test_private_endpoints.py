"""The control on ways to AWS's services inside a VPC."""

from __future__ import annotations

import pytest

from ourhalf.controls.infrastructure.private_endpoints import ENDPOINTS
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.controls.requests import CONFIDENTIAL
from tests.support import Case, check, terraform

NEEDED = ("s3", "ecr.api", "ecr.dkr", "logs", "sts", "kms")
CLUSTER = 'resource "aws_eks_cluster" "c" { name = "c" }'


def vpc(*services: str, more: str = "", vpc: str = "aws_vpc.v.id") -> tuple[Resource, ...]:
    endpoints = "\n".join(
        f'resource "aws_vpc_endpoint" "e{n}" {{\n  vpc_id = {vpc}\n  service_name = {service}\n}}'
        for n, service in enumerate(services)
    )
    return terraform(f'variable "v" {{}}\nresource "aws_vpc" "v" {{ cidr_block = "10.0.0.0/16" }}\n{endpoints}\n{more}')


def named(*services: str, region: str = "eu-west-1") -> list[str]:
    return [f'"com.amazonaws.{region}.{service}"' for service in services]


CASES = [
    Case(ENDPOINTS, Status.PASS, vpc(*named(*NEEDED)), requirements=CONFIDENTIAL),
    Case(ENDPOINTS, Status.PASS, vpc(*named(*NEEDED, region="${var.v}")), requirements=CONFIDENTIAL),
    Case(ENDPOINTS, Status.PASS, vpc(*named(*NEEDED, "ec2"), more=CLUSTER), subject="v", requirements=CONFIDENTIAL),
    Case(ENDPOINTS, Status.FAIL, vpc(*named(*NEEDED), more=CLUSTER), subject="v", requirements=CONFIDENTIAL),
    Case(ENDPOINTS, Status.FAIL, vpc(*named(*NEEDED[:-1])), requirements=CONFIDENTIAL),
    Case(ENDPOINTS, Status.FAIL, vpc(), requirements=CONFIDENTIAL),
    Case(ENDPOINTS, Status.FAIL, vpc(*named(*NEEDED), vpc='"vpc-other"'), requirements=CONFIDENTIAL),
    Case(ENDPOINTS, Status.UNKNOWN, vpc(*named(*NEEDED[:-1]), "var.v"), requirements=CONFIDENTIAL),
    Case(ENDPOINTS, Status.UNKNOWN, vpc(*named(*NEEDED), vpc="var.v"), requirements=CONFIDENTIAL),
    Case(ENDPOINTS, Status.NOT_APPLICABLE, vpc()),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
