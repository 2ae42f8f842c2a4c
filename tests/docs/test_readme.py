"""The output that the README shows is that of the example; OURHALF_GOLDEN=write makes it again."""

from __future__ import annotations

import os
import re
from itertools import takewhile
from pathlib import Path

import pytest
from click.testing import CliRunner

from ourhalf.cli.main import ourhalf

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
COMMAND = "ourhalf assess examples/acme --as-of 2026-11-01"
BLOCK = re.compile(r"(<!-- Written by `make golden` from the example.*?-->\n)```console\n.*?```\n", re.DOTALL)

MOST_LINES = 46
FAILURES = 4
SUMMARY = 3


def trimmed(output: str) -> list[str]:
    """The head, the first failures of the worst workload, and the first lines of the summary."""
    lines = output.splitlines()
    kept: list[str] = []
    failures = 0
    for line in lines:
        failures += bool(re.match(r"  (?:CRITICAL|HIGH|MEDIUM|LOW) ", line))
        if failures > FAILURES or len(kept) == MOST_LINES:
            break
        kept.append(line)
    end = lines[lines.index("Summary") :]
    rows = list(takewhile(lambda line: not line.startswith("unknown"), end))
    return [*kept, "...", *rows[: SUMMARY + 1], "..."]


@pytest.fixture
def output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("OURHALF_CACHE_DIR", str(tmp_path))
    return CliRunner().invoke(ourhalf, COMMAND.split()[1:]).output


def test_the_output_is_that_of_the_example(output: str) -> None:
    block = "\n".join(["```console", f"$ {COMMAND}", *trimmed(output), "```\n"])
    before = README.read_text("utf-8")
    assert BLOCK.search(before), "the README shows no output of the example"
    after = BLOCK.sub(lambda found: found[1] + block, before)
    if os.environ.get("OURHALF_GOLDEN") == "write":
        README.write_text(after, "utf-8")
        return
    assert before == after, "out of date: run `make golden` and look at the difference"
