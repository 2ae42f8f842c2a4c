"""Who answers for what, from the rows of the assessment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence

from ourhalf.guide.blocks import Badge, Block, Code, Inline, Items, Line, Paragraph, Row, Soft, Strong, Table
from ourhalf.guide.figures import SERVICE_LABELS, Figures
from ourhalf.guide.telling import layer_title, listed, party, sources
from ourhalf.model.finding import ResponsibilityRow
from ourhalf.reports.summary import PARTY_LABELS, Column, columns, columns_shown, layer_label, layers, number

_ANSWERS = 8
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
    """The different answers for one layer, the one for most workloads first."""
    alike: dict[tuple[object, ...], list[ResponsibilityRow]] = {}
    for row in figures.rows(layer):
        alike.setdefault((row.party, row.action, row.why, row.candidates), []).append(row)
    answers = sorted(alike.values(), key=lambda rows: -sum(len(row.workloads) for row in rows))
    for n, rows in enumerate(answers[:_ANSWERS]):
        first = rows[0]
        title: Line = (Strong(layer_title(layer)),) if n == 0 else (Soft(layer_label(layer)),)
        addresses = dict.fromkeys(address for row in rows for address in row.sources)
        yield Row((title, party(first.party, first.candidates), _why(figures, rows), sources(addresses)))
    if len(answers) > _ANSWERS:
        left = sum(len(row.workloads) for rows in answers[_ANSWERS:] for row in rows)
        told = f"{len(answers) - _ANSWERS} more answers for {number(left, 'workload', 'workloads')}"
        yield Row(((Soft(layer_label(layer)),), (), (f"{told}: each is on the page of its workload",), ()))


def _why(figures: Figures, rows: list[ResponsibilityRow]) -> Line:
    first = rows[0]
    names = list(dict.fromkeys(name for row in rows for name in row.workloads))
    on = dict.fromkeys(SERVICE_LABELS.get(row.service, "Other") for row in rows if row.service is not None)
    line: list[Inline] = [first.why[:1].upper() + first.why[1:], ". "]
    if first.action:
        line += [f"To be applied by us: {first.action}. "]
    told = number(len(names), "workload", "workloads")
    line.append(Soft(f"{told} on {', '.join(on)}: " if on else f"{told}: "))
    return (*line, *listed(figures.workload_links(names[: _LINKS * 2]), _LINKS, len(names)))


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
