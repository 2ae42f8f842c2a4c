"""Single values of configuration as the types that fields have; what does not fit is unresolved.

Each takes the node, the dialect and the name of the field, as the mapping calls every converter.
"""

from __future__ import annotations

import re

import msgspec

from ourhalf.model.field import Reference, Unresolved
from ourhalf.model.resource import Dialect
from ourhalf.readers.node import MAX_INTEGER, MIN_INTEGER, Node, plain
from ourhalf.readers.secrets import redact_text

_TRUE = frozenset({"true", "yes", "on", "1", "enabled"})
_FALSE = frozenset({"false", "no", "off", "0", "disabled"})
_MOST_JSON = 10_000


def wrong(node: Node, expected: str) -> Unresolved:
    """Why a value is not what was expected there."""
    found = type(node.value).__name__.replace("dict", "mapping")
    return Unresolved(f"expected {expected}, found {found}", node.place)


def made_later(reference: Reference, node: Node) -> Unresolved:
    """A value that is an attribute of another resource."""
    return Unresolved(f"{reference} is known only once it is deployed", node.place, (reference,))


def text(node: Node, dialect: Dialect, name: str) -> str | Unresolved:
    """A text, without the secrets of known formats in it."""
    match node.value:
        case bool() as value:
            return "true" if value else "false"
        case str() as value:
            return redact_text(value)
        case int() as value if not MIN_INTEGER <= value <= MAX_INTEGER:
            return Unresolved("a number beyond 64 bits", node.place)
        case int() | float() as value:
            return str(value)
        case Reference() as reference:
            return made_later(reference, node)
        case dict() | list() if node.tag == "!json":
            text = _json_text(node)
            return redact_text(text) if isinstance(text, str) else text
    return wrong(node, "a text")


def _json_text(node: Node) -> str | Unresolved:
    """A tree that the file writes as a JSON text, as that text."""
    pending = [node]
    for _ in range(_MOST_JSON):
        if not pending:
            return msgspec.json.encode(plain(node)).decode()
        current = pending.pop()
        if current.rest is not None or isinstance(current.value, Unresolved | Reference):
            break
        pending.extend(current.value.values() if isinstance(current.value, dict) else current.list())
    return Unresolved("a part of the JSON text is not known", node.place)


def boolean(node: Node, dialect: Dialect, name: str) -> bool | Unresolved:
    """True or false, in the words that the languages have for them."""
    match node.value:
        case bool() as value:
            return value
        case str() as value if value.lower() in _TRUE:
            return True
        case str() as value if value.lower() in _FALSE:
            return False
        case Reference() as reference:
            return made_later(reference, node)
    return wrong(node, "true or false")


def integer(node: Node, dialect: Dialect, name: str) -> int | Unresolved:
    """A whole number, written as one or as a text."""
    match node.value:
        case bool():
            return wrong(node, "a whole number")
        case int() as value if MIN_INTEGER <= value <= MAX_INTEGER:
            return value
        case float() as value if value.is_integer() and MIN_INTEGER <= value <= MAX_INTEGER:
            return int(value)
        case str() as value if re.fullmatch(r"[+-]?\d{1,18}", value):
            return int(value)
        case Reference() as reference:
            return made_later(reference, node)
    return wrong(node, "a whole number")


def number(node: Node, dialect: Dialect, name: str) -> float | Unresolved:
    """A number, written as one or as a text."""
    match node.value:
        case bool():
            return wrong(node, "a number")
        case int() | float() as value if MIN_INTEGER <= value <= MAX_INTEGER:
            return float(value)
        case str() as value if re.fullmatch(r"[+-]?\d{1,18}(\.\d{1,18})?", value):
            return float(value)
        case Reference() as reference:
            return made_later(reference, node)
    return wrong(node, "a number")


def link(node: Node, dialect: Dialect, name: str) -> str | Reference | Unresolved:
    """The name of another resource, or a reference to it."""
    if isinstance(node.value, list) and len(node.value) == 1 and node.rest is None:
        node = node.value[0]  # some languages allow a list where only one can be named
        if isinstance(node.value, Unresolved):
            return node.value
    return node.value if isinstance(node.value, Reference) else text(node, dialect, name)
