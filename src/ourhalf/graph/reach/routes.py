"""Whether the internet can reach a subnet: its route table and network ACL."""

from __future__ import annotations

from typing import Any

from ourhalf.graph.reach.addresses import holds_everything, scope_of
from ourhalf.model.context import Graph
from ourhalf.model.field import Absent, Field, Known, Many, Reference, Unresolved, effective
from ourhalf.model.network import Scope
from ourhalf.model.resource import Resource
from ourhalf.resources.vpc import (
    AclEntry,
    DefaultVpc,
    InternetGateway,
    NetworkAcl,
    Route,
    RouteTable,
    Subnet,
    Vpc,
)

_ALL_PROTOCOLS = ("-1", "all")
_PROTOCOLS = {"6": "tcp", "17": "udp"}


def routed(subnet: Subnet, graph: Graph) -> tuple[bool | None, tuple[Field[Any], ...]]:
    """Whether the internet is routed to and from a subnet, and the fields that say so."""
    match subnet.route_table:
        case Known() as link:
            table = graph.find(link, RouteTable, subnet)
            return (None, (table,)) if isinstance(table, Unresolved) else _leads_out(table, graph)
        case Unresolved() as unresolved:
            return None, (unresolved,)
    vpc = graph.find(subnet.vpc, Vpc, subnet)
    if isinstance(vpc, Unresolved):
        return None, (vpc,)
    for table in graph.all(RouteTable, subnet):
        if _is_main(table, vpc, graph):
            return _leads_out(table, graph)
        if isinstance(table.main, Unresolved):
            return None, (table.main,)
    return False, (subnet.route_table,)


def _is_main(table: RouteTable, vpc: Vpc, graph: Graph) -> bool:
    for link in (table.main, table.default_of):
        if isinstance(link, Absent):
            continue
        found = graph.find(link, Vpc, table)
        if found is vpc:
            return True
    return False


def _leads_out(table: RouteTable, graph: Graph) -> tuple[bool | None, tuple[Field[Any], ...]]:
    match table.routes:
        case Known(routes):
            answers = [(_is_open(route, table, graph), route) for route in routes]
            for answer, route in answers:
                if answer and isinstance(route, Route):
                    return True, (route.gateway,)
            unsure = next((route for answer, route in answers if answer is None), None)
            if unsure is not None:
                return None, (unsure if isinstance(unsure, Unresolved) else unsure.gateway,)
            return False, (table.routes,)
        case Absent() as field:
            return False, (field,)
        case unresolved:
            return None, (unresolved,)


def _is_open(route: Route | Unresolved, table: RouteTable, graph: Graph) -> bool | None:
    """Whether a route sends the internet's addresses through an internet gateway."""
    if isinstance(route, Unresolved):
        return None
    wide = _wide(route)
    if wide is False or isinstance(route.gateway, Absent):
        return False
    match route.gateway:
        case Known(str() as name) if name == "local" or name.startswith("vgw-"):
            return False
        case Known(str() as name) if name.startswith("igw-"):
            return wide
    gateway = graph.find(route.gateway, InternetGateway, table)
    if not isinstance(gateway, Unresolved):
        return wide
    match route.gateway:
        case Known(Reference(target)):
            return wide if "internet_gateway" in target else None
    return None


def _wide(route: Route) -> bool | None:
    answers: list[bool | None] = []
    for field in (route.destination, route.destination6):
        match field:
            case Known(cidr):
                answers.append(scope_of(cidr)[0] is Scope.INTERNET)
            case Unresolved():
                answers.append(None)
    return True if True in answers else (None if None in answers else False)


def passes(subnet: Subnet, port: int, protocol: str, graph: Graph) -> tuple[bool | None, tuple[Field[Any], ...]]:
    """Whether the subnet's network ACL lets the internet in to `port`. The default ACL does."""
    match subnet.network_acl:
        case Known() as link:
            acl = graph.find(link, NetworkAcl, subnet)
            return (None, (acl,)) if isinstance(acl, Unresolved) else _admits(acl.ingress, port, protocol)
        case Unresolved() as unresolved:
            return None, (unresolved,)
    for acl in graph.all(NetworkAcl, subnet):
        if _names(acl, subnet, graph):
            return _admits(acl.ingress, port, protocol)
    return True, ()


def _names(acl: NetworkAcl, subnet: Subnet, graph: Graph) -> bool:
    if not isinstance(acl.subnets, Known):
        return False
    place = acl.subnets.place
    links = (link if isinstance(link, Unresolved) else Known(link, place) for link in acl.subnets.value)
    return any(graph.find(link, Subnet, acl) is subnet for link in links)


def _admits(entries: Many[AclEntry], port: int, protocol: str) -> tuple[bool | None, tuple[Field[Any], ...]]:
    """Whether any of the internet gets in: entries apply by number, the first that speaks decides."""
    match entries:
        case Known(many):
            unsure = [e for e in many if isinstance(e, Unresolved) or not isinstance(e.number, Known)]
            if unsure:
                first = unsure[0]
                return None, (first if isinstance(first, Unresolved) else first.number,)
            known = [e for e in many if isinstance(e, AclEntry)]
            for entry in sorted(known, key=lambda e: effective(e.number) or 0):
                speaks = _speaks(entry, port, protocol)
                if speaks is None:
                    return None, (entry.action,)
                if speaks and isinstance(entry.action, Known):
                    allows = entry.action.value.lower() == "allow"
                    if allows or _everything(entry):
                        return allows, (entry.action,)
            return False, (entries,)
        case Absent() as field:
            return False, (field,)
        case unresolved:
            return None, (unresolved,)


def _speaks(entry: AclEntry, port: int, protocol: str) -> bool | None:
    fields = (entry.protocol, entry.action, entry.from_port, entry.to_port, entry.ipv4, entry.ipv6)
    if any(isinstance(f, Unresolved) for f in fields):
        return None
    spoken = str(effective(entry.protocol) or "-1")
    if spoken not in _ALL_PROTOCOLS:
        if _PROTOCOLS.get(spoken, spoken) != protocol:
            return False
        low, high = effective(entry.from_port), effective(entry.to_port)
        if low is not None and high is not None and not low <= port <= high:
            return False
    ranges = [effective(entry.ipv4), effective(entry.ipv6)]
    return any(cidr is not None and scope_of(cidr)[0] is Scope.INTERNET for cidr in ranges)


def _everything(entry: AclEntry) -> bool:
    cidr = effective(entry.ipv4) or effective(entry.ipv6) or ""
    return holds_everything(cidr)


def is_default(subnet: Resource, graph: Graph) -> bool:
    """Whether a subnet is of a default VPC, whose subnets are public."""
    return isinstance(subnet, Subnet) and not isinstance(graph.find(subnet.vpc, DefaultVpc, subnet), Unresolved)
