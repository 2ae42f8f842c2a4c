"""The syntax of Terraform's language: bodies, blocks and expressions, each with its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from ourhalf.model.field import Place, Unresolved


class Expr(msgspec.Struct):
    """An expression; line and column count from 1."""

    path: str
    line: int
    column: int

    @property
    def place(self) -> Place:
        """Where the expression begins."""
        return Place(self.path, self.line, self.column)


class Literal(Expr):
    """None, bool, int, float or str."""

    value: Any


class Template(Expr):
    """A text with interpolations and directives."""

    parts: tuple[Segment, ...]


class TemplateIf(msgspec.Struct):
    """`%{ if }` … `%{ else }` … `%{ endif }`."""

    condition: Expr
    then: tuple[Segment, ...]
    otherwise: tuple[Segment, ...]


class TemplateFor(msgspec.Struct):
    """`%{ for key, value in collection }` … `%{ endfor }`."""

    key: str
    value: str
    collection: Expr
    parts: tuple[Segment, ...]


Segment = str | Expr | TemplateIf | TemplateFor


class ListOf(Expr):
    """`[…]`."""

    items: tuple[Expr, ...]


class ObjectOf(Expr):
    """`{…}`: keys and values."""

    items: tuple[tuple[Expr, Expr], ...]


class Splat(msgspec.Struct):
    """`.*` or `[*]`, and the steps that are taken from each element."""

    steps: tuple[Step, ...]


Step = str | Expr | Splat
"""An attribute's name, an index, or a splat."""


class Traversal(Expr):
    """A name or another expression, and steps from it."""

    base: str | Expr
    steps: tuple[Step, ...]


class Call(Expr):
    """A function call; `expand` where the last argument ends in `...`."""

    name: str
    arguments: tuple[Expr, ...]
    expand: bool


class Conditional(Expr):
    """`condition ? then : otherwise`; `chained` where it stands in the else part of another."""

    condition: Expr
    then: Expr
    otherwise: Expr
    chained: bool = False


class Binary(Expr):
    """Two operands."""

    operator: str
    left: Expr
    right: Expr


class Unary(Expr):
    """`-` or `!`."""

    operator: str
    operand: Expr


class For(Expr):
    """A `for` expression; a list where `result_key` is None, else an object."""

    key: str
    value: str
    collection: Expr
    result_key: Expr | None
    result: Expr
    condition: Expr | None
    group: bool


class Bad(Expr):
    """What could not be parsed, and why."""

    reason: str


class Attribute:
    """`name = expression`; the expression is converted when it is first asked for."""

    __slots__ = ("_expr", "_make", "column", "line", "name", "path")

    def __init__(self, name: str, path: str, line: int, column: int, make: Callable[[], Expr]) -> None:
        self.name = name
        self.path = path
        self.line = line
        self.column = column
        self._make = make
        self._expr: Expr | None = None

    @property
    def expr(self) -> Expr:
        """The expression."""
        if self._expr is None:
            self._expr = self._make()
        return self._expr


class Body(msgspec.Struct):
    """Attributes and nested blocks; `rest` where a syntax error hides what else there may be."""

    attributes: dict[str, Attribute]
    blocks: list[Block]
    rest: Unresolved | None = None


class Block:
    """`type "label" … { body }`; the body is converted when it is first asked for."""

    __slots__ = ("_body", "_make", "column", "labels", "line", "path", "type")

    def __init__(  # noqa: PLR0913, PLR0917 - the parts of a block
        self, kind: str, labels: tuple[str, ...], path: str, line: int, column: int, make: Callable[[], Body]
    ) -> None:
        self.type = kind
        self.labels = labels
        self.path = path
        self.line = line
        self.column = column
        self._make = make
        self._body: Body | None = None

    @property
    def body(self) -> Body:
        """What stands between the braces."""
        if self._body is None:
            self._body = self._make()
        return self._body

    @property
    def place(self) -> Place:
        """Where the block begins."""
        return Place(self.path, self.line, self.column)


class SyntaxFault(msgspec.Struct, frozen=True):
    """A place that does not follow the grammar."""

    line: int
    reason: str


class File(msgspec.Struct):
    """What one file states at its top, and the places that could not be parsed."""

    body: Body
    faults: tuple[SyntaxFault, ...] = ()
