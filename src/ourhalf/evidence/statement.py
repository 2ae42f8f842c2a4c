"""The in-toto statement about a bundle: which tests were made, of what, and how they ended.

The predicate is Test Result v0.1, https://in-toto.io/attestation/test-result/v0.1 (read 2026-11-27).
A test is a control. What nobody can tell is a warning, never a pass.
"""

from __future__ import annotations

from typing import Any

import msgspec

from ourhalf.evidence.manifest import MANIFEST, PROFILE, InputList, Manifest, sha256
from ourhalf.model.finding import Assessment, Finding
from ourhalf.model.verdict import Status
from ourhalf.model.word import Word

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://in-toto.io/attestation/test-result/v0.1"
PAYLOAD_TYPE = "application/vnd.in-toto+json"


class Result(Word):
    """How a test ended, in the words of the predicate."""

    PASSED = "PASSED"
    WARNED = "WARNED"
    FAILED = "FAILED"


def statement(manifest: bytes, assessment: Assessment, inputs: InputList) -> bytes:
    """The statement: its subjects are the manifest, which names all else, and the files that were tested."""
    document = {
        "_type": STATEMENT_TYPE,
        "subject": [_resource(MANIFEST, sha256(manifest)), *(_subjects(inputs))],
        "predicateType": PREDICATE_TYPE,
        "predicate": _predicate(msgspec.json.decode(manifest, type=Manifest), assessment),
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _resource(name: str, digest: str) -> dict[str, Any]:
    return {"name": name, "digest": {"sha256": digest}}


def _subjects(inputs: InputList) -> list[dict[str, Any]]:
    """The files that were read, below `inputs/`, with the number of the target where there are several."""
    several = len(inputs.targets) > 1
    return [
        _resource(f"inputs/{one.target}/{one.path}" if several else f"inputs/{one.path}", one.sha256)
        for one in inputs.files
    ]


def _predicate(manifest: Manifest, assessment: Assessment) -> dict[str, Any]:
    ended = results(assessment.findings)
    by_result = {r: sorted(control for control, found in ended.items() if found is r) for r in Result}
    profile = next((one.sha256 for one in manifest.files if one.path == PROFILE), "")
    return {
        "result": overall(assessment),
        "configuration": [
            _resource(PROFILE, profile),
            {**_resource("rule-set", manifest.rule_set), "annotations": {"version": manifest.tool.version}},
        ],
        "passedTests": by_result[Result.PASSED],
        "warnedTests": by_result[Result.WARNED],
        "failedTests": by_result[Result.FAILED],
    }


def overall(assessment: Assessment) -> Result:
    """How all of it ended: what nobody could read or tell, and what is accepted, leaves a warning."""
    ended = set(results(assessment.findings).values())
    if Result.FAILED in ended:
        return Result.FAILED
    return Result.PASSED if ended == {Result.PASSED} and not assessment.unread else Result.WARNED


def results(findings: tuple[Finding, ...]) -> dict[str, Result]:
    """How each control ended over all its subjects, the worst of them; one that bears on nothing is not told."""
    found: dict[str, Result] = {}
    for finding in findings:
        result = _result(finding)
        if result is not None and (finding.control not in found or _RANKS[result] > _RANKS[found[finding.control]]):
            found[finding.control] = result
    return found


_RANKS = {Result.PASSED: 0, Result.WARNED: 1, Result.FAILED: 2}


def _result(finding: Finding) -> Result | None:
    match finding.status:
        case Status.PASS:
            return Result.PASSED
        case Status.FAIL:
            return Result.FAILED if finding.counts else Result.WARNED
        case Status.NOT_APPLICABLE:
            return None
        case _:
            return Result.WARNED
