"""A JSON text inside another file, such as a policy or the containers of an ECS task in Terraform."""

from __future__ import annotations

import re

from ourhalf.model.field import Reference, Unresolved
from ourhalf.readers.node import Node
from ourhalf.readers.yaml import ParseError, documents

_OPEN, _CLOSE = "\ue000", "\ue001"
_HOLE = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")
_QUOTE = re.compile(r'\\.|"', re.DOTALL)

Hole = Reference | Unresolved


def parse(node: Node) -> Node:
    """The tree of the text, each node at its line of the file when the text keeps its lines.

    Of a text that is known in part, what the unknown pieces leave open is unresolved in the tree.
    """
    text = node.value
    holes: list[Hole] = []
    if isinstance(text, Unresolved):
        joined = _with_holes(text, holes)
        if joined is None:
            return node
        text = joined
    if not isinstance(text, str):
        return node
    try:
        found = next(documents(text.encode(), node.path, json=True, first_line=node.line), None)
    except (ParseError, UnicodeEncodeError) as error:
        return node.unresolved(f"not JSON: {getattr(error, 'reason', error)}")
    if found is None:
        return Node({}, node.path, node.line, node.column, "!json")
    if holes:
        found = _filled(found, holes)
    return Node(found.value, node.path, node.line, node.column, "!json", found.rest)


def _with_holes(text: Unresolved, holes: list[Hole]) -> str | None:
    """The text with a mark for each unknown piece; None where a piece may change its structure.

    A piece inside a JSON string, or in the place of a whole value, leaves the structure as it is.
    """
    if not text.prefix.lstrip().startswith(("{", "[")):
        return None
    pieces: list[str] = []
    quoted = False
    for number, part in enumerate(text.parts):
        if isinstance(part, str):
            if _OPEN in part:
                return None
            quoted ^= sum(token == '"' for token in _QUOTE.findall(part)) % 2 == 1
            pieces.append(part)
            continue
        before = pieces[-1].rstrip()[-1:] if pieces else ""
        after = text.parts[number + 1] if number + 1 < len(text.parts) else None
        follows = after.lstrip()[:1] if isinstance(after, str) else ""
        if not quoted and not (before in tuple(":,[") and follows in tuple(",}]")):
            return None
        pieces.append(f"{_OPEN}{len(holes)}{_CLOSE}")
        holes.append(part if isinstance(part, Reference) else Unresolved(text.reason, text.place))
    return "".join(pieces)


def _filled(node: Node, holes: list[Hole]) -> Node:
    """The tree with every mark replaced by what it stands for."""
    value = node.value
    if isinstance(value, dict):
        rest = node.rest
        fields: dict[str, Node] = {}
        for key, child in value.items():
            if _OPEN in key:
                rest = Unresolved("a name in the JSON text is not known", child.place)
            else:
                fields[key] = _filled(child, holes)
        return Node(fields, node.path, node.line, node.column, node.tag, rest)
    if isinstance(value, list):
        return node.with_value([_filled(child, holes) for child in value])
    if not isinstance(value, str) or _OPEN not in value:
        return node
    return node.with_value(_filled_text(value, holes, node))


def _filled_text(text: str, holes: list[Hole], node: Node) -> Hole:
    whole = _HOLE.fullmatch(text)
    if whole:
        return holes[int(whole[1])]
    parts: list[str | Reference | None] = []
    reason = ""
    for number, piece in enumerate(_HOLE.split(text)):
        if number % 2 == 0:
            parts.extend((piece,) if piece else ())
            continue
        hole = holes[int(piece)]
        parts.append(hole if isinstance(hole, Reference) else None)
        reason = reason or (
            hole.reason if isinstance(hole, Unresolved) else f"{hole} is known only once it is deployed"
        )
    return Unresolved(reason, node.place, tuple(parts))
