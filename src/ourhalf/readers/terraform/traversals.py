"""Names and the steps from them: attributes, indexes and splats."""

from __future__ import annotations

from ourhalf.model.field import Reference, Unresolved
from ourhalf.model.numbers import whole
from ourhalf.readers.node import Node
from ourhalf.readers.terraform import operators
from ourhalf.readers.terraform.evaluate import Scope, evaluate
from ourhalf.readers.terraform.syntax import Expr, Splat, Step, Traversal
from ourhalf.readers.terraform.values import (
    Fault,
    Piece,
    doubtful,
    key_text,
    node,
    perhaps,
    scalar_text,
    unresolved,
    why,
)


def traversal(expr: Traversal, scope: Scope) -> Node:
    """The value that a name and the steps after it lead to."""
    if not isinstance(expr.base, str):
        return walk(evaluate(expr.base, scope), expr.steps, expr, scope)
    value, used = _named(expr.base, expr.steps, expr, scope)
    return walk(value, expr.steps[used:], expr, scope)


def _named(base: str, steps: tuple[Step, ...], at: Expr, scope: Scope) -> tuple[Node, int]:
    """The value that a traversal begins with, and how many of its steps were taken for it."""
    found = scope.names.get(base)
    if found is not None:
        return found, 0
    if scope.isolated:
        raise Fault(f"`{base}` is not given to the template")
    first = steps[0] if steps and isinstance(steps[0], str) else None
    if first is None:
        raise Fault(f"`{base}` is not defined")
    if base in {"data", "ephemeral"}:
        second = steps[1] if len(steps) > 1 and isinstance(steps[1], str) else None
        if second is None:
            raise Fault(f"`{base}.{first}` names no data source")
        return scope.instance.resource(f"{base}.{first}.{second}", at), 2
    return _declared(base, first, at, scope), 1


def _declared(base: str, name: str, at: Expr, scope: Scope) -> Node:
    """What a module declares under a name."""
    instance = scope.instance
    match base:
        case "var":
            return instance.variable(name, at)
        case "local":
            return instance.local(name, at)
        case "module":
            return instance.call(name, at)
        case "path":
            return instance.path(name, at)
        case "terraform":
            return unresolved(at, f"terraform.{name} depends on the workspace in use")
        case "each" | "count" | "self":
            raise Fault(f"`{base}` has no meaning here")
    return instance.resource(f"{base}.{name}", at)


def walk(value: Node, steps: tuple[Step, ...], at: Expr, scope: Scope) -> Node:
    """What the steps from `value` lead to."""
    for step in steps:
        if isinstance(step, str):
            value = attribute(value, step, at, scope)
        elif isinstance(step, Splat):
            value = _splat(value, step, at, scope)
        else:
            value = index(value, evaluate(step, scope), at, scope)
    return value


def attribute(value: Node, name: str, at: Expr, scope: Scope) -> Node:
    """The attribute `name` of a value."""
    held = value.value
    match held:
        case dict() if value.tag is None:
            found: Node | None = held.get(name)
            if found is not None:
                return found
            if value.rest is not None:
                return doubtful(at, value.rest)
            raise Fault(f"there is no attribute `{name}`")
        case Unresolved():
            return unresolved(at, held.reason, _further(held, f".{name}"))
        case Reference(target=target, attribute=""):
            reached: Node = scope.instance.root.attribute(target, name, at)
            return reached
        case Reference():
            return node(Reference(held.target, f"{held.attribute}.{name}"), at)
        case list() if (number := whole(name)) is not None:
            return index(value, node(number, at), at, scope)
    raise Fault(f"there is no attribute `{name}` of what is no object")


def index(value: Node, key: Node, at: Expr, scope: Scope) -> Node:
    """The element of a value under `key`."""
    held = value.value
    if scope.instance.root.doubt(value) is not None:
        return value
    unknown = why(key)
    if isinstance(held, Unresolved):
        return unresolved(at, held.reason, () if unknown else _further(held, f"[{scalar_text(key.value)}]"))
    if unknown is not None:
        return doubtful(at, unknown)
    match held:
        case dict() if value.tag is None:
            return attribute(value, key_text(key), at, scope)
        case list() if value.tag is None:
            return _element(value, key, at)
        case Reference(attribute=name) if name:
            return node(Reference(held.target, f"{name}[{scalar_text(key.value)}]"), at)
    raise Fault("an index into what is no list or object")


def _element(value: Node, key: Node, at: Expr) -> Node:
    number = operators.number(key)
    items: list[Node] = value.value
    if value.rest is not None:
        alike = len(items) == 1 and isinstance(items[0].value, Unresolved)
        return items[0] if alike else doubtful(at, value.rest)
    if number != int(number) or not 0 <= number < len(items):
        raise Fault(f"there is no element {scalar_text(number)} in a list of {len(items)}")
    return items[int(number)]


def _further(held: Unresolved, step: str) -> tuple[Piece, ...]:
    """The parts of what a step leads to, from a value that is one reference."""
    match held.parts:
        case (Reference(target, name),):
            return (Reference(target, f"{name}{step}".lstrip(".")),)
    return ()


def _splat(value: Node, splat: Splat, at: Expr, scope: Scope) -> Node:
    held = value.value
    doubt = scope.instance.root.doubt(value)
    if doubt is not None:
        inner = walk(value, splat.steps, at, scope)
        return perhaps(inner, doubt, at)
    match held:
        case None:
            return node([], at)
        case Unresolved():
            steps = "".join(f".{step}" if isinstance(step, str) else "[…]" for step in splat.steps)
            return unresolved(at, held.reason, _further(held, f"[*]{steps}"))
        case list() if value.tag is None:
            items = [walk(item, splat.steps, at, scope) for item in held]
            return Node(items, at.path, at.line, at.column, None, value.rest)
    return node([walk(value, splat.steps, at, scope)], at)
