"""The tree that every configuration format is read into before it is mapped to resources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from ourhalf.model.field import Known, Place, Reference, Unresolved

# What fits in 64 bits: evidence holds no other number.
MIN_INTEGER = -(2**63)
MAX_INTEGER = 2**64 - 1


class Node(msgspec.Struct):
    """A value with its place.

    `value` is None, bool, int, float, str, `dict[str, Node]`, `list[Node]`, `Unresolved` or
    `Reference`. A node under a key stands at the key; any other at its own start. `rest` says why
    a mapping or list may hold more than is here. `tag` is the YAML tag (`!Ref`), or `!json` for a
    value that the file writes as a JSON text.
    """

    value: Any
    path: str
    line: int = 1
    column: int = 1
    tag: str | None = None
    rest: Unresolved | None = None

    @property
    def place(self) -> Place:
        """The node's place, without a field name."""
        return Place(self.path, self.line, self.column)

    def get(self, key: str) -> Node | None:
        """The node under `key` of a mapping.

        None when it is absent or this is no mapping; unresolved when this is, or when the mapping
        may hold more than is here.
        """
        value = self.value
        if isinstance(value, dict):
            found: Node | None = value.get(key)
            if found is None and self.rest is not None:
                return self.with_value(self.rest)
            return found
        return self if isinstance(value, Unresolved) else None

    def dig(self, path: str) -> Node | None:
        """The node at a dotted path of keys."""
        node: Node | None = self
        for key in path.split("."):
            if node is None:
                return None
            node = node.get(key)
        return node

    def items(self) -> Iterator[tuple[str, Node]]:
        """The keys and nodes of a mapping; nothing for any other."""
        if isinstance(self.value, dict):
            yield from self.value.items()

    def list(self) -> Iterator[Node]:
        """The nodes of a list; nothing for any other."""
        if isinstance(self.value, list):
            yield from self.value

    def text(self) -> str | None:
        """The value where it is a text."""
        return self.value if isinstance(self.value, str) else None

    def with_value(self, value: Any) -> Node:
        """Another value at the same place."""
        return Node(value, self.path, self.line, self.column)

    def unresolved(self, reason: str, parts: tuple[str | Reference | None, ...] = ()) -> Node:
        """An unresolved value at the same place."""
        return self.with_value(Unresolved(reason, self.place, parts))


def plain(node: Node, depth: int = 64) -> Any:
    """The value without places, unresolved pieces as their reasons in angle brackets."""
    value = node.value
    if depth == 0:
        return "…"
    if isinstance(value, dict):
        return {key: plain(child, depth - 1) for key, child in value.items()}
    if isinstance(value, list):
        return [plain(child, depth - 1) for child in value]
    if isinstance(value, Unresolved):
        return f"<{value.reason}>"
    if isinstance(value, int) and not MIN_INTEGER <= value <= MAX_INTEGER:
        return "a number beyond 64 bits"
    return str(value) if isinstance(value, Reference) else value


def from_plain(value: Any, path: str = "", line: int = 1, column: int = 1) -> Node:
    """A tree of nodes, all at one place, from dicts, lists and scalars; `Known` gives its place too."""
    if isinstance(value, Node):
        return value
    if isinstance(value, Known):
        place = value.place
        return from_plain(value.value, place.path, place.line, place.column)
    if isinstance(value, dict):
        return Node({k: from_plain(v, path, line, column) for k, v in value.items()}, path, line, column)
    if isinstance(value, list | tuple):
        return Node([from_plain(v, path, line, column) for v in value], path, line, column)
    return Node(value, path, line, column)
