from __future__ import annotations

import re
from functools import cache
from posixpath import dirname, join, normpath
from urllib.parse import unquote

from markdown_it import MarkdownIt

from ourhalf.guide.links import headings
from ourhalf.guide.names import heading_anchor
from tests.guide.sites import Reader, written
from tests.samples import sample

OWN = {"own": "---\ntitle: Ours\n---\r\n# Ours {{ aws }}\r\n\r\n[data](../chapters/data-protection.md)   \r\n"}


@cache
def pages() -> dict[str, str]:
    return written(sample(), "markdown", OWN)


def test_every_link_leads_somewhere() -> None:
    places = {
        path: {*re.findall(r'<a id="([^"]*)"></a>', text), *(heading_anchor(one.text) for one in headings(text))}
        for path, text in pages().items()
    }
    checked = 0
    for path, text in pages().items():
        for href in re.findall(r"\]\(([^)\s]*)\)", text):
            if href.startswith("https://") or "javascript:" in href:  # the latter is escaped text of the sample
                continue
            file, _, anchor = href.partition("#")
            to = normpath(join(dirname(path), unquote(file))) if file else path
            assert to in places, f"{path}: {href}"
            assert not anchor or anchor in places[to], f"{path}: {href}"
            checked += 1
    assert checked > 90


def test_a_page_of_the_user_changes_in_its_variables_alone() -> None:
    assert pages()["pages/own.md"] == OWN["own"].replace("{{ aws }}", "AWS")


def test_names_and_reasons_are_no_markup() -> None:
    for path, text in pages().items():
        if path.startswith("pages/"):
            continue
        page = Reader(MarkdownIt("commonmark").enable("table").render(text))
        assert page.active == [], path
        assert not [href for href in page.hrefs if href.startswith("javascript")], path
        assert "\u202e" not in text
        assert "\x1b" not in text


def test_tables_keep_their_shape() -> None:
    for path, text in pages().items():
        rendered = MarkdownIt("commonmark").enable("table").render(text)
        assert rendered.count("<table>") == len(re.findall(r"^\| ---", text, re.MULTILINE)), path
        rows = [re.sub(r"`[^`]*`|\\.", "", line) for line in text.splitlines() if line.startswith("| ")]
        counts = [row.count("|") for row in rows]
        assert all(count >= 3 for count in counts)


def test_each_page_has_one_title() -> None:
    for path, text in pages().items():
        assert [one.level for one in headings(text)].count(1) == 1, path
