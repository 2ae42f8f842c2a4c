"""A list that some languages write as one text with commas."""

from __future__ import annotations

from ourhalf.readers.node import Node


def parse(node: Node) -> Node:
    """The list of the texts between commas; anything but a text is returned as it is."""
    if not isinstance(node.value, str):
        return node
    return node.with_value([node.with_value(part.strip()) for part in node.value.split(",") if part.strip()])
