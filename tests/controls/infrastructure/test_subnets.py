"""Controls on where things stand and on what security groups let in whole."""

from __future__ import annotations

from typing import Any

import pytest

from ourhalf.controls.infrastructure.subnets import (
    DESCRIBED,
    OWN_VPC,
    PRIVATE_NODES,
    PRIVATE_TARGETS,
    WHOLE_FROM_GROUPS,
)
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.controls.requests import CONFIDENTIAL
from tests.support import Case, api, check, cloudformation, terraform

SUBNETS = """
variable "v" {}
resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }
resource "aws_subnet" "private" {
  vpc_id = aws_vpc.v.id
}
resource "aws_subnet" "public" {
  vpc_id                  = aws_vpc.v.id
  map_public_ip_on_launch = true
}
resource "aws_subnet" "unclear" {
  vpc_id                  = aws_vpc.v.id
  map_public_ip_on_launch = var.v
}
resource "aws_default_vpc" "d" {}
resource "aws_default_subnet" "d" { availability_zone = "eu-west-1a" }
resource "aws_subnet" "in_default" { vpc_id = aws_default_vpc.d.id }
resource "aws_subnet" "elsewhere" { vpc_id = "vpc-1" }
"""


def nodes(subnets: str) -> tuple[Resource, ...]:
    return terraform(f'{SUBNETS}\nresource "aws_eks_node_group" "g" {{\n  subnet_ids = {subnets}\n}}')


def target(subnet: str) -> tuple[Resource, ...]:
    return terraform(f'{SUBNETS}\nresource "aws_efs_mount_target" "t" {{\n  subnet_id = {subnet}\n}}')


def instance(more: str) -> tuple[Resource, ...]:
    return terraform(f'{SUBNETS}\nresource "aws_instance" "i" {{\n  ami = "ami-1"\n  {more}\n}}')


def group(rules: str = "", description: str = "for training", more: str = "") -> tuple[Resource, ...]:
    text = f'description = "{description}"' if description else ""
    return terraform(f'variable "v" {{}}\nresource "aws_security_group" "g" {{\n  {text}\n  {rules}\n}}\n{more}')


def rule(body: str, direction: str = "ingress") -> str:
    return f"{direction} {{\n  from_port = 0\n  to_port = 0\n  {body}\n}}"


def hidden(direction: str) -> str:
    """Rules of which nothing is known, not even how many they are."""
    return f'\n  dynamic "{direction}" {{\n  for_each = var.v\n  content {{}}\n}}'


WHOLE = 'protocol = "-1"\n'
NAMED = 'protocol = "tcp"\n  cidr_blocks = ["10.0.0.0/8"]\n'
SAYS = 'description = "from the balancer"\n'
OUTSIDE = cloudformation(
    "Resources:\n  G:\n    Type: AWS::EC2::SecurityGroup\n    Properties:\n      GroupDescription: g\n"
    "      SecurityGroupIngress: [{IpProtocol: '-1', CidrIp: 10.0.0.0/8}]\n"
)
LATER: dict[str, Any] = {"GroupName": "g", "Description": {"Ref": "x"}}
CASES = [
    Case(PRIVATE_NODES, Status.PASS, nodes("[aws_subnet.private.id]")),
    Case(PRIVATE_NODES, Status.FAIL, nodes("[aws_subnet.private.id, aws_subnet.public.id]")),
    Case(PRIVATE_NODES, Status.UNKNOWN, nodes("[aws_subnet.private.id, aws_subnet.unclear.id]")),
    Case(PRIVATE_NODES, Status.UNKNOWN, nodes('[aws_subnet.private.id, "subnet-1"]')),
    Case(PRIVATE_NODES, Status.UNKNOWN, nodes("concat([aws_subnet.private.id], var.v)")),
    Case(PRIVATE_NODES, Status.UNKNOWN, nodes("null")),
    Case(PRIVATE_TARGETS, Status.PASS, target("aws_subnet.private.id")),
    Case(PRIVATE_TARGETS, Status.FAIL, target("aws_subnet.public.id")),
    Case(PRIVATE_TARGETS, Status.UNKNOWN, target("aws_subnet.unclear.id")),
    Case(PRIVATE_TARGETS, Status.UNKNOWN, target("var.v")),
    Case(OWN_VPC, Status.PASS, instance("subnet_id = aws_subnet.private.id")),
    Case(OWN_VPC, Status.FAIL, instance("")),
    Case(OWN_VPC, Status.FAIL, instance("subnet_id = aws_default_subnet.d.id")),
    Case(OWN_VPC, Status.FAIL, instance("subnet_id = aws_subnet.in_default.id")),
    Case(OWN_VPC, Status.UNKNOWN, instance("subnet_id = aws_subnet.elsewhere.id")),
    Case(OWN_VPC, Status.UNKNOWN, instance('subnet_id = "subnet-1"')),
    Case(OWN_VPC, Status.NOT_APPLICABLE, instance('launch_template {\n    name = "t"\n  }')),
    Case(WHOLE_FROM_GROUPS, Status.PASS, group(rule(WHOLE + "self = true"))),
    Case(WHOLE_FROM_GROUPS, Status.PASS, group(rule(NAMED))),
    Case(WHOLE_FROM_GROUPS, Status.PASS, group()),
    Case(WHOLE_FROM_GROUPS, Status.PASS, group(rule(WHOLE + 'cidr_blocks = ["0.0.0.0/0"]', "egress"))),
    Case(WHOLE_FROM_GROUPS, Status.FAIL, group(rule(WHOLE + 'cidr_blocks = ["10.0.0.0/8"]'))),
    Case(WHOLE_FROM_GROUPS, Status.FAIL, group(rule(WHOLE + 'ipv6_cidr_blocks = ["fd00::/8"]'))),
    Case(WHOLE_FROM_GROUPS, Status.FAIL, OUTSIDE),
    Case(WHOLE_FROM_GROUPS, Status.UNKNOWN, group(rule(WHOLE + "cidr_blocks = var.v"))),
    Case(WHOLE_FROM_GROUPS, Status.UNKNOWN, group(rule("protocol = var.v"))),
    Case(DESCRIBED, Status.PASS, group(rule(NAMED + SAYS)), requirements=CONFIDENTIAL),
    Case(
        DESCRIBED,
        Status.PASS,
        (api("ec2:CreateSecurityGroup", **LATER | {"Description": "d"}),),
        requirements=CONFIDENTIAL,
    ),
    Case(DESCRIBED, Status.FAIL, group(rule(NAMED)), requirements=CONFIDENTIAL),
    Case(DESCRIBED, Status.FAIL, group(description="Managed by Terraform"), requirements=CONFIDENTIAL),
    Case(DESCRIBED, Status.FAIL, group(description=""), requirements=CONFIDENTIAL),
    Case(DESCRIBED, Status.UNKNOWN, group(rule(NAMED + "description = var.v")), requirements=CONFIDENTIAL),
    Case(DESCRIBED, Status.UNKNOWN, (api("ec2:CreateSecurityGroup", **LATER),), requirements=CONFIDENTIAL),
    Case(DESCRIBED, Status.NOT_APPLICABLE, group(rule(NAMED))),
    Case(DESCRIBED, Status.UNKNOWN, group(rule(NAMED + SAYS) + hidden("ingress")), requirements=CONFIDENTIAL),
    Case(DESCRIBED, Status.UNKNOWN, group(rule(NAMED + SAYS) + hidden("egress")), requirements=CONFIDENTIAL),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
