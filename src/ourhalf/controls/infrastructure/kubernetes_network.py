"""What may reach pods: network policies, Services and Ingresses."""

from __future__ import annotations

from msgspec.structs import replace

from ourhalf.controls.judgements import from_sensitivity
from ourhalf.controls.pods import PODS, READ, filled_in, of_pod_workloads
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Field, Known, Unresolved, doubt, effective, elements, entries, entry
from ourhalf.model.numbers import whole
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import AwsDoc, Checkov, Cis, KubernetesDoc, Trivy, WebPage
from ourhalf.model.verdict import Verdict
from ourhalf.model.workload import Workload
from ourhalf.resources.kubernetes import PodTemplate
from ourhalf.resources.kubernetes_network import KubernetesIngress, KubernetesService, NetworkPolicy


def _selected(pod: PodTemplate, workload: Workload, context: Context) -> Verdict:
    policies = [resource for resource in workload.related if isinstance(resource, NetworkPolicy)]
    for policy in policies:
        if isinstance(policy.pod_labels, Absent) and isinstance(policy.pod_expressions, Absent):
            return Verdict.passed(f"policy {policy.name} selects every pod of the namespace", policy.pod_labels)
        if _certain(policy, pod):
            return Verdict.passed(f"policy {policy.name} selects it", policy.pod_labels, pod.labels)
    if policies:
        return Verdict.unknown(f"policy {policies[0].name} may select it", policies[0].pod_labels)
    if isinstance(pod.labels, Unresolved) and context.graph.all(NetworkPolicy, pod):
        return Verdict.unknown(pod.labels)
    for policy in context.graph.all(NetworkPolicy):
        if policy.namespace == pod.namespace and any(entries(policy.pod_labels)) and _certain(policy, pod):
            why = f"policy {policy.name}, of another folder, selects it where both are applied to one cluster"
            return Verdict.unknown(why, policy.pod_labels, pod.labels)
    return Verdict.failed("no network policy that was read selects it, so that every pod reaches it", pod.labels)


def _certain(policy: NetworkPolicy, pod: PodTemplate) -> bool:
    if not isinstance(policy.pod_expressions, Absent):
        return False
    return all(
        isinstance(value, Known) and isinstance(own := entry(pod.labels, name), Known) and own.value == value.value
        for name, value in entries(policy.pod_labels)
    ) and isinstance(policy.pod_labels, Known)


SELECTED = Control(
    id="pod-network-policy",
    title="A network policy selects every pod",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.MEDIUM,
    layer=Layer.NETWORK,
    applies_to=Workload,
    about=PODS,
    evaluate=from_sensitivity(Sensitivity.CONFIDENTIAL, of_pod_workloads(_selected)),
    rationale="Without one every pod of the cluster reaches it, and model servers and Ray obey whoever connects.",
    remedy="Deny all traffic in the namespace by a policy without a selector, then allow what the workload needs.",
    citations=(
        KubernetesDoc("concepts/services-networking/network-policies/", READ),
        AwsDoc("eks/latest/best-practices/network-security.html", READ),
    ),
    same_as=(Checkov("CKV2_K8S_6"), Trivy("KSV-0038"), Cis("EKS-1.4:4.3.2")),
    rows=("kubernetes-044",),
)


def _own_namespace(pod: PodTemplate, _: Workload, context: Context) -> Verdict:
    namespace = Known(pod.namespace, replace(pod.place, field="metadata.namespace"))
    match pod.namespace:
        case "kube-system" | "kube-public" | "kube-node-lease" as name:
            return Verdict.failed(f"{name} belongs to the cluster itself", namespace, severity=Severity.MEDIUM)
        case "default":
            return Verdict.failed("it shares the default namespace, whose rules fit nobody", namespace)
    if filled_in(pod.namespace):
        return Verdict.unknown("the namespace is filled in later", namespace)
    return Verdict.passed(f"it is in namespace {pod.namespace}", namespace)


OWN_NAMESPACE = Control(
    id="pod-own-namespace",
    title="Pods are in a namespace of their own",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.LOW,
    layer=Layer.KUBERNETES_ACCESS,
    applies_to=Workload,
    about=PODS,
    evaluate=of_pod_workloads(_own_namespace),
    rationale="Roles, quotas, policies and pod security are set by namespace; what shares one shares them.",
    remedy="Give each team or workload a namespace, and name it in the manifest.",
    citations=(KubernetesDoc("concepts/overview/working-with-objects/namespaces/", READ),),
    same_as=(Checkov("CKV_K8S_21"), Trivy("KSV-0110"), Trivy("KSV-0037"), Cis("EKS-1.4:4.5.3")),
    rows=("kubernetes-042", "kubernetes-043"),
)


def _no_external_address(service: KubernetesService, _: Context) -> Verdict:
    addresses = service.external_ips
    if isinstance(addresses, Known) and addresses.value:
        return Verdict.failed("the cluster takes traffic for addresses that it may not own", addresses)
    return Verdict.passed("it claims no address outside of the cluster", addresses)


NO_EXTERNAL_ADDRESS = Control(
    id="service-no-external-address",
    title="Services claim no address outside of the cluster",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.NETWORK,
    applies_to=KubernetesService,
    evaluate=_no_external_address,
    rationale="Whoever may write such a Service can take over the traffic of any address, CVE-2020-8554.",
    remedy="Leave externalIPs out; use a load balancer.",
    citations=(KubernetesDoc("concepts/services-networking/service/", READ),),
    same_as=(Trivy("KSV-0108"),),
    rows=("kubernetes-047",),
)

_SCHEME = "service.beta.kubernetes.io/aws-load-balancer-scheme"
_TYPE = "service.beta.kubernetes.io/aws-load-balancer-type"
_INTERNAL = "service.beta.kubernetes.io/aws-load-balancer-internal"
# Ports that manage models, run code or show what runs: Ray, Jupyter, TorchServe, TensorBoard, MLflow and others.
_MANAGEMENT = {
    22: "SSH",
    2222: "SSH",
    2375: "Docker",
    2376: "Docker",
    4040: "Spark",
    5000: "MLflow",
    6006: "TensorBoard",
    6379: "Ray or Redis",
    8081: "TorchServe management",
    8082: "TorchServe metrics",
    7071: "TorchServe management",
    8265: "Ray's dashboard",
    8786: "Dask's scheduler",
    8787: "Dask's dashboard",
    8888: "Jupyter",
    9000: "object storage",
    9090: "Prometheus",
    10001: "Ray clients",
    11434: "Ollama",
    14579: "vLLM's nodes",
    29400: "training's rendezvous",
    29500: "training's rendezvous",
    3000: "Grafana",
}
_TARGETS = {"dashboard", "jupyter", "notebook", "tensorboard", "management", "mlflow", "grafana", "ssh"}


def _internal(service: KubernetesService, _: Context) -> Verdict:
    match service.service_type:
        case Known("LoadBalancer"):
            pass
        case Unresolved() as field:
            return Verdict.unknown(field)
        case field:
            return Verdict.not_applicable("it has no load balancer of its own", field)
    managed = _management(service)
    hidden = doubt(service.ports)
    if managed is None and hidden is None:
        return Verdict.not_applicable("it leads to no port of management", service.ports)
    match _scheme(service):
        case Known("internal" | "true" | "0.0.0.0/0") as field:
            return Verdict.passed("its load balancer is reached from the VPC only", field)
        case Unresolved() as field:
            return Verdict.unknown(field)
        case Known() | Absent() as field:
            if managed is None:
                return Verdict.unknown(hidden or service.ports)
            what, port = managed
            ranges = service.source_ranges
            if isinstance(ranges, Known) and "0.0.0.0/0" not in elements(ranges):
                return Verdict.passed("its load balancer lets in only the ranges that it names", ranges)
            if isinstance(field, Absent) and (keeper := _internal_by_default(service)) is not None:
                return Verdict.passed("its controller makes load balancers internal unless told else", keeper)
            kept = Severity.HIGH if isinstance(field, Known) else Severity.MEDIUM
            return Verdict.failed(f"{what} gets a load balancer that nothing keeps internal", port, severity=kept)


def _internal_by_default(service: KubernetesService) -> Field[str] | None:
    """What hands the Service to a controller whose load balancers are internal unless told else."""
    match service.load_balancer_class, entry(service.annotations, _TYPE):
        case Known("service.k8s.aws/nlb" | "eks.amazonaws.com/nlb") as field, _:
            return field
        case _, Known("external" | "nlb-ip") as field:
            return field
    return None


def management_port(port: int | str | None) -> str | None:
    """What listens on a port of management, by its number or its name; None for any other port."""
    number = whole(port) if isinstance(port, str) else port
    if isinstance(port, str) and number is None:
        return port if port.lower() in _TARGETS else None
    return f"{_MANAGEMENT[number]} (port {number})" if number in _MANAGEMENT else None


def _management(service: KubernetesService) -> tuple[str, Field[int]] | None:
    for port in elements(service.ports):
        target = effective(port.target)
        for number in (effective(port.port), whole(target) if target else None):
            if number in _MANAGEMENT:
                return f"{_MANAGEMENT[number]} (port {number})", port.port
        if port.name.lower() in _TARGETS or (target or "").lower() in _TARGETS:
            return f"{port.name or target}", port.port
    return None


def _scheme(service: KubernetesService) -> Field[str]:
    scheme = entry(service.annotations, _SCHEME)
    return scheme if not isinstance(scheme, Absent) else entry(service.annotations, _INTERNAL)


INTERNAL = Control(
    id="service-management-internal",
    title="Notebooks, dashboards and management ports get no public load balancer",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.NETWORK,
    applies_to=KubernetesService,
    evaluate=_internal,
    rationale=(
        "Whoever reaches Ray's dashboard, a notebook or a model management port runs code there. The older controller "
        "of a Service makes its load balancer public unless told else."
    ),
    remedy=(
        "Make the Service a ClusterIP and use port forwarding, or annotate it "
        "service.beta.kubernetes.io/aws-load-balancer-scheme: internal."
    ),
    settings={"annotations": {"service.beta.kubernetes.io/aws-load-balancer-scheme": "internal"}},
    citations=(
        AwsDoc("eks/latest/userguide/network-load-balancing.html", READ),
        WebPage("docs.ray.io/en/latest/ray-security/index.html", READ),
    ),
    rows=("kubernetes-048",),
)

_SNIPPET = "-snippet"


def _no_snippets(ingress: KubernetesIngress, _: Context) -> Verdict:
    for name, field in entries(ingress.annotations):
        if name.startswith("nginx.ingress.kubernetes.io/") and name.endswith(_SNIPPET):
            return Verdict.failed(f"{name} puts text of its own into the proxy's configuration", field)
    annotations = ingress.annotations
    if isinstance(annotations, Known) and annotations.value.rest is not None:
        return Verdict.unknown(annotations.value.rest)
    return Verdict.passed("no annotation writes into the proxy's configuration", annotations)


NO_SNIPPETS = Control(
    id="ingress-no-snippets",
    title="Ingresses write nothing into the proxy's configuration",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.CRITICAL,
    layer=Layer.NETWORK,
    applies_to=KubernetesIngress,
    evaluate=_no_snippets,
    rationale="Such a snippet runs in the ingress controller, which reads every secret of the cluster: CVE-2021-25742.",
    remedy="Take the annotation out, and switch snippets off in the controller.",
    citations=(WebPage("github.com/kubernetes/ingress-nginx/issues/7837", READ),),
    same_as=(Checkov("CKV_K8S_152"), Checkov("CKV_K8S_153"), Checkov("CKV_K8S_154"), Trivy("KCV-0093")),
    rows=("kubernetes-065",),
)
