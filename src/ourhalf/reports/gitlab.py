"""The assessment as GitLab code quality: what merge requests show beside the lines that they change."""

from __future__ import annotations

from typing import Any

import msgspec

from ourhalf.model.finding import Assessment, Finding
from ourhalf.model.profile import Severity
from ourhalf.model.verdict import Status
from ourhalf.reports.places import below
from ourhalf.reports.report import Report
from ourhalf.reports.summary import harmless, place, prefix

_SEVERITIES = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
}
_LONGEST = 1000


def render(assessment: Assessment) -> str:
    """An issue for each failure that counts, and one of severity `info` for each unknown verdict."""
    folder = prefix(assessment)
    told = [_issue(f, folder) for f in assessment.findings if f.counts or f.status is Status.UNKNOWN]
    return msgspec.json.format(msgspec.json.encode(told), indent=2).decode() + "\n"


def _issue(finding: Finding, folder: str) -> dict[str, Any]:
    path, line = place(finding)
    failed = finding.status is Status.FAIL
    doubt = "" if failed else "unknown: "
    return {
        "description": _line(f"{finding.title}: {doubt}{finding.reason} ({finding.subject.name})"),
        "check_name": finding.control,
        "fingerprint": finding.id,
        "severity": _SEVERITIES[finding.severity] if failed else "info",
        "location": {"path": harmless(below(folder, path)), "lines": {"begin": max(1, line)}},
    }


def _line(text: str) -> str:
    """Text in one line, as GitLab shows it, cut where it is very long."""
    plain = " ".join(harmless(text).split())
    return plain if len(plain) <= _LONGEST else plain[:_LONGEST] + "…"


GITLAB = Report("gitlab", "GitLab code quality, for merge requests", render)
