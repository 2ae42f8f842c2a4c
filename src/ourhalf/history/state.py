"""What the history keeps of a finding: enough to compare it, and to tell people of it without reading again."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from ourhalf.model.finding import Assessment, Finding, Subject
from ourhalf.model.profile import Severity
from ourhalf.model.responsibility import Party
from ourhalf.model.verdict import Status

_MOST_TEXT = 1000
_MOST_DETAILS = 4000


class Clock(msgspec.Struct, frozen=True):
    """Until when a party has to act. `until` is None where no date is known."""

    party: str
    until: date | None = None
    since: date | None = None


class State(msgspec.Struct, frozen=True, omit_defaults=True):
    """One finding on the day of an assessment.

    `accepted` is the kind of what accepts a failure, such as an exception; `overdue` says that its clock
    had passed then. `unread` marks a finding whose file could not be read: what it would be is not known.
    """

    id: str
    control: str
    title: str
    topic: str
    severity: Severity
    party: Party
    status: Status
    reason: str
    remedy: str
    subject: Subject
    action: str | None = None
    accepted: str | None = None
    clock: Clock | None = None
    overdue: bool = False
    details: dict[str, Any] | None = None
    unread: bool = False

    @property
    def counts(self) -> bool:
        """Whether it is a failure that nobody accepted."""
        return self.status is Status.FAIL and self.accepted is None


States = dict[str, State]


def states_of(assessment: Assessment) -> States:
    """What to keep of every finding, by id."""
    return {finding.id: _state(finding, assessment.as_of) for finding in assessment.findings}


def clock_of(details: dict[str, Any] | None) -> Clock | None:
    """The clock in the details of a finding; None where there is none that can be read."""
    found = (details or {}).get("clock")
    if not isinstance(found, dict):
        return None
    try:
        return msgspec.convert(found, Clock)
    except msgspec.ValidationError:
        return None


def _state(finding: Finding, as_of: date) -> State:
    clock = clock_of(finding.details)
    late = clock is not None and clock.until is not None and clock.until < as_of
    return State(
        id=finding.id,
        control=finding.control,
        title=_short(finding.title),
        topic=finding.topic,
        severity=finding.severity,
        party=finding.party,
        status=finding.status,
        reason=_short(finding.reason),
        remedy=_short(finding.remedy),
        subject=msgspec.structs.replace(finding.subject, identities=()),
        action=finding.action,
        accepted=finding.exception.kind if finding.exception is not None else None,
        clock=clock,
        overdue=finding.counts and late,
        details=_bounded(finding.details),
    )


def _short(text: str) -> str:
    return text if len(text) <= _MOST_TEXT else text[: _MOST_TEXT - 1] + "…"


def _bounded(details: dict[str, Any] | None) -> dict[str, Any] | None:
    """Details as JSON holds them, and None where they are long: an alert is no report."""
    if details is None:
        return None
    data = msgspec.json.encode(details)
    if len(data) > _MOST_DETAILS:
        return None
    found: dict[str, Any] = msgspec.json.decode(data)
    return found
