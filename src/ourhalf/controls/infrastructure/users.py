"""Who a container runs as, and what more it may become."""

from __future__ import annotations

from ourhalf.controls.compute import ECS_CONTROLS
from ourhalf.controls.judgements import from_sensitivity
from ourhalf.controls.pods import PODS, READ, STANDARDS, first, fixed, of_pods
from ourhalf.controls.sagemaker import eased
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Field, Known, Unresolved, doubt, effective, elements
from ourhalf.model.numbers import whole
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import AwsDoc, Checkov, Cis, KubernetesDoc, Prowler, SecurityHub, Trivy, WebPage
from ourhalf.model.responsibility import Platform
from ourhalf.model.verdict import Verdict
from ourhalf.model.workload import Container
from ourhalf.resources.kubernetes import PodContainer, PodTemplate

_ROOT = frozenset({"0", "root"})


def _is_root(user: str) -> bool:
    return user.partition(":")[0].strip() in _ROOT


def _not_root(container: Container, context: Context) -> Verdict:
    user, forbidden = container.user, container.run_as_non_root
    if fixed(user, forbidden):
        return Verdict.not_applicable("the service leaves the user to the image")
    match user, forbidden:
        case Known(str() as name) as field, _ if _is_root(name):
            return Verdict.failed("it is told to run as root", field)
        case Known() as field, _:
            return Verdict.passed("it runs as a user that is not root", field)
        case _, Known(True) as field:
            return Verdict.passed("Kubernetes refuses to run it as root", field)
        case Unresolved() as field, _:
            return Verdict.unknown(field)
        case _, Unresolved() as field:
            return Verdict.unknown(field)
    return Verdict.failed("nothing keeps the image from running as root", user, severity=eased(context))


NOT_ROOT = Control(
    id="container-not-root",
    title="Containers are kept from running as root",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.MEDIUM,
    layer=Layer.WORKLOAD_SETTINGS,
    applies_to=Container,
    evaluate=_not_root,
    rationale="Root in a container is one kernel or runtime flaw away from root on the host.",
    remedy="Set a user other than root, on Kubernetes runAsNonRoot too, and let the image own what it writes to.",
    settings={"user": "1000", "run_as_non_root": True},
    citations=(AwsDoc(ECS_CONTROLS, READ), KubernetesDoc(STANDARDS, READ)),
    same_as=(
        SecurityHub("ECS.20"),
        Checkov("CKV_K8S_6"),
        Checkov("CKV_K8S_23"),
        Trivy("KSV-0012"),
        Trivy("KSV-0105"),
        Prowler("core_minimize_root_containers_admission"),
        Cis("K8S-2.0.1:5.2.7"),
        Cis("EKS-1.4:4.2.6"),
        Cis("PSS-restricted:14"),
        Cis("PSS-restricted:15"),
    ),
    rows=("ecs-007", "kubernetes-006"),
)


def _no_escalation(container: Container, context: Context) -> Verdict:
    if not isinstance(container, PodContainer):
        return _no_new_privileges(container, context)
    allowed = container.allow_privilege_escalation
    if effective(container.privileged):
        return Verdict.failed("a privileged container may always gain privileges", container.privileged)
    if "SYS_ADMIN" in {name.upper().removeprefix("CAP_") for name in elements(container.added_capabilities)}:
        return Verdict.failed("with SYS_ADMIN a process may always gain privileges", container.added_capabilities)
    match allowed:
        case Known(False):
            return Verdict.passed("no process may gain privileges that its parent has not", allowed)
        case Known(True):
            return Verdict.failed("processes may gain privileges, through setuid files for one", allowed)
        case Absent():
            return Verdict.failed("unless told else, processes may gain privileges", allowed, severity=eased(context))
    return Verdict.unknown(allowed)


def _no_new_privileges(container: Container, context: Context) -> Verdict:
    """The same for engines, whose option ECS on Fargate does not offer."""
    options = container.security_options
    platforms = context.workload.platforms if context.workload is not None else ()
    if fixed(options) or platforms == (Platform.ECS_FARGATE,):
        return Verdict.not_applicable("the service has no such setting")
    for option in elements(options):
        if option.replace("=", ":").lower() in ("no-new-privileges", "no-new-privileges:true"):
            return Verdict.passed("no process may gain privileges that its parent has not", options)
    hidden = doubt(options)
    if hidden is not None:
        return Verdict.unknown(hidden)
    return Verdict.failed("unless told else, processes may gain privileges", options, severity=eased(context))


NO_ESCALATION = Control(
    id="container-no-privilege-escalation",
    title="Processes of containers gain no privileges",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.MEDIUM,
    layer=Layer.WORKLOAD_SETTINGS,
    applies_to=Container,
    evaluate=_no_escalation,
    rationale="A setuid file in the image turns any user into root unless the kernel is told to forbid it.",
    remedy="Set allowPrivilegeEscalation to false on Kubernetes, the option no-new-privileges elsewhere.",
    settings={"allow_privilege_escalation": False, "security_options": ["no-new-privileges"]},
    citations=(
        KubernetesDoc("tasks/configure-pod-container/security-context/", READ),
        KubernetesDoc(STANDARDS, READ),
        WebPage("docs.docker.com/reference/cli/docker/container/run/", READ),
    ),
    same_as=(
        Checkov("CKV_K8S_20"),
        Checkov("CKV_K8S_5"),
        Trivy("KSV-0001"),
        Prowler("core_minimize_allowPrivilegeEscalation_containers"),
        Cis("K8S-2.0.1:5.2.6"),
        Cis("EKS-1.4:4.2.5"),
        Cis("PSS-restricted:13"),
    ),
    rows=("kubernetes-005",),
)


def _read_only(container: Container, context: Context) -> Verdict:
    match container.read_only_root:
        case Known(True) as field:
            return Verdict.passed("the container cannot write to its image", field)
        case Known(False) | Absent(default=False) as field:
            return Verdict.failed("what runs in the container can change the programs that it runs", field)
        case Absent() as field if fixed(field):
            return Verdict.not_applicable("the service has no such setting")
        case field:
            return Verdict.unknown(field)


READ_ONLY_ROOT = Control(
    id="container-read-only-root",
    title="Containers cannot write to their image",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.LOW,
    layer=Layer.WORKLOAD_SETTINGS,
    applies_to=Container,
    evaluate=_read_only,
    rationale="Whoever takes over a process cannot leave anything behind in a file system that is read-only.",
    remedy="Make the root file system read-only and mount volumes where caches and temporary files go.",
    settings={"read_only_root": True},
    citations=(
        AwsDoc(ECS_CONTROLS + "#ecs-5", READ),
        KubernetesDoc("tasks/configure-pod-container/security-context/", READ),
    ),
    same_as=(
        SecurityHub("ECS.5"),
        Checkov("CKV_AWS_336"),
        Checkov("CKV_K8S_22"),
        Trivy("KSV-0014"),
        Prowler("core_readonly_root_filesystem_enabled"),
    ),
    rows=("ecs-002", "kubernetes-009", "batch-003"),
)

_HIGH = 10_000


def _high_ids(container: PodContainer, context: Context) -> Verdict:
    pod = context.workload.resource if context.workload is not None else None
    groups = pod.supplemental_groups if isinstance(pod, PodTemplate) else Absent()
    low = [group for group in elements(groups) if group < _HIGH]
    return first(
        (
            _high(container.user, "user"),
            _high(container.group, "group"),
            Verdict.failed(f"supplemental group {low[0]} may be a group of the host", groups) if low else None,
        ),
        Verdict.passed("its user and groups are none of the host's", container.user, container.group),
    )


def _high(field: Field[str] | Field[int], what: str) -> Verdict | None:
    """Why the user or group may be one of the host's; None where it is not."""
    match field:
        case Known(value) if (number := whole(str(value))) is not None and number >= _HIGH:
            return None
        case Known(value):
            return Verdict.failed(f"{what} {value} may be a {what} of the host", field)
        case Absent():
            return Verdict.failed(f"no {what} is set, so that it may be one of the host's", field)
    return Verdict.unknown(field)


HIGH_IDS = Control(
    id="pod-container-high-ids",
    title="Containers of pods run under user and group ids that no host has",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.LOW,
    layer=Layer.WORKLOAD_SETTINGS,
    applies_to=Container,
    about=PODS,
    evaluate=of_pods(from_sensitivity(Sensitivity.CONFIDENTIAL, _high_ids)),
    rationale="Where a container breaks out, an id of the host brings that user's files with it.",
    remedy="Set runAsUser and runAsGroup to 10000 or more.",
    settings={"user": "10001", "group": 10001},
    citations=(KubernetesDoc("tasks/configure-pod-container/security-context/", READ),),
    same_as=(Checkov("CKV_K8S_40"), Trivy("KSV-0020"), Trivy("KSV-0021"), Trivy("KSV-0116"), Cis("EKS-1.4:4.5.2")),
    rows=("kubernetes-007", "kubernetes-008"),
)
