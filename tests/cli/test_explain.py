from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ourhalf.model.finding import Assessment, Finding
from ourhalf.reports.json import load
from ourhalf.reports.json import render as to_json
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
      securityContext: {privileged: true}
      env:
        - name: DB_PASSWORD
          value: hunter2
"""


@pytest.fixture
def found(run: Run) -> Assessment:
    """The assessment of a folder with one failing pod, the current folder."""
    Path("pod.yaml").write_text(POD)
    return load(run("assess", ".", "--format", "json").out.encode())


def of(control: str, assessment: Assessment) -> Finding:
    return next(f for f in assessment.findings if f.control == control)


def one_line(text: str) -> bool:
    return text.startswith("ourhalf: ") and text.count("\n") == 1 and "Traceback" not in text


def test_a_finding_is_told_whole(run: Run, found: Assessment) -> None:
    finding = of("container-unprivileged", found)
    done = run("explain", finding.id)
    assert (done.status, done.err) == (0, "")
    assert finding.title in done.out
    assert f"fail      {finding.reason}" in done.out
    assert "securityContext.privileged: true" in done.out
    assert ">     8 |       securityContext: {privileged: true}" in done.out
    assert "      6 |     - name: main" in done.out
    assert "     10 |         - name: DB_PASSWORD" in done.out
    assert "11 |" not in done.out
    assert "whose     ours. Workload settings: " in done.out
    assert "privileged: false" in done.out
    assert "ourhalf:ignore container-unprivileged REASON" in done.out


@pytest.mark.parametrize("control", ["container-unprivileged", "container-no-secret-in-environment"])
def test_secrets_are_never_shown(run: Run, found: Assessment, control: str) -> None:
    finding = of(control, found)
    assert finding.status == "fail"
    for form in ("table", "json"):
        told = run("explain", finding.id, "--format", form).out
        assert "DB_PASSWORD" in told
        assert "hunter2" not in told


def test_every_finding_can_be_explained(run: Run, found: Assessment) -> None:
    Path("a.json").write_text(to_json(found))
    statuses = set()
    for finding in {f.status: f for f in found.findings}.values():
        done = run("explain", finding.id, "a.json")
        assert done.status == 0
        assert finding.title in done.out
        statuses.add(finding.status)
    assert {"pass", "fail"} <= statuses


def test_the_beginning_of_an_id_is_enough(run: Run, found: Assessment) -> None:
    finding = of("container-unprivileged", found)
    ids = [f.id for f in found.findings]
    length = next(n for n in range(1, 21) if sum(i.startswith(finding.id[:n]) for i in ids) == 1)
    assert finding.title in run("explain", finding.id[:length]).out
    assert finding.title in run("explain", finding.id.upper(), ".").out


def test_a_beginning_of_several_ids_names_them(run: Run, found: Assessment) -> None:
    ids = [f.id for f in found.findings]
    start = next(i[0] for i in ids if sum(o.startswith(i[0]) for o in ids) > 1)
    done = run("explain", start)
    assert done.status == 2
    assert one_line(done.err)
    assert "write more of it" in done.err
    assert next(i for i in ids if i.startswith(start)) in done.err


def test_a_mistyped_id_names_the_one_that_is_near(run: Run, found: Assessment) -> None:
    finding = of("container-unprivileged", found)
    wrong = finding.id[:9] + ("0" if finding.id[9] != "0" else "1")
    done = run("explain", wrong, ".")
    assert done.status == 2
    assert one_line(done.err)
    assert f"did you mean {finding.id}" in done.err


def test_an_id_of_nothing(run: Run, found: Assessment) -> None:
    done = run("explain", "f" * 20)
    assert done.status == 2
    assert one_line(done.err)
    assert "no finding of . has an id that begins with ffff" in done.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["container-unpriviledged"], "did you mean container-unprivileged"),
        (["zzzz"], "`ourhalf controls list` shows all"),
        (["pod.yaml"], "a target goes after the id"),
        (["container-unprivileged", "nowhere"], "nowhere: no such file or folder"),
        (["\x1b[31m"], "no control is named"),
        (["abc", "--as-of", "soon"], "--as-of soon is no day"),
        ([], "FINDING_ID"),
    ],
)
def test_wrong_calls_are_one_line_and_2(run: Run, found: Assessment, arguments: list[str], says: str) -> None:
    done = run("explain", *arguments)
    assert (done.status, done.out) == (2, "")
    assert one_line(done.err), done.err
    assert says in done.err
    assert "\x1b" not in done.err


def test_a_control_is_told_without_any_target(run: Run) -> None:
    done = run("explain", "container-unprivileged")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("Containers run without privileged mode\n")
    assert "whose     Workload settings, by the way in which a container runs:" in done.out
    assert "AWS on SageMaker job or SageMaker endpoint: " in done.out
    assert "here" not in [line.split(" ")[0] for line in done.out.splitlines()]


def test_a_control_lists_its_verdicts_in_a_target(run: Run, found: Assessment) -> None:
    finding = of("container-unprivileged", found)
    done = run("explain", "container-unprivileged", ".")
    assert "here      1 fail" in done.out
    assert f"{finding.id}  fail: train/main" in done.out
    assert "pod.yaml:8" in done.out
    told = json.loads(run("explain", "container-unprivileged", ".", "--format", "json").out)
    assert [f["id"] for f in told["findings"]] == [finding.id]
    assert told["control"]["id"] == "container-unprivileged"
    assert len({p for row in told["whose"] for p in row["platforms"]}) == 11


def test_json_of_a_finding(run: Run, found: Assessment) -> None:
    finding = of("container-unprivileged", found)
    told = json.loads(run("explain", finding.id, "--format", "json").out)
    assert told["finding"]["id"] == finding.id
    assert told["responsibility"]["party"] == "customer"
    assert told["decided"][0]["excerpt"]["lines"][2] == [8, "      securityContext: {privileged: true}"]


def test_an_exception_is_told(run: Run, found: Assessment) -> None:
    Path("ourhalf.yaml").write_text(
        "version: 1\nexceptions:\n"
        '  - {control: "*", owner: me@example.com, reason: a test, expires: 2099-01-01, id: EX-7}\n'
    )
    told = run("explain", of("container-unprivileged", found).id).out
    assert "accepted  yes: a test (exception EX-7, me@example.com, until 2099-01-01)" in told


def test_an_assessment_from_elsewhere_shows_no_files_of_this_machine(run: Run) -> None:
    import msgspec

    Path("../secret").mkdir()
    Path("../secret/pod.yaml").write_text("private thing\n" * 9)
    given = sample().findings[0]
    aimed = msgspec.structs.replace(
        given,
        subject=msgspec.structs.replace(given.subject, path="pod.yaml"),
        evidence=(msgspec.structs.replace(given.evidence[0], path="pod.yaml", line=1),),
    )
    for target in (str(Path("../secret").resolve()), "../secret"):
        crafted = msgspec.structs.replace(sample(), targets=(target,), findings=(aimed,))
        Path("a.json").write_text(to_json(crafted))
        done = run("explain", aimed.id, "a.json")
        assert done.status == 0
        assert "private thing" not in done.out
        assert "(not shown: the file is not at hand)" in done.out


def test_hostile_names_cannot_steer_the_terminal(run: Run) -> None:
    Path("a.json").write_text(to_json(sample()))
    for finding in sample().findings:
        done = run("explain", finding.id, "a.json")
        assert done.status == 0
        assert "\x1b" not in done.out
        assert "\u202e" not in done.out
