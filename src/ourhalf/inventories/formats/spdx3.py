"""An inventory as SPDX 3.0.1 in JSON-LD (spdx.github.io/spdx-spec/v3.0.1), by SPDX's own classes."""

from __future__ import annotations

import hashlib
import json
import uuid
from datetime import datetime
from typing import Any

from ourhalf import __version__
from ourhalf.inventories.format import InventoryFormat
from ourhalf.inventories.formats.spdx import made_at
from ourhalf.inventories.input import InventoryError
from ourhalf.inventories.licenses import joined
from ourhalf.inventories.relations import dependencies
from ourhalf.model.inventory import Inventory
from ourhalf.model.packages import Package
from ourhalf.reports.summary import harmless


def render(inventory: Inventory) -> str:
    """The document. Raises InventoryError where SPDX's own library is not installed."""
    try:
        from spdx_python_model import v3_0_1 as spdx
    except ImportError:
        raise InventoryError("SPDX 3.0 needs a library: pip install 'ourhalf[spdx]'") from None
    made = _Document(spdx, inventory)
    data = spdx.JSONLDSerializer().serialize_data(made.objects(), force_at_graph=True)
    return json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


class _Document:
    """The elements of one document, named from what it holds."""

    def __init__(self, spdx: Any, inventory: Inventory) -> None:
        self._spdx = spdx
        self._inventory = inventory
        state = hashlib.sha256(repr(inventory).encode("utf-8", "backslashreplace")).digest()
        self._base = f"https://spdx.org/spdxdocs/ourhalf-{uuid.UUID(bytes=state[:16], version=4)}"
        self._elements: list[Any] = []
        tool = self._new("Tool", "tool", name=f"ourhalf-{__version__}")
        self._info = spdx.CreationInfo(
            _id="_:creation", specVersion="3.0.1", created=datetime.fromisoformat(made_at(inventory))
        )
        agent = self._new("SoftwareAgent", "agent", name=f"ourhalf-{__version__}")
        self._info.createdBy.append(agent)
        self._info.createdUsing.append(tool)
        for one in (tool, agent):
            one.creationInfo = self._info

    def objects(self) -> Any:
        """The whole document."""
        spdx, inventory = self._spdx, self._inventory
        image = self._element("software_Package", "image", name=harmless(inventory.reference))
        image.software_primaryPurpose = spdx.software_SoftwarePurpose.container
        if inventory.digest:
            image.software_packageVersion = harmless(inventory.digest)
        packages = [self._package(one, number) for number, one in enumerate(inventory.packages)]
        if packages:
            self._relate("contains", image, packages, "contains")
        for number, others in enumerate(dependencies(inventory.packages)):
            if others:
                self._relate(f"needs-{number}", packages[number], [packages[n] for n in others], "dependsOn")
        bom = self._element("software_Sbom", "sbom")
        bom.rootElement.append(image)
        bom.element.extend([image, *packages])
        document = self._element("SpdxDocument", "document", name=harmless(inventory.reference))
        document.rootElement.append(bom)
        if inventory.incomplete:
            document.comment = "; ".join(
                f"{name} is not complete: {why}" for name, why in sorted(inventory.incomplete.items())
            )
        return spdx.SHACLObjectSet(self._elements)

    def _package(self, package: Package, number: int) -> Any:
        made = self._element("software_Package", f"package-{number}", name=harmless(package.name))
        made.software_packageUrl = harmless(package.purl)
        if package.version is not None:
            made.software_packageVersion = harmless(package.version)
        where = f"/{package.path}" if package.path else ""
        layer = "" if package.layer is None else f"layer {package.layer}"
        made.comment = harmless("; ".join(part for part in (package.how, where, layer, package.certainty) if part))
        declared = joined(package.licenses)
        if declared:
            license_ = self._element("simplelicensing_LicenseExpression", f"license-{number}")
            license_.simplelicensing_licenseExpression = declared
            self._relate(f"licensed-{number}", made, [license_], "hasDeclaredLicense")
        return made

    def _relate(self, name: str, one: Any, others: list[Any], how: str) -> None:
        relation = self._element("Relationship", name)
        relation.from_ = one
        relation.to.extend(others)
        relation.relationshipType = getattr(self._spdx.RelationshipType, how)

    def _element(self, kind: str, fragment: str, **fields: Any) -> Any:
        return self._new(kind, fragment, creationInfo=self._info, **fields)

    def _new(self, kind: str, fragment: str, **fields: Any) -> Any:
        made = getattr(self._spdx, kind)(_id=f"{self._base}#{fragment}", **fields)
        self._elements.append(made)
        return made


SPDX3 = InventoryFormat("spdx3", "SPDX 3.0.1", render)
