"""What Ingresses open to the outside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ourhalf.controls.infrastructure.kubernetes_network import management_port
from ourhalf.controls.pods import READ
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Field, Known, Unresolved, doubt, effective, elements, entry
from ourhalf.model.references import AwsDoc, WebPage
from ourhalf.model.verdict import Verdict
from ourhalf.resources.kubernetes_network import KubernetesIngress, KubernetesService

_SCHEME = "alb.ingress.kubernetes.io/scheme"
_LOGINS = (
    "alb.ingress.kubernetes.io/auth-type",
    "nginx.ingress.kubernetes.io/auth-url",
    "nginx.ingress.kubernetes.io/auth-type",
    "nginx.ingress.kubernetes.io/auth-tls-secret",
)


def _backends(ingress: KubernetesIngress) -> Iterator[tuple[str, int | str | None]]:
    """The services that an Ingress leads to, with the number or name of the port."""
    found: list[Any] = [effective(ingress.default_backend)]
    for rule in elements(ingress.rules):
        paths = effective(rule.paths)
        found.extend(path.get("backend") for path in paths or () if isinstance(path, dict))
    for backend in found:
        if not isinstance(backend, dict):
            continue
        service = backend.get("service")
        if isinstance(service, dict):
            port = service.get("port")
            port = port.get("number", port.get("name")) if isinstance(port, dict) else None
            yield str(service.get("name")), port
        elif "serviceName" in backend:
            yield str(backend["serviceName"]), backend.get("servicePort")


def _managed(ingress: KubernetesIngress, context: Context) -> str | None:
    services = {
        service.name: service
        for service in context.graph.all(KubernetesService, ingress)
        if service.namespace == ingress.namespace
    }
    for name, port in _backends(ingress):
        what = management_port(port)
        if what is not None:
            return f"{what} of Service {name}"
        service = services.get(name)
        for one in elements(service.ports) if service is not None else ():
            if port in (effective(one.port), one.name or None):
                what = management_port(effective(one.target)) or management_port(one.name)
                if what is not None:
                    return f"{what} of Service {name}"
    return None


def _internal(ingress: KubernetesIngress, context: Context) -> Verdict:
    what = _managed(ingress, context)
    hidden = doubt(ingress.rules)
    if what is None and hidden is not None:
        return Verdict.unknown(hidden)
    if what is None:
        return Verdict.not_applicable("it leads to no port of management", ingress.rules)
    for name in _LOGINS:
        match entry(ingress.annotations, name):
            case Known(str() as value) as field if value != "none":
                return Verdict.passed("whoever connects must sign in", field)
    return _by_scheme(ingress, what)


def _by_scheme(ingress: KubernetesIngress, what: str) -> Verdict:
    scheme: Field[Any] = entry(ingress.annotations, _SCHEME)
    match scheme:
        case Known("internal"):
            return Verdict.passed("its load balancer is reached from the VPC only", scheme)
        case Known("internet-facing"):
            return Verdict.failed(f"the internet reaches {what}", scheme)
        case Unresolved():
            return Verdict.unknown(scheme)
    by_name = entry(ingress.annotations, "kubernetes.io/ingress.class")
    for field in (ingress.ingress_class, by_name):
        if isinstance(field, Known) and field.value == "alb" and isinstance(scheme, Absent):
            return Verdict.passed("its load balancer is internal unless told else", field)
    return Verdict.unknown(f"whether the internet reaches {what} is up to the controller", ingress.rules)


MANAGEMENT_INTERNAL = Control(
    id="ingress-management-internal",
    title="Ingresses lead no stranger to notebooks, dashboards and management ports",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.NETWORK,
    applies_to=KubernetesIngress,
    evaluate=_internal,
    rationale="Whoever reaches Ray's dashboard, a notebook or a model management port runs code there.",
    remedy=(
        "Annotate it alb.ingress.kubernetes.io/scheme: internal, have people sign in at the load balancer "
        "(alb.ingress.kubernetes.io/auth-type), or use port forwarding."
    ),
    settings={"annotations": {_SCHEME: "internal"}},
    citations=(
        AwsDoc("eks/latest/userguide/alb-ingress.html", READ),
        WebPage("docs.ray.io/en/latest/ray-security/index.html", READ),
    ),
)
