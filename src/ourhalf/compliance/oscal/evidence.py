"""Findings as OSCAL's observations and risks, with links back to the lines that decided."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ourhalf.compliance.oscal.document import (
    NAMESPACE,
    Json,
    assessed_at,
    href,
    line,
    listed,
    moment,
    props,
    prose,
    remarks,
    role_refs,
    string,
    uuid_of,
)
from ourhalf.compliance.oscal.system import System
from ourhalf.model.finding import EvidenceItem, Finding
from ourhalf.model.responsibility import Party
from ourhalf.model.verdict import Status
from ourhalf.reports.summary import harmless

TOOL = uuid_of("component", "tool")
ORIGIN: Json = {"actors": [{"type": "tool", "actor-uuid": TOOL}]}


def observation_uuid(finding: Finding) -> str:
    """The UUID of what was observed: it stays the same while the finding does."""
    return uuid_of("observation", finding.id)


def risk_uuid(finding: Finding) -> str:
    """The UUID of the risk that a failure is."""
    return uuid_of("risk", finding.id)


def observation(system: System, finding: Finding) -> Json:
    """One verdict on one subject, with every line that decided it."""
    component = system.component_of(finding)
    told = {
        Status.UNKNOWN: f"What was read does not decide it: {finding.reason}",
        Status.FAIL: _accepted(finding),
    }.get(finding.status, "")
    return {
        "uuid": observation_uuid(finding),
        "title": line(f"{finding.title}: {finding.subject.name}"),
        "description": prose(finding.reason) or "(no reason)",
        **props(
            finding=finding.id,
            control=finding.control,
            verdict=finding.status,
            severity=finding.severity,
            party=finding.party,
            subject_type=finding.subject.type,
        ),
        "methods": ["TEST"],
        "types": ["finding"],
        "origins": [ORIGIN],
        "subjects": [{"subject-uuid": component.uuid, "type": "component", "title": line(finding.subject.name)}],
        **listed("relevant-evidence", map(_evidence, finding.evidence or (_subject(finding),))),
        "collected": assessed_at(system.held),
        **remarks(told),
    }


def _subject(finding: Finding) -> EvidenceItem:
    """The place of the subject, where no field decided."""
    return EvidenceItem(finding.subject.path, finding.subject.line, "", "judged as a whole")


def _evidence(item: EvidenceItem) -> Json:
    told = f"{item.field}: {item.value}" if item.field else item.value
    place = f"{item.path}:{item.line}" if item.path else ""
    return {
        **({"href": href(item.path, item.line)} if item.path else {}),
        "description": prose(told, place) or "(no value)",
        **props(field=item.field),
    }


def risk(system: System, finding: Finding) -> Json:
    """A failure: how bad it is, whose, until when, and what mends it; a deviation where it is accepted."""
    until, told = due(finding)
    day = moment(until) if until else None
    return {
        "uuid": risk_uuid(finding),
        "title": line(f"{finding.title}: {finding.subject.name}"),
        "description": prose(finding.reason, told),
        "statement": prose(_rationale(system, finding) or finding.reason) or "(no reason)",
        **props(
            finding=finding.id, owner=owner(finding), party=finding.party, due=until.isoformat() if until else None
        ),
        "status": status(finding),
        "origins": [ORIGIN],
        "characterizations": [
            {"origin": ORIGIN, "facets": [{"name": "severity", "system": NAMESPACE, "value": finding.severity.value}]}
        ],
        **listed("mitigating-factors", _factors(finding)),
        **({"deadline": day} if day else {}),
        "remediations": [_response(finding, day)],
        "related-observations": [{"observation-uuid": observation_uuid(finding)}],
    }


def status(finding: Finding) -> str:
    """The status of a risk: approved deviations are those that the profile names an owner for."""
    if finding.exception is None:
        return "open"
    return "deviation-approved" if finding.exception.owner else "deviation-requested"


def owner(finding: Finding) -> str:
    """Who has to mend a failure: the owner of its exception, else the party that answers."""
    if finding.exception is not None and finding.exception.owner:
        return finding.exception.owner
    clock = _clock(finding)
    party = clock.get("party")
    return party if isinstance(party, str) and string(party) else finding.party.value


def due(finding: Finding) -> tuple[date | None, str]:
    """Until when a failure has to be mended, and which clock or exception says so."""
    until = _day(_clock(finding).get("until"))
    if until is not None:
        return until, f"Due on {until}, by the clock of the finding."
    expires = finding.exception.expires if finding.exception is not None else None
    if expires is not None:
        return expires, f"Due on {expires}, when its exception ends."
    return None, "No due date: neither a clock nor an exception sets one."


def _clock(finding: Finding) -> dict[str, Any]:
    clock = (finding.details or {}).get("clock")
    return clock if isinstance(clock, dict) else {}


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return datetime.fromisoformat(value).date() if isinstance(value, str) else None
    except ValueError:
        return None


def _accepted(finding: Finding) -> str:
    by = finding.exception
    if by is None:
        return ""
    until = f" until {by.expires}" if by.expires else ""
    return f"The failure is accepted by {by.kind}{f' of {by.owner}' if by.owner else ''}{until}: {by.reason}"


def _factors(finding: Finding) -> list[Json]:
    told = _accepted(finding)
    return [{"uuid": uuid_of("deviation", finding.id), "description": prose(told)}] if told else []


def _rationale(system: System, finding: Finding) -> str:
    found = system.controls.get(finding.control)
    return found.rationale if found else ""


def _response(finding: Finding, day: str | None) -> Json:
    parties = [finding.party] if finding.party is not Party.NOT_APPLICABLE else []
    task: Json = {
        "uuid": uuid_of("milestone", finding.id),
        "type": "milestone",
        "title": "The control holds",
        "description": prose(f"A new assessment finds that {finding.control} holds."),
        **({"timing": {"on-date": {"date": day}}} if day else {}),
        **role_refs(parties),
    }
    return {
        "uuid": uuid_of("response", finding.id),
        "lifecycle": "recommendation",
        "title": "Remedy",
        "description": remedy(finding),
        "tasks": [task],
    }


def remedy(finding: Finding) -> str:
    """What mends a failure: the words, then what to write, line by line, in a block of its own."""
    words, _, snippet = finding.remedy.partition("\n")
    block = "\n".join(f"    {row}" for row in map(_row, snippet.splitlines()))
    text = prose(words, f"To apply: {finding.action}" if finding.action else "")
    return "\n\n".join(part for part in (text, block if snippet.strip() else "") if part) or "(no remedy)"


def _row(text: str) -> str:
    """A line of code as it is, but for characters that steer a terminal."""
    return harmless(text.replace("\t", "    "))
