"""The OSCAL plan of action and milestones: each open failure, its owner and due date."""

from __future__ import annotations

from ourhalf.compliance.formats.format import Format, Held
from ourhalf.compliance.oscal import poam
from ourhalf.compliance.oscal.document import rendered


def render(held: Held) -> str:
    """The document as JSON. Raises OscalError where OSCAL cannot say it."""
    return rendered(poam.KIND, poam.document(held))


FORMAT = Format(
    "oscal-poam", "plan of action and milestones of OSCAL: each open failure, its owner and its day", render
)
