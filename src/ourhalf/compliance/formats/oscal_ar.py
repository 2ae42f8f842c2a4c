"""The OSCAL assessment results: what was observed, with links to the lines, and what that satisfies."""

from __future__ import annotations

from ourhalf.compliance.formats.format import Format, Held
from ourhalf.compliance.oscal import results
from ourhalf.compliance.oscal.document import rendered


def render(held: Held) -> str:
    """The document as JSON. Raises OscalError where OSCAL cannot say it."""
    return rendered(results.KIND, results.document(held))


FORMAT = Format(
    "oscal-ar",
    "assessment results of OSCAL: what was observed, with links to the lines, and what that satisfies",
    render,
)
