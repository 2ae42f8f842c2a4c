"""The assessment as SARIF 2.1.0, for code scanning and editors."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import msgspec

from ourhalf.model.evidence import Unread
from ourhalf.model.finding import Assessment, ControlSummary, Finding
from ourhalf.model.profile import Severity
from ourhalf.model.verdict import Status
from ourhalf.reports.places import in_image
from ourhalf.reports.report import Report
from ourhalf.reports.summary import PARTY_LABELS, Remedy, harmless, layer_label, place, prefix
from ourhalf.reports.vulnerabilities import age_label, sources

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "ourhalf/v1"

_LEVELS = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note"}
_SCORES = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "3.0"}
_TOLD = (Status.FAIL, Status.UNKNOWN)


def render(assessment: Assessment) -> str:
    """One run, with a result for each failure and each unknown verdict; accepted ones are suppressed."""
    return msgspec.json.format(msgspec.json.encode(document(assessment)), indent=2).decode() + "\n"


def _advisories(assessment: Assessment) -> dict[str, Any]:
    """What advisories were asked, and how old each source is; nothing where none was."""
    told = {one.name: f"of {one.as_of or 'no day'}, {age_label(one)}" for one in sources(assessment)}
    return {"advisories": told} if told else {}


def document(assessment: Assessment) -> dict[str, Any]:
    """The SARIF log."""
    told = [f for f in assessment.findings if f.status in _TOLD]
    named = {f.control: f for f in told}
    rules = [_rule(c) for c in assessment.controls if c.id in named]
    rules += [_bare_rule(f) for f in named.values() if f.control not in {rule["id"] for rule in rules}]
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    folder = prefix(assessment)
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": assessment.tool.name,
                        "version": assessment.tool.version,
                        "semanticVersion": assessment.tool.version,
                        "rules": rules,
                    }
                },
                "columnKind": "unicodeCodePoints",
                "invocations": [
                    {
                        "executionSuccessful": True,
                        "toolExecutionNotifications": [_notification(item, folder) for item in assessment.unread],
                    }
                ],
                "results": [_result(finding, index[finding.control], folder) for finding in told],
                "properties": {
                    "asOf": assessment.as_of,
                    "sensitivity": assessment.profile.sensitivity,
                    **_advisories(assessment),
                },
            }
        ],
    }


def _rule(control: ControlSummary) -> dict[str, Any]:
    rule = {
        "id": control.id,
        "name": "".join(part.capitalize() for part in control.id.split("-")),
        "shortDescription": {"text": control.title},
        "fullDescription": {"text": control.rationale},
        "help": {
            "text": f"{control.rationale}\n\n{control.remedy}",
            "markdown": _help(control),
        },
        "defaultConfiguration": {"level": _LEVELS[control.severity]},
        "properties": {
            "tags": ["security", control.topic, *(f"nist-800-53:{id_}" for id_ in control.nist_800_53)],
            "precision": "high",
            "problem.severity": _LEVELS[control.severity].replace("note", "recommendation"),
            "security-severity": _SCORES[control.severity],
        },
    }
    if control.citations:
        rule["helpUri"] = control.citations[0].url
    return rule


def _bare_rule(finding: Finding) -> dict[str, Any]:
    return {"id": finding.control, "shortDescription": {"text": finding.title}}


def _help(control: ControlSummary) -> str:
    parts = [
        f"# {control.title}",
        control.rationale,
        f"**Remedy.** {control.remedy}",
        f"**Layer of responsibility.** {layer_label(control.layer)}",
    ]
    if control.same_as:
        parts.append("**The same test elsewhere.** " + ", ".join(f"{p.tool} `{p.id}`" for p in control.same_as))
    if control.citations:
        parts.append("**Sources**\n\n" + "\n".join(f"- <{c.url}> (read {c.read})" for c in control.citations))
    return "\n\n".join(parts) + "\n"


def _result(finding: Finding, rule: int, folder: str) -> dict[str, Any]:
    failed = finding.status is Status.FAIL
    remedy = Remedy.of(finding)
    snippet = f"\n{remedy.snippet}" if remedy.snippet else ""
    result: dict[str, Any] = {
        "ruleId": finding.control,
        "ruleIndex": rule,
        "kind": "fail" if failed else "open",
        "level": _LEVELS[finding.severity] if failed else "none",
        "message": {"text": harmless(f"{finding.subject.name}: {finding.reason}\n{remedy.prose}{snippet}")},
        "locations": [_location(*place(finding), folder, finding)],
        "partialFingerprints": {FINGERPRINT: finding.id},
        "properties": {
            "severity": finding.severity,
            "party": finding.party,
            "whose": PARTY_LABELS[finding.party],
            "subjectType": finding.subject.type,
        },
    }
    related = [
        {
            "id": number,
            "physicalLocation": _physical(item.path, item.line, folder),
            "message": {"text": harmless(f"{item.field}: {item.value}" if item.field else item.value)},
        }
        for number, item in enumerate(finding.evidence)
        if item.path
    ]
    if related:
        result["relatedLocations"] = related
    if finding.exception is not None:
        by = finding.exception
        inside = by.kind == "suppression"
        owner = f" ({by.owner})" if by.owner else ""
        result["suppressions"] = [
            {
                "kind": "inSource" if inside else "external",
                "status": "accepted",
                "justification": harmless(f"{by.reason}{owner}"),
            }
        ]
    return result


def _location(path: str, line: int, folder: str, finding: Finding) -> dict[str, Any]:
    return {
        "physicalLocation": _physical(path, line, folder),
        "logicalLocations": [{"fullyQualifiedName": harmless(finding.subject.name), "kind": "resource"}],
    }


def _physical(path: str, line: int, folder: str) -> dict[str, Any]:
    if in_image(path):  # no lines to go to, and no path below the folder
        return {"artifactLocation": {"uri": _uri(path)}}
    return {"artifactLocation": {"uri": _uri(folder + path)}, "region": {"startLine": max(1, line)}}


def _uri(path: str) -> str:
    """A path as a relative reference; a colon is written as a code, so that nothing looks like a scheme."""
    return quote(path or ".", safe="/!$&'()*+,;=@-._~", errors="replace")


def _notification(item: Unread, folder: str) -> dict[str, Any]:
    return {
        "level": "warning",
        "message": {"text": harmless(f"{item.reader}: {item.reason}")},
        "locations": [{"physicalLocation": _physical(item.path, item.line, folder)}],
        "descriptor": {"id": "unread"},
    }


SARIF = Report("sarif", "SARIF 2.1.0, for code scanning and editors", render)
