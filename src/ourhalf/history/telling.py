"""A history as tables for people, and as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from ourhalf.history.changes import MEANING, Change, Kind
from ourhalf.history.state import State, States
from ourhalf.history.store import Entry
from ourhalf.history.words import about, clean

SCHEMA_VERSION = "1.0"


class Listing(msgspec.Struct, frozen=True):
    """What `ourhalf history list --format json` writes; `alerts` by destination and status."""

    assessments: tuple[Entry, ...]
    alerts: Mapping[str, Mapping[str, int]]
    schema_version: str = SCHEMA_VERSION


class Shown(msgspec.Struct, frozen=True):
    """What `ourhalf history show --format json` writes."""

    assessment: Entry
    changes: tuple[Change, ...]
    findings: tuple[State, ...]
    schema_version: str = SCHEMA_VERSION


class Difference(msgspec.Struct, frozen=True):
    """What `ourhalf history diff --format json` writes."""

    first: Entry
    second: Entry
    changes: tuple[Change, ...]
    schema_version: str = SCHEMA_VERSION


def to_json(value: msgspec.Struct) -> str:
    """A value as JSON, indented."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"


def list_table(entries: Sequence[Entry], alerts: Mapping[str, Mapping[str, int]]) -> str:
    """One line an assessment, by what was assessed; below, the alerts that wait."""
    if not entries:
        return "no assessment yet\n"
    lines: list[str] = []
    for series in dict.fromkeys(entry.series for entry in entries):
        profile = f" with {series.profile}" if series.profile else ""
        lines += [clean(f"{' '.join(series.targets)}{profile}"), ""]
        lines.append(
            f"{'':>7}  {'made':16}  {'last found':16}  {'findings':>8} {'failing':>8} {'unknown':>8} {'unread':>7}"
        )
        lines += [_row(entry) for entry in entries if entry.series == series]
        lines.append("")
    for name, found in alerts.items():
        waiting = sum(count for status, count in found.items() if status != "sent")
        lines.append(clean(f"{name}: {found.get('sent', 0):,} alerts sent, {waiting:,} waiting"))
    return "\n".join(lines).rstrip() + "\n"


def show_table(entry: Entry, changes: Sequence[Change], states: States) -> str:
    """One assessment: its figures, and what was new in it."""
    failing = sorted((s for s in states.values() if s.counts), key=lambda s: (s.severity.rank, s.control, s.id))
    overdue = sum(state.overdue for state in failing)
    worst = ", ".join(f"{count:,} {name}" for name, count in _severities(failing).items()) or "none"
    return "\n".join(
        [
            clean(f"assessment {entry.id} of {' '.join(entry.series.targets)}"),
            f"  made       {_minute(entry.at)} as of {entry.as_of} by ourhalf {entry.version}",
            f"  found      {entry.times:,} times, last {_minute(entry.last_at)}",
            f"  findings   {entry.findings:,}, of which {entry.unknown:,} cannot be told",
            f"  failing    {worst}" + (f"; {overdue:,} overdue" if overdue else ""),
            f"  unread     {entry.unread:,}",
            "",
            *change_lines(changes),
            "",
        ]
    )


def diff_table(first: Entry, second: Entry, changes: Sequence[Change]) -> str:
    """What changed from one assessment to another."""
    head = f"from {first.id} ({_minute(first.at)}) to {second.id} ({_minute(second.at)})"
    return "\n".join([head, "", *change_lines(changes), ""])


def change_lines(changes: Iterable[Change]) -> list[str]:
    """Changes by their kind, the most urgent first."""
    by_kind: dict[Kind, list[str]] = {}
    for change in changes:
        by_kind.setdefault(change.kind, []).append(f"  {about(change)}")
    lines: list[str] = []
    for kind, meaning in MEANING.items():
        if kind in by_kind:
            lines += [f"{len(by_kind[kind]):,} {kind.value.replace('_', ' ')}: {meaning}", *by_kind[kind], ""]
    return lines[:-1] or ["nothing changed"]


def _row(entry: Entry) -> str:
    return (
        f"{entry.id:>7}  {_minute(entry.at)}  {_minute(entry.last_at)}  {entry.findings:>8,} {entry.failing:>8,} "
        f"{entry.unknown:>8,} {entry.unread:>7,}"
    )


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def _severities(states: Iterable[State]) -> dict[str, int]:
    found: dict[str, int] = {}
    for state in states:
        found[state.severity.value] = found.get(state.severity.value, 0) + 1
    return found
