"""The images that workloads name, and what their names tell."""

from __future__ import annotations

from collections.abc import Iterator

from ourhalf.guide.blocks import Block, Code, Line, Paragraph, Row, Soft, Table
from ourhalf.guide.figures import Figures
from ourhalf.guide.telling import listed
from ourhalf.reports.summary import number

_IMAGES = 40
_LINKS = 3


def table(figures: Figures) -> Iterator[Block]:
    """Each image with what it is built on, whether it is pinned, and who runs it; the most used first."""
    images = sorted(figures.assessment.images, key=lambda image: (-len(image.workloads), image.reference))
    if not images:
        yield Paragraph(("No workload names an image that could be read.",), "note")
        return
    rows = []
    for image in images[:_IMAGES]:
        base: Line = (image.base,) if image.base else (Soft("not told by its name"),)
        pinned: Line = ("by digest",) if image.digest else (Soft("no digest: what it names can change"),)
        users = listed(figures.workload_links(image.workloads), _LINKS)
        rows.append(Row(((Code(image.reference),), base, pinned, users)))
    yield Table("Images in use", ("Image", "Whose, by its name", "Pinned", "Workloads"), tuple(rows))
    if len(images) > _IMAGES:
        yield Paragraph((Soft(f"and {number(len(images) - _IMAGES, 'more image', 'more images')}"),))
