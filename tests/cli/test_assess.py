from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ourhalf.cli.main import main
from ourhalf.reports.json import load
from tests.samples import sample

Run = Callable[..., Any]

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: train}
spec:
  containers:
    - name: main
      image: registry.example.com/team/train:1.2
      securityContext: {privileged: PRIVILEGED}
"""
FAILING = POD.replace("PRIVILEGED", "true")
BROKEN = "apiVersion: v1\nkind: Pod\n\tspec: {\n"
WITH_EXCEPTION = """\
version: 1
exceptions:
  - {control: "*", owner: me@example.com, reason: a test, expires: 2027-01-01}
"""


@pytest.fixture
def failing() -> None:
    Path("pod.yaml").write_text(FAILING)


def write_assessment(name: str = "assessment.json") -> None:
    from ourhalf.reports.json import render

    Path(name).write_text(render(sample()))


def one_line(text: str) -> bool:
    return text.startswith("ourhalf: ") and text.count("\n") == 1 and "Traceback" not in text


def test_says_what_fails_and_exits_with_1(run: Run, failing: None) -> None:
    done = run("assess", ".", "--as-of", "2026-11-01")
    assert done.status == 1
    assert "Containers run without privileged mode" in done.out
    assert "pod.yaml:8" in done.out
    assert "privileged: false" in done.out
    assert "\x1b" not in done.out


@pytest.mark.parametrize(("fail_on", "status"), [("critical", 0), ("high", 1), ("medium", 1), ("low", 1), ("none", 0)])
def test_threshold(run: Run, fail_on: str, status: int) -> None:
    Path("pod.yaml").write_text(FAILING)
    found = load(run("assess", ".", "--format", "json").out.encode()).findings
    assert {f.severity for f in found if f.counts} & {"critical", "high"} == {"high"}
    assert run("assess", ".", "--fail-on", fail_on).status == status


def test_accepted_failures_do_not_count(run: Run, failing: None) -> None:
    Path("mine.yaml").write_text(WITH_EXCEPTION)
    done = run("assess", "pod.yaml", "--profile", "mine.yaml", "--as-of", "2026-11-01")
    assert done.status == 0
    assert "accepted" in done.out
    assert run("assess", "pod.yaml", "--profile", "mine.yaml", "--as-of", "2027-01-02").status == 1


def test_strict_counts_what_was_not_read(run: Run) -> None:
    Path("broken.yaml").write_text(BROKEN)
    done = run("assess", ".")
    assert done.status == 0
    assert "broken.yaml:3" in done.out
    assert run("assess", ".", "--strict").status == 1
    assert run("assess", ".", "--strict", "--fail-on", "none").status == 1


def test_a_named_file_that_no_reader_wants_is_unread(run: Run, failing: None) -> None:
    Path("notes.rtf").write_text("{}")
    Path("folder").mkdir()
    Path("folder/notes.rtf").write_text("{}")
    done = run("assess", "notes.rtf")
    assert done.status == 0
    assert "notes.rtf:1" in done.out
    assert "no reader is for a file of this name" in done.out
    assert run("assess", "notes.rtf", "--strict", "--fail-on", "none").status == 1
    assert run("assess", "pod.yaml", "notes.rtf", "--strict", "--fail-on", "none").status == 1
    assert run("assess", "pod.yaml", "folder", "--strict", "--fail-on", "none").status == 0


def test_a_named_link_is_shown_by_its_own_name(run: Run) -> None:
    Path("store/v1").mkdir(parents=True)
    Path("store/v1/data.txt").write_text(FAILING)
    Path("team").mkdir()
    Path("team/pod.yaml").symlink_to("../store/v1/data.txt")
    Path("team/other.yaml").symlink_to("../store/v1/data.txt")
    for name in ("pod.yaml", "other.yaml"):
        found = load(run("assess", f"team/{name}", "--format", "json").out.encode())
        assert {f.subject.path for f in found.findings} == {name}
        assert [w.path for w in found.workloads] == [name]
    assert "team/pod.yaml:8" in run("assess", "team/pod.yaml").out


def test_formats_repeat(run: Run, failing: None) -> None:
    done = run("assess", ".", "--format", "json=a.json", "--format", "sarif=b.sarif", "--format", "markdown")
    assert done.status == 1
    assert done.out.startswith("## Our half")
    assert load(Path("a.json").read_bytes()).findings
    assert json.loads(Path("b.sarif").read_text())["version"] == "2.1.0"


def test_output_is_where_the_bare_format_goes(run: Run, failing: None) -> None:
    done = run("assess", ".", "--format", "json=a.json", "--format", "html", "--output", "page.html")
    assert done.out == ""
    assert Path("page.html").read_text().startswith("<!doctype html>")
    assert run("assess", ".", "--output", "table.txt").out == ""
    assert "Our half" in Path("table.txt").read_text()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nowhere"], "nowhere: no such file or folder"),
        ([".", "--format", "jsom"], "did you mean json?"),
        ([".", "--format", "xml"], "no format is named xml"),
        ([".", "--format", "json="], "names no file"),
        ([".", "--format", "json", "--format", "table"], "only one --format may go without a file"),
        ([".", "--format", "json=a", "--output", "b"], "--output is for the one --format without a file"),
        ([".", "--format", "json=a", "--format", "html=./a"], "two reports would be written"),
        ([".", "--format", "json=no/such/folder/a.json"], "there is no folder no/such/folder"),
        ([".", "--output", "."], "is a folder"),
        ([".", "--as-of", "yesterday"], "--as-of yesterday is no day"),
        ([".", "--fail-on", "some"], "'some' is not one of"),
        ([".", "--profile", "none.yaml"], "none.yaml:1: the profile cannot be read"),
        ([".", "--formt", "json"], "--formt"),
        ([], "TARGET"),
    ],
)
def test_wrong_calls_are_one_line_and_2(run: Run, arguments: list[str], says: str) -> None:
    done = run("assess", *arguments)
    assert (done.status, done.out) == (2, "")
    assert one_line(done.err), done.err
    assert says in done.err
    assert os.listdir(".") == []


def test_a_wrong_profile_is_told_with_its_line(run: Run, failing: None) -> None:
    Path("mine.yaml").write_text("version: 1\nsensitivity: secret\n")
    done = run("assess", "pod.yaml", "--profile", "mine.yaml")
    assert done.status == 2
    assert one_line(done.err)
    assert "mine.yaml:2: " in done.err


@pytest.mark.parametrize("folder", [".", "target"])
def test_a_profile_nearby_is_used_and_said(run: Run, folder: str) -> None:
    Path("target").mkdir()
    Path("target/pod.yaml").write_text(FAILING)
    Path(folder, "ourhalf.yaml").write_text("version: 1\nsensitivity: regulated\n")
    done = run("assess", "target", "--format", "json")
    assert one_line(done.err)
    assert load(done.out.encode()).profile.sensitivity == "regulated"


@pytest.mark.parametrize("name", ["table", "json", "sarif", "html", "markdown"])
def test_reports_are_made_from_an_assessment(run: Run, failing: None, name: str) -> None:
    fresh = run("assess", ".", "--format", name, "--format", "json=a.json", "--as-of", "2026-11-01")
    Path("pod.yaml").unlink()
    again = run("assess", "a.json", "--format", name)
    assert (again.status, again.out) == (fresh.status, fresh.out)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["a.json", "."], "give it alone"),
        (["a.json", "a.json"], "give it alone"),
        (["a.json", "--profile", "p.yaml"], "--profile cannot change"),
        (["a.json", "--as-of", "2026-01-01"], "--as-of cannot change"),
    ],
)
def test_a_finished_assessment_stands_alone(run: Run, arguments: list[str], says: str) -> None:
    write_assessment("a.json")
    done = run("assess", *arguments)
    assert done.status == 2
    assert one_line(done.err)
    assert says in done.err


def test_an_assessment_of_another_version_or_a_damaged_one_is_told(run: Run) -> None:
    write_assessment("a.json")
    text = Path("a.json").read_text()
    Path("later.json").write_text(text.replace('"schema_version": "1.0"', '"schema_version": "7.0"'))
    Path("damaged.json").write_text(text.replace('"status":"fail"', '"status":"fial"', 1))
    for name, says in (("later.json", "version 7.0"), ("damaged.json", "changed or damaged")):
        done = run("assess", name)
        assert done.status == 2
        assert one_line(done.err)
        assert says in done.err


def test_other_json_is_configuration(run: Run) -> None:
    Path("a.json").write_text('{"schema_version": "1.0", "tool": "hammer"}')
    assert run("assess", "a.json").status == 0


def test_files_are_replaced_whole(run: Run, failing: None, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.json").write_text("old")
    os.chmod("a.json", 0o640)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", full)
        done = run("assess", "pod.yaml", "--format", "json=a.json")
    assert done.status == 2
    assert done.err == "ourhalf: a.json cannot be written: No space left on device\n"
    assert Path("a.json").read_text() == "old"
    assert sorted(os.listdir(".")) == ["a.json", "pod.yaml"]
    run("assess", "pod.yaml", "--format", "json=a.json")
    assert load(Path("a.json").read_bytes()).findings
    assert os.stat("a.json").st_mode & 0o777 == 0o640


def test_links_and_devices_are_written_through(run: Run, failing: None) -> None:
    os.symlink("real.json", "link.json")
    assert run("assess", "pod.yaml", "--format", "json=link.json", "--format", "table=/dev/null").status == 1
    assert os.path.islink("link.json")
    assert load(Path("real.json").read_bytes()).findings


def test_our_own_mistakes_are_one_line_too(run: Run, failing: None, monkeypatch: pytest.MonkeyPatch) -> None:
    import ourhalf.run

    def broken(*_: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(ourhalf.run, "run", broken)
    done = run("assess", ".")
    assert done.status == 2
    assert one_line(done.err)
    assert "ZeroDivisionError: oh" in done.err
    monkeypatch.setenv("OURHALF_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        main(["assess", "."])


def test_names_of_files_cannot_steer_the_terminal(run: Run) -> None:
    done = run("assess", "\x1b[31mred\nline")
    assert done.status == 2
    assert one_line(done.err)
    assert "\x1b" not in done.err


def test_a_reader_that_leaves_is_no_error(run: Run, failing: None) -> None:
    call = f"{sys.executable} -m ourhalf assess . --format html | head -c 10 >/dev/null; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", call], capture_output=True, text=True, check=True)
    assert done.stdout.strip() in ("141", "1")
    assert done.stderr == ""


def test_names_that_are_not_utf_8_are_told(run: Run, failing: None) -> None:
    Path(os.fsdecode(b"\xff.yaml")).write_text(FAILING)
    done = run("assess", ".", "--format", "json")
    assert done.status == 1
    assert [(u.path, u.reason) for u in load(done.out.encode()).unread] == [("\\udcff.yaml", "its name is not UTF-8")]
    named = run("assess", os.fsdecode(b"\xff.yaml"))
    assert named.status == 2
    assert one_line(named.err)
    assert "not UTF-8" in named.err
