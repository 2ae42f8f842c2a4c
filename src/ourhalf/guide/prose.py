"""Markdown of pages as HTML. HTML in it is shown, not taken; so are addresses that would run something."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from ourhalf.guide.blocks import Prose
from ourhalf.guide.links import headings
from ourhalf.guide.names import heading_anchor
from ourhalf.reports.summary import harmless

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


def require() -> None:
    """Raise ImportError where Markdown cannot be made HTML here."""
    import markdown_it  # noqa: F401


def html(prose: Prose, href: Callable[[str], str], taken: set[str]) -> str:
    """The HTML of a text; `href` gives what a link becomes, and `taken` holds the places that the page has already."""
    parser = _parser()
    tokens = parser.parse(harmless(prose.markdown.replace("\r\n", "\n")))
    named = {heading.number: heading_anchor(heading.text) for heading in headings(prose.markdown)}
    for token in _all(tokens):
        if token.type == "link_open":
            token.attrSet("href", href(str(token.attrGet("href") or "")))
        elif token.type == "heading_open" and token.map is not None:
            anchor = named.get(token.map[0], "")
            if anchor and anchor not in taken:
                taken.add(anchor)
                token.attrSet("id", anchor)
    rendered: str = parser.renderer.render(tokens, parser.options, {})
    return rendered


def _all(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        if token.children:
            yield from _all(token.children)


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt
    from markdown_it.common.utils import escapeHtml

    def picture(self: Any, tokens: list[Token], at: int, options: Any, env: Any) -> str:
        """A picture as a link to it: a page of the guide asks nobody for anything."""
        token = tokens[at]
        text = escapeHtml(token.content or str(token.attrGet("src")))
        return f'<a href="{escapeHtml(str(token.attrGet("src")))}" rel="noreferrer">{text}</a>'

    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable("table").enable("strikethrough")
    parser.add_render_rule("image", picture)
    return parser
