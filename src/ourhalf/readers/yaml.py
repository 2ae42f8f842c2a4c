"""YAML and JSON documents as nodes, by libyaml's events.

Scalars follow the YAML 1.2 core schema, and 1.1 where zeros stand before a number, as the services do. Anchors
share one node, and what aliases may repeat is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml
from yaml._yaml import CParser
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from ourhalf.readers.node import MAX_INTEGER, MIN_INTEGER, Node

MAX_DEPTH = 200
MAX_NODES = 2_000_000
MAX_ALIASED = 200_000

_TEXT = "tag:yaml.org,2002:str"

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)$")
_OCTAL = re.compile(r"[-+]?0o?[0-7]+$")
_HEX = re.compile(r"[-+]?0x[0-9a-fA-F]+$")
# Zeros before what is no octal number: a text to CloudFormation and cloud-init, which follow YAML 1.1, and a number
# to what is written in Go. Every field that holds a number takes the text as one, so the digits are kept.
_ZEROED = re.compile(r"[-+]?0[0-9]+$")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")
# What a plain scalar begins with that may be something other than a text; nothing at all is null.
_MAY_BE_OTHER = frozenset(("", *"0123456789+-.~nNtTfF"))
_CONSTANTS: dict[str, Any] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}


# JSON writes a character beyond the first plane as two escapes, which libyaml refuses.
_SURROGATES = re.compile(rb"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")


def _astral(found: re.Match[bytes]) -> bytes:
    high, low = int(found[2], 16), int(found[3], 16)
    return found[1] + chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)).encode()


class ParseError(ValueError):
    """A document that cannot be read: `line` from 1, and the reason in words."""

    def __init__(self, reason: str, line: int = 1) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


def documents(data: bytes, path: str, json: bool = False, first_line: int = 1) -> Iterator[Node]:
    """Each document of a YAML or JSON file, in order; an empty one is left out.

    Lines count from `first_line`, for a text that lies inside another file.

    Raises ParseError where it is malformed, nested over `MAX_DEPTH`, or has over `MAX_NODES` values or
    over `MAX_ALIASED` that aliases repeat; the documents before that place have been yielded by then.
    """
    if json:
        data = data.replace(b"\t", b" ")  # JSON allows a tab between tokens, libyaml does not
        if b"\\u" in data:
            data = _SURROGATES.sub(_astral, data)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ParseError("not UTF-8 text", data[: error.start].count(b"\n") + first_line) from None
    try:
        parser = CParser(text)
        yield from _Composer(parser, path, first_line).documents()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise ParseError(error.problem or "malformed YAML", mark.line + first_line if mark else first_line) from None
    except yaml.YAMLError as error:
        raise ParseError(str(error).splitlines()[0], first_line) from None


class _Composer:
    """Turns a stream of events into nodes."""

    def __init__(self, parser: Any, path: str, first_line: int) -> None:
        self._next = parser.get_event
        self._path = path
        self._first = first_line
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._count = 0
        self._aliased = 0

    def documents(self) -> Iterator[Node]:
        while True:
            event = self._next()
            kind = type(event)
            if kind is DocumentStartEvent:
                self._anchors = {}
                node = self._node(self._next(), 0)
                self._next()
                if node.value is not None:
                    yield node
            elif kind is StreamEndEvent:
                return

    def _node(self, event: Any, depth: int, key: Any = None) -> Node:
        """The node that begins with `event`; it stands at its `key`, the mark of one, where it has that."""
        kind = type(event)
        mark = event.start_mark
        if kind is AliasEvent:
            return self._alias(event, mark, key or mark)
        before = self._count
        self._count += 1
        if before >= MAX_NODES:
            raise ParseError(f"more than {MAX_NODES:,} values", mark.line + self._first)
        at = key or mark
        if kind is ScalarEvent:
            value = event.value
            tag = event.tag
            if event.implicit[0]:
                if value[:1] in _MAY_BE_OTHER:
                    value = scalar(value)
            elif tag == _TEXT:
                tag = None
            node = Node(value, self._path, at.line + self._first, at.column + 1, tag)
        else:
            if depth > MAX_DEPTH:
                raise ParseError(f"nested deeper than {MAX_DEPTH} levels", mark.line + self._first)
            node = Node(None, self._path, at.line + self._first, at.column + 1, event.tag)
            node.value = self._mapping(depth + 1) if kind is MappingStartEvent else self._sequence(depth + 1)
        if event.anchor:
            self._anchors[event.anchor] = (node, self._count - before)
        return node

    def _alias(self, event: Any, mark: Any, at: Any) -> Node:
        line = mark.line + self._first
        found, size = self._anchors.get(event.anchor, (None, 0))
        if found is None:
            raise ParseError(f"alias *{event.anchor} has no anchor before it", line)
        self._count += size
        self._aliased += size
        if self._aliased > MAX_ALIASED:
            raise ParseError(f"aliases that stand for more than {MAX_ALIASED:,} values", line)
        return Node(found.value, self._path, at.line + self._first, at.column + 1, found.tag)

    def _sequence(self, depth: int) -> list[Node]:
        children: list[Node] = []
        follow = self._next
        while type(event := follow()) is not SequenceEndEvent:
            children.append(self._node(event, depth))
        return children

    def _mapping(self, depth: int) -> dict[str, Node]:
        children: dict[str, Node] = {}
        merged: list[Node] = []
        follow = self._next
        while type(event := follow()) is not MappingEndEvent:
            mark = event.start_mark
            simple = type(event) is ScalarEvent and not event.anchor
            name = event.value if simple else self._key(event, depth)
            child = self._node(follow(), depth, mark)
            if name == "<<" and type(event) is ScalarEvent and event.implicit[0]:
                merged.extend(child.value if isinstance(child.value, list) else (child,))
                continue
            children[name] = child
        for source in merged:
            for key, child in source.items():
                children.setdefault(key, child)
        return children

    def _key(self, event: Any, depth: int) -> str:
        """The text of a key that is no plain scalar."""
        key = self._node(event, depth)
        if isinstance(key.value, dict | list):
            raise ParseError("a mapping or list as a key", key.line)
        return event.value if type(event) is ScalarEvent else str(key.value)


def scalar(text: str) -> Any:
    """The value of a plain scalar."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    first = text[0]
    if first.isdigit() or first in "+-.":
        if len(text) > 64:
            return text
        if _INTEGER.match(text):
            return _bounded(int(text), text)
        if _OCTAL.match(text):
            return _bounded(int(text, 8), text)
        if _HEX.match(text):
            return _bounded(int(text, 16), text)
        if _ZEROED.match(text):
            return text
        if _FLOAT.match(text):
            return float(text)
    return text


def _bounded(number: int, text: str) -> int | str:
    """A number that no service takes as one stays a text."""
    return number if MIN_INTEGER <= number <= MAX_INTEGER else text
