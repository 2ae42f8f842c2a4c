"""What keeps pods from starving each other, and from looking alive when they are not."""

from __future__ import annotations

from ourhalf.controls.judgements import from_sensitivity
from ourhalf.controls.pods import PODS, READ, of_pod_workloads, of_pods
from ourhalf.controls.sagemaker import worst
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Field, Known, Unresolved, doubt, effective, elements, entry
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import AwsDoc, Checkov, KubernetesDoc, Prowler, Trivy, WebPage
from ourhalf.model.verdict import Verdict
from ourhalf.model.workload import Container, Mount, Workload
from ourhalf.resources.kubernetes import PodContainer, PodTemplate, PodVolume
from ourhalf.resources.kubernetes_namespaces import LimitRange, Namespace, ResourceQuota
from ourhalf.resources.kubernetes_network import KubernetesService

_RESOURCES = KubernetesDoc("concepts/configuration/manage-resources-containers/", READ)


def _memory(container: PodContainer, _: Context) -> Verdict:
    match container.memory_limit:
        case Known() as field:
            return Verdict.passed("it has a limit, which is also what it asks for unless it says less", field)
        case Unresolved() as field:
            return Verdict.unknown(field)
        case field:
            return Verdict.failed("one leak takes the memory of every pod on the node", field)


MEMORY = Control(
    id="pod-container-memory-limit",
    title="Containers of pods have a limit of memory",
    topic=Topic.RESILIENCE,
    severity=Severity.LOW,
    layer=Layer.WORKLOAD_SETTINGS,
    applies_to=Container,
    about=PODS,
    evaluate=of_pods(_memory),
    rationale="A container without a limit takes memory from its neighbours until the kernel ends one of them.",
    remedy="Set resources.limits.memory, and resources.requests.memory to the same value.",
    settings={"memory_limit": "16Gi"},
    citations=(_RESOURCES,),
    same_as=(
        Checkov("CKV_K8S_12"),
        Checkov("CKV_K8S_13"),
        Trivy("KSV-0018"),
        Trivy("KSV-0016"),
        Prowler("core_memory_limits_set"),
        Prowler("core_memory_requests_set"),
    ),
    rows=("kubernetes-038", "kubernetes-039"),
)


def _cpu(container: PodContainer, _: Context) -> Verdict:
    match container.cpu_request, container.cpu_limit:
        case (Known() as field, _) | (_, Known() as field):
            return Verdict.passed("it asks for a share of the processors", field)
        case (Unresolved() as field, _) | (_, Unresolved() as field):
            return Verdict.unknown(field)
        case _:
            return Verdict.failed("it asks for no processor time and may get none", container.cpu_request)


CPU = Control(
    id="pod-container-cpu-request",
    title="Containers of pods ask for processors",
    topic=Topic.RESILIENCE,
    severity=Severity.LOW,
    layer=Layer.WORKLOAD_SETTINGS,
    applies_to=Container,
    about=PODS,
    evaluate=of_pods(_cpu),
    rationale="A GPU waits for data loaders that get no processor time; a limit alone counts as a request.",
    remedy="Set resources.requests.cpu; add a limit where tenants share nodes.",
    settings={"cpu_request": "4"},
    citations=(_RESOURCES,),
    same_as=(
        Checkov("CKV_K8S_10"),
        Checkov("CKV_K8S_11"),
        Trivy("KSV-0015"),
        Trivy("KSV-0011"),
        Prowler("core_cpu_requests_set"),
        Prowler("core_cpu_limits_set"),
    ),
    rows=("kubernetes-036", "kubernetes-037"),
)

_SERVING = frozenset({"InferenceService", "LLMInferenceService", "RayService", "VLLMRuntime", "ServingRuntime"})


def _serves(container: PodContainer, context: Context) -> Verdict | None:
    """Why the container need answer no probe; None where it serves."""
    workload = context.workload
    if workload is None or container.role != "main":
        return Verdict.not_applicable("it prepares or accompanies what serves")
    if isinstance(container.ports, Absent):
        return Verdict.not_applicable("it serves no port", container.ports)
    pod = workload.resource
    kind = pod.owner_kind if isinstance(pod, PodTemplate) else ""
    if kind in _SERVING or any(isinstance(r, KubernetesService) for r in workload.related):
        return None
    return Verdict.not_applicable("no Service that was read leads to it")


def _probed(container: PodContainer, probe: Field[object], context: Context, failed: str) -> Verdict:
    spared = _serves(container, context)
    match probe:
        case Known():
            return Verdict.passed("Kubernetes asks it how it is", probe)
        case Unresolved():
            return Verdict.unknown(probe)
    return spared or Verdict.failed(failed, probe)


def _live(container: PodContainer, context: Context) -> Verdict:
    return _probed(container, container.liveness, context, "a server that hangs is never started again")


def _ready(container: PodContainer, context: Context) -> Verdict:
    return _probed(container, container.readiness, context, "requests arrive before the model is loaded")


LIVENESS = Control(
    id="pod-container-liveness",
    title="Serving containers of pods have a liveness probe",
    topic=Topic.RESILIENCE,
    severity=Severity.LOW,
    layer=Layer.AVAILABILITY,
    applies_to=Container,
    about=PODS,
    evaluate=of_pods(_live),
    rationale="A model server whose GPU process is gone may hold its port for days.",
    remedy="Add a livenessProbe on the server's health route, with a startupProbe that waits for the model.",
    settings={"liveness": {"httpGet": {"path": "/health", "port": 8000}, "periodSeconds": 10}},
    citations=(KubernetesDoc("tasks/configure-pod-container/configure-liveness-readiness-startup-probes/", READ),),
    same_as=(Checkov("CKV_K8S_8"), Prowler("core_liveness_probe_configured")),
    rows=("kubernetes-040",),
)
READINESS = Control(
    id="pod-container-readiness",
    title="Serving containers of pods have a readiness probe",
    topic=Topic.RESILIENCE,
    severity=Severity.LOW,
    layer=Layer.AVAILABILITY,
    applies_to=Container,
    about=PODS,
    evaluate=of_pods(_ready),
    rationale="Loading a large model takes minutes in which every request fails.",
    remedy="Add a readinessProbe on the route that answers once the model is loaded.",
    settings={"readiness": {"httpGet": {"path": "/health", "port": 8000}, "periodSeconds": 10}},
    citations=(KubernetesDoc("tasks/configure-pod-container/configure-liveness-readiness-startup-probes/", READ),),
    same_as=(Checkov("CKV_K8S_9"), Prowler("core_readiness_probe_configured")),
    rows=("kubernetes-041",),
)

_SHARED_MEMORY = "/dev/shm"  # noqa: S108 - the place of shared memory in a container


def _shared_memory(pod: PodTemplate, _: Workload, __: Context) -> Verdict:
    volumes = {volume.name: volume for volume in elements(pod.volumes)}
    asking = [c for c in elements(pod.containers) if isinstance(c.gpus, Known)]
    if not asking:
        hidden = doubt(pod.containers) or next(
            (c.gpus for c in elements(pod.containers) if isinstance(c.gpus, Unresolved)), None
        )
        return (
            Verdict.unknown(hidden) if hidden else Verdict.not_applicable("no container asks for a GPU", pod.containers)
        )
    return worst(_of_container(container, volumes, pod) for container in asking)


def _of_container(container: PodContainer, volumes: dict[str, PodVolume], pod: PodTemplate) -> Verdict:
    mount = next((m for m in elements(container.mounts) if effective(m.path) == _SHARED_MEMORY), None)
    if mount is None:
        hidden = doubt(container.mounts) or next(
            (m.path for m in elements(container.mounts) if isinstance(m.path, Unresolved)), None
        )
        if hidden is not None:
            return Verdict.unknown(hidden)
        return Verdict.failed("64 MB of shared memory are too few for data loaders and NCCL", container.mounts)
    volume = volumes.get(effective(mount.volume) or "")
    if volume is None:
        return Verdict.unknown(doubt(pod.volumes) or "the volume of its shared memory is not known", mount.volume)
    return _of_volume(volume, mount)


def _of_volume(volume: PodVolume, mount: Mount) -> Verdict:
    match volume.medium, volume.size_limit:
        case Known("Memory") as medium, Known() as size:
            return Verdict.passed("shared memory has a size of its own", medium, size)
        case Known("Memory"), Absent() as size:
            return Verdict.failed("shared memory may take half of the node's memory", size)
        case (Unresolved() as field, _) | (_, Unresolved() as field):
            return Verdict.unknown(field)
    if isinstance(volume.host_path, Known):
        return Verdict.failed("the host's shared memory stands in for its own", volume.host_path)
    return Verdict.failed("what is mounted there is no memory", mount.path)


SHARED_MEMORY = Control(
    id="pod-shared-memory",
    title="Pods with GPUs have shared memory of a bounded size",
    topic=Topic.RESILIENCE,
    severity=Severity.LOW,
    layer=Layer.WORKLOAD_SETTINGS,
    applies_to=Workload,
    about=PODS,
    evaluate=of_pod_workloads(_shared_memory),
    rationale="Data loaders and NCCL pass tensors through /dev/shm; where it is small, people share the host's.",
    remedy="Mount an emptyDir with medium Memory and a sizeLimit at /dev/shm; it counts against the memory limit.",
    citations=(
        KubernetesDoc("concepts/storage/volumes/", READ),
        WebPage("docs.nvidia.com/deeplearning/nccl/user-guide/docs/troubleshooting.html", READ),
    ),
    rows=("kubernetes-003",),
)


def _has_limits(namespace: Namespace, context: Context) -> Verdict:
    for limits in context.graph.all(LimitRange):
        if limits.namespace == namespace.name:
            return Verdict.passed("containers without limits get some", limits.limits)
    return Verdict.failed("no LimitRange was read for it", namespace.labels)


LIMITS = Control(
    id="namespace-limit-range",
    title="Namespaces give limits to containers that state none",
    topic=Topic.RESILIENCE,
    severity=Severity.LOW,
    layer=Layer.KUBERNETES_ACCESS,
    applies_to=Namespace,
    evaluate=from_sensitivity(Sensitivity.CONFIDENTIAL, _has_limits),
    rationale="One forgotten limit is enough to starve a node.",
    remedy="Add a LimitRange with defaults to the namespace.",
    citations=(KubernetesDoc("concepts/policy/limit-range/", READ),),
    same_as=(Trivy("KSV-0039"),),
    rows=("kubernetes-045",),
)
_GPU_QUOTA = "requests.nvidia.com/gpu"


def _has_quota(namespace: Namespace, context: Context) -> Verdict:
    for quota in context.graph.all(ResourceQuota):
        if quota.namespace != namespace.name:
            continue
        match entry(quota.hard, _GPU_QUOTA):
            case Known() as field:
                return Verdict.passed("it may take no more than its share of the GPUs", field)
            case Unresolved() as field:
                return Verdict.unknown(field)
    return Verdict.failed("no quota of GPUs was read for it", namespace.labels)


QUOTA = Control(
    id="namespace-gpu-quota",
    title="Namespaces have a quota of GPUs",
    topic=Topic.RESILIENCE,
    severity=Severity.LOW,
    layer=Layer.KUBERNETES_ACCESS,
    applies_to=Namespace,
    evaluate=from_sensitivity(Sensitivity.CONFIDENTIAL, _has_quota),
    rationale="Whoever can start pods can take every GPU of the cluster, and the bill that goes with it.",
    remedy="Add a ResourceQuota with requests.nvidia.com/gpu to the namespace, or queue jobs with Kueue.",
    citations=(
        KubernetesDoc("concepts/policy/resource-quotas/", READ),
        AwsDoc("eks/latest/best-practices/tenant-isolation.html", READ),
    ),
    same_as=(Trivy("KSV-0040"),),
    rows=("kubernetes-046",),
)
