from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.evidence.imported.support import SAMPLES, asff

Run = Callable[..., Any]
BUCKET = 'resource "aws_s3_bucket" "data" {\n  bucket = "acme-data"\n}\n'
SETTINGS = ("--as-of", "2026-11-01")


@pytest.fixture
def samples(run: Run) -> Path:
    """The samples in the current folder, and configuration beside them."""
    here = Path.cwd()
    for path in SAMPLES.iterdir():
        shutil.copy(path, here / path.name)
    (here / "infra").mkdir()
    (here / "infra" / "main.tf").write_text(BUCKET)
    (here / "infra" / "ourhalf.yaml").write_text("version: 1\nsensitivity: confidential\n")
    return here


def test_results_are_shown_as_assess_shows_its_own(run: Run, samples: Path) -> None:
    done = run("import", "asff-controls.json", *SETTINGS)
    assert done.status == 1
    assert done.err == ""
    assert "Databases are encrypted" in done.out
    assert "[securityhub:RDS.3]" in done.out
    assert "imported  12 results of Security Hub from asff-controls.json: 1 too old to speak of today" in done.out


@pytest.mark.parametrize(
    ("threshold", "status"), [("critical", 0), ("high", 1), ("medium", 1), ("low", 1), ("none", 0)]
)
def test_exit_status(run: Run, samples: Path, threshold: str, status: int) -> None:
    assert run("import", "asff-controls.json", *SETTINGS, "--fail-on", threshold).status == status


def test_into_an_assessment(run: Run, samples: Path) -> None:
    assert run("assess", "infra", *SETTINGS, "--format", "json=ours.json", "--fail-on", "none").status == 0
    done = run("import", "asff-controls.json", "prowler-aws.ocsf.json", "--into", "ours.json", "--format", "json")
    told = json.loads(done.out)
    assert told["as_of"] == "2026-11-01"
    assert told["targets"] == ["infra", "asff-controls.json", "prowler-aws.ocsf.json"]
    (versioned,) = [f for f in told["findings"] if f["control"] == "s3-bucket-versioned"]
    assert versioned["status"] == "fail"
    assert [s["tool"] for s in versioned["said"]] == ["ourhalf", "Prowler", "Security Hub"]
    assert versioned["subject"]["path"] == "main.tf"


def test_a_disagreement_is_told_on_the_terminal(run: Run, samples: Path) -> None:
    run("assess", "infra", *SETTINGS, "--format", "json=ours.json", "--fail-on", "none")
    out = " ".join(run("import", "asff-controls.json", "--into", "ours.json").out.split())
    assert "disputed s3-bucket-versioned on aws_s3_bucket.data: fail here, pass by Security Hub S3.14" in out


def test_what_was_imported_is_an_assessment_from_which_reports_are_made(run: Run, samples: Path) -> None:
    run("import", "asff-controls.json", *SETTINGS, "--format", "json=all.json")
    (samples / "all.html").unlink(missing_ok=True)
    done = run("assess", "all.json", "--format", "html=all.html", "--format", "table")
    assert "securityhub:RDS.3" in done.out
    assert "<img src=x" not in (samples / "all.html").read_text()
    finding = next(
        f for f in json.loads((samples / "all.json").read_text())["findings"] if f["control"] == "securityhub:RDS.3"
    )
    explained = run("explain", finding["id"], "all.json")
    assert explained.status == 0
    assert "asff-controls.json" in explained.out


def test_a_file_that_cannot_be_used_is_told_beside_those_that_can(run: Run, samples: Path) -> None:
    (samples / "notes.json").write_text('{"a": 1}')
    done = run("import", "asff-event.json", "notes.json", *SETTINGS, "--fail-on", "none")
    assert done.status == 0
    assert "is in no format that is known here; formats are asff, aws-config, grype, ocsf, trivy" in " ".join(
        done.out.split()
    )
    assert run("import", "asff-event.json", "notes.json", *SETTINGS, "--fail-on", "none", "--strict").status == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("none.json",), "none.json: no such file or folder"),
        (("infra",), "infra is a folder; name the files with results in it"),
        (("notes.json",), "notes.json is in no format that is known here; formats are"),
        (("empty.json",), "empty.json is empty"),
        (("notes.json", "empty.json"), "none of the files can be used: notes.json is in no format"),
        (("asff-event.json", "--as-of", "soon"), "--as-of soon is no day"),
        (("asff-event.json", "--into", "notes.json"), "--into notes.json is no assessment"),
        (("asff-event.json", "--into", "none.json"), "none.json: no such file or folder"),
        (("asff-event.json", "--format", "tabel"), "no format is named tabel; did you mean table?"),
        (("ours.json",), "ours.json is an assessment by ourhalf; give it as --into ours.json"),
    ],
)
def test_calls_that_are_wrong(run: Run, samples: Path, arguments: tuple[str, ...], message: str) -> None:
    (samples / "notes.json").write_text('{"a": 1}')
    (samples / "empty.json").write_text("")
    run("assess", "infra", *SETTINGS, "--format", "json=ours.json", "--fail-on", "none")
    done = run("import", *arguments)
    assert done.status == 2
    assert done.out == ""
    assert done.err.startswith(f"ourhalf: {message}")
    assert done.err.count("\n") == 1


def test_two_files_of_one_name_are_told_apart(run: Run, samples: Path) -> None:
    for folder in ("a", "b"):
        (samples / folder).mkdir()
        finding = asff("RDS.3", "FAILED", f"arn:aws:rds:us-east-1:111122223333:db:{folder}", "AwsRdsDbInstance")
        (samples / folder / "hub.json").write_text(json.dumps({"Findings": [finding]}))
    told = json.loads(run("import", "a/hub.json", "b/hub.json", *SETTINGS, "--format", "json").out)
    assert {f["subject"]["path"] for f in told["findings"]} == {"a/hub.json", "b/hub.json"}
    twice = json.loads(run("import", "a/hub.json", "a/hub.json", *SETTINGS, "--format", "json").out)
    assert len(twice["imported"]) == 1


def test_the_command_is_called_by_the_word_that_python_keeps_for_itself(run: Run) -> None:
    assert "import_" not in run("--help").out
    assert run("import_").status == 2
    assert run("imprt").err.startswith("ourhalf: no command is named imprt; did you mean import?")
