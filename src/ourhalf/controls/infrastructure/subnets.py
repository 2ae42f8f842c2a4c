"""Where nodes, file systems and instances stand, and what security groups let in whole."""

from __future__ import annotations

from datetime import date

from ourhalf.controls.judgements import from_sensitivity
from ourhalf.controls.sagemaker import eased, worst
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Field, Known, Unresolved, doubt, effective, elements
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import AwsDoc, Checkov, ConfigRule, Prowler, SecurityHub, Trivy
from ourhalf.model.resource import Dialect, Resource
from ourhalf.model.verdict import Verdict
from ourhalf.resources.ec2_compute import Ec2Instance
from ourhalf.resources.efs import EfsMountTarget
from ourhalf.resources.eks import EksNodeGroup
from ourhalf.resources.security_groups import SecurityGroup, SecurityRule
from ourhalf.resources.vpc import DefaultVpc, Subnet, Vpc

_READ = date(2026, 10, 2)


def _private(link: Field[object], near: Resource, context: Context) -> Verdict:
    """Whether a subnet gives no public addresses."""
    subnet = context.graph.find(link, Subnet, near)
    if isinstance(subnet, Unresolved):
        return Verdict.unknown(subnet)
    match effective(subnet.public_addresses):
        case True:
            return Verdict.failed(f"subnet {subnet.name} gives public addresses", subnet.public_addresses, link)
        case False:
            return Verdict.passed("its subnets give no public addresses", subnet.public_addresses, link)
    return Verdict.unknown(subnet.public_addresses)


def _private_nodes(group: EksNodeGroup, context: Context) -> Verdict:
    subnets = group.subnets
    if isinstance(subnets, Absent):
        return Verdict.unknown("no subnets are named: what makes the nodes chooses them", subnets)
    verdicts = [_private(Known(link, subnets.place), group, context) for link in elements(subnets)]
    hidden = doubt(subnets)
    if hidden is not None:
        verdicts.append(Verdict.unknown(hidden))
    return worst(verdicts)


PRIVATE_NODES = Control(
    id="eks-node-group-private-subnets",
    title="EKS nodes stand in subnets that give no public addresses",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.MEDIUM,
    layer=Layer.NETWORK,
    applies_to=EksNodeGroup,
    evaluate=_private_nodes,
    rationale="With a public address, the kubelet and every host port of a node are one rule away from the internet.",
    remedy="Name private subnets; let load balancers alone stand in public ones.",
    citations=(AwsDoc("eks/latest/userguide/network-reqs.html", _READ),),
    rows=("eks-019",),
)


def _private_target(target: EfsMountTarget, context: Context) -> Verdict:
    return _private(target.subnet, target, context)


PRIVATE_TARGETS = Control(
    id="efs-mount-target-private-subnet",
    title="EFS mount targets stand in subnets that give no public addresses",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.MEDIUM,
    layer=Layer.NETWORK,
    applies_to=EfsMountTarget,
    evaluate=_private_target,
    rationale="Where instances face the internet, whoever gets into one mounts the checkpoints beside it.",
    remedy="Put the mount target into a private subnet.",
    citations=(AwsDoc("securityhub/latest/userguide/efs-controls.html#efs-6", _READ),),
    same_as=(
        SecurityHub("EFS.6"),
        Prowler("efs_mount_target_not_publicly_accessible"),
        ConfigRule("efs-mount-target-public-accessible"),
    ),
    rows=("efs-008",),
)


def _own_vpc(instance: Ec2Instance, context: Context) -> Verdict:
    if isinstance(instance.subnet, Absent):
        if not isinstance(instance.interfaces, Absent) or not isinstance(instance.launch_template, Absent):
            return Verdict.not_applicable("an interface or a template names the subnet", instance.subnet)
        return Verdict.failed("without a subnet it starts in the default VPC", instance.subnet, severity=eased(context))
    subnet = context.graph.find(instance.subnet, Subnet, instance)
    if isinstance(subnet, Unresolved):
        return Verdict.unknown(subnet)
    ours = context.graph.find(subnet.vpc, Vpc, subnet)
    if not isinstance(ours, Unresolved):
        return Verdict.passed(f"it starts in VPC {ours.name}, which is ours", instance.subnet, subnet.vpc)
    default = context.graph.find(subnet.vpc, DefaultVpc, subnet)
    if "aws_default_subnet." in subnet.origin.address or not isinstance(default, Unresolved):
        return Verdict.failed("it starts in the default VPC", instance.subnet, severity=eased(context))
    return Verdict.unknown(ours)


OWN_VPC = Control(
    id="ec2-instance-own-vpc",
    title="Instances start in a VPC of ours, not in the default one",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.NETWORK,
    applies_to=Ec2Instance,
    evaluate=_own_vpc,
    rationale="Every subnet of the default VPC is public, gives public addresses and is shared by whatever names none.",
    remedy="Name a private subnet of a VPC that is made for the workload.",
    citations=(AwsDoc("vpc/latest/userguide/default-vpc.html", _READ),),
    same_as=(Checkov("CKV_AWS_148"), Trivy("AWS-0101")),
    rows=("vpc-012",),
)


def _from_ranges(rule: SecurityRule) -> Verdict | None:
    """The verdict on a rule that may let all traffic in; None where it names a protocol."""
    match rule.protocol:
        case Unresolved() as field:
            return Verdict.unknown(field)
        case field if effective(field) not in ("-1", "all"):
            return None
    for ranges in (rule.ipv4, rule.ipv6, rule.prefix_lists):
        if elements(ranges):
            return Verdict.failed("all protocols and ports are open to a range of addresses", rule.protocol, ranges)
        if (hidden := doubt(ranges)) is not None:
            return Verdict.unknown(hidden)
    return Verdict.passed("all traffic comes from security groups only", rule.protocol, rule.ipv4, rule.ipv6)


def _whole_from_groups(group: SecurityGroup, _: Context) -> Verdict:
    hidden = doubt(group.ingress)
    verdicts = [v for rule in elements(group.ingress) if (v := _from_ranges(rule)) is not None]
    if hidden is not None:
        verdicts.append(Verdict.unknown(hidden))
    return worst(verdicts) if verdicts else Verdict.passed("no rule lets all traffic in", group.ingress)


WHOLE_FROM_GROUPS = Control(
    id="security-group-all-traffic-from-groups",
    title="Security groups let all traffic in from security groups only",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.MEDIUM,
    layer=Layer.NETWORK,
    applies_to=SecurityGroup,
    evaluate=_whole_from_groups,
    rationale="EFA and NCCL need all traffic between the nodes of a job; a range of addresses lets in everything "
    "else that gets an address in it.",
    remedy="Let all traffic in from the group itself, as EFA asks for, and name ports for everybody else.",
    citations=(AwsDoc("AWSEC2/latest/UserGuide/efa-start.html", _READ),),
    rows=("vpc-008",),
)


def _says(field: Field[str], what: str) -> Verdict | None:
    """Why a description does not say what something is for; None where it does."""
    match field:
        case Known(text) if text.strip() and text != "Managed by Terraform":
            return None
        case Unresolved():
            return Verdict.unknown(field)
    return Verdict.failed(f"{what} does not say what it is for", field)


def _described(group: SecurityGroup, _: Context) -> Verdict:
    verdicts = [_says(group.description, "the group")]
    if group.origin.dialect is not Dialect.API:
        rules = (*elements(group.ingress), *elements(group.egress))
        verdicts += [_says(rule.description, "a rule") for rule in rules]
    hidden = doubt(group.ingress) or doubt(group.egress)
    if hidden is not None:
        verdicts.append(Verdict.unknown(hidden))
    found = [verdict for verdict in verdicts if verdict is not None]
    return worst(found) if found else Verdict.passed("the group and its rules say what they are for", group.description)


DESCRIBED = Control(
    id="security-group-described",
    title="Security groups and their rules say what they are for",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.LOW,
    layer=Layer.NETWORK,
    applies_to=SecurityGroup,
    evaluate=from_sensitivity(Sensitivity.CONFIDENTIAL, _described),
    rationale="Nobody dares to delete a rule that does not say why it is there.",
    remedy="Write a description for the group and for each rule.",
    citations=(AwsDoc("vpc/latest/userguide/security-group-rules.html", _READ),),
    same_as=(Checkov("CKV_AWS_23"), Trivy("AWS-0099"), Trivy("AWS-0124")),
    rows=("vpc-007",),
)
