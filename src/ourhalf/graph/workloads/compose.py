"""Containers that are started on a host: Compose services, and what boot scripts run."""

from __future__ import annotations

from ourhalf.graph.projection import Projection
from ourhalf.graph.workloads.engine import completed_all, is_host
from ourhalf.model.context import Graph
from ourhalf.model.field import Absent, Field, Known, Many, Unresolved, doubt, elements
from ourhalf.model.responsibility import Platform
from ourhalf.model.workload import Mount, Volume, Workload
from ourhalf.resources.compose import BootScript, ComposeService, HostContainer, UserData

_RUN = "https://docs.docker.com/reference/cli/docker/container/run/"
_HOST_BEGINS = ("/", ".", "~", "\\")


def host_volumes(containers: Many[HostContainer]) -> Many[Volume]:
    """The folders of the host and the volumes of the engine that containers mount."""
    found: list[Volume | Unresolved] = []
    for container in elements(containers):
        match container.mounts:
            case Known(mounts):
                found.extend(m if isinstance(m, Unresolved) else _volume(m) for m in mounts)
            case Unresolved() as unresolved:
                found.append(unresolved)
    if (missing := doubt(containers)) is not None:
        found.append(missing)
    return Known(tuple(found), containers.place)


def _volume(mount: Mount) -> Volume:
    match mount.volume:
        case Known(source, place) if source.startswith(_HOST_BEGINS):
            return Volume(name=source, kind=Known("hostPath", place), host_path=mount.volume)
        case Known(source, place):
            return Volume(name=source, kind=Known("docker", place))
        case Unresolved(place=place, parts=parts) as unresolved:
            begins = parts[0] if parts else None
            named = isinstance(begins, str) and not begins.startswith(_HOST_BEGINS)
            return Volume(kind=Known("docker", place)) if named else Volume(kind=unresolved, host_path=unresolved)
        case Absent(place=place):
            return Volume(kind=Known("docker", place))


def any_host(containers: Many[HostContainer], field: str) -> Field[bool]:
    """Whether any container takes the host's network, process or IPC namespace."""
    answers = [is_host(getattr(container, field), _RUN) for container in elements(containers)]
    for answer in answers:
        if isinstance(answer, Known) and answer.value:
            return answer
    missing = doubt(containers)
    if missing is not None:
        return missing
    for answer in answers:
        if isinstance(answer, Unresolved):
            return answer
    return answers[0] if answers else Absent(None, containers.place)


def started(data: Field[UserData]) -> Many[HostContainer]:
    """The containers that a boot script starts."""
    match data:
        case Known(value):
            return value.containers
        case Absent(place=place):
            return Absent(None, place)
        case unresolved:
            return unresolved


def _project_service(service: ComposeService, _: Graph) -> tuple[Workload, ...]:
    match service.container:
        case Known(container, place):
            containers: Many[HostContainer] = Known((container,), place)
        case other:
            containers = other if isinstance(other, Unresolved) else Absent(None, service.place)
    return (
        Workload(
            service.name,
            service,
            (Platform.EC2,),
            "Compose runs on whichever host it is started on",
            containers=completed_all(containers),
            host_network=any_host(containers, "network_mode"),
            host_pid=any_host(containers, "pid"),
            host_ipc=any_host(containers, "ipc"),
            volumes=host_volumes(containers),
            replicas=service.replicas,
            labels=service.labels,
        ),
    )


def _project_script(script: BootScript, _: Graph) -> tuple[Workload, ...]:
    containers = started(script.user_data)
    return (
        Workload(
            script.name,
            script,
            (Platform.EC2,),
            "the script starts containers on the host that runs it",
            containers=completed_all(containers),
            host_network=any_host(containers, "network_mode"),
            host_pid=any_host(containers, "pid"),
            host_ipc=any_host(containers, "ipc"),
            volumes=host_volumes(containers),
        ),
    )


SERVICES = Projection(ComposeService, _project_service)
SCRIPTS = Projection(BootScript, _project_script)
