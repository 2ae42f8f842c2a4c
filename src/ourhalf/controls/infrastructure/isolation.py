"""Ways a container can act with the power of its host."""

from __future__ import annotations

from collections.abc import Callable

from ourhalf.controls.compute import ECS_CONTROLS
from ourhalf.controls.pods import READ, STANDARDS, fixed
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Field, Known, Unresolved, doubt, elements
from ourhalf.model.references import (
    AwsDoc,
    Checkov,
    Cis,
    KubernetesDoc,
    Prowler,
    Repository,
    SecurityHub,
    Trivy,
)
from ourhalf.model.verdict import Verdict
from ourhalf.model.workload import Container, Volume, Workload
from ourhalf.resources.batch import BatchJobDefinition


def _unprivileged(container: Container, _: Context) -> Verdict:
    match container.privileged:
        case Known(True) | Absent(default=True) as field:
            return Verdict.failed("root in this container is root on its host", field)
        case Known(False) | Absent(default=False) as field:
            return Verdict.passed("privileged mode is off", field)
        case field:
            return Verdict.unknown(field)


UNPRIVILEGED = Control(
    id="container-unprivileged",
    title="Containers run without privileged mode",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.WORKLOAD_SETTINGS,
    applies_to=Container,
    evaluate=_unprivileged,
    rationale="A privileged container reaches every device of its host, GPUs and other tenants' data included.",
    remedy=(
        "Leave privileged mode off. GPUs, EFA and Neuron come through device plugins and need no privilege; "
        "EFA may need the one capability IPC_LOCK."
    ),
    settings={"privileged": False},
    citations=(
        AwsDoc(ECS_CONTROLS + "#ecs-4", READ),
        KubernetesDoc(STANDARDS, READ),
        Repository("awslabs/awsome-distributed-ai", READ),
    ),
    same_as=(
        SecurityHub("ECS.4"),
        Checkov("CKV_AWS_334"),
        Checkov("CKV_AWS_210"),
        Checkov("CKV_K8S_16"),
        Checkov("CKV_K8S_2"),
        Trivy("KSV-0017"),
        Prowler("core_minimize_privileged_containers"),
        Cis("K8S-2.0.1:5.2.2"),
        Cis("EKS-1.4:4.2.1"),
        Cis("PSS-baseline:3"),
    ),
    rows=("ecs-001", "kubernetes-001", "kubernetes-070", "batch-001"),
)


def _own(get: Callable[[Workload], Field[bool]], own: str, shared: str) -> Callable[[Workload, Context], Verdict]:
    """A namespace of the host that a workload must not share."""

    def evaluate(workload: Workload, _: Context) -> Verdict:
        match get(workload):
            case Known(True) | Absent(default=True) as field:
                return Verdict.failed(shared, field)
            case Known(False) | Absent(default=False) as field:
                return Verdict.passed(own, field)
            case field:
                return Verdict.unknown(field)

    return evaluate


_own_network_or_not = _own(
    lambda workload: workload.host_network,
    "the workload has a network of its own",
    "the workload shares its host's network and every port on it",
)


def _own_network(workload: Workload, context: Context) -> Verdict:
    if isinstance(workload.resource, BatchJobDefinition) and isinstance(workload.host_network, Absent):
        reason = "AWS Batch gives each job of one node on EC2 its instance's network, and leaves no choice"
        return Verdict.not_applicable(reason, workload.host_network)
    return _own_network_or_not(workload, context)


OWN_NETWORK = Control(
    id="workload-own-network",
    title="Workloads keep to a network of their own",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.WORKLOAD_SETTINGS,
    applies_to=Workload,
    evaluate=_own_network,
    rationale="On the host's network a container hears every port of the host, its metadata service included.",
    remedy="Leave host networking off and publish the ports that are needed. EFA works without it.",
    settings={"host_network": False},
    citations=(AwsDoc(ECS_CONTROLS, READ), KubernetesDoc(STANDARDS, READ)),
    same_as=(
        SecurityHub("ECS.17"),
        Checkov("CKV_K8S_19"),
        Checkov("CKV_K8S_4"),
        Trivy("KSV-0009"),
        Prowler("core_minimize_hostNetwork_containers"),
        Cis("K8S-2.0.1:5.2.5"),
        Cis("EKS-1.4:4.2.4"),
    ),
    rows=("ecs-005", "kubernetes-004"),
)
OWN_PROCESSES = Control(
    id="workload-own-processes",
    title="Workloads see no processes of their host",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.WORKLOAD_SETTINGS,
    applies_to=Workload,
    evaluate=_own(
        lambda workload: workload.host_pid,
        "the workload sees its own processes",
        "the workload sees and may signal every process of its host",
    ),
    rationale="Environment and memory of the host's processes, other tenants' among them, stand open to their equals.",
    remedy="Leave the host's process namespace alone; for a debugger share processes within the pod or task.",
    settings={"host_pid": False},
    citations=(AwsDoc(ECS_CONTROLS + "#ecs-3", READ), KubernetesDoc(STANDARDS, READ)),
    same_as=(
        SecurityHub("ECS.3"),
        Checkov("CKV_AWS_335"),
        Checkov("CKV_K8S_17"),
        Checkov("CKV_K8S_1"),
        Trivy("KSV-0010"),
        Prowler("core_minimize_hostPID_containers"),
        Cis("K8S-2.0.1:5.2.3"),
        Cis("EKS-1.4:4.2.2"),
    ),
    rows=("ecs-003", "kubernetes-002"),
)
OWN_IPC = Control(
    id="workload-own-ipc",
    title="Workloads share no memory with their host",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.WORKLOAD_SETTINGS,
    applies_to=Workload,
    evaluate=_own(
        lambda workload: workload.host_ipc,
        "the workload has shared memory of its own",
        "the workload shares the IPC namespace and /dev/shm of its host",
    ),
    rationale="Tensors that data loaders and NCCL pass through shared memory lie open to every other user of it.",
    remedy=(
        "Leave host IPC off. For NCCL and data loaders give the container shared memory of its own: an emptyDir with "
        "medium Memory at /dev/shm on Kubernetes, the shared memory size on ECS."
    ),
    settings={"host_ipc": False},
    citations=(
        KubernetesDoc(STANDARDS, READ),
        AwsDoc("AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html", READ),
    ),
    same_as=(
        Checkov("CKV_K8S_18"),
        Checkov("CKV_K8S_3"),
        Trivy("KSV-0008"),
        Prowler("core_minimize_hostIPC_containers"),
        Cis("K8S-2.0.1:5.2.4"),
        Cis("EKS-1.4:4.2.3"),
    ),
    rows=("ecs-004", "kubernetes-003"),
)

_SOCKETS = ("docker.sock", "containerd.sock", "crio.sock", "cri-dockerd.sock", "dockershim.sock", "podman.sock")
_OF_THE_HOST = (
    "/etc",
    "/root",
    "/home",
    "/proc",
    "/sys",
    "/boot",
    "/bin",
    "/sbin",
    "/usr",
    "/lib",
    "/lib64",
    "/run",
    "/var",
    "/host",
)
# What deep-learning hosts share on purpose: fabric and GPU devices, scratch disks, file systems of training data.
_OF_DEEP_LEARNING = (
    "/dev/infiniband",
    "/dev/shm",  # noqa: S108 - a folder of the host to look for, not one to write to
    "/dev/gdrdrv",
    "/mnt",
    "/local",
    "/scratch",
    "/opt/dlami",
    "/opt/sagemaker",
    "/opt/ml",
    "/fsx",
    "/efs",
    "/shared",
    "/data",
)


def _is_in(path: str, folders: tuple[str, ...]) -> bool:
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)


def _of_folder(path: str) -> tuple[Severity, str]:
    """How bad it is to mount a folder of the host, and why."""
    plain = path.rstrip("/") or "/"
    if plain.endswith(_SOCKETS):
        return Severity.CRITICAL, f"{path} lets the container start any other on its host"
    if plain in ("/", "/run", "/var/run", "/var", "/var/lib", "/var/lib/kubelet", "/etc/kubernetes", "/root"):
        return Severity.CRITICAL, f"{path} of the host holds what governs the host"
    if _is_in(plain, _OF_DEEP_LEARNING):
        return Severity.LOW, f"{path} of the host is shared with every other container that mounts it"
    if _is_in(plain, _OF_THE_HOST):
        return Severity.HIGH, f"{path} belongs to the host's own system"
    return Severity.MEDIUM, f"{path} is a folder of the host"


def _of_volume(volume: Volume) -> Verdict | None:
    """Whether one volume is a folder of the host; None where it is not."""
    match volume.host_path, volume.kind:
        case Known(str() as path) as field, _ if path:
            severity, reason = _of_folder(path)
            return Verdict.failed(reason, field, severity=severity)
        case Unresolved() as field, Known("hostPath"):
            known = field.prefix
            severity, reason = _of_folder(known) if known else (Severity.MEDIUM, "it mounts a folder of the host")
            return Verdict.failed(f"{reason}; the path is not known in full", volume.kind, severity=severity)
        case (Unresolved() as field, _) | (_, Unresolved() as field):
            return Verdict.unknown(field)
    return None


def _no_host_folders(workload: Workload, _: Context) -> Verdict:
    volumes = workload.volumes
    if fixed(volumes):
        return Verdict.not_applicable("the service mounts nothing of its host")
    found = [verdict for volume in elements(volumes) if (verdict := _of_volume(volume)) is not None]
    failed = [verdict for verdict in found if verdict.severity is not None]
    if failed:
        return min(failed, key=lambda verdict: (verdict.severity or Severity.LOW).rank)
    hidden = doubt(volumes)
    if hidden is not None:
        return Verdict.unknown(hidden)
    return found[0] if found else Verdict.passed("no volume is a folder of the host", volumes)


NO_HOST_FOLDERS = Control(
    id="workload-no-host-folders",
    title="Workloads mount no folder of their host",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.MEDIUM,
    layer=Layer.WORKLOAD_SETTINGS,
    applies_to=Workload,
    evaluate=_no_host_folders,
    rationale=(
        "The container engine's socket or the host's root folder is the host itself; any folder outlives the "
        "container and is seen by the next one that mounts it."
    ),
    remedy=(
        "Take scratch space from an emptyDir or the task's own storage, file systems through their CSI driver or "
        "volume configuration, and devices through device plugins. Never mount the engine's socket."
    ),
    citations=(
        KubernetesDoc("concepts/storage/volumes/", READ),
        KubernetesDoc(STANDARDS, READ),
        AwsDoc("AmazonECS/latest/developerguide/security-tasks-containers.html", READ),
    ),
    same_as=(
        Trivy("KSV-0023"),
        Trivy("KSV-0121"),
        Trivy("KSV-0006"),
        Checkov("CKV_K8S_27"),
        Prowler("core_minimize_hostpath_volume_mounts"),
        Cis("PSS-baseline:5"),
    ),
    rows=("ecs-021", "kubernetes-021", "kubernetes-022"),
)
