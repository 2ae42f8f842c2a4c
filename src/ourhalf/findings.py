"""How a verdict becomes a finding: its subject, its evidence as text, its remedy."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from ourhalf.graph.index import stated_identities
from ourhalf.judging import Asked, Case
from ourhalf.model.control import Control
from ourhalf.model.field import Field, Known, Unresolved
from ourhalf.model.finding import AcceptedBy, EvidenceItem, Finding, Subject
from ourhalf.model.resource import Dialect, Resource
from ourhalf.model.responsibility import Layer, Responsibility
from ourhalf.model.verdict import Status, Verdict
from ourhalf.remedies.remedy import written
from ourhalf.resources.vulnerabilities import Clock, Vulnerability
from ourhalf.summaries import service_of

_MENDED = (Status.FAIL, Status.UNKNOWN)
_LONGEST_SHOWN = 400


def subject_of(case: Case) -> Subject:
    """What is judged, as findings name it."""
    workload, resource = case.workload, case.resource
    own = stated_identities(resource)
    if resource.origin.dialect is Dialect.KUBERNETES:
        own.add(resource.origin.address)  # `namespace/Kind/name`
    return Subject(
        resource.kind,
        case.name,
        service_of(workload) if workload else None,
        case.place.path or resource.place.path,
        case.place.line,
        workload.name if workload else None,
        tuple(sorted(own - {""})),
    )


def finding_of(control: Control[Any], asked: Asked, verdict: Verdict, who: Responsibility) -> Finding:
    """What a verdict says, with whose it is, what to write and where it stands."""
    case, requirements, subject = asked.case, asked.requirements, asked.subject
    status = verdict.status
    key = case.resource.key if isinstance(case.resource, Vulnerability) else ""
    return Finding(
        id=fingerprint(control.id, subject, key),
        control=control.id,
        title=control.title,
        topic=control.topic,
        severity=requirements.severities.get(control.id) or verdict.severity or control.severity,
        party=who.party,
        action=who.action,
        status=status,
        reason=verdict.reason,
        remedy=_remedy(control, case) if status in _MENDED else "",
        subject=subject,
        evidence=tuple([_item(field) for field in verdict.fields]),
        frameworks={"nist-800-53-r5": control.nist_800_53} if control.nist_800_53 else {},
        details=case.resource.details,
    )


def _remedy(control: Control[Any], case: Case) -> str:
    resource = case.resource
    if isinstance(resource, Vulnerability) and resource.clock.action:
        action = resource.clock.action
        return f"{action[:1].upper()}{action[1:]}."
    return written(control, case.subject, resource)


def of_clock(layer: Layer, clock: Clock) -> Responsibility:
    """Who answers for a vulnerability: the party whose clock runs, whatever the layer of its control."""
    return Responsibility(layer, clock.party, clock.why, clock.action or None)


def stated(finding: Finding, resource: Resource) -> Finding:
    """The finding, marked where a VEX statement that counts says that there is nothing to do."""
    if not isinstance(resource, Vulnerability) or finding.exception is not None or finding.status not in _MENDED:
        return finding
    one = next((one for one in reversed(resource.statements) if one.clears), None)
    if one is None:
        return finding
    why = ": ".join(filter(None, (one.status.replace("_", " "), one.reason or one.justification.replace("_", " "))))
    return msgspec.structs.replace(finding, exception=AcceptedBy("vex", why, one.by or None, one.expires))


def fingerprint(control: str, subject: Subject, key: str = "") -> str:
    """The id of a finding: the same wherever in its file the subject stands."""
    text = f"{control}\0{subject.type}\0{subject.name}\0{subject.path}\0{key}"
    return hashlib.blake2b(text.encode(), digest_size=10).hexdigest()


def _item(field: Field[Any]) -> EvidenceItem:
    place = field.place
    return EvidenceItem(place.path, place.line, place.field, shown(field))


def shown(field: Field[Any]) -> str:
    """A field as reports show it."""
    if isinstance(field, Known):
        value = field.value
        if isinstance(value, tuple):
            text = ", ".join([f"not known: {e.reason}" if isinstance(e, Unresolved) else _short(e) for e in value])
        else:
            text = _short(value)
    elif isinstance(field, Unresolved):
        text = f"not known: {field.reason}"
    elif field.default is None:
        return "not set"
    else:
        return f"not set: {_short(field.default)} by default"
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"


def _short(value: Any) -> str:
    """A value in few words: groups of fields by their names and values, without places."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, msgspec.Struct):
        return str(value) if "__str__" in vars(type(value)) else type(value).__name__
    if isinstance(value, tuple):
        return ", ".join(_short(e) for e in value)
    return str(value)
