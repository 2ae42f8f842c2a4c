"""Go templates of manifests, read as far as they mean something before they are rendered.

An action that fills in a value leaves that value unresolved. What stands under a condition or in a
loop is unresolved too, and a mapping or list into which an action may write holds more than is there.
A condition around a whole document is left aside: it decides whether the object is made, not what it is.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

import msgspec

from ourhalf.model.evidence import Unread
from ourhalf.readers.node import Node
from ourhalf.readers.salvage import salvaged

_WORD = re.compile(r"\{\{-?\s*(if|range|with|define|block|end)\b")
# Actions that write nothing themselves: control, comments, assignments.
_SILENT = re.compile(
    r"\{\{-?\s*(if|else|range|with|define|block|end|break|continue)\b|\{\{-?\s*/\*|\{\{-?\s*\$\w+\s*:?="
)
_INDENT = re.compile(r"\bn?indent\s+(\(|\$|\.)?(\d*)")
_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")
_MOST_ACTIONS = 20_000


class _Template(msgspec.Struct, frozen=True):
    """A template with marks for its actions.

    `written` are the lines that an action writes, each with the indentation at which it does, or None
    where that is not known. `emptied` are the lines that hold nothing else than actions. `blocks` are
    the first and last lines of conditions and loops. All are in order.
    """

    text: str
    actions: tuple[str, ...]
    written: tuple[tuple[int, int | None], ...]
    emptied: tuple[int, ...]
    blocks: tuple[tuple[int, int], ...]


def read(data: bytes, path: str, reader: str) -> tuple[list[Node], tuple[Unread, ...]]:
    """The documents of a template as far as they can be told, and what cannot be read at all."""
    template = _marked(data.decode("utf-8-sig", "replace"))
    if template is None:
        return [], (Unread(path, 1, reader, f"more than {_MOST_ACTIONS:,} template actions"),)
    found, refused = salvaged(template.text.encode("utf-8", "replace"), path, reader)
    if not found:
        return [], refused
    ends = [document.line for document in found[1:]] + [template.text.count("\n") + 2]
    documents = [_restored(d, template, end) for d, end in zip(found, ends, strict=True)]
    return documents, refused


def _marked(text: str) -> _Template | None:
    actions: list[str] = []
    opened: list[int] = []
    blocks: list[tuple[int, int]] = []
    pieces: list[str] = []
    end, line = 0, 1
    for start, after in _spans(text):
        action = text[start:after]
        before = text[end:start]
        line += before.count("\n")
        word = _WORD.match(action)
        if word and word[1] == "end":
            if opened:
                blocks.append((opened.pop(), line + action.count("\n")))
        elif word:
            opened.append(line)
        pieces += (before, f"{_OPEN}{len(actions)}{_CLOSE}", "\n" * action.count("\n"))
        actions.append(action)
        if len(actions) > _MOST_ACTIONS:
            return None
        line += action.count("\n")
        end = after
    pieces.append(text[end:])
    lines = "".join(pieces).split("\n")
    blocks.extend((start, len(lines)) for start in opened)
    written, emptied = _emptied(lines, actions)
    return _Template("\n".join(lines), tuple(actions), written, emptied, tuple(sorted(blocks)))


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Where actions begin and end."""
    start = text.find("{{")
    while start >= 0 and (close := text.find("}}", start + 2)) >= 0:
        yield start, close + 2
        start = text.find("{{", close + 2)


def _emptied(lines: list[str], actions: list[str]) -> tuple[tuple[tuple[int, int | None], ...], tuple[int, ...]]:
    """Empty the lines that hold nothing else than actions; give those that are written to, and all."""
    written: list[tuple[int, int | None]] = []
    emptied: list[int] = []
    for number, content in enumerate(lines, 1):
        if _OPEN not in content or _MARK.sub("", content).strip():
            continue
        lines[number - 1] = ""
        emptied.append(number)
        held = [actions[int(found)] for found in _MARK.findall(content)]
        writing = [action for action in held if not _SILENT.match(action)]
        if writing:
            written.append((number, _indentation(writing[0], len(content) - len(content.lstrip()))))
    return tuple(written), tuple(emptied)


def _indentation(action: str, own: int) -> int | None:
    found = _INDENT.search(action)
    if found is None:
        return own
    return int(found[2]) if found[2] and not found[1] else None


def _restored(document: Node, template: _Template, end: int) -> Node:
    inside = [(first, last) for first, last in template.blocks if not (first <= document.line and last >= end - 1)]
    last = _last_line(document)
    inside = [(first, until) for first, until in inside if not (first <= document.line and until >= last)]
    return _Restorer(template, inside).node(document, end)


def _last_line(node: Node) -> int:
    """The line of the last node of a document."""
    while True:
        value = node.value
        children = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
        if not children:
            return node.line
        node = max(children, key=lambda child: child.line)


class _Restorer:
    """Puts actions back into texts and marks what they leave open."""

    def __init__(self, template: _Template, blocks: list[tuple[int, int]]) -> None:
        self._template = template
        self._blocks = blocks

    def node(self, node: Node, end: int) -> Node:
        """`node`, which reaches up to the line before `end`."""
        value = node.value
        if not isinstance(value, dict | list):
            return self._leaf(node, end)
        inner = next(iter(value.values() if isinstance(value, dict) else value), None)
        indent = None if inner is None else inner.column - (1 if isinstance(value, dict) else 3)
        rest = node.rest
        if self._writes(node.line, end, indent):
            rest = node.unresolved("a template may write more here").value
        if isinstance(value, list):
            items = [self._child(child, until) for (_, child), until in _until([("", c) for c in value], end)]
            return Node(items, node.path, node.line, node.column, node.tag, rest)
        fields: dict[str, Node] = {}
        for (key, child), until in _until(list(value.items()), end):
            if _OPEN in key:
                rest = rest or child.unresolved("a template fills in the name").value
            else:
                fields[key] = self._child(child, until)
        return Node(fields, node.path, node.line, node.column, node.tag, rest)

    def _leaf(self, node: Node, end: int) -> Node:
        value = node.value
        if any(indent is None or indent >= node.column for _, indent in self._lines(node.line, end)):
            return node.unresolved("filled in by a template")
        if not isinstance(value, str):
            return node
        emptied = self._template.emptied
        at = bisect_left(emptied, node.line)
        if "\n" in value and at < len(emptied) and emptied[at] < end:
            return node.unresolved("filled in by a template")
        if _OPEN in value:
            return node.with_value(_MARK.sub(lambda found: self._template.actions[int(found[1])], value))
        return node

    def _child(self, child: Node, end: int) -> Node:
        if any(first < child.line <= last for first, last in self._blocks):
            return child.unresolved("a condition of the template decides it")
        return self.node(child, end)

    def _writes(self, start: int, end: int, indent: int | None) -> bool:
        """Whether an action in these lines may write at `indent`."""
        return any(indent is None or at is None or at == indent for _, at in self._lines(start, end))

    def _lines(self, start: int, end: int) -> tuple[tuple[int, int | None], ...]:
        written = self._template.written
        return written[bisect_left(written, (start,)) : bisect_left(written, (end,))]


def _until(children: list[tuple[str, Node]], end: int) -> Iterator[tuple[tuple[str, Node], int]]:
    """The children, each with the line at which the next one begins."""
    for number, child in enumerate(children):
        following = children[number + 1][1].line if number + 1 < len(children) else end
        yield child, max(following, child[1].line + 1)
