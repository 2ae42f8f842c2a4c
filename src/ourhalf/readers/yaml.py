"""YAML and JSON documents as nodes, by libyaml's events.

Scalars follow the YAML 1.2 core schema; anchors share one node, so an alias bomb costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml
from yaml._yaml import CParser

from ourhalf.readers.node import Node

MAX_DEPTH = 200
MAX_NODES = 2_000_000

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)$")
_OCTAL = re.compile(r"0o?[0-7]+$")
_HEX = re.compile(r"0x[0-9a-fA-F]+$")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")
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


class ParseError(ValueError):
    """A document that cannot be read: `line` from 1, and the reason in words."""

    def __init__(self, reason: str, line: int = 1) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


def documents(data: bytes, path: str, json: bool = False, first_line: int = 1) -> Iterator[Node]:
    """Each document of a YAML or JSON file, in order; an empty one is left out.

    Lines count from `first_line`, for a text that lies inside another file.

    Raises ParseError where it is malformed, nested over `MAX_DEPTH` or has over `MAX_NODES` nodes;
    the documents before that place have been yielded by then.
    """
    if json:
        data = data.replace(b"\t", b" ")  # JSON allows a tab between tokens, libyaml does not
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ParseError("not UTF-8 text", data[: error.start].count(b"\n") + 1) from None
    try:
        parser = CParser(text)
        yield from _Composer(parser, path, first_line).documents()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise ParseError(error.problem or "malformed YAML", mark.line + 1 if mark else 1) from None
    except yaml.YAMLError as error:
        raise ParseError(str(error).splitlines()[0]) from None


class _Composer:
    """Turns a stream of events into nodes."""

    def __init__(self, parser: Any, path: str, first_line: int) -> None:
        self._next = parser.get_event
        self._path = path
        self._first = first_line
        self._anchors: dict[str, Node] = {}
        self._count = 0

    def documents(self) -> Iterator[Node]:
        while True:
            event = self._next()
            kind = type(event)
            if kind is yaml.DocumentStartEvent:
                self._anchors = {}
                node = self._node(self._next(), 0)
                self._next()
                if node.value is not None:
                    yield node
            elif kind is yaml.StreamEndEvent:
                return

    def _node(self, event: Any, depth: int) -> Node:
        kind = type(event)
        mark = event.start_mark
        if kind is yaml.AliasEvent:
            found = self._anchors.get(event.anchor)
            if found is None:
                raise ParseError(f"alias *{event.anchor} has no anchor before it", mark.line + 1)
            return Node(found.value, self._path, mark.line + self._first, mark.column + 1, found.tag)
        self._count += 1
        if self._count > MAX_NODES:
            raise ParseError(f"more than {MAX_NODES:,} values", mark.line + 1)
        if depth > MAX_DEPTH:
            raise ParseError(f"nested deeper than {MAX_DEPTH} levels", mark.line + 1)
        if kind is yaml.ScalarEvent:
            node = self._scalar(event, mark)
        else:
            node = Node(None, self._path, mark.line + self._first, mark.column + 1, event.tag)
            if kind is yaml.MappingStartEvent:
                self._mapping(node, depth)
            else:
                self._sequence(node, depth)
        if event.anchor:
            self._anchors[event.anchor] = node
        return node

    def _scalar(self, event: Any, mark: Any) -> Node:
        value = event.value
        tag = event.tag
        if event.implicit[0]:
            value = scalar(value)
        elif tag == "tag:yaml.org,2002:str":
            tag = None
        return Node(value, self._path, mark.line + self._first, mark.column + 1, tag)

    def _sequence(self, node: Node, depth: int) -> None:
        children: list[Node] = []
        while type(event := self._next()) is not yaml.SequenceEndEvent:
            children.append(self._node(event, depth + 1))
        node.value = children

    def _mapping(self, node: Node, depth: int) -> None:
        children: dict[str, Node] = {}
        merged: list[Node] = []
        while type(event := self._next()) is not yaml.MappingEndEvent:
            key = self._node(event, depth + 1)
            child = self._node(self._next(), depth + 1)
            if key.value == "<<" and event.implicit[0]:
                merged.extend(child.value if isinstance(child.value, list) else (child,))
                continue
            if isinstance(key.value, dict | list):
                raise ParseError("a mapping or list as a key", key.line)
            name = event.value if type(event) is yaml.ScalarEvent else str(key.value)
            child = Node(child.value, child.path, key.line, key.column, child.tag, child.rest)
            children[name] = child
        for source in merged:
            for name, child in source.items():
                children.setdefault(name, child)
        node.value = children


def scalar(text: str) -> Any:
    """The value of a plain scalar by the core schema."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    first = text[0]
    if first.isdigit() or first in "+-.":
        if len(text) > 64:
            return text
        if _INTEGER.match(text):
            return int(text)
        if _OCTAL.match(text):
            return int(text.removeprefix("0o"), 8)
        if _HEX.match(text):
            return int(text, 16)
        if _FLOAT.match(text):
            return float(text)
    return text
