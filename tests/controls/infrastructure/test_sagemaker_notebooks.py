"""What notebook instances and Studio domains can reach."""

from __future__ import annotations

from typing import Any

import pytest

from ourhalf.controls.infrastructure import sagemaker_notebooks as group
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.controls.requests import REGULATED
from tests.support import Case, api, check, terraform

FAIL, PASS, UNKNOWN = Status.FAIL, Status.PASS, Status.UNKNOWN
LATER = {"Ref": "x"}


def notebook(**fields: Any) -> tuple[Resource, ...]:
    return (api("sagemaker:CreateNotebookInstance", NotebookInstanceName="n", **fields),)


def domain(**fields: Any) -> tuple[Resource, ...]:
    return (api("sagemaker:CreateDomain", DomainName="d", **fields),)


def docker(access: Any, accounts: Any = None, **fields: Any) -> tuple[Resource, ...]:
    settings = {"EnableDockerAccess": access, "VpcOnlyTrustedAccounts": accounts}
    return domain(DomainSettings={"DockerSettings": settings}, **fields)


def metadata(version: Any) -> tuple[Resource, ...]:
    return notebook(InstanceMetadataServiceConfiguration={"MinimumInstanceMetadataServiceVersion": version})


def grouped(cidr: str, groups: str = "[aws_security_group.g.id]", egress: str = "") -> tuple[Resource, ...]:
    rule = 'from_port = 22\n to_port = 22\n protocol = "tcp"\n cidr_blocks = ["' + cidr + '"]'
    return terraform(
        f'variable "v" {{}}\nresource "aws_security_group" "g" {{\n  ingress {{\n    {rule}\n  }}\n  {egress}\n}}\n'
        f'resource "aws_sagemaker_notebook_instance" "n" {{\n  name = "n"\n  security_groups = {groups}\n}}'
    )


OUT = 'egress {\n from_port = 0\n to_port = 0\n protocol = "-1"\n cidr_blocks = ["0.0.0.0/0"]\n }'
CASES: list[Case] = [
    Case(group.GROUPS_CLOSED, PASS, grouped("10.0.0.0/8")),
    Case(group.GROUPS_CLOSED, PASS, grouped("10.0.0.0/8", egress=OUT)),
    Case(group.GROUPS_CLOSED, FAIL, grouped("10.0.0.0/8", egress=OUT), requirements=REGULATED),
    Case(group.GROUPS_CLOSED, FAIL, grouped("0.0.0.0/0")),
    Case(group.GROUPS_CLOSED, UNKNOWN, grouped("10.0.0.0/8", '[aws_security_group.g.id, "sg-1"]')),
    Case(group.GROUPS_CLOSED, UNKNOWN, grouped("10.0.0.0/8", "var.v")),
    Case(group.GROUPS_CLOSED, Status.NOT_APPLICABLE, notebook()),
    Case(group.NO_INTERNET, PASS, notebook(DirectInternetAccess="Disabled")),
    Case(group.NO_INTERNET, FAIL, notebook(DirectInternetAccess="Enabled")),
    Case(group.NO_INTERNET, FAIL, notebook()),
    Case(group.NO_INTERNET, UNKNOWN, notebook(DirectInternetAccess=LATER)),
    Case(group.NO_INTERNET, UNKNOWN, notebook(DirectInternetAccess="disabled-ish")),
    Case(group.IN_VPC, PASS, notebook(SubnetId="subnet-1")),
    Case(group.IN_VPC, FAIL, notebook()),
    Case(group.IN_VPC, FAIL, notebook(SubnetId="")),
    Case(group.IN_VPC, UNKNOWN, notebook(SubnetId=LATER)),
    Case(group.METADATA, PASS, metadata("2")),
    Case(group.METADATA, PASS, metadata(2)),
    Case(group.METADATA, FAIL, metadata("1")),
    Case(group.METADATA, FAIL, notebook()),
    Case(group.METADATA, UNKNOWN, metadata(LATER)),
    Case(group.VPC_ONLY, PASS, domain(AppNetworkAccessType="VpcOnly")),
    Case(group.VPC_ONLY, FAIL, domain(AppNetworkAccessType="PublicInternetOnly")),
    Case(group.VPC_ONLY, FAIL, domain()),
    Case(group.VPC_ONLY, UNKNOWN, domain(AppNetworkAccessType=LATER)),
    Case(group.DOCKER, PASS, domain()),
    Case(group.DOCKER, PASS, docker("DISABLED")),
    Case(group.DOCKER, FAIL, docker("ENABLED")),
    Case(group.DOCKER, FAIL, docker("ENABLED", ["111122223333"])),
    Case(group.DOCKER, PASS, docker("ENABLED", ["111122223333"], AppNetworkAccessType="VpcOnly")),
    Case(group.DOCKER, UNKNOWN, docker("ENABLED", ["111122223333"], AppNetworkAccessType=LATER)),
    Case(group.DOCKER, UNKNOWN, docker(LATER)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
