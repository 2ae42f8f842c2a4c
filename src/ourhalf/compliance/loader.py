"""Reads frameworks: those that ship with the package and the user's own, each mistake with its line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import msgspec

from ourhalf.compliance import checks
from ourhalf.compliance.checks import FrameworkError, Stated, line_of, node_at
from ourhalf.compliance.framework import Framework, How
from ourhalf.model.responsibility import Service
from ourhalf.readers.node import Node, plain
from ourhalf.readers.yaml import ParseError, documents

__all__ = ["FrameworkError", "all_frameworks", "load"]

MAX_BYTES = 16 * 1024 * 1024

_STEP = re.compile(r"\.([^.\[]+)|\[(\d+)\]")


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
        reason, _, where = str(error).partition(" - at `$")
        keys = [key or int(index) for key, index in _STEP.findall(where.rstrip("`"))]
        raise FrameworkError(path, line_of(document, keys), _words(document, keys, reason)) from None


def _words(document: Node, keys: list[str | int], reason: str) -> str:
    """The reason with the requirement and field that it is about, and what to write instead."""
    named = []
    if len(keys) > 1 and keys[0] == "requirements":
        given = node_at(document, (*keys[:2], "id"))
        named.append(
            f"requirement {given.value}" if given is not None else f"requirement {int(keys[1]) + 1} of the list"
        )
        keys = keys[2:]
    if len(keys) > 1 and keys[0] == "mappings":
        named.append(f"mapping {int(keys[1]) + 1}")
        keys = keys[2:]
    words = [key for key in keys if isinstance(key, str)]
    if wrong := re.fullmatch(r"Invalid enum value '(.*)'", reason):
        choices = How if "how" in words else Service
        reason = f"{wrong[1]} is none of {', '.join(choices)}"
    elif "Expected `str`, got `" in reason and "null" not in reason:
        reason += "; write it in quotes"
    return ": ".join([*([", ".join(named)] if named else []), *words, reason])
