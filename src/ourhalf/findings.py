"""How a verdict becomes a finding: its subject, its evidence as text, its remedy."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from ourhalf.judging import Case
from ourhalf.model.control import Control
from ourhalf.model.field import Absent, Field, Known, Unresolved
from ourhalf.model.finding import EvidenceItem, Finding, Subject
from ourhalf.model.profile import Requirements
from ourhalf.model.responsibility import Responsibility
from ourhalf.model.verdict import Status, Verdict
from ourhalf.remedies.remedy import written
from ourhalf.summaries import service_of

_MENDED = frozenset({Status.FAIL, Status.UNKNOWN})
_LONGEST_SHOWN = 400


def finding_of(
    control: Control[Any], case: Case, verdict: Verdict, requirements: Requirements, who: Responsibility
) -> Finding:
    """What a verdict says, with whose it is, what to write and where it stands."""
    subject = Subject(
        case.resource.kind,
        case.name,
        service_of(case.workload) if case.workload else None,
        case.place.path or case.resource.place.path,
        case.place.line,
        case.workload.name if case.workload else None,
    )
    return Finding(
        id=fingerprint(control.id, subject),
        control=control.id,
        title=control.title,
        topic=control.topic,
        severity=requirements.severities.get(control.id) or verdict.severity or control.severity,
        party=who.party,
        action=who.action,
        status=verdict.status,
        reason=verdict.reason,
        remedy=written(control, case.subject, case.resource) if verdict.status in _MENDED else "",
        subject=subject,
        evidence=tuple(_item(field) for field in verdict.fields),
        frameworks={"nist-800-53-r5": control.nist_800_53} if control.nist_800_53 else {},
    )


def fingerprint(control: str, subject: Subject, key: str = "") -> str:
    """The id of a finding: the same wherever in its file the subject stands."""
    text = "\0".join((control, subject.type, subject.name, subject.path, key))
    return hashlib.blake2b(text.encode(), digest_size=10).hexdigest()


def _item(field: Field[Any]) -> EvidenceItem:
    place = field.place
    return EvidenceItem(place.path, place.line, place.field, shown(field))


def shown(field: Field[Any]) -> str:
    """A field as reports show it."""
    match field:
        case Known(tuple() as many):
            text = ", ".join(f"not known: {e.reason}" if isinstance(e, Unresolved) else _short(e) for e in many)
        case Known(value):
            text = _short(value)
        case Absent(None):
            return "not set"
        case Absent(default):
            return f"not set: {_short(default)} by default"
        case Unresolved(reason):
            text = f"not known: {reason}"
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"


def _short(value: Any) -> str:
    """A value in few words: groups of fields by their names and values, without places."""
    match value:
        case bool():
            return "true" if value else "false"
        case msgspec.Struct():
            return str(value) if "__str__" in vars(type(value)) else type(value).__name__
        case tuple():
            return ", ".join(_short(e) for e in value)
    return str(value)
