"""Texts that a file puts together from pieces, some of which may not be known."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from ourhalf.model.field import Reference, Unresolved
from ourhalf.readers.node import Node

MAX_TEXT = 1_000_000
MAX_PARTS = 10_000
MAX_STEPS = 100_000

Part = str | Reference | None


def well_formed(text: str) -> str:
    """The text without halves of characters, which escapes can write and no encoding can."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def deployed_later(reference: Reference) -> str:
    """Why the value of a reference is not known."""
    return f"{reference} is known only once it is deployed"


def as_text(value: Any) -> str | None:
    """A scalar as a text; None for any other value."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int() | float():
            return str(value)
    return None


def joined(pieces: Iterable[Node], at: Node) -> Node:
    """The pieces as one text at the place of `at`, unresolved where one of them is."""
    parts: list[Part] = []
    reason = ""
    size = 0
    for piece in pieces:
        found, why = _parts(piece)
        parts.extend(found)
        reason = reason or why
        size += sum(len(part) for part in found if isinstance(part, str))
        if size > MAX_TEXT:
            return at.unresolved(f"a text longer than {MAX_TEXT:,} characters")
        if len(parts) > MAX_PARTS:
            return at.unresolved(f"a text of more than {MAX_PARTS:,} pieces")
    merged = _merged(parts)
    if reason:
        return at.unresolved(reason, merged)
    return at.with_value(merged[0] if merged else "")


def _parts(piece: Node) -> tuple[tuple[Part, ...], str]:
    """What is known of one piece, and why it is not known whole."""
    match piece.value:
        case Unresolved(reason, _, parts):
            return parts or (None,), reason
        case Reference() as reference:
            return (reference,), deployed_later(reference)
        case None:
            return (), ""
        case value:
            text = as_text(value)
            if text is not None:
                return (text,), ""
            return (None,), "a mapping or list where a text is put together"


def _merged(parts: list[Part]) -> tuple[Part, ...]:
    """`parts` with neighbouring texts made one."""
    merged: list[Part] = []
    run: list[str] = []
    for part in parts:
        if isinstance(part, str):
            run.extend((part,) if part else ())
            continue
        if run:
            merged.append("".join(run))
            run = []
        merged.append(part)
    if run:
        merged.append("".join(run))
    return tuple(merged)


class _TooLargeError(Exception):
    """A tree that is too large to be written as a text."""


def json_text(tree: Node, at: Node) -> Node:
    """`tree` as compact JSON at the place of `at`."""
    pieces: list[Node] = []
    try:
        _write(tree, pieces, [MAX_STEPS])
    except _TooLargeError:
        return at.unresolved(f"a JSON text of more than {MAX_STEPS:,} values")
    return joined(pieces, at)


def _write(node: Node, out: list[Node], budget: list[int]) -> None:
    budget[0] -= 1
    if budget[0] < 0:
        raise _TooLargeError
    value = node.value
    if isinstance(value, dict):
        out.append(node.with_value("{"))
        for number, (key, child) in enumerate(value.items()):
            out.append(node.with_value(("," if number else "") + json.dumps(key) + ":"))
            _write(child, out, budget)
        _close(node, "}", out)
    elif isinstance(value, list):
        out.append(node.with_value("["))
        for number, child in enumerate(value):
            if number:
                out.append(node.with_value(","))
            _write(child, out, budget)
        _close(node, "]", out)
    elif isinstance(value, Unresolved | Reference):
        out.extend((node.with_value('"'), _escaped(node), node.with_value('"')))
    else:
        out.append(node.with_value(json.dumps(value)))


def _close(node: Node, bracket: str, out: list[Node]) -> None:
    if node.rest is not None:
        out.append(node.with_value(node.rest))
    out.append(node.with_value(bracket))


def _escaped(node: Node) -> Node:
    """`node` with the texts among its parts written as inside a JSON string."""
    if not isinstance(node.value, Unresolved):
        return node
    parts = tuple(json.dumps(part)[1:-1] if isinstance(part, str) else part for part in node.value.parts)
    return node.with_value(Unresolved(node.value.reason, node.value.place, parts))
