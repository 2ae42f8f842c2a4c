"""What instances give away."""

from __future__ import annotations

import pytest

from ourhalf.controls.infrastructure import ec2_instances as group
from ourhalf.model.profile import Severity
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.controls.tasks import UNCLEAR, instance, task, template
from tests.support import Case, api, check, cloudformation, read, terraform

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE


def in_subnet(public: str) -> tuple[Resource, ...]:
    return terraform(
        'resource "aws_subnet" "s" {\n  vpc_id = "vpc-1"\n  cidr_block = "10.0.0.0/24"\n'
        f'  map_public_ip_on_launch = {public}\n}}\nvariable "v" {{}}\n'
        'resource "aws_instance" "i" {\n  ami = "ami-1"\n  subnet_id = aws_subnet.s.id\n}\n'
    )


def by_account(tokens: str) -> tuple[Resource, ...]:
    return terraform(
        'variable "v" {}\nresource "aws_instance" "i" {\n  ami = "ami-1"\n}\n'
        f'resource "aws_ec2_instance_metadata_defaults" "d" {{\n  http_tokens = "{tokens}"\n}}\n'
    )


FROM_TEMPLATE = {"LaunchTemplate": {"LaunchTemplateId": "lt-1"}}
JOINS = "#!/bin/bash\necho ECS_CLUSTER=c >> /etc/ecs/ecs.config\n"
BLOCKS = "echo ECS_AWSVPC_BLOCK_IMDS={} >> /etc/ecs/ecs.config\n"
OLD_GROUP = """
Resources:
  G:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      MinSize: 1
      MaxSize: 1
      LaunchConfigurationName: !Ref C
  C:
    Type: AWS::AutoScaling::LaunchConfiguration
    Properties: {ImageId: ami-1, InstanceType: g5.xlarge}
"""


def group_of(**more: object) -> tuple[Resource, ...]:
    return (api("autoscaling:CreateAutoScalingGroup", AutoScalingGroupName="g", MinSize=1, MaxSize=1, **more),)


CASES: list[Case] = [
    Case(group.TOKENS_REQUIRED, PASS, instance(MetadataOptions={"HttpTokens": "required"})),
    Case(group.TOKENS_REQUIRED, PASS, template(MetadataOptions={"HttpTokens": "required"})),
    Case(group.TOKENS_REQUIRED, PASS, instance(MetadataOptions={"HttpEndpoint": "disabled"})),
    Case(group.TOKENS_REQUIRED, FAIL, instance(MetadataOptions={"HttpTokens": "optional"})),
    Case(group.TOKENS_REQUIRED, UNKNOWN, instance()),
    Case(group.TOKENS_REQUIRED, UNKNOWN, instance(MetadataOptions={"HttpTokens": UNCLEAR})),
    Case(group.TOKENS_REQUIRED, UNKNOWN, instance(MetadataOptions={"HttpEndpoint": UNCLEAR})),
    Case(group.TOKENS_REQUIRED, NONE, instance(**FROM_TEMPLATE)),
    Case(group.TOKENS_REQUIRED, PASS, by_account("required"), "aws_instance.i"),
    Case(group.TOKENS_REQUIRED, UNKNOWN, by_account("optional"), "aws_instance.i"),
    Case(group.TOKENS_BY_DEFAULT, PASS, by_account("required")),
    Case(group.TOKENS_BY_DEFAULT, FAIL, by_account("optional")),
    Case(group.TOKENS_BY_DEFAULT, UNKNOWN, by_account("${var.v}")),
    Case(group.HOP_LIMIT, PASS, template(MetadataOptions={"HttpPutResponseHopLimit": 1})),
    Case(group.HOP_LIMIT, PASS, instance(MetadataOptions={"HttpEndpoint": "disabled"})),
    Case(group.HOP_LIMIT, FAIL, template(MetadataOptions={"HttpPutResponseHopLimit": 2})),
    Case(group.HOP_LIMIT, FAIL, template(MetadataOptions={"HttpPutResponseHopLimit": 64})),
    Case(group.HOP_LIMIT, UNKNOWN, template()),
    Case(group.HOP_LIMIT, UNKNOWN, template(MetadataOptions={"HttpPutResponseHopLimit": "some"})),
    Case(group.HOP_LIMIT, NONE, instance(**FROM_TEMPLATE)),
    Case(group.NO_PUBLIC_ADDRESS, PASS, instance(NetworkInterfaces=[{"AssociatePublicIpAddress": False}])),
    Case(group.NO_PUBLIC_ADDRESS, PASS, in_subnet("false"), "aws_instance.i"),
    Case(group.NO_PUBLIC_ADDRESS, FAIL, in_subnet("true"), "aws_instance.i"),
    Case(group.NO_PUBLIC_ADDRESS, UNKNOWN, in_subnet("var.v"), "aws_instance.i"),
    Case(group.NO_PUBLIC_ADDRESS, FAIL, template(NetworkInterfaces=[{"AssociatePublicIpAddress": True}])),
    Case(
        group.NO_PUBLIC_ADDRESS,
        FAIL,
        template(NetworkInterfaces=[{"AssociatePublicIpAddress": False}, {"AssociatePublicIpAddress": True}]),
    ),
    Case(group.NO_PUBLIC_ADDRESS, UNKNOWN, template()),
    Case(group.NO_PUBLIC_ADDRESS, UNKNOWN, instance(SubnetId="subnet-1")),
    Case(group.NO_PUBLIC_ADDRESS, UNKNOWN, template(NetworkInterfaces=["eni"])),
    Case(group.NO_PUBLIC_ADDRESS, NONE, instance(**FROM_TEMPLATE)),
    Case(group.BLOCK_METADATA, PASS, instance(UserData=JOINS + BLOCKS.format("true"))),
    Case(group.BLOCK_METADATA, FAIL, instance(UserData=JOINS)),
    Case(group.BLOCK_METADATA, FAIL, instance(UserData=JOINS + BLOCKS.format("false"))),
    Case(group.BLOCK_METADATA, UNKNOWN, instance(UserData=JOINS + BLOCKS.format("$BLOCK"))),
    Case(group.BLOCK_METADATA, NONE, instance(UserData="#!/bin/bash\n")),
    Case(group.BLOCK_METADATA, NONE, instance()),
    Case(group.BOUND_PORTS, PASS, read({"run.sh": "docker run -p 127.0.0.1:80:80 x:1"}).resources),
    Case(group.BOUND_PORTS, PASS, read({"run.sh": "docker run x:1"}).resources),
    Case(group.BOUND_PORTS, FAIL, read({"run.sh": "docker run -p 80:80 x:1"}).resources),
    Case(group.BOUND_PORTS, FAIL, read({"compose.yaml": "services: {a: {image: x, ports: [80]}}"}).resources),
    Case(group.BOUND_PORTS, UNKNOWN, read({"run.sh": "docker run $OPTS x:1"}).resources),
    Case(group.BOUND_PORTS, UNKNOWN, read({"run.sh": "docker run -p $IP:80:80 x:1"}).resources),
    Case(group.BOUND_PORTS, NONE, task({"portMappings": [{"containerPort": 80}]})),
    Case(group.LAUNCH_TEMPLATE, PASS, group_of(LaunchTemplate={"LaunchTemplateName": "l"})),
    Case(group.LAUNCH_TEMPLATE, FAIL, cloudformation(OLD_GROUP)),
    Case(group.LAUNCH_TEMPLATE, UNKNOWN, group_of(LaunchTemplate={"LaunchTemplateName": UNCLEAR})),
    Case(group.LAUNCH_TEMPLATE, NONE, group_of(InstanceId="i-1")),
    Case(group.TOKENS_REQUIRED, UNKNOWN, instance(MetadataOptions={"HttpEndpoint": UNCLEAR, "HttpTokens": "optional"})),
    Case(group.NO_PUBLIC_ADDRESS, UNKNOWN, template(NetworkInterfaces=[{"AssociatePublicIpAddress": False}, "eni"])),
    Case(group.BLOCK_METADATA, UNKNOWN, instance(UserData=UNCLEAR)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)


@pytest.mark.parametrize(("hops", "severity"), [(2, Severity.LOW), (3, None)])
def test_the_second_hop_weighs_least(hops: int, severity: Severity | None) -> None:
    _, verdict = Case(group.HOP_LIMIT, FAIL, template(MetadataOptions={"HttpPutResponseHopLimit": hops})).judged()
    assert (verdict.status, verdict.severity) == (FAIL, severity)
