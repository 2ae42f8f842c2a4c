from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.guide.browser import needs_chromium, shown
from tests.guide.sites import Reader, broken

Run = Callable[..., Any]

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: train}
spec:
  containers:
    - name: main
      image: 763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.8.0-gpu-py312-cu129-ubuntu22.04-ec2
      securityContext: {privileged: PRIVILEGED}
      env:
        - name: DB_PASSWORD
          value: hunter2
"""
CHAPTER = Path("guide/chapters/infrastructure.html")


def pod(privileged: str) -> None:
    Path("deploy").mkdir(exist_ok=True)
    Path("deploy/pod.yaml").write_text(POD.replace("PRIVILEGED", privileged))


def one_line(text: str) -> bool:
    return text.startswith("ourhalf: ") and text.count("\n") == 1 and "Traceback" not in text


def row_of(title: str, page: Path) -> str:
    """The text of the table's row about a control, as a browser shows it."""
    table = (
        shown(page)
        .partition('aria-label="What the workloads have now"')[2]
        .partition("<tbody>")[2]
        .partition("</tbody>")[0]
    )
    row = next(row for row in table.split("</tr>") if title in row)
    return " ".join(Reader(f"<table>{row}</tr></table>".replace("</td>", " </td>")).text.split())


@needs_chromium
def test_a_changed_field_changes_the_page(run: Run) -> None:
    title = "Containers run without privileged mode"
    told = {}
    for value in ("true", "false", "$(any)"):
        pod(value)
        done = run("guide", "deploy", "--output", "guide")
        assert (done.status, done.err) == (0, "")
        told[value] = row_of(title, CHAPTER)
    assert told == {
        "true": f"fail high {title} fails on 1 of 1: train/main",
        "false": f"holds {title} holds on 1 of 1: train/main",
        "$(any)": f"unknown high {title} unknown on 1 of 1: train/main",
    }


def test_a_guide_is_written_whole(run: Run) -> None:
    pod("true")
    done = run("guide", "deploy", "--output", "guide", "--as-of", "2026-11-02")
    assert (done.status, done.err) == (0, "")
    assert done.out == "guide/index.html: 13 pages on 1 workload\n"
    pages = {str(p.relative_to("guide")): p.read_text() for p in Path("guide").rglob("*.html")}
    assert broken(pages) == []
    assert not [path for path, text in pages.items() if "hunter2" in text]
    assert "privileged: false" in pages["chapters/infrastructure.html"]
    assert "deploy/pod.yaml:8" in pages["chapters/infrastructure.html"]
    assert "as of 2026-11-02" in pages["index.html"]


def test_a_finished_assessment_gives_the_same_guide(run: Run) -> None:
    pod("true")
    run("assess", "deploy", "--as-of", "2026-11-02", "--format", "json=found.json")
    run("guide", "deploy", "--as-of", "2026-11-02", "--output", "one")
    assert run("guide", "found.json", "--output", "two").status == 0
    assert {p.name: p.read_bytes() for p in Path("one").rglob("*") if p.is_file()} == {
        p.name: p.read_bytes() for p in Path("two").rglob("*") if p.is_file()
    }
    done = run("guide", "found.json", "--output", "two", "--as-of", "2026-11-03")
    assert done.status == 2
    assert one_line(done.err)


def test_pages_and_names_of_the_user(run: Run) -> None:
    pod("true")
    Path("own").mkdir()
    Path("own/team.md").write_text("# {{ team }} on {{ aws }}\n")
    Path("names.yaml").write_text("team: Platform <b>\naws: Amazon\n")
    call = ("guide", "deploy", "--page", "own", "--glossary", "names.yaml", "--output", "guide")
    assert run(*call).status == 0
    assert "<h1>" not in (html := Path("guide/pages/team.html").read_text())
    assert ">Platform &lt;b&gt; on Amazon</h1>" in html
    assert run(*call[:-1], "pages", "--format", "markdown").out == "pages/index.md: 14 pages on 1 workload\n"
    assert Path("pages/pages/team.md").read_text() == "# Platform <b> on Amazon\n"


@pytest.mark.parametrize(
    ("page", "names", "reason"),
    [
        ("a\n{{ teem }}\n", "team: x\n", "own.md:2: no variable is named teem; did you mean team?"),
        ("a\n", "team: '{{ team }}'\n", "names.yaml:1: team refers to itself: team → team"),
        ("a\n", "team: \"{{ ''.__class__ }}\"\n", "names.yaml:1: team: `{{ ''.__class__ }}` is no variable"),
        ("---\ntitle: [\n---\n", "team: x\n", "own.md:3: front matter: "),
        ("[x](none.md)\n", "team: x\n", "own.md:1: none.md leads to no page of the guide"),
    ],
)
def test_mistakes_in_pages_are_told_and_nothing_is_written(run: Run, page: str, names: str, reason: str) -> None:
    pod("true")
    Path("own.md").write_text(page)
    Path("names.yaml").write_text(names)
    done = run("guide", "deploy", "--page", "own.md", "--glossary", "names.yaml", "--output", "guide")
    assert (done.status, done.out) == (2, "")
    assert one_line(done.err)
    assert reason in done.err
    assert not Path("guide").exists()


def test_mistakes_of_the_call_are_told(run: Run) -> None:
    pod("true")
    Path("held").mkdir()
    Path("held/mine.txt").write_text("mine")
    for arguments, reason in (
        (("none", "--output", "guide"), "none: no such file or folder"),
        (("deploy", "--output", "held"), "held: holds something else"),
        (("deploy", "--output", "no/guide"), "there is no folder"),
        (("deploy",), "Missing option '--output'"),
        (("deploy", "--output", "guide", "--glossary", "none.yaml"), "none.yaml: no such file"),
        (("deploy", "--output", "guide", "--page", "none.md"), "none.md: no such page"),
        (("deploy", "--output", "guide", "--format", "pdf"), "'pdf' is not one of"),
    ):
        done = run("guide", *arguments)
        assert done.status == 2, arguments
        assert one_line(done.err), done.err
        assert reason in done.err
    assert Path("held/mine.txt").read_text() == "mine"


def test_without_the_extra_html_names_it_and_markdown_works(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    pod("true")
    monkeypatch.setitem(sys.modules, "markdown_it", None)
    done = run("guide", "deploy", "--output", "guide")
    assert done.status == 2
    assert one_line(done.err)
    assert "pip install 'ourhalf[guide]'" in done.err
    assert run("guide", "deploy", "--output", "guide", "--format", "markdown").status == 0
    assert "# Infrastructure security" in Path("guide/chapters/infrastructure.md").read_text()


def test_help_teaches(run: Run) -> None:
    done = run("guide", "--help")
    assert done.status == 0
    for word in ("--glossary", "--page", "--format", "{{aws}}", "MkDocs"):
        assert word in done.out
