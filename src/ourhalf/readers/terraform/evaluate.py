"""Evaluates expressions: what is known becomes a value, what is not says why."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

from ourhalf.readers.node import Node
from ourhalf.readers.terraform import operators
from ourhalf.readers.terraform.syntax import (
    Bad,
    Binary,
    Call,
    Conditional,
    Expr,
    For,
    ListOf,
    Literal,
    ObjectOf,
    Template,
    Traversal,
    Unary,
)
from ourhalf.readers.terraform.values import Fault, doubtful, equal, key_text, node, unresolved, why

if TYPE_CHECKING:
    from ourhalf.readers.terraform.instances import Instance

MAX_STEPS = 1_000_000
MAX_DEPTH = 100


class Scope(msgspec.Struct):
    """Where names are looked up: a module's instance, and `names` of loops, `each` and `count`.

    An isolated scope, that of a template file, has nothing but its names.
    """

    instance: Instance
    names: dict[str, Node]
    isolated: bool = False

    def with_names(self, names: dict[str, Node]) -> Scope:
        """The same scope with more names; an empty one stands for none."""
        return Scope(self.instance, {**self.names, **names}, self.isolated)


def evaluate(expr: Expr, scope: Scope) -> Node:
    """The value of `expr`. Raises Fault for a definite error in the configuration."""
    root = scope.instance.root
    root.steps += 1
    if root.steps > MAX_STEPS:
        return unresolved(expr, "the configuration is too large to evaluate")
    if root.depth >= MAX_DEPTH:
        return unresolved(expr, "nested too deep to evaluate")
    root.depth += 1
    try:
        return _handlers()[type(expr)](expr, scope)
    finally:
        root.depth -= 1


def settled(expr: Expr, scope: Scope) -> Node:
    """The value of `expr`, a definite error as an unresolved value that says so."""
    try:
        return evaluate(expr, scope)
    except Fault as fault:
        return unresolved(expr, fault.reason)


def _literal(expr: Literal, scope: Scope) -> Node:
    return node(expr.value, expr)


def _bad(expr: Bad, scope: Scope) -> Node:
    return unresolved(expr, expr.reason)


def _list(expr: ListOf, scope: Scope) -> Node:
    return node([evaluate(item, scope) for item in expr.items], expr)


def _object(expr: ObjectOf, scope: Scope) -> Node:
    found: dict[str, Node] = {}
    result = node(found, expr)
    for key_expr, value_expr in expr.items:
        key = evaluate(key_expr, scope)
        value = evaluate(value_expr, scope)
        unknown = why(key)
        if unknown is not None:
            result.rest = unknown
            continue
        name = key_text(key)
        found[name] = Node(value.value, key_expr.path, key_expr.line, key_expr.column, value.tag, value.rest)
    return result


def _unary(expr: Unary, scope: Scope) -> Node:
    return operators.unary(expr, evaluate(expr.operand, scope))


def _binary(expr: Binary, scope: Scope) -> Node:
    return operators.binary(expr, evaluate(expr.left, scope), evaluate(expr.right, scope))


def _conditional(expr: Conditional, scope: Scope) -> Node:
    condition = evaluate(expr.condition, scope)
    unknown = why(condition)
    if unknown is None:
        return evaluate(expr.then if operators.truth(condition) else expr.otherwise, scope)
    then, otherwise = settled(expr.then, scope), settled(expr.otherwise, scope)
    if equal(then, otherwise):
        return then
    return doubtful(expr, unknown)


@cache
def _handlers() -> dict[type[Expr], Callable[[Any, Scope], Node]]:
    from ourhalf.readers.terraform import functions, loops, traversals

    return {
        Literal: _literal,
        Bad: _bad,
        ListOf: _list,
        ObjectOf: _object,
        Unary: _unary,
        Binary: _binary,
        Conditional: _conditional,
        Template: loops.template,
        For: loops.for_expression,
        Call: functions.call,
        Traversal: traversals.traversal,
    }
