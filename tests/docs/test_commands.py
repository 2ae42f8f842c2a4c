"""Runs what the documentation tells people to type, and compares what it shows of the output.

In a ```console block a line that begins with `$ ` is a command, lines that begin with `> ` go on with it, and
what stands below is its output: a line `...` stands for any lines, `...` inside a line for any text. A command
of which no output is shown may print anything; one that fails otherwise than by what it found is followed by
`echo $?`. The commands of a page run in order, in one shell in a copy of the repository.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]

NOT_RUN = {
    "git clone": "needs the network; a checkout is where this runs",
    "cd ourhalf": "belongs to the clone",
    "python3 -m venv": "belongs to an installation, which this test is inside of",
    ". ": "belongs to an installation, which this test is inside of",
    "pip install": "needs the network; `make demo` installs in CI",
    "make demo": "CI runs it: it sets up an environment of its own",
    "make test": "CI runs it: it would run this test again",
    "make golden": "writes the pages that this test reads",
}
"""Commands by how they begin, and why they are not run here."""


class Command(NamedTuple):
    """What to type, and the lines that shall come of it; None where a page shows none."""

    text: str
    output: list[str] | None


def commands(page: str) -> list[Command]:
    """The commands of all console blocks of a page, in order."""
    found: list[Command] = []
    for block in re.findall(r"^```console\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        text: list[str] = []
        shown: list[str] = []
        for line in [*block.splitlines(), "$ "]:
            if line.startswith("$ "):
                if text:
                    found.append(Command("\n".join(text), shown or None))
                text, shown = [line[2:]], []
            elif f"{line} ".startswith("> ") and not shown:
                text.append(line[2:])
            else:
                shown.append(line)
    return found


def like(shown: list[str]) -> re.Pattern[str]:
    """What the output that a page shows stands for."""
    lines = [r"(?:.*\n)*?" if line.strip() == "..." else _line(line) for line in shown]
    return re.compile("".join(lines) + r"\s*")


def _line(line: str) -> str:
    return r"[^\n]*".join(re.escape(part) for part in line.rstrip().split("...")) + r"[ ]*\n"


pytestmark = pytest.mark.skipif(os.environ.get("OURHALF_GOLDEN") == "write", reason="pages are being written")

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
TOLD = [page for page in PAGES if "```console" in page.read_text("utf-8")]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the repository."""
    left_out = shutil.ignore_patterns(
        ".git", ".venv", "build", "dist", "docs", "tests", "benchmarks", "__pycache__", ".*"
    )
    target = tmp_path / "ourhalf"
    shutil.copytree(ROOT, target, ignore=left_out)
    return target


@pytest.mark.parametrize("page", TOLD, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_do_what_the_page_says(page: Path, copy: Path) -> None:
    told = [one for one in commands(page.read_text("utf-8")) if not one.text.startswith(tuple(NOT_RUN))]
    asked = [one.text == "echo $?" for one in told[1:]] + [False for _ in told[:1]]
    ran = _run([one.text for one in told], copy)
    for command, (status, output), shown in zip(told, ran, asked, strict=True):
        assert shown or status in (0, 1), f"$ {command.text}\n{output}"
        if command.output is not None:
            assert like(command.output).fullmatch(output), f"$ {command.text}\n{output}"


def _run(texts: list[str], folder: Path) -> list[tuple[int, str]]:
    """Status and output of each command, run in one shell."""
    script = "".join(f"(exit $last)\n{text}\nlast=$?; printf '\\036%s\\036' $last\n" for text in texts)
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("OURHALF")},
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "OURHALF_CACHE_DIR": str(folder.parent / "cache"),
        "NO_COLOR": "1",
    }
    done = subprocess.run(
        ["bash", "-c", f"last=0\n{script}"],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    pieces = done.stdout.split("\x1e")
    return [(int(pieces[n + 1]), pieces[n]) for n in range(0, len(pieces) - 1, 2)]


def test_each_exception_is_one_of_a_page() -> None:
    told = [one.text for page in TOLD for one in commands(page.read_text("utf-8"))]
    unused = [start for start in NOT_RUN if not any(text.startswith(start) for text in told)]
    assert not unused, "no page tells these any more"


def test_a_shell_keeps_status_and_folder(tmp_path: Path) -> None:
    assert _run(["mkdir a", "cd a", "pwd | sed 's,.*/,,'", "(exit 3)", "echo $?"], tmp_path) == [
        (0, ""),
        (0, ""),
        (0, "a\n"),
        (3, ""),
        (0, "3\n"),
    ]


def test_output_is_compared_but_for_what_is_left_out() -> None:
    assert commands("```console\n$ cat <<E\n> a\n> E\na\n$ b\n```\n") == [
        Command("cat <<E\na\nE", ["a"]),
        Command("b", None),
    ]
    pattern = like(["one", "...", "t...e", ""])
    assert pattern.fullmatch("one\ntwo\nthree\n\n")
    assert pattern.fullmatch("one\nthree\n\n")
    assert not pattern.fullmatch("one\ntwo\nthree\nfour\n")
    assert not pattern.fullmatch("ones\nthree\n\n")


LINK = re.compile(r"\]\((?!https?://|mailto:)([^)#\s]*)(?:#([^)\s]*))?\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for path, heading in LINK.findall(page.read_text("utf-8")):
        target = page if not path else page.parent / path
        assert target.exists(), path
        if heading:
            assert heading in _anchors(target.read_text("utf-8")), f"{path}#{heading}"


def _anchors(text: str) -> set[str]:
    """The headings of a page as links name them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
