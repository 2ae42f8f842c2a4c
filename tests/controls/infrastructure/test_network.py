"""Controls on networks."""

from __future__ import annotations

from typing import Any

import pytest

from ourhalf.controls.infrastructure.network import (
    ACL_CLOSED,
    API_INSIDE,
    API_NAMED,
    API_PRIVATE,
    DEFAULT_CLOSED,
    EGRESS_NAMED,
    GATEWAYS_BLOCKED,
    NO_PUBLIC_ADDRESSES,
    PORTS_CLOSED,
)
from ourhalf.model.field import Absent, Known, Unresolved
from ourhalf.model.profile import Parameters, Requirements
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from ourhalf.resources.security_groups import DefaultSecurityGroup, SecurityRule
from tests.controls.requests import CONFIDENTIAL, REGULATED, three
from tests.support import Case, api, check, cloudformation, terraform

GROUP = api("ec2:CreateSecurityGroup", GroupName="g", Description="d")


def lets_in(cidr: Any, port: Any, to: Any = None, protocol: Any = "tcp") -> tuple[Resource, ...]:
    rule = {"IpProtocol": protocol, "FromPort": port, "ToPort": port if to is None else to, "IpRanges": [cidr]}
    return (GROUP, api("ec2:AuthorizeSecurityGroupIngress", GroupName="g", IpPermissions=[rule]))


def lets_in_by_itself(**rule: Any) -> tuple[Resource, ...]:
    return (GROUP, api("ec2:AuthorizeSecurityGroupIngress", GroupName="g", **rule))


def lets_out(cidr: str) -> tuple[Resource, ...]:
    return cloudformation(
        "Resources:\n  G:\n    Type: AWS::EC2::SecurityGroup\n    Properties:\n      GroupDescription: g\n"
        f"      SecurityGroupEgress: [{{IpProtocol: '-1', CidrIp: {cidr}}}]\n"
    )


def entry(cidr: Any, port: Any, action: Any = "allow", to: Any = None) -> tuple[Resource, ...]:
    made = api("ec2:CreateNetworkAcl", VpcId="vpc-1")
    number = {"NetworkAclId": made.name, "RuleNumber": 1, "Protocol": "6", "RuleAction": action, "CidrBlock": cidr}
    return (
        made,
        api("ec2:CreateNetworkAclEntry", **number, PortRange={"From": port, "To": port if to is None else to}),
    )


def subnet(value: str) -> tuple[Resource, ...]:
    return cloudformation(
        "Resources:\n  S:\n    Type: AWS::EC2::Subnet\n    Properties:\n      VpcId: vpc-1\n"
        f"      MapPublicIpOnLaunch: {value}\n"
    )


ANYWHERE = {"CidrIp": "0.0.0.0/0"}
VPC = "resourcesVpcConfig"
RULE = SecurityRule(protocol=Known("tcp"))
CASES = [
    Case(PORTS_CLOSED, Status.FAIL, lets_in(ANYWHERE, 22)),
    Case(PORTS_CLOSED, Status.FAIL, lets_in(ANYWHERE, 8265)),
    Case(PORTS_CLOSED, Status.FAIL, lets_in(ANYWHERE, 0, 65535)),
    Case(PORTS_CLOSED, Status.FAIL, lets_in(ANYWHERE, -1, -1, "-1")),
    Case(PORTS_CLOSED, Status.FAIL, lets_in({"CidrIp": "0.0.0.0/1"}, 22)),
    Case(PORTS_CLOSED, Status.PASS, lets_in(ANYWHERE, 443)),
    Case(PORTS_CLOSED, Status.PASS, lets_in({"CidrIp": "10.0.0.0/8"}, 22)),
    Case(PORTS_CLOSED, Status.PASS, (GROUP,)),
    Case(PORTS_CLOSED, Status.FAIL, lets_in_by_itself(IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0")),
    Case(PORTS_CLOSED, Status.FAIL, lets_in_by_itself(IpProtocol="-1", CidrIp="0.0.0.0/0", IpPermissions=[])),
    Case(PORTS_CLOSED, Status.PASS, lets_in_by_itself(IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="10.0.0.0/8")),
    Case(PORTS_CLOSED, Status.PASS, lets_in_by_itself(SourceSecurityGroupName="other")),
    Case(PORTS_CLOSED, Status.UNKNOWN, lets_in_by_itself(IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp={})),
    Case(
        PORTS_CLOSED,
        Status.FAIL,
        lets_in_by_itself(
            IpPermissions=[{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [ANYWHERE]}],
            IpProtocol="tcp",
            FromPort=80,
            ToPort=80,
            CidrIp="0.0.0.0/0",
        ),
    ),
    Case(
        PORTS_CLOSED,
        Status.PASS,
        lets_in(ANYWHERE, 8080),
        requirements=Requirements(parameters=Parameters(public_ports=(8080,))),
    ),
    Case(PORTS_CLOSED, Status.UNKNOWN, lets_in({"CidrIp": "10.0.0.0/99"}, 22)),
    Case(PORTS_CLOSED, Status.UNKNOWN, lets_in(ANYWHERE, {}, {})),
    Case(PORTS_CLOSED, Status.UNKNOWN, lets_in(7.5, 22, protocol={})),
    Case(
        DEFAULT_CLOSED,
        Status.PASS,
        (DefaultSecurityGroup(name="d", ingress=Absent((), source="a page"), egress=Absent((), source="a page")),),
    ),
    Case(DEFAULT_CLOSED, Status.FAIL, (DefaultSecurityGroup(name="d", ingress=Known((RULE,)), egress=Absent(())),)),
    Case(
        DEFAULT_CLOSED,
        Status.UNKNOWN,
        (DefaultSecurityGroup(name="d", ingress=Unresolved("a test"), egress=Absent(())),),
    ),
    Case(DEFAULT_CLOSED, Status.FAIL, (DefaultSecurityGroup(name="d", ingress=Absent(()), egress=Known((RULE,))),)),
    Case(DEFAULT_CLOSED, Status.PASS, (DefaultSecurityGroup(name="d", ingress=Known(()), egress=Known(())),)),
    Case(
        DEFAULT_CLOSED,
        Status.UNKNOWN,
        (DefaultSecurityGroup(name="d", ingress=Known((Unresolved("a test"),)), egress=Known(())),),
    ),
    Case(EGRESS_NAMED, Status.FAIL, lets_out("0.0.0.0/0"), requirements=REGULATED),
    Case(EGRESS_NAMED, Status.PASS, lets_out("10.0.0.0/8"), requirements=REGULATED),
    Case(EGRESS_NAMED, Status.UNKNOWN, lets_out("!Ref Nothing"), requirements=REGULATED),
    Case(EGRESS_NAMED, Status.NOT_APPLICABLE, lets_out("0.0.0.0/0")),
    Case(EGRESS_NAMED, Status.PASS, terraform('resource "aws_security_group" "g" {}'), requirements=REGULATED),
    Case(
        EGRESS_NAMED,
        Status.FAIL,
        cloudformation("Resources: {G: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g}}}"),
        requirements=REGULATED,
    ),
    Case(EGRESS_NAMED, Status.UNKNOWN, (GROUP,), requirements=REGULATED),
    Case(NO_PUBLIC_ADDRESSES, Status.FAIL, subnet("true"), requirements=CONFIDENTIAL),
    Case(NO_PUBLIC_ADDRESSES, Status.PASS, subnet("false"), requirements=CONFIDENTIAL),
    Case(NO_PUBLIC_ADDRESSES, Status.UNKNOWN, subnet("!Ref Nothing"), requirements=CONFIDENTIAL),
    Case(ACL_CLOSED, Status.FAIL, entry("0.0.0.0/0", 22)),
    Case(ACL_CLOSED, Status.FAIL, entry("0.0.0.0/0", 3389)),
    Case(ACL_CLOSED, Status.PASS, entry("0.0.0.0/0", 3390)),
    Case(ACL_CLOSED, Status.PASS, entry("0.0.0.0/0", 0, to=65535)),
    Case(ACL_CLOSED, Status.FAIL, entry("0.0.0.0/0", 1, to=65535)),
    Case(ACL_CLOSED, Status.FAIL, entry("0.0.0.0/0", 0, to=65534)),
    Case(ACL_CLOSED, Status.PASS, entry("10.0.0.0/8", 22)),
    Case(ACL_CLOSED, Status.PASS, entry("0.0.0.0/0", 443)),
    Case(ACL_CLOSED, Status.PASS, entry("0.0.0.0/0", 22, "deny")),
    Case(ACL_CLOSED, Status.UNKNOWN, entry({}, 22)),
    Case(ACL_CLOSED, Status.UNKNOWN, entry("0.0.0.0/0", {})),
    *three(
        GATEWAYS_BLOCKED,
        "ec2:ModifyVpcBlockPublicAccessOptions",
        {"InternetGatewayBlockMode": "block-ingress"},
        {"InternetGatewayBlockMode": "off"},
        {"InternetGatewayBlockMode": {}},
    ),
    *three(
        API_NAMED,
        "eks:CreateCluster",
        {VPC: {"publicAccessCidrs": ["203.0.113.0/24"]}},
        {VPC: {"endpointPublicAccess": True}},
        {VPC: {"publicAccessCidrs": [{}]}},
    ),
    Case(API_NAMED, Status.PASS, (api("eks:CreateCluster", **{VPC: {"endpointPublicAccess": False}}),)),
    *three(
        API_PRIVATE,
        "eks:CreateCluster",
        {VPC: {"endpointPublicAccess": False}},
        {VPC: {"endpointPrivateAccess": True}},
        {VPC: {"endpointPublicAccess": {}}},
        CONFIDENTIAL,
    ),
    *three(
        API_INSIDE,
        "eks:CreateCluster",
        {VPC: {"endpointPrivateAccess": True}},
        {"name": "c"},
        {VPC: {"endpointPrivateAccess": {}}},
        CONFIDENTIAL,
    ),
    Case(
        DEFAULT_CLOSED,
        Status.FAIL,
        (DefaultSecurityGroup(name="d", ingress=Unresolved("a test"), egress=Known((RULE,))),),
    ),
    Case(
        API_NAMED,
        Status.UNKNOWN,
        (api("eks:CreateCluster", **{VPC: {"endpointPublicAccess": {}, "publicAccessCidrs": ["203.0.113.0/24"]}}),),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
