"""The OSCAL assessment plan: what is assessed and how."""

from __future__ import annotations

from ourhalf.compliance.formats.format import Format, Held
from ourhalf.compliance.oscal import plan
from ourhalf.compliance.oscal.document import rendered


def render(held: Held) -> str:
    """The document as JSON. Raises OscalError where OSCAL cannot say it."""
    return rendered(plan.KIND, plan.document(held))


FORMAT = Format("oscal-ap", "assessment plan of OSCAL: what is assessed, and how", render)
