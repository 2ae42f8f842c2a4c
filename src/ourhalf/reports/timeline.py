"""Where the clocks of vulnerabilities lie in a picture: days as places from left to right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import msgspec

from ourhalf.reports.vulnerabilities import Row, days, left_label

_LABELS = 250
_WIDTH = 900
_ROW = 24
_TOP = 34
_BEFORE, _AFTER = 400, 200
_At = Callable[[date], int]
_MOST = 25
_TEXT = 34
_APART = 42


class Bar(msgspec.Struct, frozen=True):
    """One clock: the days that it gives from `x`, and those that it is over, in the units of the picture."""

    label: str
    title: str
    party: str
    y: int
    x: int
    width: int
    over_x: int
    over: int
    after: str
    after_x: int


class Tick(msgspec.Struct, frozen=True):
    """The first day of a month."""

    x: int
    label: str


class Timeline(msgspec.Struct, frozen=True):
    """The picture. `today` is the place of the day of the assessment; `more` clocks are left out."""

    width: int
    height: int
    today: int
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    more: int
    told: str


def timeline(found: tuple[Row, ...], as_of: date) -> Timeline | None:
    """The clocks with the least time left, in their order; None where none runs."""
    timed = [row for row in found if not row.settled and row.until is not None and row.since is not None]
    if not timed:
        return None
    shown = timed[:_MOST]
    oldest, latest = as_of - timedelta(_BEFORE), as_of + timedelta(_AFTER)
    first = min(max(min(row.since or as_of for row in shown), oldest), as_of - timedelta(30))
    last = max(min(max(row.until or as_of for row in shown), latest), as_of + timedelta(30))
    scale = (_WIDTH - _LABELS - 110) / max(1, (last - first).days)

    def at(day: date) -> int:
        return _LABELS + round((min(max(day, first), last) - first).days * scale)

    bars = tuple(_bar(row, number, at, as_of) for number, row in enumerate(shown))
    late = sum(row.left is not None and row.left < 0 for row in timed)
    told = f"{len(timed):,} clocks as of {as_of}, {late:,} overdue"
    height = _TOP + _ROW * len(shown) + 8
    return Timeline(_WIDTH, height, at(as_of), bars, _ticks(first, last, at, at(as_of)), len(timed) - len(shown), told)


def _bar(row: Row, number: int, at: _At, as_of: date) -> Bar:
    since, until = row.since or as_of, row.until or as_of
    start, end, today = at(since), at(until), at(as_of)
    over = max(0, today - end) if until < as_of else 0
    label = f"{row.package} {row.advisory}"
    title = f"{row.package} {row.version}, {row.advisory}: {days((until - since).days)} from {since} to {until}"
    return Bar(
        label=label if len(label) <= _TEXT else f"{label[: _TEXT - 1]}…",
        title=f"{title}, {left_label(row)}",
        party=row.party,
        y=_TOP + number * _ROW,
        x=start,
        width=max(2, end - start),
        over_x=end,
        over=over,
        after=left_label(row),
        after_x=max(end, today if over else end) + 6,
    )


def _ticks(first: date, last: date, at: _At, today: int) -> tuple[Tick, ...]:
    months = (last.year - first.year) * 12 + last.month - first.month
    step = max(1, -(-months // 8))
    found = []
    for number in range(step, months + 1, step):
        month = first.month - 1 + number
        day = date(first.year + month // 12, month % 12 + 1, 1)
        if first <= day <= last and abs(at(day) - today) > _APART:
            found.append(Tick(at(day), day.strftime("%Y-%m")))
    return tuple(found)
