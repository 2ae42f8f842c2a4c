"""Pages that tell of workloads and of resources, finding by finding."""

from __future__ import annotations

from collections.abc import Iterator

from ourhalf.guide.blocks import Block, Code, Heading, Inline, Items, Line, Link, Page, Paragraph, Soft
from ourhalf.guide.figures import Figures, Gathered, Unit, counted
from ourhalf.guide.telling import finding_blocks, party, spot, tiles
from ourhalf.model.responsibility import Party
from ourhalf.reports.summary import PARTY_LABELS, layer_label

WORKLOADS = "Workloads"
RESOURCES = "Resources"
_IMAGES = 8


def workload_pages(figures: Figures) -> Iterator[Page]:
    """A page for each group of workloads."""
    held = _held(figures)
    for gathered in figures.workloads:
        yield _page(figures, gathered, WORKLOADS, held)


def resource_pages(figures: Figures) -> Iterator[Page]:
    """A page for each group of resources that belong to no workload alone."""
    for gathered in figures.resources:
        yield _page(figures, gathered, RESOURCES, {})


_Held = dict[str, dict[str, Party]]


def _held(figures: Figures) -> _Held:
    """Who answers for each layer, by the name of the workload; unknown where workloads share a name and differ."""
    found: _Held = {}
    for row in figures.assessment.responsibilities:
        for name in row.workloads:
            layers = found.setdefault(name, {})
            layers[row.layer] = row.party if layers.get(row.layer, row.party) is row.party else Party.UNKNOWN
    return found


def _page(figures: Figures, gathered: Gathered, section: str, held: _Held) -> Page:
    alone = len(gathered.units) == 1
    blocks: list[Block] = []
    if not alone:
        blocks.append(tiles(counted(f for unit in gathered.units for f in unit.findings)))
    for unit in gathered.units:
        if not alone:
            blocks.append(Heading(2, (unit.name,), unit.anchor))
        blocks += _unit(figures, unit, held.get(unit.name, {}), alone)
    return Page(gathered.page, gathered.title, section, tuple(blocks), gathered.label)


def _unit(figures: Figures, unit: Unit, held: dict[str, Party], alone: bool) -> Iterator[Block]:
    yield Paragraph((unit.about, " at ", spot(figures, unit.path, unit.line)), "lead")
    workload = unit.workload
    if workload is not None:
        facts: list[Line] = []
        if workload.why:
            facts.append(("Runs there because ", workload.why, "."))
        facts.append(("Its data is taken as ", Code(workload.sensitivity), ", as the profile says."))
        if workload.images:
            facts.append(_images(workload.images))
        yield Items(tuple(facts))
    yield tiles(counted(unit.findings))
    if held:
        yield Heading(2 if alone else 3, ("Who answers",), f"who-{unit.anchor}")
        yield Items(tuple(_layers(held)))
        yield Paragraph((Soft("The reasons and their sources: "), Link("Shared responsibility", _SHARED)))
    if unit.findings:
        yield Heading(2 if alone else 3, ("What was found",), f"found-{unit.anchor}")
        yield from finding_blocks(figures, unit)
    else:
        yield Paragraph(("No control is about this.",), "note")


_SHARED = "chapters/shared-responsibility"


def _images(images: tuple[str, ...]) -> Line:
    line: list[Inline] = ["Image " if len(images) == 1 else "Images "]
    for number, image in enumerate(images[:_IMAGES]):
        line += [", ", Code(image)] if number else [Code(image)]
    if len(images) > _IMAGES:
        line.append(f" and {len(images) - _IMAGES:,} more")
    return tuple(line)


def _layers(held: dict[str, Party]) -> Iterator[Line]:
    """A line a party with the layers that it answers for."""
    for one in PARTY_LABELS:
        layers = [layer_label(layer) for layer, who in held.items() if who is one]
        if layers:
            yield (*party(one), " ", ", ".join(layers))
