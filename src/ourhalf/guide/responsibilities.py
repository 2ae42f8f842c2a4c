"""Who answers for what, from the rows of the assessment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence

from ourhalf.guide.blocks import Badge, Block, Break, Code, Inline, Items, Line, Paragraph, Row, Soft, Strong, Table
from ourhalf.guide.figures import SERVICE_LABELS, Figures
from ourhalf.guide.telling import layer_title, listed, party, sources
from ourhalf.model.finding import ResponsibilityRow
from ourhalf.model.responsibility import Party
from ourhalf.reports.summary import PARTY_LABELS, Column, columns, columns_shown, layer_label, layers, number

_REASONS = 3
_LINKS = 3
_COLUMNS = 8


def table(figures: Figures, wanted: Iterable[str]) -> Iterator[Block]:
    """Who answers for these layers, for how many workloads, why, and who says so."""
    rows = [row for layer in wanted for row in _layer(figures, layer)]
    if not rows:
        yield _none(figures)
        return
    yield Table("Who answers", ("Layer", "Who", "Why, and for what", "Source"), tuple(rows))


def _none(figures: Figures) -> Paragraph:
    targets = ", ".join(figures.assessment.targets)
    told = f"No workload was found in {targets}, so nobody can say here who answers. The general answers: "
    return Paragraph((told, Code("ourhalf responsibilities"), "."), "note")


def _layer(figures: Figures, layer: str) -> Iterator[Row]:
    """The parties that answer for one layer, the one for most workloads first, each with its reasons."""
    parties: dict[tuple[Party, tuple[Party, ...]], dict[tuple[str, str | None], _Answer]] = {}
    for row in figures.rows(layer):
        reasons = parties.setdefault((row.party, tuple(sorted(row.candidates))), {})
        reasons.setdefault((row.why, row.action), _Answer()).add(row)
    shared = Counter(name for reasons in parties.values() for one in reasons.values() for name in one.names)
    answers = sorted(parties.items(), key=lambda item: -sum(len(one.names) for one in item[1].values()))
    for n, ((who, candidates), reasons) in enumerate(answers):
        title: Line = (Strong(layer_title(layer)),) if n == 0 else (Soft(layer_label(layer)),)
        often = sorted(reasons.items(), key=lambda item: -len(item[1].names))
        why: list[Inline] = []
        for (reason, action), one in often[:_REASONS]:
            why += [Break()] if why else []
            why += _why(figures, reason, action, one, shared)
        if len(often) > _REASONS:
            left = number(len(often) - _REASONS, "more reason", "more reasons")
            why += [Break(), Soft(f"and {left}")]
        addresses = dict.fromkeys(address for _, one in often[:_REASONS] for address in one.sources)
        yield Row((title, party(who, candidates), tuple(why), sources(addresses)))


class _Answer:
    """The workloads for which one reason holds, by their names, their services, and who says so."""

    def __init__(self) -> None:
        self.names: dict[str, None] = {}
        self.services: dict[str, None] = {}
        self.sources: dict[str, None] = {}

    def add(self, row: ResponsibilityRow) -> None:
        """Take a row of the assessment in."""
        self.names.update(dict.fromkeys(row.workloads))
        self.sources.update(dict.fromkeys(row.sources))
        if row.service is not None:
            self.services[SERVICE_LABELS.get(row.service, "Other")] = None


def _why(figures: Figures, reason: str, action: str | None, one: _Answer, shared: Counter[str]) -> Iterator[Inline]:
    """A reason, and the workloads for which it holds: at most so many, where workloads share a name and differ."""
    yield f"{reason[:1].upper()}{reason[1:]}. "
    if action:
        yield f"To be applied by us: {action}. "
    links = figures.workload_links(one.names)
    count = max(len(links), len(one.names))
    most = "up to " if any(shared[name] > 1 for name in one.names) else ""
    on = f" on {', '.join(one.services)}" if one.services else ""
    yield Soft(f"{most}{number(count, 'workload', 'workloads')}{on}: ")
    yield from listed(links, _LINKS, count)


def drawn(figures: Figures, among: Container[str] | None = None) -> Iterator[Block]:
    """The matrix of layers by ways to run containers that are in use, or only those of workloads `among` these."""
    shown, left = _columns(figures, among)
    if not shown:
        yield _none(figures)
        return
    rows = [Row(((Strong("Workloads"),), *(_named(figures, names) for _, names in shown)))]
    for layer in layers(figures.assessment):
        cells: list[Line] = [(Strong(layer_label(layer)),)]
        for column, _ in shown:
            row = column.cells.get(layer)
            if row is None:
                cells.append(())
            else:
                cells.append((Badge(row.party, PARTY_LABELS[row.party] + (" *" if row.action else ""), "party"),))
        rows.append(Row(tuple(cells)))
    heads = ("Layer", *(column.title for column, _ in shown))
    yield Table("Who answers, by the way that workloads run", heads, tuple(rows))
    if left:
        told = number(left, "workload has", "workloads have")
        yield Paragraph((f"{told} other answers, which stand on the pages of the workloads.",), "note")


def shares(figures: Figures, among: Container[str]) -> Items:
    """How many layers each party holds, for each way that workloads `among` these run."""
    lines: list[Line] = []
    for column, names in _columns(figures, among)[0]:
        counts = Counter(row.party for row in column.cells.values())
        line: list[Inline] = [Strong(column.title), f", {number(len(names), 'workload', 'workloads')}: "]
        for one in PARTY_LABELS:
            if counts[one]:
                line += [*party(one), f" {counts[one]} "]
        lines.append((*line, f"of {len(column.cells)} layers"))
    return Items(tuple(lines))


def _columns(figures: Figures, among: Container[str] | None) -> tuple[list[tuple[Column, list[str]]], int]:
    """The columns that there is room for, each with its workloads among those wanted, and how many are in others."""
    every = columns(figures.assessment)
    drawn = columns_shown(figures.assessment, _COLUMNS) if among is None else every
    shown = []
    for column in drawn:
        names = [name for name in column.workloads if among is None or name in among]
        if names:
            shown.append((column, names))
    shown = shown[:_COLUMNS]
    told = sum(len(names) for _, names in shown)
    return shown, sum(among is None or name in among for column in every for name in column.workloads) - told


def _named(figures: Figures, names: Sequence[str]) -> Line:
    links = figures.workload_links(names[:_LINKS])
    return (Soft(f"{len(names):,}: "), *listed(links, 2, len(names)))
