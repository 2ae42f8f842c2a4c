"""How containers come by GPUs, and who else has them."""

from __future__ import annotations

from ourhalf.controls.judgements import from_sensitivity
from ourhalf.controls.pods import READ
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Known, Unresolved, doubt, elements, entry
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import AwsDoc, KubernetesDoc, WebPage
from ourhalf.model.verdict import Verdict
from ourhalf.model.workload import Container
from ourhalf.resources.kubernetes import PodContainer
from ourhalf.resources.kubernetes_storage import ConfigMap, DeviceSharing

_VISIBLE = "NVIDIA_VISIBLE_DEVICES"
_NONE = frozenset({"", "none", "void"})


def _through_limits(container: Container, _: Context) -> Verdict:
    match entry(container.environment, _VISIBLE):
        case Known(str() as devices) as field if devices.lower() not in _NONE:
            match container.gpus:
                case Known():
                    return Verdict.passed("the scheduler gives it GPUs", container.gpus)
                case Unresolved() as gpus:
                    return Verdict.unknown(gpus)
            return Verdict.failed(f"it takes GPUs ({devices}) that nobody gave it", field)
        case Known() as field:
            return Verdict.passed("it asks for no GPU past the scheduler", field)
        case Unresolved() as field:
            return Verdict.unknown(field)
    if not isinstance(container, PodContainer):
        return Verdict.not_applicable("it sets no devices by a variable")
    return Verdict.passed("it asks for no GPU past the scheduler", container.environment)


THROUGH_LIMITS = Control(
    id="container-gpus-assigned",
    title="Containers use the GPUs that they are given",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.MEDIUM,
    layer=Layer.WORKLOAD_SETTINGS,
    applies_to=Container,
    evaluate=_through_limits,
    rationale=(
        "NVIDIA_VISIBLE_DEVICES makes the container toolkit hand over GPUs that the scheduler has given to others, "
        "with what is in their memory."
    ),
    remedy="Take the variable out and ask for GPUs: nvidia.com/gpu under limits, GPU under resourceRequirements.",
    citations=(
        WebPage("docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/docker-specialized.html", READ),
        KubernetesDoc("tasks/manage-gpus/scheduling-gpus/", READ),
    ),
)


def _of_sharing(sharing: DeviceSharing) -> Verdict | None:
    for way, listed in (("time slicing", sharing.time_slicing), ("MPS", sharing.mps)):
        for device in elements(listed):
            match device.replicas:
                case Known(number) as field if number > 1:
                    return Verdict.failed(f"{number} pods share each {device.name or 'GPU'} by {way}", field)
                case Unresolved() as field:
                    return Verdict.unknown(field)
        hidden = doubt(listed)
        if hidden is not None:
            return Verdict.unknown(hidden)
    return None


def _unshared(config: ConfigMap, _: Context) -> Verdict:
    sharing = config.sharing
    if isinstance(sharing, Absent):
        return Verdict.not_applicable("it configures no device plugin", sharing)
    found = [verdict for one in elements(sharing) if (verdict := _of_sharing(one)) is not None]
    failed = next((verdict for verdict in found if verdict.status == "fail"), None)
    hidden = doubt(sharing)
    if failed is not None:
        return failed
    if hidden is not None and isinstance(config.data, Unresolved):
        return Verdict.not_applicable("whether it configures a device plugin is not known", hidden)
    if hidden is not None:
        return Verdict.unknown(hidden)
    return found[0] if found else Verdict.passed("each GPU goes to one pod", sharing)


UNSHARED = Control(
    id="gpu-not-shared",
    title="GPUs are not shared between pods without isolation",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.MEDIUM,
    layer=Layer.TENANT_ISOLATION,
    applies_to=ConfigMap,
    evaluate=from_sensitivity(Sensitivity.CONFIDENTIAL, _unshared),
    rationale=(
        "Time slicing and MPS keep neither memory nor faults of one pod from another: one tenant's kernel can end or "
        "starve the other's."
    ),
    remedy="Give each tenant whole GPUs, or partitions of them (MIG), which the hardware keeps apart.",
    citations=(
        WebPage("docs.nvidia.com/datacenter/cloud-native/gpu-operator/latest/gpu-sharing.html", READ),
        AwsDoc("eks/latest/best-practices/tenant-isolation.html", READ),
    ),
)
