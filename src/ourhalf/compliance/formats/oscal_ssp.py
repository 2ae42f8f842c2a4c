"""The OSCAL system security plan: who implements each requirement, and what is inherited."""

from __future__ import annotations

from ourhalf.compliance.formats.format import Format, Held
from ourhalf.compliance.oscal import ssp
from ourhalf.compliance.oscal.document import rendered


def render(held: Held) -> str:
    """The document as JSON. Raises OscalError where OSCAL cannot say it."""
    return rendered(ssp.KIND, ssp.document(held))


FORMAT = Format(
    "oscal-ssp", "system security plan of OSCAL: who implements each requirement, and what is inherited", render
)
