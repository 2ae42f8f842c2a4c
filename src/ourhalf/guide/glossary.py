"""Glossaries: the names of what pages speak of, those that ship and the user's own."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.resources import files
from typing import NamedTuple

from ourhalf.guide.errors import GuideError
from ourhalf.guide.variables import NAME, VariableError, replaced, undefined

_MOST_BYTES = 1024 * 1024
_MOST_CHARACTERS = 10_000
_DEEPEST = 32


class _Entry(NamedTuple):
    """A text as it is written, with its place."""

    text: str
    path: str
    line: int


def glossary(own: str | None = None) -> dict[str, str]:
    """Every name with its text: those that ship, and before them those in the file `own`. Raises GuideError."""
    shipped = files(__package__).joinpath("glossary.yaml")
    entries = _entries(shipped.read_bytes(), "glossary.yaml")
    if own is not None:
        entries |= _entries(_bytes(own), own)
    found: dict[str, str] = {}
    for name in entries:
        _resolve(name, entries, found, ())
    return found


def _bytes(path: str) -> bytes:
    try:
        if not os.path.isfile(path):
            raise GuideError(path, None, "no such file; name a glossary, a YAML file of names and texts")
        with open(path, "rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise GuideError(path, None, f"the glossary cannot be read: {error.strerror}") from None
    if len(data) > _MOST_BYTES:
        raise GuideError(path, None, f"a glossary of more than {_MOST_BYTES >> 20} MB")
    return data


def _entries(data: bytes, path: str) -> dict[str, _Entry]:
    from ourhalf.readers.yaml import ParseError, documents

    try:
        found = list(documents(data, path))
    except ParseError as error:
        raise GuideError(path, error.line, error.reason) from None
    if not found:
        return {}
    document = found[0]
    if len(found) > 1:
        raise GuideError(path, found[1].line, "a second document; a glossary is one mapping of names to texts")
    if not isinstance(document.value, dict):
        raise GuideError(path, document.line, "a glossary is a mapping of names to texts, such as `team: Platform`")
    entries = {}
    _no_name_twice(data, path)
    for name, node in document.items():
        if not NAME.fullmatch(name):
            raise GuideError(path, node.line, f"{name[:80]} is no name; use letters, digits and _, a letter first")
        if not isinstance(node.value, str) or node.tag is not None:
            raise GuideError(path, node.line, f"{name} is no text; put it in quotes")
        entries[name] = _Entry(node.value, path, node.line)
    return entries


def _no_name_twice(data: bytes, path: str) -> None:
    from ourhalf.compliance.checks import FrameworkError, no_key_twice

    try:
        no_key_twice(data, path)
    except FrameworkError as error:
        raise GuideError(path, error.line, error.reason) from None


def _resolve(name: str, entries: Mapping[str, _Entry], found: dict[str, str], above: tuple[str, ...]) -> str:
    """The text of a name with the names in it replaced; `above` are those that led here."""
    if name in found:
        return found[name]
    entry = entries[name]
    if name in above:
        circle = " → ".join((*above[above.index(name) :], name))
        raise GuideError(entry.path, entry.line, f"{name} refers to itself: {circle}")
    if len(above) >= _DEEPEST:
        raise GuideError(entry.path, entry.line, f"{name} stands below more than {_DEEPEST} others")

    def value(other: str, at: int) -> str:
        if other not in entries:
            raise VariableError(at, undefined(other, entries))
        return _resolve(other, entries, found, (*above, name))

    try:
        text = replaced(entry.text, value)
    except VariableError as error:
        raise GuideError(entry.path, entry.line, f"{name}: {error.reason}") from None
    if len(text) > _MOST_CHARACTERS:
        raise GuideError(entry.path, entry.line, f"{name} becomes longer than {_MOST_CHARACTERS:,} characters")
    found[name] = text
    return text
