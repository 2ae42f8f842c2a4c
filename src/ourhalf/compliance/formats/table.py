"""The report for a terminal: what asks for work first."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from ourhalf.compliance.formats.format import Format, Held
from ourhalf.compliance.formats.words import LABELS, MEANINGS, by_outcome, covered, heading, parties, provided, whose
from ourhalf.compliance.results import Outcome, RequirementResult
from ourhalf.reports.summary import PARTY_LABELS, harmless

_WIDTH = 100
_INDENT = 12
_ACTIONS = 3
_INHERITED = 4
_IN_BRIEF = (Outcome.MANUAL, Outcome.NOT_APPLICABLE)


def render(held: Held) -> str:
    """Counts, then each requirement by its outcome; those that only a person can show by what to attach."""
    report = held.report
    page = _Page()
    page.line(f"{heading(report)}: {', '.join(report.targets)} as of {report.as_of}")
    page.line()
    page.line(covered(report))
    for outcome, label in LABELS.items():
        if count := report.counts.get(outcome, 0):
            page.line(MEANINGS[outcome], 24, f"{label:16}{count:>6,}  ")
    sharing = ", ".join(f"{PARTY_LABELS[party]} {count:,}" for party, count in parties(report))
    page.line(sharing or "nobody is known", 24, f"{'whose':24}")
    for outcome, results in by_outcome(report):
        page.line()
        page.line(f"{LABELS[outcome].upper()}: {MEANINGS[outcome]}")
        if outcome in _IN_BRIEF:
            _in_brief(page, results)
        else:
            for result in results:
                _result(page, result)
    if report.notes:
        page.line()
        for note in report.notes:
            page.line(note, 6, "note: ")
    return page.text()


class _Page:
    """Lines of text, wrapped."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def line(self, text: str = "", indent: int = 0, lead: str = "") -> None:
        """A paragraph; `lead` stands in its indentation, and beyond it where it is long."""
        start = harmless(lead) if len(lead) <= indent else f"{harmless(lead).rstrip()}  "
        wrapped = textwrap.wrap(
            harmless(text).replace("\n", " "),
            _WIDTH,
            initial_indent=start or " " * indent,
            subsequent_indent=" " * indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
        self._lines.extend(line.rstrip() for line in wrapped or [start])

    def text(self) -> str:
        """The whole page."""
        return "\n".join(self._lines) + "\n"


def _result(page: _Page, result: RequirementResult) -> None:
    page.line(f"{result.about}  [{whose(result.parties)}]", _INDENT, f"{result.id:{_INDENT - 1}} ")
    page.line(result.why, _INDENT)
    _some(page, "to do: ", result.actions, _ACTIONS)
    _some(page, "provider: ", provided(result.inherited), _INHERITED)
    if result.attach:
        page.line(f"attach: {result.attach}", _INDENT)


def _some(page: _Page, lead: str, texts: Iterable[str], most: int) -> None:
    every = list(texts)
    for text in every[:most]:
        page.line(f"{lead}{text}", _INDENT)
    if len(every) > most:
        page.line(f"{lead}and {len(every) - most:,} more, in the other formats", _INDENT)


def _in_brief(page: _Page, results: Iterable[RequirementResult]) -> None:
    """Requirements with the same thing to attach on one line."""
    alike: dict[str, list[str]] = {}
    for result in results:
        alike.setdefault(result.attach or result.why, []).append(result.id)
    for text, ids in alike.items():
        page.line(f"{text}:", 2)
        page.line(", ".join(ids), 4)


TABLE = Format("table", "a summary for people, on a terminal", render)
