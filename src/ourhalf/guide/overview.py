"""The first page: how our half stands, where to begin, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ourhalf.guide.blocks import (
    Badge,
    Block,
    Heading,
    Items,
    Line,
    Link,
    Page,
    Paragraph,
    Row,
    Soft,
    Table,
    Tile,
    Tiles,
)
from ourhalf.guide.configuring import where
from ourhalf.guide.figures import TOPICS, Figures, chapter_page
from ourhalf.guide.services import figures_cells, in_use
from ourhalf.guide.telling import spot
from ourhalf.model.control import Topic
from ourhalf.model.verdict import Status
from ourhalf.reports.summary import comparison, headline, number, tally, unread_reasons

_FIRST = 8
_UNREAD = 12


def overview(figures: Figures, chapters: Sequence[Page], title: str) -> Page:
    """The page that the site opens on."""
    return Page("index", title, "", tuple(_blocks(figures, chapters)), "Overview")


def _blocks(figures: Figures, chapters: Sequence[Page]) -> Iterator[Block]:
    assessment = figures.assessment
    counts = tally(assessment)
    targets = ", ".join(assessment.targets)
    read = f"{number(assessment.files, 'file', 'files')} of {targets} as of {assessment.as_of}"
    found = number(len(assessment.workloads), "workload", "workloads")
    yield Paragraph((f"This guide is about {found}, read from {read}. ", _MEANT), "lead")
    yield Paragraph((f"{headline(assessment, counts)}.",))
    yield Tiles(
        (
            *(Tile(severity, count, severity) for severity, count in counts.severities.items()),
            Tile("unknown", counts.statuses[Status.UNKNOWN], "unknown"),
            Tile("pass", counts.statuses[Status.PASS], "hold"),
            Tile("unknown" if assessment.unread else "", len(assessment.unread), "unread"),
        )
    )
    for _, told in comparison(assessment):
        yield Paragraph((told,), "note")
    for note in assessment.profile.notes:
        yield Paragraph((note,), "note")
    yield from _first(figures)
    yield Heading(2, ("Chapters",), "chapters")
    yield _chapters(figures, chapters)
    yield Heading(2, ("Services in use",), "services")
    yield from in_use(figures)
    yield Heading(2, ("What could not be read",), "unread")
    yield from _unread(figures)


_MEANT = "It says of each part of security who answers for it, what these workloads have now, and what to write."


def _first(figures: Figures) -> Iterator[Block]:
    """The controls that fail, the worst severity and the most failures first."""
    failing = [one for topic in Topic for one in figures.controls(topic) if one.counts.failed]
    if not failing:
        return
    failing.sort(key=lambda one: (one.severity.rank, -one.counts.failed, one.id))
    rows = [
        Row(
            (
                (Badge(one.severity, one.severity),),
                (figures.control_link(one.findings[0]),),
                where(figures, one, failures_only=True),
            )
        )
        for one in failing[:_FIRST]
    ]
    yield Heading(2, ("Where to begin",), "begin")
    yield Table("Where to begin", ("Severity", "What should hold", "Where"), tuple(rows))


def _chapters(figures: Figures, chapters: Sequence[Page]) -> Table:
    topics = {chapter_page(topic): topic for topic in TOPICS}
    rows = []
    for page in chapters:
        topic = topics.get(page.name)
        counts = figures.topic_counts(topic) if topic is not None else None
        cells = figures_cells(counts) if counts is not None and any(counts) else ((), (), ())
        rows.append(Row(((Link(page.title, page.name),), (page.summary,), *cells)))
    return Table("Chapters", ("Chapter", "What it is about", "Fail", "Unknown", "Hold"), tuple(rows))


def _unread(figures: Figures) -> Iterator[Block]:
    reasons = unread_reasons(figures.assessment)
    if not reasons:
        yield Paragraph(("All that was found could be read.",))
        return
    yield Paragraph(("Nothing is said of what stands there: it may hold, and it may fail.",))
    lines: list[Line] = []
    for reason, many in reasons[:_UNREAD]:
        lines.append((f"{len(many):,} × {reason}, such as ", spot(figures, many[0].path, many[0].line)))
    if len(reasons) > _UNREAD:
        lines.append((Soft(f"and {number(len(reasons) - _UNREAD, 'more reason', 'more reasons')}"),))
    yield Items(tuple(lines))
