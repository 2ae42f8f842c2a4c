"""The responsibility matrix: `matrix.yaml`, loaded and checked."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from ourhalf.model.responsibility import Layer, Party, Platform


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A public page that states who answers, and the day it was read."""

    title: str
    url: str
    read: date


class Cell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who answers for one layer on one platform.

    `action` says what the other party must apply. An `inferred` cell is stated by no source: its
    party is a candidate only.
    """

    party: Party
    why: str
    sources: tuple[str, ...]
    action: str | None = None
    inferred: bool = False


class Row(msgspec.Struct, frozen=True):
    """One layer: its title, what shows its state, and its cell on every platform."""

    layer: Layer
    title: str
    evidence: str
    cells: dict[Platform, Cell]


class Matrix(msgspec.Struct, frozen=True):
    """Every layer by every platform, and the sources that the cells cite."""

    rows: dict[Layer, Row]
    sources: dict[str, Source]

    def cell(self, layer: Layer, platform: Platform) -> Cell:
        """Who answers for `layer` on `platform`, before any rule moves the line."""
        return self.rows[layer].cells[platform]


@cache
def matrix() -> Matrix:
    """The matrix that ships with the package."""
    return parse(files(__package__).joinpath("matrix.yaml").read_bytes())


def parse(data: bytes) -> Matrix:
    """The matrix that a YAML document states.

    Raises ValueError where a layer or platform is missing, named twice or unknown, where a cell
    cites no source and is not inferred, or where a source does not exist.
    """
    from yaml import CSafeLoader, load

    document = load(data, Loader=CSafeLoader)
    sources = msgspec.convert(document["sources"], dict[str, Source])
    given = document["layers"]
    missing = set(Layer) - set(given)
    if missing or len(given) != len(Layer):
        raise ValueError(f"layers missing or unknown: {sorted(missing | (set(given) - set(Layer)))}")
    rows = {Layer(name): _row(Layer(name), row) for name, row in given.items()}
    for row in rows.values():
        for platform, cell in row.cells.items():
            _check(row.layer, platform, cell, sources)
    return Matrix({layer: rows[layer] for layer in Layer}, sources)


def _row(layer: Layer, given: dict[str, Any]) -> Row:
    cells: dict[Platform, Cell] = {}
    for names, cell in given["cells"].items():
        for name in names.split() if names != "others" else ():
            if Platform(name) in cells:
                raise ValueError(f"{layer}: {name} is named twice")
            cells[Platform(name)] = msgspec.convert(cell, Cell)
    if "others" in given["cells"]:
        rest = msgspec.convert(given["cells"]["others"], Cell)
        cells.update({platform: rest for platform in Platform if platform not in cells})
    if missing := set(Platform) - set(cells):
        raise ValueError(f"{layer}: no cell for {sorted(missing)}")
    return Row(layer, given["title"], given["evidence"], {platform: cells[platform] for platform in Platform})


def _check(layer: Layer, platform: Platform, cell: Cell, sources: dict[str, Source]) -> None:
    if unknown := set(cell.sources) - set(sources):
        raise ValueError(f"{layer} on {platform}: unknown sources {sorted(unknown)}")
    if not cell.sources and not cell.inferred and cell.party is not Party.NOT_APPLICABLE:
        raise ValueError(f"{layer} on {platform}: no source, and not marked as inferred")
