"""Pods as workloads, joined with their service account, the role that it gives them, and what reaches them."""

from __future__ import annotations

from msgspec.structs import replace

from ourhalf.graph.kubernetes import Objects, ingresses, objects, policies, services
from ourhalf.graph.projection import Projection
from ourhalf.graph.workloads.pod_environment import completed
from ourhalf.graph.workloads.pod_platforms import platforms
from ourhalf.model.context import Graph
from ourhalf.model.field import Absent, Entries, Field, Known, Link, Many, Unresolved, changed, entry
from ourhalf.model.resource import Resource
from ourhalf.model.workload import Volume, Workload
from ourhalf.resources.eks import EksPodIdentityAssociation
from ourhalf.resources.kubernetes import PodContainer, PodTemplate, PodVolume
from ourhalf.resources.kubernetes_access import ServiceAccount
from ourhalf.resources.kubernetes_namespaces import Namespace
from ourhalf.resources.kubernetes_storage import PersistentVolume, PersistentVolumeClaim

_ROLE = "eks.amazonaws.com/role-arn"
_DRIVERS = {"efs.csi.aws.com": "efs", "fsx.csi.aws.com": "fsx", "ebs.csi.aws.com": "ebs", "s3.csi.aws.com": "s3"}
_KINDS = {"persistentVolumeClaim": "claim"}


def _volume(volume: PodVolume, pod: PodTemplate, known: Objects) -> Volume:
    kind = volume.kind
    if isinstance(kind, Known):
        kind = Known(_KINDS.get(kind.value, kind.value), kind.place)
    found = Volume(
        name=volume.name, kind=kind, host_path=volume.host_path, medium=volume.medium, size=volume.size_limit
    )
    if isinstance(volume.claim, Known):
        return _claimed(found, volume.claim, pod, known)
    if isinstance(volume.driver, Known):
        return replace(found, kind=_of_driver(volume.driver), transit_encryption=_in_transit(volume.attributes))
    return found


def _claimed(found: Volume, claim: Known[str], pod: PodTemplate, known: Objects) -> Volume:
    """A volume with what is known of the persistent volume behind its claim."""
    asked = known.named(PersistentVolumeClaim, pod.namespace, claim.value, pod)
    if asked is None or not isinstance(asked.volume, Known):
        return found
    volume = known.named(PersistentVolume, "", asked.volume.value, pod)
    if volume is None or not isinstance(volume.driver, Known):
        return found
    handle: Field[Link] = Absent(None, volume.place)
    if isinstance(volume.handle, Known):
        handle = Known(volume.handle.value.split(":", 1)[0], volume.handle.place)
    return replace(
        found,
        kind=_of_driver(volume.driver),
        file_system=handle,
        transit_encryption=_in_transit(volume.attributes),
    )


def _of_driver(driver: Known[str]) -> Field[str]:
    return Known(_DRIVERS.get(driver.value, driver.value), driver.place)


def _in_transit(attributes: Field[Entries[str]]) -> Field[str]:
    return entry(attributes, "encryptInTransit")


def _volumes(pod: PodTemplate, known: Objects) -> Many[Volume]:
    if isinstance(pod.volumes, Absent):
        return Absent(None, pod.place)
    return changed(pod.volumes, lambda volume: _volume(volume, pod, known))


def _account(pod: PodTemplate, known: Objects) -> ServiceAccount | None:
    name = pod.service_account
    wanted = name.value if isinstance(name, Known) else name.default if isinstance(name, Absent) else None
    return known.named(ServiceAccount, pod.namespace, wanted, pod) if wanted else None


def _role(pod: PodTemplate, account: ServiceAccount | None, graph: Graph) -> Field[Link]:
    """The role that the pod's service account gives it: by annotation, or by an association of the cluster."""
    name = pod.service_account
    if isinstance(name, Unresolved):
        return name
    for association in graph.all(EksPodIdentityAssociation):
        asked = (association.namespace, association.service_account)
        wanted = (pod.namespace, name.value if isinstance(name, Known) else name.default)
        if all(isinstance(a, Known) and a.value == w for a, w in zip(asked, wanted, strict=True)):
            return association.role
    if account is not None:
        match entry(account.annotations, _ROLE):
            case Known(arn, place):
                return Known(arn, place)
            case Unresolved() as unresolved:
                return unresolved
        return Absent(None, account.place)
    if isinstance(name, Known) and name.value != "default":
        return Unresolved(f"service account {name.value} lies outside of what was read", name.place)
    return Absent(None, name.place)


def _containers(pod: PodTemplate, known: Objects) -> Many[PodContainer]:
    return changed(pod.containers, lambda container: completed(container, pod, known))


def _project(pod: PodTemplate, graph: Graph) -> tuple[Workload, ...]:
    known = objects(graph)
    account = _account(pod, known)
    served = services(pod, graph)
    around: tuple[Resource | None, ...] = (
        account,
        next((n for n in known.near(Namespace, "", pod) if n.name == pod.namespace), None),
        *served,
        *ingresses(served, pod, graph),
        *(policy for policy, _ in policies(pod, graph)),
    )
    ways, why = platforms(pod, graph)
    return (
        Workload(
            pod.name,
            pod,
            ways,
            why,
            containers=_containers(pod, known),
            host_network=pod.host_network,
            host_pid=pod.host_pid,
            host_ipc=pod.host_ipc,
            role=_role(pod, account, graph),
            volumes=_volumes(pod, known),
            replicas=pod.replicas,
            labels=pod.labels,
            namespace=pod.namespace,
            related=tuple(resource for resource in around if resource is not None),
        ),
    )


PODS = Projection(PodTemplate, _project)
