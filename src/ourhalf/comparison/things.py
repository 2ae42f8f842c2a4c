"""Compares what a user may name: images by their content and by what controls say, or one of the two."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec

from ourhalf.comparison.findings import FindingChange, finding_changes
from ourhalf.images.options import ImageOptions
from ourhalf.images.placed import read_images
from ourhalf.images.reading import Progress
from ourhalf.images.source import ImageError
from ourhalf.inventories.compare import Change, InventoryChanges, PackageChange, changes
from ourhalf.model.evidence import Evidence
from ourhalf.model.finding import Assessment
from ourhalf.model.inventory import Inventory
from ourhalf.reports.summary import harmless, number


class Thing(msgspec.Struct, frozen=True):
    """What is compared: an inventory, an assessment, or both of an image."""

    name: str
    inventory: Inventory | None
    assessment: Assessment | None


class Differences(msgspec.Struct, frozen=True, omit_defaults=True):
    """All differences; None is what could not be compared, for one of both lacks it."""

    before: str
    after: str
    content: InventoryChanges | None = None
    findings: tuple[FindingChange, ...] | None = None


def of_image(reference: str, options: ImageOptions, as_of: date, progress: Progress | None = None) -> Thing:
    """An image, read and judged by itself. Raises ImageError; of several platforms one must be chosen."""
    from ourhalf.assess import assess

    found = read_images(reference, options, progress)
    if len(found) != 1:
        names = ", ".join(one.inventory.platform for one in found)
        raise ImageError(f"{reference} has several platforms: choose one of {names} with --platform")
    read = found[0]
    evidence = Evidence((read.image, *read.models), read.unread, files=1)
    return Thing(reference, read.inventory, assess(evidence, (reference,), as_of))


def compared(before: Thing, after: Thing) -> Differences | None:
    """What differs; None where they have nothing in common to compare."""
    content = changes(before.inventory, after.inventory) if before.inventory and after.inventory else None
    both = before.assessment is not None and after.assessment is not None
    findings = finding_changes(before.assessment, after.assessment) if both else None  # type: ignore[arg-type]
    if content is None and findings is None:
        return None
    return Differences(before.name, after.name, content, findings)


def as_json(differences: Differences) -> str:
    """The document for programs."""
    return msgspec.json.format(msgspec.json.encode(differences), indent=2).decode() + "\n"


def as_text(differences: Differences) -> str:
    """The differences for a person, what fails now first."""
    return "".join(f"{harmless(line)}\n" for line in _lines(differences))


def _lines(found: Differences) -> Iterator[str]:
    yield f"from {found.before}"
    yield f"to   {found.after}"
    if found.findings is not None:
        yield from _findings(found.findings)
    if found.content is not None:
        yield from _content(found.content)
    if not found.findings and (found.content is None or found.content.same):
        yield ""
        yield "nothing differs"


def _findings(found: tuple[FindingChange, ...]) -> Iterator[str]:
    if not found:
        return
    yield ""
    yield f"What controls say ({number(len(found), 'difference', 'differences')})"
    for one in found:
        was, now = one.before or "not there", one.after or "not there"
        yield f"  {was} to {now}{_parties(one)}: {one.title} ({one.control}, {one.severity})"
        yield f"      {one.reason}"


def _parties(one: FindingChange) -> str:
    if not one.party_before or not one.party_after or one.party_before == one.party_after:
        return ""
    return f", {one.party_before} to {one.party_after}"


def _content(found: InventoryChanges) -> Iterator[str]:
    for doubt in found.doubts:
        yield f"  in doubt: {doubt}"
    was, now = found.size
    yield ""
    yield f"Size {_megabytes(was)} to {_megabytes(now)}; {number(found.shared_layers, 'layer', 'layers')} in common"
    for layer in found.layers:
        yield f"  {_sign(layer.change)} {_megabytes(layer.size)}  {layer.history[:100]}".rstrip()
    settings = [f"  {one.name}: {one.before or 'not set'} to {one.after or 'not set'}" for one in found.settings]
    yield from _section("Settings", settings)
    yield from _packages(found.packages)
    yield from _section(
        "Model files",
        [f"  {_sign(one.change)} /{one.path}: {one.before or 'none'} to {one.after or 'none'}" for one in found.models],
    )


def _section(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield ""
        yield f"{title} ({number(len(lines), 'difference', 'differences')})"
        yield from lines


def _packages(found: tuple[PackageChange, ...]) -> Iterator[str]:
    """Packages by what brought them; those that went come last."""
    by_bringer: dict[str, list[PackageChange]] = {}
    for one in sorted(found, key=lambda one: (not one.brought, one.brought)):
        by_bringer.setdefault(one.brought, []).append(one)
    for brought, some in by_bringer.items():
        yield from _section(
            f"Packages brought by {brought}" if brought else "Packages", [_package(one) for one in some]
        )


def _package(one: PackageChange) -> str:
    versions = " to ".join(", ".join(dict.fromkeys(many)) for many in (one.before, one.after) if many)
    return f"  {_sign(one.change)} {one.ecosystem} {one.name} {versions}"


def _sign(change: Change) -> str:
    return {Change.ADDED: "+", Change.REMOVED: "-", Change.CHANGED: "~"}[change]


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
