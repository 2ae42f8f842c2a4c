"""Model files as a CycloneDX bill of materials, version 1.6: what other tools take in of models.

The writer is our own: the document has one kind of component, and the schema of cyclonedx-python-lib, by which the
tests check it, needs nothing at run time. The document is the same for the same assessment: it has no time, and its
serial number comes from what it holds.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Iterable
from typing import Any

from ourhalf.model.finding import Assessment, Finding
from ourhalf.reports.report import Report
from ourhalf.reports.summary import harmless

_SCHEMA = "http://cyclonedx.org/schema/bom-1.6.schema.json"
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MOST_TOLD = 20


def render(assessment: Assessment) -> str:
    """The document; a component for each model file of which a finding tells."""
    components = [_component(path, found) for path, found in sorted(_by_file(assessment.findings).items())]
    document: dict[str, Any] = {
        "$schema": _SCHEMA,
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "tools": {
                "components": [
                    {"type": "application", "name": assessment.tool.name, "version": assessment.tool.version}
                ]
            },
            "properties": [_property("as_of", str(assessment.as_of))],
        },
        "components": components,
    }
    made = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).digest()
    document["serialNumber"] = f"urn:uuid:{uuid.UUID(bytes=made[:16], version=4)}"
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _by_file(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.details is not None and finding.details.get("kind") == "model":
            found.setdefault(finding.subject.path, []).append(finding)
    return found


def _component(path: str, findings: list[Finding]) -> dict[str, Any]:
    first = findings[0]
    details = first.details or {}
    digest = details.get("sha256")
    facts = details.get("facts")
    properties = [
        _property("path", path),
        _property("format", str(details.get("format", ""))),
        _property("judgement", str(details.get("judgement", ""))),
        *(_property(f"fact:{name}", str(value)) for name, value in sorted((facts or {}).items())),
        *(
            _property(f"finding:{one.control}", f"{one.status}: {one.reason}")
            for one in sorted(findings, key=lambda one: one.control)[:_MOST_TOLD]
        ),
    ]
    component: dict[str, Any] = {
        "type": "machine-learning-model",
        "bom-ref": f"model:{harmless(path)}",
        "name": harmless(path.rpartition("/")[2]) or "model",
        "properties": properties,
    }
    if isinstance(digest, str) and _SHA256.fullmatch(digest):
        component["hashes"] = [{"alg": "SHA-256", "content": digest}]
    licenses = [{"license": {"name": harmless(str(one))}} for one in details.get("licenses") or ()]
    if licenses:
        component["licenses"] = licenses
    return component


def _property(name: str, value: str) -> dict[str, str]:
    return {"name": f"ourhalf:{harmless(name)}", "value": harmless(value)}


CYCLONEDX = Report("cyclonedx", "CycloneDX 1.6, model files as components", render, digests=True)
