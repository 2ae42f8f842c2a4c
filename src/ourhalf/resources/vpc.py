"""Amazon VPC: networks, what is routed between them and what is let in."""

from typing import Annotated, Any

from ourhalf.model.field import ABSENT, Entries, Field, Link, Many
from ourhalf.model.resource import At, Names, Part, Resource
from ourhalf.resources.policies import PolicyDocument

_API = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/"
_GUIDE = "https://docs.aws.amazon.com/vpc/latest/userguide/"

_Tags = Annotated[Field[Entries[str]], At("", cloudformation="Tags", terraform="tags")]


class Vpc(Resource, frozen=True):
    """A network of ours."""

    names = Names(
        api="ec2:CreateVpc",
        cloudformation="AWS::EC2::VPC",
        terraform="aws_vpc",
        kubernetes="ec2.services.k8s.aws/VPC",
    )

    cidr: Annotated[Field[str], At("CidrBlock", kubernetes="")] = ABSENT
    tags: _Tags = ABSENT


class DefaultVpc(Resource, frozen=True):
    """An account's default VPC, as Terraform takes it over."""

    names = Names(terraform="aws_default_vpc")

    tags: _Tags = ABSENT


class Subnet(Resource, frozen=True):
    """A subnet; `route_table` is folded in from its association."""

    names = Names(
        api="ec2:CreateSubnet",
        cloudformation="AWS::EC2::Subnet",
        terraform="aws_subnet|aws_default_subnet",
        kubernetes="ec2.services.k8s.aws/Subnet",
    )

    vpc: Annotated[Field[Link], At("VpcId", kubernetes="spec.vpcID")] = ABSENT
    cidr: Annotated[Field[str], At("CidrBlock", kubernetes="spec.cidrBlock")] = ABSENT
    zone: Annotated[Field[str], At("AvailabilityZone", kubernetes="spec.availabilityZone")] = ABSENT
    public_addresses: Annotated[
        Field[bool],
        At(
            "",
            cloudformation="MapPublicIpOnLaunch",
            terraform="map_public_ip_on_launch",
            kubernetes="spec.mapPublicIPOnLaunch",
            default=False,
            source=_GUIDE + "subnet-public-ip.html",
        ),
    ] = ABSENT
    route_table: Annotated[Field[Link], At("", cloudformation="", terraform="")] = ABSENT
    network_acl: Annotated[Field[Link], At("", cloudformation="", terraform="")] = ABSENT
    tags: _Tags = ABSENT


_Destination = Annotated[Field[str], At("DestinationCidrBlock", terraform="cidr_block|destination_cidr_block")]
_Destination6 = Annotated[
    Field[str], At("DestinationIpv6CidrBlock", terraform="ipv6_cidr_block|destination_ipv6_cidr_block")
]
_Gateway = Annotated[Field[Link], At("GatewayId")]
_Nat = Annotated[Field[Link], At("NatGatewayId")]
_Egress = Annotated[Field[Link], At("EgressOnlyInternetGatewayId", terraform="egress_only_gateway_id")]
_Other = Annotated[
    Field[Link],
    At(
        "TransitGatewayId|VpcPeeringConnectionId|NetworkInterfaceId|InstanceId|CarrierGatewayId|LocalGatewayId|VpcEndpointId",
        terraform="transit_gateway_id|vpc_peering_connection_id|network_interface_id|carrier_gateway_id"
        "|local_gateway_id|vpc_endpoint_id|core_network_arn",
    ),
]


class Route(Part, frozen=True):
    """Where a range of addresses is sent; `other` is any target that is no way to the internet."""

    destination: _Destination = ABSENT
    destination6: _Destination6 = ABSENT
    gateway: _Gateway = ABSENT
    nat: _Nat = ABSENT
    egress_only: _Egress = ABSENT
    other: _Other = ABSENT


class RouteTable(Resource, frozen=True):
    """A route table, with routes that stand elsewhere folded in; `main` where it is its VPC's default."""

    names = Names(
        api="ec2:CreateRouteTable",
        cloudformation="AWS::EC2::RouteTable",
        terraform="aws_route_table|aws_default_route_table",
        kubernetes="ec2.services.k8s.aws/RouteTable",
    )

    vpc: Annotated[Field[Link], At("VpcId", kubernetes="spec.vpcID")] = ABSENT
    routes: Annotated[Many[Route], At("", cloudformation="", terraform="route", default=())] = ABSENT
    default_of: Annotated[Field[Link], At("", cloudformation="", terraform="default_route_table_id")] = ABSENT
    main: Field[Link] = ABSENT
    tags: _Tags = ABSENT


class RouteEntry(Resource, frozen=True):
    """A route, written outside of its table."""

    names = Names(api="ec2:CreateRoute", cloudformation="AWS::EC2::Route", terraform="aws_route")

    route_table: Annotated[Field[Link], At("RouteTableId")] = ABSENT
    destination: _Destination = ABSENT
    destination6: _Destination6 = ABSENT
    gateway: _Gateway = ABSENT
    nat: _Nat = ABSENT
    egress_only: _Egress = ABSENT
    other: _Other = ABSENT


class RouteTableAssociation(Resource, frozen=True):
    """Gives a subnet its route table."""

    names = Names(
        api="ec2:AssociateRouteTable",
        cloudformation="AWS::EC2::SubnetRouteTableAssociation",
        terraform="aws_route_table_association",
    )

    route_table: Annotated[Field[Link], At("RouteTableId")] = ABSENT
    subnet: Annotated[Field[Link], At("SubnetId")] = ABSENT


class MainRouteTable(Resource, frozen=True):
    """Gives a VPC its default route table."""

    names = Names(terraform="aws_main_route_table_association")

    route_table: Annotated[Field[Link], At("", terraform="route_table_id")] = ABSENT
    vpc: Annotated[Field[Link], At("", terraform="vpc_id")] = ABSENT


class InternetGateway(Resource, frozen=True):
    """A way between a VPC and the internet."""

    names = Names(
        api="ec2:CreateInternetGateway",
        cloudformation="AWS::EC2::InternetGateway",
        terraform="aws_internet_gateway",
        kubernetes="ec2.services.k8s.aws/InternetGateway",
    )

    vpc: Annotated[Field[Link], At("", cloudformation="", terraform="vpc_id", kubernetes="spec.vpc")] = ABSENT
    tags: _Tags = ABSENT


class NatGateway(Resource, frozen=True):
    """A way out to the internet that lets nothing in."""

    names = Names(
        api="ec2:CreateNatGateway",
        cloudformation="AWS::EC2::NatGateway",
        terraform="aws_nat_gateway",
        kubernetes="ec2.services.k8s.aws/NATGateway",
    )

    subnet: Annotated[Field[Link], At("SubnetId", kubernetes="spec.subnetID")] = ABSENT
    tags: _Tags = ABSENT


class AclEntry(Part, frozen=True):
    """A numbered rule of a network ACL, in Terraform's inline spelling."""

    number: Annotated[Field[int], At("", terraform="rule_no")] = ABSENT
    protocol: Annotated[Field[str], At("", terraform="protocol")] = ABSENT
    action: Annotated[Field[str], At("", terraform="action")] = ABSENT
    ipv4: Annotated[Field[str], At("", terraform="cidr_block")] = ABSENT
    ipv6: Annotated[Field[str], At("", terraform="ipv6_cidr_block")] = ABSENT
    from_port: Annotated[Field[int], At("", terraform="from_port")] = ABSENT
    to_port: Annotated[Field[int], At("", terraform="to_port")] = ABSENT


class NetworkAcl(Resource, frozen=True):
    """A network ACL, with entries and subnets that stand elsewhere folded in."""

    names = Names(
        api="ec2:CreateNetworkAcl",
        cloudformation="AWS::EC2::NetworkAcl",
        terraform="aws_network_acl|aws_default_network_acl",
    )

    vpc: Annotated[Field[Link], At("VpcId")] = ABSENT
    subnets: Annotated[Many[Link], At("", cloudformation="", terraform="subnet_ids")] = ABSENT
    ingress: Annotated[Many[AclEntry], At("", cloudformation="", terraform="ingress", default=())] = ABSENT
    egress: Annotated[Many[AclEntry], At("", cloudformation="", terraform="egress", default=())] = ABSENT
    tags: _Tags = ABSENT


class NetworkAclEntry(Resource, frozen=True):
    """A numbered rule of a network ACL, written outside of it."""

    names = Names(
        api="ec2:CreateNetworkAclEntry",
        cloudformation="AWS::EC2::NetworkAclEntry",
        terraform="aws_network_acl_rule",
    )

    acl: Annotated[Field[Link], At("NetworkAclId")] = ABSENT
    number: Annotated[Field[int], At("RuleNumber")] = ABSENT
    protocol: Annotated[Field[str], At("Protocol")] = ABSENT
    action: Annotated[Field[str], At("RuleAction")] = ABSENT
    egress: Annotated[Field[bool], At("Egress", default=False)] = ABSENT
    ipv4: Annotated[Field[str], At("CidrBlock")] = ABSENT
    ipv6: Annotated[Field[str], At("Ipv6CidrBlock")] = ABSENT
    from_port: Annotated[Field[int], At("PortRange.From", terraform="from_port")] = ABSENT
    to_port: Annotated[Field[int], At("PortRange.To", terraform="to_port")] = ABSENT


class NetworkAclAssociation(Resource, frozen=True):
    """Gives a subnet its network ACL."""

    names = Names(cloudformation="AWS::EC2::SubnetNetworkAclAssociation", terraform="aws_network_acl_association")

    acl: Annotated[Field[Link], At("", cloudformation="NetworkAclId", terraform="network_acl_id")] = ABSENT
    subnet: Annotated[Field[Link], At("", cloudformation="SubnetId", terraform="subnet_id")] = ABSENT


class VpcEndpoint(Resource, frozen=True):
    """A private way from a VPC to a service."""

    names = Names(
        api="ec2:CreateVpcEndpoint",
        cloudformation="AWS::EC2::VPCEndpoint",
        terraform="aws_vpc_endpoint",
        kubernetes="ec2.services.k8s.aws/VPCEndpoint",
    )

    service: Annotated[Field[str], At("ServiceName", kubernetes="spec.serviceName")] = ABSENT
    vpc: Annotated[Field[Link], At("VpcId", kubernetes="spec.vpcID")] = ABSENT
    endpoint_type: Annotated[
        Field[str],
        At(
            "VpcEndpointType",
            kubernetes="spec.vpcEndpointType",
            default="Gateway",
            source=_API + "API_CreateVpcEndpoint.html",
        ),
    ] = ABSENT
    policy: Annotated[Field[PolicyDocument], At("PolicyDocument", terraform="policy")] = ABSENT
    security_groups: Annotated[Many[Link], At("SecurityGroupIds", kubernetes="spec.securityGroupIDs")] = ABSENT
    private_dns: Annotated[Field[bool], At("PrivateDnsEnabled")] = ABSENT
    tags: _Tags = ABSENT


class FlowLog(Resource, frozen=True):
    """A record of the connections of a VPC, a subnet or a network interface."""

    names = Names(
        api="ec2:CreateFlowLogs",
        cloudformation="AWS::EC2::FlowLog",
        terraform="aws_flow_log",
        kubernetes="ec2.services.k8s.aws/FlowLog",
    )

    resource: Annotated[
        Field[Link],
        At("ResourceIds", cloudformation="ResourceId", terraform="vpc_id|subnet_id|eni_id|transit_gateway_id"),
    ] = ABSENT
    traffic: Annotated[Field[str], At("TrafficType")] = ABSENT


class VpcBlockPublicAccess(Resource, frozen=True):
    """A region's block of traffic through internet gateways."""

    names = Names(
        api="ec2:ModifyVpcBlockPublicAccessOptions",
        cloudformation="AWS::EC2::VPCBlockPublicAccessOptions",
        terraform="aws_vpc_block_public_access_options",
    )

    mode: Annotated[Field[str], At("InternetGatewayBlockMode")] = ABSENT


class GatewayAttachment(Resource, frozen=True):
    """Gives an internet gateway its VPC."""

    names = Names(
        api="ec2:AttachInternetGateway",
        cloudformation="AWS::EC2::VPCGatewayAttachment",
        terraform="aws_internet_gateway_attachment",
    )

    vpc: Annotated[Field[Link], At("VpcId")] = ABSENT
    gateway: Annotated[Field[Link], At("InternetGatewayId")] = ABSENT


class PrefixList(Resource, frozen=True):
    """A named list of address ranges."""

    names = Names(
        api="ec2:CreateManagedPrefixList",
        cloudformation="AWS::EC2::PrefixList",
        terraform="aws_ec2_managed_prefix_list",
    )

    list_name: Annotated[Field[str], At("PrefixListName", terraform="name", identifies=True)] = ABSENT
    entries: Annotated[Field[Any], At("Entries", terraform="entry")] = ABSENT
