"""Type constraints of variables: conversions, and the defaults of optional attributes."""

from __future__ import annotations

from ourhalf.model.field import Reference, Unresolved
from ourhalf.readers.node import Node
from ourhalf.readers.terraform.functions.sets import distinct
from ourhalf.readers.terraform.operators import number, truth
from ourhalf.readers.terraform.syntax import Call, Expr, Literal, ObjectOf, Traversal
from ourhalf.readers.terraform.values import Fault, at_node, is_text, node, pieces, text

_DEEPEST = 30


def converted(value: Node, kind: Expr | None, depth: int = 0) -> Node:
    """A value as its type constraint has it; as it is where that does not say."""
    held = value.value
    if kind is None or isinstance(held, Unresolved | Reference) or held is None or depth > _DEEPEST:
        return value
    if isinstance(kind, Traversal) and isinstance(kind.base, str):
        return _primitive(value, kind.base)
    if isinstance(kind, Call) and kind.arguments:
        return _collection(value, kind, depth)
    return value


def _primitive(value: Node, name: str) -> Node:
    try:
        match name:
            case "string" if not is_text(value):
                return text(pieces(value), at_node(value))
            case "number" if isinstance(value.value, str):
                return value.with_value(number(value))
            case "bool" if isinstance(value.value, str):
                return value.with_value(truth(value))
    except Fault as fault:
        return value.unresolved(f"the value is no {name}: {fault.reason}")
    return value


def _collection(value: Node, kind: Call, depth: int) -> Node:
    inner = kind.arguments[0]
    held = value.value
    match kind.name:
        case "optional":
            return converted(value, inner, depth + 1)
        case "list" | "set" if isinstance(held, list):
            items = [converted(item, inner, depth + 1) for item in held]
            return _like(value, distinct(items) if kind.name == "set" else items)
        case "map" if isinstance(held, dict):
            return _like(value, {key: converted(child, inner, depth + 1) for key, child in held.items()})
        case "object" if isinstance(held, dict) and isinstance(inner, ObjectOf):
            return _object(value, inner, depth)
    return value


def _like(value: Node, held: object) -> Node:
    return Node(held, value.path, value.line, value.column, value.tag, value.rest)


def _object(value: Node, kind: ObjectOf, depth: int) -> Node:
    """The declared attributes: those left out get their default, others are dropped."""
    held: dict[str, Node] = value.value
    found: dict[str, Node] = {}
    for key, wanted in kind.items:
        if not isinstance(key, Literal):
            return value
        name = str(key.value)
        child = held.get(name)
        optional = isinstance(wanted, Call) and wanted.name == "optional"
        if (child is None or child.value is None) and optional and value.rest is None:
            child = _default(value, wanted)
        if child is not None:
            moved = converted(child, wanted, depth + 1)
            found[name] = moved
    return _like(value, found)


def _default(value: Node, wanted: Expr) -> Node:
    """The default of an `optional(type, default)`, at the place of the object that leaves it out."""
    if isinstance(wanted, Call) and len(wanted.arguments) > 1:
        return Node(constant(wanted.arguments[1]).value, value.path, value.line, value.column)
    return value.with_value(None)


def constant(expr: Expr) -> Node:
    """The value of an expression that stands without a scope, as the defaults of types do."""
    from ourhalf.readers.terraform.syntax import ListOf, Unary

    match expr:
        case Literal():
            return node(expr.value, expr)
        case ListOf():
            return node([constant(item) for item in expr.items], expr)
        case ObjectOf():
            pairs = ((k, v) for k, v in expr.items if isinstance(k, Literal))
            return node({str(k.value): constant(v) for k, v in pairs}, expr)
        case Unary():
            inner = constant(expr.operand)
            return node(-inner.value, expr) if isinstance(inner.value, int | float) else inner
    return node(Unresolved("a default that is no constant", expr.place), expr)
