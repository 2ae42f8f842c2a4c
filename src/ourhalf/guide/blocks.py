"""What a page of the guide is made of, before it is written as HTML or Markdown."""

from __future__ import annotations

from typing import TypeAlias

import msgspec


class Badge(msgspec.Struct, frozen=True):
    """A word that is seen at once: a severity, a status, or a party. `kind` is what it stands for."""

    kind: str
    label: str
    group: str = "badge"


class Code(msgspec.Struct, frozen=True):
    """Text as code in a line."""

    text: str


class Strong(msgspec.Struct, frozen=True):
    """Text that stands out in a line."""

    text: str


class Soft(msgspec.Struct, frozen=True):
    """Text that steps back in a line."""

    text: str


class Link(msgspec.Struct, frozen=True):
    """A link to a page of the guide by its name, and to a place in it."""

    text: str
    page: str
    anchor: str = ""


class Web(msgspec.Struct, frozen=True):
    """A link to a page elsewhere; where the address is no https address it is shown as text."""

    text: str
    address: str


class Break(msgspec.Struct, frozen=True):
    """Where a line goes on below."""


Inline: TypeAlias = str | Badge | Code | Strong | Soft | Link | Web | Break
Line: TypeAlias = tuple[Inline, ...]


class Heading(msgspec.Struct, frozen=True):
    """A heading within a page; that of the page itself is its title."""

    level: int
    line: Line
    anchor: str = ""


class Prose(msgspec.Struct, frozen=True):
    """Markdown of a page that people wrote, the first line of which is line `line` of `path`."""

    markdown: str
    path: str
    line: int = 1
    page: str = ""


class Paragraph(msgspec.Struct, frozen=True):
    """One paragraph; `kind` is empty, `lead`, `note` or `do`."""

    line: Line
    kind: str = ""


class Tile(msgspec.Struct, frozen=True):
    """A figure with what it counts."""

    kind: str
    count: int
    label: str


class Tiles(msgspec.Struct, frozen=True):
    """Figures side by side."""

    tiles: tuple[Tile, ...]


class Row(msgspec.Struct, frozen=True):
    """One row of a table; links may lead to its anchor."""

    cells: tuple[Line, ...]
    anchor: str = ""


class Table(msgspec.Struct, frozen=True):
    """A table, named for those who do not see it."""

    name: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]


class Items(msgspec.Struct, frozen=True):
    """A list."""

    lines: tuple[Line, ...]


class Snippet(msgspec.Struct, frozen=True):
    """Lines of configuration."""

    text: str


class Folded(msgspec.Struct, frozen=True):
    """Blocks below a summary, folded where that can be done."""

    summary: Line
    blocks: tuple[Block, ...]
    unfolded: bool = False
    anchor: str = ""


Block: TypeAlias = Heading | Prose | Paragraph | Tiles | Table | Items | Snippet | Folded


class Page(msgspec.Struct, frozen=True):
    """A page: its name is its path below the site, without an ending.

    `section` is the part of the navigation that it stands in, and `label` its name there. `verbatim` is the
    Markdown of a page of the user's own, which is written as it is.
    """

    name: str
    title: str
    section: str
    blocks: tuple[Block, ...]
    label: str = ""
    summary: str = ""
    verbatim: str | None = None
