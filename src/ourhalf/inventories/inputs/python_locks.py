"""Lock files of Python: uv.lock, poetry.lock, pylock.toml (PEP 751) and Pipfile.lock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from packaging.utils import canonicalize_name

from ourhalf.inventories.input import InventoryError, InventoryInput
from ourhalf.inventories.listing import inventory, package, stated, tables, text_of, toml
from ourhalf.model.evidence import Unread
from ourhalf.model.inventory import Inventory
from ourhalf.model.packages import Ecosystem, Package

_OWN = ("virtual", "editable", "directory")
"""Sources of uv that are the project itself or a part of it, which nobody publishes."""


def _read_toml(path: str, data: bytes, form: str, key: str) -> Inventory:
    document, text = toml(path, data)
    if not isinstance(document.get(key, []), list):
        raise InventoryError(f"{path} is no {form}: `{key}` is no list")
    return inventory(path, Ecosystem.PYPI, form, _tables(path, document, text, form, key))


def _tables(path: str, document: dict[str, Any], text: str, form: str, key: str) -> Iterator[Package | Unread]:
    for line, one in tables(document, text, key):
        name = stated(one.get("name")) if one is not None else None
        if one is None or name is None:
            yield Unread(path, line, form, "a package without a name")
            continue
        source = one.get("source")
        if isinstance(source, dict) and any(kind in source for kind in _OWN):
            continue
        if (isinstance(source, dict) and source.get("type") == "directory") or "directory" in one:
            continue
        yield package(Ecosystem.PYPI, canonicalize_name(name), stated(one.get("version")), form, line=line)


def _read_uv(path: str, data: bytes) -> Inventory:
    return _read_toml(path, data, "uv.lock", "package")


def _read_poetry(path: str, data: bytes) -> Inventory:
    return _read_toml(path, data, "poetry.lock", "package")


def _read_pylock(path: str, data: bytes) -> Inventory:
    return _read_toml(path, data, "pylock.toml", "packages")


def _read_pipfile(path: str, data: bytes) -> Inventory:
    text = text_of(path, data)
    try:
        document = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise InventoryError(f"{path} cannot be read as a Pipfile.lock: {error}") from None
    if not isinstance(document, dict) or "_meta" not in document:
        raise InventoryError(f"{path} is no Pipfile.lock: it has no `_meta`")
    return inventory(path, Ecosystem.PYPI, "Pipfile.lock", _sections(path, document, text))


def _sections(path: str, document: dict[str, Any], text: str) -> Iterator[Package | Unread]:
    for section, packages in document.items():
        if section == "_meta" or not isinstance(packages, dict):
            continue
        at = text.find(f'"{section}"')
        for name, one in packages.items():
            at = max(at, text.find(f'"{name}"', at))
            line = text.count("\n", 0, at) + 1 if at >= 0 else 1
            version = stated(one.get("version")) if isinstance(one, dict) else None
            pin = version.removeprefix("==") if version and version.startswith("==") else None
            yield package(Ecosystem.PYPI, canonicalize_name(name), pin, "Pipfile.lock", line=line)


UV = InventoryInput("uv-lock", "uv.lock", lambda name, _: name.endswith("uv.lock"), _read_uv)
POETRY = InventoryInput("poetry-lock", "poetry.lock", lambda name, _: name.endswith("poetry.lock"), _read_poetry)
PYLOCK = InventoryInput(
    "pylock", "pylock.toml", lambda name, _: name.startswith("pylock.") and name.endswith(".toml"), _read_pylock
)
PIPFILE = InventoryInput("pipfile-lock", "Pipfile.lock", lambda name, _: name.endswith("Pipfile.lock"), _read_pipfile)
