"""What a kustomization does to all of its objects: namespace, names, labels, images, replicas."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from ourhalf.readers.kubernetes.objects import Identity, identity
from ourhalf.readers.node import Node

_UNNAMED = frozenset({"CustomResourceDefinition", "Namespace", "APIService"})
_CONTAINER_LISTS = frozenset({"containers", "initContainers", "ephemeralContainers"})
_SCALED = frozenset({"Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"})
# Keys that name another object: the key, or the key above a `name`, and the kind of what is named.
_REFERENCES = {
    "serviceAccountName": "ServiceAccount",
    "serviceAccount": "ServiceAccount",
    "secretName": "Secret",
    "claimName": "PersistentVolumeClaim",
    "serviceName": "Service",
    "configMap": "ConfigMap",
    "configMapRef": "ConfigMap",
    "configMapKeyRef": "ConfigMap",
    "secret": "Secret",
    "secretRef": "Secret",
    "secretKeyRef": "Secret",
    "imagePullSecrets": "Secret",
    "service": "Service",
}
_KINDED = frozenset({"roleRef", "subjects", "scaleTargetRef"})
_IMAGE = re.compile(r"^(?P<name>.+?)(?P<tag>:[^:/@]+)?(?P<digest>@sha256:.+)?$")


def put(node: Node, path: tuple[str, ...], value: Node) -> Node:
    """`node` with `value` at a path of keys, mappings made on the way where there are none."""
    if not path:
        return value
    fields = dict(node.value) if isinstance(node.value, dict) else {}
    fields[path[0]] = put(fields.get(path[0], value.with_value({})), path[1:], value)
    return Node(fields, node.path, node.line, node.column, node.tag, node.rest)


def in_namespace(documents: list[Node], namespace: Node) -> list[Node]:
    """The objects, moved to a namespace."""
    accounts = {who.name for d in documents if (who := identity(d)).kind == "ServiceAccount"} | {"default"}
    return [_in_namespace(document, namespace, accounts) for document in documents]


def _in_namespace(document: Node, namespace: Node, accounts: set[str]) -> Node:
    who = identity(document)
    if who.kind == "Namespace":
        return document
    if who.namespace:
        document = put(document, ("metadata", "namespace"), namespace)
    subjects = document.get("subjects")
    if subjects is None or not isinstance(subjects.value, list):
        return document
    moved = [
        put(one, ("namespace",), namespace)
        if (k := one.get("kind")) is not None
        and k.value == "ServiceAccount"
        and (n := one.get("name")) is not None
        and n.value in accounts
        else one
        for one in subjects.value
    ]
    return put(document, ("subjects",), subjects.with_value(moved))


def renamed(documents: list[Node], prefix: str, suffix: str) -> list[Node]:
    """The objects with longer names, and what names them following suit."""
    known: dict[tuple[str, str], str] = {}
    named: list[Node] = []
    for document in documents:
        who = identity(document)
        metadata = document.dig("metadata.name")
        if who.kind in _UNNAMED or metadata is None:
            named.append(document)
            continue
        known[who.kind, who.name] = name = f"{prefix}{who.name}{suffix}"
        named.append(put(document, ("metadata", "name"), metadata.with_value(name)))
    return [_following(document, "", known) for document in named]


def _following(node: Node, key: str, known: dict[tuple[str, str], str]) -> Node:
    value = node.value
    if isinstance(value, list):
        return Node([_following(c, key, known) for c in value], node.path, node.line, node.column, node.tag, node.rest)
    if isinstance(value, str):
        return node.with_value(known.get((_REFERENCES.get(key, ""), value), value))
    if not isinstance(value, dict):
        return node
    fields = {k: _following(child, k, known) for k, child in value.items()}
    kind = value["kind"].value if key in _KINDED and "kind" in value else _REFERENCES.get(key)
    if kind and "name" in fields and isinstance(fields["name"].value, str):
        name = fields["name"]
        fields["name"] = name.with_value(known.get((kind, name.value), name.value))
    return Node(fields, node.path, node.line, node.column, node.tag, node.rest)


def labelled(document: Node, labels: Node, key: str, selectors: bool, templates: bool) -> Node:
    """The object with labels (or annotations: `key` says which), on its selectors and templates if asked."""
    for name, value in labels.items():
        document = put(document, ("metadata", key, name), value)
        if selectors or templates:
            document = _below(document, (key, name), value, selectors)
    return document


def _below(node: Node, label: tuple[str, str], value: Node, selectors: bool) -> Node:
    """`node` with the label (`labels` or `annotations`, and its name) on the templates and selectors below it."""
    if not isinstance(node.value, dict):
        return node
    fields: dict[str, Node] = {}
    for field, child in node.value.items():
        if field in ("template", "jobTemplate") and isinstance(child.value, dict):
            changed = put(child, ("metadata", *label), value)
            fields[field] = _below(changed, label, value, selectors)
        elif selectors and field in ("selector", "podSelector") and isinstance(child.value, dict):
            fields[field] = _on_selector(child, label[1], value, pods=field == "podSelector")
        elif field == "spec":
            fields[field] = _below(child, label, value, selectors)
        else:
            fields[field] = child
    return Node(fields, node.path, node.line, node.column, node.tag, node.rest)


def _on_selector(selector: Node, name: str, value: Node, pods: bool) -> Node:
    """The selector with the label; a policy that selects every pod goes on doing so."""
    nested = "matchLabels" in selector.value or "matchExpressions" in selector.value
    if pods and not nested:
        return selector
    return put(selector, ("matchLabels", name) if nested else (name,), value)


def scaled(document: Node, replicas: Node) -> Node:
    """The object with the replicas that the kustomization asks for, where it names it."""
    who: Identity = identity(document)
    for one in replicas.list():
        name, count = one.get("name"), one.get("count")
        if name is not None and count is not None and who.kind in _SCALED and name.value == who.name:
            document = put(document, ("spec", "replicas"), count)
    return document


def with_images(document: Node, images: Node) -> Node:
    """The object with the images that the kustomization replaces."""
    changes = {n.value: one for one in images.list() if (n := one.get("name")) is not None and isinstance(n.value, str)}
    return _mapped(document, "", lambda image: _image(image, changes)) if changes else document


def _mapped(node: Node, key: str, change: Callable[[Node], Node]) -> Node:
    value = node.value
    fields: Any = None
    if isinstance(value, list):
        fields = [_container(c, change) if key in _CONTAINER_LISTS else _mapped(c, key, change) for c in value]
    elif isinstance(value, dict):
        fields = {k: _mapped(child, k, change) for k, child in value.items()}
    return node if fields is None else Node(fields, node.path, node.line, node.column, node.tag, node.rest)


def _container(node: Node, change: Callable[[Node], Node]) -> Node:
    image = node.get("image")
    return node if image is None or not isinstance(image.value, str) else put(node, ("image",), change(image))


def _image(image: Node, changes: dict[str, Node]) -> Node:
    found = _IMAGE.match(image.value)
    change = changes.get(found["name"]) if found else None
    if found is None or change is None:
        return image
    given = {key: str(child.value) for key, child in change.items() if child.value is not None}
    name = given.get("newName", found["name"])
    tag, digest = given.get("newTag"), given.get("digest")
    if tag or digest:
        end = (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")
    else:
        end = (found["tag"] or "") + (found["digest"] or "")
    return change.with_value(name + end)


def generated(kind: str, entry: Node, texts: Callable[[str], str | None]) -> Node:
    """The ConfigMap or Secret that a generator makes; `texts` gives the content of a file, None where it cannot."""
    data = dict(_pairs(entry, texts))
    name = entry.get("name")
    metadata = {"name": name} if name is not None else {}
    namespace = entry.get("namespace")
    if namespace is not None:
        metadata["namespace"] = namespace
    fields = {
        "apiVersion": entry.with_value("v1"),
        "kind": entry.with_value(kind),
        "metadata": entry.with_value(metadata),
        "data" if kind == "ConfigMap" else "stringData": entry.with_value(data),
    }
    return entry.with_value(fields)


def _pairs(entry: Node, texts: Callable[[str], str | None]) -> Iterator[tuple[str, Node]]:
    for literal in _texts(entry, "literals"):
        key, _, value = literal.value.partition("=")
        yield key, literal.with_value(value)
    for file in _texts(entry, "files"):
        key, equals, path = file.value.partition("=")
        text = texts(path if equals else key)
        label = key if equals else key.rsplit("/", 1)[-1]
        yield label, file.with_value(text) if text is not None else file.unresolved("a file that is not read")
    for file in (*_texts(entry, "envs"), *_texts(entry, "env")):
        for line in (texts(file.value) or "").splitlines():
            key, equals, value = line.partition("=")
            if equals and not key.startswith("#"):
                yield key.strip(), file.with_value(value)


def _texts(entry: Node, key: str) -> list[Node]:
    found = entry.get(key)
    listed = found.value if found is not None and isinstance(found.value, list) else [found] if found else []
    return [child for child in listed if isinstance(child.value, str)]
