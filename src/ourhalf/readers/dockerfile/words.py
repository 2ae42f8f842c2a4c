"""Words of a Dockerfile: quotes, escapes, and variables with what is known of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ourhalf.model.field import Unresolved
from ourhalf.readers.node import Node

MAX_TEXT = 65_536

_NAME = re.compile(r"[A-Za-z_]\w*|\d")
_BRACED = re.compile(r"\{([A-Za-z_]\w*)(?:(:?[-+?])((?:[^{}]|\{[^{}]*\})*))?\}")
_TEMPLATE = re.compile(r"\{\{|\{%|<%|@@\w")

OTHER = ""
"""The key in a scope of what any name may hold that is not listed, such as one that a base image sets."""

Value = str | Unresolved
Scope = Mapping[str, Value]


class Word(NamedTuple):
    """A word as written, quotes included, and where it begins in its instruction."""

    text: str
    start: int


def words(text: str, escape: str) -> Iterator[Word]:
    """The words of a text, split at blanks outside of quotes."""
    start: int | None = None
    quote = ""
    position = 0
    while position < len(text):
        char = text[position]
        if char == escape and quote != "'" and position + 1 < len(text):
            start = position if start is None else start
            position += 2
            continue
        if quote:
            quote = "" if char == quote else quote
        elif text.startswith("{{", position):  # a template's own blanks part no words
            start = position if start is None else start
            end = text.find("}}", position)
            position = len(text) if end < 0 else end + 2
            continue
        elif char in "\"'":
            quote = char
            start = position if start is None else start
        elif char.isspace():
            if start is not None:
                yield Word(text[start:position], start)
            start = None
        elif start is None:
            start = position
        position += 1
    if start is not None:
        yield Word(text[start:], start)


def split_pair(word: str) -> tuple[str, str | None]:
    """Name and value of `NAME=value`; the value is None without `=`."""
    name, equals, value = word.partition("=")
    return name.strip("\"'"), value if equals else None


def expand(text: str, scope: Scope, escape: str) -> Value:
    """The text with quotes taken off and variables put in; unresolved where one is not known."""
    if len(text) > MAX_TEXT:
        return Unresolved(f"a text longer than {MAX_TEXT:,} characters")
    return _Expansion(text, scope, escape).result()


class _Expansion:
    """One text on its way to its value."""

    def __init__(self, text: str, scope: Scope, escape: str, depth: int = 0) -> None:
        self._text = text
        self._scope = scope
        self._escape = escape
        self._depth = depth
        self._parts: list[str | None] = []
        self._reason = ""

    def result(self) -> Value:
        text, position, quote = self._text, 0, ""
        while position < len(text):
            char = text[position]
            if char == self._escape and quote != "'" and position + 1 < len(text):
                follower = text[position + 1]
                self._add(follower if not quote or follower in f'"${self._escape}' else char + follower)
                position += 2
            elif char in "\"'" and quote in ("", char):
                quote = "" if quote else char
                position += 1
            elif char == "$" and quote != "'":
                position = self._variable(position + 1)
            else:
                self._add(char)
                position += 1
        return self._joined()

    def _joined(self) -> Value:
        folded: list[str | None] = []
        for part in self._parts:
            if part is not None and folded and folded[-1] is not None:
                folded[-1] += part
            else:
                folded.append(part)
        if sum(len(part) for part in folded if part is not None) > MAX_TEXT:
            return Unresolved(f"a text longer than {MAX_TEXT:,} characters")
        text = "".join(part or "" for part in folded)
        if not self._reason and _TEMPLATE.search(text):
            self._reason, folded = "a template fills it in before the build", [None]
        return Unresolved(self._reason, parts=tuple(folded[:64])) if self._reason else text

    def _add(self, piece: Value | None) -> None:
        match piece:
            case Unresolved(reason, _, parts):
                self._reason = self._reason or reason
                self._parts.extend(part if isinstance(part, str) else None for part in parts or (None,))
            case _:
                self._parts.append(piece)

    def _variable(self, position: int) -> int:
        """Add the variable at `position`, behind its `$`; the position after it."""
        braced = _BRACED.match(self._text, position)
        if braced is not None:
            self._add(self._conditional(braced[1], braced[2] or "", braced[3] or ""))
            return braced.end()
        if self._text.startswith("{", position):
            self._reason = self._reason or "a variable changed by a pattern"
            self._parts.append(None)
            end = self._text.find("}", position)
            return len(self._text) if end < 0 else end + 1
        name = _NAME.match(self._text, position)
        if name is None:
            self._add("$")
            return position
        self._add(self._scope.get(name[0], self._scope.get(OTHER, "")))
        return name.end()

    def _conditional(self, name: str, operator: str, word: str) -> Value:
        value = self._scope.get(name, self._scope.get(OTHER))
        empty = value is None or (value == "" and operator.startswith(":"))
        match operator[-1:]:
            case "-" if empty:
                return self._inner(word)
            case "+":
                return self._inner(word) if not empty else ""
        return "" if value is None else value

    def _inner(self, word: str) -> Value:
        if self._depth > 16:
            return Unresolved("defaults nested too deep to follow")
        return _Expansion(word, self._scope, self._escape, self._depth + 1).result()


def node_of(value: Value, path: str, line: int, column: int) -> Node:
    """A value as a node; an unresolved one gets its place."""
    node = Node(None, path, line, column)
    if isinstance(value, Unresolved):
        return node.unresolved(value.reason, value.parts)
    return node.with_value(value)
