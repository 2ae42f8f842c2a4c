"""An inventory for a terminal: what the image is, its layers, and its packages by ecosystem."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from ourhalf.inventories.format import InventoryFormat
from ourhalf.model.inventory import Inventory, Layer
from ourhalf.model.packages import Certainty, Ecosystem, Package
from ourhalf.reports.summary import harmless, number

_LONGEST = 60
_TITLES = {
    Ecosystem.DEB: "Debian packages",
    Ecosystem.RPM: "RPM packages",
    Ecosystem.APK: "Alpine packages",
    Ecosystem.PYPI: "Python packages",
    Ecosystem.CONDA: "conda packages",
    Ecosystem.NPM: "npm packages",
    Ecosystem.MAVEN: "Java archives",
    Ecosystem.GO: "Go modules",
    Ecosystem.CARGO: "Rust crates",
    Ecosystem.GENERIC: "Libraries that no package manager states",
}


def render(inventory: Inventory) -> str:
    """Plain text; what may be missing comes first."""
    return "".join(f"{harmless(line)}\n" for line in _lines(inventory))


def _lines(inventory: Inventory) -> Iterator[str]:
    yield inventory.reference
    yield from _aligned([row for row in _facts(inventory) if row[1]], "  ")
    if inventory.incomplete:
        yield ""
        yield "NOT COMPLETE: packages may be missing"
        yield from _aligned([(name, why) for name, why in sorted(inventory.incomplete.items())], "  ")
    for one in inventory.unread:
        yield f"  unread {one.path}: {one.reason}"
    yield ""
    yield from _aligned([("LAYER", "SIZE", "FILES", "FROM", "MADE BY"), *map(_layer, inventory.layers)])
    by_ecosystem: dict[Ecosystem, list[Package]] = defaultdict(list)
    for package in inventory.packages:
        by_ecosystem[package.ecosystem].append(package)
    for ecosystem in Ecosystem:
        if ecosystem in by_ecosystem:
            found = sorted(by_ecosystem[ecosystem], key=lambda one: (one.name.lower(), one.version or "", one.path))
            yield ""
            yield f"{_TITLES[ecosystem]} ({len(found):,})"
            yield from _aligned([_package(one) for one in found], "  ")
    if inventory.models:
        yield ""
        yield f"Model files ({len(inventory.models):,})"
        yield from _aligned(
            [(f"/{one.path}", ", ".join(one.formats), one.judgement, one.reason) for one in inventory.models], "  "
        )


def _facts(inventory: Inventory) -> list[tuple[str, str]]:
    config, cost = inventory.config, inventory.cost
    start = " ".join((*(config.entrypoint or ()), *(config.command or ())))
    return [
        ("digest", inventory.digest),
        ("platform", inventory.platform),
        ("distribution", inventory.distribution),
        ("built on", inventory.base),
        ("runs as", config.user or "root (no user is set)"),
        ("starts", _short(start)),
        ("ports", ", ".join(config.ports)),
        ("files", f"{inventory.files:,}, {inventory.unowned:,} of them in no package"),
        ("read", f"{_bytes(cost.read)} of {_bytes(cost.of)}{f', {cost.how}' if cost.how else ''}" if cost else ""),
    ]


def _layer(layer: Layer) -> tuple[str, ...]:
    made = layer.problem and f"not read whole: {layer.problem}"
    return (
        str(layer.index),
        _bytes(layer.size),
        f"{layer.files:,}",
        layer.base or "",
        made or _short(layer.history.replace("\n", " ")),
    )


def _package(package: Package) -> tuple[str, ...]:
    notes = []
    if package.certainty is not Certainty.STATED:
        notes.append(f"{package.certainty}: {package.how}")
    if package.owner:
        notes.append(f"in {package.owner}")
    layer = "" if package.layer is None else f"layer {package.layer}"
    return (package.name, package.version or "version unknown", layer, "; ".join(notes))


def _bytes(size: int) -> str:
    for unit, scale in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= scale:
            return f"{size / scale:.1f} {unit}"
    return number(size, "byte", "bytes")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _aligned(rows: Sequence[tuple[str, ...]], indent: str = "") -> Iterator[str]:
    """Rows with columns as wide as what they hold, the last one as it is."""
    if not rows:
        return
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=True)]
        yield (indent + "  ".join((*cells, row[-1]))).rstrip()


TABLE = InventoryFormat("table", "for a person, at a terminal", render)
