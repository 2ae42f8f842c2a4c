"""What every Kubernetes object says of itself: kind, name and namespace."""

from __future__ import annotations

from typing import NamedTuple

from ourhalf.model.field import Unresolved
from ourhalf.readers.node import Node

# Kinds that belong to no namespace.
_CLUSTER_WIDE = frozenset(
    {
        "Namespace",
        "Node",
        "PersistentVolume",
        "StorageClass",
        "ClusterRole",
        "ClusterRoleBinding",
        "PriorityClass",
        "ClusterServingRuntime",
        "ClusterTrainingRuntime",
        "ClusterWorkflowTemplate",
        "EC2NodeClass",
        "NodeClass",
        "NodePool",
    }
)


class Identity(NamedTuple):
    """`group` is the API group, `v1` for the core group; `namespace` is empty where there is none."""

    group: str
    kind: str
    name: str
    namespace: str

    @property
    def type_name(self) -> str:
        """Group and kind, as resource types state them in their `names`."""
        return f"{self.group}/{self.kind}"

    @property
    def address(self) -> str:
        """Namespace, kind and name: what tells the object from all others of a cluster."""
        return f"{self.namespace}/{self.kind}/{self.name}"


def identity(document: Node) -> Identity:
    """Who `document` is; names that are not known are written by what is known of them."""
    group, slash, _ = text_at(document, "apiVersion").partition("/")
    kind = text_at(document, "kind")
    name = text_at(document, "metadata.name") or _generated(document) or "unnamed"
    namespace = "" if kind in _CLUSTER_WIDE else text_at(document, "metadata.namespace") or "default"
    return Identity(group if slash else "v1", kind, name, namespace)


def _generated(document: Node) -> str:
    prefix = text_at(document, "metadata.generateName")
    return f"{prefix}*" if prefix else ""


def text_at(node: Node, path: str) -> str:
    """The text at a dotted path, empty where there is none; unknown pieces are shown as `…`."""
    found = node.dig(path)
    if found is None:
        return ""
    value = found.value
    if isinstance(value, Unresolved):
        return "".join("…" if part is None else str(part) for part in value.parts)
    return value if isinstance(value, str) else "" if value is None or isinstance(value, dict | list) else str(value)


def is_object(document: Node) -> bool:
    """Whether a document looks like a Kubernetes object."""
    value = document.value
    return isinstance(value, dict) and "apiVersion" in value and "kind" in value
