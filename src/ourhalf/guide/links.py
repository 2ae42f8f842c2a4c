"""Links between the pages of a guide: each must lead somewhere, or nothing is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import cache
from posixpath import dirname, join, normpath, relpath
from typing import NamedTuple
from urllib.parse import quote, unquote

from ourhalf.guide.blocks import Block, Folded, Heading, Page, Prose, Table
from ourhalf.guide.errors import GuideError
from ourhalf.guide.names import heading_anchor

_FENCE = re.compile(r"[ ]{0,3}(`{3,}(?=[^`]*$)|~{3,})")
_HEADING = re.compile(r"[ ]{0,3}(#{1,6})[ \t]+(\S.*)$")
_UNDERLINE = re.compile(r"[ ]{0,3}(=+|-+)[ \t]*$")
# Repetitions are bounded so that no line takes longer than its length allows.
_CODE = re.compile(r"(`{1,8})[^`]{0,2000}\1")
_LINK = re.compile(r"(!?)\[(?:[^\[\]]|\[[^\[\]]{0,400}\]){0,400}\]\([ \t]{0,8}<?([^)>\s]*)")
_REFERENCE = re.compile(r"[ ]{0,3}\[[^\]]+\]:\s*<?([^>\s]+)")
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


class MarkdownLink(NamedTuple):
    """A link that a page of Markdown writes: where it leads, on which line, and whether it is a picture."""

    target: str
    line: int
    picture: bool


class MarkdownHeading(NamedTuple):
    """A heading of a page of Markdown; `number` is its line in the text, from 0."""

    level: int
    text: str
    number: int


def headings(markdown: str) -> Iterator[MarkdownHeading]:
    """The headings of a text."""
    lines = list(_lines(markdown))
    for (number, line), (_, following) in zip(lines, [*lines[1:], (0, "")], strict=False):
        found = _HEADING.match(line)
        if found is not None:
            yield MarkdownHeading(len(found[1]), _unclosed(found[2].rstrip()), number)
        elif line.strip() and not line.lstrip().startswith(("-", "*", ">", "|", "#")):
            under = _UNDERLINE.match(following)
            if under is not None:
                yield MarkdownHeading(1 if under[1].startswith("=") else 2, line.strip(), number)


def _unclosed(text: str) -> str:
    """The text of a heading without the signs that may close it."""
    before = text.rstrip("#")
    return before.rstrip() if not before or before[-1] in " \t" else text


def links_in(markdown: str, first_line: int) -> Iterator[MarkdownLink]:
    """The links that a text writes, outside of code."""
    for number, line in _lines(markdown):
        plain = _CODE.sub(lambda found: " " * len(found[0]), line)
        for found in _LINK.finditer(plain):
            yield MarkdownLink(found[2], number + first_line, found[1] == "!")
        reference = _REFERENCE.match(plain)
        if reference is not None:
            yield MarkdownLink(reference[1], number + first_line, False)


def _lines(markdown: str) -> Iterator[tuple[int, str]]:
    """The lines of a text, from 0, without those of fenced code."""
    fence = ""
    for number, line in enumerate(markdown.split("\n")):
        found = _FENCE.match(line)
        if fence:
            if found is not None and found[1].startswith(fence) and not line.strip().strip(found[1][0]):
                fence = ""
            continue
        if found is not None:
            fence = found[1]
            continue
        yield number, line.rstrip("\r")


def elsewhere(target: str) -> bool:
    """Whether a link leads out of the site."""
    return _ELSEWHERE.match(target) is not None


class Links:
    """Where pages stand, and the places in them."""

    def __init__(self, pages: Iterable[Page], ending: str) -> None:
        self._ending = ending
        self._anchors: dict[str, set[str]] = {}
        for page in pages:
            if page.name in self._anchors:
                raise GuideError(page.name, None, "two pages have this name")
            self._anchors[page.name] = set(_anchors(page.blocks))

    def href(self, page: str, to: str, anchor: str = "") -> str:
        """What leads from `page` to a place in `to`, which is `page` itself where it is empty. Raises GuideError."""
        to = to or page
        if to not in self._anchors:
            raise GuideError(page, None, f"a link leads to {to}, and there is no such page")
        if anchor and anchor not in self._anchors[to]:
            raise GuideError(page, None, f"a link leads to {anchor} in {to}, and there is no such place")
        place = f"#{quote(anchor)}" if anchor else ""
        if to == page and anchor:
            return place
        return f"{_way(to, dirname(page))}{self._ending}{place}"

    def written(self, page: str, target: str, path: str, line: int) -> str:
        """What leads where a page of the user's own says. Raises GuideError, which names the file and line."""
        if elsewhere(target):
            return target
        file, _, anchor = unquote(target).partition("#")
        to = normpath(join(dirname(page), file)).removesuffix(".md") if file else page
        if file and not file.endswith(".md"):
            raise GuideError(path, line, f"{target} leads to no page of the guide; link to pages that end in .md")
        if to not in self._anchors:
            raise GuideError(path, line, f"{target} leads to no page of the guide{self._near(to, page)}")
        if anchor and anchor not in self._anchors[to]:
            near = get_close_matches(anchor, self._anchors[to], 1)
            raise GuideError(path, line, f"{target}: no heading there{f'; did you mean #{near[0]}?' if near else ''}")
        return self.href(page, to, anchor)

    def _near(self, to: str, page: str) -> str:
        near = get_close_matches(to, self._anchors, 1)
        return f"; did you mean {relpath(near[0], dirname(page) or '.')}.md?" if near else ""


@cache
def _way(to: str, folder: str) -> str:
    """What leads from a folder of the site to a page, by its name."""
    return quote(relpath(to, folder or "."))


def check_written(page: Page, links: Links) -> None:
    """Raise GuideError where a link that people wrote leads nowhere in the guide."""
    for block in page.blocks:
        if not isinstance(block, Prose):
            continue
        for link in links_in(block.markdown, block.line):
            if link.picture and not elsewhere(link.target):
                raise GuideError(block.path, link.line, f"{link.target}: pictures are not taken over; link to one")
            links.written(page.name, link.target, block.path, link.line)


def _anchors(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        match block:
            case Heading(anchor=anchor) if anchor:
                yield anchor
            case Table():
                yield from (row.anchor for row in block.rows if row.anchor)
            case Prose():
                yield from (heading_anchor(one.text) for one in headings(block.markdown))
            case Folded():
                if block.anchor:
                    yield block.anchor
                yield from _anchors(block.blocks)
            case _:
                pass
