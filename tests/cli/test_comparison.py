"""`assess --baseline` and `assess --changed-since`, from the command line."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ourhalf.model.finding import Assessment
from ourhalf.reports.json import load
from ourhalf.reports.json import render as to_json
from tests.samples import sample

Run = Callable[..., Any]

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: NAME, labels: {app: NAME}}
spec:
  containers:
    - name: main
      image: registry.example.com/team/train:1.2
      securityContext: {privileged: true}
"""
POLICY = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: serve}
spec:
  podSelector: {matchLabels: {app: serve}}
  policyTypes: [Ingress]
"""


def one_line(text: str) -> bool:
    return text.startswith("ourhalf: ") and text.count("\n") == 1 and "Traceback" not in text


def assessed(run: Run, *arguments: str) -> Assessment:
    return load(run("assess", ".", "--format", "json", *arguments).out.encode())


@pytest.fixture
def pods() -> None:
    """Two failing pods and a policy that selects one of them, each in a file of its own."""
    Path("train.yaml").write_text(POD.replace("NAME", "train"))
    Path("serve.yaml").write_text(POD.replace("NAME", "serve"))
    Path("net").mkdir()
    Path("net/policy.yaml").write_text(POLICY)


@pytest.fixture
def repository(pods: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pods, in a commit."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    for arguments in ("init -q", "add .", "-c user.name=me -c user.email=me@example.com commit -qm first"):
        subprocess.run(["git", *arguments.split()], check=True)


def test_only_what_is_new_fails(run: Run, pods: None) -> None:
    assert run("assess", ".", "--format", "json=../base.json", "--as-of", "2026-11-01").status == 1
    same = run("assess", ".", "--baseline", "../base.json", "--as-of", "2026-11-02")
    assert (same.status, same.err) == (0, "")
    assert "baseline  0 failures are new, " in same.out
    assert "in the baseline of 2026-11-01; 0 of the baseline gone" in same.out
    Path("more.yaml").write_text(POD.replace("NAME", "more"))
    new = run("assess", ".", "--baseline", "../base.json")
    assert new.status == 1
    assert "more.yaml:8" in new.out
    assert "train.yaml:8" not in new.out


def test_what_is_gone_is_counted(run: Run, pods: None) -> None:
    before = assessed(run, "--format", "table=/dev/null")
    Path("../base.json").write_text(to_json(before))
    Path("train.yaml").unlink()
    summary = assessed(run, "--baseline", "../base.json").baseline
    assert summary is not None
    assert summary.gone == sum(f.counts and f.subject.path == "train.yaml" for f in before.findings)
    assert summary.gone > 0
    assert summary.new == 0


def test_a_finished_assessment_is_compared_too(run: Run, pods: None) -> None:
    run("assess", ".", "--format", "json=a.json")
    assert run("assess", "a.json").status == 1
    assert run("assess", "a.json", "--baseline", "a.json").status == 0


def test_a_baseline_can_be_written_again_in_its_place(run: Run, pods: None) -> None:
    run("assess", ".", "--format", "json=../base.json")
    assert run("assess", ".", "--baseline", "../base.json", "--format", "json=../base.json").status == 0
    assert run("assess", ".", "--baseline", "../base.json").status == 0


def test_a_baseline_of_another_target_is_told(run: Run, pods: None) -> None:
    Path("../base.json").write_text(to_json(sample()))
    done = run("assess", ".", "--baseline", "../base.json")
    assert done.status == 1
    assert one_line(done.err)
    assert "was it made of the same target" in done.err


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (None, "base.json: no such file or folder"),
        ("kind: Pod\n", "is no assessment; write one with"),
        ("{}", "is no assessment; write one with"),
        ("", "is no assessment; write one with"),
        ('{"schema_version": "9.0", "tool": {"name": "", "version": ""}, "findings": 1, "unread": 1}', "version 9.0"),
        ('{"schema_version": "1.0", "tool": {"name": "", "version": ""}, "findings": 1, "unread": 1}', "damaged"),
    ],
)
def test_a_file_that_is_no_baseline(run: Run, pods: None, text: str | None, says: str) -> None:
    if text is not None:
        Path("../base.json").write_text(text)
    done = run("assess", ".", "--baseline", "../base.json")
    assert (done.status, done.out) == (2, "")
    assert one_line(done.err)
    assert says in done.err


def test_only_what_a_change_touches_is_told(run: Run, repository: None) -> None:
    with open("train.yaml", "a") as file:
        file.write("# changed\n")
    whole = assessed(run)
    part = assessed(run, "--changed-since", "HEAD")
    assert {f.subject.path for f in part.findings} == {"train.yaml"}
    assert [w.name for w in part.workloads] == ["train"]
    assert part.changes is not None
    assert (part.changes.since, part.changes.files) == ("HEAD", 1)
    assert part.changes.left_out == len(whole.findings) - len(part.findings)
    done = run("assess", ".", "--changed-since", "HEAD")
    assert done.status == 1
    assert "1 file changed since HEAD; " in done.out


def test_a_workload_is_touched_by_what_it_is_joined_with(run: Run, repository: None) -> None:
    with open("net/policy.yaml", "a") as file:
        file.write("# changed\n")
    part = assessed(run, "--changed-since", "HEAD")
    assert {f.subject.path for f in part.findings if f.subject.workload} == {"serve.yaml"}


def test_an_untracked_file_is_a_change(run: Run, repository: None) -> None:
    Path("new.yaml").write_text(POD.replace("NAME", "new"))
    assert {f.subject.path for f in assessed(run, "--changed-since", "HEAD").findings} == {"new.yaml"}


def test_no_change_fails_nothing(run: Run, repository: None) -> None:
    done = run("assess", ".", "--changed-since", "HEAD")
    assert (done.status, done.err) == (0, "")
    assert "nothing that is judged is touched by the change" in done.out
    assert run("assess", ".", "--changed-since", "HEAD", "--no-cache").status == 0


def test_a_change_is_compared_with_a_baseline(run: Run, repository: None) -> None:
    run("assess", ".", "--format", "json=../base.json")
    Path("new.yaml").write_text(POD.replace("NAME", "new"))
    with open("train.yaml", "a") as file:
        file.write("# changed\n")
    found = assessed(run, "--changed-since", "HEAD", "--baseline", "../base.json")
    assert {f.subject.path for f in found.findings if f.counts} == {"new.yaml"}
    assert found.baseline is not None
    assert (found.baseline.new, found.baseline.gone) == (sum(f.counts for f in found.findings), 0)
    assert found.baseline.known == sum(f.subject.path == "train.yaml" and f.status == "fail" for f in found.findings)


@pytest.mark.parametrize(
    ("ref", "says"),
    [
        ("--output=x", "is no revision"),
        ("-h", "is no revision"),
        ("", "is no revision"),
        ("nope", "no commit is named nope in the repository of ."),
    ],
)
def test_wrong_revisions_are_one_line_and_2(run: Run, repository: None, ref: str, says: str) -> None:
    done = run("assess", ".", f"--changed-since={ref}")
    assert (done.status, done.out) == (2, "")
    assert one_line(done.err)
    assert says in done.err
    assert not Path("x").exists()


def test_a_target_in_no_repository(run: Run, pods: None) -> None:
    done = run("assess", ".", "--changed-since", "HEAD")
    assert (done.status, done.out) == (2, "")
    assert done.err == "ourhalf: --changed-since HEAD: . is in no git repository\n"


def test_a_finished_assessment_cannot_be_narrowed(run: Run, repository: None) -> None:
    run("assess", ".", "--format", "json=a.json")
    done = run("assess", "a.json", "--changed-since", "HEAD")
    assert done.status == 2
    assert one_line(done.err)
    assert "which --changed-since cannot narrow" in done.err
