"""The guide inside a MkDocs site: names of the glossary in every page, and the pages of an assessment beside them.

    plugins:
      - ourhalf:
          glossary: names.yaml
          assessment: assessment.json

MkDocs loads this file by the entry point `ourhalf`; nothing else of ours imports it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from mkdocs.config import config_options
from mkdocs.config.base import Config
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation, Section
from mkdocs.structure.pages import Page

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure import StructureItem

    from ourhalf.model.finding import Assessment


_INERT = "---\nrender_macros: false\n---\n\n"
"""Front matter that keeps the plugin `macros` from taking braces in names and snippets for templates."""


class OurhalfConfig(Config):  # type: ignore[no-untyped-call]
    """What `mkdocs.yml` may say: paths are relative to it.

    `glossary` holds names before those that ship. `assessment` is one that `ourhalf assess --format json` wrote,
    the pages of which appear below `folder`. Names are replaced in the pages that `include` matches.
    """

    glossary = config_options.Optional(config_options.File(exists=True))
    assessment = config_options.Optional(config_options.File(exists=True))
    folder = config_options.Type(str, default="guide")
    include = config_options.ListOfItems(config_options.Type(str), default=["*"])


class OurhalfPlugin(BasePlugin[OurhalfConfig]):  # type: ignore[no-untyped-call]
    """Replaces names, and adds the pages of the guide."""

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Read the glossary. Raises PluginError."""
        from ourhalf.guide.errors import GuideError
        from ourhalf.guide.glossary import glossary

        folder = self.config.folder.strip("/")
        if not folder or os.path.normpath(folder) != folder or folder.startswith(".."):
            raise PluginError(f"ourhalf: folder {self.config.folder!r} is no folder below the pages; write guide")
        try:
            self._values = glossary(self.config.glossary)
        except GuideError as error:
            raise PluginError(f"ourhalf: {error}") from None
        return config

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add the pages of the assessment. Raises PluginError."""
        self._made: dict[str, int] = {}
        if self.config.assessment is None:
            return files
        from ourhalf.guide.errors import GuideError
        from ourhalf.guide.markdown import render
        from ourhalf.guide.site import site

        try:
            made = dict(render(site(self._assessment(), self._values)))
        except GuideError as error:
            raise PluginError(f"ourhalf: {error}") from None
        for path, text in made.items():
            name = f"{self.config.folder.strip('/')}/{path}"
            if name in files.src_uris:
                raise PluginError(f"ourhalf: {name} is a page already; name another folder in the plugin's settings")
            files.append(File.generated(config, name, content=_INERT + text))
            self._made[name] = len(self._made)
        return files

    def on_nav(self, nav: Navigation, /, *, config: MkDocsConfig, files: Files) -> Navigation:
        """Put the pages of the guide in its own order, where `mkdocs.yml` gives no order of its own."""
        if config.nav is None and self._made:
            _sort(nav.items, self._made)
            nav.pages = [page for item in nav.items for page in _pages(item)]
            for before, page, after in zip([None, *nav.pages], nav.pages, [*nav.pages[1:], None], strict=False):
                page.previous_page, page.next_page = before, after
        return nav

    def on_page_read_source(self, /, *, page: Page, config: MkDocsConfig) -> str | None:
        """The text of a page with its names replaced; None leaves it to MkDocs. Raises PluginError."""
        from ourhalf.guide.errors import GuideError
        from ourhalf.guide.source import page_of, read_text

        name, path = page.file.src_uri, page.file.abs_src_path
        if name in self._made or path is None or not any(fnmatchcase(name, one) for one in self.config.include):
            return None
        try:
            return page_of(read_text(path), os.path.relpath(path), self._values).text
        except GuideError as error:
            raise PluginError(f"ourhalf: {error}") from None

    def _assessment(self) -> Assessment:
        from ourhalf.reports.document import AssessmentError, find

        path = str(self.config.assessment)
        try:
            found = find(path)
        except AssessmentError as error:
            raise PluginError(f"ourhalf: {error}") from None
        if found is None:
            raise PluginError(
                f"ourhalf: {path} is no assessment; write one with `ourhalf assess TARGET --format json={path}`"
            )
        return found


def _pages(item: StructureItem) -> Iterator[Page]:
    """The pages of an entry of the navigation and of all below it."""
    if isinstance(item, Page):
        yield item
    elif isinstance(item, Section):
        for child in item.children:
            yield from _pages(child)


def _sort(items: list[StructureItem], order: Mapping[str, int]) -> None:
    """Sort what holds only pages of the guide, here and below."""
    firsts = [min((order.get(page.file.src_uri, -1) for page in _pages(item)), default=-1) for item in items]
    if -1 not in firsts:
        items[:] = [item for _, item in sorted(zip(firsts, items, strict=True), key=lambda one: one[0])]
    for item in items:
        if isinstance(item, Section):
            _sort(item.children, order)
