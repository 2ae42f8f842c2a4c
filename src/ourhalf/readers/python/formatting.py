"""Texts that are made of others: f-strings, `%` and `str.format`."""

from __future__ import annotations

import ast
import re
import string

from ourhalf.model.field import Place, Unresolved
from ourhalf.readers.python.domain import Map, Seq, Slot, concat

_SPEC = re.compile(r"0?\d{0,2}(\.\d{1,2})?[dfsx]?")
_PERCENT = re.compile(r"%(?:\((\w+)\))?([-0-9.]*)([sdrifx%])")


def format_value(value: object, node: ast.FormattedValue, place: Place) -> object:
    """One replaced part of an f-string."""
    if node.conversion not in (-1, 115):
        return value if isinstance(value, Unresolved) else Unresolved("written by repr()", place)
    match node.format_spec:
        case None:
            return value
        case ast.JoinedStr([ast.Constant(str() as spec)]) if _SPEC.fullmatch(spec):
            return _formatted(value, spec, place)
    return value if isinstance(value, Unresolved) else Unresolved("formatted by a rule that is not followed", place)


def _formatted(value: object, spec: str, place: Place) -> object:
    if isinstance(value, int | float | str):
        try:
            return format(value, spec)
        except (ValueError, OverflowError):
            return Unresolved("formatted by a rule that does not fit", place)
    return value


def percent(template: str, value: object, place: Place) -> object:
    """`template % value`."""
    positional = list(value.items) if isinstance(value, Seq) and value.rest is None else [Slot(value, place)]
    pieces: list[object] = []
    end = 0
    used = 0
    for found in _PERCENT.finditer(template):
        pieces.append(template[end : found.start()])
        end = found.end()
        if found[3] == "%":
            pieces.append("%")
        elif found[1] is not None:
            pieces.append(_named(value, found[1], place))
        elif used < len(positional) and not found[2] and found[3] in "sd":
            pieces.append(positional[used].value)
            used += 1
        else:
            pieces.append(Unresolved("formatted by a rule that is not followed", place))
            used += 1
    return concat([*pieces, template[end:]], place)


def _named(value: object, name: str, place: Place) -> object:
    if isinstance(value, Map) and (name in value.items or value.rest is not None):
        return value.get(name)
    return Unresolved(f"`{name}` is known only at run time", place)


def format_text(template: str, positional: list[Slot], named: Map, place: Place) -> object:
    """`template.format(*positional, **named)`."""
    pieces: list[object] = []
    try:
        parsed = list(string.Formatter().parse(template))
    except ValueError:
        return Unresolved("a malformed template", place)
    for number, (literal, field, spec, conversion) in enumerate(parsed):
        pieces.append(literal)
        if field is None:
            continue
        index = int(field) if field.isdecimal() and len(field) < 4 else number if field == "" else -1
        if spec or conversion:
            pieces.append(Unresolved("formatted by a rule that is not followed", place))
        elif 0 <= index < len(positional):
            pieces.append(positional[index].value)
        else:
            pieces.append(_named(named, field, place))
    return concat(pieces, place)
