"""Functions over texts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ourhalf.model.field import Unresolved
from ourhalf.readers.node import Node
from ourhalf.readers.terraform.functions.patterns import compiled, replacement
from ourhalf.readers.terraform.syntax import Call
from ourhalf.readers.terraform.values import (
    MAX_TEXT,
    Fault,
    NotKnown,
    Piece,
    known,
    node,
    pieces,
    scalar_text,
    text,
    why,
)

if TYPE_CHECKING:
    from ourhalf.readers.terraform.evaluate import Scope

_VERB = re.compile(r"%(?:\[(\d{1,3})\])?([-+# 0]*)(\d{1,4})?(?:\.(\d{1,3}))?([a-zA-Z%])")


def _text(value: Any) -> str:
    if isinstance(value, dict | list) or value is None:
        raise Fault("no text where one belongs")
    return scalar_text(value)


def _replace(value: Any, search: Any, by: Any) -> str:
    source, pattern, new = _text(value), _text(search), _text(by)
    if len(pattern) > 1 and pattern[0] == pattern[-1] == "/":
        return compiled(pattern[1:-1], source).sub(replacement(new), source)
    if len(new) * (source.count(pattern) + 1) > MAX_TEXT:
        raise NotKnown(Unresolved("a text too large to evaluate"))
    return source.replace(pattern, new)


def _substr(value: Any, offset: int, length: int) -> str:
    source = _text(value)
    start = len(source) + offset if offset < 0 else offset
    return source[start:] if length < 0 else source[start : start + length]


def _regex_result(found: re.Match[str]) -> Any:
    if found.re.groupindex:
        return dict(found.groupdict())
    return list(found.groups()) if found.re.groups else found[0]


def _regex(pattern: str, value: Any) -> Any:
    source = _text(value)
    found = compiled(pattern, source).search(source)
    if found is None:
        raise Fault("regex: the pattern does not match")
    return _regex_result(found)


def _regexall(pattern: str, value: Any) -> list[Any]:
    source = _text(value)
    return [_regex_result(found) for found in compiled(pattern, source).finditer(source)]


def _trim_suffix(value: Any, suffix: Any) -> str:
    return _text(value).removesuffix(_text(suffix))


def _title(value: Any) -> str:
    return re.sub(r"(^|\s)(\S)", lambda found: found[1] + found[2].upper(), _text(value))


PLAIN: dict[str, Callable[..., object]] = {
    "endswith": lambda value, suffix: _text(value).endswith(_text(suffix)),
    "regex": _regex,
    "regexall": _regexall,
    "replace": _replace,
    "split": lambda separator, value: _text(value).split(_text(separator)) if separator != "" else list(_text(value)),
    "startswith": lambda value, prefix: _text(value).startswith(_text(prefix)),
    "strcontains": lambda value, part: _text(part) in _text(value),
    "strrev": lambda value: _text(value)[::-1],
    "substr": _substr,
    "title": _title,
    "trim": lambda value, cutset: _text(value).strip(_text(cutset)),
    "trimprefix": lambda value, prefix: _text(value).removeprefix(_text(prefix)),
    "trimsuffix": _trim_suffix,
}


def _each_piece(change: Callable[[str], str]) -> Callable[[list[Node], Call, Scope], Node]:
    """A function that changes every character by itself, so that it reaches the known pieces."""

    def apply(arguments: list[Node], at: Call, scope: Scope) -> Node:
        found = pieces(arguments[0])
        unknown = why(arguments[0])
        changed = [change(p) if isinstance(p, str) else None for p in found]
        return text(changed, at, unknown.reason if unknown else "")

    return apply


def _ends(arguments: list[Node], at: Call, scope: Scope) -> Node:
    """`trimspace` and `chomp`: only the outermost pieces lose their blanks."""
    found = pieces(arguments[0])
    unknown = why(arguments[0])
    blanks = "\r\n" if at.name == "chomp" else None
    if found and isinstance(found[-1], str):
        found[-1] = found[-1].rstrip(blanks)
    if at.name == "trimspace" and found and isinstance(found[0], str):
        found[0] = found[0].lstrip()
    return text(found, at, unknown.reason if unknown else "")


def _indent(arguments: list[Node], at: Call, scope: Scope) -> Node:
    width = int(known(arguments[0]))
    if not 0 <= width <= 1000:
        raise Fault("indent: a width out of range")
    found = pieces(arguments[1])
    unknown = why(arguments[1])
    blanks = "\n" + " " * width
    changed = [p.replace("\n", blanks) if isinstance(p, str) else p for p in found]
    return text(changed, at, unknown.reason if unknown else "")


def _join(arguments: list[Node], at: Call, scope: Scope) -> Node:
    separator = known(arguments[0])
    reason = ""
    found: list[Piece] = []
    for argument in arguments[1:]:
        unknown = argument.rest or why(argument)
        if unknown is not None:
            found.append(None)
            reason = reason or unknown.reason
        for item in argument.list():
            doubt = why(item)
            reason = reason or (doubt.reason if doubt else "")
            if found:
                found.append(_text(separator))
            found.extend(pieces(item))
    return text(found, at, reason)


def _format(arguments: list[Node], at: Call, scope: Scope) -> Node:
    template = known(arguments[0])
    found: list[Piece] = []
    reason = ""
    position = 0
    following = 1
    for verb in _VERB.finditer(_text(template)):
        found.append(template[position : verb.start()])
        position = verb.end()
        if verb[5] == "%":
            found.append("%")
            continue
        number = int(verb[1]) if verb[1] else following
        following = number + 1
        if number >= len(arguments):
            raise Fault("format: an argument is missing")
        unknown = why(arguments[number])
        reason = reason or (unknown.reason if unknown else "")
        found.extend(_formatted(verb, arguments[number]))
    found.append(template[position:])
    return text(found, at, reason)


def _formatted(verb: re.Match[str], value: Node) -> list[Piece]:
    """One argument as a verb asks for it."""
    kind = verb[5]
    if kind == "s" and not verb[3]:
        return pieces(value)
    if kind == "v" and not verb[3] and not isinstance(value.value, dict | list):
        return ["null"] if value.value is None else pieces(value)
    if why(value) is not None:
        return [None]
    held = known(value)
    flags, width, precision = verb[2].replace("#", ""), verb[3] or "", f".{verb[4]}" if verb[4] else ""
    match kind:
        case "d":
            return [f"%{flags}{width}d" % int(float(held))]
        case "f" | "e" | "g" | "F" | "E" | "G":
            return [f"%{flags}{width}{precision}{kind}" % float(held)]
        case "x" | "X" | "o" if not isinstance(held, str):
            return [f"%{flags}{width}{kind}" % int(held)]
        case "b":
            return [f"{int(held):b}"]
        case "q":
            return [_as_json(held)]
        case "t" | "s" | "v":
            shown = _as_json(held) if isinstance(held, dict | list) else _text(held)
            return [f"%{flags.replace('0', '')}{width}{precision}s" % shown]
    raise Fault(f"format: a verb `%{kind}` that is not known")


def _as_json(value: Any) -> str:
    import json

    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _formatlist(arguments: list[Node], at: Call, scope: Scope) -> Node:
    lists = [a for a in arguments[1:] if isinstance(a.value, list)]
    doubt = next((a.rest for a in lists if a.rest is not None), None)
    if doubt is not None:
        raise NotKnown(doubt)
    lengths = {len(a.value) for a in lists}
    if len(lengths) > 1:
        raise Fault("formatlist: lists of different length")
    rows = range(lengths.pop() if lengths else 1)
    return node(
        [_format([a.value[i] if isinstance(a.value, list) else a for a in arguments], at, scope) for i in rows],
        at,
    )


def _tostring(arguments: list[Node], at: Call, scope: Scope) -> Node:
    value = arguments[0]
    return value if value.value is None or why(value) else text(pieces(value), at)


NODES = {
    "chomp": _ends,
    "format": _format,
    "formatlist": _formatlist,
    "indent": _indent,
    "join": _join,
    "lower": _each_piece(str.lower),
    "tostring": _tostring,
    "trimspace": _ends,
    "upper": _each_piece(str.upper),
}
