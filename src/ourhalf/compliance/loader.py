"""Reads frameworks: those that ship with the package and the user's own, each mistake with its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

import msgspec

from ourhalf.compliance import checks
from ourhalf.compliance.checks import FrameworkError, Stated
from ourhalf.compliance.framework import Framework, Requirement
from ourhalf.compliance.framework import Mapping as Mapped
from ourhalf.readers.node import Node, plain
from ourhalf.readers.yaml import ParseError, documents

__all__ = ["FrameworkError", "all_frameworks", "load"]

MAX_BYTES = 16 * 1024 * 1024


def all_frameworks(own: str | None = None) -> dict[str, Framework]:
    """Every framework by its id: those that ship, and the user's own in the file `own`. Raises FrameworkError."""
    shipped = _shipped()
    if own is None:
        return {name: one.framework for name, one in shipped.items()}
    stated = _stated(own)
    if stated.framework.id in shipped:
        raise FrameworkError(
            own, stated.line(("id",)), f"{stated.framework.id} is the id of a framework that ships; give yours another"
        )
    both = {**shipped, stated.framework.id: stated}
    checks.together(both)
    return {name: one.framework for name, one in both.items()}


def load(path: str) -> Framework:
    """The framework in one file, checked without the others that it may point to. Raises FrameworkError."""
    return _stated(path).framework


@cache
def _shipped() -> Mapping[str, Stated]:
    folder = files(__package__).joinpath("frameworks")
    found: dict[str, Stated] = {}
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".yaml"):
            one = parse(file.read_bytes(), file.name)
            found[one.framework.id] = one
    checks.together(found)
    return found


def _stated(path: str) -> Stated:
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise FrameworkError(path, 1, f"the framework cannot be read: {error.strerror}") from None
    if len(data) > MAX_BYTES:
        raise FrameworkError(path, 1, f"a framework of more than {MAX_BYTES // 1024 // 1024} MB")
    stated = parse(data, path)
    checks.no_key_twice(data, path)
    return stated


def parse(data: bytes, path: str) -> Stated:
    """The framework that `data` states, checked in itself but for equal keys. Raises FrameworkError."""
    try:
        found = list(documents(data, path))
    except ParseError as error:
        raise FrameworkError(path, error.line, error.reason) from None
    if len(found) != 1:
        raise FrameworkError(path, 1, f"{len(found)} documents; a framework is one")
    document = found[0]
    stated = Stated(_converted(document, path), document, path)
    checks.alone(stated)
    return stated


def _converted(document: Node, path: str) -> Framework:
    try:
        return msgspec.convert(plain(document), Framework)
    except msgspec.ValidationError as error:
        for part, kind, name in _parts(document):
            _fits(part, kind, name, path)
        raise FrameworkError(path, document.line, _words(error)) from None


def _fits(part: Node, kind: type[Mapped] | type[Requirement], name: str, path: str) -> None:
    try:
        msgspec.convert(plain(part), kind)
    except msgspec.ValidationError as error:
        raise FrameworkError(path, part.line, f"{name}: {_words(error)}") from None


def _parts(document: Node) -> Iterator[tuple[Node, type[Mapped] | type[Requirement], str]]:
    """Each mapping and requirement, the smaller first, so that a mistake is shown where it is."""
    listed = document.get("requirements")
    for number, requirement in enumerate(listed.list() if listed else (), 1):
        given = requirement.get("id")
        name = f"requirement {given.text() or given.value if given else number}"
        mappings = requirement.get("mappings")
        for position, mapping in enumerate(mappings.list() if mappings else (), 1):
            yield mapping, Mapped, f"{name}, mapping {position}"
        yield requirement, Requirement, name


def _words(error: msgspec.ValidationError) -> str:
    reason, _, where = str(error).partition(" - at `$")
    field = where.rstrip("`").strip(".")
    hint = "; write it in quotes" if "Expected `str`, got `" in reason and "null" not in reason else ""
    return f"{field}: {reason}{hint}" if field else f"{reason}{hint}"
