"""What we state of vulnerabilities as OpenVEX: affected, not affected with the reason, or being looked into."""

from __future__ import annotations

from ourhalf.model.finding import Assessment
from ourhalf.reports.report import Report


def render(assessment: Assessment) -> str:
    """The document; see `ourhalf.vulnerabilities.vex.openvex`."""
    from ourhalf.vulnerabilities.vex.openvex import write_openvex
    from ourhalf.vulnerabilities.vex.stating import stated_in

    return write_openvex(stated_in(assessment), assessment.as_of)


OPENVEX = Report("openvex", "OpenVEX 0.2, what we state of vulnerabilities", render)
