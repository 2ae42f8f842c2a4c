"""Functions that treat lists as sets, and that order them."""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING

from ourhalf.model.field import Unresolved
from ourhalf.readers.node import Node
from ourhalf.readers.terraform.functions.collections import all_items, items_of, listed
from ourhalf.readers.terraform.syntax import Call
from ourhalf.readers.terraform.values import (
    MAX_ELEMENTS,
    Fault,
    NotKnown,
    equal,
    known,
    node,
    scalar_text,
    why,
)

if TYPE_CHECKING:
    from ourhalf.readers.terraform.evaluate import Scope


def _key(item: Node) -> object:
    """What tells elements apart: by value, else by what is unknown about them."""
    held = item.value
    if isinstance(held, bool | int | float | str):
        return type(held) is bool, held
    if isinstance(held, dict | list):
        try:
            return repr(known(item))
        except NotKnown:
            return id(item)
    return id(item) if isinstance(held, Unresolved) else held


def distinct(items: list[Node]) -> list[Node]:
    """The elements without those that are equal to an earlier one."""
    found: dict[object, Node] = {}
    for item in items:
        found.setdefault(_key(item), item)
    return list(found.values())


def _distinct(arguments: list[Node], at: Call, scope: Scope) -> Node:
    return listed(distinct(items_of(arguments[0])), at, arguments[0].rest)


def _toset(arguments: list[Node], at: Call, scope: Scope) -> Node:
    if arguments[0].value is None:
        return arguments[0]
    found = distinct(items_of(arguments[0]))
    if all(isinstance(item.value, str) for item in found):
        found.sort(key=lambda item: item.value)
    return listed(found, at, arguments[0].rest)


def _tolist(arguments: list[Node], at: Call, scope: Scope) -> Node:
    return arguments[0]


def _sort(arguments: list[Node], at: Call, scope: Scope) -> Node:
    items = items_of(arguments[0])
    if any(why(item) for item in items):
        return listed(items, at, arguments[0].rest)
    return listed(sorted(items, key=lambda item: scalar_text(known(item))), at, arguments[0].rest)


def _setunion(arguments: list[Node], at: Call, scope: Scope) -> Node:
    rest = next((a.rest or why(a) for a in arguments if a.rest or why(a)), None)
    items = [item for argument in arguments if why(argument) is None for item in items_of(argument)]
    return listed(distinct(items), at, rest)


def _among(item: Node, items: list[Node]) -> bool:
    """Whether an element is in a list. Raises NotKnown where that cannot be told."""
    results = [equal(item, other) for other in items]
    if True in results:
        return True
    if None in results:
        raise NotKnown(why(item) or Unresolved("an element of a set is not known"))
    return False


def _setintersection(arguments: list[Node], at: Call, scope: Scope) -> Node:
    first, *others = [all_items(argument) for argument in arguments]
    return listed([item for item in first if all(_among(item, other) for other in others)], at)


def _setsubtract(arguments: list[Node], at: Call, scope: Scope) -> Node:
    removed = all_items(arguments[1])
    return listed([item for item in items_of(arguments[0]) if not _among(item, removed)], at, arguments[0].rest)


def _setproduct(arguments: list[Node], at: Call, scope: Scope) -> Node:
    sets = [all_items(argument) for argument in arguments]
    if len(sets) < 1:
        raise Fault("setproduct: no set")
    if math.prod(len(items) for items in sets) * len(sets) > MAX_ELEMENTS:
        raise NotKnown(Unresolved(f"a list of more than {MAX_ELEMENTS:,} elements"))
    return node([node(list(row), at) for row in product(*sets)], at)


NODES = {
    "distinct": _distinct,
    "setintersection": _setintersection,
    "setproduct": _setproduct,
    "setsubtract": _setsubtract,
    "setunion": _setunion,
    "sort": _sort,
    "tolist": _tolist,
    "toset": _toset,
}
