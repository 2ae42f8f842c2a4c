"""VEX as CycloneDX writes it: the analyses of vulnerabilities in a bill of materials (cyclonedx.org/docs/1.6/json)."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import unquote

import msgspec

from ourhalf import __version__
from ourhalf.inventories.foreign import components_below
from ourhalf.model.evidence import Unread
from ourhalf.model.field import Place
from ourhalf.vulnerabilities.vex.document import (
    MAX_TARGETS,
    Named,
    Said,
    Target,
    VexDocument,
    VexFormat,
    decoded,
    each,
    expiry,
    first_moment,
    shortened,
    unsound,
)
from ourhalf.vulnerabilities.vex.identity import image_purl
from ourhalf.vulnerabilities.vex.stating import Stated, timestamp

_SCHEMA = "http://cyclonedx.org/schema/bom-1.6.schema.json"
_FORM = "CycloneDX VEX"
_STATES = {
    "resolved": "fixed",
    "resolved_with_pedigree": "fixed",
    "exploitable": "affected",
    "in_triage": "under_investigation",
    "false_positive": "not_affected",
    "not_affected": "not_affected",
}
_JUSTIFICATIONS = {
    "code_not_present": "vulnerable_code_not_present",
    "code_not_reachable": "vulnerable_code_not_in_execute_path",
    "requires_configuration": "vulnerable_code_not_in_execute_path",
    "requires_dependency": "vulnerable_code_not_in_execute_path",
    "requires_environment": "vulnerable_code_cannot_be_controlled_by_adversary",
    "protected_at_perimeter": "vulnerable_code_cannot_be_controlled_by_adversary",
    "protected_by_compiler": "inline_mitigations_already_exist",
    "protected_at_runtime": "inline_mitigations_already_exist",
    "protected_by_mitigating_control": "inline_mitigations_already_exist",
}
# No code of theirs has a code of ours for it alone: what says false_positive says that the match itself is wrong.
_FALSE_POSITIVE = "the document calls it a false positive"


class _Hash(msgspec.Struct):
    alg: str = ""
    content: str = ""


class _Component(msgspec.Struct):
    reference: str = msgspec.field(default="", name="bom-ref")
    type: str = ""
    name: str = ""
    version: str | None = None
    purl: str | None = None
    hashes: list[_Hash] = []
    components: list[Any] = []


class _Metadata(msgspec.Struct):
    component: _Component | None = None
    timestamp: str = ""
    supplier: Any = None
    authors: Any = None
    tools: Any = None


class _Id(msgspec.Struct):
    id: str = ""


class _Analysis(msgspec.Struct):
    state: str = ""
    justification: str = ""
    detail: str = ""
    response: list[str] = []
    first: str = msgspec.field(default="", name="firstIssued")
    last: str = msgspec.field(default="", name="lastUpdated")


class _Version(msgspec.Struct):
    version: str = ""
    range: str = ""
    status: str = "affected"


class _Affects(msgspec.Struct):
    ref: str = ""
    versions: list[_Version] = []


class _Property(msgspec.Struct):
    name: str = ""
    value: str = ""


class _Vulnerability(msgspec.Struct):
    id: str = ""
    references: list[_Id] = []
    analysis: _Analysis | None = None
    affects: list[_Affects] = []
    recommendation: str = ""
    workaround: str = ""
    updated: str = ""
    properties: list[_Property] = []


class _Bom(msgspec.Struct):
    serial: str = msgspec.field(default="", name="serialNumber")
    metadata: _Metadata | None = None
    components: list[Any] = []
    vulnerabilities: list[msgspec.Raw] = []


def _recognises(head: bytes) -> bool:
    return b'"bomFormat"' in head and b'"CycloneDX"' in head


def _read(path: str, data: bytes) -> VexDocument:
    bom = decoded(path, data, _FORM, _Bom)
    components, unread = _components(bom, path)
    said: list[Said] = []
    for line, one in each(path, data, bom.vulnerabilities, _FORM, _Vulnerability):
        if isinstance(one, Unread):
            unread.append(one)
        elif one.analysis is None:
            unread.append(Unread(path, line, _FORM, f"{one.id or 'a vulnerability'} has no analysis: it says nothing"))
        else:
            made, problem = _said(one, one.analysis, bom, components, Place(path, line, 1, "vulnerabilities"))
            said.append(made)
            if problem:
                unread.append(Unread(path, line, _FORM, f"{one.id}: {problem}"))
    return VexDocument(path, _FORM, tuple(said), tuple(unread))


def _components(bom: _Bom, path: str) -> tuple[dict[str, Named], list[Unread]]:
    """The components of the document by their references, its subject among them."""
    found: dict[str, Named] = {}
    unread: list[Unread] = []
    subject = bom.metadata.component if bom.metadata else None
    if subject is not None:
        found[subject.reference] = _named(subject)
    for raw in components_below([*bom.components, *(subject.components if subject else ())]):
        try:
            one = msgspec.convert(raw, _Component)
        except msgspec.ValidationError as error:
            unread.append(Unread(path, 1, _FORM, f"a component that cannot be read: {error}"))
            continue
        if one.reference:
            found[one.reference] = _named(one)
    return found, unread


def _named(one: _Component) -> Named:
    version = one.version or ""
    digests = [hashed.content.lower() for hashed in one.hashes if hashed.alg == "SHA-256"]
    names = [one.purl] if one.purl else []
    if one.type == "container":
        names += [one.name] if one.name else []
        digests += [version.removeprefix("sha256:")] if version.startswith("sha256:") else []
    return Named(tuple(names), tuple(dict.fromkeys(digests)))


def _said(
    one: _Vulnerability, analysis: _Analysis, bom: _Bom, components: dict[str, Named], place: Place
) -> tuple[Said, str]:
    stamp = bom.metadata.timestamp if bom.metadata else ""
    moment, problem = first_moment(analysis.last, analysis.first, one.updated, stamp)
    targets, partly = _targets(one, bom, components)
    status = _STATES.get(analysis.state, analysis.state)
    false_positive = _FALSE_POSITIVE if analysis.state == "false_positive" else ""
    detail = shortened(analysis.detail, false_positive)
    justification = _JUSTIFICATIONS.get(analysis.justification, analysis.justification)
    properties = " ".join(f"{p.name.rpartition(':')[2]}: {p.value}" for p in one.properties)
    made = Said(
        by=_author(bom),
        ids=tuple(dict.fromkeys(name for name in (one.id, *(other.id for other in one.references)) if name)),
        status=status,
        targets=targets,
        place=place,
        justification=justification,
        reason=detail,
        action=shortened(one.recommendation, one.workaround, ", ".join(analysis.response)),
        moment=moment,
        expires=expiry(properties, analysis.detail),
        problem=unsound(status, justification, detail),
    )
    return made, problem or partly


def _author(bom: _Bom) -> str:
    """Who made the document, as far as it says: supplier, first author, or its serial number."""
    metadata = bom.metadata
    supplier = metadata.supplier if metadata else None
    authors = metadata.authors if metadata else None
    first = authors[0] if isinstance(authors, list) and authors else None
    for one in (supplier, first):
        name = one.get("name") if isinstance(one, dict) else None
        if isinstance(name, str) and name.strip():
            return shortened(name)[:200]
    return bom.serial[:200] or "an author who is not named"


def _targets(one: _Vulnerability, bom: _Bom, components: dict[str, Named]) -> tuple[tuple[Target, ...], str]:
    """What it affects, and what of that could not be read. A document about an image speaks of that image alone."""
    subject = bom.metadata.component if bom.metadata else None
    whole = _named(subject) if subject is not None and subject.type == "container" else None
    found: list[Target] = []
    problem = ""
    for affected in one.affects:
        if len(found) >= MAX_TARGETS:
            return tuple(found), f"more than {MAX_TARGETS:,} components: the rest was not read"
        named = _of_reference(affected.ref, components)
        versions = tuple(v.version for v in affected.versions if v.version and v.status == "affected")
        if affected.versions and not versions:
            problem = "versions that are given as ranges, or as unaffected, are not read"
            continue
        if subject is not None and affected.ref == subject.reference:
            found.append(Target(named))
        else:
            found.append(Target(whole, named, versions) if whole else Target(named, None, versions))
    return tuple(found), problem


def _of_reference(ref: str, components: dict[str, Named]) -> Named:
    """The component that a reference names: in this document, or in another by a link (`urn:cdx:SERIAL/1#REF`)."""
    if ref in components:
        return components[ref]
    linked = unquote(ref.partition("#")[2]) if ref.startswith("urn:cdx:") else ref
    return components.get(linked) or (Named((linked,)) if linked else Named())


CYCLONEDX = VexFormat("cyclonedx", "CycloneDX VEX", _recognises, _read)


_WRITTEN_STATES = {
    "fixed": "resolved",
    "affected": "exploitable",
    "under_investigation": "in_triage",
    "not_affected": "not_affected",
}
_WRITTEN_JUSTIFICATIONS = {
    "component_not_present": "code_not_present",
    "vulnerable_code_not_present": "code_not_present",
    "vulnerable_code_not_in_execute_path": "code_not_reachable",
    "vulnerable_code_cannot_be_controlled_by_adversary": "requires_environment",
    "inline_mitigations_already_exist": "protected_by_mitigating_control",
}


def write_cyclonedx(found: Iterable[Stated], as_of: date) -> str:
    """What we state, as a CycloneDX 1.6 document: a disclosure report (VDR) whose analyses are VEX.

    It is the same for the same input. It lists the packages that it speaks of, and is no bill of materials.
    """
    stated = tuple(found)
    subjects = sorted({(one.subject, one.digest) for one in stated})
    packages = {_reference(one): one for one in reversed(stated)}
    document: dict[str, Any] = {
        "$schema": _SCHEMA,
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": timestamp(as_of),
            "tools": {"components": [{"type": "application", "name": "ourhalf", "version": __version__}]},
        },
        "components": [_package(ref, one) for ref, one in sorted(packages.items(), key=lambda pair: pair[0])],
        "compositions": [{"aggregate": "incomplete", "assemblies": sorted(packages)}],
    }
    if len(subjects) == 1 and subjects[0][1]:
        document["metadata"]["component"] = _subject(*subjects[0])
    grouped: dict[tuple[Any, ...], list[Stated]] = {}
    for one in stated:
        grouped.setdefault((one.id, one.status, one.justification, one.reason, one.action), []).append(one)
    document["vulnerabilities"] = [_vulnerability(many) for _, many in sorted(grouped.items())]
    made = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).digest()
    document["serialNumber"] = f"urn:uuid:{uuid.UUID(bytes=made[:16], version=4)}"
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _reference(one: Stated) -> str:
    """A package by itself where only one subject has it told apart: the subject and its package URL."""
    return f"{one.digest or one.subject}#{one.purl}"


def _subject(name: str, digest: str) -> dict[str, Any]:
    purl = image_purl(name, digest)
    made = {"type": "container", "bom-ref": f"image:{digest}", "name": name, "version": digest}
    return made | ({"purl": purl} if purl else {})


def _package(ref: str, one: Stated) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "library", "bom-ref": ref, "name": one.name or one.purl, "purl": one.purl}
    made["properties"] = [{"name": "ourhalf:subject", "value": one.subject}]
    return made | ({"version": one.version} if one.version else {})


def _vulnerability(many: list[Stated]) -> dict[str, Any]:
    """One vulnerability of the packages of which the same is stated."""
    one = many[0]
    refs = sorted({_reference(other) for other in many})
    analysis: dict[str, Any] = {"state": _WRITTEN_STATES[one.status]}
    if one.justification:
        analysis["justification"] = _WRITTEN_JUSTIFICATIONS[one.justification]
    if one.reason:
        analysis["detail"] = one.reason
    if one.status == "affected" and one.fixed:
        analysis["response"] = ["update"]
    made: dict[str, Any] = {
        "bom-ref": f"{one.id}:{hashlib.sha256(chr(10).join(refs).encode()).hexdigest()[:16]}",
        "id": one.id,
        "references": [{"id": alias, "source": {"name": _source(alias)}} for alias in one.aliases],
        "ratings": [_rating(one)],
        "affects": [{"ref": ref} for ref in refs],
        "analysis": analysis,
        "properties": [{"name": f"ourhalf:{name}", "value": value} for name, value in one.properties],
    }
    if one.action:
        made["recommendation"] = one.action
    if (moment := first_moment(one.published)[0]) is not None:
        made["published"] = timestamp(moment.date())
    return made


def _rating(one: Stated) -> dict[str, Any]:
    made: dict[str, Any] = {"severity": one.severity or "unknown"}
    if one.severity_by:
        made["source"] = {"name": one.severity_by}
    return made | ({} if one.score is None else {"score": one.score, "method": "other"})


def _source(alias: str) -> str:
    prefix = alias.partition("-")[0]
    return {"CVE": "NVD", "GHSA": "GitHub", "PYSEC": "PyPA"}.get(prefix, prefix)
