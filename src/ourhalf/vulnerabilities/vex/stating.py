"""What we state of vulnerabilities, before a format writes it.

It is made from the `details` of findings, so that a document can be made from an assessment as from what was read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date
from typing import Any

import msgspec

from ourhalf.model.finding import Assessment
from ourhalf.reports.summary import is_vulnerability
from ourhalf.resources.vulnerabilities import Vulnerability
from ourhalf.vulnerabilities.vex.document import JUSTIFICATIONS, STATUSES


class Stated(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One vulnerability of one package of `subject`, and what is stated of it, in the words of OpenVEX.

    `digest` is that of the image, empty for a list. `reason` says why, `action` what to do. `by` is who states it.
    """

    subject: str
    digest: str
    purl: str
    id: str
    name: str = ""
    version: str = ""
    aliases: tuple[str, ...] = ()
    status: str = "under_investigation"
    justification: str = ""
    reason: str = ""
    action: str = ""
    by: str = ""
    severity: str = ""
    severity_by: str = ""
    score: float | None = None
    published: str = ""
    fixed: tuple[str, ...] = ()
    properties: tuple[tuple[str, str], ...] = ()


class _Statement(msgspec.Struct):
    kind: str = "vex"
    by: str = ""
    status: str = ""
    reason: str = ""
    justification: str = ""
    counts: bool = True


class _Details(msgspec.Struct):
    advisory: str = ""
    aliases: list[str] = []
    purl: str = ""
    fixed: list[str] = []
    package: str = ""
    version: str = ""
    severity: str = ""
    severity_by: str = ""
    score: float | None = None
    published: str = ""
    exploited_since: str = ""
    epss: float | None = None
    fixed_in: str = ""
    affects: str = ""
    affects_why: str = ""
    affects_justification: str = ""
    statements: list[_Statement] = []


def stated(found: Iterable[Vulnerability]) -> tuple[Stated, ...]:
    """What we state of these, sorted, each once."""
    many = {stated_by_details(one.details or {}, one.subject, one.digest) for one in found}
    return tuple(sorted(many, key=lambda one: (one.subject, one.digest, one.id, one.purl)))


def stated_in(assessment: Assessment) -> tuple[Stated, ...]:
    """What we state by the findings of an assessment, sorted, each once."""
    told = [one.details for one in assessment.findings if one.details is not None and is_vulnerability(one)]
    many = set()
    for one in told:
        # A document that others changed may hold anything: what cannot be told is not stated.
        with suppress(msgspec.ValidationError):
            many.add(stated_by_details(one, str(one.get("subject", "")), str(one.get("digest", ""))))
    return tuple(sorted(many, key=lambda one: (one.subject, one.digest, one.id, one.purl)))


def stated_by_details(details: Mapping[str, Any], subject: str, digest: str) -> Stated:
    """What we state by the `details` of one finding about a vulnerability. Raises msgspec.ValidationError."""
    said = msgspec.convert(dict(details), _Details, strict=False)
    status, justification, reason, by = _judged(said)
    properties = {
        "exploited-since": said.exploited_since,
        "epss": "" if said.epss is None else f"{said.epss:g}",
        "stated-by": by,
    }
    return Stated(
        subject=subject,
        digest=digest,
        purl=said.purl,
        id=said.advisory,
        name=said.package,
        version=said.version,
        aliases=tuple(said.aliases),
        status=status,
        justification=justification if status == "not_affected" and justification in JUSTIFICATIONS else "",
        reason=reason,
        action=_action(said) if status == "affected" else "",
        by=by,
        severity=said.severity,
        severity_by=said.severity_by,
        score=said.score,
        published=said.published,
        fixed=tuple(said.fixed),
        properties=tuple((name, value) for name, value in properties.items() if value),
    )


def _judged(said: _Details) -> tuple[str, str, str, str]:
    """Status, justification, reason and who says so: a statement that counts, else what conditions of use tell.

    A package whose version advisories name is affected, unless something tells otherwise; where a condition of use
    is known and cannot be judged, that is being looked into.
    """
    counting = [one for one in said.statements if one.kind == "vex" and one.counts and one.status in STATUSES]
    if counting:
        last = counting[-1]
        return last.status, last.justification, last.reason or f"stated by {last.by}", last.by
    match said.affects:
        case "not_affected":
            return "not_affected", said.affects_justification, said.affects_why, ""
        case "affected":
            return "affected", "", said.affects_why, ""
        case "unknown":
            return "under_investigation", "", said.affects_why, ""
    return "affected", "", "its version is one that advisories name", ""


def _action(said: _Details) -> str:
    name = said.package or said.purl
    if said.fixed_in:
        return f"Move to {said.fixed_in}, which has it no more."
    if said.fixed:
        return f"Update {name} to {said.fixed[-1]} or later."
    return f"No version of {name} is known to have the fix: mitigate, or accept it with a date."


def timestamp(as_of: date) -> str:
    """The day as formats write a time: documents are the same for the same day."""
    return f"{as_of.isoformat()}T00:00:00Z"
