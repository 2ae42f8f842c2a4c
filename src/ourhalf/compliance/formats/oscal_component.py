"""The OSCAL component definition: each workload and service, and the requirements it bears on."""

from __future__ import annotations

from ourhalf.compliance.formats.format import Format, Held
from ourhalf.compliance.oscal import component
from ourhalf.compliance.oscal.document import rendered


def render(held: Held) -> str:
    """The document as JSON. Raises OscalError where OSCAL cannot say it."""
    return rendered(component.KIND, component.document(held))


FORMAT = Format(
    "oscal-component",
    "component definition of OSCAL: each workload and service, and what bears on which requirement",
    render,
)
