"""`ourhalf monitor plan` as people call it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.monitor.deployments import ACME, EVERYTHING, FILES

Run = Callable[..., Any]
DAY = ("--as-of", "2026-11-01")


@pytest.fixture
def target() -> Path:
    """The deployment that calls for everything, in the current folder."""
    folder = Path.cwd() / "infra"
    folder.mkdir(exist_ok=True)
    for name, text in FILES.items():
        (folder / name).write_text(text)
    return folder


def test_the_table_says_what_is_off_and_why(run: Run, target: Path) -> None:
    done = run("monitor", "plan", "infra", *DAY)
    assert (done.status, done.err) == (0, "")
    assert "What to switch on for 5 workloads: 3 off" in done.out
    assert "off: aws_ecs_cluster.main: Container Insights is off (main.tf:" in done.out
    flat = " ".join(done.out.split())
    assert "why: workloads on Fargate: aws_ecs_task_definition.serve" in flat
    assert "cannot see: Tasks on a Fargate platform before 1.4.0" in flat
    assert flat.index("[guardduty]") < flat.index("[vpc-flow-logs]") < flat.index("[detective]")


@pytest.mark.parametrize("form", ["table", "json", "terraform", "cloudformation", "kubernetes"])
def test_formats_to_a_file_and_nothing_else_is_written(run: Run, target: Path, form: str) -> None:
    before = {path: path.read_bytes() for path in Path.cwd().rglob("*") if path.is_file()}
    done = run("monitor", "plan", "infra", *DAY, "--format", form, "--output", "plan.out", "--no-cache")
    assert (done.status, done.out, done.err) == (0, "", "")
    written = Path("plan.out").read_text()
    assert written == run("monitor", "plan", "infra", *DAY, "--format", form).out
    after = {path: path.read_bytes() for path in Path.cwd().rglob("*") if path.is_file()}
    assert after.keys() - before.keys() == {Path.cwd() / "plan.out"}
    assert {path: after[path] for path in before} == before


def test_help_teaches(run: Run) -> None:
    done = run("monitor", "plan", "--help")
    assert "ourhalf monitor plan . --format terraform --output monitoring.tf" in done.out
    assert "not known to be on" in done.out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("infra", "--format", "terrafrom"), "no format is named terrafrom; did you mean terraform?"),
        (("nowhere",), "nowhere: no such file or folder"),
        (("infra", "--as-of", "soon"), "--as-of soon is no day"),
        (("infra", "--output", "none/plan"), "none/plan cannot be written"),
        (("infra", "--profile", "none.yaml"), "none.yaml"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(run: Run, target: Path, arguments: tuple[str, ...], told: str) -> None:
    done = run("monitor", "plan", *arguments)
    assert (done.status, done.out) == (2, "")
    assert told in done.err
    assert done.err.count("\n") == 1


def test_the_profile_says_how_long_logs_are_kept_and_which_tags_are_due(run: Run, target: Path) -> None:
    Path("infra/ourhalf.yaml").write_text(
        "version: 1\nparameters: {log_retention_days: 400, required_tags: [cost-center]}\n"
    )
    done = run("monitor", "plan", "infra", *DAY, "--format", "terraform")
    assert "retention_days = 400" in done.out
    assert '"cost-center" = "FIXME"' in done.out


def test_an_assessment_will_do_and_what_it_does_not_tell_is_said(run: Run, target: Path) -> None:
    run("assess", "infra", *DAY, "--format", "json=done.json", "--fail-on", "none")
    shutil.rmtree(target)
    done = run("monitor", "plan", "done.json")
    assert done.status == 0
    assert "[guardduty-runtime]" in done.out
    assert "Missing: a finished assessment names no buckets by address" in " ".join(done.out.split())
    assert run("monitor", "plan", "done.json", "--profile", "x.yaml").status == 2


def test_the_evidence_of_a_bundle_tells_all(run: Run, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1793577600")
    whole = json.loads(run("monitor", "plan", "infra", *DAY, "--format", "json").out)
    assert run("evidence", "bundle", "infra", "--output", "bundle", *DAY).status == 0
    shutil.rmtree(target)
    kept = json.loads(run("monitor", "plan", "bundle/evidence.json", *DAY, "--format", "json").out)
    assert kept["items"] == whole["items"]
    assert kept["configuration"] == whole["configuration"]


def test_what_cannot_be_read_is_told(run: Run, target: Path) -> None:
    (target / "broken.tf").write_text('resource "aws_vpc" {{{')
    done = run("monitor", "plan", "infra", *DAY)
    assert done.status == 0
    assert "could not be read, and may call for more" in done.out
    assert "broken.tf:1" in done.out


def test_a_secret_of_a_target_is_in_no_format(run: Run, target: Path) -> None:
    secret = "AKIAIOSFODNN7EXAMPLE"  # AWS's own example of a key's id
    text = EVERYTHING.replace('family                   = "serve"', f'family = "serve"\n  tags = {{ a = "{secret}" }}')
    (target / "main.tf").write_text(text.replace("10.0.0.0/16", secret))
    for form in ("table", "json", "terraform", "cloudformation", "kubernetes"):
        assert secret not in run("monitor", "plan", "infra", *DAY, "--format", form).out


def test_the_example(run: Run) -> None:
    os.symlink(ACME, "acme")
    done = run("monitor", "plan", "acme", *DAY)
    assert done.status == 0
    assert "aws_vpc.main: no flow log records its connections (terraform/network.tf:2)" in done.out
    assert "ECS clusters collect Container Insights: aws_ecs_cluster.main" in done.out.partition("On already")[2]


def test_nothing_is_called_for_by_nothing(run: Run) -> None:
    Path("empty").mkdir()
    assert "Nothing to switch on" in run("monitor", "plan", "empty", *DAY).out
