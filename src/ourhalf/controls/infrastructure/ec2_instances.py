"""What instances give away: their metadata, addresses and ports."""

from __future__ import annotations

from ourhalf.controls.compute import AUTOSCALING_CONTROLS, EC2_CONTROLS, ENGINES, READ, of_engines, on_host
from ourhalf.controls.judgements import setting
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Field, Known, Unresolved, doubt, effective, elements, entry
from ourhalf.model.references import AwsDoc, Checkov, ConfigRule, Prowler, SecurityHub, Trivy, WebPage
from ourhalf.model.verdict import Verdict
from ourhalf.model.workload import Container
from ourhalf.resources.compose import UserData
from ourhalf.resources.ec2_compute import AutoScalingGroup, Ec2Instance, InstanceSettings, MetadataDefaults
from ourhalf.resources.vpc import Subnet

_IMDS = AwsDoc("AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html", READ)
_BY_TEMPLATE = "the instance's launch template sets it"


def _tokens(settings: InstanceSettings, context: Context) -> Verdict:
    match settings.http_endpoint, settings.http_tokens:
        case Known("disabled") as endpoint, _:
            return Verdict.passed("the metadata service is off", endpoint)
        case _, Known("required") as tokens:
            return Verdict.passed("session tokens are required", tokens)
        case Unresolved() as endpoint, _:
            return Verdict.unknown(endpoint)
        case _, Known("optional") as tokens:
            return Verdict.failed("the metadata service answers requests without a session token", tokens)
        case _, Absent() as tokens if _from_template(settings):
            return Verdict.not_applicable(_BY_TEMPLATE, tokens)
        case _, Absent() as tokens:
            return _by_account(settings, tokens, context)
        case _, tokens:
            return Verdict.unknown(tokens)


def _by_account(settings: InstanceSettings, tokens: Field[str], context: Context) -> Verdict:
    for defaults in context.graph.all(MetadataDefaults, settings):
        if isinstance(defaults.http_tokens, Known) and defaults.http_tokens.value == "required":
            return Verdict.passed("the account requires session tokens by default", defaults.http_tokens, tokens)
    return Verdict.unknown("not set: the machine image and the account decide", tokens)


def _from_template(settings: InstanceSettings) -> bool:
    return isinstance(settings, Ec2Instance) and not isinstance(settings.launch_template, Absent)


TOKENS_REQUIRED = Control(
    id="ec2-imdsv2-required",
    title="The metadata service of instances requires session tokens (IMDSv2)",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.HOST_HARDENING,
    applies_to=InstanceSettings,
    evaluate=_tokens,
    rationale="Without tokens, one forged request from a container is enough to take the instance's credentials.",
    remedy="Set HttpTokens to required.",
    settings={"http_tokens": "required"},
    citations=(_IMDS, AwsDoc(EC2_CONTROLS + "#ec2-8", READ)),
    same_as=(
        SecurityHub("EC2.8"),
        SecurityHub("EC2.170"),
        Checkov("CKV_AWS_79"),
        Trivy("AWS-0028"),
        Trivy("AWS-0130"),
        Prowler("ec2_instance_imdsv2_enabled"),
        Prowler("ec2_launch_template_imdsv2_required"),
        ConfigRule("ec2-imdsv2-check"),
        ConfigRule("ec2-launch-template-imdsv2-check"),
    ),
    rows=("ec2-001", "ec2-002"),
)


TOKENS_BY_DEFAULT = Control(
    id="ec2-imdsv2-by-default",
    title="The account's new instances require session tokens by default",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.MEDIUM,
    layer=Layer.HOST_HARDENING,
    applies_to=MetadataDefaults,
    evaluate=setting(
        lambda defaults: defaults.http_tokens,
        lambda tokens: tokens == "required",
        "new instances require session tokens",
        "new instances may answer requests without a session token",
    ),
    rationale="A default holds for the instances that nobody thought of.",
    remedy="Set the account's default of HttpTokens to required.",
    settings={"http_tokens": "required"},
    citations=(_IMDS,),
    same_as=(Prowler("ec2_instance_account_imdsv2_enabled"),),
    rows=("ec2-003",),
)


def _hops(settings: InstanceSettings, _: Context) -> Verdict:
    match settings.http_endpoint, settings.http_hop_limit:
        case Known("disabled") as endpoint, _:
            return Verdict.passed("the metadata service is off", endpoint)
        case _, Known(1) as hops:
            return Verdict.passed("tokens do not leave the instance for a container's own network", hops)
        case _, Known(2) as hops:
            reason = "containers on a bridge network reach the instance's credentials with two hops"
            return Verdict.failed(reason, hops, severity=Severity.LOW)
        case _, Known() as hops:
            return Verdict.failed("tokens travel further than any container needs", hops)
        case _, Absent() as hops if _from_template(settings):
            return Verdict.not_applicable(_BY_TEMPLATE, hops)
        case _, Absent() as hops:
            return Verdict.unknown("not set: the machine image and the account decide", hops)
        case _, hops:
            return Verdict.unknown(hops)


HOP_LIMIT = Control(
    id="ec2-imds-hop-limit",
    title="Answers of the metadata service do not reach into containers",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.MEDIUM,
    layer=Layer.HOST_HARDENING,
    applies_to=InstanceSettings,
    evaluate=_hops,
    rationale="With a hop limit of 1 a container on a bridge network cannot take the instance's role; "
    "2 is needed only where containers are meant to use it.",
    remedy="Set HttpPutResponseHopLimit to 1, and give containers roles of their own.",
    settings={"http_hop_limit": 1},
    citations=(_IMDS,),
    same_as=(
        Checkov("CKV_AWS_341"),
        ConfigRule("ec2-token-hop-limit-check"),
        ConfigRule("autoscaling-launch-config-hop-limit"),
    ),
    rows=("eks-020",),
)


def _no_address(settings: InstanceSettings, context: Context) -> Verdict:
    stated = [settings.public_address, *(i.public_address for i in elements(settings.interfaces))]
    for field in stated:
        if isinstance(field, Known) and field.value:
            return Verdict.failed("the instance gets a public address", field)
    hidden = doubt(settings.interfaces) or next((f for f in stated if isinstance(f, Unresolved)), None)
    if hidden is not None:
        return Verdict.unknown(hidden)
    known = tuple(field for field in stated if isinstance(field, Known))
    if known:
        return Verdict.passed("the instance gets no public address", *known)
    if _from_template(settings):
        return Verdict.not_applicable(_BY_TEMPLATE, settings.public_address)
    if isinstance(settings, Ec2Instance):
        return _by_subnet(settings, context)
    return Verdict.unknown("not set: the subnet decides", settings.public_address)


def _by_subnet(instance: Ec2Instance, context: Context) -> Verdict:
    subnet = context.graph.find(instance.subnet, Subnet, instance)
    if isinstance(subnet, Unresolved):
        return Verdict.unknown("not set: the subnet decides, and it was not read", instance.subnet)
    match effective(subnet.public_addresses):
        case True:
            return Verdict.failed("its subnet gives public addresses", subnet.public_addresses, instance.subnet)
        case False:
            return Verdict.passed("its subnet gives no public addresses", subnet.public_addresses, instance.subnet)
    return Verdict.unknown(subnet.public_addresses)


NO_PUBLIC_ADDRESS = Control(
    id="ec2-no-public-address",
    title="Instances get no public address",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.NETWORK,
    applies_to=InstanceSettings,
    evaluate=_no_address,
    rationale="A public address puts every port that a container publishes one rule away from the internet.",
    remedy="Switch the public address off; reach the instance by Session Manager or a load balancer.",
    settings={"public_address": False},
    citations=(AwsDoc(EC2_CONTROLS + "#ec2-9", READ),),
    same_as=(
        SecurityHub("EC2.9"),
        SecurityHub("EC2.25"),
        Checkov("CKV_AWS_88"),
        Prowler("ec2_instance_public_ip"),
        Prowler("ec2_launch_template_no_public_ip"),
        ConfigRule("ec2-instance-no-public-ip"),
        ConfigRule("ec2-launch-template-public-ip-disabled"),
    ),
    rows=("ec2-004", "ec2-005"),
)


def _agent_blocks(settings: InstanceSettings, _: Context) -> Verdict:
    data = settings.user_data
    match data:
        case Known(UserData(agent=agent)):
            if not isinstance(agent, Known) or "ECS_CLUSTER" not in agent.value.items:
                return Verdict.not_applicable("the instance joins no ECS cluster by its user data", data)
        case Absent():
            return Verdict.not_applicable("there is no user data", data)
        case _:
            return Verdict.unknown(data)
    match entry(agent, "ECS_AWSVPC_BLOCK_IMDS"):
        case Known(str() as value) as field if value.lower() == "true":
            return Verdict.passed("the agent keeps tasks from the metadata service", field)
        case Unresolved() as field:
            return Verdict.unknown(field)
        case field:
            return Verdict.failed("tasks in network mode awsvpc can take the instance's role", field, agent)


BLOCK_METADATA = Control(
    id="ecs-agent-blocks-metadata",
    title="The ECS agent keeps tasks from the metadata service of their instance",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.MEDIUM,
    layer=Layer.HOST_HARDENING,
    applies_to=InstanceSettings,
    evaluate=_agent_blocks,
    rationale="A task that takes the instance's role can act as the agent, for every task of the cluster.",
    remedy="Write ECS_AWSVPC_BLOCK_IMDS=true to /etc/ecs/ecs.config.",
    citations=(AwsDoc("AmazonECS/latest/developerguide/security-iam-roles.html", READ),),
)


def _bound(container: Container, context: Context) -> Verdict:
    if not on_host(context):
        return Verdict.not_applicable("asked of containers that are started on a host by hand")
    ports = container.ports
    for port in elements(ports):
        if isinstance(port.host_address, Known) and port.host_address.value in ("0.0.0.0", "::", ""):  # noqa: S104
            shown = port.host_port.value if isinstance(port.host_port, Known) else "a port"
            return Verdict.failed(f"{shown} of the host is open on every interface", port.host_address)
    hidden = doubt(ports) or next(
        (p.host_address for p in elements(ports) if isinstance(p.host_address, Unresolved)), None
    )
    if hidden is not None:
        return Verdict.unknown(hidden)
    return Verdict.passed("no port is published on every interface", ports)


BOUND_PORTS = Control(
    id="host-ports-bound",
    title="Ports that containers publish on a host are bound to an address",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.LOW,
    layer=Layer.NETWORK,
    applies_to=Container,
    about=ENGINES,
    evaluate=of_engines(_bound),
    rationale="Docker publishes on every interface unless told else, and past the firewall of the host.",
    remedy="Publish on 127.0.0.1 behind a proxy, or on the private address that callers use.",
    citations=(WebPage("docs.docker.com/engine/network/packet-filtering-firewalls/", READ),),
)


def _template(group: AutoScalingGroup, _: Context) -> Verdict:
    match group.launch_template, group.launch_configuration:
        case Known() as field, _:
            return Verdict.passed("it launches from a template", field)
        case _, Known() as field:
            return Verdict.failed("launch configurations cannot set all that templates can", field)
        case (Unresolved() as field, _) | (_, Unresolved() as field):
            return Verdict.unknown(field)
        case field, _:
            return Verdict.not_applicable("it names neither a template nor a configuration", field)


LAUNCH_TEMPLATE = Control(
    id="autoscaling-launch-template",
    title="Auto Scaling groups launch from launch templates",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.LOW,
    layer=Layer.SCALING,
    applies_to=AutoScalingGroup,
    evaluate=_template,
    rationale="Launch configurations are no longer developed, and miss settings of the metadata service.",
    remedy="Replace the launch configuration by a launch template.",
    settings={"launch_template": "LAUNCH_TEMPLATE_ID"},
    citations=(AwsDoc(AUTOSCALING_CONTROLS + "#autoscaling-9", READ),),
    same_as=(
        SecurityHub("AutoScaling.9"),
        Checkov("CKV_AWS_315"),
        Prowler("autoscaling_group_using_ec2_launch_template"),
        ConfigRule("autoscaling-launch-template"),
    ),
    rows=("ec2-029",),
)
