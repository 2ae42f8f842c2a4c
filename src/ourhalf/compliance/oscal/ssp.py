"""The system security plan: what the system is, and who implements each requirement, how far, and how that is known."""

from __future__ import annotations

from ourhalf.compliance.formats.format import Held
from ourhalf.compliance.oscal.document import (
    Json,
    document_uuid,
    line,
    listed,
    metadata,
    party_uuid,
    properties,
    props,
    prose,
    remarks,
    role_refs,
    string,
    uuid_of,
    writable,
)
from ourhalf.compliance.oscal.inheritance import authorization_uuid, exported, inherited, satisfied_by, undated
from ourhalf.compliance.oscal.inputs import Claims
from ourhalf.compliance.oscal.references import framework_href, framework_resource
from ourhalf.compliance.oscal.system import (
    THIS_SYSTEM,
    Component,
    State,
    System,
    dated,
    of_component,
    overall,
    parties,
    written,
)
from ourhalf.compliance.results import Inherited, Outcome, RequirementResult
from ourhalf.model.finding import Finding
from ourhalf.model.responsibility import Party

KIND = "system-security-plan"


def document(held: Held) -> Json:
    """The plan's body. Raises OscalError where OSCAL cannot say it."""
    system = System(held)
    claims = Claims(held, system)
    return {
        "uuid": document_uuid(held, KIND),
        "metadata": metadata(held, "System security plan", *claims.unread()),
        "import-profile": {"href": framework_href(held)},
        "system-characteristics": _characteristics(held),
        "system-implementation": _implementation(system, claims),
        "control-implementation": {
            "description": prose(
                f"What {held.assessment.tool.name} found in configuration as of {held.report.as_of}. "
                f"Controls bear on {held.report.covered} of {held.report.size} requirements; "
                "what configuration does not decide is unknown here, and never implemented."
            ),
            "implemented-requirements": [_requirement(system, claims, result) for result in held.report.results],
        },
        "back-matter": {"resources": [framework_resource(held)]},
    }


def _characteristics(held: Held) -> Json:
    assessment = held.assessment
    targets = ", ".join(held.report.targets)
    sensitivity = string(assessment.profile.sensitivity) or "unknown"
    unread = len(assessment.unread)
    return {
        "system-ids": [
            {"identifier-type": "https://ietf.org/rfc/rfc4122", "id": uuid_of("system", *held.report.targets)}
        ],
        "system-name": string(targets) or "system",
        "description": prose(f"The deep-learning containers that {targets or 'the targets'} configure."),
        **listed("props", [one for name in assessment.profile.regulations for one in properties(regulation=name)]),
        "security-sensitivity-level": sensitivity,
        "system-information": {
            "information-types": [
                {
                    "uuid": uuid_of("information", sensitivity),
                    "title": line(f"Data of sensitivity {sensitivity}"),
                    "description": prose("As the profile states it. Impact levels are for its owner to decide."),
                }
            ]
        },
        "status": {"state": "other", "remarks": "Configuration was read, which does not say whether it operates."},
        "authorization-boundary": {
            "description": prose(
                f"{assessment.files} files of {targets or 'the targets'}: {len(assessment.workloads)} workloads. "
                "What is configured elsewhere is outside.",
                f"{unread} places could not be read; what they hold is unknown." if unread else "",
            )
        },
    }


def _implementation(system: System, claims: Claims) -> Json:
    this: Component = system.components[THIS_SYSTEM]
    others = [one for one in system.components.values() if one.uuid != THIS_SYSTEM]
    return {
        **listed("leveraged-authorizations", _authorizations(system)),
        "components": [
            written(this, in_system=True),
            *(_leveraging(system, one) for one in others),
            *claims.components(),
        ],
    }


def _programs(system: System) -> dict[str, list[Inherited]]:
    """What a dated source puts into each program, on a day that OSCAL can write."""
    found: dict[str, list[Inherited]] = {}
    for result in system.held.report.results:
        for item in result.inherited:
            if dated(item) and item.as_of and writable(item.as_of):
                found.setdefault(item.program, []).append(item)
    return dict(sorted(found.items()))


def _leveraging(system: System, component: Component) -> Json:
    """A component; a service names the authorizations that it brings."""
    made = written(component, in_system=True)
    if component.type != "service":
        return made
    brought = [
        {"name": "leveraged-authorization-uuid", "value": authorization_uuid(program)}
        for program, items in _programs(system).items()
        if any(string(item.service) == component.service for item in items)
    ]
    return {**made, **listed("props", [*brought, *made.get("props", [])])}


def _authorizations(system: System) -> list[Json]:
    """One for each program that a dated source puts a service into, as of the first such date."""
    made = []
    for program, items in _programs(system).items():
        services = sorted({item.service for item in items})
        sources = sorted({f"{item.source} ({item.as_of})" for item in items})
        made.append(
            {
                "uuid": authorization_uuid(program),
                "title": line(f"AWS under {program}"),
                **props(program=program),
                "party-uuid": party_uuid(Party.PROVIDER),
                "date-authorized": min(item.as_of for item in items if item.as_of).isoformat(),
                **remarks(
                    "The date is that of the source, not that of an authorization.",
                    f"In scope: {', '.join(services)}.",
                    *sources,
                ),
            }
        )
    return made


def _requirement(system: System, claims: Claims, result: RequirementResult) -> Json:
    key = (system.held.report.framework, result.id)
    parts = {one[0].uuid: one for one in system.by_component(result)}
    _, outside, items = parts.pop(THIS_SYSTEM, (None, [], []))
    made = [_whole(system, result, outside, items), *(_part(system, result, *one) for one in parts.values())]
    for component, told, state in claims.bearing_on(result):
        made.append(
            {
                "component-uuid": component.uuid,
                "uuid": uuid_of("by-component", *key, component.uuid),
                "description": told,
                "implementation-status": state.written(),
            }
        )
    return {
        "uuid": uuid_of("requirement", *key),
        "control-id": system.control_ids[result.id],
        **props(label=system.label(result), outcome=result.outcome),
        **role_refs(result.parties),
        "by-components": made,
        **remarks(result.why if result.outcome is not Outcome.MET else "", *_to_do(result)),
    }


def _to_do(result: RequirementResult) -> list[str]:
    attach = f"To attach: {result.attach}" if result.attach else ""
    return [attach, *(f"To apply: {action}" for action in result.actions)]


def _whole(system: System, result: RequirementResult, findings: list[Finding], items: list[Inherited]) -> Json:
    """The whole system's part, with what bears on no workload or service."""
    key = (system.held.report.framework, result.id)
    return {
        "component-uuid": THIS_SYSTEM,
        "uuid": uuid_of("by-component", *key, THIS_SYSTEM),
        "description": prose(result.about, result.why) + f"\n\n{described(findings, items)}".rstrip(),
        "implementation-status": overall(result).written(),
        **exported(key, result, items),
        **listed("inherited", inherited(key, result)),
        **listed("satisfied", satisfied_by(key, result)),
    }


def _part(
    system: System,
    result: RequirementResult,
    component: Component,
    findings: list[Finding],
    items: list[Inherited],
) -> Json:
    key = (system.held.report.framework, result.id)
    state: State = of_component(result, findings, items)
    return {
        "component-uuid": component.uuid,
        "uuid": uuid_of("by-component", *key, component.uuid),
        "description": described(findings, items),
        "implementation-status": state.written(),
        **exported(key, result, items),
        **role_refs(parties(findings, items, result)),
        **remarks(*undated(items)),
    }


def described(findings: list[Finding], items: list[Inherited]) -> str:
    """What bears on a requirement in one component: each control with its verdicts, and each inherited layer."""
    verdicts: dict[str, list[str]] = {}
    for finding in findings:
        verdicts.setdefault(f"{finding.title} ({finding.control})", []).append(finding.status.value)
    counted = (f"{control}: {_counts(words)}." for control, words in verdicts.items())
    return prose(*counted, *(f"The provider answers for {layer}." for layer in sorted({one.layer for one in items})))


def _counts(words: list[str]) -> str:
    return ", ".join(f"{words.count(word)} {word}" for word in ("fail", "unknown", "pass") if word in words)
