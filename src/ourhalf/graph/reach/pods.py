"""Pods: reached on their node's address, through Services and Ingresses, and by other pods."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ourhalf.graph.kubernetes import objects
from ourhalf.graph.reach.addresses import scope_of
from ourhalf.model.context import Graph
from ourhalf.model.field import Absent, Entries, Field, Known, Unresolved, effective, elements, entries
from ourhalf.model.network import Exposure, Scope
from ourhalf.model.numbers import whole
from ourhalf.model.workload import Workload
from ourhalf.resources.kubernetes_network import KubernetesIngress, KubernetesService, NetworkPolicy

_INTERNAL = (
    ("service.beta.kubernetes.io/aws-load-balancer-scheme", "internal"),
    ("service.beta.kubernetes.io/aws-load-balancer-internal", "true"),
    ("service.beta.kubernetes.io/aws-load-balancer-internal", "0.0.0.0/0"),
    ("networking.gke.io/load-balancer-type", "Internal"),
)
_CLUSTER = Exposure(Scope.CLUSTER, "every pod of the cluster reaches it unless a NetworkPolicy forbids it")


def exposure(workload: Workload, port: int, protocol: str, graph: Graph) -> Exposure:
    """From where `port` of a pod can be reached: every pod of the cluster, unless something widens it."""
    found = _inside(workload, graph).wider(_on_node(workload, port))
    for service in _services(workload, graph):
        found = found.wider(_through(service, workload, port, graph))
    return found


def _inside(workload: Workload, graph: Graph) -> Exposure:
    """Other pods: none of them where a NetworkPolicy selects the pod and lets nothing in."""
    for policy in graph.all(NetworkPolicy, workload.resource):
        if policy.namespace != workload.namespace or not isinstance(policy.pod_expressions, Absent):
            continue
        closes = isinstance(policy.ingress, Absent) or (isinstance(policy.ingress, Known) and not policy.ingress.value)
        types = elements(policy.policy_types)
        if closes and (not types or "Ingress" in types) and _selects(policy.pod_labels, workload.labels, empty=True):
            return Exposure(Scope.NONE, f"NetworkPolicy {policy.name} lets nothing in", (policy.ingress,))
    return Exposure(_CLUSTER.scope, _CLUSTER.why, (workload.containers,))


def _services(workload: Workload, graph: Graph) -> Iterator[KubernetesService]:
    for service in objects(graph).near(KubernetesService, workload.namespace, workload.resource):
        if _selects(service.selector, workload.labels):
            yield service


def _selects(selector: Field[Entries[str]], labels: Field[Entries[str]], empty: bool = False) -> bool:
    """Whether each label that a selector asks for is there; what is not known is taken as there."""
    asked = dict(entries(selector))
    if not asked:
        return empty and not isinstance(selector, Unresolved)
    have = dict(entries(labels))
    hidden = isinstance(labels, Unresolved) or (isinstance(labels, Known) and labels.value.rest is not None)
    for key, value in asked.items():
        found = have.get(key)
        if found is None:
            if not hidden:
                return False
        elif isinstance(value, Known) and isinstance(found, Known) and value.value != found.value:
            return False
    return True


def _on_node(workload: Workload, port: int) -> Exposure:
    """The pod as its node's address shows it: through the node's network, or a host port."""
    match workload.host_network:
        case Known(True) as field:
            return Exposure(Scope.VPC, "it listens on its node's own address", (field,))
        case Unresolved() as field:
            return Exposure(Scope.UNKNOWN, f"whether it uses its node's network is not known: {field.reason}", (field,))
    for container in elements(workload.containers):
        for mapping in elements(container.ports):
            if effective(mapping.container_port) == port and isinstance(mapping.host_port, Known):
                return Exposure(Scope.VPC, "its node's address passes the port on", (mapping.host_port,))
    return Exposure(Scope.NONE, "the node does not pass it on")


def _through(service: KubernetesService, workload: Workload, port: int, graph: Graph) -> Exposure:
    """From where a Service lets connections through to the port."""
    if not _targets(service, workload, port):
        return Exposure(Scope.NONE, f"Service {service.name} passes other ports on")
    behind = _ingress(service, graph)
    match service.service_type:
        case Known("LoadBalancer") as field:
            return _balanced(service, field).wider(behind)
        case Known("NodePort") as field:
            return Exposure(Scope.VPC, f"Service {service.name} opens it on every node", (field,)).wider(behind)
        case Unresolved() as field:
            return Exposure(Scope.UNKNOWN, f"the type of Service {service.name} is not known", (field,))
    return Exposure(Scope.CLUSTER, f"Service {service.name} names it inside the cluster").wider(behind)


def _targets(service: KubernetesService, workload: Workload, port: int) -> bool:
    """Whether a port of the Service leads to `port`, by number or by the name that a container gives it."""
    named = {
        _named(mapping)
        for container in elements(workload.containers)
        for mapping in elements(container.ports)
        if effective(mapping.container_port) == port
    }
    for one in elements(service.ports):
        target = one.target
        if isinstance(target, Unresolved):
            return True
        value = effective(target)
        if value is not None and (value == str(port) or value in named or whole(value) is None):
            return True
    return isinstance(service.ports, Unresolved)


def _named(mapping: Any) -> str | None:
    name = getattr(mapping, "name", None)
    return name if isinstance(name, str) and name else None


def _balanced(service: KubernetesService, field: Field[Any]) -> Exposure:
    annotations = dict(entries(service.annotations))
    for key, value in _INTERNAL:
        found = annotations.get(key)
        if isinstance(found, Known) and str(found.value).lower() == value.lower():
            return Exposure(Scope.VPC, f"Service {service.name} has an internal load balancer", (found,))
        if isinstance(found, Unresolved):
            return Exposure(
                Scope.UNKNOWN, f"whether the load balancer of {service.name} is internal is not known", (found,)
            )
    ranges = elements(service.source_ranges)
    if ranges and all(scope_of(cidr)[0] is Scope.VPC for cidr in ranges):
        why = f"Service {service.name} has a load balancer for named ranges"
        return Exposure(Scope.VPC, why, (service.source_ranges,))
    # The in-tree provider makes a load balancer that faces the internet; with a class of its own,
    # the AWS Load Balancer Controller makes an internal one unless it is told otherwise.
    if isinstance(service.load_balancer_class, Known) and "elbv2.k8s.aws" in service.load_balancer_class.value:
        scheme = annotations.get(_INTERNAL[0][0])
        if scheme is None:
            why = f"the load balancer of Service {service.name} is internal unless told otherwise"
            return Exposure(Scope.VPC, why, (service.load_balancer_class,))
    return Exposure(Scope.INTERNET, f"Service {service.name} has a load balancer on the internet", (field,))


def _ingress(service: KubernetesService, graph: Graph) -> Exposure:
    for ingress in graph.all(KubernetesIngress, service):
        if ingress.namespace != service.namespace or f"'{service.name}'" not in _backends(ingress):
            continue
        scheme = dict(entries(ingress.annotations)).get("alb.ingress.kubernetes.io/scheme")
        match scheme:
            case Known("internet-facing"):
                return Exposure(Scope.INTERNET, f"Ingress {ingress.name} faces the internet", (scheme,))
            case Known("internal"):
                return Exposure(Scope.VPC, f"Ingress {ingress.name} is internal", (scheme,))
        if scheme is None and effective(ingress.ingress_class) == "alb":
            return Exposure(Scope.VPC, f"Ingress {ingress.name} is internal unless told otherwise", (ingress.rules,))
        why = f"Ingress {ingress.name} opens it through a controller of which nothing is known"
        return Exposure(Scope.UNKNOWN, why, (ingress.rules,))
    return Exposure(Scope.NONE, "no Ingress names the Service")


def _backends(ingress: KubernetesIngress) -> str:
    parts: list[Any] = [effective(ingress.default_backend)]
    parts.extend(effective(rule.paths) for rule in elements(ingress.rules))
    return str(parts)
