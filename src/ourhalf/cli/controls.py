"""`ourhalf controls`: List the controls, or show all that is said of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ourhalf.cli.shell.options import TABLE_OR_JSON
from ourhalf.cli.shell.problem import Problem

if TYPE_CHECKING:
    from ourhalf.model.finding import ControlSummary

TOPICS = [
    "data-protection",
    "identity",
    "infrastructure",
    "monitoring",
    "resilience",
    "compliance",
    "patching",
    "supply-chain",
    "models",
]


@click.group("controls")
def command() -> None:
    """List the controls, or show all that is said of one."""


@command.command("list")
@click.option("--topic", type=click.Choice(TOPICS), help="Only controls of this topic.")
@click.option(
    "--severity", type=click.Choice(["critical", "high", "medium", "low"]), help="Only controls of this severity."
)
@TABLE_OR_JSON
def list_(topic: str | None, severity: str | None, form: str) -> None:
    """List the controls by topic, worst first."""
    from ourhalf.cli.shell.output import to_standard_output
    from ourhalf.reports.controls import as_list

    found = [c for c in _all() if topic in (None, c.topic) and severity in (None, c.severity)]
    to_standard_output((_json([_listed(c) for c in found]) if form == "json" else as_list(found),))


@command.command("show")
@click.argument("control", metavar="ID")
@TABLE_OR_JSON
def show(control: str, form: str) -> None:
    """Show the control with this ID: what holds, why, how to hold it, and its sources."""
    from ourhalf.cli.shell.output import to_standard_output
    from ourhalf.reports.controls import as_page

    known = {c.id: c for c in _all()}
    found = known.get(control)
    if found is None:
        raise Problem(_unknown(control, list(known)))
    to_standard_output((_json(found) if form == "json" else as_page(found),))


def _all() -> tuple[ControlSummary, ...]:
    from ourhalf.catalogue import all_controls
    from ourhalf.model.finding import ControlSummary

    return tuple(ControlSummary.of(control) for control in all_controls())


def _listed(control: ControlSummary) -> dict[str, Any]:
    return {
        "id": control.id,
        "title": control.title,
        "topic": control.topic,
        "severity": control.severity,
        "same_as": control.same_as,
        "rows": control.rows,
    }


def _json(value: Any) -> str:
    import msgspec

    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"


def _unknown(control: str, known: list[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(control, known, 3, 0.5)
    hint = f"did you mean {' or '.join(close)}?" if close else "`ourhalf controls list` shows all"
    return f"no control is named {control}; {hint}"
