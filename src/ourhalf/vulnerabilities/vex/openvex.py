"""OpenVEX (github.com/openvex/spec, OPENVEX-SPEC.md 0.2.0), and the simpler products of its 0.0 versions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec

from ourhalf import __version__
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

_CONTEXT = "https://openvex.dev/ns/v0.2.0"
_FORM = "OpenVEX"


class _Component(msgspec.Struct):
    id: str = msgspec.field(default="", name="@id")
    identifiers: dict[str, str] = {}
    hashes: dict[str, str] = {}
    subcomponents: list[str | _Component] = []


class _Name(msgspec.Struct):
    id: str = msgspec.field(default="", name="@id")
    name: str = ""
    aliases: list[str] = []


class _Statement(msgspec.Struct):
    vulnerability: str | _Name = ""
    status: str = ""
    products: list[str | _Component] = []
    subcomponents: list[str | _Component] = []
    justification: str = ""
    impact_statement: str = ""
    action_statement: str = ""
    status_notes: str = ""
    timestamp: str = ""
    last_updated: str = ""


class _Document(msgspec.Struct):
    context: Any = msgspec.field(default="", name="@context")
    id: str = msgspec.field(default="", name="@id")
    author: str = ""
    timestamp: str = ""
    last_updated: str = ""
    statements: list[msgspec.Raw] = []


def _recognises(head: bytes) -> bool:
    return b'"@context"' in head and b"openvex" in head


def _read(path: str, data: bytes) -> VexDocument:
    document = decoded(path, data, _FORM, _Document)
    said: list[Said] = []
    unread: list[Unread] = []
    for line, one in each(path, data, document.statements, _FORM, _Statement):
        if isinstance(one, Unread):
            unread.append(one)
            continue
        made, problem = _said(one, document, Place(path, line, 1, "statements"))
        said.append(made)
        if problem:
            unread.append(Unread(path, line, _FORM, f"{', '.join(made.ids) or 'a statement'}: {problem}"))
    return VexDocument(path, _FORM, tuple(said), tuple(unread))


def _said(one: _Statement, document: _Document, place: Place) -> tuple[Said, str]:
    """The statement, and what of it could not be read. It inherits the times of its document."""
    moment, problem = first_moment(one.last_updated, one.timestamp, document.last_updated, document.timestamp)
    targets = _targets(one)
    if len(targets) > MAX_TARGETS:
        targets, problem = targets[:MAX_TARGETS], f"more than {MAX_TARGETS:,} products: the rest was not read"
    reason = shortened(one.impact_statement, one.status_notes)
    made = Said(
        by=shortened(document.author)[:200] or "an author who is not named",
        ids=_ids(one.vulnerability),
        status=one.status,
        targets=targets,
        place=place,
        justification=one.justification,
        reason=reason,
        action=shortened(one.action_statement),
        moment=moment,
        expires=expiry(one.status_notes, one.impact_statement),
        problem=unsound(one.status, one.justification, one.impact_statement),
    )
    return made, problem


def _ids(named: str | _Name) -> tuple[str, ...]:
    if isinstance(named, str):
        return (named,) if named else ()
    last = named.id.rstrip("/").rpartition("/")[2]
    return tuple(dict.fromkeys(one for one in (named.name, *named.aliases, last) if one))


def _targets(one: _Statement) -> tuple[Target, ...]:
    found: list[Target] = []
    for product in one.products:
        named = _named(product)
        inner = (product.subcomponents if isinstance(product, _Component) else []) or one.subcomponents
        found.extend(Target(named, _named(component)) for component in inner[: MAX_TARGETS + 1])
        if not inner:
            found.append(Target(named))
        if len(found) > MAX_TARGETS:
            break
    return tuple(found)


def _named(one: str | _Component) -> Named:
    if isinstance(one, str):
        return Named((one,))
    names = (one.id, *(one.identifiers[key] for key in sorted(one.identifiers) if key == "purl"))
    digests = (value.lower() for key, value in one.hashes.items() if key.lower() in ("sha-256", "sha256"))
    return Named(tuple(dict.fromkeys(name for name in names if name)), tuple(digests))


OPENVEX = VexFormat("openvex", "OpenVEX", _recognises, _read)


def write_openvex(found: Iterable[Stated], as_of: date, author: str = "ourhalf") -> str:
    """What we state, as an OpenVEX document; the same for the same input. No document is valid without a statement."""
    statements = sorted((_written(one) for one in found), key=lambda one: json.dumps(one, sort_keys=True))
    document: dict[str, Any] = {
        "@context": _CONTEXT,
        "author": author,
        "timestamp": timestamp(as_of),
        "version": 1,
        "tooling": f"ourhalf {__version__}",
        "statements": statements,
    }
    digest = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
    document["@id"] = f"urn:ourhalf:vex:{digest}"
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _written(one: Stated) -> dict[str, Any]:
    """A statement has a justification or an impact statement, never both: the reason is a note beside the first."""
    image = image_purl(one.subject, one.digest)
    component = {"@id": one.purl, "identifiers": {"purl": one.purl}}
    product = {"@id": image, "identifiers": {"purl": image}, "subcomponents": [component]} if image else component
    made: dict[str, Any] = {
        "vulnerability": {"name": one.id, **({"aliases": list(one.aliases)} if one.aliases else {})},
        "products": [product],
        "status": one.status,
    }
    if one.status == "not_affected" and not one.justification:
        made["impact_statement"] = one.reason or "no reason is stated"
    elif one.reason:
        made["status_notes"] = one.reason
    if one.status == "not_affected" and one.justification:
        made["justification"] = one.justification
    if one.status == "affected":
        made["action_statement"] = one.action or "Mitigate, or accept it with a date."
    return made
