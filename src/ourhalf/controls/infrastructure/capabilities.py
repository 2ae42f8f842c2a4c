"""The powers of root that a container has."""

from __future__ import annotations

from ourhalf.controls.pods import READ, STANDARDS, fixed
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import doubt, elements
from ourhalf.model.references import AwsDoc, Checkov, Cis, KubernetesDoc, Prowler, Trivy, WebPage
from ourhalf.model.verdict import Verdict
from ourhalf.model.workload import Container

# What the baseline of the Pod Security Standards lets a container add.
_BASELINE = frozenset(
    {
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    }
)
_CRITICAL = frozenset({"ALL", "SYS_MODULE"})
_HIGH = frozenset(
    {"SYS_ADMIN", "SYS_PTRACE", "SYS_RAWIO", "SYS_BOOT", "DAC_READ_SEARCH", "NET_ADMIN", "BPF", "PERFMON"}
)
_EFA = "vpc.amazonaws.com/efa"


def _name(capability: str) -> str:
    return capability.upper().removeprefix("CAP_")


def _severity(name: str) -> Severity:
    if name in _CRITICAL:
        return Severity.CRITICAL
    if name in _HIGH:
        return Severity.HIGH
    return Severity.LOW if name == "IPC_LOCK" else Severity.MEDIUM


def _none_added(container: Container, _: Context) -> Verdict:
    added = container.added_capabilities
    if fixed(added):
        return Verdict.not_applicable("the service adds no capability")
    names = [_name(capability) for capability in elements(added)]
    beyond = [name for name in names if name not in _BASELINE]
    for_efa = beyond == ["IPC_LOCK"] and _EFA in elements(container.devices)
    if beyond and not for_efa:
        worst = min(map(_severity, beyond), key=lambda severity: severity.rank)
        return Verdict.failed(f"it gets {', '.join(beyond)} of root's powers", added, severity=worst)
    hidden = doubt(added)
    if hidden is not None:
        return Verdict.unknown(hidden)
    if for_efa:
        return Verdict.passed("IPC_LOCK is what EFA needs to pin memory", added, container.devices)
    return Verdict.passed("no capability beyond the baseline is added", added)


NONE_ADDED = Control(
    id="container-no-capability-added",
    title="Containers get no capability beyond the baseline",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.MEDIUM,
    layer=Layer.WORKLOAD_SETTINGS,
    applies_to=Container,
    evaluate=_none_added,
    rationale=(
        "SYS_ADMIN or SYS_MODULE is root on the host by another name; each further capability is a power that the "
        "process keeps when somebody else takes it over."
    ),
    remedy=(
        "Take out what is added. RDMA over EFA needs IPC_LOCK and nothing else; profilers that need SYS_PTRACE or "
        "SYS_ADMIN belong on a cluster of their own."
    ),
    settings={"added_capabilities": []},
    citations=(
        KubernetesDoc(STANDARDS, READ),
        AwsDoc("AmazonECS/latest/APIReference/API_KernelCapabilities.html", READ),
        WebPage("man7.org/linux/man-pages/man7/capabilities.7.html", READ),
    ),
    same_as=(
        Checkov("CKV_K8S_24"),
        Checkov("CKV_K8S_25"),
        Checkov("CKV_K8S_39"),
        Trivy("KSV-0022"),
        Trivy("KSV-0005"),
        Trivy("KSV-0120"),
        Prowler("core_minimize_containers_added_capabilities"),
        Cis("PSS-baseline:4"),
        Cis("PSS-restricted:4"),
    ),
    rows=("ecs-017", "kubernetes-011", "kubernetes-012", "kubernetes-013"),
)


def _all_dropped(container: Container, _: Context) -> Verdict:
    dropped = container.dropped_capabilities
    if fixed(dropped):
        return Verdict.not_applicable("the service has no such setting")
    names = {_name(capability) for capability in elements(dropped)}
    if "ALL" in names:
        return Verdict.passed("it has only the capabilities that it adds", dropped)
    hidden = doubt(dropped)
    if hidden is not None:
        return Verdict.unknown(hidden)
    if names & {"NET_RAW"}:
        return Verdict.failed("it keeps the engine's other default capabilities", dropped)
    return Verdict.failed("it keeps the engine's default capabilities, NET_RAW among them", dropped)


ALL_DROPPED = Control(
    id="container-capabilities-dropped",
    title="Containers drop all capabilities",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.LOW,
    layer=Layer.WORKLOAD_SETTINGS,
    applies_to=Container,
    evaluate=_all_dropped,
    rationale="Training and serving need none of root's powers; NET_RAW alone is enough to forge neighbours' packets.",
    remedy="Drop ALL and add back the one that is needed.",
    settings={"dropped_capabilities": ["ALL"]},
    citations=(
        KubernetesDoc(STANDARDS, READ),
        AwsDoc("AmazonECS/latest/APIReference/API_KernelCapabilities.html", READ),
    ),
    same_as=(
        Checkov("CKV_K8S_36"),
        Checkov("CKV_K8S_37"),
        Checkov("CKV_K8S_28"),
        Checkov("CKV_K8S_7"),
        Trivy("KSV-0003"),
        Trivy("KSV-0004"),
        Trivy("KSV-0106"),
        Trivy("KSV-0119"),
        Prowler("core_minimize_containers_capabilities_assigned"),
        Prowler("core_minimize_net_raw_capability_admission"),
        Cis("K8S-2.0.1:5.2.8"),
        Cis("K8S-2.0.1:5.2.9"),
        Cis("EKS-1.4:4.2.7"),
        Cis("PSS-restricted:17"),
    ),
    rows=("ecs-018", "kubernetes-010", "kubernetes-014"),
)
