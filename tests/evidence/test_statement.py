"""The in-toto statement: a truth table of its results, and the official schema over it."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from ourhalf.evidence.inputs import InputFile
from ourhalf.evidence.manifest import InputList
from ourhalf.evidence.statement import Result, overall, results, statement
from ourhalf.model.evidence import Unread
from ourhalf.model.finding import AcceptedBy, Assessment, Finding
from ourhalf.model.verdict import Status
from ourhalf.reports.json import load
from tests.evidence.support import bundle

P, F, U, N = Status.PASS, Status.FAIL, Status.UNKNOWN, Status.NOT_APPLICABLE
ACCEPTED = AcceptedBy("exception", "because")


def _findings(*ended: tuple[str, Status] | tuple[str, Status, AcceptedBy]) -> tuple[Finding, ...]:
    one = load(bundle()["assessment.json"]).findings[0]
    return tuple(
        msgspec.structs.replace(one, control=control, status=status, exception=more[0] if more else None)
        for control, status, *more in ended
    )


def _assessment(findings: tuple[Finding, ...], unread: tuple[Unread, ...] = ()) -> Assessment:
    return msgspec.structs.replace(load(bundle()["assessment.json"]), findings=findings, unread=unread)


@pytest.mark.parametrize(
    ("statuses", "result"),
    [
        ((P,), "PASSED"),
        ((P, N), "PASSED"),
        ((N, P, P), "PASSED"),
        ((P, U), "WARNED"),
        ((U, P), "WARNED"),
        ((U, N), "WARNED"),
        ((F, P), "FAILED"),
        ((P, F, U), "FAILED"),
        ((U, F), "FAILED"),
        ((N,), None),
    ],
)
def test_a_control_ends_as_the_worst_of_its_subjects(statuses: tuple[Status, ...], result: str | None) -> None:
    findings = _findings(*(("c", status) for status in statuses))
    assert results(findings) == ({} if result is None else {"c": result})


def test_an_accepted_failure_is_a_warning() -> None:
    assert results(_findings(("c", F, ACCEPTED), ("c", P))) == {"c": Result.WARNED}
    assert results(_findings(("c", F, ACCEPTED), ("c", F))) == {"c": Result.FAILED}


@pytest.mark.parametrize(
    ("statuses", "result"),
    [((P, P), "PASSED"), ((P, N), "PASSED"), ((P, U), "WARNED"), ((U, F), "FAILED"), ((), "WARNED"), ((N,), "WARNED")],
)
def test_all_of_it_passes_only_where_something_does_and_nothing_else_is(
    statuses: tuple[Status, ...], result: str
) -> None:
    findings = _findings(*((f"c{number}", status) for number, status in enumerate(statuses)))
    assert overall(_assessment(findings)) == result
    if result == "PASSED":
        assert overall(_assessment(findings, (Unread("p", 1, "r", "why"),))) == "WARNED"


def _document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(bundle()["statement.json"])
    return found


def test_it_holds_to_the_official_schema() -> None:
    from google.protobuf.json_format import ParseDict
    from in_toto_attestation.predicates.test_result.v0.test_result_pb2 import TestResult
    from in_toto_attestation.v1.statement import Statement
    from in_toto_attestation.v1.statement_pb2 import Statement as Message

    document = _document()
    assert document["predicateType"] == "https://in-toto.io/attestation/test-result/v0.1"
    Statement.copy_from_pb(ParseDict(document, Message())).validate()
    predicate = ParseDict(document["predicate"], TestResult())
    assert predicate.result == "FAILED"
    assert [one.name for one in predicate.configuration] == ["profile.json", "rule-set"]
    named = [*predicate.passed_tests, *predicate.warned_tests, *predicate.failed_tests]
    told = {f.control for f in load(bundle()["assessment.json"]).findings if f.status is not N}
    assert sorted(named) == sorted(told)
    assert "container-unprivileged" in predicate.warned_tests


def test_subjects_are_the_manifest_and_what_was_read() -> None:
    names = [subject["name"] for subject in _document()["subject"]]
    assert names == [
        "manifest.json",
        "inputs/Dockerfile",
        "inputs/broken.yaml",
        "inputs/ourhalf.yaml",
        "inputs/pod.yaml",
    ]


def test_subjects_of_several_targets_are_told_apart() -> None:
    inputs = InputList(("a", "b"), (InputFile(0, "x", "0" * 64, 1), InputFile(1, "x", "1" * 64, 1)))
    document = json.loads(statement(bundle()["manifest.json"], load(bundle()["assessment.json"]), inputs))
    assert [subject["name"] for subject in document["subject"]][1:] == ["inputs/0/x", "inputs/1/x"]
