"""The guide as a whole: every page, in the order of the navigation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import msgspec

from ourhalf.guide.blocks import Page, Prose
from ourhalf.guide.chapters import chapter_pages
from ourhalf.guide.figures import Figures
from ourhalf.guide.links import Links, check_written
from ourhalf.guide.overview import overview
from ourhalf.guide.services import service_pages
from ourhalf.guide.source import SourcePage
from ourhalf.guide.workloads import resource_pages, workload_pages
from ourhalf.model.finding import Assessment

OWN = "Your pages"


class Site(msgspec.Struct, frozen=True):
    """Every page of a guide; `about` says what of, and as of which day."""

    title: str
    about: str
    pages: tuple[Page, ...]


def site(assessment: Assessment, values: Mapping[str, str], own: Mapping[str, SourcePage] = {}) -> Site:
    """The guide to what `assessment` is about, with pages of the user's own by their names.

    Raises GuideError where a page of the user's own links to what is not there.
    """
    figures = Figures(assessment)
    chapters = chapter_pages(figures, values)
    title = f"Security of your {values['dlc']}"
    pages = (
        overview(figures, chapters, title),
        *(_own(name, page) for name, page in own.items()),
        *chapters,
        *service_pages(figures, values),
        *workload_pages(figures),
        *resource_pages(figures),
    )
    links = Links(pages, "")
    for page in pages:
        check_written(page, links)
    return Site(title, f"{', '.join(assessment.targets)} as of {assessment.as_of}", pages)


def _own(name: str, page: SourcePage) -> Page:
    path = f"pages/{name}"
    return Page(path, page.title, OWN, (Prose(page.body, page.path, page.line, path),), verbatim=page.text)


Render = Callable[[Site], Iterator[tuple[str, str]]]


def renderer(form: str) -> Render:
    """What writes the pages as `html` or `markdown`."""
    from ourhalf.guide import html, markdown

    return {"html": html.render, "markdown": markdown.render}[form]
