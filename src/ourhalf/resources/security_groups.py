"""Amazon VPC: security groups and their rules."""

from typing import Annotated

from ourhalf.model.field import ABSENT, Entries, Field, Link, Many
from ourhalf.model.resource import At, Names, Part, Resource

_GUIDE = "https://docs.aws.amazon.com/vpc/latest/userguide/"

_DEFAULT_GROUP = _GUIDE + "default-security-group.html"

_Tags = Annotated[Field[Entries[str]], At("", cloudformation="Tags", terraform="tags")]

_Protocol = Annotated[Field[str], At("IpProtocol", terraform="ip_protocol|protocol")]
_FromPort = Annotated[Field[int], At("FromPort")]
_ToPort = Annotated[Field[int], At("ToPort")]
_Ipv4 = Annotated[
    Many[str], At("IpRanges", cloudformation="CidrIp", terraform="cidr_ipv4|cidr_blocks", format="values")
]
_Ipv6 = Annotated[
    Many[str], At("Ipv6Ranges", cloudformation="CidrIpv6", terraform="cidr_ipv6|ipv6_cidr_blocks", format="values")
]
_Peers = Annotated[
    Many[Link],
    At(
        "UserIdGroupPairs",
        cloudformation="SourceSecurityGroupId|SourceSecurityGroupName|DestinationSecurityGroupId",
        terraform="referenced_security_group_id|source_security_group_id|security_groups",
        format="values",
    ),
]
_PrefixLists = Annotated[
    Many[Link],
    At(
        "PrefixListIds",
        cloudformation="SourcePrefixListId|DestinationPrefixListId",
        terraform="prefix_list_id|prefix_list_ids",
        format="values",
    ),
]
_Self = Annotated[Field[bool], At("", cloudformation="", terraform="self")]
_Description = Annotated[Field[str], At("", cloudformation="Description", terraform="description")]


class SecurityRule(Part, frozen=True):
    """What a security group lets in or out. Protocol -1 is all protocols and all ports."""

    protocol: _Protocol = ABSENT
    from_port: _FromPort = ABSENT
    to_port: _ToPort = ABSENT
    ipv4: _Ipv4 = ABSENT
    ipv6: _Ipv6 = ABSENT
    groups: _Peers = ABSENT
    prefix_lists: _PrefixLists = ABSENT
    itself: _Self = ABSENT
    description: _Description = ABSENT


class SecurityGroup(Resource, frozen=True):
    """A security group, with rules that stand elsewhere folded in."""

    names = Names(
        api="ec2:CreateSecurityGroup",
        cloudformation="AWS::EC2::SecurityGroup",
        terraform="aws_security_group",
        kubernetes="ec2.services.k8s.aws/SecurityGroup",
    )

    group_name: Annotated[Field[str], At("GroupName", terraform="name", kubernetes="spec.name", identifies=True)] = (
        ABSENT
    )
    description: Annotated[
        Field[str], At("Description", cloudformation="GroupDescription", kubernetes="spec.description")
    ] = ABSENT
    vpc: Annotated[Field[Link], At("VpcId", kubernetes="spec.vpcID")] = ABSENT
    ingress: Annotated[
        Many[SecurityRule],
        At(
            "",
            cloudformation="SecurityGroupIngress",
            terraform="ingress",
            default=(),
            source=_GUIDE + "security-group-rules.html",
        ),
    ] = ABSENT
    egress: Annotated[Many[SecurityRule], At("", cloudformation="SecurityGroupEgress", terraform="egress")] = ABSENT
    tags: _Tags = ABSENT


class DefaultSecurityGroup(Resource, frozen=True):
    """A VPC's default security group, as Terraform takes it over: it has the rules written here only."""

    names = Names(terraform="aws_default_security_group")

    vpc: Annotated[Field[Link], At("", terraform="vpc_id")] = ABSENT
    ingress: Annotated[Many[SecurityRule], At("", terraform="ingress", default=(), source=_DEFAULT_GROUP)] = ABSENT
    egress: Annotated[Many[SecurityRule], At("", terraform="egress", default=(), source=_DEFAULT_GROUP)] = ABSENT
    tags: _Tags = ABSENT


class IngressRule(Resource, frozen=True):
    """A rule of a security group for what comes in, written outside of it."""

    names = Names(cloudformation="AWS::EC2::SecurityGroupIngress", terraform="aws_vpc_security_group_ingress_rule")

    group: Annotated[Field[Link], At("", cloudformation="GroupId|GroupName", terraform="security_group_id")] = ABSENT
    protocol: _Protocol = ABSENT
    from_port: _FromPort = ABSENT
    to_port: _ToPort = ABSENT
    ipv4: _Ipv4 = ABSENT
    ipv6: _Ipv6 = ABSENT
    groups: _Peers = ABSENT
    prefix_lists: _PrefixLists = ABSENT
    itself: _Self = ABSENT
    description: _Description = ABSENT


class EgressRule(Resource, frozen=True):
    """A rule of a security group for what goes out, written outside of it."""

    names = Names(cloudformation="AWS::EC2::SecurityGroupEgress", terraform="aws_vpc_security_group_egress_rule")

    group: Annotated[Field[Link], At("", cloudformation="GroupId", terraform="security_group_id")] = ABSENT
    protocol: _Protocol = ABSENT
    from_port: _FromPort = ABSENT
    to_port: _ToPort = ABSENT
    ipv4: _Ipv4 = ABSENT
    ipv6: _Ipv6 = ABSENT
    groups: _Peers = ABSENT
    prefix_lists: _PrefixLists = ABSENT
    itself: _Self = ABSENT
    description: _Description = ABSENT


class EitherRule(Resource, frozen=True):
    """A rule of a security group in Terraform's older spelling; `direction` is ingress or egress."""

    names = Names(terraform="aws_security_group_rule")

    direction: Annotated[Field[str], At("", terraform="type")] = ABSENT
    group: Annotated[Field[Link], At("", terraform="security_group_id")] = ABSENT
    protocol: _Protocol = ABSENT
    from_port: _FromPort = ABSENT
    to_port: _ToPort = ABSENT
    ipv4: _Ipv4 = ABSENT
    ipv6: _Ipv6 = ABSENT
    groups: _Peers = ABSENT
    prefix_lists: _PrefixLists = ABSENT
    itself: _Self = ABSENT
    description: _Description = ABSENT


class IngressRequest(Resource, frozen=True):
    """A request that adds rules for what comes in to a security group: a list of them, and one in its own fields."""

    names = Names(api="ec2:AuthorizeSecurityGroupIngress")

    group: Annotated[Field[Link], At("GroupId|GroupName")] = ABSENT
    rules: Annotated[Many[SecurityRule], At("IpPermissions")] = ABSENT
    protocol: _Protocol = ABSENT
    from_port: _FromPort = ABSENT
    to_port: _ToPort = ABSENT
    ipv4: Annotated[Many[str], At("CidrIp", format="values")] = ABSENT
    groups: Annotated[Many[Link], At("SourceSecurityGroupName", format="values")] = ABSENT
