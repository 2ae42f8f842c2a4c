"""Terraform's functions over values that may be unknown in part."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from ourhalf.readers.node import Node
from ourhalf.readers.terraform.evaluate import Scope, evaluate
from ourhalf.readers.terraform.syntax import Call, Expr
from ourhalf.readers.terraform.values import Fault, NotKnown, doubtful, known, node, placed, unresolved, why

Function = Callable[[list[Node], Call, Scope], Node]
"""Arguments, the call, and the scope that it stands in."""


@cache
def _table() -> dict[str, Function]:
    from ourhalf.readers.terraform.functions import (
        collections,
        encodings,
        files,
        hashes,
        networks,
        numbers,
        sets,
        texts,
    )

    found: dict[str, Function] = {}
    for module in (texts, numbers, collections, sets, encodings, files, hashes, networks):
        found.update({name: _over_known(function) for name, function in getattr(module, "PLAIN", {}).items()})
        found.update(getattr(module, "NODES", {}))
    return found


def _over_known(function: Callable[..., object]) -> Function:
    """A function of plain Python values, not known where an argument is not."""

    def apply(arguments: list[Node], at: Call, scope: Scope) -> Node:
        values = [known(argument) for argument in arguments]
        try:
            return placed(function(*values), at)
        except (TypeError, ValueError, AttributeError, KeyError, IndexError, OverflowError) as error:
            raise Fault(f"{at.name}: {error}") from None

    return apply


def call(expr: Call, scope: Scope) -> Node:
    """The value of a function call."""
    match expr.name:
        case "try":
            return _try(expr, scope)
        case "can":
            return _can(expr, scope)
    function = _table().get(expr.name)
    if function is None:
        return unresolved(expr, f"function `{expr.name}` is not known")
    arguments = [evaluate(argument, scope) for argument in expr.arguments]
    if expr.expand and arguments:
        last = arguments.pop()
        unknown = last.rest or why(last)
        if unknown is not None:
            return doubtful(expr, unknown)
        arguments.extend(last.list())
    try:
        return function(arguments, expr, scope)
    except NotKnown as error:
        return doubtful(expr, error.why)
    except IndexError:
        raise Fault(f"{expr.name}: an argument is missing") from None


def _try(expr: Call, scope: Scope) -> Node:
    fault = Fault("try: no argument")
    for argument in expr.arguments:
        try:
            return evaluate(argument, scope)
        except Fault as error:
            fault = error
    raise fault


def _can(expr: Call, scope: Scope) -> Node:
    argument: Expr | None = expr.arguments[0] if expr.arguments else None
    if argument is None:
        raise Fault("can: no argument")
    try:
        value = evaluate(argument, scope)
    except Fault:
        return node(False, expr)
    unknown = why(value)
    return node(True, expr) if unknown is None else doubtful(expr, unknown)
