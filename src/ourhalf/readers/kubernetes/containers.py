"""Containers of a pod, with what the pod sets for all of them folded in."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from ourhalf.model.field import Entries, Field, Known, Place, Reference, Unresolved
from ourhalf.readers.node import Node
from ourhalf.resources.kubernetes import PodContainer, PodTemplate

# What a pod's security context sets for each container that does not say otherwise.
_INHERITED = (
    "runAsUser",
    "runAsGroup",
    "runAsNonRoot",
    "seccompProfile",
    "seLinuxOptions",
    "windowsOptions",
    "appArmorProfile",
)
_APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/"
_PROFILES = {"runtime/default": "RuntimeDefault", "unconfined": "Unconfined"}


class Folded:
    """The containers of one pod spec as nodes, and what else is known of each.

    `roles` and `secrets` go with `nodes`, element by element.
    """

    def __init__(self, spec: Node, metadata: Node | None) -> None:
        self.nodes: list[Node] = []
        self.roles: list[str] = []
        self.secrets: list[dict[str, Field[str]]] = []
        self._shared = spec.get("securityContext")
        self._annotations = metadata.get("annotations") if metadata is not None else None
        self._add(spec.get("containers"), "main")
        # Init containers that an operator or template may add are not ours to judge one by one.
        self._add(spec.value.get("initContainers") if isinstance(spec.value, dict) else None, "init")

    def _add(self, listed: Node | None, role: str) -> None:
        if listed is None or listed.value is None:
            return
        children = listed.value if isinstance(listed.value, list) else [listed]
        for child in children:
            if child.value is not None:
                self._container(child, role)
        if listed.rest is not None and isinstance(listed.value, list):
            self._container(listed.with_value(listed.rest), role)

    def _container(self, node: Node, role: str) -> None:
        secrets: dict[str, Field[str]] = {}
        if isinstance(node.value, dict):
            value: dict[str, Node] = dict(node.value)
            self._security(node, value)
            _environment(value, secrets)
            if role == "init" and (restart := value.get("restartPolicy")) and restart.value == "Always":
                role = "sidecar"
            node = Node(value, node.path, node.line, node.column, node.tag, node.rest)
        self.nodes.append(node)
        self.roles.append(role)
        self.secrets.append(secrets)

    def _security(self, node: Node, value: dict[str, Node]) -> None:
        own = value.get("securityContext")
        profile = self._profile(value)
        shared = self._shared
        if (shared is None or shared.value is None) and profile is None:
            return
        if own is not None and not isinstance(own.value, dict | None):
            return
        given = own.value if own is not None and own.value is not None else {}
        doubt = own.rest if own is not None else None
        merged: dict[str, Node] = {}
        if profile is not None:
            merged["appArmorProfile"] = profile
        if shared is not None:
            if isinstance(shared.value, dict):
                merged.update({key: shared.value[key] for key in _INHERITED if key in shared.value})
                doubt = doubt or shared.rest
            elif isinstance(shared.value, Unresolved):
                doubt = doubt or shared.value
        merged.update(given)
        at = own or node
        value["securityContext"] = Node(merged, at.path, at.line, at.column, None, doubt)

    def _profile(self, value: dict[str, Node]) -> Node | None:
        """The AppArmor profile that the annotation of older clusters gives the container."""
        if self._annotations is None or not isinstance(self._annotations.value, dict):
            return None
        name = value.get("name")
        found: Node | None = self._annotations.value.get(_APP_ARMOR + str(name.value)) if name is not None else None
        if found is None:
            return None
        profile = _PROFILES.get(str(found.value), "Localhost")
        return found.with_value({"type": found.with_value(profile)})


def _environment(value: dict[str, Node], secrets: dict[str, Field[str]]) -> None:
    """Separate the variables that come from secrets, and say of the others where they come from."""
    listed, more = value.get("env"), value.get("envFrom")
    rest = None
    if more is not None and isinstance(more.value, list) and more.value:
        sources = [_source(child) for child in more.value]
        value["envFrom"] = Node(sources, more.path, more.line, more.column, None, more.rest)
        named = ", ".join(str(s.value) for s in sources if isinstance(s.value, str))
        rest = Unresolved(f"variables come from {named or 'elsewhere'}", more.place)
    if listed is None and rest is not None and more is not None:
        value["env"] = Node([], more.path, more.line, more.column, None, rest)
    elif listed is not None and isinstance(listed.value, list):
        kept = [new for child in listed.value if (new := _variable(child, secrets)) is not None]
        value["env"] = Node(kept, listed.path, listed.line, listed.column, listed.tag, listed.rest or rest)


def _source(node: Node) -> Node:
    """A source of many variables as a text: `Secret/name` or `ConfigMap/name`."""
    for key, kind in (("secretRef", "Secret"), ("configMapRef", "ConfigMap")):
        found = node.get(key)
        name = found.get("name") if found is not None else None
        if name is not None and isinstance(name.value, str):
            return node.with_value(f"{kind}/{name.value}")
        if name is not None and isinstance(name.value, Unresolved):
            return node.with_value(name.value)
    return node


_NO_SECRETS = frozenset({"configMapKeyRef", "fieldRef", "resourceFieldRef", "fileKeyRef"})


def _variable(node: Node, secrets: dict[str, Field[str]]) -> Node | None:
    """The variable, unresolved where its value comes from elsewhere; None where a secret holds it.

    One that a secret may hold is among the secrets too, unresolved.
    """
    if not isinstance(node.value, dict):
        return node
    name = node.value.get("name")
    label = name.value if name is not None and isinstance(name.value, str) else ""
    held = node.value.get("valueFrom")
    if held is None or held.value is None:
        if node.rest is not None and "value" not in node.value:
            secrets[label] = Unresolved(node.rest.reason, _at(node, label))
        return node
    secret = held.value.get("secretKeyRef") if isinstance(held.value, dict) else None
    if secret is not None:
        secrets[label] = Known("/".join(_words(secret, "name", "key")), _at(node, label))
        return None
    reason, parts = _elsewhere(held)
    if not any(key in _NO_SECRETS for key, _ in held.items()):
        secrets[label] = Unresolved(reason, _at(node, label))
    return Node({**node.value, "valueFrom": held.unresolved(reason, parts)}, node.path, node.line, node.column)


def _at(node: Node, label: str) -> Place:
    return Place(node.path, node.line, node.column, label)


def _elsewhere(held: Node) -> tuple[str, tuple[str | Reference | None, ...]]:
    for source, child in held.items():
        match source:
            case "configMapKeyRef":
                name, key = _words(child, "name", "key")
                return f"it comes from `{key}` of ConfigMap {name}", (Reference(f"ConfigMap/{name}", key),)
            case "fieldRef" | "resourceFieldRef":
                field = child.get("fieldPath") or child.get("resource")
                return f"Kubernetes fills in {field.value if field is not None else 'a field'} of the pod", ()
    hidden = held.value if isinstance(held.value, Unresolved) else held.rest
    return (hidden.reason, hidden.parts) if hidden is not None else ("it comes from elsewhere", ())


def _words(node: Node, *keys: str) -> list[str]:
    found = (node.get(key) for key in keys)
    return [str(child.value) if child is not None and isinstance(child.value, str) else "?" for child in found]


def finished(pod: PodTemplate, folded: Folded) -> PodTemplate:
    """`pod` with the role and secrets of each of its containers."""
    if not isinstance(pod.containers, Known) or not folded.nodes:
        return pod
    containers: list[Any] = []
    for container, role, secrets in zip(pod.containers.value, folded.roles, folded.secrets, strict=True):
        if isinstance(container, PodContainer) and (role != "main" or secrets):
            known: Field[Entries[str]] = Known(Entries(secrets), container.place) if secrets else container.secrets
            containers.append(replace(container, role=role, secrets=known))
        else:
            containers.append(container)
    return replace(pod, containers=Known(tuple(containers), pod.containers.place))
