"""Pods of Ray clusters, as KubeRay starts them.

The operator adds `ray start` with the group's `rayStartParams` to the first container of a pod, opens the
dashboard of the head on every address unless told otherwise, and switches token authentication on by
variables: docs.ray.io/en/latest/cluster/kubernetes/user-guides/config.html and .../kuberay-auth.html.
"""

from __future__ import annotations

from ourhalf.model.field import Unresolved
from ourhalf.readers.node import Node

_OWN_COMMAND = "ray.io/overwrite-container-cmd"
_DASHBOARD = "dashboard-host"


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
            words.extend((child.with_value(f"--{key}"), child))
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
