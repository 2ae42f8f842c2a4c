"""Who may ask the kubelet of a node, and for what."""

from __future__ import annotations

from ourhalf.controls.pods import READ
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Unresolved, effective
from ourhalf.model.references import Checkov, Cis, KubernetesDoc, Prowler, Trivy
from ourhalf.model.verdict import Verdict
from ourhalf.resources.kubernetes_nodes import KubeletConfiguration


def _asks(kubelet: KubeletConfiguration, _: Context) -> Verdict:
    if effective(kubelet.anonymous) is True:
        return Verdict.failed("the kubelet takes requests from whoever it does not know", kubelet.anonymous)
    if effective(kubelet.authorization) == "AlwaysAllow":
        return Verdict.failed("the kubelet lets whoever signs in do everything", kubelet.authorization)
    port = effective(kubelet.read_only_port)
    if port:
        return Verdict.failed(f"port {port} tells everyone what runs on the node", kubelet.read_only_port)
    fields = (kubelet.anonymous, kubelet.authorization, kubelet.read_only_port)
    for field in fields:
        if isinstance(field, Unresolved):
            return Verdict.unknown(field)
    return Verdict.passed("the kubelet asks the API server about each request", *fields)


KUBELET_ASKS = Control(
    id="kubelet-asks-who-calls",
    title="Kubelets ask who calls and what the caller may do",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.HOST_HARDENING,
    applies_to=KubeletConfiguration,
    evaluate=_asks,
    rationale="A kubelet that asks nothing lets whoever reaches the node run commands in every container on it.",
    remedy="Turn anonymous requests off, leave authorization to Webhook, and set the read-only port to 0.",
    settings={"anonymous": False, "authorization": "Webhook", "read_only_port": 0},
    citations=(KubernetesDoc("reference/access-authn-authz/kubelet-authn-authz/", READ),),
    same_as=(
        Checkov("CKV_K8S_138"),
        Checkov("CKV_K8S_139"),
        Checkov("CKV_K8S_141"),
        Trivy("KCV-0079"),
        Trivy("KCV-0080"),
        Trivy("KCV-0082"),
        Prowler("kubelet_disable_anonymous_auth"),
        Prowler("kubelet_authorization_mode"),
        Prowler("kubelet_disable_read_only_port"),
        Cis("K8S-2.0.1:4.2.1"),
        Cis("EKS-1.4:3.2.1"),
    ),
    rows=("kubernetes-068",),
)
