"""Pods as workloads."""

from ourhalf.graph.projection import Projection
from ourhalf.model.context import Graph
from ourhalf.model.field import Absent, Known, Many, Unresolved
from ourhalf.model.responsibility import Platform
from ourhalf.model.workload import Volume, Workload
from ourhalf.resources.kubernetes import PodTemplate, PodVolume


def _volume(volume: PodVolume) -> Volume:
    return Volume(name=volume.name, host_path=volume.host_path, medium=volume.medium, size=volume.size_limit)


def _project(pod: PodTemplate, _: Graph) -> tuple[Workload, ...]:
    volumes: Many[Volume] = Absent(None, pod.place)
    match pod.volumes:
        case Known(many, place):
            volumes = Known(tuple(v if isinstance(v, Unresolved) else _volume(v) for v in many), place)
        case Unresolved() as unresolved:
            volumes = unresolved
    return (
        Workload(
            pod.name,
            pod,
            (Platform.EKS_NODES, Platform.EKS_FARGATE, Platform.EKS_AUTO),
            "a pod runs on nodes of any kind unless its cluster says otherwise",
            containers=pod.containers,
            host_network=pod.host_network,
            host_pid=pod.host_pid,
            host_ipc=pod.host_ipc,
            role=pod.service_account,
            volumes=volumes,
            labels=pod.labels,
            namespace=pod.namespace,
        ),
    )


PODS = Projection(PodTemplate, _project)
