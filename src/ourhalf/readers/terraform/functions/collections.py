"""Functions over lists and objects; what they hold may be unknown in part."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ourhalf.model.field import Unresolved
from ourhalf.readers.node import Node
from ourhalf.readers.terraform.operators import number, truth
from ourhalf.readers.terraform.syntax import Call
from ourhalf.readers.terraform.values import (
    MAX_ELEMENTS,
    Fault,
    NotKnown,
    doubtful,
    equal,
    is_text,
    known,
    node,
    scalar_text,
    why,
)

if TYPE_CHECKING:
    from ourhalf.readers.terraform.evaluate import Scope

_RANGE_MOST = 1024


def items_of(value: Node) -> list[Node]:
    """The elements of a list. Raises NotKnown where it is not known, Fault where it is no list."""
    unknown = why(value)
    if unknown is not None:
        raise NotKnown(unknown)
    if not isinstance(value.value, list) or value.tag is not None:
        raise Fault("no list where one belongs")
    found: list[Node] = value.value
    return found


def all_items(value: Node) -> list[Node]:
    """The elements of a list of which nothing is hidden. Raises as `items_of`."""
    if value.rest is not None:
        raise NotKnown(value.rest)
    return items_of(value)


def listed(items: list[Node], at: Call, rest: Unresolved | None = None) -> Node:
    """A list at the place of a call. Raises NotKnown where it is too large."""
    if len(items) > MAX_ELEMENTS:
        raise NotKnown(Unresolved(f"a list of more than {MAX_ELEMENTS:,} elements"))
    return Node(items, at.path, at.line, at.column, None, rest)


def _entries(value: Node) -> dict[str, Node]:
    unknown = why(value)
    if unknown is not None:
        raise NotKnown(unknown)
    if not isinstance(value.value, dict) or value.tag is not None:
        raise Fault("no object where one belongs")
    found: dict[str, Node] = value.value
    return found


def _merge(arguments: list[Node], at: Call, scope: Scope) -> Node:
    found: dict[str, Node] = {}
    rest: Unresolved | None = None
    for argument in arguments:
        if argument.value is None:
            continue
        unknown = argument.rest or why(argument)
        if unknown is not None:
            rest = unknown
            found = {key: doubtful(at, unknown) for key in found}
        if why(argument) is None:
            found.update(_entries(argument))
    return Node(found, at.path, at.line, at.column, None, rest)


def _concat(arguments: list[Node], at: Call, scope: Scope) -> Node:
    found: list[Node] = []
    rest: Unresolved | None = None
    for argument in arguments:
        rest = rest or argument.rest or why(argument)
        if why(argument) is None:
            found.extend(items_of(argument))
    return listed(found, at, rest)


def _flatten(arguments: list[Node], at: Call, scope: Scope) -> Node:
    found: list[Node] = []
    rest: Unresolved | None = None
    stack = [arguments[0]]
    if why(arguments[0]):
        raise NotKnown(why(arguments[0]) or Unresolved(""))
    while stack:
        value = stack.pop()
        if isinstance(value.value, list) and value.tag is None:
            rest = rest or value.rest
            stack.extend(reversed(value.value))
        elif isinstance(value.value, Unresolved) and not value.value.parts:
            rest = rest or value.value
        else:
            found.append(value)
        if len(stack) + len(found) > MAX_ELEMENTS:
            raise NotKnown(Unresolved(f"a list of more than {MAX_ELEMENTS:,} elements"))
    return listed(found, at, rest)


def _length(arguments: list[Node], at: Call, scope: Scope) -> Node:
    value = arguments[0]
    unknown = value.rest or why(value)
    if unknown is not None:
        raise NotKnown(unknown)
    if is_text(value):
        return node(len(known(value)), at)
    if not isinstance(value.value, dict | list):
        raise Fault("length of what is no list, object or text")
    return node(len(value.value), at)


def _lookup(arguments: list[Node], at: Call, scope: Scope) -> Node:
    entries = _entries(arguments[0])
    key = known(arguments[1])
    if key in entries:
        return entries[key]
    if arguments[0].rest is not None:
        raise NotKnown(arguments[0].rest)
    return arguments[2]


def _element(arguments: list[Node], at: Call, scope: Scope) -> Node:
    from ourhalf.readers.terraform.traversals import index

    if arguments[0].rest is not None or scope.instance.root.doubt(arguments[0]):
        return index(arguments[0], arguments[1], at, scope)
    items = items_of(arguments[0])
    if not items:
        raise Fault("element of an empty list")
    return items[int(number(_settled(arguments[1]))) % len(items)]


def _settled(value: Node) -> Node:
    unknown = why(value)
    if unknown is not None:
        raise NotKnown(unknown)
    return value


def _keys(arguments: list[Node], at: Call, scope: Scope) -> Node:
    entries = _entries(arguments[0])
    return listed([node(key, at) for key in sorted(entries)], at, arguments[0].rest)


def _values(arguments: list[Node], at: Call, scope: Scope) -> Node:
    if scope.instance.root.doubt(arguments[0]):
        return arguments[0]
    entries = _entries(arguments[0])
    return listed([entries[key] for key in sorted(entries)], at, arguments[0].rest)


def _zipmap(arguments: list[Node], at: Call, scope: Scope) -> Node:
    keys, values = all_items(arguments[0]), all_items(arguments[1])
    if len(keys) != len(values):
        raise Fault("zipmap: lists of different length")
    return node({scalar_text(known(k)): v for k, v in zip(keys, values, strict=True)}, at)


def _contains(arguments: list[Node], at: Call, scope: Scope) -> Node:
    unknown = arguments[0].rest
    for item in items_of(arguments[0]):
        same = equal(item, arguments[1])
        if same:
            return node(True, at)
        if same is None:
            unknown = unknown or why(item) or why(arguments[1]) or Unresolved("a part is not known")
    return node(False, at) if unknown is None else doubtful(at, unknown)


def _index(arguments: list[Node], at: Call, scope: Scope) -> Node:
    for i, item in enumerate(all_items(arguments[0])):
        same = equal(item, arguments[1])
        if same is None:
            raise NotKnown(why(item) or why(arguments[1]) or Unresolved("a part is not known"))
        if same:
            return node(i, at)
    raise Fault("index: the value is not in the list")


def _coalesce(arguments: list[Node], at: Call, scope: Scope) -> Node:
    for argument in arguments:
        if isinstance(argument.value, Unresolved):
            return doubtful(at, argument.value) if len(arguments) > 1 else argument
        if argument.value is not None and argument.value != "":
            return argument
    raise Fault("coalesce: no value is set")


def _coalescelist(arguments: list[Node], at: Call, scope: Scope) -> Node:
    for argument in arguments:
        if argument.value is not None and (items_of(argument) or argument.rest):
            return argument
    raise Fault("coalescelist: every list is empty")


def _compact(arguments: list[Node], at: Call, scope: Scope) -> Node:
    kept = [item for item in items_of(arguments[0]) if item.value is not None and item.value != ""]
    return listed(kept, at, arguments[0].rest)


def _one(arguments: list[Node], at: Call, scope: Scope) -> Node:
    value = arguments[0]
    if value.value is None:
        return value
    if value.rest is not None:
        items = items_of(value)
        return items[0] if len(items) == 1 and why(items[0]) else doubtful(at, value.rest)
    items = items_of(value)
    if len(items) > 1:
        raise Fault("one: the list has more than one element")
    return items[0] if items else node(None, at)


def _slice(arguments: list[Node], at: Call, scope: Scope) -> Node:
    items = all_items(arguments[0])
    start, end = int(number(_settled(arguments[1]))), int(number(_settled(arguments[2])))
    if not 0 <= start <= end <= len(items):
        raise Fault("slice: an end out of range")
    return listed(items[start:end], at)


def _chunklist(arguments: list[Node], at: Call, scope: Scope) -> Node:
    items = all_items(arguments[0])
    size = int(number(_settled(arguments[1]))) or max(len(items), 1)
    if size < 0:
        raise Fault("chunklist: a negative size")
    return node([node(items[i : i + size], at) for i in range(0, len(items), size)], at)


def _reverse(arguments: list[Node], at: Call, scope: Scope) -> Node:
    return listed(items_of(arguments[0])[::-1], at, arguments[0].rest)


def _transpose(arguments: list[Node], at: Call, scope: Scope) -> Node:
    found: dict[str, list[Node]] = {}
    for key, values in _entries(arguments[0]).items():
        for value in all_items(values):
            found.setdefault(scalar_text(known(value)), []).append(node(key, at))
    return node({key: node(names, at) for key, names in sorted(found.items())}, at)


def _quantified(decides: bool) -> Callable[[list[Node], Call, Scope], Node]:
    def apply(arguments: list[Node], at: Call, scope: Scope) -> Node:
        unknown = arguments[0].rest
        for item in items_of(arguments[0]):
            doubt = why(item)
            if doubt is not None:
                unknown = unknown or doubt
            elif truth(item) is decides:
                return node(decides, at)
        return node(not decides, at) if unknown is None else doubtful(at, unknown)

    return apply


def _range(*limits: Any) -> list[float]:
    numbers = [float(n) for n in limits]
    start, end, step = {1: (0.0, numbers[0], 1.0), 2: (*numbers[:2], 1.0)}.get(len(numbers), tuple(numbers[:3]))
    if len(numbers) < 3 and end < start:
        step = -1.0
    if step == 0 or (end - start) / step > _RANGE_MOST:
        raise Fault(f"range: more than {_RANGE_MOST} values")
    count = max(0, -int(-((end - start) / step) // 1))
    return [int(v) if v.is_integer() else v for v in (start + i * step for i in range(count))]


def _matchkeys(values: list[Any], keys: list[Any], searched: list[Any]) -> list[Any]:
    return [value for value, key in zip(values, keys, strict=True) if key in searched]


def _list(arguments: list[Node], at: Call, scope: Scope) -> Node:
    return listed(arguments, at)


def _map(arguments: list[Node], at: Call, scope: Scope) -> Node:
    pairs = zip(arguments[::2], arguments[1::2], strict=False)
    return node({scalar_text(known(key)): value for key, value in pairs}, at)


def _tomap(arguments: list[Node], at: Call, scope: Scope) -> Node:
    return arguments[0]


PLAIN: dict[str, Callable[..., object]] = {"matchkeys": _matchkeys, "range": _range}

NODES = {
    "alltrue": _quantified(False),
    "anytrue": _quantified(True),
    "chunklist": _chunklist,
    "coalesce": _coalesce,
    "coalescelist": _coalescelist,
    "compact": _compact,
    "concat": _concat,
    "contains": _contains,
    "element": _element,
    "flatten": _flatten,
    "index": _index,
    "keys": _keys,
    "length": _length,
    "list": _list,
    "lookup": _lookup,
    "map": _map,
    "merge": _merge,
    "one": _one,
    "reverse": _reverse,
    "slice": _slice,
    "tomap": _tomap,
    "transpose": _transpose,
    "values": _values,
    "zipmap": _zipmap,
}
