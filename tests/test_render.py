"""Rendering runs the user's own tools, here stand-ins for them."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from ourhalf import render
from ourhalf.model.finding import Assessment
from ourhalf.model.verdict import Status
from ourhalf.run import Request, run

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: NAME}
spec:
  containers:
    - name: main
      image: registry.example.com/team/train:1.2
      securityContext: {privileged: true}
"""
TEMPLATE = POD.replace("NAME", "{{ .Release.Name }}").replace("true}", "{{ .Values.privileged }}}")


@pytest.fixture
def chart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A chart with another inside, and a path that holds no tools."""
    for folder, name in (("deploy/chart", "outer"), ("deploy/chart/charts/inner", "inner")):
        (tmp_path / folder / "templates").mkdir(parents=True)
        (tmp_path / folder / "Chart.yaml").write_text(f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n")
        (tmp_path / folder / "templates/pod.yaml").write_text(TEMPLATE)
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setattr("shutil.which", lambda name: _which(tmp_path / "bin" / name))
    monkeypatch.setenv("OURHALF_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _which(path: Path) -> str | None:
    return str(path) if path.exists() else None


def tool(folder: Path, name: str, script: str) -> None:
    path = folder / "bin" / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    os.chmod(path, 0o755)


def assessed(ask: bool = True) -> Assessment:
    return run(Request(("deploy",), date(2026, 11, 1), render=ask))


def failures(assessment: Assessment) -> list[tuple[str, str]]:
    found = [f for f in assessment.findings if f.control == "container-unprivileged" and f.status is Status.FAIL]
    return [(f.subject.name, f.subject.path) for f in found]


def test_nothing_runs_unasked(chart: Path) -> None:
    tool(chart, "helm", f"touch {chart}/ran")
    assert failures(assessed(ask=False)) == []
    assert not (chart / "ran").exists()


def test_what_helm_makes_takes_the_place_of_templates(chart: Path) -> None:
    made = f"---\n# Source: outer/templates/pod.yaml\n{POD.replace('NAME', 'train')}"
    inner = f"---\n# Source: outer/charts/inner/templates/pod.yaml\n{POD.replace('NAME', 'inner')}"
    (chart / "made").write_text(made + inner)
    tool(chart, "helm", f'echo "$@" >> {chart}/calls; cat {chart}/made')
    assessment = assessed()
    assert failures(assessment) == [
        ("inner/main", "chart/charts/inner/templates/pod (rendered).yaml"),
        ("train/main", "chart/templates/pod (rendered).yaml"),
    ]
    assert [w.name for w in assessment.workloads] == ["inner", "train"]
    assert assessment.unread == ()
    assert (chart / "calls").read_text() == "template chart deploy/chart\n"


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (None, "--render needs helm, which is not on the path"),
        ("echo trouble >&2; echo Error: no values >&2; exit 1", "helm failed: Error: no values"),
        ("exit 3", "helm failed: no reason given"),
    ],
)
def test_what_cannot_be_rendered_stays_and_says_why(chart: Path, script: str | None, reason: str) -> None:
    if script is not None:
        tool(chart, "helm", script)
    told = [u for u in assessed().unread if u.reason == reason]
    assert [(u.path, u.reader) for u in told] == [("chart/Chart.yaml", "helm")]
    assert len(assessed().unread) > len(told)


def test_time_and_size_are_bounded(chart: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "SECONDS", 0.2)
    tool(chart, "helm", "exec sleep 5")
    assert any("took longer than" in u.reason for u in assessed().unread)
    monkeypatch.setattr(render, "SECONDS", 20)
    monkeypatch.setattr(render, "MOST_BYTES", 10)
    tool(chart, "helm", "echo 12345678901234567890")
    assert any("wrote more than" in u.reason for u in assessed().unread)


def test_kustomize_builds_what_we_could_not(chart: Path) -> None:
    (chart / "deploy/overlay").mkdir()
    (chart / "deploy/overlay/kustomization.yaml").write_text("resources: [https://example.com/base?ref=v1]\n")
    (chart / "made").write_text(POD.replace("NAME", "remote"))
    tool(chart, "kubectl", f'echo "$@" > {chart}/calls; cat {chart}/made')
    assessment = assessed()
    assert failures(assessment) == [("remote/main", "overlay/kustomization (rendered).yaml")]
    assert (chart / "calls").read_text() == "kustomize deploy/overlay\n"
    assert "overlay/kustomization.yaml" not in {u.path for u in assessment.unread}
