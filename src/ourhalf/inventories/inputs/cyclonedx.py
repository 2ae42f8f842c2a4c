"""Bills of materials in CycloneDX JSON, versions 1.2 to 1.7 (cyclonedx.org/docs)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from ourhalf.inventories.foreign import BomError, Named, collected, components_below, document
from ourhalf.inventories.input import InventoryInput
from ourhalf.model.inventory import Inventory

_BEGINS = re.compile(rb"\s*\{")


class _License(msgspec.Struct):
    id: str | None = None
    name: str | None = None


class _LicenseChoice(msgspec.Struct):
    license: _License | None = None
    expression: str | None = None


class _Property(msgspec.Struct):
    name: str = ""
    value: str = ""


class _Component(msgspec.Struct, rename={"reference": "bom-ref"}):
    name: str = ""
    type: str = ""
    group: str = ""
    version: str | None = None
    purl: str | None = None
    reference: str | None = None
    licenses: list[_LicenseChoice] | None = None
    properties: list[_Property] | None = None
    components: list[Any] | None = None


class _Metadata(msgspec.Struct):
    component: _Component | None = None


class _Dependency(msgspec.Struct, rename={"on": "dependsOn"}):
    ref: str = ""
    on: list[str] | None = None


class _Bom(msgspec.Struct, rename="camel"):
    bom_format: str = ""
    spec_version: str = ""
    metadata: _Metadata | None = None
    components: list[Any] | None = None
    dependencies: list[_Dependency] | None = None


def _recognises(name: str, head: bytes) -> bool:
    return _BEGINS.match(head) is not None and b'"bomFormat"' in head and b'"CycloneDX"' in head


def _read(path: str, data: bytes) -> Inventory:
    bom = document(path, data, _Bom)
    subject = bom.metadata.component if bom.metadata else None
    return collected(path, f"CycloneDX {bom.spec_version}", _subject(subject), _components(bom))


def _subject(subject: _Component | None) -> tuple[str, str]:
    return (subject.name, subject.version or "") if subject else ("", "")


def _components(bom: _Bom) -> Iterator[Named | BomError]:
    needs = {one.ref: tuple(one.on or ()) for one in bom.dependencies or ()}
    for raw in components_below(bom.components or []):
        try:
            one = msgspec.convert(raw, _Component)
        except msgspec.ValidationError as error:
            yield BomError(f"a component that cannot be read: {error}")
            continue
        reference = one.reference or one.purl or ""
        yield Named(
            kind=one.type,
            name=f"{one.group}/{one.name}" if one.group else one.name,
            version=one.version,
            purl=one.purl or "",
            reference=reference,
            licenses=tuple(filter(None, map(_license, one.licenses or ()))),
            requires=needs.get(reference, ()),
            properties={p.name: p.value for p in one.properties or ()},
        )


def _license(choice: _LicenseChoice) -> str:
    if choice.expression:
        return choice.expression
    return (choice.license.id or choice.license.name or "") if choice.license else ""


CYCLONEDX = InventoryInput("cyclonedx", "a bill of materials in CycloneDX JSON", _recognises, _read)
