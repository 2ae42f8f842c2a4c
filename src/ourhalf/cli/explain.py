"""`ourhalf explain`: Say why a verdict is what it is, whose it is, and what to write."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

import click

from ourhalf.cli.shell.options import AS_OF, TABLE_OR_JSON
from ourhalf.cli.shell.problem import Problem

if TYPE_CHECKING:
    from ourhalf.model.finding import Assessment, ControlSummary, Finding

_HEX = re.compile(r"[0-9a-f]{1,20}")
_MOST = 5
_MOST_COMPARED = 20_000


@click.command("explain")
@click.argument("id_", metavar="FINDING_ID|CONTROL_ID")
@click.argument("targets", nargs=-1, metavar="[TARGET]...")
@click.option("--profile", metavar="FILE", help="The profile. If left out: ourhalf.yaml here, else in TARGET.")
@AS_OF
@TABLE_OR_JSON
def command(id_: str, targets: tuple[str, ...], profile: str | None, as_of: str | None, form: str) -> None:
    """Explain one finding, or one control.

    A finding is named by its id or the beginning of it, as the reports in JSON, SARIF, HTML, JUnit
    and for GitLab give it. TARGET is configuration or a finished assessment, the current folder if
    left out. A control is named by its id; with a TARGET its verdicts there are listed.
    """
    from ourhalf.catalogue import all_controls
    from ourhalf.cli.shell.output import to_standard_output
    from ourhalf.model.finding import ControlSummary

    control = next((c for c in all_controls() if c.id == id_), None)
    if control is None and not _HEX.fullmatch(id_.lower()):
        raise Problem(_no_control(id_))
    assessment = _assessment(targets or (".",), profile, as_of) if targets or control is None else None
    if control is not None:
        told = _control(ControlSummary.of(control), assessment, form)
    elif assessment is not None:
        told = _finding(_named(id_.lower(), assessment), assessment, targets, form)
    to_standard_output(told)


def _assessment(targets: tuple[str, ...], profile: str | None, as_of: str | None) -> Assessment:
    from ourhalf.cli.shell.targets import finished, fresh

    return finished(targets, profile, as_of) or fresh(targets, profile, as_of)


def _control(control: ControlSummary, assessment: Assessment | None, form: str) -> str:
    from ourhalf.reports.explained import control_page
    from ourhalf.reports.summary import prefix
    from ourhalf.responsibility.layers import by_platform

    whose = by_platform(control.layer)
    here = None if assessment is None else [f for f in assessment.findings if f.control == control.id]
    if form == "json":
        rows = [{"platforms": platforms, "responsibility": who} for platforms, who in whose]
        return _json({"control": control, "whose": rows, "findings": here})
    return control_page(control, whose, here, prefix(assessment) if assessment is not None else "")


def _finding(finding: Finding, assessment: Assessment, targets: tuple[str, ...], form: str) -> str:
    from ourhalf.explaining.excerpts import Sources, below, decided
    from ourhalf.reports.explained import finding_page, responsibility_of

    given = targets or (".",)
    shown = given if assessment.targets == given else below(".", assessment.targets)
    fields = decided(finding, Sources(shown))
    if form == "json":
        control = next((c for c in assessment.controls if c.id == finding.control), None)
        row = responsibility_of(finding, control, assessment)
        return _json({"finding": finding, "control": control, "responsibility": row, "decided": fields})
    return finding_page(finding, assessment, fields)


def _named(start: str, assessment: Assessment) -> Finding:
    """The one finding whose id begins so."""
    found = [f for f in assessment.findings if f.id.startswith(start)]
    if len(found) == 1:
        return found[0]
    where = ", ".join(assessment.targets)
    if not found:
        raise Problem(f"no finding of {where} has an id that begins with {start}; {_near(start, assessment)}")
    some = ", ".join(f"{f.id} ({f.control} on {f.subject.name})" for f in found[:_MOST])
    more = f" and {len(found) - _MOST:,} more" if len(found) > _MOST else ""
    raise Problem(f"{start} begins the ids of {len(found):,} findings; write more of it: {some}{more}")


def _near(start: str, assessment: Assessment) -> str:
    from difflib import get_close_matches

    known = {f.id[: max(len(start), 4)]: f for f in assessment.findings[:_MOST_COMPARED]}
    close = get_close_matches(start, known, 2, 0.8) if len(start) >= 6 else []
    if close:
        return "did you mean " + " or ".join(f"{known[c].id} ({known[c].control})" for c in close) + "?"
    return f"the reports in JSON and HTML give the ids of all {len(assessment.findings):,}"


def _no_control(id_: str) -> str:
    from difflib import get_close_matches

    from ourhalf.catalogue import all_controls

    close = get_close_matches(id_, [c.id for c in all_controls()], 3, 0.5)
    hint = f"did you mean {' or '.join(close)}?" if close else "`ourhalf controls list` shows all"
    where = "; a target goes after the id" if os.path.exists(id_) else ""
    return f"no control is named {id_}, and a finding's id has the digits 0-9 and a-f only; {hint}{where}"


def _json(value: Any) -> str:
    import msgspec

    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"
