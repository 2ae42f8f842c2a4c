"""Assessment results: what was observed, line by line, and which requirements that satisfies."""

from __future__ import annotations

from ourhalf.compliance.formats.format import Held
from ourhalf.compliance.oscal.document import (
    Json,
    assessed_at,
    document_uuid,
    line,
    listed,
    metadata,
    props,
    prose,
    remarks,
    uuid_of,
)
from ourhalf.compliance.oscal.evidence import ORIGIN, observation, observation_uuid
from ourhalf.compliance.oscal.plan import assets, reviewed
from ourhalf.compliance.oscal.references import document_href, document_resource, framework_resource, target_id
from ourhalf.compliance.oscal.system import THIS_SYSTEM, System, overall, satisfied
from ourhalf.compliance.results import Outcome, RequirementResult
from ourhalf.model.finding import Finding

KIND = "assessment-results"
_MOST_UNREAD = 1_000


def document(held: Held) -> Json:
    """The results' body. Raises OscalError where OSCAL cannot say it."""
    system = System(held)
    return {
        "uuid": document_uuid(held, KIND),
        "metadata": metadata(held, "Assessment results"),
        "import-ap": {"href": document_href(held, "assessment-plan")},
        "results": [_result(system)],
        "back-matter": {"resources": [framework_resource(held), document_resource(held, "assessment-plan")]},
    }


def _result(system: System) -> Json:
    report, assessment = system.held.report, system.held.assessment
    told = [result for result in report.results if result.outcome is not Outcome.NOT_APPLICABLE]
    observed = {finding.id: finding for result in told for finding in system.judged(result)}
    counts = ", ".join(f"{count} {outcome}" for outcome, count in report.counts.items() if count)
    return {
        "uuid": uuid_of("result", document_uuid(system.held, KIND), report.as_of.isoformat()),
        "title": line(f"As of {report.as_of}"),
        "description": prose(
            f"{assessment.tool.name} {assessment.tool.version} read {assessment.files} files.",
            f"Requirements: {counts}." if counts else "",
        ),
        "start": assessed_at(system.held),
        "end": assessed_at(system.held),
        "local-definitions": {"assessment-assets": assets(system.held)},
        "reviewed-controls": reviewed(system),
        **listed("observations", (observation(system, finding) for finding in observed.values())),
        **listed("findings", (_finding(system, result) for result in told)),
        **remarks(*_unread(system)),
    }


def _unread(system: System) -> list[str]:
    """What could not be read: nothing is known of it."""
    unread = system.held.assessment.unread
    told = [f"Not read: {one.path}:{one.line}: {one.reason}" for one in unread[:_MOST_UNREAD]]
    more = len(unread) - len(told)
    return [*told, f"And {more:,} more places that could not be read." if more else ""]


def _finding(system: System, result: RequirementResult) -> Json:
    findings = system.judged(result)
    key = (system.held.report.framework, result.id)
    return {
        "uuid": uuid_of("finding", *key),
        "title": line(f"{result.id}: {result.about}"),
        "description": prose(result.why) or "(no reason)",
        **props(label=system.label(result), outcome=result.outcome),
        "origins": [ORIGIN],
        "target": _target(system, result),
        "implementation-statement-uuid": uuid_of("by-component", *key, THIS_SYSTEM),
        **listed("related-observations", map(_related, findings)),
        **remarks(*_open(result)),
    }


def _related(finding: Finding) -> Json:
    return {"observation-uuid": observation_uuid(finding)}


def _target(system: System, result: RequirementResult) -> Json:
    return {
        "type": "statement-id",
        "target-id": target_id(system.held, system.control_ids[result.id]),
        "status": status(result),
        "implementation-status": overall(result).written(),
    }


def status(result: RequirementResult) -> Json:
    """Whether a requirement is satisfied: only where everything decides, or a dated source covers the provider's part.

    OSCAL knows no third state: what is unknown is not satisfied for a reason other than a failure, told in words.
    """
    if satisfied(result):
        return {"state": "satisfied", "reason": "pass" if result.outcome is Outcome.MET else "other"}
    failed = result.outcome in {Outcome.NOT_MET, Outcome.ACCEPTED}
    return {
        "state": "not-satisfied",
        "reason": "fail" if failed else "other",
        **remarks(f"Outcome: {result.outcome}.", result.why),
    }


def _open(result: RequirementResult) -> list[str]:
    """What is missing for a requirement to be satisfied."""
    if result.outcome is Outcome.MET:
        return []
    told = {
        Outcome.UNKNOWN: "What was read does not decide it: unknown is not satisfied.",
        Outcome.PARTLY: "What was judged holds, which does not suffice for the whole.",
        Outcome.MANUAL: "No configuration can show it.",
        Outcome.ACCEPTED: "What fails has been accepted; it is not satisfied.",
    }.get(result.outcome, "")
    if result.outcome is Outcome.INHERITED:
        told = "Satisfied by the provider, as dated sources say." if satisfied(result) else _UNDATED
    sources = dict.fromkeys(
        f"{one.layer} of {one.service} under {one.program}: {one.status}"
        + (f" as of {one.as_of}" if one.as_of else "")
        + (f", {one.source}" if one.source else "")
        for one in result.inherited
    )
    attach = f"To attach: {result.attach}" if result.attach else ""
    return [told, *sources, attach, *(f"To apply: {action}" for action in result.actions)]


_UNDATED = "The provider answers, but no dated source says that a program covers all of it."
