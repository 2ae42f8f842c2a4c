"""Operators over values, unknown operands included."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

from ourhalf.model.field import Unresolved
from ourhalf.readers.node import Node
from ourhalf.readers.terraform.syntax import Binary, Unary
from ourhalf.readers.terraform.values import Fault, doubtful, equal, node, why

_LARGEST = 10**300

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def truth(value: Node) -> bool:
    """A known value as true or false."""
    match value.value:
        case bool() as held:
            return held
        case "true":
            return True
        case "false":
            return False
    raise Fault("a condition that is neither true nor false")


def number(value: Node) -> int | float:
    """A known value as a number."""
    match value.value:
        case bool():
            pass
        case int() | float() as held:
            return held
        case str() as text if len(text) < 64:
            return parsed_number(text)
    raise Fault("no number where one belongs")


def parsed_number(text: str) -> int | float:
    """The number that a text holds. Raises Fault where it holds none."""
    try:
        return int(text)
    except ValueError:
        pass
    try:
        found = float(text)
    except ValueError:
        raise Fault("no number where one belongs") from None
    if not math.isfinite(found):
        raise Fault("no number where one belongs")
    return int(found) if found.is_integer() and abs(found) < 1e15 else found


def unary(expr: Unary, value: Node) -> Node:
    """`-` or `!`."""
    unknown = why(value)
    if unknown is not None:
        return doubtful(expr, unknown)
    return node(not truth(value) if expr.operator == "!" else -number(value), expr)


def binary(expr: Binary, left: Node, right: Node) -> Node:
    """A value from two; known also where one operand alone decides it."""
    name = expr.operator
    if name in {"&&", "||"}:
        return _logic(expr, left, right)
    if name in {"==", "!="}:
        same = equal(left, right)
        if same is None:
            return doubtful(expr, why(left) or why(right) or Unresolved("a part of what is compared is not known"))
        return node(same == (name == "=="), expr)
    unknown = why(left) or why(right)
    if unknown is not None:
        return doubtful(expr, unknown)
    a, b = number(left), number(right)
    if name in _COMPARE:
        return node(_COMPARE[name](a, b), expr)
    return node(_arithmetic(name, a, b), expr)


def _logic(expr: Binary, left: Node, right: Node) -> Node:
    decides = expr.operator == "||"
    unknown: Unresolved | None = None
    for value in (left, right):
        doubt = why(value)
        if doubt is not None:
            unknown = unknown or doubt
        elif truth(value) is decides:
            return node(decides, expr)
    return node(not decides, expr) if unknown is None else doubtful(expr, unknown)


def _arithmetic(name: str, a: float, b: float) -> int | float:
    try:
        match name:
            case "+":
                found = a + b
            case "-":
                found = a - b
            case "*":
                found = a * b
            case "/":
                found = a / b
            case "%":
                found = math.fmod(a, b) if isinstance(a, float) or isinstance(b, float) else int(math.fmod(a, b))
            case _:
                raise Fault(f"an operator `{name}` that is not known")
    except ZeroDivisionError:
        raise Fault("a division by zero") from None
    except (OverflowError, ValueError):
        raise Fault("a number too large to evaluate") from None
    if not abs(found) < _LARGEST:
        raise Fault("a number too large to evaluate")
    if isinstance(found, float) and found.is_integer() and abs(found) < 1e15:
        return int(found)
    return found
