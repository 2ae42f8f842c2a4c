from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from functools import cache

import msgspec
import pytest

from ourhalf.guide.errors import GuideError
from ourhalf.model.finding import Assessment
from ourhalf.reports.json import load
from ourhalf.reports.json import render as to_json
from tests.corpora import assessed, needs_corpora
from tests.guide.sites import Reader, broken, written
from tests.samples import HOSTILE, large, sample

OWN = {
    "about": "# About {{ dlc }}\n\nSee [that](sub/more.md#the-second) and [data](../chapters/data-protection.md).\n\n"
    "![drawn](https://example.com/a.png) <script>alert(3)</script> [x](javascript:alert(4)) <https://example.com/>\n",
    "sub/more": "no title\n\nThe second\n----------\n\n```\n[not](a link)\n```\n\n"
    "`[nor](this)` [back](../about.md) [up](#the-second)\n",
}


@cache
def pages() -> dict[str, str]:
    return written(sample(), own=OWN)


def test_every_link_leads_somewhere() -> None:
    assert broken(pages()) == []
    assert sum(len(Reader(text).hrefs) for text in pages().values()) > 300


@needs_corpora
def test_every_link_of_a_guide_to_real_configuration_leads_somewhere() -> None:
    found = written(assessed())
    assert broken(found) == []
    assert 40 <= len(found) <= 60


def test_names_and_reasons_run_nothing_and_load_nothing() -> None:
    for path, text in pages().items():
        page = Reader(text)
        assert page.active == ["script"], path
        assert "\u202e" not in text
        assert "\x1b" not in text
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
        script = re.search(r"<script>(.*?)</script>", text, re.DOTALL)
        style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
        assert policy is not None
        assert script is not None
        assert style is not None
        for held in (script, style):
            digest = base64.b64encode(hashlib.sha256(held[1].encode()).digest()).decode()
            assert f"'sha256-{digest}'" in policy[1]
        assert policy[1].startswith("default-src 'none'; ")
        assert "url(" not in style[1]
        assert "@import" not in style[1]
    shown = HOSTILE.replace("\x1b", "\ufffd").replace("\u202e", "\ufffd")
    assert sum(shown in Reader(text).text for text in pages().values()) > 5


def test_pages_are_written_so_that_all_can_read_them() -> None:
    for path, text in pages().items():
        page = Reader(text)
        assert text.startswith('<!doctype html>\n<html lang="en">'), path
        assert page.headings.count(1) == 1, path
        assert all(after - before <= 1 for before, after in zip(page.headings, page.headings[1:], strict=False)), path
        assert [one for one, count in Counter(page.ids).items() if count > 1] == [], path
        assert text.count('aria-current="page"') == 1, path
        assert '<a class="skip" href="#main">' in text
        assert text.count("<table>") == text.count('role="region" aria-label="')
        assert "{{" not in page.text.replace("{{ any", "")


def test_pages_of_the_user_are_pages_of_the_site() -> None:
    page = Reader(pages()["pages/about.html"])
    assert "About Deep Learning Containers" in page.text
    assert "<script>alert(3)</script>" in page.text
    assert "[x](javascript:alert(4))" in page.text
    assert {"sub/more.html#the-second", "../chapters/data-protection.html", "https://example.com/a.png"} <= set(
        page.hrefs
    )
    more = Reader(pages()["pages/sub/more.html"])
    assert "[not](a link)" in more.text
    assert "../about.html" in more.hrefs
    assert "Your pages" in Reader(pages()["index.html"]).text


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a\n\n[x](none.md)", 3, "leads to no page of the guide"),
        ("[x](abuot.md)", 1, "did you mean about.md?"),
        ("[x](../../../etc/passwd)", 1, "link to pages that end in .md"),
        ("[x](../../../etc/passwd.md)", 1, "leads to no page of the guide"),
        ("a [x](about.md#the-secnod)", 1, "no heading there; did you mean #the-second?"),
        ("a\n[x](#nowhere)", 2, "no heading there"),
        ("a\n![x](drawn.png)", 2, "pictures are not taken over"),
        ("a\n\n[x]: none.md\n", 3, "leads to no page"),
        ("---\ntitle: x\n---\n\n[x](none.md)", 5, "leads to no page"),
    ],
)
@pytest.mark.parametrize("form", ["html", "markdown"])
def test_a_link_that_leads_nowhere_is_told_with_its_line(form: str, text: str, line: int, reason: str) -> None:
    with pytest.raises(GuideError) as raised:
        written(sample(), form, {"mine": text, "about": "# A\n\n## The second\n"})
    assert (raised.value.path, raised.value.line) == ("mine.md", line)
    assert reason in raised.value.reason


def test_addresses_of_an_assessment_are_links_only_where_they_are_https() -> None:
    base = sample()
    row = msgspec.structs.replace(base.responsibilities[2], sources=("javascript:alert(5)", "https://b.example/x"))
    text = written(msgspec.structs.replace(base, responsibilities=(row,)))["chapters/infrastructure.html"]
    assert not [href for href in Reader(text).hrefs if href.startswith("javascript")]
    assert "javascript:alert(5)" in Reader(text).text
    assert "https://b.example/x" in Reader(text).hrefs


def test_ids_of_an_assessment_stay_inside_of_their_quotes() -> None:
    base = sample()
    found = tuple(msgspec.structs.replace(one, id=f'"><b>{n} é') for n, one in enumerate(base.findings))
    found = tuple(msgspec.structs.replace(one, control=f'{one.control}"><i x="') for one in found)
    odd = msgspec.structs.replace(base, findings=found)
    assert broken(written(odd)) == []
    assert all(Reader(text).active == ["script"] for text in written(odd).values())


def test_rows_of_the_matrix_are_named() -> None:
    assert '<th scope="row"><b>Network</b></th>' in pages()["chapters/shared-responsibility.html"]


def test_a_finished_assessment_gives_the_same_pages() -> None:
    again = load(to_json(sample()).encode())
    assert written(again, own=OWN) == pages()


def test_nothing_at_all_is_told_as_nothing() -> None:
    base = sample()
    empty = Assessment(
        tool=base.tool,
        as_of=base.as_of,
        targets=base.targets,
        profile=base.profile,
        workloads=(),
        findings=(),
        responsibilities=(),
        images=(),
        unread=(),
    )
    found = written(empty)
    assert broken(found) == []
    assert "No workload was found in deploy" in Reader(found["chapters/identity.html"]).text
    assert "Nothing that was read is asked about this." in Reader(found["chapters/identity.html"]).text


def test_many_workloads_share_pages() -> None:
    found = written(large(500))
    assert broken(found) == []
    assert 36 <= len(found) <= 42
    assert "EKS workloads 1 to 21 of 500" in Reader(found["workloads/eks-1.html"]).text
