"""Formats that other formats hold as text: one module each, with `parse(node) -> Node`.

`parse` gets the node of the text and gives the tree that it stands for, or an unresolved node with
the reason. A node tagged `!json`, `!compose` or `!kubernetes` is mapped in that dialect.
"""

from importlib import import_module

from ourhalf.model.field import Unresolved
from ourhalf.readers.node import Node


def parse(form: str, node: Node) -> Node:
    """The tree that the text in `node` stands for.

    An unresolved node is returned as it is, unless parts of its text are known: then the format
    makes what it can of those.
    """
    if isinstance(node.value, Unresolved) and not node.value.parts:
        return node
    parsed = import_module(f"{__name__}.{form}").parse(node)
    assert isinstance(parsed, Node)  # noqa: S101 - for the type checker
    return parsed
