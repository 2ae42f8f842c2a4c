"""What the tests of the Terraform reader share: the value of one expression."""

from __future__ import annotations

from ourhalf.model.field import Reference, Unresolved
from ourhalf.readers.node import Node, plain
from ourhalf.readers.terraform.root import Root
from ourhalf.readers.terraform.syntax import Expr
from ourhalf.readers.terraform.values import Fault
from tests.support import MemoryFiles

AT = Expr("main.tf", 1, 1)


def node_of(expression: str, around: str = "", **files: str | bytes) -> Node:
    """The node of an expression in a module that also holds `around`; `files` by name, `__` for a dot."""
    texts = {name.replace("__", "."): text for name, text in files.items()}
    root = Root("", MemoryFiles({"main.tf": f"locals {{\n  x = {expression}\n}}\n{around}", **texts}))
    return root.top.local("x", AT)


def value_of(expression: str, around: str = "", **files: str | bytes) -> object:
    """The plain value; a reference or what is unresolved as it is, a fault as its reason in a list of one."""
    try:
        found = node_of(expression, around, **files)
    except Fault as fault:
        return Fault, fault.reason
    if isinstance(found.value, Unresolved | Reference):
        return found.value
    return plain(found)


def parts_of(expression: str, around: str = "", **files: str | bytes) -> tuple[str | Reference | None, ...]:
    """The parts of a text that is known in part."""
    found = node_of(expression, around, **files).value
    assert isinstance(found, Unresolved), found
    return found.parts
