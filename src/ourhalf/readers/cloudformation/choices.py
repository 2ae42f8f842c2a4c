"""Values of which one or another holds, when it cannot be told which."""

from __future__ import annotations

from ourhalf.model.field import Unresolved
from ourhalf.readers.node import Node

MAX_STEPS = 100_000


def one_of(one: Node, other: Node, at: Node, reason: str) -> Node:
    """What holds of a value that is `one` or `other`: what they share; unresolved where they differ.

    Mappings with the same names are joined name by name, anything else is shared whole or not at all.
    A value that may be left out altogether is tagged `!maybe`.
    """
    return _shared(one, other, at, reason, [MAX_STEPS])


def _shared(one: Node, other: Node, at: Node, reason: str, budget: list[int]) -> Node:
    a, b = one.value, other.value
    budget[0] -= 1
    if a is b and one.tag == other.tag and one.rest is other.rest:
        return Node(a, at.path, at.line, at.column, one.tag, one.rest)
    if isinstance(a, dict) and isinstance(b, dict) and a.keys() == b.keys() and budget[0] > 0:
        if one.rest is None and other.rest is None:
            shared = {key: _shared(child, b[key], child, reason, budget) for key, child in a.items()}
            return Node(shared, at.path, at.line, at.column, one.tag)
    elif same(one, other, budget):
        return Node(a, at.path, at.line, at.column, one.tag)
    found = at.unresolved(reason)
    if a is None or b is None or "!maybe" in (one.tag, other.tag):
        found.tag = "!maybe"
    return found


def same(one: Node, other: Node, budget: list[int] | None = None) -> bool:
    """Whether two trees are known to be equal, places apart."""
    budget = budget if budget is not None else [MAX_STEPS]
    budget[0] -= 1
    a, b = one.value, other.value
    if budget[0] < 0 or one.rest is not None or other.rest is not None or type(a) is not type(b):
        return False
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(child, b[key], budget) for key, child in a.items())
    if isinstance(a, list):
        return len(a) == len(b) and all(same(x, y, budget) for x, y in zip(a, b, strict=True))
    return not isinstance(a, Unresolved) and bool(a == b)
