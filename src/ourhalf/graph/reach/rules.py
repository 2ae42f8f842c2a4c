"""What security groups let in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ourhalf.graph.reach.addresses import scope_of
from ourhalf.model.context import Graph
from ourhalf.model.field import Absent, Field, Known, Many, Reference, Unresolved, effective
from ourhalf.model.network import Exposure, Scope
from ourhalf.model.resource import Resource
from ourhalf.model.workload import Workload
from ourhalf.resources.security_groups import DefaultSecurityGroup, SecurityGroup, SecurityRule

_ALL_PROTOCOLS = ("-1", "all")
_NUMBERS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}


def covers(rule: SecurityRule, port: int, protocol: str = "tcp") -> bool | None:
    """Whether a rule speaks of `port`; None where its protocol or ports are not known."""
    match rule.protocol:
        case Known(value):
            spoken = _NUMBERS.get(value, value.lower())
        case Absent():
            # Terraform's and CloudFormation's rules must name one; an API request without it means all.
            spoken = "-1"
        case _:
            return None
    if spoken in _ALL_PROTOCOLS:
        return True
    if spoken != protocol:
        return False
    start, end = rule.from_port, rule.to_port
    if isinstance(start, Unresolved) or isinstance(end, Unresolved):
        return None
    low, high = effective(start), effective(end)
    if low is None and high is None:
        return True
    low = high if low is None else low
    high = low if high is None else high
    assert low is not None and high is not None  # noqa: PT018, S101 - for the type checker
    return low == -1 or low <= port <= high


def source(rule: SecurityRule, graph: Graph, near: Resource) -> Exposure:
    """From where a rule lets connections in."""
    found = Exposure(Scope.NONE, "no source is named", (rule.protocol,) if isinstance(rule.protocol, Known) else ())
    for one in _sources(rule, graph, near):
        found = found.wider(one)
    return found


def _sources(rule: SecurityRule, graph: Graph, near: Resource) -> Iterator[Exposure]:
    for field in (rule.ipv4, rule.ipv6):
        yield from _ranges(field)
    if isinstance(rule.groups, Unresolved) or (isinstance(rule.groups, Known) and rule.groups.value):
        yield Exposure(Scope.VPC, "members of other security groups", (rule.groups,))
    if isinstance(rule.prefix_lists, Unresolved):
        yield Exposure(Scope.UNKNOWN, rule.prefix_lists.reason, (rule.prefix_lists,))
    if isinstance(rule.prefix_lists, Known) and rule.prefix_lists.value:
        why = "what a prefix list holds is not known"
        yield Exposure(Scope.UNKNOWN, why, (rule.prefix_lists,))
    match rule.itself:
        case Known(True):
            yield Exposure(Scope.VPC, "members of the group itself", (rule.itself,))
        case Unresolved() as unresolved:
            yield Exposure(Scope.VPC, "members of the group itself, it may be", (unresolved,))


def _ranges(field: Many[str]) -> Iterator[Exposure]:
    match field:
        case Known(value):
            for cidr in value:
                if isinstance(cidr, Unresolved):
                    yield _unknown_range(cidr, field)
                else:
                    scope, words = scope_of(cidr)
                    yield Exposure(scope, words, (field,))
        case Unresolved():
            yield _unknown_range(field, field)


def _unknown_range(cidr: Unresolved, field: Field[Any]) -> Exposure:
    """A range that only the deployment knows; that of a VPC or subnet is private all the same."""
    match cidr.parts:
        case (Reference(attribute=attribute),) if "cidr" in attribute.lower():
            return Exposure(Scope.VPC, f"the range of {cidr.parts[0]}", (field,))
    return Exposure(Scope.UNKNOWN, cidr.reason, (field,))


def admitted(group: Resource, port: int, protocol: str, graph: Graph) -> Exposure:
    """From where a security group lets connections to `port` in."""
    if not isinstance(group, SecurityGroup | DefaultSecurityGroup):
        return Exposure(Scope.UNKNOWN, f"a {group.kind} is no security group")
    match group.ingress:
        case Known(rules, place):
            found = Exposure(Scope.NONE, f"no rule of {group.name} speaks of port {port}", (Known("rules", place),))
            for rule in rules:
                found = found.wider(_through(rule, port, protocol, group, graph))
            return found
        case Absent() as field:
            return Exposure(Scope.NONE, f"{group.name} has no rules for what comes in", (field,))
        case unresolved:
            return Exposure(Scope.UNKNOWN, unresolved.reason, (unresolved,))


def _through(
    rule: SecurityRule | Unresolved, port: int, protocol: str, group: SecurityGroup | DefaultSecurityGroup, graph: Graph
) -> Exposure:
    if isinstance(rule, Unresolved):
        return Exposure(Scope.UNKNOWN, rule.reason, (rule,))
    speaks = covers(rule, port, protocol)
    if speaks is False:
        return Exposure(Scope.NONE, f"no rule of {group.name} speaks of port {port}")
    found = source(rule, graph, group)
    fields = tuple(f for f in (rule.protocol, rule.from_port, rule.to_port) if not isinstance(f, Absent))
    if speaks is None and found.scope is not Scope.NONE:
        why = f"a rule of {group.name} that may speak of port {port} lets in {found.why}"
        return Exposure(Scope.UNKNOWN if found.scope is Scope.INTERNET else found.scope, why, (*fields, *found.fields))
    return Exposure(found.scope, f"{group.name} lets in {found.why} to port {port}", (*fields, *found.fields))


def around(workload: Workload, port: int, protocol: str, graph: Graph) -> Exposure:
    """From where the security groups of a workload let connections to `port` in."""
    near = workload.resource
    match workload.security_groups:
        case Known(links, place) if links:
            found = Exposure(Scope.NONE, "no group lets it in")
            for link in links:
                named: Field[Any] = link if isinstance(link, Unresolved) else Known(link, place)
                group = graph.find(named, SecurityGroup, near)
                if isinstance(group, Unresolved):
                    default = graph.find(named, DefaultSecurityGroup, near)
                    one = (
                        Exposure(Scope.UNKNOWN, f"a security group is not known: {group.reason}", (named,))
                        if isinstance(default, Unresolved)
                        else admitted(default, port, protocol, graph)
                    )
                else:
                    one = admitted(group, port, protocol, graph)
                found = one if found.why == "no group lets it in" else found.wider(one)
            return found
        case Unresolved() as unresolved:
            return Exposure(Scope.UNKNOWN, f"the security groups are not known: {unresolved.reason}", (unresolved,))
        case field:
            defaults = graph.all(DefaultSecurityGroup, near)
            if defaults:
                return admitted(defaults[0], port, protocol, graph)
            why = "the VPC's default security group lets in its own members"
            return Exposure(Scope.VPC, why, (field,))
