"""Pods of Ray clusters, as KubeRay starts them, and the Services that it puts in front of them.

The operator adds `ray start` with the group's `rayStartParams` to the first container of a pod, opens the
dashboard of the head on every address unless told otherwise, and switches token authentication on by
variables: docs.ray.io/en/latest/cluster/kubernetes/user-guides/config.html and .../kuberay-auth.html.
Services are made by ray-operator/controllers/ray/common/service.go of github.com/ray-project/kuberay.
"""

from __future__ import annotations

from typing import NamedTuple

from ourhalf.model.field import Unresolved
from ourhalf.readers.kubernetes.kinds import RAY_OWNER
from ourhalf.readers.node import Node

_OWN_COMMAND = "ray.io/overwrite-container-cmd"
_DASHBOARD = "dashboard-host"
_CLUSTERS = {
    "RayCluster": "spec",
    "RayJob": "spec.rayClusterSpec",
    "RayCronJob": "spec.jobTemplate.rayClusterSpec",
    "RayService": "spec.rayClusterConfig",
}
_SERVE = "ray.io/enable-serve-service"
_DEFAULT_PORTS = {"client": 10001, "gcs-server": 6379, "dashboard": 8265, "metrics": 8080, "serve": 8000}


class Service(NamedTuple):
    """A Service that the operator makes: the object, and what to call it within the one that it comes from."""

    document: Node
    role: str


def started(group: Node, cluster: Node | None, document: Node, head: bool) -> Node:
    """The pod template of a group with what the operator adds; `cluster` is the cluster's spec."""
    template = group.get("template")
    if template is None or not isinstance(template.value, dict):
        return template if template is not None else group.with_value({})
    containers = template.dig("spec.containers")
    if containers is None or not isinstance(containers.value, list) or not containers.value:
        return template
    first = containers.value[0]
    if not isinstance(first.value, dict):
        return template
    fields: dict[str, Node] = dict(first.value)
    if not _keeps_command(document):
        fields["args"] = _arguments(group, fields, first, head)
        fields.setdefault("command", first.with_value([first.with_value("/bin/bash"), first.with_value("-c")]))
    _authenticate(fields, cluster, first)
    changed = Node(fields, first.path, first.line, first.column, first.tag, first.rest)
    return _with(template, containers, changed)


def _keeps_command(document: Node) -> bool:
    found = document.dig("metadata.annotations")
    own = found.get(_OWN_COMMAND) if found is not None else None
    return own is not None and str(own.value).lower() == "true"


def _arguments(group: Node, fields: dict[str, Node], first: Node, head: bool) -> Node:
    """The container's own arguments, and after them the command that the operator makes."""
    params = group.get("rayStartParams")
    at = params if params is not None else first
    words = [at.with_value("ray"), at.with_value("start")]
    if head:
        words.append(at.with_value("--head"))
    given = params.value if params is not None and isinstance(params.value, dict) else {}
    for key, child in given.items():
        if isinstance(child.value, Unresolved):
            words.append(child.unresolved(child.value.reason, (f"--{key}=", *(child.value.parts or (None,)))))
        else:
            words.append(child.with_value(f"--{key}={_text(child)}"))
    rest = params.rest if params is not None else None
    if params is not None and isinstance(params.value, Unresolved):
        rest = params.value
    if head and _DASHBOARD not in given and rest is None:
        words.append(at.with_value(f"--{_DASHBOARD}=0.0.0.0"))
    own = fields.get("args")
    before = own.value if own is not None and isinstance(own.value, list) else []
    if own is not None and isinstance(own.value, Unresolved):
        rest = own.value
    return Node([*before, *words], at.path, at.line, at.column, None, rest or (own.rest if own is not None else None))


def _text(node: Node) -> str:
    return str(node.value).lower() if isinstance(node.value, bool) else str(node.value)


def _authenticate(fields: dict[str, Node], cluster: Node | None, first: Node) -> None:
    """The variable by which the operator passes on `authOptions.mode`."""
    mode = cluster.dig("authOptions.mode") if cluster is not None else None
    if mode is None or mode.value is None:
        return
    listed = fields.get("env")
    before = listed.value if listed is not None and isinstance(listed.value, list) else []
    if listed is not None and isinstance(listed.value, Unresolved):
        return
    variable = mode.with_value({"name": mode.with_value("RAY_AUTH_MODE"), "value": mode})
    at = listed or first
    fields["env"] = Node([*before, variable], at.path, at.line, at.column, None, listed.rest if listed else None)


def _with(template: Node, containers: Node, first: Node) -> Node:
    spec = template.value["spec"]
    many = Node([first, *containers.value[1:]], containers.path, containers.line, containers.column)
    many.rest = containers.rest
    inner = Node({**spec.value, "containers": many}, spec.path, spec.line, spec.column, spec.tag, spec.rest)
    return Node(
        {**template.value, "spec": inner}, template.path, template.line, template.column, template.tag, template.rest
    )


def services(document: Node, kind: str, name: str) -> tuple[Service, ...]:
    """The Services in front of the pods of a cluster that make a load balancer or open ports on nodes.

    Those of the type ClusterIP are left out: any pod reaches the others of its cluster without them.
    """
    path = _CLUSTERS.get(kind)
    cluster = document.dig(path) if path is not None else None
    head = cluster.get("headGroupSpec") if cluster is not None else None
    if cluster is None or head is None or not isinstance(head.value, dict):
        return ()
    ports = _head_ports(head)
    given = None if kind == "RayService" else cluster.get("headServiceAnnotations")  # only clusters pass them on
    found = [_service(head, head.get("headService"), ports, given, kind, f"{name}-head-svc", only_head=True)]
    own = document.dig("spec.serveService") if kind == "RayService" else None
    serve = _named_serve(ports) or _named_serve(own.dig("spec.ports") if own is not None else None)
    annotations = document.dig("metadata.annotations")
    asked = annotations.get(_SERVE) if annotations is not None else None
    if kind == "RayService" or (asked is not None and _text(asked).lower() == "true"):
        listed = Node(serve, ports.path, ports.line, ports.column, None, ports.rest)
        found.append(_service(head, own, listed, None, kind, f"{name}-serve-svc", only_head=False))
    return tuple(service for service in found if service is not None)


def _named_serve(ports: Node | None) -> list[Node]:
    listed = ports.list() if ports is not None else ()
    return [port for port in listed if (name := port.get("name")) is not None and _text(name) == "serve"]


def _head_ports(head: Node) -> Node:
    """The ports of the head's first container, else the default ones, and always one for metrics."""
    containers = head.dig("template.spec.containers")
    first = next(containers.list(), None) if containers is not None else None
    listed = first.get("ports") if first is not None else None
    at = listed or first or head
    if listed is not None and isinstance(listed.value, Unresolved):
        return Node([], at.path, at.line, at.column, None, listed.value)
    found: dict[str, Node] = {}
    for port in listed.list() if listed is not None else ():
        number = port.get("containerPort")
        if number is not None:
            named = port.get("name") or number.with_value(f"{_text(number)}-port")
            found[_text(named)] = port.with_value({"name": named, "port": number})
    missing = _DEFAULT_PORTS if not found else {"metrics": _DEFAULT_PORTS["metrics"]}
    for key, value in missing.items():
        found.setdefault(key, at.with_value({"name": at.with_value(key), "port": at.with_value(value)}))
    return Node(list(found.values()), at.path, at.line, at.column, None, listed.rest if listed is not None else None)


def _service(  # noqa: PLR0913, PLR0917 - what a Service is made of
    head: Node, own: Node | None, ports: Node, given: Node | None, kind: str, name: str, only_head: bool
) -> Service | None:
    """One Service; `own` is what the user writes of it, None is returned for the type ClusterIP."""
    held = own if own is not None and isinstance(own.value, dict) else head.with_value({})
    shown = (held.dig("spec.type") if own is not None else None) or head.get("serviceType")
    if shown is None or shown.value is None or _text(shown) == "ClusterIP":
        return None
    owner = name.removesuffix("-head-svc").removesuffix("-serve-svc")
    selector = {RAY_OWNER[kind]: shown.with_value(owner)}
    if only_head:
        selector["ray.io/node-type"] = shown.with_value("head")
        more = held.dig("spec.ports")
        ports = Node([*(more.list() if more is not None else ()), *ports.value], *_at(ports), None, ports.rest)
    metadata = held.get("metadata") or shown.with_value({})
    fields = dict(metadata.value) if isinstance(metadata.value, dict) else {}
    annotations = _both(fields.get("annotations"), given)
    if annotations is not None:
        fields["annotations"] = annotations
    named = fields.get("name")
    fields.setdefault("name", shown.with_value(name))
    spec = held.get("spec") or shown.with_value({})
    inner = dict(spec.value) if isinstance(spec.value, dict) else {}
    inner |= {"type": shown, "selector": shown.with_value(selector), "ports": ports}
    made = {"metadata": metadata.with_value(fields), "spec": Node(inner, *_at(spec), None, spec.rest)}
    role = _text(named) if named is not None else name
    return Service(Node(made, *_at(shown), None, held.rest), role)


def _at(node: Node) -> tuple[str, int, int]:
    return node.path, node.line, node.column


def _both(first: Node | None, second: Node | None) -> Node | None:
    """Two mappings as one, the second before the first; what is not known of either stays not known."""
    if first is None or second is None:
        return second or first
    held = [node.value for node in (first, second) if isinstance(node.value, dict)]
    known = {key: child for one in held for key, child in one.items()}
    doubts = [node.value if isinstance(node.value, Unresolved) else node.rest for node in (first, second)]
    return Node(known, *_at(second), None, next((doubt for doubt in doubts if doubt is not None), None))
