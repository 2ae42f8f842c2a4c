"""The guide as HTML: pages that load nothing, not even from each other, and read without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from html import escape
from importlib.resources import files
from posixpath import dirname
from typing import TYPE_CHECKING

from markupsafe import Markup

from ourhalf import __version__
from ourhalf.guide import prose
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
from ourhalf.guide.links import Links, headings
from ourhalf.guide.names import heading_anchor
from ourhalf.reports.pages import source_hash, template
from ourhalf.reports.summary import harmless

if TYPE_CHECKING:
    from jinja2 import Template

    from ourhalf.guide.site import Site

ENDING = ".html"


def render(site: Site) -> Iterator[tuple[str, str]]:
    """Each page with its path. Raises GuideError where a link leads nowhere."""
    links = Links(site.pages, ENDING)
    navigation = _Navigation(site, links)
    style = Markup(_style())  # noqa: S704 - ours
    script = Markup(_text(__package__, "guide.js"))  # noqa: S704 - ours
    hashes = {"style_hash": source_hash(style), "script_hash": source_hash(script)}
    order = list(site.pages)
    for at, page in enumerate(order):
        before, after = (order[at - 1] if at else None), (order[at + 1] if at + 1 < len(order) else None)
        yield (
            f"{page.name}{ENDING}",
            _template().render(
                page=page,
                site=site,
                titled=not _has_title(page),
                version=__version__,
                home=links.href(page.name, "index"),
                content=Markup(_Writer(page, links).content()),  # noqa: S704 - escaped piece by piece
                navigation=Markup(navigation.of(page)),  # noqa: S704 - escaped piece by piece
                around=[(one, links.href(page.name, one.name) if one else "") for one in (before, after)],
                style=style,
                script=script,
                **hashes,
            ),
        )


def _has_title(page: Page) -> bool:
    """Whether the text of a page begins with a heading of its own."""
    return any(one.level == 1 for block in page.blocks if isinstance(block, Prose) for one in headings(block.markdown))


@cache
def _template() -> Template:
    return template(_text(__package__, "page.html"))


@cache
def _text(package: str, name: str) -> str:
    return files(package).joinpath("page", name).read_text("utf-8")


@cache
def _style() -> str:
    """The style of the report, the same colours for who chooses them, and what the guide has besides."""
    report = _text("ourhalf.reports", "page.css")
    light, dark, *_ = re.findall(r":root \{(.*?)\}", report, re.DOTALL)
    chosen = "".join(f':root[data-theme="{name}"] {{{held}}}\n' for name, held in (("light", light), ("dark", dark)))
    return f"{report}\n@media screen {{\n{chosen}}}\n{_text(__package__, 'guide.css')}"


@lru_cache(16_384)
def _shown(text: str) -> str:
    """Text in HTML: no markup, and nothing that turns the direction of writing."""
    return escape(harmless(text))


class _Navigation:
    """The list of pages beside each page."""

    def __init__(self, site: Site, links: Links) -> None:
        self._site = site
        self._links = links
        self._made: dict[str, list[tuple[str, str, str]]] = {}

    def of(self, page: Page) -> str:
        """The list as `page` shows it: its own part unfolded, with the headings of the page."""
        folder = dirname(page.name)
        if folder not in self._made:
            self._made[folder] = [
                (one.section, one.name, f'<a href="{self._links.href(page.name, one.name)}"%s>{_label(one)}</a>')
                for one in self._site.pages
            ]
        parts: list[str] = []
        section = ""
        for group, name, entry in self._made[folder]:
            if group != section:
                parts.append(f"{'</ul></details>' if section else '</ul>'}{_opened(group, page.section)}")
                section = group
            here = name == page.name
            current = ' aria-current="page"' if here else ""
            parts.append(f"<li>{entry.replace('%s', current, 1)}{_contents(page) if here else ''}</li>")
        return f"<ul>{''.join(parts)}</ul>{'</details>' if section else ''}"


def _label(page: Page) -> str:
    return _shown(page.label or page.title).replace("%", "&#37;")


def _opened(section: str, current: str) -> str:
    unfolded = " open" if section in (current, "Chapters", "Services") else ""
    return f"<details{unfolded}><summary>{_shown(section)}</summary><ul>"


def _contents(page: Page) -> str:
    """The headings of a page, where they are more than one."""
    entries = list(_headings(page.blocks))
    if len(entries) < 2:
        return ""
    items = (f'<li><a href="#{_shown(anchor)}">{_shown(text)}</a></li>' for text, anchor in entries)
    return f"<ul>{''.join(items)}</ul>"


def _headings(blocks: Iterable[Block]) -> Iterator[tuple[str, str]]:
    for block in blocks:
        if isinstance(block, Heading) and block.level == 2 and block.anchor:
            yield "".join(piece for piece in block.line if isinstance(piece, str)), block.anchor
        elif isinstance(block, Prose):
            for one in headings(block.markdown):
                if one.level == 2:
                    yield one.text, heading_anchor(one.text)


class _Writer:
    """Writes the blocks of one page."""

    def __init__(self, page: Page, links: Links) -> None:
        self._page = page
        self._links = links
        self._hrefs: dict[tuple[str, str], str] = {}
        self._taken: set[str] = set()

    def content(self) -> str:
        """All blocks of the page."""
        return "\n".join(self._block(block) for block in self._page.blocks)

    def _block(self, block: Block) -> str:
        match block:
            case Heading():
                anchor = f' id="{_shown(block.anchor)}"' if block.anchor else ""
                return f"<h{block.level}{anchor}>{self._line(block.line)}</h{block.level}>"
            case Prose():
                return f'<div class="prose">{self._prose(block)}</div>'
            case Paragraph():
                kind = f' class="{block.kind}"' if block.kind else ""
                return f"<p{kind}>{self._line(block.line)}</p>"
            case Tiles():
                return _tiles(block)
            case Table():
                return self._table(block)
            case Items():
                return f"<ul>{''.join(f'<li>{self._line(line)}</li>' for line in block.lines)}</ul>"
            case Snippet():
                return f'<div class="snippet"><pre tabindex="0"><code>{_shown(block.text)}</code></pre></div>'
            case Folded():
                return self._folded(block)

    def _folded(self, block: Folded) -> str:
        anchor = f' id="{_shown(block.anchor)}"' if block.anchor else ""
        unfolded = " open" if block.unfolded else ""
        body = "\n".join(self._block(one) for one in block.blocks)
        summary = f"<summary><span>{self._line(block.summary)}</span></summary>"
        return f'<details class="card"{anchor}{unfolded}>{summary}<div class="body">{body}</div></details>'

    def _table(self, table: Table) -> str:
        head = "".join(f'<th scope="col">{_shown(text)}</th>' for text in table.head)
        rows = "\n".join(map(self._row, table.rows))
        return (
            f'<div class="scroll" tabindex="0" role="region" aria-label="{_shown(table.name)}"><table>'
            f"<thead><tr>{head}</tr></thead><tbody>\n{rows}\n</tbody></table></div>"
        )

    def _row(self, row: Row) -> str:
        anchor = f' id="{_shown(row.anchor)}"' if row.anchor else ""
        cells = [f"<td>{self._line(cell)}</td>" for cell in row.cells]
        if row.cells and row.cells[0] and type(row.cells[0][0]) is Strong:
            cells[0] = f'<th scope="row">{self._line(row.cells[0])}</th>'
        return f"<tr{anchor}>{''.join(cells)}</tr>"

    def _line(self, line: Line) -> str:
        return "".join([_shown(piece) if type(piece) is str else self._inline(piece) for piece in line])

    def _inline(self, piece: Inline) -> str:
        match piece:
            case str():
                return _shown(piece)
            case Badge():
                return f'<span class="{piece.group} {_shown(piece.kind)}">{_shown(piece.label)}</span>'
            case Code():
                return f"<code>{_shown(piece.text)}</code>"
            case Break():
                return "<br>"
            case Strong():
                return f"<b>{_shown(piece.text)}</b>"
            case Soft():
                return f"<small>{_shown(piece.text)}</small>"
            case Link():
                return f'<a href="{self._href(piece)}">{_shown(piece.text)}</a>'
            case Web():
                if not piece.address.startswith("https://"):
                    return _shown(piece.text)
                return f'<a href="{_shown(piece.address)}" rel="noreferrer">{_shown(piece.text)}</a>'

    def _href(self, link: Link) -> str:
        key = (link.page, link.anchor)
        found = self._hrefs.get(key)
        if found is None:
            found = self._hrefs[key] = _shown(self._links.href(self._page.name, link.page, link.anchor))
        return found

    def _prose(self, block: Prose) -> str:
        def href(target: str) -> str:
            return self._links.written(self._page.name, target, block.path, block.line)

        return prose.html(block, href, self._taken)


def _tiles(block: Tiles) -> str:
    tiles = [
        f'<li class="tile {tile.kind}{"" if tile.count else " none"}"><b>{tile.count:,}</b> {_shown(tile.label)}</li>'
        for tile in block.tiles
    ]
    return f'<ul class="tiles">{"".join(tiles)}</ul>'
