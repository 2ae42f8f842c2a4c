"""The plan of action and milestones: every open failure, whose it is and until when; accepted ones are deviations."""

from __future__ import annotations

from ourhalf.compliance.formats.format import Held
from ourhalf.compliance.oscal.document import (
    Json,
    document_uuid,
    line,
    listed,
    metadata,
    properties,
    props,
    prose,
    remarks,
    uuid_of,
)
from ourhalf.compliance.oscal.evidence import (
    ORIGIN,
    due,
    observation,
    observation_uuid,
    owner,
    remedy,
    risk,
    risk_uuid,
)
from ourhalf.compliance.oscal.plan import assets
from ourhalf.compliance.oscal.references import document_href, document_resource, framework_resource
from ourhalf.compliance.oscal.system import System
from ourhalf.model.finding import Finding
from ourhalf.model.verdict import Status

KIND = "plan-of-action-and-milestones"


def document(held: Held) -> Json:
    """The plan's body. Raises OscalError where OSCAL cannot say it."""
    system = System(held)
    required: dict[str, list[str]] = {}
    for result in held.report.results:
        for finding in system.judged(result):
            if finding.status is Status.FAIL:
                required.setdefault(finding.id, []).append(result.id)
    failures = [system.findings[id_] for id_ in required]
    items = [_item(one, required[one.id]) for one in failures if one.exception is None]
    return {
        "uuid": document_uuid(held, KIND),
        "metadata": metadata(held, "Plan of action and milestones", *_left_out(held, required)),
        "import-ssp": {"href": document_href(held, "system-security-plan")},
        "system-id": {
            "identifier-type": "https://ietf.org/rfc/rfc4122",
            "id": uuid_of("system", *held.report.targets),
        },
        "local-definitions": {"assessment-assets": assets(held)},
        **listed("observations", (observation(system, finding) for finding in failures)),
        **listed("risks", (risk(system, finding) for finding in failures)),
        "poam-items": items or [_none(held)],
        "back-matter": {"resources": [framework_resource(held), document_resource(held, "system-security-plan")]},
    }


def _left_out(held: Held, required: dict[str, list[str]]) -> list[str]:
    others = sum(finding.counts and finding.id not in required for finding in held.assessment.findings)
    return (
        [f"{others:,} other open failures bear on no requirement of this framework, and are not here."]
        if others
        else []
    )


def _item(finding: Finding, requirements: list[str]) -> Json:
    until, told = due(finding)
    made = properties(
        finding=finding.id,
        control=finding.control,
        severity=finding.severity,
        party=finding.party,
        owner=owner(finding),
        due=until.isoformat() if until else None,
    )
    made += [one for id_ in requirements for one in properties(requirement=id_)]
    return {
        "uuid": uuid_of("item", finding.id),
        "title": line(f"{finding.title}: {finding.subject.name}"),
        "description": prose(finding.reason, f"At {finding.subject.path}:{finding.subject.line}.")
        + f"\n\n{remedy(finding)}",
        **listed("props", made),
        "origins": [ORIGIN],
        "related-observations": [{"observation-uuid": observation_uuid(finding)}],
        "related-risks": [{"risk-uuid": risk_uuid(finding)}],
        **remarks(f"Owner: {owner(finding)}.", told),
    }


def _none(held: Held) -> Json:
    """What stands where nothing is open, since OSCAL asks for one item."""
    return {
        "uuid": uuid_of("item", "none", document_uuid(held, KIND)),
        "title": "Nothing is open",
        "description": prose(
            f"No failure that bears on {held.report.title} was open as of {held.report.as_of}.",
            "That is not to say that every requirement is satisfied: see the assessment results for what is unknown.",
        ),
        **props(placeholder="no-open-failure"),
    }
