"""Load balancers before a workload: which ports they open, and to whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ourhalf.graph.reach.rules import admitted
from ourhalf.model.context import Graph
from ourhalf.model.field import Absent, Field, Known, Many, Unresolved, effective, elements
from ourhalf.model.network import Exposure, Scope
from ourhalf.model.resource import Resource
from ourhalf.model.workload import Workload
from ourhalf.resources.ec2_compute import Ec2Instance
from ourhalf.resources.ecs import EcsService
from ourhalf.resources.elb import (
    ClassicLoadBalancer,
    ListenerRule,
    LoadBalancer,
    LoadBalancerListener,
    TargetGroup,
)
from ourhalf.resources.security_groups import SecurityGroup


def through(workload: Workload, port: int, graph: Graph) -> Iterator[Exposure]:
    """From where each load balancer before a workload lets connections through to `port`."""
    for group in _target_groups(workload, port, graph):
        if isinstance(group, Unresolved):
            yield Exposure(Scope.UNKNOWN, f"a target group is not known: {group.reason}", (group,))
            continue
        for listener in _listeners(group, graph):
            balancer = graph.find(listener.balancer, LoadBalancer, listener)
            if isinstance(balancer, Unresolved):
                yield Exposure(Scope.UNKNOWN, f"a load balancer is not known: {balancer.reason}", (listener.balancer,))
            else:
                yield _opened(balancer, listener.port, graph)
    yield from _classic(workload, graph)


def _target_groups(workload: Workload, port: int, graph: Graph) -> Iterator[TargetGroup | Unresolved]:
    for resource in (workload.resource, *workload.related):
        if isinstance(resource, EcsService):
            yield from _of_service(resource, port, graph)
        elif isinstance(resource, Ec2Instance):
            for group in graph.referrers(resource, TargetGroup):
                if effective(group.port) in (None, port) or any(
                    effective(t.port) == port for t in elements(group.targets)
                ):
                    yield group


def _of_service(service: EcsService, port: int, graph: Graph) -> Iterator[TargetGroup | Unresolved]:
    match service.load_balancers:
        case Unresolved() as unresolved:
            yield unresolved
        case Known(many):
            for one in many:
                if isinstance(one, Unresolved):
                    yield one
                elif not isinstance(one.target_group, Absent) and effective(one.container_port) in (None, port):
                    yield graph.find(one.target_group, TargetGroup, service)


def _listeners(group: TargetGroup, graph: Graph) -> Iterator[LoadBalancerListener]:
    yield from graph.referrers(group, LoadBalancerListener)
    for rule in graph.referrers(group, ListenerRule):
        listener = graph.find(rule.listener, LoadBalancerListener, rule)
        if not isinstance(listener, Unresolved):
            yield listener


def facing(balancer: LoadBalancer | ClassicLoadBalancer) -> tuple[bool | None, Field[Any]]:
    """Whether a load balancer faces the internet, and the field that says so."""
    match balancer.internal, balancer.scheme:
        case Known(value) as field, _:
            return not value, field
        case Unresolved() as field, _:
            return None, field
        case _, Known(scheme) as field:
            return scheme.lower() != "internal", field
        case _, Unresolved() as field:
            return None, field
        case _, field:
            return True, field


def _opened(balancer: LoadBalancer | ClassicLoadBalancer, port: Field[int], graph: Graph) -> Exposure:
    public, field = facing(balancer)
    if public is False:
        return Exposure(Scope.VPC, f"load balancer {balancer.name} is internal", (field,))
    number = effective(port)
    if number is None:
        return Exposure(Scope.UNKNOWN, f"the port of load balancer {balancer.name} is not known", (port,))
    inside = _groups(balancer, balancer.security_groups, number, graph)
    if public is None:
        return Exposure(
            Scope.UNKNOWN, f"whether load balancer {balancer.name} faces the internet is not known", (field,)
        )
    if inside.scope is Scope.INTERNET:
        why = f"load balancer {balancer.name} faces the internet and passes its port {number} on"
        return Exposure(Scope.INTERNET, why, (field, *inside.fields))
    return inside


def _groups(balancer: Resource, links: Many[Any], port: int, graph: Graph) -> Exposure:
    match links:
        case Known(many, place) if many:
            found: Exposure | None = None
            for link in many:
                named: Field[Any] = link if isinstance(link, Unresolved) else Known(link, place)
                group = graph.find(named, SecurityGroup, balancer)
                one = (
                    Exposure(Scope.UNKNOWN, f"a security group of {balancer.name} is not known", (named,))
                    if isinstance(group, Unresolved)
                    else admitted(group, port, "tcp", graph)
                )
                found = one if found is None else found.wider(one)
            assert found is not None  # noqa: S101 - for the type checker
            return found
        case Unresolved() as unresolved:
            return Exposure(Scope.UNKNOWN, unresolved.reason, (unresolved,))
    network = isinstance(balancer, LoadBalancer) and effective(balancer.balancer_type) == "network"
    if network:
        return Exposure(Scope.INTERNET, "a network load balancer without security groups lets everyone in", (links,))
    return Exposure(Scope.VPC, f"the default security group of {balancer.name} lets in its own members", (links,))


def _classic(workload: Workload, graph: Graph) -> Iterator[Exposure]:
    for resource in (workload.resource, *workload.related):
        found: tuple[ClassicLoadBalancer, ...] = ()
        if isinstance(resource, Ec2Instance):
            found = graph.referrers(resource, ClassicLoadBalancer)
        for balancer in found:
            for listener in elements(balancer.listeners):
                yield _opened(balancer, listener.port, graph)
