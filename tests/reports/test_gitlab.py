"""GitLab code quality: the keys and values that its documentation names, and unique fingerprints."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import msgspec
import pytest

from ourhalf.model.finding import AcceptedBy, Finding
from ourhalf.model.profile import Severity
from ourhalf.model.verdict import Status
from ourhalf.reports.gitlab import render
from tests.corpora import assessed, needs_corpora
from tests.samples import HOSTILE, finding, sample

SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1, "pattern": r"^[^\n]*$"},
            "check_name": {"type": "string", "pattern": "^[a-z0-9-]+$"},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": r"^(?!\./|/)"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
        "additionalProperties": False,
    },
}


def told(*findings: Finding) -> list[dict[str, Any]]:
    found = json.loads(render(msgspec.structs.replace(sample(), findings=findings)))
    jsonschema.validate(found, SCHEMA)
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize(
    ("severity", "expected"),
    [
        (Severity.CRITICAL, "blocker"),
        (Severity.HIGH, "critical"),
        (Severity.MEDIUM, "major"),
        (Severity.LOW, "minor"),
    ],
)
def test_severities(severity: Severity, expected: str) -> None:
    (issue,) = told(msgspec.structs.replace(finding(8), severity=severity))
    assert issue == {
        "description": "Containers run without privileged mode: root in this container is root on its host (train)",
        "check_name": "container-unprivileged",
        "fingerprint": f"{8:020x}",
        "severity": expected,
        "location": {"path": "deploy/k8s/train.yaml", "lines": {"begin": 8}},
    }


def test_what_is_unknown_is_told_as_such() -> None:
    (issue,) = told(finding(1, status=Status.UNKNOWN, reason="variable `key` has no value"))
    assert issue["severity"] == "info"
    assert "unknown: variable `key` has no value" in issue["description"]


@pytest.mark.parametrize(
    "left_out",
    [
        finding(1, status=Status.PASS),
        finding(1, status=Status.NOT_APPLICABLE),
        finding(1, exception=AcceptedBy("baseline", "in the baseline of 2026-10-01")),
    ],
)
def test_what_does_not_count_is_left_out(left_out: Finding) -> None:
    assert told(left_out) == []


def test_hostile_names_are_one_harmless_line() -> None:
    (issue,) = told(finding(1, name=HOSTILE, reason=f"{HOSTILE}\n{'x' * 5000}"))
    assert "\x1b" not in issue["description"]
    assert "\u202e" not in issue["description"]
    assert len(issue["description"]) <= 1001


@needs_corpora
def test_gitlab_of_the_corpus() -> None:
    issues = json.loads(render(assessed()))
    jsonschema.validate(issues[::50], SCHEMA)
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
