"""What several pages tell in the same way: how findings stand, where, and what to write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from posixpath import basename

from ourhalf.guide.blocks import Badge, Block, Code, Folded, Inline, Line, Link, Row, Soft, Table, Tile, Tiles, Web
from ourhalf.guide.figures import Counts, Figures, Unit
from ourhalf.guide.names import finding_anchor
from ourhalf.model.finding import Finding
from ourhalf.model.responsibility import Layer, Party
from ourhalf.model.verdict import Status
from ourhalf.reports.summary import PARTY_LABELS, STATUS_LABELS, layer_label, number, place
from ourhalf.responsibility.matrix import matrix

LINKS_SHOWN = 6


def said(text: str) -> Line:
    """A sentence of a control, what it writes between backticks as code."""
    pieces = text.split("`")
    if len(pieces) % 2 == 0:
        return (text,)
    return tuple(Code(piece) if number % 2 else piece for number, piece in enumerate(pieces) if piece)


def party(of: Party, candidates: Iterable[Party] = ()) -> Line:
    """Who answers; where that is unknown, who it may be."""
    badge = Badge(of, PARTY_LABELS[of], "party")
    may = " or ".join(PARTY_LABELS[one] for one in candidates)
    return (badge, Soft(f" {may}?")) if may else (badge,)


def status(finding: Finding) -> Badge:
    """The status of a finding; `accepted` where it fails and somebody accepted that."""
    if finding.status is Status.FAIL and finding.exception is not None:
        return Badge("not_applicable", "accepted")
    return Badge(finding.status, STATUS_LABELS[finding.status])


def tiles(counts: Counts) -> Tiles:
    """How findings stand, in figures."""
    return Tiles(
        (
            Tile("high", counts.failed, "fail"),
            Tile("unknown", counts.unknown, "unknown"),
            Tile("pass", counts.passed, "hold"),
            *((Tile("", counts.accepted, "accepted"),) if counts.accepted else ()),
            Tile("", counts.apart, "not asked here"),
        )
    )


def spot(figures: Figures, path: str, line: int) -> Code:
    """A place in a file of the target."""
    return Code(f"{figures.folder}{path}:{line}")


def listed(links: Sequence[Link], most: int = LINKS_SHOWN, of: int | None = None) -> Line:
    """Links behind each other, and how many more there are."""
    line: list[Inline] = []
    for link in links[:most]:
        line += [", ", link] if line else [link]
    left = (len(links) if of is None else of) - min(most, len(links))
    if left > 0:
        line.append(f" and {left:,} more")
    return tuple(line)


def sources(addresses: Iterable[str]) -> Line:
    """The pages that state something, each by its title and the day it was read."""
    line: list[Inline] = []
    for address in addresses:
        known = _sources().get(address)
        title, read = known if known is not None else (address, "")
        line += [", "] if line else []
        line.append(Web(title, address))
        if read:
            line.append(Soft(f" read {read}"))
    return tuple(line)


@cache
def _sources() -> dict[str, tuple[str, str]]:
    return {source.url: (source.title, source.read.isoformat()) for source in matrix().sources.values()}


@cache
def layer_title(layer: str) -> str:
    """What a layer is called."""
    try:
        return matrix().rows[Layer(layer)].title
    except ValueError:
        return layer_label(layer)


def finding_blocks(figures: Figures, unit: Unit) -> list[Block]:
    """Every finding about one workload or resource: what needs a person in the open, the rest folded."""
    findings = unit.findings
    open_ = [f for f in findings if f.status is Status.FAIL]
    open_.sort(key=lambda f: f.exception is not None)
    open_ += [f for f in findings if f.status is Status.UNKNOWN]
    held = [f for f in findings if f.status is Status.PASS]
    apart = [f for f in findings if f.status is Status.NOT_APPLICABLE]
    blocks: list[Block] = []
    if open_:
        blocks.append(_table(figures, unit, open_, "What fails or is unknown"))
    if held:
        table = _table(figures, unit, held, "What holds")
        blocks.append(Folded((number(len(held), "control holds", "controls hold"),), (table,)))
    if apart:
        table = _table(figures, unit, apart, "What is not asked")
        blocks.append(Folded((number(len(apart), "control is", "controls are"), " not asked here, and why"), (table,)))
    return blocks


def _table(figures: Figures, unit: Unit, findings: Sequence[Finding], name: str) -> Table:
    rows = tuple(_row(figures, unit, finding) for finding in findings)
    return Table(f"{name} of {unit.name}", ("State", "What", "Why", "Where"), rows)


def _row(figures: Figures, unit: Unit, finding: Finding) -> Row:
    title: list[Inline] = [figures.control_link(finding)]
    subject = finding.subject.name
    if subject != unit.name:
        title.append(Soft(f" {subject.removeprefix(f'{unit.name}/')}"))
    state: Line = (status(finding),)
    if finding.status in (Status.FAIL, Status.UNKNOWN):
        state = (status(finding), " ", Badge(finding.severity, finding.severity))
    why = said(finding.reason)
    if finding.exception is not None:
        why = (*why, Soft(f" Accepted: {finding.exception.reason}"))
    path, line = place(finding)
    # The whole path of its file stands above; here the end of it is enough.
    where = Code(f"{basename(path)}:{line}") if path == unit.path else spot(figures, path, line)
    return Row((state, tuple(title), why, (where,)), finding_anchor(finding.id))
