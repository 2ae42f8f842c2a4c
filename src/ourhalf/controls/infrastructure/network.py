"""Networks: what security groups, network ACLs and clusters let in from the internet."""

from __future__ import annotations

from datetime import date

from ourhalf.controls.judgements import from_sensitivity, setting
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Unresolved, doubt, effective, elements, holds
from ourhalf.model.network import Scope
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import AwsDoc, Checkov, ConfigRule, Prowler, SecurityHub, Trivy, WebPage
from ourhalf.model.resource import Dialect
from ourhalf.model.verdict import Verdict
from ourhalf.resources.eks import EksCluster
from ourhalf.resources.security_groups import DefaultSecurityGroup, SecurityGroup
from ourhalf.resources.vpc import NetworkAcl, Subnet, VpcBlockPublicAccess

_READ = date(2026, 10, 2)
_EC2 = AwsDoc("securityhub/latest/userguide/ec2-controls.html", _READ)
_EKS = AwsDoc("securityhub/latest/userguide/eks-controls.html", _READ)
_EVERYWHERE = ("0.0.0.0/0", "::/0")

# Ports that no stranger should reach: remote shells, databases, and the servers of deep learning.
_RISKY = (
    *(20, 21, 22, 23, 25, 110, 135, 143, 445, 1433, 1434, 2222, 2375, 2376, 3000, 3306, 3389, 4040, 4333),
    *(5000, 5432, 5500, 5601, 6006, 6379, 7070, 7071, 7860, 8000, 8001, 8002, 8080, 8081, 8082, 8088, 8265),
    *(8500, 8501, 8786, 8787, 8888, 9200, 9300, 9400, 10001, 11434, 14579, 29400, 29500, 30000),
)


def _closed_ports(group: SecurityGroup, context: Context) -> Verdict:
    allowed = context.requirements.parameters.public_ports
    unsure: Verdict | None = None
    for port in _RISKY:
        if port in allowed:
            continue
        found = context.network.admitted(group, port)
        if found.scope is Scope.INTERNET:
            return Verdict.failed(found.why, *found.fields)
        if found.scope is Scope.UNKNOWN and unsure is None:
            unsure = Verdict.unknown(found.why, *found.fields)
    return unsure or Verdict.passed("no port that strangers should not reach is open to the internet", group.ingress)


PORTS_CLOSED = Control(
    id="security-group-risky-ports-closed",
    title="Security groups keep risky ports closed to the internet",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.CRITICAL,
    layer=Layer.NETWORK,
    applies_to=SecurityGroup,
    evaluate=_closed_ports,
    rationale="Ray, Jupyter, MLflow, TorchServe and remote shells run what they are sent, and scanners find them.",
    remedy="Allow the load balancer's group, your own ranges or a VPN instead of 0.0.0.0/0 and ::/0.",
    citations=(_EC2,),
    same_as=(
        SecurityHub("EC2.13"),
        SecurityHub("EC2.14"),
        SecurityHub("EC2.18"),
        SecurityHub("EC2.19"),
        Checkov("CKV_AWS_24"),
        Checkov("CKV_AWS_25"),
        Checkov("CKV_AWS_277"),
        Trivy("AWS-0107"),
        Prowler("ec2_securitygroup_allow_ingress_from_internet_to_all_ports"),
        Prowler("ec2_securitygroup_allow_ingress_from_internet_to_high_risk_tcp_ports"),
        ConfigRule("restricted-incoming-traffic"),
        ConfigRule("incoming-ssh-disabled"),
    ),
    rows=("vpc-001", "vpc-002", "vpc-003", "vpc-004"),
)


def _default_closed(group: DefaultSecurityGroup, _: Context) -> Verdict:
    for field in (group.ingress, group.egress):
        if elements(field):
            return Verdict.failed("the default security group has rules", field)
    for field in (group.ingress, group.egress):
        if (hidden := doubt(field)) is not None:
            return Verdict.unknown(hidden)
    return Verdict.passed("the default security group has no rules", group.ingress, group.egress)


DEFAULT_CLOSED = Control(
    id="vpc-default-security-group-closed",
    title="Default security groups have no rules",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.NETWORK,
    applies_to=DefaultSecurityGroup,
    evaluate=_default_closed,
    rationale="What is started without a group gets the default one, and reaches everything else that did.",
    remedy="Take the default group over without rules, and give each workload a group of its own.",
    citations=(_EC2, AwsDoc("vpc/latest/userguide/default-security-group.html", _READ)),
    same_as=(
        SecurityHub("EC2.2"),
        Checkov("CKV2_AWS_12"),
        Trivy("AWS-0173"),
        Prowler("ec2_securitygroup_default_restrict_traffic"),
        ConfigRule("vpc-default-security-group-closed"),
    ),
    rows=("vpc-006",),
)


def _no_free_egress(group: SecurityGroup, _: Context) -> Verdict:
    hidden = doubt(group.egress)
    for rule in elements(group.egress):
        for ranges in (rule.ipv4, rule.ipv6):
            if any(cidr in _EVERYWHERE for cidr in elements(ranges)) and effective(rule.protocol) in ("-1", "all"):
                return Verdict.failed("everything may leave for anywhere", rule.protocol, ranges)
            hidden = hidden or doubt(ranges)
    if hidden is not None:
        return Verdict.unknown(hidden)
    if isinstance(group.egress, Absent):
        return _without_egress(group)
    return Verdict.passed("no rule lets everything leave for anywhere", group.egress)


def _without_egress(group: SecurityGroup) -> Verdict:
    """EC2 gives a new group a rule that lets everything leave, and Terraform takes it away again."""
    match group.origin.dialect:
        case Dialect.TERRAFORM:
            return Verdict.passed("Terraform removes the rule that lets everything leave", group.egress)
        case Dialect.CLOUDFORMATION:
            return Verdict.failed("a group without a rule of its own lets everything leave", group.egress)
    return Verdict.unknown(group.egress)


EGRESS_NAMED = Control(
    id="security-group-egress-limited",
    title="Security groups limit what leaves",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.MEDIUM,
    layer=Layer.NETWORK,
    applies_to=SecurityGroup,
    evaluate=from_sensitivity(Sensitivity.REGULATED, _no_free_egress),
    rationale="Code from a model hub that runs in training can send the data set anywhere.",
    remedy="Allow the VPC's endpoints and the hosts that the job needs.",
    citations=(
        AwsDoc("vpc/latest/userguide/security-group-rules.html", _READ),
        WebPage("registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group", _READ),
    ),
    same_as=(Checkov("CKV_AWS_382"), Trivy("AWS-0104")),
    rows=("vpc-005",),
)

NO_PUBLIC_ADDRESSES = Control(
    id="subnet-no-public-addresses",
    title="Subnets give out no public addresses by themselves",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.MEDIUM,
    layer=Layer.NETWORK,
    applies_to=Subnet,
    evaluate=from_sensitivity(
        Sensitivity.CONFIDENTIAL,
        setting(
            lambda s: s.public_addresses,
            lambda value: not value,
            "instances get no public address by themselves",
            "every instance in it gets a public address",
        ),
    ),
    rationale="An instance that nobody meant to publish is one open port away from the internet.",
    remedy="Turn it off, and ask for a public address where one is meant.",
    settings={"public_addresses": False},
    citations=(_EC2,),
    same_as=(
        SecurityHub("EC2.15"),
        Checkov("CKV_AWS_130"),
        Trivy("AWS-0164"),
        Prowler("vpc_subnet_no_public_ip_by_default"),
        ConfigRule("subnet-auto-assign-public-ip-disabled"),
    ),
    rows=("vpc-009",),
)


def _acl_closed(acl: NetworkAcl, _: Context) -> Verdict:
    hidden = doubt(acl.ingress)
    for entry in elements(acl.ingress):
        if effective(entry.action) != "allow" or not (
            effective(entry.ipv4) in _EVERYWHERE or effective(entry.ipv6) in _EVERYWHERE
        ):
            hidden = hidden or next(
                (f for f in (entry.action, entry.ipv4, entry.ipv6) if isinstance(f, Unresolved)), None
            )
            continue
        low, high = effective(entry.from_port), effective(entry.to_port)
        everything = effective(entry.protocol) in ("-1", "all")
        if everything:
            continue  # as the default ACL does: the security groups decide
        for port in (22, 3389):
            if low is not None and high is not None and low <= port <= high and (low, high) != (0, 65535):
                return Verdict.failed(f"the internet is let in to port {port}", entry.from_port, entry.to_port)
        hidden = hidden or next((f for f in (entry.from_port, entry.to_port) if isinstance(f, Unresolved)), None)
    if hidden is not None:
        return Verdict.unknown(hidden)
    return Verdict.passed("no entry lets the internet in to remote shells", acl.ingress)


ACL_CLOSED = Control(
    id="network-acl-remote-shells-closed",
    title="Network ACLs have no entry for remote shells from the internet",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.MEDIUM,
    layer=Layer.NETWORK,
    applies_to=NetworkAcl,
    evaluate=_acl_closed,
    rationale="An ACL that names port 22 for everyone was written to be used.",
    remedy="Name your own ranges, or use Session Manager.",
    citations=(_EC2,),
    same_as=(
        SecurityHub("EC2.21"),
        Checkov("CKV_AWS_352"),
        Trivy("AWS-0102"),
        Trivy("AWS-0105"),
        Prowler("ec2_networkacl_allow_ingress_tcp_port_22"),
        ConfigRule("nacl-no-unrestricted-ssh-rdp"),
    ),
    rows=("vpc-011",),
)


GATEWAYS_BLOCKED = Control(
    id="vpc-public-access-blocked",
    title="The region blocks traffic through internet gateways",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.MEDIUM,
    layer=Layer.NETWORK,
    applies_to=VpcBlockPublicAccess,
    evaluate=setting(
        lambda o: o.mode,
        lambda value: value.startswith("block-"),
        "internet gateways let nothing in",
        "internet gateways are open",
    ),
    rationale="Blocked at the region, no route or group in any VPC opens a workload to the internet.",
    remedy="Set the mode to block-ingress or block-bidirectional.",
    settings={"mode": "block-ingress"},
    citations=(_EC2,),
    same_as=(SecurityHub("EC2.172"),),
    rows=("vpc-018",),
)


def _api_closed(cluster: EksCluster, context: Context) -> Verdict:
    match holds(cluster.public_endpoint, bool):
        case False:
            return Verdict.passed("the API server has no public endpoint", cluster.public_endpoint)
        case None:
            return Verdict.unknown(cluster.public_endpoint)
    hidden = doubt(cluster.public_cidrs)
    known = effective(cluster.public_cidrs) or ()
    if any(cidr in _EVERYWHERE for cidr in known):
        # who connects still has to sign in, and EKS makes every cluster so
        confidential = context.requirements.sensitivity.at_least(Sensitivity.CONFIDENTIAL)
        return Verdict.failed(
            "the whole internet reaches the API server",
            cluster.public_endpoint,
            cluster.public_cidrs,
            severity=None if confidential else Severity.MEDIUM,
        )
    if hidden is not None:
        return Verdict.unknown(hidden)
    return Verdict.passed("the API server's public endpoint takes named ranges only", cluster.public_cidrs)


API_NAMED = Control(
    id="eks-endpoint-ranges-named",
    title="EKS API servers take connections from the internet only from named ranges",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.KUBERNETES_ACCESS,
    applies_to=EksCluster,
    evaluate=_api_closed,
    rationale="One stolen token, or one flaw of the API server, is enough from anywhere in the world.",
    remedy="List your own ranges, or turn the public endpoint off.",
    settings={"public_cidrs": ["203.0.113.0/24"]},
    citations=(AwsDoc("eks/latest/userguide/cluster-endpoint.html", _READ),),
    same_as=(Checkov("CKV_AWS_38"), Trivy("AWS-0041"), Prowler("eks_cluster_not_publicly_accessible")),
    rows=("eks-002",),
)

API_PRIVATE = Control(
    id="eks-endpoint-not-public",
    title="EKS API servers have no public endpoint",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.KUBERNETES_ACCESS,
    applies_to=EksCluster,
    evaluate=from_sensitivity(
        Sensitivity.CONFIDENTIAL,
        setting(
            lambda c: c.public_endpoint,
            lambda value: not value,
            "the API server has no public endpoint",
            "the API server has a public endpoint",
        ),
    ),
    rationale="A private endpoint leaves an attacker with a token outside.",
    remedy="Turn the public endpoint off and the private one on.",
    settings={"public_endpoint": False, "private_endpoint": True},
    citations=(_EKS,),
    same_as=(
        SecurityHub("EKS.1"),
        Checkov("CKV_AWS_39"),
        Trivy("AWS-0040"),
        ConfigRule("eks-endpoint-no-public-access"),
    ),
    rows=("eks-001",),
)

API_INSIDE = Control(
    id="eks-private-endpoint",
    title="EKS nodes reach their API server inside the VPC",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.LOW,
    layer=Layer.KUBERNETES_ACCESS,
    applies_to=EksCluster,
    evaluate=from_sensitivity(
        Sensitivity.CONFIDENTIAL,
        setting(
            lambda c: c.private_endpoint,
            bool,
            "the API server has a private endpoint",
            "nodes leave the VPC to reach their API server",
        ),
    ),
    rationale="Without it, what nodes and the API server say to each other goes over public addresses.",
    remedy="Turn the private endpoint on.",
    settings={"private_endpoint": True},
    citations=(AwsDoc("eks/latest/userguide/cluster-endpoint.html", _READ),),
    same_as=(Prowler("eks_cluster_private_nodes_enabled"),),
    rows=("eks-003",),
)
