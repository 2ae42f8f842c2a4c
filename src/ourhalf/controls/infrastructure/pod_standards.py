"""What the Pod Security Standards ask of pods beyond what all containers are asked."""

from __future__ import annotations

import re

from ourhalf.controls.judgements import from_sensitivity, setting
from ourhalf.controls.pods import PODS, READ, STANDARDS, first, of_pod_workloads, of_pods
from ourhalf.controls.sagemaker import eased
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Field, Known, Unresolved, doubt, effective, elements, entry
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import Checkov, Cis, KubernetesDoc, Prowler, Trivy
from ourhalf.model.verdict import Verdict
from ourhalf.model.workload import Container, Workload
from ourhalf.resources.kubernetes import PodContainer, PodTemplate
from ourhalf.resources.kubernetes_namespaces import Namespace


def _seccomp(container: PodContainer, context: Context) -> Verdict:
    if effective(container.privileged):
        return Verdict.failed("a privileged container runs without seccomp", container.privileged)
    match container.seccomp_profile:
        case Known("Unconfined") as field:
            return Verdict.failed("every system call is open to it", field)
        case Known("RuntimeDefault" | "Localhost") as field:
            return Verdict.passed("system calls are filtered", field)
        case Absent() as field:
            return Verdict.failed("without a profile every system call is open to it", field, severity=eased(context))
        case Known() as field:
            return Verdict.unknown("no such profile", field)
        case field:
            return Verdict.unknown(field)


SECCOMP = Control(
    id="pod-container-seccomp",
    title="Containers of pods run under a seccomp profile",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.MEDIUM,
    layer=Layer.WORKLOAD_SETTINGS,
    applies_to=Container,
    about=PODS,
    evaluate=of_pods(_seccomp),
    rationale="The runtime's profile closes the system calls that escapes from containers have used.",
    remedy="Set seccompProfile to RuntimeDefault for the pod.",
    settings={"seccomp_profile": "RuntimeDefault"},
    citations=(KubernetesDoc("tutorials/security/seccomp/", READ), KubernetesDoc(STANDARDS, READ)),
    same_as=(
        Checkov("CKV_K8S_31"),
        Checkov("CKV_K8S_32"),
        Trivy("KSV-0030"),
        Trivy("KSV-0104"),
        Prowler("core_seccomp_profile_docker_default"),
        Cis("K8S-2.0.1:5.6.2"),
        Cis("PSS-baseline:10"),
        Cis("PSS-restricted:16"),
    ),
    rows=("kubernetes-015",),
)

_SELINUX_TYPES = frozenset({"", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"})


def _profiles(container: PodContainer, _: Context) -> Verdict:
    fields: tuple[Field[str], ...] = (
        container.app_armor,
        container.selinux_user,
        container.selinux_role,
        container.selinux_type,
        container.proc_mount,
    )
    return first((_weakened(*fields), *(_unknown(field) for field in fields)), Verdict.passed("none is", *fields))


def _weakened(*fields: Field[str]) -> Verdict | None:
    app_armor, user, role, kind, proc = fields
    match app_armor, proc:
        case Known("Unconfined"), _:
            return Verdict.failed("AppArmor is taken off it", app_armor)
        case _, Known("Unmasked"):
            return Verdict.failed("it sees all of the kernel's /proc", proc)
    for field, what in ((user, "user"), (role, "role")):
        if isinstance(field, Known) and field.value:
            return Verdict.failed(f"it chooses its SELinux {what}", field)
    if isinstance(kind, Known) and kind.value not in _SELINUX_TYPES:
        return Verdict.failed(f"SELinux type {kind.value} is none of containers", kind)
    return None


def _unknown(field: Field[str]) -> Verdict | None:
    return Verdict.unknown(field) if isinstance(field, Unresolved) else None


PROFILES = Control(
    id="pod-container-profiles-kept",
    title="Containers of pods keep AppArmor, SELinux and a masked /proc",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.MEDIUM,
    layer=Layer.WORKLOAD_SETTINGS,
    applies_to=Container,
    about=PODS,
    evaluate=of_pods(_profiles),
    rationale="Each of them is a wall behind the container's own that has stopped escapes.",
    remedy="Leave out appArmorProfile, seLinuxOptions and procMount, or name profiles made for containers.",
    citations=(KubernetesDoc(STANDARDS, READ),),
    same_as=(
        Trivy("KSV-0002"),
        Trivy("KSV-0025"),
        Trivy("KSV-0027"),
        Cis("PSS-baseline:7"),
        Cis("PSS-baseline:8"),
        Cis("PSS-baseline:9"),
    ),
    rows=("kubernetes-016", "kubernetes-017", "kubernetes-019"),
)

_SAFE_SYSCTLS = frozenset(
    {
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.tcp_syncookies",
        "net.ipv4.ping_group_range",
        "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_rmem",
        "net.ipv4.tcp_wmem",
    }
)


def _sysctls(pod: PodTemplate, _: Workload, __: Context) -> Verdict:
    unsafe = [name for name in elements(pod.sysctls) if name not in _SAFE_SYSCTLS]
    if unsafe:
        return Verdict.failed(f"{', '.join(unsafe)} may change the node for all", pod.sysctls)
    hidden = doubt(pod.sysctls)
    return Verdict.unknown(hidden) if hidden else Verdict.passed("no unsafe kernel setting is changed", pod.sysctls)


SYSCTLS = Control(
    id="pod-safe-sysctls",
    title="Pods change no kernel setting that others feel",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.MEDIUM,
    layer=Layer.WORKLOAD_SETTINGS,
    applies_to=Workload,
    about=PODS,
    evaluate=of_pod_workloads(_sysctls),
    rationale="Settings that Kubernetes does not call safe reach beyond the pod, or let it take the node's memory.",
    remedy="Set them on the node image, or leave them out.",
    citations=(
        KubernetesDoc("tasks/administer-cluster/sysctl-cluster/", READ),
        KubernetesDoc(STANDARDS, READ),
    ),
    same_as=(Trivy("KSV-0026"), Cis("PSS-baseline:11")),
    rows=("kubernetes-018",),
)
HOST_PROCESS = Control(
    id="pod-container-no-host-process",
    title="Windows containers of pods are no processes of their host",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.MEDIUM,
    layer=Layer.WORKLOAD_SETTINGS,
    applies_to=Container,
    about=PODS,
    evaluate=of_pods(
        setting(
            lambda container: container.windows_host_process,
            lambda host: not host,
            "it is a container of its own",
            "it runs on the host itself",
        )
    ),
    rationale="A HostProcess container is the host: its users, its files, its network.",
    remedy="Leave hostProcess out.",
    citations=(KubernetesDoc(STANDARDS, READ),),
    same_as=(
        Trivy("KSV-0103"),
        Prowler("core_minimize_admission_windows_hostprocess_containers"),
        Cis("K8S-2.0.1:5.2.10"),
        Cis("PSS-baseline:1"),
    ),
    rows=("kubernetes-020",),
)

_CORE_VOLUMES = frozenset(
    {
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "persistentVolumeClaim",
        "projected",
        "secret",
        "image",
    }
)


def _core_volumes(pod: PodTemplate, _: Workload, __: Context) -> Verdict:
    for volume in elements(pod.volumes):
        match volume.kind:
            case Known(kind) as field if kind not in _CORE_VOLUMES and kind != "hostPath":
                return Verdict.failed(f"{kind} is reached with the node's credentials, past any driver", field)
            case Unresolved() as field:
                return Verdict.unknown(field)
    hidden = doubt(pod.volumes)
    return (
        Verdict.unknown(hidden) if hidden else Verdict.passed("each volume is of a kind that is asked for", pod.volumes)
    )


CORE_VOLUMES = Control(
    id="pod-core-volumes",
    title="Pods take volumes from drivers, claims and the cluster itself",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.LOW,
    layer=Layer.WORKLOAD_SETTINGS,
    applies_to=Workload,
    about=PODS,
    evaluate=of_pod_workloads(_core_volumes),
    rationale="NFS and the old in-tree kinds are mounted without encryption in transit or an identity.",
    remedy="Use a persistent volume claim with the CSI driver of EFS, FSx or EBS.",
    citations=(KubernetesDoc(STANDARDS, READ),),
    same_as=(Trivy("KSV-0028"), Cis("PSS-restricted:12")),
    rows=("kubernetes-023",),
)


def _no_aliases(pod: PodTemplate, _: Workload, __: Context) -> Verdict:
    aliases = pod.host_aliases
    if isinstance(aliases, Known) and aliases.value:
        return Verdict.failed("names are sent to addresses that no name server answers for", aliases)
    return Verdict.passed("names are resolved by the cluster", aliases)


NO_ALIASES = Control(
    id="pod-no-host-aliases",
    title="Pods resolve names as the cluster does",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.LOW,
    layer=Layer.WORKLOAD_SETTINGS,
    applies_to=Workload,
    about=PODS,
    evaluate=of_pod_workloads(_no_aliases),
    rationale="An entry in /etc/hosts quietly sends a name elsewhere.",
    remedy="Leave hostAliases out and put the name into the cluster's or Route 53's records.",
    citations=(KubernetesDoc("tasks/network/customize-hosts-file-for-pods/", READ),),
    same_as=(Trivy("KSV-0007"),),
    rows=("kubernetes-024",),
)


def _no_host_port(container: PodContainer, _: Context) -> Verdict:
    for port in elements(container.ports):
        match port.host_port:
            case Known(number) as field if number:
                return Verdict.failed(f"port {number} of the node leads to it", field)
            case Unresolved() as field:
                return Verdict.unknown(field)
    hidden = doubt(container.ports)
    return Verdict.unknown(hidden) if hidden else Verdict.passed("no port of the node leads to it", container.ports)


NO_HOST_PORT = Control(
    id="pod-container-no-host-port",
    title="Containers of pods take no port of their node",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.NETWORK,
    applies_to=Container,
    about=PODS,
    evaluate=of_pods(_no_host_port),
    rationale="A port of the node is reached past Services and network policies.",
    remedy="Leave hostPort out and put a Service in front.",
    citations=(KubernetesDoc(STANDARDS, READ),),
    same_as=(
        Checkov("CKV_K8S_26"),
        Trivy("KSV-0024"),
        Prowler("core_minimize_admission_hostport_containers"),
        Cis("K8S-2.0.1:5.2.12"),
        Cis("PSS-baseline:6"),
    ),
    rows=("kubernetes-025",),
)


def _high_port(container: PodContainer, _: Context) -> Verdict:
    for port in elements(container.ports):
        match port.container_port:
            case Known(number) as field if number <= 1024:
                return Verdict.failed(f"port {number} asks for root or NET_BIND_SERVICE", field)
            case Unresolved() as field:
                return Verdict.unknown(field)
    hidden = doubt(container.ports)
    return Verdict.unknown(hidden) if hidden else Verdict.passed("no port asks for root", container.ports)


HIGH_PORTS = Control(
    id="pod-container-high-ports",
    title="Containers of pods listen on ports over 1024",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.LOW,
    layer=Layer.WORKLOAD_SETTINGS,
    applies_to=Container,
    about=PODS,
    evaluate=of_pods(from_sensitivity(Sensitivity.CONFIDENTIAL, _high_port)),
    rationale="Below that a process needs a privilege that it keeps afterwards.",
    remedy="Let the program listen on a high port, and the Service translate.",
    citations=(KubernetesDoc("concepts/services-networking/service/", READ),),
    same_as=(Trivy("KSV-0117"),),
    rows=("kubernetes-026",),
)

_ENFORCE = "pod-security.kubernetes.io/enforce"


def _enforced(namespace: Namespace, context: Context) -> Verdict:
    match entry(namespace.labels, _ENFORCE):
        case Known("baseline" | "restricted" as level) as field:
            return Verdict.passed(f"the {level} standard is enforced", field)
        case Known() as field:
            return Verdict.failed("no pod is refused", field)
        case Absent():
            reason = "no pod security standard is enforced, so that no pod is refused"
            return Verdict.failed(reason, namespace.labels, severity=eased(context))
        case field:
            return Verdict.unknown(field)


POD_SECURITY = Control(
    id="namespace-pod-security",
    title="Namespaces enforce a pod security standard",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.KUBERNETES_ACCESS,
    applies_to=Namespace,
    evaluate=_enforced,
    rationale="What manifests promise today, nothing holds tomorrow unless the cluster itself refuses worse pods.",
    remedy="Label the namespace pod-security.kubernetes.io/enforce: baseline, or restricted where its pods allow it.",
    settings={"labels": {"pod-security.kubernetes.io/enforce": "baseline"}},
    citations=(KubernetesDoc("concepts/security/pod-security-admission/", READ),),
    rows=("kubernetes-066",),
)

_CONSOLES = re.compile(r"(?:^|/)(kubernetes-dashboard|kubernetes-dashboard-amd64|dashboard|tiller)(?:[:@]|$)")
_CONSOLE_PUBLISHERS = re.compile(r"kubernetesui/|k8s\.gcr\.io/|registry\.k8s\.io/|gcr\.io/kubernetes-helm/|kubernetes-")


def _no_console(container: PodContainer, _: Context) -> Verdict:
    match container.image:
        case Known(str() as image) as field if _CONSOLES.search(image) and _CONSOLE_PUBLISHERS.search(image):
            return Verdict.failed(f"{image} acts for whoever reaches it", field)
        case Known() as field:
            return Verdict.passed("it is no console of the cluster", field)
        case field:
            return Verdict.unknown(field)


NO_CONSOLE = Control(
    id="pod-container-no-cluster-console",
    title="No Kubernetes dashboard or Tiller is deployed",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.KUBERNETES_ACCESS,
    applies_to=Container,
    about=PODS,
    evaluate=of_pods(_no_console),
    rationale="Both hold wide rights in the cluster and have been the way in for miners; Helm 3 needs no Tiller.",
    remedy="Remove it; use the EKS console, or Headlamp with each person's own rights.",
    citations=(KubernetesDoc("tasks/access-application-cluster/web-ui-dashboard/", READ),),
    same_as=(
        Checkov("CKV_K8S_33"),
        Checkov("CKV_K8S_34"),
        Checkov("CKV_K8S_44"),
        Checkov("CKV_K8S_45"),
        Trivy("KSV-0102"),
    ),
    rows=("kubernetes-067",),
)
