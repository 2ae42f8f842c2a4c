"""Tables of the fields of our own types, as the schema pages show them."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, get_args, get_origin

import msgspec

from ourhalf.documentation.pages import table

_PLAIN = {str: "text", int: "number", bool: "true or false", date: "day (YYYY-MM-DD)", type(None): "null", Any: "any"}


def fields(kind: type[msgspec.Struct], meanings: Mapping[str, str]) -> str:
    """A table of the fields of `kind`: type, default and meaning."""
    hints = typing.get_type_hints(kind)
    rows = []
    for field in msgspec.structs.fields(kind):
        rows.append(
            (f"`{field.name}`", type_name(hints[field.name]), _default(field), meanings.get(field.name, UNDESCRIBED))
        )
    return table(("field", "type", "if left out", "meaning"), rows)


def kinds(kind: type[msgspec.Struct]) -> tuple[type[msgspec.Struct], ...]:
    """`kind` and every type of ours that its fields hold, in the order in which they are met."""
    found = {kind: None}
    waiting = [kind]
    while waiting:
        for hint in typing.get_type_hints(waiting.pop(0)).values():
            for one in _parts(hint):
                if one not in found:
                    found[one] = None
                    waiting.append(one)
    return tuple(found)


def _parts(hint: Any) -> Iterator[type[msgspec.Struct]]:
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        yield hint
    for argument in get_args(hint):
        yield from _parts(argument)


def type_name(hint: Any) -> str:
    """A type in words: `list of text`, or the values that it may have."""
    if hint in _PLAIN:
        return _PLAIN[hint]
    arguments = get_args(hint)
    origin = get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(type_name(one) for one in arguments)
    if origin is tuple:
        return f"list of {type_name(arguments[0])}"
    if origin is dict:
        return f"mapping of {type_name(arguments[0])} to {type_name(arguments[1])}"
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _values(hint)
    name = hint.__name__.rstrip("_")
    return f"[{name}](#{name.lower()})"


_FEW = 6

UNDESCRIBED = "?"
"""The meaning of a field for which nobody wrote one; a test finds it."""


def _values(kind: type[StrEnum]) -> str:
    values = [f"`{member}`" for member in kind]
    return ", ".join(values) if len(values) <= _FEW else f"text ({values[0]}, {values[1]}, …)"


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "required"
    value = field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
    if value is None or isinstance(value, msgspec.Struct) or value in ((), {}, ""):
        return "nothing"
    return f"`{value}`"
