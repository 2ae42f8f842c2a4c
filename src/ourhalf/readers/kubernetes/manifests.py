"""Kubernetes objects in YAML and JSON."""

from __future__ import annotations

from collections.abc import Iterator

from ourhalf.model.evidence import Evidence
from ourhalf.model.resource import Dialect, Language, Origin
from ourhalf.readers.mapping import build
from ourhalf.readers.node import Node
from ourhalf.readers.reader import DocumentReader, Files
from ourhalf.resources.kubernetes import PodTemplate


def read_object(document: Node, language: Language, scope: str, address: str = "") -> Evidence:
    """What one Kubernetes object declares, in whatever language it is written.

    `document` is the object as Kubernetes itself spells it. `scope` is that of the file; `address`
    is the object's own in it where the language gives it one, else it is `namespace/Kind/name`.
    """
    kind = _text(document, "kind")
    name = _text(document, "metadata.name") or "unnamed"
    namespace = _text(document, "metadata.namespace") or "default"
    own = address or f"{namespace}/{kind}/{name}"
    origin = Origin(document.place, language, Dialect.KUBERNETES, scope, own)
    return Evidence(tuple(build(PodTemplate, name, spec, origin) for spec in _pod_specs(document)))


def _wants(document: Node) -> bool:
    return document.get("apiVersion") is not None and document.get("kind") is not None


def _read(document: Node, files: Files) -> Evidence:
    return read_object(document, Language.KUBERNETES, document.path)


def _text(node: Node, path: str) -> str:
    found = node.dig(path)
    return found.text() or "" if found is not None else ""


def _pod_specs(node: Node) -> Iterator[Node]:
    """The pod specs anywhere below `node`: mappings with a list of containers that name images."""
    containers = node.get("containers")
    if containers is not None and any(c.get("image") is not None for c in containers.list()):
        yield node
        return
    for _, child in node.items():
        yield from _pod_specs(child)
    for child in node.list():
        yield from _pod_specs(child)


MANIFESTS = DocumentReader("kubernetes", _wants, _read)
