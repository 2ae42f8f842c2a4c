"""`ourhalf history` over three rounds of a watch."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_watch import POD, pod

Run = Callable[..., Any]


@pytest.fixture(autouse=True)
def rounds(run: Run) -> None:
    for host in ("true", "false", "true"):
        pod(host)
        run("watch", "pod.yaml", "--once", "--as-of", "2026-11-01")


def test_list(run: Run) -> None:
    done = run("history", "list")
    lines = done.out.splitlines()
    assert lines[0].endswith("/pod.yaml")
    assert [line.split()[0] for line in lines[3:6]] == ["1", "2", "3"]
    found = json.loads(run("history", "list", "--format", "json").out)
    assert [entry["id"] for entry in found["assessments"]] == [1, 2, 3]
    assert found["assessments"][0]["as_of"] == "2026-11-01"


def test_show(run: Run) -> None:
    assert "1 fixed: no longer fails, or is no longer there" in run("history", "show", "2").out
    found = json.loads(run("history", "show", "2", "--format", "json").out)
    assert len(found["findings"]) == found["assessment"]["findings"]
    assert {change["kind"] for change in found["changes"]} >= {"fixed"}


def test_diff(run: Run) -> None:
    there = run("history", "diff", "2", "3").out
    assert "1 reopened: fails again" in there
    assert "nothing changed" in run("history", "diff", "1", "3").out
    back = json.loads(run("history", "diff", "3", "2", "--format", "json").out)
    assert "fixed" in {change["kind"] for change in back["changes"]}


def test_wrong_calls(run: Run) -> None:
    assert "holds no assessment 9" in run("history", "show", "9").err
    assert run("history", "show", "0").status == 2
    done = run("history", "list", "--history", "none.sqlite")
    assert done.err == "ourhalf: none.sqlite: no such history; `ourhalf watch` writes one\n"
    assert not Path("none.sqlite").exists()
    Path("bad.sqlite").write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    assert "is damaged" in run("history", "show", "1", "--history", "bad.sqlite").err


def test_names_cannot_steer_a_terminal(run: Run) -> None:
    Path("pod.yaml").write_text(POD.replace("HOST", "true").replace("trainer", '"a\\e[2Jb"'))
    run("watch", "pod.yaml", "--once", "--as-of", "2026-11-01")
    assert "\x1b" not in run("history", "show", "4").out
