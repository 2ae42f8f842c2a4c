"""Values of expressions: nodes, what is unknown in them, and their texts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, TypeAlias

from ourhalf.model.field import Place, Reference, Unresolved
from ourhalf.readers.node import Node
from ourhalf.readers.terraform.syntax import Expr

MAX_TEXT = 1024 * 1024
MAX_ELEMENTS = 50_000

Piece: TypeAlias = str | Reference | None
"""A literal piece of a text, a reference, or an unknown piece."""

JSON = "!json"
YAML = "!yaml"
SCRIPT = "!script"
"""The tag of a text that is a file of its own; it keeps its place in that file, and is not put in base64."""


class Fault(Exception):  # noqa: N818 - what Terraform itself would call an error in the configuration
    """A definite error in the configuration, which `try` and `can` catch."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotKnown(Exception):  # noqa: N818 - control flow inside functions over known values
    """A value that a function needs is not known."""

    def __init__(self, why: Unresolved) -> None:
        super().__init__(why.reason)
        self.why = why


def node(value: Any, at: Expr) -> Node:
    """`value` at the place of an expression."""
    return Node(value, at.path, at.line, at.column)


def unresolved(at: Expr, reason: str, parts: tuple[Piece, ...] = ()) -> Node:
    """An unresolved value at the place of an expression."""
    return node(Unresolved(reason, at.place, parts), at)


def doubtful(at: Expr, why: Unresolved) -> Node:
    """A value at `at` that is not known for the reason that something else is not, its parts left out."""
    return node(Unresolved(why.reason, at.place), at)


def why(value: Node) -> Unresolved | None:
    """Why a value itself is not known; None when it is."""
    match value.value:
        case Unresolved() as unknown:
            return unknown
        case Reference() as reference:
            return Unresolved(f"{reference} is known only once it is deployed", value.place, (reference,))
    return None


def key_text(key: Node) -> str:
    """A known value as the key of an object. Raises Fault where it is no text."""
    if isinstance(key.value, str | bool | int | float):
        return scalar_text(key.value)
    raise Fault("a key that is no text")


def number_text(value: float) -> str:
    """A number as Terraform writes it into a text."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def scalar_text(value: Any) -> str:
    """A bool, number or str as a text."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return number_text(value)
    return str(value)


def perhaps(value: Node, doubt: Unresolved, at: Expr) -> Node:
    """A list of unknown length whose elements are like `value`."""
    parts: tuple[Piece, ...] = ()
    if isinstance(value.value, Reference):
        parts = (value.value,)
    elif isinstance(value.value, Unresolved):
        parts = value.value.parts
    element = unresolved(at, doubt.reason, parts)
    return Node([element], at.path, at.line, at.column, None, element.value)


def pieces(value: Node) -> list[Piece]:
    """The pieces of the text that a value is converted to. Raises Fault where it is no text."""
    held = value.value
    match held:
        case str():
            return [held]
        case bool() | int() | float():
            return [scalar_text(held)]
        case Reference():
            return [held]
        case Unresolved(parts=parts):
            return list(parts) if parts else [None]
        case dict() | list() if value.tag == JSON:
            return _Writer().json(value)
        case dict() | list() if value.tag == YAML:
            return _Writer().yaml(value)
        case None:
            raise Fault("null where a text belongs")
    raise Fault(f"{'an object' if isinstance(held, dict) else 'a list'} where a text belongs")


def text(found: Iterable[Piece], at: Expr, reason: str = "") -> Node:
    """The text made of pieces; unresolved for `reason` where one of them is not known."""
    merged: list[Piece] = []
    size = 0
    for piece in found:
        if isinstance(piece, str):
            size += len(piece)
            if merged and isinstance(merged[-1], str):
                merged[-1] += piece
            elif piece:
                merged.append(piece)
        elif piece is not None or not merged or merged[-1] is not None:
            merged.append(piece)
    if size > MAX_TEXT:
        return unresolved(at, f"a text of more than {MAX_TEXT // 1048576} MB")
    if not merged:
        return node("", at)
    if len(merged) == 1 and isinstance(merged[0], str):
        return node(merged[0], at)
    if not reason:
        first = next((p for p in merged if isinstance(p, Reference)), None)
        reason = f"{first} is known only once it is deployed" if first else "a part of the text is not known"
    return node(Unresolved(reason, at.place, tuple(merged)), at)


def known(value: Node) -> Any:
    """The value in plain Python, JSON texts written out. Raises NotKnown where a part is not known."""
    return _Writer().plain(value)


def is_text(value: Node) -> bool:
    """Whether a value is a text, one that is kept as a tree among them."""
    return isinstance(value.value, str) or value.tag in {JSON, YAML}


def equal(one: Node, other: Node, depth: int = 0) -> bool | None:
    """Whether two values are equal; None when that is not known."""
    a, b = one.value, other.value
    if isinstance(a, Reference) and isinstance(b, Reference) and a == b:
        return True
    if isinstance(a, Reference | Unresolved) or isinstance(b, Reference | Unresolved) or depth > 64:
        return None
    if one.tag != other.tag:
        try:
            a, b = known(one), known(other)
        except NotKnown:
            return None
    if isinstance(a, dict) and isinstance(b, dict):
        return _equal_items(one, other, depth)
    if isinstance(a, list) and isinstance(b, list):
        if one.rest is not None or other.rest is not None:
            return None
        return len(a) == len(b) and _all(equal(x, y, depth + 1) for x, y in zip(a, b, strict=True))
    if isinstance(a, bool) != isinstance(b, bool):
        return False
    return bool(a == b)


def _equal_items(one: Node, other: Node, depth: int) -> bool | None:
    if one.rest is not None or other.rest is not None:
        return None
    if one.value.keys() != other.value.keys():
        return False
    return _all(equal(child, other.value[key], depth + 1) for key, child in one.value.items())


def _all(results: Iterable[bool | None]) -> bool | None:
    found: bool | None = True
    for result in results:
        if result is False:
            return False
        found = found if result else None
    return found


def within(value: Node, most: int = MAX_ELEMENTS) -> bool:
    """Whether a value has at most `most` elements, shared ones counted each time."""
    count = 0
    stack = [value]
    while stack:
        held = stack.pop().value
        if isinstance(held, dict):
            count += len(held)
            stack.extend(held.values())
        elif isinstance(held, list):
            count += len(held)
            stack.extend(held)
        if count > most:
            return False
    return True


class _Writer:
    """Writes a tree out, within a bound of elements."""

    def __init__(self) -> None:
        self._left = MAX_ELEMENTS

    def _count(self, value: Node, depth: int) -> None:
        self._left -= 1
        if self._left < 0 or depth > 100:
            raise NotKnown(Unresolved("a value too large to evaluate", value.place))

    def plain(self, value: Node, depth: int = 0) -> Any:
        self._count(value, depth)
        held = value.value
        unknown = value.rest or why(value)
        if unknown is not None:
            raise NotKnown(unknown)
        if value.tag in {JSON, YAML}:
            written = pieces(value)
            if any(not isinstance(p, str) for p in written):
                raise NotKnown(Unresolved("a part of the text is not known", value.place))
            return "".join(p for p in written if isinstance(p, str))
        if isinstance(held, dict):
            return {key: self.plain(child, depth + 1) for key, child in held.items()}
        if isinstance(held, list):
            return [self.plain(child, depth + 1) for child in held]
        return held

    def json(self, value: Node, depth: int = 0) -> list[Piece]:
        """The pieces of a JSON text; depth 0 is the text itself, whose tag is its own."""
        self._count(value, depth)
        held = value.value
        if depth and is_text(value) and not isinstance(held, str):
            return _quoted(pieces(value))
        if value.rest is not None:
            return [None]
        if isinstance(held, dict):
            out: list[Piece] = ["{"]
            for i, (key, child) in enumerate(held.items()):
                out.append(f"{',' if i else ''}{json.dumps(key)}:")
                out.extend(self.json(child, depth + 1))
            return [*out, "}"]
        if isinstance(held, list):
            out = ["["]
            for i, child in enumerate(held):
                out.extend([","] if i else [])
                out.extend(self.json(child, depth + 1))
            return [*out, "]"]
        match held:
            case Reference():
                return _quoted([held])
            case Unresolved(parts=parts):
                return _quoted(list(parts)) if parts else [None]
        return [json.dumps(held, ensure_ascii=False)]

    def yaml(self, value: Node, depth: int = 0) -> list[Piece]:
        """The pieces of a YAML text, in block style as `yamlencode` writes it."""
        self._count(value, depth)
        held = value.value
        indent = "  " * depth
        out: list[Piece] = []
        if value.rest is not None or not isinstance(held, dict | list) or not held:
            return [*(self.json(value.with_value(held), 1) if value.rest is None else [None]), "\n"]
        children = held.items() if isinstance(held, dict) else (("", child) for child in held)
        for key, child in children:
            out.append(f"{indent}{json.dumps(key)}:" if isinstance(held, dict) else f"{indent}-")
            if isinstance(child.value, dict | list) and child.value and child.tag is None:
                out.append("\n")
                out.extend(self.yaml(child, depth + 1))
            else:
                out.extend([" ", *self.json(child, 1), "\n"])
        return out


def _quoted(found: list[Piece]) -> list[Piece]:
    inner: list[Piece] = [json.dumps(p, ensure_ascii=False)[1:-1] if isinstance(p, str) else p for p in found]
    return ['"', *inner, '"']


def at_node(value: Node) -> Expr:
    """The place of a node, where an expression's is asked for."""
    return Expr(value.path, value.line, value.column)


def placed(value: Any, at: Expr) -> Node:
    """A tree of nodes at one place from plain Python."""
    if isinstance(value, dict):
        return node({str(k): placed(v, at) for k, v in value.items()}, at)
    if isinstance(value, list | tuple):
        return node([placed(v, at) for v in value], at)
    return node(value, at)


def place_of(value: Node | Expr) -> Place:
    """Where a node or expression stands."""
    return Place(value.path, value.line, value.column)
