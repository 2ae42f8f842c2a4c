"""YAML texts that are known in part: parsed around their unknown pieces."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ourhalf.model.field import Reference, Unresolved
from ourhalf.readers.node import Node
from ourhalf.readers.terraform.values import Piece
from ourhalf.readers.yaml import ParseError, documents

_MARK = "\ue000"
_MARKED = re.compile(f"{_MARK}(\\d+){_MARK}")


def parse_partial(value: Node) -> Iterator[Node]:
    """The documents of a text that is known in part, its unknown pieces unresolved where they stand.

    Raises ParseError where it does not parse so.
    """
    unknown = value.value
    if not isinstance(unknown, Unresolved) or not unknown.parts:
        raise ParseError("the text is not known", value.line)
    if any(isinstance(p, str) and _MARK in p for p in unknown.parts):
        raise ParseError("a private character in the text", value.line)
    marked = "".join(p if isinstance(p, str) else f"{_MARK}{i}{_MARK}" for i, p in enumerate(unknown.parts))
    for document in documents(marked.encode(), value.path, first_line=value.line):
        _fill(document, unknown)
        yield document


def _fill(tree: Node, unknown: Unresolved) -> None:
    """Puts the unknown pieces back into a tree. A piece that stands for a whole entry hides the rest."""
    stack = [tree]
    seen: set[int] = set()
    while stack:
        current = stack.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        held = current.value
        if isinstance(held, dict):
            if any(_MARK in key for key in held):
                current.value = {key: child for key, child in held.items() if _MARK not in key}
                current.rest = unknown
            stack.extend(held.values())
        elif isinstance(held, list):
            stack.extend(held)
        elif isinstance(held, str) and _MARK in held:
            current.value = _piece(held, unknown, current)


def _piece(held: str, unknown: Unresolved, at: Node) -> Unresolved | Reference:
    parts: list[Piece] = []
    for i, text in enumerate(_MARKED.split(held)):
        if i % 2:
            parts.append(unknown.parts[int(text)])
        elif text:
            parts.append(text)
    if len(parts) == 1 and isinstance(parts[0], Reference):
        return parts[0]
    first = next((p for p in parts if isinstance(p, Reference)), None)
    reason = f"{first} is known only once it is deployed" if first else unknown.reason
    return Unresolved(reason, at.place, tuple(parts))
