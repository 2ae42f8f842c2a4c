"""An inventory as SPDX 2.3 in JSON (spdx.github.io/spdx-spec/v2.3)."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from typing import Any

from ourhalf import __version__
from ourhalf.inventories.format import InventoryFormat
from ourhalf.inventories.licenses import joined
from ourhalf.inventories.relations import dependencies
from ourhalf.model.inventory import Inventory
from ourhalf.model.packages import Package
from ourhalf.reports.summary import harmless

_NOTHING = "NOASSERTION"
_EPOCH = "1970-01-01T00:00:00Z"
_SECOND = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.\d+)?(Z|[+-]\d{2}:\d{2})")
_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")


def render(inventory: Inventory) -> str:
    """The document: the image contains its packages; layers and how packages are known are annotations.

    Its time is that at which the image was made, for the document is the same for the same image.
    """
    created = made_at(inventory)
    needed = dependencies(inventory.packages)
    packages = [_image(inventory, created), *(_package(one, n, created) for n, one in enumerate(inventory.packages))]
    document: dict[str, Any] = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": harmless(inventory.reference),
        "creationInfo": {"created": created, "creators": [f"Tool: ourhalf-{__version__}"]},
        "documentDescribes": ["SPDXRef-image"],
        "packages": packages,
        "relationships": [
            _related("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-image"),
            *(_related("SPDXRef-image", "CONTAINS", _id(n)) for n in range(len(inventory.packages))),
            *(_related(_id(n), "DEPENDS_ON", _id(other)) for n, others in enumerate(needed) for other in others),
        ],
    }
    made = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).digest()
    document["documentNamespace"] = f"https://spdx.org/spdxdocs/ourhalf-{uuid.UUID(bytes=made[:16], version=4)}"
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def made_at(inventory: Inventory) -> str:
    """When the image was made, to the second and in UTC; the epoch where that is not known."""
    from datetime import UTC, datetime

    found = _SECOND.fullmatch(inventory.config.created or "")
    if found is None:
        return _EPOCH
    try:
        moment = datetime.fromisoformat(found[1] + found[2]).astimezone(UTC)
    except (ValueError, OverflowError):
        return _EPOCH
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment.year >= 1000 else _EPOCH


def _id(number: int) -> str:
    return f"SPDXRef-package-{number}"


def _related(one: str, how: str, other: str) -> dict[str, str]:
    return {"spdxElementId": one, "relationshipType": how, "relatedSpdxElement": other}


def _image(inventory: Inventory, created: str) -> dict[str, Any]:
    told = [
        ("platform", inventory.platform),
        ("distribution", inventory.distribution),
        ("base", inventory.base),
        *(
            (f"layer:{one.index}", " ".join(part for part in (one.digest, one.history) if part))
            for one in inventory.layers
        ),
        *((f"incomplete:{name}", why) for name, why in sorted(inventory.incomplete.items())),
    ]
    made: dict[str, Any] = {
        "SPDXID": "SPDXRef-image",
        "name": harmless(inventory.reference),
        "downloadLocation": _NOTHING,
        "filesAnalyzed": False,
        "primaryPackagePurpose": "CONTAINER",
        "licenseConcluded": _NOTHING,
        "licenseDeclared": _NOTHING,
        "copyrightText": _NOTHING,
        "annotations": _annotations(told, created),
    }
    digest = _DIGEST.fullmatch(inventory.digest)
    if digest:
        made |= {
            "versionInfo": inventory.digest,
            "checksums": [{"algorithm": "SHA256", "checksumValue": digest[1]}],
        }
    return made


def _package(package: Package, number: int, created: str) -> dict[str, Any]:
    declared = joined(package.licenses)
    source = package.source
    told = [
        ("certainty", package.certainty),
        ("layer", "" if package.layer is None else str(package.layer)),
        ("owner", package.owner),
        ("licenses", "" if declared else "; ".join(package.licenses)),
        ("source-package", f"{source.name} {source.version}" if source else ""),
        *((f"fact:{name}", value) for name, value in sorted(package.facts.items())),
    ]
    made: dict[str, Any] = {
        "SPDXID": _id(number),
        "name": harmless(package.name),
        "downloadLocation": _NOTHING,
        "filesAnalyzed": False,
        "licenseConcluded": _NOTHING,
        "licenseDeclared": declared or _NOTHING,
        "copyrightText": _NOTHING,
        "externalRefs": [
            {
                "referenceCategory": "PACKAGE-MANAGER",
                "referenceType": "purl",
                "referenceLocator": harmless(package.purl),
            }
        ],
        "annotations": _annotations(told, created),
    }
    if package.version is not None:
        made["versionInfo"] = harmless(package.version)
    if package.path or package.how:
        how = f"{package.how}: /{package.path}" if package.path and package.how else package.how or f"/{package.path}"
        made["sourceInfo"] = harmless(how)
    return made


def _annotations(pairs: list[tuple[str, str]], created: str) -> list[dict[str, str]]:
    return [
        {
            "annotationType": "OTHER",
            "annotator": f"Tool: ourhalf-{__version__}",
            "annotationDate": created,
            "comment": harmless(f"ourhalf:{name}={value}"),
        }
        for name, value in pairs
        if value
    ]


SPDX = InventoryFormat("spdx", "SPDX 2.3", render)
