"""Imports: the full names of what libraries give, and constants that other files of the target hold."""

from __future__ import annotations

import ast

from ourhalf.readers.python.domain import Dotted, Slot
from ourhalf.readers.python.state import State


def import_names(names: list[ast.alias], node: ast.stmt, state: State) -> None:
    """`import a.b` and `import a.b as c`."""
    for alias in names:
        bound = alias.asname or alias.name.partition(".")[0]
        dotted = alias.name if alias.asname else bound
        state.scope.assign(bound, Slot(Dotted(dotted), state.place(node)))


def import_from(node: ast.ImportFrom, state: State) -> None:
    """`from a import b`: a constant where `a` is a file of the target that assigns `b` once."""
    module = "." * node.level + (node.module or "")
    for alias in node.names:
        value = constant_of(module, alias.name, state)
        if value is None:
            joined = f"{module}.{alias.name}" if node.module else f"{module}{alias.name}"
            value = Dotted(joined)
        state.scope.assign(alias.asname or alias.name, Slot(value, state.place(node)))


def constant_of(module: str, name: str, state: State) -> object:
    """What the file that `module` names assigns to `name`; None where it is no file of the target."""
    known = state.constants(module)
    return None if known is None else known.get(name)
