"""The report as a table for spreadsheets: one row for each requirement and control."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from ourhalf.compliance.formats.format import Format, Held
from ourhalf.compliance.formats.words import LABELS, provided, whose
from ourhalf.compliance.results import Borne, RequirementResult
from ourhalf.reports.summary import harmless

COLUMNS = (
    *("framework", "version", "baseline", "as_of", "requirement", "about", "outcome", "why", "whose"),
    *("control", "how", "passed", "failed", "accepted", "unknown", "not_applicable", "source", "read"),
    *("inherited", "attach", "actions"),
)

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def render(held: Held) -> str:
    """The rows; a requirement that no control bears on has one of its own."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    report = held.report
    start = [report.framework, report.version, report.baseline or "", str(report.as_of)]
    for result in report.results:
        for control in _controls(result):
            writer.writerow([cell(value) for value in [*start, *_before(result), *control, *_after(result)]])
    return text.getvalue()


def cell(value: object) -> str:
    """Text that no spreadsheet takes for a formula."""
    text = harmless(str(value))
    return f"'{text}" if text.startswith(_FORMULA) else text


def _before(result: RequirementResult) -> list[object]:
    return [result.id, result.about, LABELS[result.outcome], result.why, whose(result.parties)]


def _controls(result: RequirementResult) -> Iterator[list[object]]:
    for one in result.controls:
        yield _of(one)
    if not result.controls:
        yield [""] * 9


def _of(one: Borne) -> list[object]:
    counts = (one.passed, one.failed, one.accepted, one.unknown, one.not_applicable)
    return [one.control, one.how, *counts, one.source, one.read]


def _after(result: RequirementResult) -> list[object]:
    return ["; ".join(provided(result.inherited)), result.attach, "; ".join(result.actions)]


CSV = Format("csv", "a row for each requirement and control, for spreadsheets", render)
