"""The control on the tags that a company requires."""

from __future__ import annotations

import pytest

from ourhalf.controls.monitoring.tags import TAGGED
from ourhalf.model.profile import Parameters, Requirements
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.support import Case, api, check, cloudformation, kubernetes, read, terraform

ASKED = Requirements(parameters=Parameters(required_tags=("owner", "cost-centre")))


def vpc(tags: str, provider: str = "") -> tuple[Resource, ...]:
    return terraform(f'{provider}\nresource "aws_vpc" "v" {{\n  cidr_block = "10.0.0.0/16"\n  tags = {tags}\n}}')


def access_point(tags: str) -> tuple[Resource, ...]:
    return cloudformation(
        "Resources:\n  P:\n    Type: AWS::EFS::AccessPoint\n    Properties:\n      FileSystemId: fs-1\n" + tags
    )


def repository(tags: str) -> tuple[Resource, ...]:
    return cloudformation(
        "Resources:\n  R:\n    Type: AWS::ECR::Repository\n    Properties:\n      RepositoryName: r\n" + tags
    )


def cluster(tags: str) -> tuple[Resource, ...]:
    return kubernetes(
        "apiVersion: eks.services.k8s.aws/v1alpha1\nkind: Cluster\nmetadata: {name: c}\nspec:\n  name: c\n" + tags
    )


COMPOSE = "services:\n  train:\n    image: ours/train:1\n"
BOTH = [{"key": "owner", "value": "a"}, {"key": "cost-centre", "value": "7"}]
ONE = "      AccessPointTags: [{Key: owner, Value: a}]\n"
TWO = "      AccessPointTags: [{Key: owner, Value: a}, {Key: cost-centre, Value: '7'}]\n"
DEFAULTS = 'provider "aws" {\n  default_tags {\n    tags = { "cost-centre" = "7" }\n  }\n}'
CASES = [
    Case(TAGGED, Status.PASS, (api("ecr:CreateRepository", repositoryName="r", tags=BOTH),), requirements=ASKED),
    Case(TAGGED, Status.PASS, access_point(TWO), requirements=ASKED),
    Case(TAGGED, Status.PASS, vpc('{ owner = "a" }', DEFAULTS), requirements=ASKED),
    Case(TAGGED, Status.FAIL, vpc('{ owner = "a" }'), requirements=ASKED),
    Case(TAGGED, Status.FAIL, access_point(ONE), requirements=ASKED),
    Case(TAGGED, Status.FAIL, access_point(""), requirements=ASKED),
    Case(TAGGED, Status.FAIL, (api("eks:CreateCluster", name="c"),), requirements=ASKED),
    Case(TAGGED, Status.FAIL, (api("ecs:RegisterTaskDefinition", family="t", tags=BOTH[:1]),), requirements=ASKED),
    Case(TAGGED, Status.FAIL, (api("sagemaker:CreateDomain", DomainName="d"),), requirements=ASKED),
    Case(TAGGED, Status.FAIL, repository(""), requirements=ASKED),
    Case(TAGGED, Status.FAIL, cluster(""), requirements=ASKED),
    Case(TAGGED, Status.PASS, cluster("  tags: {owner: a, cost-centre: '7'}\n"), requirements=ASKED),
    Case(TAGGED, Status.NOT_APPLICABLE, read({"compose.yaml": COMPOSE}).resources, requirements=ASKED),
    Case(TAGGED, Status.UNKNOWN, vpc("var.tags", 'variable "tags" {}'), requirements=ASKED),
    Case(TAGGED, Status.UNKNOWN, vpc('merge(var.tags, { owner = "a" })', 'variable "tags" {}'), requirements=ASKED),
    Case(TAGGED, Status.NOT_APPLICABLE, vpc("{}")),
    Case(TAGGED, Status.NOT_APPLICABLE, (api("ec2:CreateVpc", CidrBlock="10.0.0.0/16"),), requirements=ASKED),
    Case(TAGGED, Status.NOT_APPLICABLE, (api("backup:CreateBackupVault", BackupVaultName="v"),), requirements=ASKED),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
