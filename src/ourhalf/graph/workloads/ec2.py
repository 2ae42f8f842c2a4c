"""EC2 instances whose user data starts containers."""

from __future__ import annotations

from typing import Any

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


def _any_public(launched: list[InstanceSettings]) -> Field[bool]:
    """Whether the instance gets a public address by any of its settings."""
    fields = [f for one in launched for f in (one.public_address, *_of_interfaces(one, "public_address"))]
    for field in fields:
        if isinstance(field, Known) and field.value:
            return field
    hidden = next((one.interfaces for one in launched if isinstance(one.interfaces, Unresolved)), None)
    return hidden or next((field for field in fields if not isinstance(field, Absent)), fields[0])


def _of_interfaces(settings: InstanceSettings, field: str) -> list[Field[Any]]:
    return [getattr(one, field) for one in elements(settings.interfaces)]


def _links(launched: list[InstanceSettings], own: str, of_interface: str) -> Many[Link]:
    """What the instance's settings name themselves, and what its interfaces do."""
    found: dict[Link | Unresolved, None] = {}
    for settings in launched:
        for field in (getattr(settings, own, Absent()), *_of_interfaces(settings, of_interface)):
            match field:
                case Known(tuple() as many):
                    found.update(dict.fromkeys(many))
                case Known(one):
                    found[one] = None
                case Unresolved():
                    found[field] = None
        if isinstance(settings.interfaces, Unresolved):
            found[settings.interfaces] = None
    place = launched[0].place
    return Known(tuple(found), place) if found else Absent(None, place)


def _has_containers(data: Field[UserData]) -> bool:
    return bool(elements(started(data)))


def _workload(resource: InstanceSettings, graph: Graph, related: tuple[Resource, ...]) -> Workload:
    containers = started(resource.user_data)
    launched = [resource, *(one for one in related if isinstance(one, Ec2Instance))]
    groups = [one for one in related if isinstance(one, AutoScalingGroup)]
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
        subnets=groups[0].subnets if len(groups) == 1 else _links(launched, "subnet", "subnet"),
        security_groups=_links(launched, "security_groups", "security_groups"),
        public_address=_any_public(launched),
        volumes=host_volumes(containers),
        replicas=groups[0].desired if len(groups) == 1 else Absent(None, resource.place),
        labels=resource.tags,
        related=related,
    )


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
