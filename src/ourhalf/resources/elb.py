"""Elastic Load Balancing, and the web ACLs before it."""

from typing import Annotated, Any

from ourhalf.model.field import ABSENT, Entries, Field, Link, Many
from ourhalf.model.resource import At, Names, Part, Resource

_API = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/"
_ATTRIBUTES = _API + "API_LoadBalancerAttribute.html"


class LoadBalancer(Resource, frozen=True):
    """An application, network or gateway load balancer.

    CloudFormation and the API write most settings as attributes, Terraform each by its own name;
    `attributes` are folded into the fields that follow it.
    """

    names = Names(
        api="elbv2:CreateLoadBalancer",
        cloudformation="AWS::ElasticLoadBalancingV2::LoadBalancer",
        terraform="aws_lb|aws_alb",
        kubernetes="elbv2.services.k8s.aws/LoadBalancer",
    )

    balancer_name: Annotated[Field[str], At("Name", kubernetes="spec.name", identifies=True)] = ABSENT
    balancer_type: Annotated[
        Field[str],
        At(
            "Type",
            terraform="load_balancer_type",
            kubernetes="spec.type",
            default="application",
            source=_API + "API_CreateLoadBalancer.html",
        ),
    ] = ABSENT
    scheme: Annotated[
        Field[str],
        At(
            "Scheme",
            terraform="",
            kubernetes="spec.scheme",
            default="internet-facing",
            source=_API + "API_CreateLoadBalancer.html",
        ),
    ] = ABSENT
    internal: Annotated[Field[bool], At("", cloudformation="", terraform="internal", default=False)] = ABSENT
    subnets: Annotated[
        Many[Link],
        At("Subnets", kubernetes="spec.subnets"),
    ] = ABSENT
    security_groups: Annotated[Many[Link], At("SecurityGroups", kubernetes="spec.securityGroups")] = ABSENT
    attributes: Annotated[
        Field[Entries[str]],
        At("", cloudformation="LoadBalancerAttributes", terraform="", kubernetes="spec.attributes"),
    ] = ABSENT
    drop_invalid_headers: Annotated[
        Field[bool],
        At("", cloudformation="", terraform="drop_invalid_header_fields", default=False, source=_ATTRIBUTES),
    ] = ABSENT
    access_logs: Annotated[
        Field[bool],
        At("", cloudformation="", terraform="access_logs.enabled", default=False, source=_ATTRIBUTES),
    ] = ABSENT
    log_bucket: Annotated[Field[Link], At("", cloudformation="", terraform="access_logs.bucket")] = ABSENT
    deletion_protection: Annotated[
        Field[bool],
        At("", cloudformation="", terraform="enable_deletion_protection", default=False, source=_ATTRIBUTES),
    ] = ABSENT
    tags: Annotated[Field[Entries[str]], At("Tags", kubernetes="spec.tags")] = ABSENT


class Redirect(Part, frozen=True):
    """Where a listener sends a client instead."""

    protocol: Annotated[Field[str], At("Protocol")] = ABSENT
    port: Annotated[Field[str], At("Port")] = ABSENT


class ListenerAction(Part, frozen=True):
    """What a listener does with a request."""

    action: Annotated[Field[str], At("Type")] = ABSENT
    target_group: Annotated[Field[Link], At("TargetGroupArn")] = ABSENT
    forward: Annotated[
        Field[Any],
        At("ForwardConfig.TargetGroups", terraform="forward.target_group"),
    ] = ABSENT
    redirect: Annotated[Field[Redirect], At("RedirectConfig", terraform="redirect")] = ABSENT


class LoadBalancerListener(Resource, frozen=True):
    """A port on which a load balancer listens."""

    names = Names(
        api="elbv2:CreateListener",
        cloudformation="AWS::ElasticLoadBalancingV2::Listener",
        terraform="aws_lb_listener|aws_alb_listener",
        kubernetes="elbv2.services.k8s.aws/Listener",
    )

    balancer: Annotated[Field[Link], At("LoadBalancerArn", kubernetes="spec.loadBalancerARN")] = ABSENT
    port: Annotated[Field[int], At("Port", kubernetes="spec.port")] = ABSENT
    protocol: Annotated[Field[str], At("Protocol", kubernetes="spec.protocol")] = ABSENT
    ssl_policy: Annotated[Field[str], At("SslPolicy", kubernetes="spec.sslPolicy")] = ABSENT
    actions: Annotated[Many[ListenerAction], At("DefaultActions", terraform="default_action")] = ABSENT


class ListenerRule(Resource, frozen=True):
    """What a listener does with requests that meet conditions."""

    names = Names(
        api="elbv2:CreateRule",
        cloudformation="AWS::ElasticLoadBalancingV2::ListenerRule",
        terraform="aws_lb_listener_rule|aws_alb_listener_rule",
    )

    listener: Annotated[Field[Link], At("ListenerArn")] = ABSENT
    actions: Annotated[Many[ListenerAction], At("Actions", terraform="action")] = ABSENT


class Target(Part, frozen=True):
    """One thing behind a target group."""

    target: Annotated[Field[Link], At("Id")] = ABSENT
    port: Annotated[Field[int], At("Port")] = ABSENT


class TargetGroup(Resource, frozen=True):
    """What listeners forward to."""

    names = Names(
        api="elbv2:CreateTargetGroup",
        cloudformation="AWS::ElasticLoadBalancingV2::TargetGroup",
        terraform="aws_lb_target_group|aws_alb_target_group",
        kubernetes="elbv2.services.k8s.aws/TargetGroup",
    )

    group_name: Annotated[Field[str], At("Name", kubernetes="spec.name", identifies=True)] = ABSENT
    port: Annotated[Field[int], At("Port", kubernetes="spec.port")] = ABSENT
    protocol: Annotated[Field[str], At("Protocol", kubernetes="spec.protocol")] = ABSENT
    vpc: Annotated[Field[Link], At("VpcId", kubernetes="spec.vpcID")] = ABSENT
    target_type: Annotated[
        Field[str],
        At(
            "TargetType",
            kubernetes="spec.targetType",
            default="instance",
            source=_API + "API_CreateTargetGroup.html",
        ),
    ] = ABSENT
    targets: Annotated[Many[Target], At("", cloudformation="Targets", terraform="")] = ABSENT


class TargetAttachment(Resource, frozen=True):
    """Puts a target behind a target group."""

    names = Names(terraform="aws_lb_target_group_attachment|aws_alb_target_group_attachment")

    group: Annotated[Field[Link], At("", terraform="target_group_arn")] = ABSENT
    target: Annotated[Field[Link], At("", terraform="target_id")] = ABSENT
    port: Annotated[Field[int], At("", terraform="port")] = ABSENT


class ClassicListener(Part, frozen=True):
    """A port on which a classic load balancer listens."""

    port: Annotated[Field[int], At("LoadBalancerPort", terraform="lb_port")] = ABSENT
    protocol: Annotated[Field[str], At("Protocol", terraform="lb_protocol")] = ABSENT
    instance_port: Annotated[Field[int], At("InstancePort")] = ABSENT


class ClassicLoadBalancer(Resource, frozen=True):
    """A load balancer of the first generation."""

    names = Names(
        api="elb:CreateLoadBalancer",
        cloudformation="AWS::ElasticLoadBalancing::LoadBalancer",
        terraform="aws_elb",
    )

    balancer_name: Annotated[Field[str], At("LoadBalancerName", terraform="name", identifies=True)] = ABSENT
    scheme: Annotated[
        Field[str],
        At("Scheme", terraform="", default="internet-facing"),
    ] = ABSENT
    internal: Annotated[Field[bool], At("", cloudformation="", terraform="internal", default=False)] = ABSENT
    listeners: Annotated[Many[ClassicListener], At("Listeners", terraform="listener")] = ABSENT
    subnets: Annotated[Many[Link], At("Subnets")] = ABSENT
    security_groups: Annotated[Many[Link], At("SecurityGroups")] = ABSENT
    instances: Annotated[Many[Link], At("", cloudformation="Instances", terraform="instances")] = ABSENT
    tags: Annotated[Field[Entries[str]], At("Tags")] = ABSENT


class WebAclAssociation(Resource, frozen=True):
    """Puts a web ACL before a load balancer."""

    names = Names(
        api="wafv2:AssociateWebACL",
        cloudformation="AWS::WAFv2::WebACLAssociation",
        terraform="aws_wafv2_web_acl_association",
    )

    acl: Annotated[Field[Link], At("WebACLArn", terraform="web_acl_arn")] = ABSENT
    resource: Annotated[Field[Link], At("ResourceArn")] = ABSENT
