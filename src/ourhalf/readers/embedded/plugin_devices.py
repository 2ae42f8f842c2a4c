"""Devices that a Kubernetes device plugin gives a container, such as network interfaces for EFA."""

from __future__ import annotations

from ourhalf.readers.node import Node


def parse(node: Node) -> Node:
    """The names of the extended resources among the limits of a container; None where there are none."""
    if not isinstance(node.value, dict):
        return node
    found = [
        child.with_value(name) for name, child in node.value.items() if "/" in name and child.value not in (0, "0")
    ]
    if not found and node.rest is None:
        return node.with_value(None)
    return Node(found, node.path, node.line, node.column, node.tag, node.rest)
