"""Makes a plan of evidence or of a finished assessment."""

from __future__ import annotations

from datetime import date

from ourhalf.model.evidence import Evidence, Unread
from ourhalf.model.finding import Assessment
from ourhalf.model.profile import Parameters
from ourhalf.monitor.formats.format import Planned
from ourhalf.monitor.gather import of_assessment, of_evidence
from ourhalf.monitor.plan import Asked, Unreadable, plan_of
from ourhalf.monitor.recommendation import asked_controls


def from_evidence(evidence: Evidence, targets: tuple[str, ...], as_of: date, parameters: Parameters) -> Planned:
    """The plan for what configuration holds."""
    facts = of_evidence(evidence, as_of, asked_controls())
    return Planned(plan_of(facts, Asked(targets, as_of, parameters, _unread(evidence.unread))), facts)


def from_assessment(assessment: Assessment) -> Planned:
    """The plan for what a finished assessment holds, with what it does not tell in `missing`."""
    facts = of_assessment(assessment, asked_controls())
    asked = Asked(assessment.targets, assessment.as_of, unread=_unread(assessment.unread))
    return Planned(plan_of(facts, asked), facts)


def _unread(unread: tuple[Unread, ...]) -> tuple[Unreadable, ...]:
    return tuple(Unreadable(one.path, one.line, one.reason) for one in unread)
