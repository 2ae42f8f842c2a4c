"""What pods sign in as."""

from __future__ import annotations

from ourhalf.controls.pods import PODS, READ, filled_in, of_pod_workloads
from ourhalf.controls.sagemaker import eased
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Field, Known, Unresolved, doubt, elements
from ourhalf.model.references import AwsDoc, Checkov, Cis, KubernetesDoc, Trivy
from ourhalf.model.verdict import Verdict
from ourhalf.model.workload import Workload
from ourhalf.resources.kubernetes import PodTemplate
from ourhalf.resources.kubernetes_access import KubernetesRoleBinding, ServiceAccount


def _token(pod: PodTemplate, workload: Workload) -> Field[bool]:
    """Whether the pod gets a token: by itself, else by its service account, else by default."""
    if not isinstance(pod.mount_token, Absent):
        return pod.mount_token
    account = next((r for r in workload.related if isinstance(r, ServiceAccount)), None)
    return account.mount_token if account is not None else pod.mount_token


def _no_token(pod: PodTemplate, workload: Workload, context: Context) -> Verdict:
    match _token(pod, workload):
        case Known(False) as field:
            return Verdict.passed("it gets no token of the cluster", field)
        case Unresolved() as field:
            return Verdict.unknown(field)
        case field if isinstance(pod.service_account, Unresolved):
            return Verdict.unknown(pod.service_account, field)
        case field if _bound(pod, context):
            return Verdict.passed("its service account is bound to a role, so that it uses the token", field)
        case field:
            reason = "whoever takes it over holds a token of the cluster that it does not seem to use"
            return Verdict.failed(reason, field, severity=eased(context))


def _bound(pod: PodTemplate, context: Context) -> bool:
    """Whether a binding that was read names the service account of the pod."""
    match pod.service_account:
        case Known(name) if name != "default":
            return any(
                isinstance(subject.subject, Known)
                and subject.subject.value == name
                and (not isinstance(subject.namespace, Known) or subject.namespace.value == pod.namespace)
                for binding in context.graph.all(KubernetesRoleBinding)
                for subject in elements(binding.subjects)
            )
    return False


NO_TOKEN = Control(
    id="pod-token-only-where-used",
    title="Pods that do not call the cluster get no token of it",
    topic=Topic.IDENTITY,
    severity=Severity.MEDIUM,
    layer=Layer.KUBERNETES_ACCESS,
    applies_to=Workload,
    about=PODS,
    evaluate=of_pod_workloads(_no_token),
    rationale="Training and serving code has no business with the API server; its token is one more thing to steal.",
    remedy="Set automountServiceAccountToken to false on the pod or its service account.",
    settings={"mount_token": False},
    citations=(KubernetesDoc("tasks/configure-pod-container/configure-service-account/", READ),),
    same_as=(Checkov("CKV_K8S_38"), Trivy("KSV-0036"), Cis("K8S-2.0.1:5.1.6")),
    rows=("kubernetes-027",),
)


def _own_account(pod: PodTemplate, workload: Workload, context: Context) -> Verdict:
    match pod.service_account:
        case Known(name) as field if name != "default":
            return Verdict.passed(f"it has service account {name}", field)
        case Unresolved() as field:
            return Verdict.unknown(field)
        case field if isinstance(pod.mount_token, Known) and pod.mount_token.value is False:
            return Verdict.passed("it gets no token of the default service account", pod.mount_token)
        case field:
            return Verdict.failed("it signs in as every pod that names no account", field, severity=eased(context))


OWN_ACCOUNT = Control(
    id="pod-own-service-account",
    title="Pods have a service account of their own",
    topic=Topic.IDENTITY,
    severity=Severity.MEDIUM,
    layer=Layer.KUBERNETES_ACCESS,
    applies_to=Workload,
    about=PODS,
    evaluate=of_pod_workloads(_own_account),
    rationale="What one pod of the namespace needs from the API server or from AWS, all would get.",
    remedy="Create a service account for the workload and name it in the pod; give it a role by EKS Pod Identity.",
    settings={"service_account": "SERVICE_ACCOUNT"},
    citations=(
        KubernetesDoc("concepts/security/service-accounts/", READ),
        AwsDoc("eks/latest/userguide/pod-identities.html", READ),
    ),
    same_as=(Checkov("CKV_K8S_41"), Cis("EKS-1.4:4.1.5")),
    rows=("kubernetes-028",),
)


def _default_unbound(binding: KubernetesRoleBinding, context: Context) -> Verdict:
    declared = {account.name for account in context.graph.all(ServiceAccount, binding)}
    unsure: Unresolved | None = None
    for subject in elements(binding.subjects):
        match subject.kind, subject.subject:
            case (Known("ServiceAccount"), Known("default") as field):
                return Verdict.failed("every pod of the namespace that names no account gets the role", field)
            case Known("ServiceAccount"), Known(name) as field if filled_in(name) and name not in declared:
                unsure = unsure or Unresolved("which service account it is is filled in later", field.place)
            case _, Unresolved() as field:
                unsure = unsure or field
    unsure = unsure or doubt(binding.subjects)
    return Verdict.unknown(unsure) if unsure else Verdict.passed("no default account is among them", binding.subjects)


DEFAULT_UNBOUND = Control(
    id="kubernetes-binding-not-default-account",
    title="Default service accounts have no role",
    topic=Topic.IDENTITY,
    severity=Severity.MEDIUM,
    layer=Layer.KUBERNETES_ACCESS,
    applies_to=KubernetesRoleBinding,
    evaluate=_default_unbound,
    rationale="Rights of the default account are rights of every pod that somebody forgot to give an account.",
    remedy="Bind the role to a service account of the workload that needs it.",
    citations=(KubernetesDoc("concepts/security/rbac-good-practices/", READ),),
    same_as=(Checkov("CKV_K8S_42"), Cis("EKS-1.4:4.1.5")),
    rows=("kubernetes-028",),
)
