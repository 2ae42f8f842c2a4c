"""The guide as Markdown, to sit in a documentation site that is there already."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from ourhalf.guide.blocks import (
    Badge,
    Block,
    Break,
    Code,
    Folded,
    Heading,
    Inline,
    Items,
    Line,
    Link,
    Page,
    Paragraph,
    Prose,
    Row,
    Snippet,
    Soft,
    Strong,
    Table,
    Tiles,
    Web,
)
from ourhalf.guide.links import Links
from ourhalf.reports import markdown as report
from ourhalf.reports.markdown import fenced

if TYPE_CHECKING:
    from ourhalf.guide.site import Site

ENDING = ".md"
_WEB = re.compile(r"https://[^\s<>()\[\]\"'`]+")


def render(site: Site) -> Iterator[tuple[str, str]]:
    """Each page with its path; a page of the user's own as it is. Raises GuideError where a link leads nowhere."""
    links = Links(site.pages, ENDING)
    for page in site.pages:
        yield f"{page.name}{ENDING}", page.verbatim if page.verbatim is not None else _Writer(page, links).page()


code = lru_cache(16_384)(report.code)


@lru_cache(16_384)
def text(value: str) -> str:
    """Text that Markdown shows as it is, and in which extensions of sites find no attributes and no templates."""
    return report.text(value).replace("{", r"\{").replace("}", r"\}")


class _Writer:
    """Writes one page."""

    def __init__(self, page: Page, links: Links) -> None:
        self._page = page
        self._links = links

    def page(self) -> str:
        """The title, and all blocks with an empty line between them."""
        blocks = (self._block(block) for block in self._page.blocks)
        return "\n\n".join([f"# {text(self._page.title)}", *(block for block in blocks if block)]) + "\n"

    def _block(self, block: Block) -> str:
        match block:
            case Heading():
                anchor = f"{_anchor(block.anchor)}\n\n" if block.anchor else ""
                return f"{anchor}{'#' * block.level} {self._line(block.line)}"
            case Prose():
                return block.markdown
            case Paragraph(kind="note"):
                return f"> {self._line(block.line)}"
            case Paragraph():
                return self._line(block.line)
            case Tiles():
                return ", ".join(f"**{tile.count:,}** {text(tile.label)}" for tile in block.tiles)
            case Table():
                return self._table(block)
            case Items():
                return "\n".join(f"- {self._line(line)}" for line in block.lines)
            case Snippet():
                return fenced(block.text)
            case Folded():
                return self._folded(block)

    def _folded(self, block: Folded) -> str:
        anchor = f"{_anchor(block.anchor)}\n\n" if block.anchor else ""
        summary = "".join(
            f"**{text(piece.text)}**" if isinstance(piece, Strong) else self._inline(piece) for piece in block.summary
        )
        return "\n\n".join([f"{anchor}### {summary}", *(self._block(one) for one in block.blocks)])

    def _table(self, table: Table) -> str:
        lines = [" | ".join(map(text, table.head)), " | ".join("---" for _ in table.head)]
        lines += [self._row(row) for row in table.rows]
        return "\n".join(f"| {line} |" for line in lines)

    def _row(self, row: Row) -> str:
        cells = [self._line(cell).replace("\n", " ") for cell in row.cells]
        if row.anchor:
            cells[0] = _anchor(row.anchor) + cells[0]
        return " | ".join(cells)

    def _line(self, line: Line) -> str:
        return "".join(map(self._inline, line))

    def _inline(self, piece: Inline) -> str:
        match piece:
            case str():
                return _spaced(piece)
            case Badge():
                return f"**{text(piece.label)}**"
            case Code():
                return code(piece.text).replace("|", "\\|")
            case Break():
                return "<br>"
            case Strong():
                return f"**{text(piece.text)}**"
            case Soft():
                return _spaced(piece.text)
            case Link():
                return f"[{text(piece.text)}]({self._links.href(self._page.name, piece.page, piece.anchor)})"
            case Web():
                if not _WEB.fullmatch(piece.address):
                    return text(piece.text)
                return f"[{text(piece.text)}]({piece.address})"


def _spaced(piece: str) -> str:
    """Text with the space that it begins or ends with, which parts it from what stands beside it."""
    before = " " if piece[:1] == " " else ""
    after = " " if piece[-1:] == " " and piece.strip() else ""
    return f"{before}{text(piece)}{after}"


def _anchor(name: str) -> str:
    return f'<a id="{name}"></a>'
