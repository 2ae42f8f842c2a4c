"""Templates and `for` expressions."""

from __future__ import annotations

from collections.abc import Iterator

from ourhalf.model.field import Unresolved
from ourhalf.readers.node import Node
from ourhalf.readers.terraform import operators
from ourhalf.readers.terraform.evaluate import Scope, evaluate, settled
from ourhalf.readers.terraform.syntax import Expr, For, Segment, Template, TemplateFor, TemplateIf
from ourhalf.readers.terraform.values import (
    MAX_ELEMENTS,
    Fault,
    Piece,
    doubtful,
    key_text,
    node,
    perhaps,
    pieces,
    text,
    why,
)


def template(expr: Template, scope: Scope) -> Node:
    """The text that a template makes."""
    found: list[Piece] = []
    reason = _segments(expr.parts, scope, found, expr)
    return text(found, expr, reason)


def _segments(segments: tuple[Segment, ...], scope: Scope, found: list[Piece], at: Expr) -> str:
    """Adds the pieces of a template; the reason of the first that is not known, else nothing."""
    reason = ""
    for segment in segments:
        match segment:
            case str():
                found.append(segment)
            case Expr():
                value = evaluate(segment, scope)
                unknown = why(value)
                reason = reason or (unknown.reason if unknown else "")
                found.extend(pieces(value))
            case TemplateIf():
                condition = evaluate(segment.condition, scope)
                unknown = why(condition)
                if unknown is None:
                    chosen = segment.then if operators.truth(condition) else segment.otherwise
                    reason = _segments(chosen, scope, found, at) or reason
                else:
                    reason = reason or unknown.reason
                    found.append(None)
            case TemplateFor():
                reason = _template_for(segment, scope, found, at) or reason
    return reason


def _template_for(loop: TemplateFor, scope: Scope, found: list[Piece], at: Expr) -> str:
    collection = evaluate(loop.collection, scope)
    unknown = why(collection)
    if unknown is not None:
        found.append(None)
        return unknown.reason
    reason = ""
    for key, value in _elements(collection, at):
        names = {loop.key: key, loop.value: value}
        reason = _segments(loop.parts, scope.with_names(names), found, at) or reason
    if collection.rest is not None:
        found.append(None)
        reason = reason or collection.rest.reason
    return reason


def _elements(collection: Node, at: Expr) -> Iterator[tuple[Node, Node]]:
    """The keys and values of a known collection."""
    held = collection.value
    if isinstance(held, dict) and collection.tag is None:
        for key, value in held.items():
            yield node(key, at), value
    elif isinstance(held, list) and collection.tag is None:
        for i, value in enumerate(held):
            yield node(i, at), value
    else:
        raise Fault("a loop over what is no list or object")


def for_expression(expr: For, scope: Scope) -> Node:
    """The list or object that a loop makes."""
    collection = evaluate(expr.collection, scope)
    unknown = why(collection)
    if unknown is not None:
        return _for_unknown(expr, scope, collection, unknown)
    if expr.result_key is not None:
        return _for_object(expr, scope, collection)
    items: list[Node] = []
    result = node(items, expr)
    result.rest = collection.rest
    for inner, doubt in _iterations(expr, scope, collection):
        if doubt is not None:
            result.rest = result.rest or doubt
        else:
            items.append(evaluate(expr.result, inner))
    return result


def _for_object(expr: For, scope: Scope, collection: Node) -> Node:
    found: dict[str, Node] = {}
    result = node(found, expr)
    result.rest = collection.rest
    for inner, doubt in _iterations(expr, scope, collection):
        key = evaluate(expr.result_key or expr.result, inner)
        unknown = doubt or why(key)
        if unknown is not None:
            result.rest = result.rest or unknown
            continue
        value = evaluate(expr.result, inner)
        name = key_text(key)
        if not expr.group:
            found[name] = value
        elif name in found:
            found[name].value.append(value)
        else:
            found[name] = node([value], expr)
    return result


def _iterations(expr: For, scope: Scope, collection: Node) -> Iterator[tuple[Scope, Unresolved | None]]:
    """The scope of each turn that the condition lets through, and why it is not known whether it does."""
    if len(collection.value) > MAX_ELEMENTS:
        raise Fault(f"a loop over more than {MAX_ELEMENTS:,} elements")
    for key, value in _elements(collection, expr):
        inner = scope.with_names({expr.key: key, expr.value: value})
        if expr.condition is None:
            yield inner, None
            continue
        condition = evaluate(expr.condition, inner)
        unknown = why(condition)
        if unknown is not None or operators.truth(condition):
            yield inner, unknown


def _for_unknown(expr: For, scope: Scope, collection: Node, unknown: Unresolved) -> Node:
    """A loop over resources of unknown number: the one that stands for them, as what may be there."""
    doubt = scope.instance.root.doubt(collection)
    if doubt is None or expr.result_key is not None:
        return doubtful(expr, unknown)
    key = doubtful(expr, doubt)
    value = settled(expr.result, scope.with_names({expr.key: key, expr.value: collection}))
    return perhaps(value, doubt, expr)
