"""The assessment as one self-contained page: it loads nothing, and reads without scripts too."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from ourhalf.model.finding import Assessment, Finding
from ourhalf.model.verdict import Status
from ourhalf.reports import vulnerabilities
from ourhalf.reports.embedded import data
from ourhalf.reports.pages import source_hash, template
from ourhalf.reports.places import located
from ourhalf.reports.report import Report
from ourhalf.reports.summary import (
    PARTY_LABELS,
    STATUS_LABELS,
    Column,
    Group,
    Remedy,
    Repeated,
    about,
    accepted,
    by_reason,
    columns,
    columns_shown,
    comparison,
    headline,
    layer_label,
    layers,
    our_half,
    place,
    platform_label,
    prefix,
    remedies,
    tally,
    unknown_reasons,
    unread_reasons,
)
from ourhalf.reports.timeline import timeline

if TYPE_CHECKING:
    from jinja2 import Template

_SECTIONS = 80
_PLACES = 12
_REASONS = 8
_REMEDIES = 3
_WORKLOADS = 300
_LISTED = 100


def render(assessment: Assessment) -> str:
    """The page."""
    half = our_half(assessment)
    counts = tally(assessment)
    drawn = columns_shown(assessment)
    failing = _failing(assessment)
    script, style = Markup(_text("page.js")), Markup(_text("page.css"))  # noqa: S704 - ours, and hashed below
    return _template().render(
        a=assessment,
        headline=headline(assessment, counts),
        counts=counts,
        folder=prefix(assessment),
        sections=[_section(section) for section in half[:_SECTIONS]],
        left_out=half[_SECTIONS:],
        columns=drawn,
        columns_left=sum(len(c.workloads) for c in columns(assessment) if c not in drawn),
        layers=layers(assessment),
        held=_held(drawn),
        workloads=sorted(assessment.workloads, key=lambda w: (-failing.get((w.name, w.path), 0), w.path, w.line))[
            :_WORKLOADS
        ],
        failing=failing,
        unknown=unknown_reasons(assessment),
        unread=unread_reasons(assessment),
        accepted=accepted(assessment),
        comparison=comparison(assessment),
        others=_others(assessment),
        vulnerable=_vulnerable(assessment),
        left_label=vulnerabilities.left_label,
        age_label=vulnerabilities.age_label,
        located=located,
        listed=_LISTED,
        labels={"party": PARTY_LABELS, "status": STATUS_LABELS},
        layer_label=layer_label,
        platform_label=platform_label,
        about=about,
        place=place,
        remedy=Remedy.of,
        status=Status,
        embedded=data(assessment),
        script=script,
        style=style,
        script_hash=source_hash(script),
        style_hash=source_hash(style),
    )


def _vulnerable(assessment: Assessment) -> dict[str, Any] | None:
    """What the page says of vulnerabilities; None where none were looked for."""
    if not vulnerabilities.told(assessment):
        return None
    rows = vulnerabilities.rows(assessment)
    return {
        "rows": rows,
        "answers": vulnerabilities.answers(assessment, rows),
        "timeline": timeline(rows, assessment.as_of),
        "sources": vulnerabilities.sources(assessment),
    }


def _others(assessment: Assessment) -> list[Finding]:
    """A finding of each test of others that no control of ours is."""
    ours = {control.id for control in assessment.controls}
    return list({f.control: f for f in reversed(assessment.findings) if f.control not in ours}.values())[::-1]


def _section(section: Repeated | Group) -> dict[str, Any]:
    if isinstance(section, Group):
        return {"group": section}
    findings = section.findings
    reasons = by_reason(findings)
    return {
        "group": None,
        "first": findings[0],
        "count": len(findings),
        "reasons": [(reason, found[:_PLACES], len(found)) for reason, found in reasons[:_REASONS]],
        "left": len(reasons) - _REASONS,
        "remedies": remedies(findings)[:_REMEDIES],
    }


def _failing(assessment: Assessment) -> dict[tuple[str, str], int]:
    """How many failures count on each workload, by its name and file."""
    found: dict[tuple[str, str], int] = {}
    for finding in assessment.findings:
        if finding.counts and finding.subject.workload:
            key = (finding.subject.workload, finding.subject.path)
            found[key] = found.get(key, 0) + 1
    return found


def _held(drawn: tuple[Column, ...]) -> list[dict[str, int]]:
    """How many layers each party holds, a column each."""
    counted = []
    for column in drawn:
        found = dict.fromkeys(map(str, PARTY_LABELS), 0)
        for row in column.cells.values():
            found[row.party] = found.get(row.party, 0) + 1
        counted.append(found)
    return counted


@cache
def _template() -> Template:
    return template(_text("page.html"))


@cache
def _text(name: str) -> str:
    return files("ourhalf.reports").joinpath("page", name).read_text("utf-8")


HTML = Report("html", "one self-contained page", render)
