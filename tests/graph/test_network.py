"""Reachability: cases of each link, and small random networks against a brute-force model."""

from __future__ import annotations

import ipaddress
import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf.graph.index import EvidenceGraph
from ourhalf.graph.network import ResourceNetwork
from ourhalf.graph.reach.addresses import scope_of
from ourhalf.model.evidence import Evidence
from ourhalf.model.field import Absent, Field, Known, Reference, Unresolved
from ourhalf.model.network import Exposure, Scope
from ourhalf.model.resource import Dialect, Origin, Resource
from ourhalf.model.responsibility import Platform
from ourhalf.model.workload import Container, Port, Workload
from ourhalf.resources.ecs import EcsService, EcsTaskDefinition, ServiceLoadBalancer
from ourhalf.resources.kubernetes import PodTemplate
from tests.support import cloudformation, kubernetes

SCOPE = "template.yaml"
VPC = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}
GATEWAY = {"Type": "AWS::EC2::InternetGateway"}


def network(
    ingress: list[dict[str, Any]],
    *,
    routed: bool = True,
    entries: list[dict[str, Any]] | None = None,
    more: dict[str, Any] | None = None,
) -> tuple[Resource, ...]:
    """A VPC with one subnet and one security group; `entries` give the subnet a network ACL."""

    def made(kind: str, **properties: Any) -> dict[str, Any]:
        return {"Type": f"AWS::EC2::{kind}", "Properties": properties}

    found: dict[str, Any] = {
        "Vpc": VPC,
        "Gateway": GATEWAY,
        "Subnet": made("Subnet", VpcId={"Ref": "Vpc"}, CidrBlock="10.0.0.0/24"),
        "Table": made("RouteTable", VpcId={"Ref": "Vpc"}),
        "Association": made("SubnetRouteTableAssociation", SubnetId={"Ref": "Subnet"}, RouteTableId={"Ref": "Table"}),
        "Group": made("SecurityGroup", GroupDescription="g", VpcId={"Ref": "Vpc"}, SecurityGroupIngress=ingress),
    }
    if routed:
        route = {"RouteTableId": {"Ref": "Table"}, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": {"Ref": "Gateway"}}
        found["Route"] = made("Route", **route)
    if entries is not None:
        found["Acl"] = made("NetworkAcl", VpcId={"Ref": "Vpc"})
        link = {"SubnetId": {"Ref": "Subnet"}, "NetworkAclId": {"Ref": "Acl"}}
        found["AclAssociation"] = made("SubnetNetworkAclAssociation", **link)
        for number, entry in enumerate(entries):
            found[f"Entry{number}"] = made("NetworkAclEntry", NetworkAclId={"Ref": "Acl"}, **entry)
    return cloudformation(json.dumps({"Resources": found | (more or {})}))


def judged(
    resources: tuple[Resource, ...],
    *,
    public: Field[bool] = Known(True),  # noqa: B008 - frozen
    port: int = 8265,
    mode: str = "awsvpc",
    containers: tuple[Container, ...] = (),
    balanced: bool = False,
) -> Exposure:
    """From where a task in that subnet and group is reached."""
    origin = Origin(scope=SCOPE, dialect=Dialect.CLOUDFORMATION)
    task = EcsTaskDefinition(name="task", origin=origin, network_mode=Known(mode))
    service = EcsService(
        name="service",
        origin=origin,
        load_balancers=Known(
            (ServiceLoadBalancer(target_group=Known(Reference("Targets", "Ref")), container_port=Known(port)),)
        ),
    )
    workload = Workload(
        "task",
        task,
        (Platform.ECS_FARGATE,),
        containers=Known(containers),
        subnets=Known((Reference("Subnet", "Ref"),)),
        security_groups=Known((Reference("Group", "Ref"),)),
        public_address=public,
        related=(service,) if balanced else (),
    )
    return ResourceNetwork(EvidenceGraph(Evidence((*resources, task, service)))).exposure(workload, port)


def rule(cidr: str = "0.0.0.0/0", low: int = 8265, high: int | None = None, protocol: str = "tcp") -> dict[str, Any]:
    return {"IpProtocol": protocol, "FromPort": low, "ToPort": low if high is None else high, "CidrIp": cidr}


ITSELF = {"IpProtocol": "-1", "SourceSecurityGroupId": {"Ref": "Group"}}


@pytest.mark.parametrize(
    ("ingress", "expected"),
    [
        ([rule()], Scope.INTERNET),
        ([rule(low=0, high=65535)], Scope.INTERNET),
        ([rule(protocol="-1")], Scope.INTERNET),
        ([rule(protocol="6")], Scope.INTERNET),
        ([rule(protocol="udp")], Scope.NONE),
        ([rule(low=22)], Scope.NONE),
        ([rule("10.0.0.0/8")], Scope.VPC),
        ([rule("203.0.113.7/32")], Scope.VPC),
        ([ITSELF], Scope.VPC),
        ([rule("10.0.0.0/99")], Scope.UNKNOWN),
        ([rule("not an address")], Scope.UNKNOWN),
        ([rule("10.0.0.0/99"), rule()], Scope.INTERNET),
        ([], Scope.NONE),
    ],
)
def test_security_groups(ingress: list[dict[str, Any]], expected: Scope) -> None:
    found = judged(network(ingress))
    assert found.scope is expected, found
    assert found.why


def test_without_a_route_the_internet_stays_out() -> None:
    assert judged(network([rule()], routed=False)).scope is Scope.VPC


def test_without_a_public_address_the_internet_stays_out() -> None:
    assert judged(network([rule()]), public=Known(False)).scope is Scope.VPC
    assert judged(network([rule()]), public=Absent(False)).scope is Scope.VPC


def test_an_unknown_address_leaves_it_open() -> None:
    assert judged(network([rule()]), public=Unresolved("a test")).scope is Scope.UNKNOWN


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([("allow", 100)], Scope.INTERNET),
        ([("deny", 100)], Scope.VPC),
        ([("deny", 50), ("allow", 100)], Scope.VPC),
        ([("allow", 50), ("deny", 100)], Scope.INTERNET),
        ([], Scope.VPC),
    ],
)
def test_network_acls(entries: list[tuple[str, int]], expected: Scope) -> None:
    made = [{"RuleNumber": n, "Protocol": -1, "RuleAction": a, "CidrBlock": "0.0.0.0/0"} for a, n in entries]
    assert judged(network([rule()], entries=made)).scope is expected


def balancer(scheme: str, ingress: list[dict[str, Any]]) -> dict[str, Any]:
    def made(kind: str, **properties: Any) -> dict[str, Any]:
        return {"Type": f"AWS::ElasticLoadBalancingV2::{kind}", "Properties": properties}

    return {
        "Front": {
            "Type": "AWS::EC2::SecurityGroup",
            "Properties": {"GroupDescription": "f", "SecurityGroupIngress": ingress},
        },
        "Balancer": made("LoadBalancer", Scheme=scheme, SecurityGroups=[{"Ref": "Front"}]),
        "Targets": made("TargetGroup", Port=8265, Protocol="HTTP"),
        "Listener": made(
            "Listener",
            LoadBalancerArn={"Ref": "Balancer"},
            Port=80,
            Protocol="HTTP",
            DefaultActions=[{"Type": "forward", "TargetGroupArn": {"Ref": "Targets"}}],
        ),
    }


@pytest.mark.parametrize(
    ("scheme", "port", "expected"),
    [("internet-facing", 80, Scope.INTERNET), ("internal", 80, Scope.VPC), ("internet-facing", 443, Scope.VPC)],
)
def test_load_balancers(scheme: str, port: int, expected: Scope) -> None:
    resources = network([ITSELF], more=balancer(scheme, [rule(low=port)]))
    assert judged(resources, public=Known(False), balanced=True).scope is expected


@pytest.mark.parametrize(
    ("ports", "expected"),
    [
        ((Port(container_port=Known(8265), host_port=Known(8265)),), Scope.INTERNET),
        ((Port(container_port=Known(8265), host_port=Known(9000)),), Scope.NONE),
        ((Port(container_port=Known(8265), host_port=Known(8265), host_address=Known("127.0.0.1")),), Scope.HOST),
        ((Port(container_port=Known(8265)),), Scope.UNKNOWN),
        ((), Scope.HOST),
    ],
)
def test_ports_that_a_host_publishes(ports: tuple[Port, ...], expected: Scope) -> None:
    found = judged(network([rule()]), mode="bridge", containers=(Container(name="c", ports=Known(ports)),))
    assert found.scope is expected, found


POD = "{apiVersion: v1, kind: Pod, metadata: {name: p, labels: {app: ray}}, spec: {containers: [{name: c, image: i}]}}"


def service(extra: str, target: int = 8265) -> str:
    return (
        f"\n---\n{{apiVersion: v1, kind: Service, metadata: {{name: s}}, "
        f"spec: {{selector: {{app: ray}}, ports: [{{port: 80, targetPort: {target}}}]{extra}}}}}"
    )


@pytest.mark.parametrize(
    ("manifest", "expected"),
    [
        (POD, Scope.CLUSTER),
        (POD + service(""), Scope.CLUSTER),
        (POD + service(", type: NodePort"), Scope.VPC),
        (POD + service(", type: LoadBalancer"), Scope.INTERNET),
        (POD + service(", type: LoadBalancer", 9999), Scope.CLUSTER),
        (POD + service(", type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.0/8]"), Scope.VPC),
    ],
)
def test_pods(manifest: str, expected: Scope) -> None:
    graph = EvidenceGraph(Evidence(kubernetes(manifest)))
    workload = next(w for w in graph.workloads() if isinstance(w.resource, PodTemplate))
    assert ResourceNetwork(graph).exposure(workload, 8265).scope is expected


PREFIXES = st.integers(0, 32)
RULES = st.lists(
    st.tuples(
        PREFIXES,
        st.integers(0, 2**32 - 1),
        st.integers(0, 20),
        st.integers(0, 20),
        st.sampled_from(["tcp", "udp", "-1"]),
    ),
    max_size=4,
)


@settings(max_examples=60, deadline=None)
@given(
    RULES,
    st.booleans(),
    st.booleans(),
    st.lists(st.tuples(st.booleans(), st.integers(0, 20), st.integers(0, 20)), max_size=4),
)
def test_random_networks_are_reached_as_a_packet_would_be(
    rules: list[tuple[int, int, int, int, str]], public: bool, routed: bool, acl: list[tuple[bool, int, int]]
) -> None:
    networks = [
        (ipaddress.ip_network((base, prefix), strict=False), low, high, p) for prefix, base, low, high, p in rules
    ]
    ingress = [rule(str(net), min(low, high), max(low, high), p) for net, low, high, p in networks]
    entries = [
        {
            "RuleNumber": number + 1,
            "Protocol": 6,
            "RuleAction": "allow" if allow else "deny",
            "CidrBlock": "0.0.0.0/0",
            "PortRange": {"From": min(low, high), "To": max(low, high)},
        }
        for number, (allow, low, high) in enumerate(acl)
    ]
    found = judged(network(ingress, routed=routed, entries=entries), public=Known(public), port=10)
    assert (found.scope is Scope.INTERNET) == (public and routed and _passes(acl) and _admits(networks))
    assert found.scope is not Scope.UNKNOWN


def _passes(acl: list[tuple[bool, int, int]]) -> bool:
    for allow, low, high in acl:
        if min(low, high) <= 10 <= max(low, high):
            return allow
    return False


def _admits(networks: list[tuple[Any, int, int, str]]) -> bool:
    """Whether some rule admits a large part of the internet to port 10."""
    return any(
        scope_of(str(net))[0] is Scope.INTERNET
        and (p == "-1" or (p == "tcp" and min(low, high) <= 10 <= max(low, high)))
        for net, low, high, p in networks
    )


def test_ten_thousand_rules_are_bounded() -> None:
    start = time.process_time()
    assert judged(network([rule("10.0.0.0/8", port) for port in range(10_000)])).scope is Scope.VPC
    assert time.process_time() - start < 20
