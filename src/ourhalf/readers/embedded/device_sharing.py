"""What a ConfigMap says to the NVIDIA device plugin: configuration files, each a text under a name."""

from __future__ import annotations

from ourhalf.readers.node import Node
from ourhalf.readers.yaml import ParseError, documents

_SPEAKS_OF_SHARING = ("timeSlicing:", "mps:", "migStrategy:")


def parse(node: Node) -> Node:
    """The list of those files that configure how GPUs are shared; None where there are none."""
    found: list[Node] = []
    for child in node.value.values() if isinstance(node.value, dict) else ():
        text = child.value
        if not isinstance(text, str) or not any(word in text for word in _SPEAKS_OF_SHARING):
            continue
        try:
            found.extend(d for d in documents(text.encode(), child.path, first_line=child.line + 1) if _speaks(d))
        except (ParseError, UnicodeEncodeError):
            found.append(child.unresolved("a device plugin configuration that is not YAML"))
    if not found and node.rest is None:
        return node.with_value(None)
    return Node(found, node.path, node.line, node.column, node.tag, node.rest)


def _speaks(document: Node) -> bool:
    return document.get("sharing") is not None or document.get("flags") is not None
