"""Chapters: pages of Markdown that ship, in which a line of `::: name` stands for what the assessment tells."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files

from ourhalf.guide import configuring, images, programs, responsibilities, services
from ourhalf.guide.blocks import Block, Page, Prose
from ourhalf.guide.errors import GuideError
from ourhalf.guide.figures import TOPICS, Figures
from ourhalf.guide.source import SourcePage, page_of
from ourhalf.model.control import Topic
from ourhalf.model.word import Word

CHAPTERS = "Chapters"

_PART = re.compile(r"^:::[ \t]*([a-z-]+)[ \t]*$", re.MULTILINE)


class Part(Word):
    """What a line of a chapter can stand for."""

    WHO = "who-answers"
    FIGURES = "figures"
    STATE = "state"
    CONFIGURE = "configure"
    TRACKING = "usage-tracking"
    MATRIX = "matrix"
    IMAGES = "images"
    PROGRAMS = "programs"
    FRAMEWORKS = "frameworks"
    OTHERS = "tests-of-others"
    SERVICES = "services"


_Teller = Callable[[Figures, SourcePage], Iterator[Block]]

_TELLERS: Mapping[Part, _Teller] = {
    Part.WHO: lambda figures, page: responsibilities.table(figures, page.meta.get("layers", [])),
    Part.FIGURES: lambda figures, page: configuring.figures_of(figures, Topic(page.meta["topic"])),
    Part.STATE: lambda figures, page: configuring.state(figures, Topic(page.meta["topic"])),
    Part.CONFIGURE: lambda figures, page: configuring.configure(figures, Topic(page.meta["topic"])),
    Part.TRACKING: lambda figures, _: configuring.usage_tracking(figures),
    Part.MATRIX: lambda figures, _: responsibilities.drawn(figures),
    Part.IMAGES: lambda figures, _: images.table(figures),
    Part.PROGRAMS: lambda figures, _: programs.scopes(figures),
    Part.FRAMEWORKS: lambda figures, _: programs.frameworks(figures),
    Part.OTHERS: lambda figures, page: configuring.others(figures, Topic(page.meta["topic"])),
    Part.SERVICES: lambda figures, _: services.in_use(figures),
}


@cache
def sources() -> Mapping[str, str]:
    """The chapters that ship, by their names, as they are written."""
    folder = files(__package__).joinpath("chapters")
    found = {file.name.removesuffix(".md"): file.read_text("utf-8") for file in folder.iterdir()}
    return dict(sorted(found.items()))


def chapter_pages(figures: Figures, values: Mapping[str, str]) -> tuple[Page, ...]:
    """Every chapter, in the order that their front matter gives. Raises GuideError."""
    pages = [(name, page_of(text, f"chapters/{name}.md", values)) for name, text in sources().items()]
    pages.sort(key=lambda one: (one[1].meta["order"], one[0]))
    return tuple(
        Page(f"chapters/{name}", _title(page), CHAPTERS, tuple(_blocks(figures, page)), summary=page.meta["summary"])
        for name, page in pages
    )


def _title(page: SourcePage) -> str:
    return TOPICS[Topic(page.meta["topic"])] if "topic" in page.meta else page.title


def _blocks(figures: Figures, page: SourcePage) -> Iterator[Block]:
    """The prose of a chapter, and between it what the assessment tells."""
    pieces = _PART.split(page.body)
    line = page.line
    for number, piece in enumerate(pieces):
        if number % 2 == 0:
            if piece.strip():
                yield Prose(piece.strip("\n"), page.path, line, page.path.removesuffix(".md"))
            line += piece.count("\n")
            continue
        try:
            part = Part(piece)
        except ValueError:
            raise GuideError(page.path, line, f"nothing is named {piece}; there are {', '.join(Part)}") from None
        yield from _TELLERS[part](figures, page)
