"""Functions over numbers, and between numbers, truth values and texts."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ourhalf.model.field import Unresolved
from ourhalf.readers.node import Node
from ourhalf.readers.terraform.operators import parsed_number
from ourhalf.readers.terraform.syntax import Call
from ourhalf.readers.terraform.values import Fault, NotKnown, doubtful, unresolved, why

if TYPE_CHECKING:
    from ourhalf.readers.terraform.evaluate import Scope


def _number(value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise Fault("no number where one belongs")
    return parsed_number(value) if isinstance(value, str) else value


def _whole(value: float) -> int | float:
    return int(value) if math.isfinite(value) and float(value).is_integer() else value


def _pow(base: Any, exponent: Any) -> int | float:
    found = math.pow(_number(base), _number(exponent))
    if not math.isfinite(found):
        raise Fault("a number too large to evaluate")
    return _whole(found)


def _parseint(value: Any, base: int) -> int:
    if len(str(value)) > 64:
        raise NotKnown(Unresolved("a number too large to evaluate"))
    return int(str(value), base)


def _tobool(value: Any) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    if value in {"true", "false"}:
        return bool(value == "true")
    raise Fault("neither true nor false")


PLAIN: dict[str, Callable[..., object]] = {
    "abs": lambda value: abs(_number(value)),
    "ceil": lambda value: math.ceil(_number(value)),
    "floor": lambda value: math.floor(_number(value)),
    "log": lambda value, base: _whole(math.log(_number(value), _number(base))),
    "max": lambda *values: max(_number(v) for v in values),
    "min": lambda *values: min(_number(v) for v in values),
    "parseint": _parseint,
    "pow": _pow,
    "signum": lambda value: (_number(value) > 0) - (_number(value) < 0),
    "sum": lambda values: _whole(sum(_number(v) for v in values)),
    "tobool": _tobool,
    "tonumber": lambda value: None if value is None else _number(value),
}


def _same(arguments: list[Node], at: Call, scope: Scope) -> Node:
    return arguments[0]


def _at_apply(arguments: list[Node], at: Call, scope: Scope) -> Node:
    return unresolved(at, f"{at.name}() is known only once it is applied")


def _is_sensitive(arguments: list[Node], at: Call, scope: Scope) -> Node:
    unknown = why(arguments[0]) or Unresolved("sensitivity is not followed")
    return doubtful(at, unknown)


NODES = {
    "ephemeralasnull": _same,
    "issensitive": _is_sensitive,
    "nonsensitive": _same,
    "sensitive": _same,
    **dict.fromkeys(("bcrypt", "plantimestamp", "rsadecrypt", "timestamp", "uuid"), _at_apply),
}
