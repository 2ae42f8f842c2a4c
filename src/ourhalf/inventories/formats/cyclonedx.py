"""An inventory as a CycloneDX 1.6 bill of materials (cyclonedx.org/docs/1.6/json).

The writer is our own, as that of model files is: the tests check each document by the schema and the model of
cyclonedx-python-lib, and nothing is installed for it at run time.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any

from ourhalf import __version__
from ourhalf.inventories.format import InventoryFormat
from ourhalf.inventories.licenses import joined
from ourhalf.inventories.relations import dependencies, references
from ourhalf.model.inventory import Inventory, Layer, ModelSummary
from ourhalf.model.packages import Certainty, Ecosystem, Package
from ourhalf.reports.summary import harmless

_SCHEMA = "http://cyclonedx.org/schema/bom-1.6.schema.json"
_CONFIDENCE = {Certainty.STATED: 1.0, Certainty.DERIVED: 0.8, Certainty.GUESSED: 0.4}
_TECHNIQUES = {
    Certainty.STATED: "manifest-analysis",
    Certainty.DERIVED: "binary-analysis",
    Certainty.GUESSED: "filename",
}
_PAGES = {
    Ecosystem.PYPI: "https://pypi.org/project/{name}/{version}/",
    Ecosystem.NPM: "https://www.npmjs.com/package/{name}/v/{version}",
    Ecosystem.CARGO: "https://crates.io/crates/{name}/{version}",
}


def render(inventory: Inventory) -> str:
    """The document: the image as its subject, layers as properties, packages and model files as components."""
    names = references(inventory.packages)
    image = _reference(inventory)
    requires = dependencies(inventory.packages)
    document: dict[str, Any] = {
        "$schema": _SCHEMA,
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "tools": {"components": [{"type": "application", "name": "ourhalf", "version": __version__}]},
            "component": _image(inventory, image),
        },
        "components": [
            *_system(inventory),
            *(_component(package, ref) for package, ref in zip(inventory.packages, names, strict=True)),
            *(_model(model) for model in inventory.models),
        ],
        "dependencies": [
            {"ref": image, "dependsOn": sorted(names)},
            *(
                {"ref": ref, "dependsOn": sorted(names[one] for one in needed)}
                for ref, needed in sorted(zip(names, requires, strict=True))
            ),
        ],
    }
    if inventory.incomplete:
        document["compositions"] = [{"aggregate": "incomplete", "assemblies": [image]}]
    made = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).digest()
    document["serialNumber"] = f"urn:uuid:{uuid.UUID(bytes=made[:16], version=4)}"
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _reference(inventory: Inventory) -> str:
    return f"image:{harmless(inventory.reference)}@{harmless(inventory.digest)}"


def _image(inventory: Inventory, reference: str) -> dict[str, Any]:
    config = inventory.config
    properties = [
        ("platform", inventory.platform),
        ("distribution", inventory.distribution),
        ("base", inventory.base),
        ("files", str(inventory.files)),
        ("files-without-package", str(inventory.unowned)),
        ("user", config.user or ""),
        *(layer for one in inventory.layers for layer in _layer(one)),
        *((f"incomplete:{name}", why) for name, why in sorted(inventory.incomplete.items())),
    ]
    return {
        "type": "container",
        "bom-ref": reference,
        "name": harmless(inventory.reference),
        "version": harmless(inventory.digest),
        "properties": _properties(properties),
    }


def _layer(layer: Layer) -> list[tuple[str, str]]:
    name = f"layer:{layer.index}"
    return [
        (f"{name}:digest", layer.digest),
        (f"{name}:diff-id", layer.diff_id),
        (f"{name}:size", str(layer.size)),
        (f"{name}:history", layer.history),
        (f"{name}:base", layer.base),
        (f"{name}:problem", layer.problem),
    ]


def _system(inventory: Inventory) -> list[dict[str, Any]]:
    name, _, version = inventory.distribution.partition(":")
    if not name:
        return []
    return [
        {
            "type": "operating-system",
            "bom-ref": f"distribution:{harmless(inventory.distribution)}",
            "name": harmless(name),
            **({"version": harmless(version)} if version else {}),
        }
    ]


def _component(package: Package, reference: str) -> dict[str, Any]:
    group, name = _names(package)
    certainty = package.certainty
    made: dict[str, Any] = {
        "type": "library",
        "bom-ref": harmless(reference),
        "name": name,
        "purl": harmless(package.purl),
        "properties": _properties(_facts(package)),
        "evidence": {
            "identity": [
                {
                    "field": "purl",
                    "confidence": _CONFIDENCE[certainty],
                    "methods": [
                        {
                            "technique": _TECHNIQUES[certainty],
                            "confidence": _CONFIDENCE[certainty],
                            "value": harmless(package.how or package.path),
                        }
                    ],
                }
            ],
            **({"occurrences": [{"location": f"/{harmless(package.path)}"}]} if package.path else {}),
        },
    }
    if group:
        made["group"] = group
    if package.version is not None:
        made["version"] = harmless(package.version)
    licenses = _licenses(package.licenses)
    if licenses:
        made["licenses"] = licenses
    page = _PAGES.get(package.ecosystem)
    if page and package.version:
        url = page.format(name=_safe(package.name), version=_safe(package.version))
        made["externalReferences"] = [{"type": "website", "url": url}]
    return made


def _safe(text: str) -> str:
    from urllib.parse import quote

    return quote(text, safe="@/.-_~+")


def _names(package: Package) -> tuple[str, str]:
    """The group and name of a component; the group is a npm scope, a Maven group or the path of a Go module."""
    if package.ecosystem is Ecosystem.MAVEN and ":" in package.name:
        group, _, name = package.name.partition(":")
    elif package.ecosystem in (Ecosystem.NPM, Ecosystem.GO) and "/" in package.name:
        group, _, name = package.name.rpartition("/")
    else:
        group, name = "", package.name
    return harmless(group), harmless(name)


def _facts(package: Package) -> list[tuple[str, str]]:
    source = package.source
    return [
        ("layer", "" if package.layer is None else str(package.layer)),
        ("certainty", package.certainty),
        ("architecture", package.architecture),
        ("distribution", package.distribution),
        ("owner", package.owner),
        ("source-package", source.name if source else ""),
        ("source-version", source.version if source else ""),
        *((f"fact:{name}", value) for name, value in sorted(package.facts.items())),
    ]


def _licenses(stated: tuple[str, ...]) -> list[dict[str, Any]]:
    whole = joined(stated)
    if whole is not None:
        return [{"expression": whole}]
    return [{"license": {"name": harmless(one)}} for one in dict.fromkeys(stated) if one]


def _model(model: ModelSummary) -> dict[str, Any]:
    facts = [
        ("layer", str(model.layer)),
        ("format", ", ".join(model.formats)),
        ("judgement", model.judgement),
        ("reason", model.reason),
        ("size", str(model.size)),
    ]
    return {
        "type": "machine-learning-model",
        "bom-ref": f"model:{harmless(model.path)}",
        "name": harmless(model.path.rpartition("/")[2]) or "model",
        "properties": _properties([("path", f"/{model.path}"), *facts]),
    }


def _properties(pairs: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": f"ourhalf:{harmless(name)}", "value": harmless(value)} for name, value in pairs if value]


CYCLONEDX = InventoryFormat("cyclonedx", "CycloneDX 1.6", render)
