"""What roles of a Kubernetes cluster let their holders do, and who holds them."""

from __future__ import annotations

from ourhalf.controls.pods import RBAC, READ, filled_in
from ourhalf.controls.rbac import CORE, Power, without
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Known, Unresolved, doubt, elements
from ourhalf.model.references import Checkov, Cis, KubernetesDoc, Prowler, Trivy
from ourhalf.model.verdict import Verdict
from ourhalf.resources.kubernetes_access import KubernetesRole, KubernetesRoleBinding, RoleRule

_RBAC_GROUP = "rbac.authorization.k8s.io"
_RBAC_KINDS = ("roles", "clusterroles", "rolebindings", "clusterrolebindings")
_PRACTICE = (KubernetesDoc(RBAC, READ),)


def _no_wildcard(role: KubernetesRole, _: Context) -> Verdict:
    found = [verdict for rule in elements(role.rules) if (verdict := _of_rule(rule, role)) is not None]
    failed = [verdict for verdict in found if verdict.severity is not None]
    if failed:
        return min(failed, key=lambda verdict: (verdict.severity or Severity.LOW).rank)
    hidden = doubt(role.rules)
    if hidden is not None:
        return Verdict.unknown(hidden)
    if found:
        return found[0]
    if not isinstance(role.aggregates, Absent):
        return Verdict.unknown("the cluster adds the rules of other roles to it", role.aggregates)
    inner = [f for rule in elements(role.rules) for f in (rule.verbs, rule.resources) if isinstance(f, Known)]
    return Verdict.passed("each rule names verbs and resources", role.rules, *inner)


def _of_rule(rule: RoleRule, role: KubernetesRole) -> Verdict | None:
    """Whether a rule has a wildcard; None where it has none."""
    verbs, resources = "*" in elements(rule.verbs), "*" in elements(rule.resources)
    whole = verbs and resources and "*" in elements(rule.groups)
    if whole:
        severity = Severity.CRITICAL if role.cluster else Severity.HIGH
        return Verdict.failed("it may do anything to anything", rule.verbs, rule.resources, severity=severity)
    if verbs:
        return Verdict.failed("it may do anything to what it names", rule.verbs, severity=Severity.MEDIUM)
    if resources:
        severity = Severity.HIGH if role.cluster else Severity.MEDIUM
        return Verdict.failed("it reaches every kind of object, secrets too", rule.resources, severity=severity)
    hidden = doubt(rule.verbs) or doubt(rule.resources)
    return Verdict.unknown(hidden) if hidden is not None else None


NO_WILDCARD = Control(
    id="kubernetes-role-no-wildcard",
    title="Kubernetes roles name what they grant",
    topic=Topic.IDENTITY,
    severity=Severity.HIGH,
    layer=Layer.KUBERNETES_ACCESS,
    applies_to=KubernetesRole,
    evaluate=_no_wildcard,
    rationale="A wildcard grants what exists today and what somebody installs tomorrow.",
    remedy="List the API groups, resources and verbs that the holder uses.",
    citations=_PRACTICE,
    same_as=(
        Checkov("CKV_K8S_49"),
        Trivy("KSV-0044"),
        Trivy("KSV-0045"),
        Trivy("KSV-0046"),
        Trivy("KSV-0112"),
        Prowler("rbac_minimize_wildcard_use_roles"),
        Cis("K8S-2.0.1:5.1.3"),
        Cis("EKS-1.4:4.1.3"),
    ),
    rows=("kubernetes-049",),
)
NO_SECRETS = Control(
    id="kubernetes-role-no-secrets",
    title="Kubernetes roles read no secrets that they do not name",
    topic=Topic.IDENTITY,
    severity=Severity.HIGH,
    layer=Layer.KUBERNETES_ACCESS,
    applies_to=KubernetesRole,
    evaluate=without(
        Power(("secrets",), ("get", "list", "watch", "*")),
        reason="it reads secrets",
        namespaced=Severity.MEDIUM,
    ),
    rationale="Tokens of accounts, registries and model hubs are secrets: whoever lists them is all of them.",
    remedy="Name the secret under resourceNames with the verb get, or let the pod mount it.",
    citations=_PRACTICE,
    same_as=(
        Checkov("CKV2_K8S_5"),
        Trivy("KSV-0041"),
        Trivy("KSV-0113"),
        Prowler("rbac_minimize_secret_access"),
        Cis("K8S-2.0.1:5.1.2"),
        Cis("EKS-1.4:4.1.2"),
    ),
    rows=("kubernetes-052",),
)
NO_ESCALATION = Control(
    id="kubernetes-role-no-escalation",
    title="Kubernetes roles cannot give their holders more rights",
    topic=Topic.IDENTITY,
    severity=Severity.CRITICAL,
    layer=Layer.KUBERNETES_ACCESS,
    applies_to=KubernetesRole,
    evaluate=without(
        Power(_RBAC_KINDS, ("bind", "escalate", "*"), _RBAC_GROUP, even_named=True),
        Power(("users", "groups", "serviceaccounts"), ("impersonate",), CORE),
        Power(("serviceaccounts/token",), ("create",), CORE),
        Power(
            _RBAC_KINDS,
            ("create", "update", "patch"),
            _RBAC_GROUP,
            even_named=True,
            reason="it may hand its own rights on",
            severity=Severity.MEDIUM,
        ),
        reason="it may give itself or others more rights",
        namespaced=Severity.HIGH,
    ),
    rationale=(
        "Whoever may bind, escalate, impersonate or issue tokens takes rights of others; "
        "whoever writes roles and bindings hands on the rights that he has."
    ),
    remedy="Leave roles and bindings to administrators and to the pipeline that deploys them.",
    citations=_PRACTICE,
    same_as=(
        Checkov("CKV_K8S_157"),
        Checkov("CKV_K8S_158"),
        Checkov("CKV2_K8S_1"),
        Checkov("CKV2_K8S_3"),
        Trivy("KSV-0043"),
        Trivy("KSV-0050"),
        Trivy("KSV-0051"),
        Trivy("KSV-0052"),
        Trivy("KSV-0055"),
        Prowler("rbac_minimize_service_account_token_creation"),
        Cis("K8S-2.0.1:5.1.13"),
    ),
    rows=("kubernetes-056", "kubernetes-059"),
)
NO_EXEC = Control(
    id="kubernetes-role-no-exec",
    title="Kubernetes roles open no shell in pods and no way past the API to nodes",
    topic=Topic.IDENTITY,
    severity=Severity.HIGH,
    layer=Layer.KUBERNETES_ACCESS,
    applies_to=KubernetesRole,
    evaluate=without(
        Power(("pods/exec", "pods/attach", "pods/portforward"), ("create", "get", "*")),
        Power(("nodes/proxy",), ("create", "get", "*")),
        reason="its holders run commands in pods",
        namespaced=Severity.MEDIUM,
    ),
    rationale="A shell in a pod has the pod's identity, data and models; a node's proxy has those of all of its pods.",
    remedy="Leave exec, attach and nodes/proxy out; debug on a cluster of its own.",
    citations=_PRACTICE,
    same_as=(
        Checkov("CKV2_K8S_2"),
        Trivy("KSV-0053"),
        Trivy("KSV-0054"),
        Trivy("KSV-0047"),
        Prowler("rbac_minimize_node_proxy_subresource_access"),
        Cis("K8S-2.0.1:5.1.10"),
    ),
    rows=("kubernetes-054", "kubernetes-055"),
)
NO_PODS = Control(
    id="kubernetes-role-no-pod-creation",
    title="Kubernetes roles start no pods but where that is their purpose",
    topic=Topic.IDENTITY,
    severity=Severity.MEDIUM,
    layer=Layer.KUBERNETES_ACCESS,
    applies_to=KubernetesRole,
    evaluate=without(
        Power(("pods", "replicationcontrollers"), ("create", "*")),
        Power(("deployments", "statefulsets", "daemonsets", "replicasets"), ("create", "*"), "apps"),
        Power(("jobs", "cronjobs"), ("create", "*"), "batch"),
        reason="it starts pods, with any service account and secret of their namespace",
        namespaced=Severity.LOW,
    ),
    rationale="Whoever starts a pod may use every service account, secret and volume claim of its namespace.",
    remedy="Keep it to operators and pipelines, each bound in the namespaces that it serves.",
    citations=_PRACTICE,
    same_as=(Trivy("KSV-0048"), Prowler("rbac_minimize_pod_creation_access"), Cis("K8S-2.0.1:5.1.4")),
    rows=("kubernetes-053",),
)
NO_CLUSTER_SETTINGS = Control(
    id="kubernetes-role-no-cluster-settings",
    title="Kubernetes roles change no admission, certificates or volumes of the cluster",
    topic=Topic.IDENTITY,
    severity=Severity.HIGH,
    layer=Layer.KUBERNETES_ACCESS,
    applies_to=KubernetesRole,
    evaluate=without(
        Power(
            ("validatingwebhookconfigurations", "mutatingwebhookconfigurations"),
            ("create", "update", "patch", "delete", "*"),
            "admissionregistration.k8s.io",
            even_named=True,
        ),
        Power(("certificatesigningrequests/approval",), ("update", "patch", "*"), "certificates.k8s.io"),
        Power(("persistentvolumes",), ("create", "*")),
        reason="its holders change what the cluster lets in",
        namespaced=Severity.LOW,
    ),
    rationale="A webhook rewrites every object; an approved certificate is any user; a volume is any host folder.",
    remedy="Keep these to the operators that must have them, and name the objects under resourceNames.",
    citations=_PRACTICE,
    same_as=(
        Checkov("CKV_K8S_155"),
        Checkov("CKV_K8S_156"),
        Trivy("KSV-0114"),
        Prowler("rbac_minimize_webhook_config_access"),
        Prowler("rbac_minimize_csr_approval_access"),
        Prowler("rbac_minimize_pv_creation_access"),
        Cis("K8S-2.0.1:5.1.9"),
        Cis("K8S-2.0.1:5.1.11"),
        Cis("K8S-2.0.1:5.1.12"),
    ),
    rows=("kubernetes-057", "kubernetes-058", "kubernetes-060"),
)
NO_CONFIGURATION = Control(
    id="kubernetes-role-no-configuration",
    title="Kubernetes roles change no configuration and no network of others",
    topic=Topic.IDENTITY,
    severity=Severity.MEDIUM,
    layer=Layer.KUBERNETES_ACCESS,
    applies_to=KubernetesRole,
    evaluate=without(
        Power(("configmaps",), ("update", "patch", "delete", "*")),
        Power(("services", "endpoints"), ("create", "update", "patch", "delete", "*")),
        Power(("networkpolicies", "ingresses"), ("create", "update", "patch", "delete", "*"), "networking.k8s.io"),
        reason="its holders change configuration or routes",
        namespaced=Severity.LOW,
    ),
    rationale="The ConfigMap aws-auth says who is an administrator of an EKS cluster; Services say where traffic goes.",
    remedy="Name the objects that the holder may change under resourceNames, in one namespace.",
    citations=_PRACTICE,
    same_as=(Checkov("CKV2_K8S_4"), Trivy("KSV-0115"), Trivy("KSV-0049"), Trivy("KSV-0056")),
    rows=("kubernetes-061", "kubernetes-062", "kubernetes-063"),
)

_ADMINISTRATOR = "cluster-admin"
_EVERYONE = frozenset({"system:masters", "system:anonymous", "system:unauthenticated", "system:authenticated"})


def _no_administrator(binding: KubernetesRoleBinding, context: Context) -> Verdict:
    # A role of the same text beside the binding is that role, whatever its name will be.
    declared = {role.name for role in context.graph.all(KubernetesRole, binding)}
    match binding.role:
        case Known("cluster-admin") as field:
            severity = None if binding.cluster else Severity.HIGH
            return Verdict.failed("its subjects may do anything", field, severity=severity)
        case Known(name) as field if filled_in(name) and name not in declared:
            return Verdict.unknown("which role it gives is filled in later", field)
        case Known() as field:
            return Verdict.passed("it gives another role", field)
        case field:
            return Verdict.unknown(field)


NO_ADMINISTRATOR = Control(
    id="kubernetes-binding-no-administrator",
    title="No binding makes an administrator of the cluster",
    topic=Topic.IDENTITY,
    severity=Severity.CRITICAL,
    layer=Layer.KUBERNETES_ACCESS,
    applies_to=KubernetesRoleBinding,
    evaluate=_no_administrator,
    rationale="A service account with cluster-admin makes each of its pods the owner of the cluster.",
    remedy="Bind a role with the rights that are used; keep cluster-admin for emergencies, through EKS access entries.",
    citations=_PRACTICE,
    same_as=(Trivy("KSV-0111"), Prowler("rbac_cluster_admin_usage"), Cis("K8S-2.0.1:5.1.1"), Cis("EKS-1.4:4.1.1")),
    rows=("kubernetes-050",),
)


def _not_everyone(binding: KubernetesRoleBinding, _: Context) -> Verdict:
    unsure: Unresolved | None = None
    for subject in elements(binding.subjects):
        match subject.kind, subject.subject:
            case _, Known(name) as field if name in _EVERYONE:
                return Verdict.failed(f"{name} is everyone, or the group that no rule binds", field)
            case Known("ServiceAccount"), Known():
                continue
            case _, Known(name) as field if filled_in(name):
                unsure = unsure or Unresolved("who it is is filled in later", field.place)
            case _, Unresolved() as field:
                unsure = unsure or field
    unsure = unsure or doubt(binding.subjects)
    return Verdict.unknown(unsure) if unsure else Verdict.passed("each subject is somebody", binding.subjects)


NOT_EVERYONE = Control(
    id="kubernetes-binding-not-everyone",
    title="Bindings give roles to somebody, not to everyone",
    topic=Topic.IDENTITY,
    severity=Severity.CRITICAL,
    layer=Layer.KUBERNETES_ACCESS,
    applies_to=KubernetesRoleBinding,
    evaluate=_not_everyone,
    rationale="system:anonymous is whoever reaches the endpoint; system:masters is not bound by any rule.",
    remedy="Name a group of your own or a service account.",
    citations=_PRACTICE,
    same_as=(Trivy("KSV-0123"), Trivy("KSV-0122"), Cis("EKS-1.4:4.1.8")),
    rows=("kubernetes-051",),
)
