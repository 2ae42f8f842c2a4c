"""Bills of materials in SPDX 2.2 and 2.3 JSON (spdx.github.io/spdx-spec/v2.3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import msgspec

from ourhalf.inventories.foreign import BomError, Named, collected, document
from ourhalf.inventories.input import InventoryInput
from ourhalf.model.inventory import Inventory

_NOTHING = ("NOASSERTION", "NONE", None)
_LOCATORS = ("purl", "package-url")
_CONTAINER = "CONTAINER"


class _Reference(msgspec.Struct, rename="camel"):
    reference_type: str = ""
    reference_locator: str = ""


class _Package(msgspec.Struct, rename={
    "id": "SPDXID", "version": "versionInfo", "declared": "licenseDeclared", "references": "externalRefs",
    "purpose": "primaryPackagePurpose",
}):  # fmt: skip
    id: str = ""
    name: str = ""
    version: str | None = None
    declared: str | None = None
    references: list[_Reference] | None = None
    purpose: str = ""


class _Relation(msgspec.Struct, rename="camel"):
    spdx_element_id: str = ""
    relationship_type: str = ""
    related_spdx_element: str = ""


class _Document(msgspec.Struct, rename="camel"):
    spdx_version: str = ""
    name: str = ""
    document_describes: list[str] | None = None
    packages: list[Any] | None = None
    relationships: list[_Relation] | None = None


def _recognises(name: str, head: bytes) -> bool:
    return b'"spdxVersion"' in head or b'"SPDXRef-DOCUMENT"' in head or b'"SPDXID"' in head


def _read(path: str, data: bytes) -> Inventory:
    found = document(path, data, _Document)
    return collected(path, found.spdx_version, (found.name, ""), _components(found))


def _components(found: _Document) -> Iterator[Named | BomError]:
    needs, described = _relations(found)
    for raw in found.packages or []:
        try:
            one = msgspec.convert(raw, _Package)
        except msgspec.ValidationError as error:
            yield BomError(f"a package that cannot be read: {error}")
            continue
        purl = next((r.reference_locator for r in one.references or () if r.reference_type in _LOCATORS), "")
        subject = one.purpose == _CONTAINER or (one.id in described and not purl)
        yield Named(
            kind="container" if subject else "library",
            name=one.name,
            version=one.version,
            purl=purl,
            reference=one.id,
            licenses=() if one.declared in _NOTHING else (str(one.declared),),
            requires=needs.get(one.id, ()),
        )


def _relations(found: _Document) -> tuple[dict[str, tuple[str, ...]], frozenset[str]]:
    """What each package depends on, and what the document is about."""
    needs: dict[str, list[str]] = defaultdict(list)
    described = set(found.document_describes or ())
    for one in found.relationships or ():
        match one.relationship_type:
            case "DEPENDS_ON":
                needs[one.spdx_element_id].append(one.related_spdx_element)
            case "DEPENDENCY_OF":
                needs[one.related_spdx_element].append(one.spdx_element_id)
            case "DESCRIBES":
                described.add(one.related_spdx_element)
    return {key: tuple(value) for key, value in needs.items()}, frozenset(described)


SPDX = InventoryInput("spdx", "a bill of materials in SPDX 2 JSON", _recognises, _read, precedence=60)
