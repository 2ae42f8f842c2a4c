"""Batch jobs as workloads."""

from __future__ import annotations

from msgspec.structs import replace

from ourhalf.graph.projection import Projection
from ourhalf.graph.workloads.engine import completed_all, is_host
from ourhalf.graph.workloads.tasks import volumes
from ourhalf.model.context import Graph
from ourhalf.model.field import Absent, Field, Known, Unresolved, changed, elements
from ourhalf.model.responsibility import Platform
from ourhalf.model.workload import Container, Volume, Workload
from ourhalf.resources.batch import (
    BatchJobDefinition,
    JobContainer,
    JobNode,
    JobPod,
    JobPodContainer,
    JobPodVolume,
    JobTask,
)

_MODES = "https://docs.aws.amazon.com/batch/latest/userguide/networking-modes-jobs.html"
_TASK = "https://docs.aws.amazon.com/batch/latest/APIReference/API_EcsTaskProperties.html"
_IPC = "https://docs.docker.com/reference/cli/dockerd/"

_BY_NAME = {
    "FARGATE": Platform.ECS_FARGATE,
    "EC2": Platform.ECS_EC2,
    "MANAGED_INSTANCES": Platform.ECS_MANAGED_INSTANCES,
}


def _platforms(job: BatchJobDefinition) -> tuple[tuple[Platform, ...], str]:
    if not isinstance(job.pod, Absent):
        return (Platform.EKS_NODES,), "Batch runs the job as a pod on nodes of a cluster"
    match job.platforms:
        case Absent():
            return (Platform.ECS_EC2,), "a job without platform capabilities runs on EC2"
        case Known():
            named = tuple(_BY_NAME[p] for p in elements(job.platforms) if p in _BY_NAME)
            if named:
                return named, "the job definition names its platform"
    return tuple(_BY_NAME.values()), "what runs the job is not known"


def _plain(container: JobContainer, name: str) -> Container:
    """What a job's container is as any other container."""
    fields = {field: getattr(container, field) for field in Container.__struct_fields__}
    return Container(**{**fields, "name": container.name or name})


def _single(job: BatchJobDefinition, container: JobContainer, name: str = "main") -> Workload:
    ways, why = _platforms(job)
    return Workload(
        job.name,
        job,
        ways,
        why,
        containers=completed_all(Known((_plain(container, name),), job.container.place)),
        host_network=_network(job, ways),
        host_pid=Known(False, job.place),
        host_ipc=Known(False, job.place),
        role=container.job_role,
        execution_role=container.execution_role,
        public_address=container.public_address,
        volumes=volumes(container.volumes),
        labels=job.tags,
    )


def _network(job: BatchJobDefinition, ways: tuple[Platform, ...]) -> Field[bool]:
    """Batch chooses the network mode by platform and type of job."""
    if ways == (Platform.ECS_FARGATE,) or not isinstance(job.nodes, Absent):
        return Known(False, job.place)
    if Platform.ECS_FARGATE in ways:
        return Unresolved("the network mode follows from the platform, which is not known", job.place)
    return Absent(True, job.place, _MODES)


def _of_task(job: BatchJobDefinition, task: JobTask) -> Workload:
    ways, why = _platforms(job)
    return Workload(
        job.name,
        job,
        ways,
        why,
        containers=completed_all(task.containers),
        host_network=_network(job, ways),
        host_pid=is_host(task.pid_mode, _TASK),
        host_ipc=is_host(task.ipc_mode, _IPC),
        role=task.task_role,
        execution_role=task.execution_role,
        public_address=task.public_address,
        volumes=volumes(task.volumes),
        labels=job.tags,
    )


def _of_node(job: BatchJobDefinition, node: JobNode) -> tuple[Workload, ...]:
    suffix = node.nodes.value if isinstance(node.nodes, Known) else ""
    name = f"{job.name}/nodes {suffix}".rstrip() if suffix else job.name
    match node.container:
        case Known(container):
            return (replace(_single(job, container), name=name),)
        case Unresolved() as unresolved:
            return (_unknown(job, unresolved),)
    if isinstance(node.ecs, Known):
        return tuple(replace(_of_task(job, task), name=name) for task in elements(node.ecs.value.tasks))
    return ()


def _unknown(job: BatchJobDefinition, unresolved: Unresolved) -> Workload:
    ways, why = _platforms(job)
    return Workload(job.name, job, ways, why, containers=unresolved, labels=job.tags)


def _of_pod(job: BatchJobDefinition, pod: JobPod) -> Workload:
    ways, why = _platforms(job)
    return Workload(
        job.name,
        job,
        ways,
        why,
        containers=changed(pod.containers, _pod_container),
        host_network=pod.host_network,
        host_pid=Known(False, job.place),
        host_ipc=Known(False, job.place),
        role=pod.service_account,
        volumes=changed(pod.volumes, _pod_volume),
        labels=job.tags,
    )


def _pod_volume(volume: JobPodVolume) -> Volume:
    kinds = {"hostPath": volume.host_path, "secret": volume.secret, "claim": volume.claim}
    kind = next((name for name, field in kinds.items() if not isinstance(field, Absent)), "emptyDir")
    place = kinds[kind].place if kind in kinds else volume.medium.place
    return Volume(
        name=volume.name,
        kind=Known(kind, place),
        host_path=volume.host_path,
        medium=volume.medium,
        size=volume.size_limit,
    )


def _pod_container(container: JobPodContainer) -> Container:
    return Container(
        name=container.name,
        place=container.image.place,
        image=container.image,
        entrypoint=container.command,
        arguments=container.arguments,
        environment=container.environment,
        privileged=container.privileged,
        user=container.user,
        run_as_non_root=container.run_as_non_root,
        allow_privilege_escalation=container.allow_privilege_escalation,
        read_only_root=container.read_only_root,
    )


def _project(job: BatchJobDefinition, _: Graph) -> tuple[Workload, ...]:
    match job.container, job.ecs, job.nodes, job.pod:
        case Known(container), _, _, _:
            return (_single(job, container),)
        case _, Known(tasks), _, _:
            return tuple(_of_task(job, task) for task in elements(tasks.tasks))
        case _, _, Known(nodes), _:
            return tuple(w for node in elements(nodes.ranges) for w in _of_node(job, node))
        case _, _, _, Known(pod):
            return (_of_pod(job, pod),)
    for field in (job.container, job.ecs, job.nodes, job.pod):
        if isinstance(field, Unresolved):
            return (_unknown(job, field),)
    return ()


JOBS = Projection(BatchJobDefinition, _project)
