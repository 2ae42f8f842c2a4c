"""Pods in objects of any kind: by table where the kind is known, else wherever a pod has its shape."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from msgspec.structs import replace

from ourhalf.model.field import Unresolved
from ourhalf.model.resource import Origin
from ourhalf.readers.kubernetes import ray, shapes
from ourhalf.readers.kubernetes.containers import Folded, finished
from ourhalf.readers.kubernetes.kinds import KINDS, LABELS, RAY_KINDS, At
from ourhalf.readers.kubernetes.objects import Identity
from ourhalf.readers.mapping import build
from ourhalf.readers.node import Node
from ourhalf.resources.kubernetes import PodTemplate

_GENERIC = frozenset({"spec", "template", "podTemplate", "podSpec", "jobTemplate", "podTemplateSpec"})
_DEEPEST = 40


class Pod(NamedTuple):
    """A pod spec in an object, its metadata, what it is there, and the number of such pods."""

    spec: Node
    metadata: Node | None
    role: str
    replicas: Node | None


def pod_templates(document: Node, who: Identity, origin: Origin) -> tuple[PodTemplate, ...]:
    """The pods that the object describes, each named after it and, where it has several, its role."""
    found = list(_listed(document, KINDS.get(who.type_name, ())))
    if found:
        return tuple(_built(pod, who, origin) for pod in found)
    shaped = list(_shaped(document))
    return tuple(_built(pod if len(shaped) > 1 else pod._replace(role=""), who, origin) for pod in shaped)


def _built(pod: Pod, who: Identity, origin: Origin) -> PodTemplate:
    role = pod.role
    folded = Folded(pod.spec, pod.metadata)
    name = f"{who.name}/{role}" if role else who.name
    if role:
        origin = replace(origin, address=f"{origin.address}/{role}", place=pod.spec.place)
    metadata = _with_labels(pod, who)
    built = build(PodTemplate, name, _as_fields(pod._replace(metadata=metadata), folded), origin)
    built = replace(built, owner_kind=who.kind, role=role, namespace=who.namespace or "default")
    return finished(built, folded)


def _with_labels(pod: Pod, who: Identity) -> Node | None:
    """The pod's metadata with the labels that the operator of its kind adds."""
    added = {k: v.format(name=who.name, role=pod.role) for k, v in LABELS.get(who.type_name, {}).items()}
    if who.type_name in RAY_KINDS and pod.role != "submitter":
        added["ray.io/node-type"] = "head" if pod.role == "head" else "worker"
    if not added:
        return pod.metadata
    metadata = pod.metadata or pod.spec.with_value({})
    labels = metadata.get("labels") or metadata.with_value({})
    if not isinstance(metadata.value, dict) or not isinstance(labels.value, dict):
        return pod.metadata
    known = {**{key: labels.with_value(value) for key, value in added.items()}, **labels.value}
    merged = Node(known, labels.path, labels.line, labels.column, labels.tag, labels.rest)
    return Node(
        {**metadata.value, "labels": merged}, metadata.path, metadata.line, metadata.column, None, metadata.rest
    )


def _as_fields(pod: Pod, folded: Folded) -> Node:
    """The spec with its containers folded, its volumes named by kind, and what lies beside it."""
    spec = pod.spec
    if not isinstance(spec.value, dict):
        return spec
    value = dict(spec.value)
    listed = value.get("containers") or value.get("initContainers")
    if listed is not None and folded.nodes:
        value["containers"] = Node(folded.nodes, listed.path, listed.line, listed.column)
    volumes = value.get("volumes")
    if volumes is not None and isinstance(volumes.value, list):
        many = [_with_kind(volume) for volume in volumes.value]
        value["volumes"] = Node(many, volumes.path, volumes.line, volumes.column, None, volumes.rest)
    if pod.metadata is not None:
        value["metadata"] = pod.metadata
    if pod.replicas is not None:
        value["replicas"] = pod.replicas
    return Node(value, spec.path, spec.line, spec.column, None, spec.rest)


def _with_kind(volume: Node) -> Node:
    if not isinstance(volume.value, dict):
        return volume
    for key, child in volume.value.items():
        if key != "name":
            return Node({**volume.value, "kind": child.with_value(key)}, volume.path, volume.line, volume.column)
    return volume


def _listed(document: Node, table: tuple[At, ...]) -> Iterator[Pod]:
    for number, at in enumerate(table):
        for node, label, element in _reached(document, at.path, first=number == 0):
            role = at.role.replace("*", label)
            replicas = _first(element if "*" in at.path else document, at.replicas)
            if at.form == "template":
                yield _of_template(node, role, replicas)
            elif at.form == "spec":
                yield Pod(node, None, role, replicas)
            elif at.form in ("ray-head", "ray-worker"):
                cluster = document.dig(at.path.split(".headGroupSpec")[0].split(".workerGroupSpecs")[0])
                template = ray.started(node, cluster, document, at.form == "ray-head")
                yield _of_template(template, role, replicas)
            else:
                spec = shapes.SHAPES[at.form](node, document)
                if spec is not None:
                    metadata = node.get("metadata") if at.form == "argo" else None
                    yield Pod(spec, metadata, role, replicas)


def _first(node: Node, paths: str) -> Node | None:
    return next((found for path in paths.split("|") if path and (found := node.dig(path)) is not None), None)


def _of_template(node: Node, role: str, replicas: Node | None) -> Pod:
    spec = node.get("spec")
    if spec is None:
        spec = node.with_value({})
    return Pod(spec, node.get("metadata"), role, replicas)


def _reached(document: Node, path: str, first: bool) -> Iterator[tuple[Node, str, Node]]:
    """The nodes at `path`, each with the name of the last element on the way, and that element.

    What is not known is given only on the `first` path of a kind, so that it is told once.
    """
    level: list[tuple[Node, str, Node]] = [(document, "", document)]
    for key in path.split(".") if path else ():
        further: list[tuple[Node, str, Node]] = []
        for node, label, element in level:
            if isinstance(node.value, Unresolved):
                further.append((node, label, element))
            elif key == "*":
                further.extend((child, name, child) for child, name in _elements(node))
            elif (child := node.get(key)) is not None and child.value is not None:
                further.append((child, label, element))
        level = further
    return iter([found for found in level if first or not isinstance(found[0].value, Unresolved)])


def _elements(node: Node) -> Iterator[tuple[Node, str]]:
    """The elements of a list or values of a mapping, with the name of each."""
    if isinstance(node.value, dict):
        for key, child in node.value.items():
            yield child, key.lower()
    elif isinstance(node.value, list):
        for number, child in enumerate(node.value):
            name = child.get("name") or child.get("groupName")
            yield child, name.value if name is not None and isinstance(name.value, str) else str(number)
    if node.rest is not None:
        yield node.with_value(node.rest), "others"


def _shaped(document: Node) -> Iterator[Pod]:
    """The pods of a kind that no table lists: mappings with a list of named containers."""
    seen: set[int] = set()
    stack: list[tuple[Node, tuple[str, ...], Node | None]] = [(document, (), None)]
    while stack:
        node, path, parent = stack.pop()
        value = node.value
        if not isinstance(value, dict | list) or id(value) in seen or len(path) > _DEEPEST:
            continue
        seen.add(id(value))
        if isinstance(value, list):
            stack.extend((child, (*path, name), None) for child, name in reversed(list(_elements(node))))
            continue
        if _is_spec(value):
            metadata = parent.get("metadata") if parent is not None and path and path[-1] == "spec" else None
            yield Pod(node, metadata, "/".join(key for key in path if key not in _GENERIC), None)
            continue
        stack.extend((child, (*path, key), node) for key, child in reversed(value.items()))


def _is_spec(value: dict[str, Node]) -> bool:
    containers = value.get("containers")
    if containers is None or not isinstance(containers.value, list):
        return False
    return any(
        isinstance(child.value, dict) and "name" in child.value and ("image" in child.value or "command" in child.value)
        for child in containers.value
    )
