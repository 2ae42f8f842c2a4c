"""Lock files of npm, versions 1 to 3 (docs.npmjs.com/cli/configuring-npm/package-lock-json)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from ourhalf.inventories.input import InventoryError, InventoryInput
from ourhalf.inventories.listing import inventory, package, stated, text_of
from ourhalf.model.evidence import Unread
from ourhalf.model.inventory import Inventory
from ourhalf.model.packages import Ecosystem, Package

_FORM = "package-lock.json"
_FOLDER = "node_modules/"
_MAX_DEPTH = 50


def _recognises(name: str, head: bytes) -> bool:
    return name.endswith(("package-lock.json", "npm-shrinkwrap.json"))


def _read(path: str, data: bytes) -> Inventory:
    text = text_of(path, data)
    try:
        document = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise InventoryError(f"{path} cannot be read as a {_FORM}: {error}") from None
    if not isinstance(document, dict) or not ({"packages", "dependencies", "lockfileVersion"} & document.keys()):
        raise InventoryError(f"{path} is no {_FORM}: it has neither `packages` nor `dependencies`")
    lines = _Lines(text)
    packages = document.get("packages")
    if isinstance(packages, dict):
        found = _flat(path, packages, lines)
    else:
        found = _nested(path, document.get("dependencies"), lines)
    return inventory(path, Ecosystem.NPM, _FORM, found)


class _Lines:
    """Finds the lines of keys that are asked for in the order of the file."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 1

    def of(self, key: str) -> int:
        """The line of the next such key; the last one found where there is none."""
        found = self._text.find(msgspec.json.encode(key).decode() + ":", self._at)
        if found >= 0:
            self._line += self._text.count("\n", self._at, found)
            self._at = found
        return self._line


def _flat(path: str, packages: dict[str, Any], lines: _Lines) -> Iterator[Package | Unread]:
    for key, one in packages.items():
        line = lines.of(key)
        if not isinstance(one, dict):
            yield Unread(path, line, _FORM, f"{key[:100]} is no package")
        elif _FOLDER in key and not one.get("link"):
            name = stated(one.get("name")) or key.rpartition(_FOLDER)[2]
            yield package(Ecosystem.NPM, name, stated(one.get("version")), _FORM, line=line)


def _nested(path: str, dependencies: object, lines: _Lines) -> Iterator[Package | Unread]:
    stack: list[tuple[str, Any, int]] = _pairs(dependencies, 0)
    while stack:
        name, one, depth = stack.pop()
        line = lines.of(name)
        if not isinstance(one, dict) or depth > _MAX_DEPTH:
            yield Unread(path, line, _FORM, f"{name[:100]} is no package, or nested too deep")
            continue
        version = stated(one.get("version"))
        alias = version.removeprefix("npm:") if version and version.startswith("npm:") else ""
        if alias:
            name, _, version = alias.rpartition("@")
        if version is None or ":" not in version:  # others are files and repositories
            yield package(Ecosystem.NPM, name, version, _FORM, line=line)
        stack.extend(_pairs(one.get("dependencies"), depth + 1))


def _pairs(dependencies: object, depth: int) -> list[tuple[str, Any, int]]:
    if not isinstance(dependencies, dict):
        return []
    return [(name, one, depth) for name, one in reversed(dependencies.items())]


NPM = InventoryInput("npm-lock", _FORM, _recognises, _read, precedence=40)
