"""Makes nodes of what a script says, each at its line."""

from __future__ import annotations

from typing import Any

import msgspec

from ourhalf.model.field import Place, Unresolved
from ourhalf.readers.node import Node
from ourhalf.readers.shell.holes import Holes


class Placing(msgspec.Struct, frozen=True):
    """Where the lines of a text stand in the file that holds it.

    `fixed` is the only line that is known of a text inside a value, else None.
    """

    path: str
    holes: Holes
    fixed: int | None = None

    def line(self, line: int) -> int:
        """The line of the file for a line of the text."""
        return self.fixed if self.fixed is not None else line

    def place(self, line: int) -> Place:
        """The place of a line of the text."""
        return Place(self.path, self.line(line))

    def text(self, text: str, line: int) -> Node:
        """A node of a text with its holes unresolved."""
        return Node(self.holes.value(text, self.place(line)), self.path, self.line(line))

    def node(self, value: Any, line: int, rest: Unresolved | None = None) -> Node:
        """A node of any value."""
        return Node(value, self.path, self.line(line), 1, None, rest)

    def texts(self, texts: list[str] | tuple[str, ...], line: int) -> Node:
        """A node of a list of texts."""
        return self.node([self.text(text, line) for text in texts], line)

    def unresolved(self, reason: str, line: int) -> Unresolved:
        """A value that is not known for `reason`."""
        return Unresolved(reason, self.place(line))
