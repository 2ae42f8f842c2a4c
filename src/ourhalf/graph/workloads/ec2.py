"""EC2 instances whose user data starts containers."""

from __future__ import annotations

from ourhalf.graph.projection import Projection
from ourhalf.graph.workloads.compose import any_host, host_volumes, started
from ourhalf.graph.workloads.engine import completed_all
from ourhalf.model.context import Graph
from ourhalf.model.field import Absent, Field, Known, Link, Many, Unresolved, elements
from ourhalf.model.resource import Resource
from ourhalf.model.responsibility import Platform
from ourhalf.model.workload import Workload
from ourhalf.resources.compose import UserData
from ourhalf.resources.ec2_compute import (
    AutoScalingGroup,
    Ec2Instance,
    InstanceInterface,
    InstanceSettings,
    LaunchConfiguration,
    LaunchTemplate,
)
from ourhalf.resources.iam import IamInstanceProfile

_WHY = "user data starts containers on the instance"


def role_of(profile: Field[Link], near: Resource, graph: Graph) -> Field[Link]:
    """The role that an instance profile gives; the profile itself where that was not read."""
    found = graph.find(profile, IamInstanceProfile, near)
    if isinstance(found, Unresolved):
        return profile
    match found.role:
        case Absent():
            return Unresolved("the instance profile names no role", profile.place)
        case role:
            return role


def _any_public(own: Field[bool], interfaces: Many[InstanceInterface]) -> Field[bool]:
    fields = [own, *(one.public_address for one in elements(interfaces))]
    for field in fields:
        if isinstance(field, Known) and field.value:
            return field
    if isinstance(interfaces, Unresolved):
        return interfaces
    return next((field for field in fields if not isinstance(field, Absent)), own)


def _links(own: Many[Link], interfaces: Many[InstanceInterface], field: str) -> Many[Link]:
    """What the instance names itself, and what its interfaces do."""
    lists = [own, *(getattr(one, field) for one in elements(interfaces))]
    found: dict[Link | Unresolved, None] = {}
    place = own.place
    for one in lists:
        match one:
            case Known(value) if isinstance(value, tuple):
                found.update(dict.fromkeys(value))
            case Known(value):
                found[value] = None
            case Unresolved():
                found[one] = None
    if isinstance(interfaces, Unresolved):
        found[interfaces] = None
    return Known(tuple(found), place) if found else Absent(None, place)


def _has_containers(data: Field[UserData]) -> bool:
    return bool(elements(started(data)))


def _workload(resource: InstanceSettings, graph: Graph, related: tuple[Resource, ...]) -> Workload:
    containers = started(resource.user_data)
    subnet = resource.subnet if isinstance(resource, Ec2Instance) else Absent(None, resource.place)
    groups = [one for one in related if isinstance(one, AutoScalingGroup)]
    subnets = groups[0].subnets if len(groups) == 1 else _links(_one(subnet), resource.interfaces, "subnet")
    return Workload(
        resource.name,
        resource,
        (Platform.EC2,),
        _WHY,
        containers=completed_all(containers),
        host_network=any_host(containers, "network_mode"),
        host_pid=any_host(containers, "pid"),
        host_ipc=any_host(containers, "ipc"),
        role=role_of(resource.profile, resource, graph),
        subnets=subnets,
        security_groups=_links(resource.security_groups, resource.interfaces, "security_groups"),
        public_address=_any_public(resource.public_address, resource.interfaces),
        volumes=host_volumes(containers),
        replicas=groups[0].desired if len(groups) == 1 else Absent(None, resource.place),
        labels=resource.tags,
        related=related,
    )


def _one(field: Field[Link]) -> Many[Link]:
    match field:
        case Known(value, place):
            return Known((value,), place)
        case Absent(place=place):
            return Absent(None, place)
        case unresolved:
            return unresolved


def _instance(instance: Ec2Instance, graph: Graph) -> tuple[Workload, ...]:
    return (_workload(instance, graph, ()),) if _has_containers(instance.user_data) else ()


def _template(template: LaunchTemplate | LaunchConfiguration, graph: Graph) -> tuple[Workload, ...]:
    if not _has_containers(template.user_data):
        return ()
    users = (*graph.referrers(template, AutoScalingGroup), *graph.referrers(template, Ec2Instance))
    return (_workload(template, graph, users),)


INSTANCES = Projection(Ec2Instance, _instance)
TEMPLATES = Projection(LaunchTemplate, _template)
CONFIGURATIONS = Projection(LaunchConfiguration, _template)
