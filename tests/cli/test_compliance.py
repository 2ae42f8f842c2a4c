from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ourhalf.compliance.loader import all_frameworks

Run = Callable[..., Any]

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: train}
spec: {containers: [{name: main, image: pytorch, securityContext: {privileged: true}}]}
"""
OWN = """\
id: house
title: House rules
version: "1"
publisher: us
source: https://example.com/rules
read: 2026-10-02
licence: ours
size: 2
baselines: {low: Low}
requirements:
  - id: "1"
    about: no power over the host
    mappings:
      - {how: implements, source: ourhalf, read: 2026-10-02, controls: [container-unprivileged]}
  - {id: "2", about: a plan, attach: the plan, baselines: [low]}
"""


@pytest.fixture
def own(run: Run) -> str:
    """A pod to assess, and a framework of our own beside it."""
    Path("deploy").mkdir()
    Path("deploy/pod.yaml").write_text(POD)
    Path("house.yaml").write_text(OWN)
    return "house.yaml"


def test_list_tells_size_and_coverage(run: Run, own: str) -> None:
    done = run("compliance", "list")
    assert (done.status, done.err) == (0, "")
    for name in all_frameworks():
        assert name in done.out
    told = json.loads(run("compliance", "list", "--framework-file", own, "--format", "json").out)
    house = next(one for one in told if one["framework"] == "house")
    assert (house["size"], house["covered"], house["implements"], house["manual"]) == (2, 1, 1, 1)


def test_show_tells_what_bears_on_each(run: Run, own: str) -> None:
    done = run("compliance", "show", "house", "--framework-file", own)
    assert done.status == 0
    assert "implements: container-unprivileged" in done.out
    assert "attach: the plan" in done.out
    low = json.loads(
        run("compliance", "show", "house", "--framework-file", own, "--baseline", "low", "--format", "json").out
    )
    assert [r["id"] for r in low["requirements"]] == ["2"]
    assert low["coverage"]["covered"] == 1


def test_show_puts_official_titles_beside_ours(run: Run, own: str) -> None:
    controls = [{"id": "1", "title": "The official words"}]
    Path("catalog.json").write_text(json.dumps({"catalog": {"metadata": {"title": "T"}, "controls": controls}}))
    done = run("compliance", "show", "house", "--framework-file", own, "--catalog", "catalog.json")
    assert "The official words: no power over the host" in done.out
    assert "a plan" not in done.out
    done = run("compliance", "show", "fedramp-r5", "--catalog", "catalog.json")
    assert done.status == 2
    assert "none of its ids is one of fedramp-r5" in done.err


def test_report_reads_configuration_or_an_assessment(run: Run, own: str) -> None:
    call = ("compliance", "report", "--framework-file", own, "--format", "json")
    fresh = run(*call, "deploy", "--as-of", "2026-11-27")
    assert (fresh.status, fresh.err) == (0, "")
    assert [r["outcome"] for r in json.loads(fresh.out)["results"]] == ["not-met", "manual"]
    run("assess", "deploy", "--as-of", "2026-11-27", "--format", "json=done.json")
    Path("deploy/pod.yaml").unlink()
    again = run(*call, "done.json")
    assert again.out == fresh.out


def test_report_goes_to_a_file(run: Run, own: str) -> None:
    done = run(
        *("compliance", "report", "deploy", "--framework", "house", "--framework-file", own),
        *("--format", "html", "--output", "page.html"),
    )
    assert (done.status, done.out, done.err) == (0, "", "")
    assert Path("page.html").read_text("utf-8").startswith("<!doctype html>")


def test_report_takes_a_list_of_programs_and_a_profile(run: Run, own: str) -> None:
    Path("list.csv").write_text("program,service,status,as_of,source\nsoc,nowhere,in-scope,2026-09-01,x\n")
    Path("ours.yaml").write_text("disabled: {container-unprivileged: too loud}\n")
    done = run(
        *("compliance", "report", "deploy", "--framework", "house", "--framework-file", own, "--format", "json"),
        *("--programs", "list.csv", "--profile", "ours.yaml"),
    )
    assert [r["outcome"] for r in json.loads(done.out)["results"]] == ["unknown", "manual"]


REPORT = ("compliance", "report", "deploy")
WRONG = {
    "no framework": (REPORT, "no framework is named; write --framework ID"),
    "unknown framework": ((*REPORT, "--framework", "nist-800-53"), "did you mean nist-800-53-r5?"),
    "unknown baseline": (
        (*REPORT, "--framework", "nist-800-53-r5", "--baseline", "moderate"),
        "has no baseline moderate; did you mean MODERATE?",
    ),
    "no baselines": ((*REPORT, "--framework", "gdpr", "--baseline", "LOW"), "has no baseline LOW; it has none"),
    "unknown format": (
        (*REPORT, "--framework", "soc-2", "--format", "tabel"),
        "no format is named tabel; did you mean table?",
    ),
    "missing target": (("compliance", "report", "gone", "--framework", "soc-2"), "gone: no such file or folder"),
    "missing file": (
        (*REPORT, "--framework", "soc-2", "--framework-file", "gone.yaml"),
        "gone.yaml:1: the framework cannot",
    ),
    "missing programs": ((*REPORT, "--framework", "soc-2", "--programs", "gone.csv"), "gone.csv: No such file"),
    "missing folder": (
        (*REPORT, "--framework", "soc-2", "--output", "gone/page.html"),
        "gone/page.html cannot be written",
    ),
    "finished and as-of": (
        ("compliance", "report", "done.json", "--framework", "soc-2", "--as-of", "2026-01-01"),
        "is a finished assessment, which --as-of cannot change",
    ),
    "wrong framework file": (
        (*REPORT, "--framework", "house", "--framework-file", "wrong.yaml"),
        "wrong.yaml:8: size is 1",
    ),
    "unknown show": (("compliance", "show", "cis"), "no framework has the id cis"),
    "no catalog": (("compliance", "show", "soc-2", "--catalog", "house.yaml"), "is no OSCAL in JSON"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_one_line_and_status_2(run: Run, own: str, name: str) -> None:
    run("assess", "deploy", "--format", "json=done.json")
    Path("wrong.yaml").write_text(OWN.replace("size: 2", "size: 1"))
    arguments, said = WRONG[name]
    done = run(*arguments)
    assert done.status == 2
    assert said in done.err
    assert done.err.count("\n") == 1
    assert "Traceback" not in done.err


def test_help_teaches(run: Run) -> None:
    told = run("compliance", "report", "--help").out
    assert "one unknown" in run("compliance", "--help").out.lower()
    assert "dated source" in told
    assert "exit status" in told.lower()
