"""What is known of programs, told and read back."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from click.testing import CliRunner, Result

from ourhalf.cli.main import ourhalf
from ourhalf.compliance.programs import Scope, read, shipped
from ourhalf.compliance.scope_table import as_csv, as_json, entries_yaml, rows, table


def programs(*arguments: str) -> Result:
    return CliRunner().invoke(ourhalf, ["compliance", "programs", *arguments])


def test_every_program_and_service_is_told() -> None:
    known = shipped()
    assert len(list(rows(known))) == len(known.programs) * len(known.services)
    told = list(csv.DictReader(io.StringIO(as_csv(known))))
    assert len(told) == len(json.loads(as_json(known))) == len(list(rows(known)))
    for row in told:
        assert (row["status"] == "unknown") == (row["source"] == "")


def test_a_table_says_what_is_unknown_and_who_says_the_rest() -> None:
    text = table(shipped(), "sagemaker")
    assert text.count("unknown: sagemaker") == len(shipped().programs)
    assert "in-scope" not in text
    text = table(shipped(), "eks")
    assert "in-scope [1]: eks" in text
    assert "[1] as of 2026-05-04: https://" in text


def test_entries_are_read_as_they_were_written(tmp_path: Path) -> None:
    entries = tuple(entry for entry in shipped().entries if entry.status is Scope.IN)
    path = tmp_path / "programs.yaml"
    path.write_text(entries_yaml(entries))
    assert read(str(path), shipped()) == (entries, ())


def test_import_writes_what_programs_takes(tmp_path: Path) -> None:
    given, made = tmp_path / "own.csv", tmp_path / "made.yaml"
    given.write_text(
        "program,service,status,as_of,source\nSOC 2,Amazon SageMaker AI,in-scope,2026-09-01,artifact\n"
        "SOC 2,Amazon Polly,in-scope,2026-09-01,artifact\n"
    )
    done = programs("import", str(given), "--output", str(made))
    assert done.exit_code == 0, done.output
    assert "left out" in done.output
    shown = programs("--service", "sagemaker", "--programs", str(made), "--format", "json")
    (soc,) = [one for one in json.loads(shown.output) if one["program"] == "soc"]
    assert (soc["status"], soc["as_of"], soc["source"]) == ("in-scope", "2026-09-01", "artifact")


def test_what_is_wrong_is_one_line(tmp_path: Path) -> None:
    for arguments in (["--service", "polly"], ["--programs", str(tmp_path / "none")], ["import", str(tmp_path)]):
        done = programs(*arguments)
        assert done.exit_code != 0
        assert "Traceback" not in done.output
