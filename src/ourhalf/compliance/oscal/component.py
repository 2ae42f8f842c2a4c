"""The component definition: each workload and service, and how it bears on the framework's requirements."""

from __future__ import annotations

from ourhalf.compliance.formats.format import Held
from ourhalf.compliance.oscal.document import (
    Json,
    document_uuid,
    listed,
    metadata,
    props,
    prose,
    remarks,
    role_refs,
    uuid_of,
)
from ourhalf.compliance.oscal.inheritance import undated
from ourhalf.compliance.oscal.references import framework_href, framework_resource
from ourhalf.compliance.oscal.ssp import described
from ourhalf.compliance.oscal.system import Component, System, of_component, parties, written

KIND = "component-definition"


def document(held: Held) -> Json:
    """The definition's body. Raises OscalError where OSCAL cannot say it."""
    system = System(held)
    bearing: dict[str, list[Json]] = {}
    for result in held.report.results:
        key = (held.report.framework, result.id)
        for component, findings, inherited in system.by_component(result):
            state = of_component(result, findings, inherited)
            bearing.setdefault(component.uuid, []).append(
                {
                    "uuid": uuid_of("implemented", *key, component.uuid),
                    "control-id": system.control_ids[result.id],
                    "description": described(findings, inherited),
                    **props(label=system.label(result), outcome=result.outcome, implementation_status=state.word),
                    **role_refs(parties(findings, inherited, result)),
                    **remarks(state.why, *undated(inherited)),
                }
            )
    return {
        "uuid": document_uuid(held, KIND),
        "metadata": metadata(
            held,
            "Component definition",
            "What is listed bears on a requirement; the property implementation-status says how far it goes.",
        ),
        "components": [_component(held, one, bearing.get(one.uuid, [])) for one in system.components.values()],
        "back-matter": {"resources": [framework_resource(held)]},
    }


def _component(held: Held, component: Component, requirements: list[Json]) -> Json:
    implementation = {
        "uuid": uuid_of("implementation", held.report.framework, component.uuid),
        "source": framework_href(held),
        "description": prose(f"{held.report.title} {held.report.version}, as of {held.report.as_of}."),
        "implemented-requirements": requirements,
    }
    return {
        **written(component, in_system=False),
        **listed("control-implementations", [implementation] if requirements else []),
    }
