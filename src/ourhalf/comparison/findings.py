"""What changed between the findings of two assessments."""

from __future__ import annotations

from collections import defaultdict

import msgspec

from ourhalf.model.finding import Assessment, Finding
from ourhalf.model.profile import Severity
from ourhalf.model.verdict import Status


class FindingChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """A finding whose verdict or party differs; None is that of an assessment that has no such finding."""

    control: str
    title: str
    severity: Severity
    subject: str
    before: Status | None
    after: Status | None
    reason: str
    party_before: str = ""
    party_after: str = ""


def finding_changes(before: Assessment, after: Assessment) -> tuple[FindingChange, ...]:
    """Every finding that differs, failures first and worst first.

    Findings are the same where control and subject are, the names of the targets themselves left aside.
    """
    old, new = _by_key(before), _by_key(after)
    found = [
        change
        for key in sorted({*old, *new})
        for change in [_change(old.get(key), new.get(key))]
        if change is not None
    ]  # fmt: skip
    return tuple(sorted(found, key=_order))


_Key = tuple[str, str, str, int]


def _by_key(assessment: Assessment) -> dict[_Key, Finding]:
    """Findings by what they are about; several of one subject are told apart by their order."""
    seen: dict[tuple[str, str, str], int] = defaultdict(int)
    found: dict[_Key, Finding] = {}
    for finding in assessment.findings:
        name = _without(finding.subject.name, assessment.targets)
        place = _without(finding.subject.path, assessment.targets)
        key = (finding.control, finding.subject.type, f"{place}\0{name}")
        seen[key] += 1
        found[*key, seen[key]] = finding
    return found


def _without(text: str, targets: tuple[str, ...]) -> str:
    for target in targets:
        text = text.replace(target, "")
    return text


def _change(old: Finding | None, new: Finding | None) -> FindingChange | None:
    if old is not None and new is not None and (old.status, old.party) == (new.status, new.party):
        return None
    told = new or old
    if told is None or _quiet(old, new):
        return None
    return FindingChange(
        control=told.control,
        title=told.title,
        severity=told.severity,
        subject=told.subject.name,
        before=old.status if old else None,
        after=new.status if new else None,
        reason=told.reason,
        party_before=old.party if old else "",
        party_after=new.party if new else "",
    )


_SILENT = (None, Status.PASS, Status.NOT_APPLICABLE)


def _quiet(old: Finding | None, new: Finding | None) -> bool:
    """Whether it only came or went with its subject, and nothing was or is wrong."""
    return (old is None or new is None) and all((one.status if one else None) in _SILENT for one in (old, new))


def _order(change: FindingChange) -> tuple[int, int, str, str]:
    group = 0 if change.after is Status.FAIL else 1 if change.after is Status.UNKNOWN else 2
    return group, change.severity.rank, change.control, change.subject
