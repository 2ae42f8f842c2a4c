"""The boot script of an instance."""

from __future__ import annotations

from ourhalf.readers.node import Node


def parse(node: Node) -> Node:
    """What the script does, as far as it bears on containers."""
    return node.unresolved("user data is not read yet")
