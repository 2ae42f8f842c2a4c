"""What the workloads have under each control of a topic, and how to configure what fails or is unknown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ourhalf.guide.blocks import (
    Badge,
    Block,
    Code,
    Folded,
    Heading,
    Inline,
    Items,
    Line,
    Link,
    Paragraph,
    Row,
    Snippet,
    Soft,
    Strong,
    Table,
    Web,
)
from ourhalf.guide.figures import ByControl, Counts, Figures, counted
from ourhalf.guide.names import control_anchor
from ourhalf.guide.telling import LINKS_SHOWN, listed, said, spot, status, tiles
from ourhalf.model.control import Topic
from ourhalf.model.finding import Finding
from ourhalf.model.responsibility import Layer
from ourhalf.model.verdict import Status
from ourhalf.reports.summary import by_reason, number, place, remedies

_REASONS = 6
_PLACES = 8
_REMEDIES = 3
_EVIDENCE = 4
_OPEN = 2


def figures_of(figures: Figures, topic: Topic) -> Iterator[Block]:
    """How the findings of a topic stand."""
    yield tiles(figures.topic_counts(topic))
    if unread := len(figures.assessment.unread):
        told = number(unread, "place", "places")
        line: Line = (f"{told} could not be read; what stands there is not counted here. ", _UNREAD)
        yield Paragraph(line, "note")


_UNREAD = Link("What could not be read", "index", "unread")


def state(figures: Figures, topic: Topic) -> Iterator[Block]:
    """A line for each control that was asked: how it stands, on what, and where that is told."""
    yield from _state(figures, figures.controls(topic))


def _state(figures: Figures, controls: Sequence[ByControl]) -> Iterator[Block]:
    asked = [one for one in controls if _asked(one.counts)]
    if not asked:
        yield Paragraph(("Nothing that was read is asked about this.",), "note")
        return
    rows = [Row((_badges(one), (Link(one.title, "", control_anchor(one.id)),), where(figures, one))) for one in asked]
    yield Table("What the workloads have now", ("State", "What should hold", "Where"), tuple(rows))


def _asked(counts: Counts) -> int:
    return counts.failed + counts.unknown + counts.passed + counts.accepted


def _badges(one: ByControl) -> Line:
    counts = one.counts
    severity = Badge(one.severity, one.severity)
    if counts.failed:
        return (Badge("fail", "fail"), " ", severity)
    if counts.unknown:
        return (Badge("unknown", "unknown"), " ", severity)
    return (Badge("not_applicable", "accepted"),) if counts.accepted else (Badge("pass", "holds"),)


def where(figures: Figures, one: ByControl, failures_only: bool = False) -> Line:
    """On how many each verdict stands, with links to the findings; those that need somebody first."""
    asked = _asked(one.counts)
    parts = (
        ("fails", one.counts.failed, [f for f in one.findings if f.counts]),
        ("unknown", one.counts.unknown, [f for f in one.findings if f.status is Status.UNKNOWN]),
        ("accepted", one.counts.accepted, [f for f in one.findings if f.status is Status.FAIL and not f.counts]),
        ("holds", one.counts.passed, [f for f in one.findings if f.status is Status.PASS]),
    )
    line: list[Inline] = []
    for word, count, findings in parts:
        if not count or (failures_only and word != "fails"):
            continue
        line += ["; "] if line else []
        line.append(Strong(f"{word} on {count:,} of {asked:,}"))
        most = 2 if word == "holds" and len(line) > 1 else LINKS_SHOWN // 2
        line += [": ", *listed([figures.link(finding) for finding in findings[:most]], most, count)]
    return tuple(line)


def configure(figures: Figures, topic: Topic) -> Iterator[Block]:
    """Each control: why it is asked, what fails it, and what to write in the languages of the files at hand."""
    controls = figures.controls(topic)
    wanting = [one for one in controls if one.counts.failed or one.counts.unknown or one.counts.accepted]
    holding = [one for one in controls if one not in wanting and one.counts.passed]
    apart = [one for one in controls if not _asked(one.counts)]
    for position, one in enumerate(wanting):
        yield _wanting(figures, one, position < _OPEN)
    for one in holding:
        yield _holding(figures, one)
    if apart:
        yield _apart(figures, apart)
    if not controls:
        yield Paragraph(("No control of this chapter is about what was read.",), "note")


def _wanting(figures: Figures, one: ByControl, unfolded: bool) -> Folded:
    wanting = [f for f in one.findings if f.status in (Status.FAIL, Status.UNKNOWN)]
    counts = one.counts
    told = [f"{count:,} {word}" for word, count in (("fail", counts.failed), ("unknown", counts.unknown)) if count]
    blocks: list[Block] = [*_why(one)]
    for reason, found in by_reason(wanting)[:_REASONS]:
        blocks.append(Paragraph((status(found[0]), " ", *said(reason))))
        blocks.append(Items(tuple(_places(figures, found))))
    left = len(by_reason(wanting)) - _REASONS
    if left > 0:
        blocks.append(Paragraph((Soft(f"and {number(left, 'more reason', 'more reasons')}"),)))
    blocks += _remedies(figures, [f for f in wanting if f.counts] or wanting)
    blocks += _sources(one)
    summary: Line = (*_badges(one), " ", Strong(one.title), " ", Soft(", ".join(told) or "accepted"))
    return Folded(summary, tuple(blocks), unfolded, control_anchor(one.id))


def _places(figures: Figures, findings: Sequence[Finding]) -> Iterator[Line]:
    for finding in findings[:_PLACES]:
        yield (spot(figures, *place(finding)), " ", figures.link(finding))
    if len(findings) > _PLACES:
        yield (Soft(f"and {len(findings) - _PLACES:,} more, each on the page of its workload"),)


def _remedies(figures: Figures, findings: Sequence[Finding]) -> Iterator[Block]:
    for n, (remedy, finding) in enumerate(remedies(findings)[:_REMEDIES]):
        if n == 0 and remedy.prose:
            yield Paragraph(said(remedy.prose), "do")
        if remedy.snippet:
            yield Paragraph((Soft("as for "), spot(figures, *place(finding))))
            yield Snippet(remedy.snippet)


def _holding(figures: Figures, one: ByControl) -> Folded:
    """A control that holds wherever it was asked, and what makes it hold in a file of the user's own."""
    shown = next((f for f in one.findings if f.status is Status.PASS and f.evidence), one.findings[0])
    blocks: list[Block] = [*_why(one)]
    items: list[Line] = []
    for item in shown.evidence[:_EVIDENCE]:
        field: Line = (Strong(item.field), ": ") if item.field else ()
        items.append((spot(figures, item.path, item.line), " ", *field, item.value))
    if items:
        blocks.append(Paragraph(("It holds for ", figures.link(shown), ": ", *said(shown.reason), ".")))
        blocks.append(Items(tuple(items)))
    blocks += _sources(one)
    summary: Line = (*_badges(one), " ", Strong(one.title), " ", Soft(f"holds on {one.counts.passed:,}"))
    return Folded(summary, tuple(blocks), False, control_anchor(one.id))


def _why(one: ByControl) -> Iterator[Block]:
    if one.control is not None and one.control.rationale:
        yield Paragraph(said(one.control.rationale))


def _sources(one: ByControl) -> Iterator[Block]:
    line: list[Inline] = [Soft("Control "), Code(one.id)]
    for citation in one.control.citations if one.control is not None else ():
        line += [Soft(", after "), Web(citation.url.removeprefix("https://"), citation.url)]
        line.append(Soft(f" read {citation.read}"))
    yield Paragraph(tuple(line))


def _apart(figures: Figures, controls: Sequence[ByControl]) -> Folded:
    """Controls that nobody is asked about here, and why; each is a place that links may lead to."""
    rows = []
    for one in controls:
        reason, found = by_reason(one.findings)[0]
        more = len(one.findings) - len(found)
        rest = f" ({more:,} for other reasons)" if more else ""
        rows.append(
            Row(
                ((one.title,), (*said(reason), rest), listed([figures.link(found[0])], 1, len(one.findings))),
                control_anchor(one.id),
            )
        )
    told = number(len(controls), "control is", "controls are")
    return Folded(
        (f"{told} not asked here, and why",),
        (Table("What is not asked here", ("What", "Why", "Of what"), tuple(rows)),),
    )


def others(figures: Figures, topic: Topic) -> Iterator[Block]:
    """How a topic stands that no control of ours is on, where tests of others are."""
    if figures.controls(topic):
        yield Heading(2, ("What your workloads have now",), "state")
        yield from state(figures, topic)
        yield from configure(figures, topic)


def usage_tracking(figures: Figures) -> Iterator[Block]:
    """What the containers send about their own use: the controls on the layer of usage tracking."""
    tracking = [
        one
        for one in figures.controls(Topic.MONITORING)
        if one.control is not None and one.control.layer is Layer.USAGE_TRACKING
    ]
    yield tiles(counted(_all(tracking)))
    yield from _state(figures, tracking)


def _all(controls: Iterable[ByControl]) -> Iterator[Finding]:
    for one in controls:
        yield from one.findings
