"""What tests of the guide share: a written site, and a reader of it that trusts nothing of ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from html.parser import HTMLParser
from posixpath import dirname, join, normpath
from urllib.parse import unquote

from ourhalf.guide.glossary import glossary
from ourhalf.guide.site import Site, renderer, site
from ourhalf.guide.source import SourcePage, page_of
from ourhalf.model.finding import Assessment

VOID = frozenset({"meta", "br", "hr", "img", "input", "link", "path", "circle"})


def made(assessment: Assessment, own: Mapping[str, str] = {}) -> Site:
    """The guide to an assessment, with pages of the user's own by their names."""
    values = glossary()
    pages: dict[str, SourcePage] = {name: page_of(text, f"{name}.md", values) for name, text in own.items()}
    return site(assessment, values, pages)


def written(assessment: Assessment, form: str = "html", own: Mapping[str, str] = {}) -> dict[str, str]:
    """Every page of the guide to an assessment by its path."""
    return dict(renderer(form)(made(assessment, own)))


class Reader(HTMLParser):
    """What a page holds: text, places, links, and all that could run or load something."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = ""
        self.ids: list[str] = []
        self.hrefs: list[str] = []
        self.active: list[str] = []
        self.headings: list[int] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open, f"not closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self._open.append(tag)
        if tag in ("script", "img", "iframe", "object", "embed", "form", "link", "base", "video", "audio"):
            self.active.append(tag)
        if tag in ("h1", "h2", "h3"):
            self.headings.append(int(tag[1]))
        for name, value in attrs:
            if name.startswith("on") or name in ("src", "srcset", "style", "action"):
                self.active.append(f"{tag} {name}")
            if name == "id" and value:
                self.ids.append(value)
            if name == "href" and value:
                self.hrefs.append(value)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        self.text += data


def broken(pages: Mapping[str, str]) -> list[str]:
    """Links between pages that lead nowhere, and links elsewhere that are no https."""
    places = {path: set(map(unescape, re.findall(r' id="([^"]*)"', text))) for path, text in pages.items()}
    wrong = []
    for path, text in pages.items():
        for href in {unescape(one) for one in re.findall(r' href="([^"]*)"', text)}:
            if href.startswith("https://"):
                continue
            file, _, anchor = href.partition("#")
            to = normpath(join(dirname(path), unquote(file))) if file else path
            if to not in places:
                wrong.append(f"{path}: {href}")
            elif anchor and unquote(anchor) not in places[to]:
                wrong.append(f"{path}: {href}: no such place")
    return wrong
