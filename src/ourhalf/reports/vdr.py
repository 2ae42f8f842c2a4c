"""Vulnerabilities as CycloneDX: a disclosure report (VDR) whose analyses are VEX."""

from __future__ import annotations

from ourhalf.model.finding import Assessment
from ourhalf.reports.report import Report


def render(assessment: Assessment) -> str:
    """The document; see `ourhalf.vulnerabilities.vex.cyclonedx`."""
    from ourhalf.vulnerabilities.vex.cyclonedx import write_cyclonedx
    from ourhalf.vulnerabilities.vex.stating import stated_in

    return write_cyclonedx(stated_in(assessment), assessment.as_of)


VDR = Report("cyclonedx-vdr", "CycloneDX 1.6, vulnerabilities with what we state of them", render)
