"""Cargo.lock of Rust (doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html) and go.sum (go.dev/ref/mod)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ourhalf.inventories.input import InventoryError, InventoryInput
from ourhalf.inventories.listing import inventory, package, stated, tables, text_of, toml
from ourhalf.model.evidence import Unread
from ourhalf.model.inventory import Inventory
from ourhalf.model.packages import Certainty, Ecosystem, Package

_GO_SUM = "go.sum names versions that were looked at, of which a build may use a later one"


def _read_cargo(path: str, data: bytes) -> Inventory:
    document, text = toml(path, data)
    if not isinstance(document.get("package", []), list):
        raise InventoryError(f"{path} is no Cargo.lock: `package` is no list")
    return inventory(path, Ecosystem.CARGO, "Cargo.lock", _crates(path, document, text))


def _crates(path: str, document: dict[str, Any], text: str) -> Iterator[Package | Unread]:
    for line, one in tables(document, text, "package"):
        name = stated(one.get("name")) if one is not None else None
        if one is None or name is None:
            yield Unread(path, line, "Cargo.lock", "a package without a name")
        elif "source" in one:  # what has none is the workspace itself
            yield package(Ecosystem.CARGO, name, stated(one.get("version")), "Cargo.lock", line=line)


def _read_go(path: str, data: bytes) -> Inventory:
    return inventory(path, Ecosystem.GO, "go.sum", _modules(path, text_of(path, data)))


def _modules(path: str, text: str) -> Iterator[Package | Unread]:
    for number, line in enumerate(text.splitlines(), 1):
        parts = line.split()
        if not parts:
            continue
        if len(parts) != 3 or not parts[1].startswith("v"):
            yield Unread(path, number, "go.sum", f"no module, version and digest: {line[:100]}")
        elif not parts[1].endswith("/go.mod"):  # of these only the list of requirements was read
            yield package(
                Ecosystem.GO, parts[0], parts[1], "go.sum", line=number, certainty=Certainty.DERIVED, how=_GO_SUM
            )


CARGO = InventoryInput("cargo-lock", "Cargo.lock", lambda name, _: name.endswith("Cargo.lock"), _read_cargo)
GO_SUM = InventoryInput("go-sum", "go.sum", lambda name, _: name.endswith("go.sum"), _read_go)
