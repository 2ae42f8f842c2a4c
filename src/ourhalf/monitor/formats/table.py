"""The plan for a terminal: what is missing and matters most first."""

from __future__ import annotations

import textwrap

from ourhalf.monitor.formats.format import PlanFormat, Planned, completed
from ourhalf.monitor.plan import Item, Plan, Statement
from ourhalf.monitor.recommendation import On
from ourhalf.reports.summary import harmless

_INDENT = 10
_NAMES_SHOWN = 3
_REASONS_SHOWN = 3
_BLIND_SHOWN = 2
_UNREAD_SHOWN = 5
_STYLES = {"critical": "1;31", "high": "31", "medium": "33", "low": "36", "title": "1", "dim": "2", "on": "32"}


class _Page:
    """Lines that are wrapped, and coloured where a terminal can show it."""

    def __init__(self, width: int, colour: bool) -> None:
        self._width, self._colour = max(50, width), colour
        self._lines: list[str] = []

    def styled(self, text: str, style: str) -> str:
        return f"\033[{_STYLES[style]}m{text}\033[0m" if self._colour and style in _STYLES else text

    def line(self, text: str = "") -> None:
        self._lines.append(text)

    def paragraph(self, text: str, indent: int = _INDENT, hang: int = 0) -> None:
        space = " " * indent
        self._lines += textwrap.wrap(
            harmless(" ".join(text.split())),
            self._width,
            initial_indent=space,
            subsequent_indent=space + " " * hang,
            break_on_hyphens=False,
            break_long_words=False,
        )

    def text(self) -> str:
        return "\n".join(self._lines) + "\n"


def _render(planned: Planned) -> str:
    plan = completed(planned)
    page = _Page(planned.width, planned.colour)
    _head(page, plan)
    for item in plan.items:
        if item.missing:
            _item(page, item)
    _on(page, [item for item in plan.items if not item.missing])
    _foot(page, plan)
    return page.text()


def _head(page: _Page, plan: Plan) -> None:
    page.paragraph(f"{plan.tool.name} {plan.tool.version}: {' '.join(plan.targets)} as of {plan.as_of}", 0)
    page.line()
    off = sum(item.already.on is On.NO for item in plan.items)
    unknown = sum(item.already.on is On.UNKNOWN for item in plan.items)
    workloads = f"{plan.workloads:,} workload{'' if plan.workloads == 1 else 's'}"
    if not plan.items:
        page.paragraph(f"Nothing to switch on: {workloads} and no resource that calls for it.", 0)
        return
    told = f"{off} off, {unknown} not known to be on, {len(plan.items) - off - unknown} on"
    page.paragraph(f"What to switch on for {workloads}: {told}", 0)


def _item(page: _Page, item: Item) -> None:
    page.line()
    weight = page.styled(f"{item.weight.value.upper():<9} ", item.weight.value)
    page.line(f"{weight}{page.styled(item.title, 'title')}{page.styled(f'  [{item.id}]', 'dim')}")
    if item.already.on is On.NO:
        spots = f" ({item.already.evidence[0]})" if item.already.evidence else ""
        page.paragraph(f"off: {item.already.reason}{spots}", hang=5)
    for number, reason in enumerate(item.why[:_REASONS_SHOWN]):
        page.paragraph(
            f"{'' if number else 'why: '}{reason.what}: {_names(reason.names)}", _INDENT + 5 * bool(number), 5
        )
    if item.written_in:
        for sight in _near(item.cannot_see):
            where = f" Here: {_names(sight.where)}." if sight.where else ""
            page.paragraph(f"cannot see: {sight.text}{where}", hang=12)
        page.paragraph(f"billed by: {item.costs[0].billed_by}", hang=11)
    else:
        page.paragraph(f"know: {item.cannot_see[0].text}", hang=6)
    for step in item.by_hand:
        page.paragraph(f"by hand: {step}", hang=9)


def _near(sights: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """What it cannot see of what is at hand; the rest stands in JSON."""
    return tuple(sight for sight in sights if sight.where)[:_BLIND_SHOWN]


def _names(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:_NAMES_SHOWN])
    return f"{shown} and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else shown


def _on(page: _Page, items: list[Item]) -> None:
    if not items:
        return
    page.line()
    page.line(page.styled("On already", "title"))
    for item in items:
        spots = f" ({item.already.evidence[0]})" if item.already.evidence else ""
        page.paragraph(f"{item.title}: {item.already.reason}{spots}", 2, 2)


def _foot(page: _Page, plan: Plan) -> None:
    for text in plan.missing:
        page.line()
        page.paragraph(f"Missing: {text}.", 0)
    if plan.unread:
        page.line()
        page.paragraph(f"{len(plan.unread)} inputs could not be read, and may call for more:", 0)
        for one in plan.unread[:_UNREAD_SHOWN]:
            page.paragraph(f"{one.path}:{one.line}: {one.reason}", 2, 2)
        if len(plan.unread) > _UNREAD_SHOWN:
            page.paragraph(f"and {len(plan.unread) - _UNREAD_SHOWN} more (--format json)", 2)
    if any(item.missing for item in plan.items):
        page.line()
        page.paragraph(
            "Where it does not say off, nothing read tells whether it is on: look in the account. --format json tells "
            "all, with sources; --format terraform, cloudformation or kubernetes writes a file to apply.",
            0,
        )


TABLE = PlanFormat("table", "what is missing and matters most first, for people", _render)
