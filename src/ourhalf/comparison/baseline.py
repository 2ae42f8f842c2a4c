"""Compares an assessment with an earlier one, so that only what is new counts."""

from __future__ import annotations

import msgspec

from ourhalf.model.finding import AcceptedBy, Assessment, BaselineSummary, Finding
from ourhalf.model.verdict import Status

KIND = "baseline"
"""What the exception of a finding says when a baseline accepts it."""


def compared(assessment: Assessment, baseline: Assessment) -> Assessment:
    """`assessment`, each failure that `baseline` has too accepted, and a count of what is new and gone.

    What an exception or a suppression accepted in the baseline is left to that: a baseline must not
    outlive the day on which an exception ends.
    """
    failed = {f.id for f in baseline.findings if f.status is Status.FAIL and _left_to_baseline(f)}
    by = AcceptedBy(KIND, f"in the baseline of {baseline.as_of}")
    findings = tuple(
        msgspec.structs.replace(finding, exception=by) if finding.counts and finding.id in failed else finding
        for finding in assessment.findings
    )
    gone, untold = _ended(assessment, [f for f in baseline.findings if f.status is Status.FAIL])
    summary = BaselineSummary(baseline.as_of, 0, 0, gone, untold)
    return msgspec.structs.replace(assessment, findings=findings, baseline=counted(summary, findings))


def counted(summary: BaselineSummary, findings: tuple[Finding, ...]) -> BaselineSummary:
    """`summary` with the new and the known failures among `findings`."""
    known = sum(f.exception is not None and f.exception.kind == KIND for f in findings)
    return msgspec.structs.replace(summary, new=sum(f.counts for f in findings), known=known)


def strangers(assessment: Assessment, baseline: Assessment) -> bool:
    """Whether the two have no finding in common, as if they were about different targets."""
    known = {f.id for f in baseline.findings}
    return bool(known and assessment.findings) and not any(f.id in known for f in assessment.findings)


def _left_to_baseline(finding: Finding) -> bool:
    return finding.exception is None or finding.exception.kind == KIND


def _ended(assessment: Assessment, failed: list[Finding]) -> tuple[int, int]:
    """How many of the failures of the baseline are gone, and of how many that cannot be told."""
    now = {f.id: f.status for f in assessment.findings}
    unread = {item.path for item in assessment.unread}
    gone = untold = 0
    for finding in failed:
        status = now.get(finding.id)
        if status is Status.FAIL:
            continue
        if status is Status.UNKNOWN or (status is None and finding.subject.path in unread):
            untold += 1
        else:
            gone += 1
    return gone, untold
