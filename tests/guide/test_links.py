from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourhalf.guide.blocks import Heading, Link, Page, Paragraph
from ourhalf.guide.errors import GuideError
from ourhalf.guide.html import render
from ourhalf.guide.links import Links, headings, links_in
from ourhalf.guide.site import Site
from ourhalf.guide.source import page_of
from tests.guide.sites import broken


def page(name: str, *links: Link) -> Page:
    return Page(name, name, "", (Heading(2, ("H",), "h"), Paragraph(links)))


def test_ways_between_pages() -> None:
    links = Links([page("index"), page("a/b"), page("a/c"), page("d/e é")], ".html")
    assert links.href("index", "a/b") == "a/b.html"
    assert links.href("a/b", "index", "h") == "../index.html#h"
    assert links.href("a/b", "a/c") == "c.html"
    assert links.href("a/b", "d/e é") == "../d/e%20%C3%A9.html"
    assert links.href("a/b", "", "h") == "#h"
    assert links.href("a/b", "a/b", "h") == "#h"


@pytest.mark.parametrize("link", [Link("x", "none"), Link("x", "b", "none"), Link("x", "", "none")])
def test_a_link_of_our_own_that_leads_nowhere_stops_the_build(link: Link) -> None:
    with pytest.raises(GuideError, match="there is no such"):
        list(render(Site("t", "a", (page("index"), page("b", link)))))


def test_two_pages_of_one_name_stop_the_build() -> None:
    with pytest.raises(GuideError, match="two pages have this name"):
        Links([page("a"), page("a")], "")


def test_links_of_markdown() -> None:
    text = (
        "[a](one.md) and ![b](two.png)\n"
        "[c [d]](<three.md> 'title') `[no](code.md)` ``[`no](code.md)``\n"
        "~~~\n[no](fence.md)\n```\n[no](fence.md)\n~~~\n"
        "[r]: four.md\n"
        "see [r]: no.md, and [r][r]\n"
        "    ```\n[e](five.md#x)\n"
    )
    assert [(one.target, one.line, one.picture) for one in links_in(text, 11)] == [
        ("one.md", 11, False),
        ("two.png", 11, True),
        ("three.md", 12, False),
        ("four.md", 18, False),
        ("five.md#x", 21, False),
    ]


@pytest.mark.parametrize(
    "piece", ["[x[y]", "[", "![a](", "`", "``a", "# ", "#" * 7, " ", "\t", "[a]: ", "- ", "]( ", "{{", "\\{{", "--- "]
)
def test_long_lines_are_read_in_time(piece: str) -> None:
    line = piece * (300_000 // len(piece))
    for text in (line, f"# {line}x", f"[{line}", f"`{line}\n", f"a\n{line}"):
        assert len(list(headings(text))) <= 1
        assert len(list(links_in(text, 1))) <= len(text)
        with suppress(GuideError):
            page_of(text, "page.md", {})


@given(st.text(alphabet="#[]()!`~=- \ta\n\r"))
def test_any_text_has_headings_and_links_on_its_lines(text: str) -> None:
    lines = text.split("\n")
    assert all(lines[one.number].strip().startswith("#") or one.text for one in headings(text))
    assert all(1 <= one.line <= len(lines) for one in links_in(text, 1))


def test_a_page_that_is_all_code_has_none() -> None:
    assert list(headings("```\n# no\n")) == []
    assert [one.text for one in headings("```a`b\n# yes\n")] == ["yes"]


def test_headings_of_markdown() -> None:
    text = "# One #\n## C#\n### #\n\nTwo\n===\n\nThree\n---\n\n```\n# no\n```\n\n- a\n---\n#no\n### Four\r\n"
    assert [(one.level, one.text, one.number) for one in headings(text)] == [
        (1, "One", 0),
        (2, "C#", 1),
        (3, "", 2),
        (1, "Two", 4),
        (2, "Three", 7),
        (3, "Four", 17),
    ]


def test_the_check_of_written_pages_finds_what_is_broken() -> None:
    pages = {"a.html": '<p id="x"><a href="b/c.html#y"> <a href="#x">', "b/c.html": '<p id="y"><a href="../a.html#x">'}
    assert broken(pages) == []
    pages["b/c.html"] += '<a href="a.html"><a href="../a.html#z"><a href="http://example.com/">'
    assert len(broken(pages)) == 3
