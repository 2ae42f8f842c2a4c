"""Networks: rules, routes and associations that are written outside of what they belong to."""

from typing import Any

from msgspec.structs import replace

from ourhalf.graph.fold import Fold, adding, setting
from ourhalf.model.field import Absent, Known, Unresolved
from ourhalf.resources.security_groups import (
    EgressRule,
    EitherRule,
    IngressRequest,
    IngressRule,
    SecurityGroup,
    SecurityRule,
)
from ourhalf.resources.vpc import (
    AclEntry,
    GatewayAttachment,
    InternetGateway,
    MainRouteTable,
    NetworkAcl,
    NetworkAclAssociation,
    NetworkAclEntry,
    Route,
    RouteEntry,
    RouteTable,
    RouteTableAssociation,
    Subnet,
)

_RULE_FIELDS = SecurityRule.__struct_fields__
_ROUTE_FIELDS = Route.__struct_fields__
_ACL_FIELDS = AclEntry.__struct_fields__


def _rule(satellite: Any) -> SecurityRule:
    return SecurityRule(**{field: getattr(satellite, field) for field in _RULE_FIELDS})


def _rules(satellite: Any) -> tuple[SecurityRule, ...]:
    return (_rule(satellite),)


def _requested(satellite: IngressRequest) -> tuple[Any, ...]:
    own: tuple[Any, ...] = ()
    if not (isinstance(satellite.ipv4, Absent) and isinstance(satellite.groups, Absent)):
        given = {field: getattr(satellite, field) for field in ("protocol", "from_port", "to_port", "ipv4", "groups")}
        own = (SecurityRule(**given),)
    match satellite.rules:
        case Known(value):
            return (*value, *own)
        case Unresolved() as unresolved:
            return (unresolved, *own)
    return own


def _either(direction: str) -> Any:
    def made(satellite: EitherRule) -> tuple[Any, ...]:
        match satellite.direction:
            case Known(value):
                return (_rule(satellite),) if value == direction else ()
            case Unresolved() as unresolved:
                return (unresolved,)
        return ()

    return made


def _routes(satellite: RouteEntry) -> tuple[Route, ...]:
    return (Route(**{field: getattr(satellite, field) for field in _ROUTE_FIELDS}),)


def _entries(egress: bool) -> Any:
    def made(satellite: NetworkAclEntry) -> tuple[Any, ...]:
        match satellite.egress:
            case Known(value) | Absent(default=bool() as value):
                entry = AclEntry(**{field: getattr(satellite, field) for field in _ACL_FIELDS})
                return (entry,) if value == egress else ()
            case Unresolved() as unresolved:
                return (unresolved,)
        return ()

    return made


def _main(table: RouteTable, association: MainRouteTable) -> RouteTable:
    return replace(table, main=association.vpc)


def _group(satellite: Any) -> Any:
    return satellite.group


INGRESS = adding(IngressRule, SecurityGroup, _group, "ingress", _rules)
EGRESS = adding(EgressRule, SecurityGroup, _group, "egress", _rules)
EITHER_INGRESS = adding(EitherRule, SecurityGroup, _group, "ingress", _either("ingress"))
EITHER_EGRESS = adding(EitherRule, SecurityGroup, _group, "egress", _either("egress"))
REQUESTED = adding(IngressRequest, SecurityGroup, _group, "ingress", _requested)
ROUTES = adding(RouteEntry, RouteTable, lambda s: s.route_table, "routes", _routes)
ROUTE_TABLE = setting(RouteTableAssociation, Subnet, lambda s: s.subnet, route_table="route_table")
MAIN_TABLE = Fold(
    MainRouteTable, RouteTable, lambda s: s.route_table, _main, lambda table, reason: replace(table, main=reason)
)
GATEWAY = setting(GatewayAttachment, InternetGateway, lambda s: s.gateway, vpc="vpc")
ACL_INGRESS = adding(NetworkAclEntry, NetworkAcl, lambda s: s.acl, "ingress", _entries(egress=False))
ACL_EGRESS = adding(NetworkAclEntry, NetworkAcl, lambda s: s.acl, "egress", _entries(egress=True))
ACL_SUBNET = setting(NetworkAclAssociation, Subnet, lambda s: s.subnet, network_acl="acl")
