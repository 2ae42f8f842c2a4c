"""Pages as people write them: Markdown with front matter, and variables of a glossary."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from ourhalf.guide.errors import GuideError
from ourhalf.guide.links import headings
from ourhalf.guide.variables import VariableError, filled, line_of

_MOST_BYTES = 1024 * 1024
_MOST_PAGES = 500
_FRONT = re.compile(r"\A\ufeff?---[ \t]*\r?\n")
_END = re.compile(r"^(---|\.\.\.)[ \t]*\r?$", re.MULTILINE)


class SourcePage(msgspec.Struct, frozen=True):
    """A page whose variables are replaced.

    `text` is all of it; `body` is what follows the front matter, which begins on line `line`.
    """

    path: str
    text: str
    body: str
    line: int
    title: str
    meta: Mapping[str, Any] = {}


def page_of(text: str, path: str, values: Mapping[str, str]) -> SourcePage:
    """The page that `text` is, its variables replaced by `values`. Raises GuideError, which names the line."""
    meta, start = _front_matter(text, path)
    if meta.get("glossary") is False:
        whole, body = text, text[start:]
    else:
        head = _filled(text[:start], text, 0, path, values)
        body = _filled(text[start:], text, start, path, values)
        whole = head + body
        meta, _ = _front_matter(whole, path)
    heading = next((one.text for one in headings(body) if one.level == 1), None)
    title = meta.get("title") or heading or os.path.splitext(os.path.basename(path))[0]
    return SourcePage(path, whole, body, line_of(text, start), str(title), meta)


def _filled(part: str, text: str, start: int, path: str, values: Mapping[str, str]) -> str:
    try:
        return filled(part, values)
    except VariableError as error:
        raise GuideError(path, line_of(text, start + error.at), error.reason) from None


def _front_matter(text: str, path: str) -> tuple[Mapping[str, Any], int]:
    """What stands between two lines of `---` at the start, and where the rest begins."""
    begin = _FRONT.match(text)
    if begin is None:
        return {}, 0
    end = _END.search(text, begin.end())
    if end is None:
        raise GuideError(path, 1, "front matter begins here and never ends; close it with a line of ---")
    from ourhalf.readers.node import plain
    from ourhalf.readers.yaml import ParseError, documents

    try:
        found = list(documents(text[begin.end() : end.start()].encode(), path, first_line=2))
    except ParseError as error:
        raise GuideError(path, error.line, f"front matter: {error.reason}") from None
    after = end.end() + 1 if end.end() < len(text) else end.end()
    if not found:
        return {}, after
    document = found[0]
    if not isinstance(document.value, dict):
        raise GuideError(path, document.line, "front matter is a mapping, such as `title: Our guide`")
    title = document.get("title")
    if title is not None and title.value is not None and not isinstance(title.value, str):
        raise GuideError(path, title.line, "the title is no text; put it in quotes")
    return plain(document), after


def read_text(path: str) -> str:
    """The text of a page, its line ends as they are. Raises GuideError."""
    try:
        with open(path, "rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise GuideError(path, None, f"the page cannot be read: {error.strerror}") from None
    if len(data) > _MOST_BYTES:
        raise GuideError(path, None, f"a page of more than {_MOST_BYTES >> 20} MB")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise GuideError(path, line, "not UTF-8 text") from None


def own_pages(paths: tuple[str, ...], values: Mapping[str, str]) -> dict[str, SourcePage]:
    """The pages in files and folders, by their names in the site: paths below the folder, without `.md`.

    Raises GuideError, also where two would have one name.
    """
    found: dict[str, SourcePage] = {}
    for name, path in _files(paths):
        if name in found:
            raise GuideError(path, None, f"a second page named {name}, as {found[name].path} is; rename one")
        if len(found) >= _MOST_PAGES:
            raise GuideError(path, None, f"more than {_MOST_PAGES} pages")
        found[name] = page_of(read_text(path), path, values)
    return found


def _files(paths: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for path in paths:
        if os.path.isdir(path):
            below = list(_below(path))
            if not below:
                raise GuideError(path, None, "holds no page whose name ends in .md")
            yield from below
        elif os.path.isfile(path):
            yield os.path.splitext(os.path.basename(path))[0], path
        else:
            raise GuideError(path, None, "no such page or folder of pages")


def _below(folder: str) -> Iterator[tuple[str, str]]:
    for above, folders, names in os.walk(folder):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        for name in sorted(names):
            path = os.path.join(above, name)
            if name.endswith(".md") and not os.path.islink(path):
                yield os.path.relpath(path, folder).replace(os.sep, "/").removesuffix(".md"), path
