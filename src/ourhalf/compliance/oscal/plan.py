"""The assessment plan: which requirements are assessed, on what, and how."""

from __future__ import annotations

from ourhalf.compliance.formats.format import Held
from ourhalf.compliance.oscal.document import (
    Json,
    assessed_at,
    document_uuid,
    line,
    listed,
    metadata,
    properties,
    props,
    prose,
    role_refs,
    uuid_of,
)
from ourhalf.compliance.oscal.evidence import TOOL
from ourhalf.compliance.oscal.references import (
    document_href,
    document_resource,
    framework_resource,
)
from ourhalf.compliance.oscal.system import System
from ourhalf.compliance.results import Borne, Outcome, RequirementResult
from ourhalf.model.responsibility import Party

KIND = "assessment-plan"
_ALL: Json = {"type": "component", "include-all": {}}


def document(held: Held) -> Json:
    """The plan's body. Raises OscalError where OSCAL cannot say it."""
    system = System(held)
    activities = [*_tests(system), *_attached(system)]
    return {
        "uuid": document_uuid(held, KIND),
        "metadata": metadata(held, "Assessment plan"),
        "import-ssp": {"href": document_href(held, "system-security-plan")},
        **({"local-definitions": {"activities": activities}} if activities else {}),
        "reviewed-controls": reviewed(system),
        "assessment-subjects": [subjects(system)],
        "assessment-assets": assets(held),
        "tasks": [_task(system, activities)],
        "back-matter": {"resources": [framework_resource(held), document_resource(held, "system-security-plan")]},
    }


def reviewed(system: System) -> Json:
    """The requirements that are assessed, and those that nothing here is subject to, which are excluded."""
    results = system.held.report.results
    assessed = [system.control_ids[one.id] for one in results if one.outcome is not Outcome.NOT_APPLICABLE]
    excluded = [system.control_ids[one.id] for one in results if one.outcome is Outcome.NOT_APPLICABLE]
    inside: Json = {"include-controls": [{"control-id": id_} for id_ in assessed]} if assessed else {"include-all": {}}
    report = system.held.report
    told = f"Controls bear on {report.covered} of the {report.size} requirements that the framework has in all."
    return {
        "description": prose(
            told, "What is excluded does not apply: nothing here is subject to it." if excluded else ""
        ),
        "control-selections": [{**inside, **listed("exclude-controls", ({"control-id": id_} for id_ in excluded))}],
    }


def subjects(system: System) -> Json:
    """Every component of the system security plan."""
    chosen = [{"subject-uuid": uuid, "type": "component"} for uuid in system.components]
    return {"type": "component", "include-subjects": chosen}


def assets(held: Held) -> Json:
    """The tool, and where it runs."""
    tool = held.assessment.tool
    return {
        "components": [
            {
                "uuid": TOOL,
                "type": "software",
                "title": line(tool.name),
                "description": "Reads configuration and judges it. It executes nothing of what it reads.",
                **props(version=tool.version),
                "status": {"state": "operational"},
            }
        ],
        "assessment-platforms": [
            {
                "uuid": uuid_of("platform", tool.name),
                "title": "Where the tool runs",
                "uses-components": [{"component-uuid": TOOL}],
            }
        ],
    }


def _tests(system: System) -> list[Json]:
    """One activity for each control that bears on a requirement."""
    bearing: dict[str, list[tuple[RequirementResult, Borne]]] = {}
    for result in system.held.report.results:
        for borne in result.controls:
            bearing.setdefault(borne.control, []).append((result, borne))
    made = []
    for control, found in sorted(bearing.items()):
        known = system.controls.get(control)
        sources = sorted({f"Mapped by {borne.source}, read on {borne.read}." for _, borne in found})
        made.append(
            {
                "uuid": uuid_of("activity", control),
                "title": line(known.title if known else control),
                "description": prose(known.rationale if known else "", *sources) or "(no text)",
                "props": [
                    {"name": "method", "value": "TEST"},
                    *properties(control=control, severity=known.severity if known else None),
                ],
                "related-controls": _related(system, [result for result, _ in found]),
            }
        )
    return made


def _attached(system: System) -> list[Json]:
    """One activity for each requirement of which a person must show a part."""
    return [
        {
            "uuid": uuid_of("activity", system.held.report.framework, result.id),
            "title": line(f"What is attached for {result.id}"),
            "description": prose(result.attach or "No configuration can show it: attach what does."),
            "props": [{"name": "method", "value": "EXAMINE"}],
            "related-controls": _related(system, [result]),
            **role_refs([party for party in result.parties if party is not Party.NOT_APPLICABLE]),
        }
        for result in system.held.report.results
        if result.attach or result.outcome is Outcome.MANUAL
    ]


def _related(system: System, results: list[RequirementResult]) -> Json:
    ids = dict.fromkeys(system.control_ids[result.id] for result in results)
    return {"control-selections": [{"include-controls": [{"control-id": id_} for id_ in ids]}]}


def _task(system: System, activities: list[Json]) -> Json:
    return {
        "uuid": uuid_of("task", document_uuid(system.held, KIND)),
        "type": "action",
        "title": "Judge the configuration",
        "description": prose(f"Read {', '.join(system.held.report.targets) or 'the targets'} and judge what was read."),
        "timing": {"on-date": {"date": assessed_at(system.held)}},
        **listed(
            "associated-activities",
            ({"activity-uuid": one["uuid"], "subjects": [_ALL]} for one in activities),
        ),
    }
