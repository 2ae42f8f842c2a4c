"""The report as one self-contained page: it loads nothing and runs nothing."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from markupsafe import Markup

from ourhalf.compliance.formats.format import Format, Held
from ourhalf.compliance.formats.words import LABELS, MEANINGS, by_outcome, covered, heading, parties, provided, share
from ourhalf.compliance.results import Borne, Outcome, RequirementResult
from ourhalf.model.finding import Finding
from ourhalf.model.verdict import Status
from ourhalf.reports.pages import source_hash, template
from ourhalf.reports.summary import PARTY_LABELS, place, prefix, worst_first

if TYPE_CHECKING:
    from jinja2 import Template

_PLACES = 12


def render(held: Held) -> str:
    """The page."""
    report = held.report
    known = {f.id: f for f in held.assessment.findings if f.status is Status.FAIL}
    style = Markup(_text("ourhalf.reports") + _text("ourhalf.compliance.formats"))  # noqa: S704 - ours, hashed below

    def failures(result: RequirementResult) -> tuple[Finding, ...]:
        ids = dict.fromkeys(one for control in result.controls for one in control.findings)
        return worst_first(known[one] for one in ids if one in known)

    return _template().render(
        r=report,
        f=held.framework,
        a=held.assessment,
        heading=heading(report),
        covered=covered(report),
        share=share(report),
        groups=by_outcome(report),
        parties=parties(report),
        brief=(Outcome.MANUAL, Outcome.NOT_APPLICABLE),
        labels={"party": PARTY_LABELS, "outcome": LABELS, "meaning": MEANINGS},
        failures=failures,
        failing_first=_failing_first,
        provided=provided,
        place=place,
        folder=prefix(held.assessment),
        most=_PLACES,
        style=style,
        style_hash=source_hash(style),
    )


def _failing_first(controls: tuple[Borne, ...]) -> list[Borne]:
    return sorted(controls, key=lambda one: (-one.failed, -one.unknown, -one.accepted, not one.findings, one.control))


@cache
def _template() -> Template:
    return template(files("ourhalf.compliance.formats").joinpath("page", "page.html").read_text("utf-8"))


@cache
def _text(package: str) -> str:
    return files(package).joinpath("page", "page.css").read_text("utf-8")


HTML = Format("html", "one self-contained page", render)
