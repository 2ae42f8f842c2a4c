from __future__ import annotations

import pytest

from ourhalf.guide.blocks import Heading, Link, Page, Paragraph
from ourhalf.guide.errors import GuideError
from ourhalf.guide.html import render
from ourhalf.guide.links import Links, headings, links_in
from ourhalf.guide.site import Site
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
        "    ```\n[e](five.md#x)\n"
    )
    assert [(one.target, one.line, one.picture) for one in links_in(text, 11)] == [
        ("one.md", 11, False),
        ("two.png", 11, True),
        ("three.md", 12, False),
        ("four.md", 18, False),
        ("five.md#x", 20, False),
    ]


def test_headings_of_markdown() -> None:
    text = "# One #\n\nTwo\n===\n\nThree\n---\n\n```\n# no\n```\n\n- a\n---\n#no\n### Four\r\n"
    assert [(one.level, one.text, one.number) for one in headings(text)] == [
        (1, "One", 0),
        (1, "Two", 2),
        (2, "Three", 5),
        (3, "Four", 15),
    ]


def test_the_check_of_written_pages_finds_what_is_broken() -> None:
    pages = {"a.html": '<p id="x"><a href="b/c.html#y"> <a href="#x">', "b/c.html": '<p id="y"><a href="../a.html#x">'}
    assert broken(pages) == []
    pages["b/c.html"] += '<a href="a.html"><a href="../a.html#z"><a href="http://example.com/">'
    assert len(broken(pages)) == 3
