"""Values of a manifest that something fills in later: envsubst, a template, a person, Kubernetes itself."""

from __future__ import annotations

import re
from typing import Any

from ourhalf.readers.node import Node

_HOLE = re.compile(
    r"\$\{[^}\n]{1,200}\}|\$\([A-Za-z_][\w.-]*\)|\$[A-Z_][A-Z0-9_]*"
    r"|\{\{(?:(?!\{\{).)*?\}\}|<[A-Za-z][\w .:/-]{0,80}>",
    re.DOTALL,
)
_COMMANDS = frozenset({"command", "args"})
_SIGNS = re.compile(r"[$<]|\{\{")
# Texts in which such marks are their own: scripts, files, and names by which objects find each other.
_VERBATIM = frozenset(
    {
        "data",
        "stringData",
        "binaryData",
        "annotations",
        "labels",
        "matchLabels",
        "selector",
        "name",
        "namespace",
        "source",
        "entrypoint",
        "runtimeEnvYAML",
        "userData",
        "manifest",
        "description",
    }
)


def with_holes(document: Node) -> Node:
    """The document with each value that is to be filled in unresolved; itself where there is none."""
    filled = _filled(document, {})
    kind = document.get("kind")
    if kind is None or kind.value != "Secret" or not isinstance(filled.value, dict):
        return filled
    # The data of a secret is no file with marks of its own: what is to be filled in is not in it yet.
    data = {key: _filled(child, {}) for key, child in filled.value.items() if key in ("data", "stringData")}
    return Node({**filled.value, **data}, filled.path, filled.line, filled.column, filled.tag, filled.rest)


def _filled(node: Node, seen: dict[int, Any]) -> Node:
    value = node.value
    if isinstance(value, str):
        return _scalar(node, value) if _SIGNS.search(value) else node
    if not isinstance(value, dict | list):
        return node
    key = id(value)
    if key not in seen:
        seen[key] = _inside(value, seen)
    found = seen[key]
    return node if found is value else Node(found, node.path, node.line, node.column, node.tag, node.rest)


def _inside(value: dict[str, Node] | list[Node], seen: dict[int, Any]) -> Any:
    if isinstance(value, list):
        many = [_filled(child, seen) for child in value]
        return value if all(new is old for new, old in zip(many, value, strict=True)) else many
    changed: dict[str, Node] = {}
    for key, child in value.items():
        if key in _COMMANDS:
            new = _words(child)
        elif key in _VERBATIM and not _is_group(child):
            continue
        else:
            new = _filled(child, seen)
        if new is not child:
            changed[key] = new
    return {**value, **changed} if changed else value


def _is_group(child: Node) -> bool:
    """Whether a key that often holds a text of its own holds a group of fields here, as `source` may."""
    return isinstance(child.value, dict) and any(isinstance(c.value, dict | list) for c in child.value.values())


def _words(node: Node) -> Node:
    """A command line: a word that is filled in whole is not known; scripts have marks of their own."""
    if not isinstance(node.value, list):
        return node
    many = [_scalar(w, w.value) if isinstance(w.value, str) and _HOLE.fullmatch(w.value) else w for w in node.value]
    changed = any(new is not old for new, old in zip(many, node.value, strict=True))
    return Node(many, node.path, node.line, node.column, node.tag, node.rest) if changed else node


def _scalar(node: Node, text: str) -> Node:
    parts: list[str | None] = []
    end = 0
    for found in _HOLE.finditer(text):
        if found.start() > end:
            parts.append(text[end : found.start()])
        parts.append(None)
        end = found.end()
    if not parts:
        return node
    if end < len(text):
        parts.append(text[end:])
    first = _HOLE.search(text)
    return node.unresolved(_reason(first[0] if first else ""), tuple(parts))


def _reason(hole: str) -> str:
    if hole.startswith("{{"):
        return "filled in by a template"
    if hole.startswith("$("):
        return f"{hole[:40]} is filled in by Kubernetes or kustomize"
    if hole.startswith("<"):
        return f"{hole[:40]} is a placeholder to be filled in"
    return f"{hole[:40]} is filled in by envsubst or a script"
