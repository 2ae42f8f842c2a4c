"""ECS tasks as workloads, joined with what starts them."""

from __future__ import annotations

from typing import Any

from ourhalf.graph.projection import Projection
from ourhalf.graph.workloads.engine import completed_all, is_host
from ourhalf.graph.workloads.tasks import volumes
from ourhalf.model.context import Graph
from ourhalf.model.field import Absent, Field, Known, Link, Many, Unresolved, elements
from ourhalf.model.resource import Resource
from ourhalf.model.responsibility import Platform
from ourhalf.model.workload import Workload
from ourhalf.resources.ecs import (
    EcsCapacityProvider,
    EcsCluster,
    EcsService,
    EcsTaskDefinition,
    EcsTaskRun,
    EcsTaskSet,
)

_TASK = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html"
_IPC = "https://docs.docker.com/reference/cli/dockerd/"

_ALL = (Platform.ECS_FARGATE, Platform.ECS_EC2, Platform.ECS_MANAGED_INSTANCES)
_BY_NAME = {
    "FARGATE": Platform.ECS_FARGATE,
    "FARGATE_SPOT": Platform.ECS_FARGATE,
    "EC2": Platform.ECS_EC2,
    "EXTERNAL": Platform.ECS_EC2,
    "MANAGED_INSTANCES": Platform.ECS_MANAGED_INSTANCES,
}

Starter = EcsService | EcsTaskSet | EcsTaskRun
"""What starts tasks of a definition."""

Answer = tuple[tuple[Platform, ...], str]
"""The platforms that remain, and how that is known."""


def starters(task: EcsTaskDefinition, graph: Graph) -> tuple[Starter, ...]:
    """The services, task sets and runs that name the definition."""
    return (
        *graph.referrers(task, EcsService),
        *graph.referrers(task, EcsTaskSet),
        *graph.referrers(task, EcsTaskRun),
    )


def platforms(task: EcsTaskDefinition, started: tuple[Starter, ...], graph: Graph) -> Answer:
    """Where the task can run, as far as its starters, or else the definition itself, tell."""
    if started:
        answers = [_of_starter(one, graph) for one in started]
        found = tuple(dict.fromkeys(p for answer in answers if answer for p in answer[0]))
        if found and all(answers):
            return found, "; ".join(dict.fromkeys(answer[1] for answer in answers if answer))
    required = elements(task.requires) or elements(task.compatibilities)
    named = tuple(dict.fromkeys(_BY_NAME[r] for r in required if r in _BY_NAME))
    if named:
        return named, f"the task definition requires {' or '.join(required)}"
    match task.network_mode:
        case Known(mode) if mode != "awsvpc":
            return _ALL[1:], f"Fargate does not run tasks with network mode {mode}"
        case Absent():
            return _ALL[1:], "Fargate does not run tasks without network mode awsvpc"
    return _ALL, "neither the task definition nor a service that was read says what runs the task"


def _of_starter(starter: Starter, graph: Graph) -> Answer | None:
    """What one starter says; None where it leaves the choice to what was not read."""
    match starter.launch_type:
        case Known(value) if value in _BY_NAME:
            return (_BY_NAME[value],), f"{starter.name} has launch type {value}"
        case Unresolved():
            return None
    own = _of_strategy(starter, elements(starter.capacity), graph)
    if own is not None or isinstance(starter.capacity, Unresolved):
        return own
    cluster = graph.find(starter.cluster, EcsCluster, starter)
    if isinstance(cluster, EcsCluster):
        default = _of_strategy(cluster, elements(cluster.default_capacity), graph)
        if default is not None:
            return default
        if isinstance(cluster.default_capacity, Absent):
            return (Platform.ECS_EC2,), f"{starter.name} has neither a launch type nor a capacity provider"
    return None


def _of_strategy(near: Resource, shares: tuple[Any, ...], graph: Graph) -> Answer | None:
    """The platforms of a capacity provider strategy; None where it is empty."""
    found: list[Platform] = []
    names: list[str] = []
    for share in shares:
        link = share.provider
        name = link.value if isinstance(link, Known) else ""
        names.append(str(name) or "a capacity provider")
        if name in _BY_NAME:
            found.append(_BY_NAME[name])
            continue
        provider = graph.find(link, EcsCapacityProvider, near)
        if isinstance(provider, Unresolved):
            found.extend(_ALL[1:])
        elif isinstance(provider.managed_instances, Absent):
            found.append(Platform.ECS_EC2)
        else:
            found.append(Platform.ECS_MANAGED_INSTANCES)
    if not found:
        return None
    return tuple(dict.fromkeys(found)), f"{near.name} uses capacity of {', '.join(dict.fromkeys(names))}"


def _joined(lists: list[Many[Link]], place: Resource) -> Many[Link]:
    """All elements of the lists of several starters, each once."""
    known = [one for one in lists if not isinstance(one, Absent)]
    if not known:
        return lists[0] if lists else Absent(None, place.place)
    if len(known) == 1:
        return known[0]
    found: dict[Any, None] = {}
    for one in known:
        found.update(dict.fromkeys(one.value if isinstance(one, Known) else (one,)))
    return Known(tuple(found), known[0].place)


def _worst(fields: list[Field[bool]], place: Resource) -> Field[bool]:
    """A field that is true where any starter sets it, else unknown where any may."""
    for field in fields:
        if isinstance(field, Known) and field.value:
            return field
    for field in fields:
        if isinstance(field, Unresolved):
            return field
    return fields[0] if fields else Absent(None, place.place)


def _project(task: EcsTaskDefinition, graph: Graph) -> tuple[Workload, ...]:
    started = starters(task, graph)
    ways, why = platforms(task, started, graph)
    services = [one for one in started if isinstance(one, EcsService)]
    clusters = [found for one in started if isinstance(found := graph.find(one.cluster, EcsCluster, one), EcsCluster)]
    return (
        Workload(
            task.name,
            task,
            ways,
            why,
            containers=completed_all(task.containers),
            host_network=is_host(task.network_mode, _TASK),
            host_pid=is_host(task.pid_mode, _TASK),
            host_ipc=is_host(task.ipc_mode, _IPC),
            role=task.task_role,
            execution_role=task.execution_role,
            subnets=_joined([one.subnets for one in started], task),
            security_groups=_joined([one.security_groups for one in started], task),
            public_address=_worst([one.public_address for one in started], task),
            volumes=volumes(task.volumes),
            replicas=services[0].desired_count if len(services) == 1 else Absent(None, task.place),
            labels=task.tags,
            related=(*started, *_once(clusters)),
        ),
    )


def _once(found: list[EcsCluster]) -> list[EcsCluster]:
    return list({id(one): one for one in found}.values())


TASKS = Projection(EcsTaskDefinition, _project)
