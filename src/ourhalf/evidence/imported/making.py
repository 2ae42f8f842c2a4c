"""Makes findings of what others say, alone or beside a verdict of ours."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec

from ourhalf.evidence.imported import peers
from ourhalf.evidence.imported.format import VULNERABILITY, Foreign
from ourhalf.evidence.imported.parties import Whose, service_of, whose
from ourhalf.evidence.imported.things import KUBERNETES, Known, kind_of, subject_type
from ourhalf.evidence.imported.verdicts import OURS, joint, newest
from ourhalf.findings import fingerprint
from ourhalf.model.control import Control
from ourhalf.model.finding import Assessment, EvidenceItem, Finding, Said, Subject
from ourhalf.model.responsibility import Party
from ourhalf.model.verdict import Status

_MENDED = (Status.FAIL, Status.UNKNOWN)


class Group:
    """What several tools, or one by several tests, say of one condition of one thing."""

    def __init__(self, control_id: str, control: Control[Any] | None, thing: Known) -> None:
        self.control_id = control_id
        self.control = control
        self.thing = thing
        self.foreign: list[Foreign] = []


def said_by(foreign: Foreign) -> Said:
    """What a result says, as findings hold it."""
    return Said(
        foreign.tool,
        foreign.test,
        foreign.status,
        foreign.reason,
        foreign.as_of.date() if foreign.as_of else None,
        foreign.live,
        foreign.path,
        foreign.line,
        foreign.accepted,
    )


def rejoined(finding: Finding, said: Iterable[Said], as_of: date | None, today: date) -> Finding:
    """A finding with what else is said of it; `as_of` is the day of our own verdict, None where there is none."""
    before = finding.said
    if as_of is not None and not any(one.tool == OURS for one in before):
        before = (Said(OURS, finding.control, finding.status, finding.reason, as_of), *before)
    every = newest((*before, *said), today)
    follows = joint(every, today)
    dropped = {_field(one) for one in finding.said}
    own = tuple(item for item in finding.evidence if (item.path, item.line, item.field) not in dropped)
    by = finding.exception if as_of is not None else follows.accepted
    return msgspec.structs.replace(
        finding,
        status=follows.status,
        reason=follows.reason,
        evidence=(*own, *(_item(one) for one in every if one.tool != OURS)),
        exception=by if follows.status is Status.FAIL else None,
        said=every,
    )


def foreign_finding(group: Group, into: Assessment | None, today: date) -> Finding:
    """The finding of what only others have judged."""
    first = max(group.foreign, key=lambda one: (one.as_of is not None, one.as_of.timestamp() if one.as_of else 0.0))
    said = newest((said_by(one) for one in group.foreign), today)
    follows = joint(said, today)
    control = group.control
    who = whose(first, control, into)
    subject = _subject(first, group.thing)
    unknown = f"; whose it is is not known: {who.why_unknown}" if who.party is Party.UNKNOWN else ""
    remedy = control.remedy if control is not None else first.remedy
    rated = (one.severity for one in group.foreign)
    return Finding(
        id=_id(group, subject, first),
        control=group.control_id,
        title=control.title if control is not None else peers.title(first),
        topic=control.topic if control is not None else peers.topic(first),
        severity=control.severity if control is not None else min(rated, key=lambda one: one.rank),
        party=who.party,
        action=who.action,
        status=follows.status,
        reason=f"{follows.reason}{unknown}",
        remedy=remedy if follows.status in _MENDED else "",
        subject=subject,
        evidence=tuple(_item(one) for one in said),
        frameworks={"nist-800-53-r5": control.nist_800_53} if control is not None and control.nist_800_53 else {},
        exception=follows.accepted,
        details=_details(group.foreign, who),
        said=said,
    )


def _id(group: Group, subject: Subject, first: Foreign) -> str:
    """The same from import to import: no part of it is of the file of results."""
    lasting = msgspec.structs.replace(subject, path=first.thing.path)
    where = (first.key, group.thing.account, group.thing.region)
    return fingerprint(group.control_id, lasting, "\0".join(where))


def _subject(foreign: Foreign, known: Known) -> Subject:
    thing = foreign.thing
    type_, name = subject_type(kind_of(thing.kind)) or thing.kind, thing.name
    if known.kind == KUBERNETES:
        type_ = thing.name.split("/")[1] if thing.name.count("/") >= 2 else thing.kind
        name = f"{thing.name}/{thing.part}" if thing.part else thing.name
    if foreign.shared == VULNERABILITY:
        type_, name = "Package", f"{thing.name} {foreign.key.partition(' ')[2]}"
    path, line = (thing.path, max(1, thing.lines[0])) if thing.path else (foreign.path, foreign.line)
    ids = tuple(one for one in dict.fromkeys((thing.arn, *thing.names)) if one)
    return Subject(type_, name, service_of(foreign), path, line, None, ids)


def _details(foreign: list[Foreign], who: Whose) -> dict[str, Any] | None:
    """Those of the first that has any; the names that others have for it are added to its own."""
    held = [one.details for one in foreign if one.details is not None]
    if not held:
        return None
    details = dict(held[0])
    details["aliases"] = sorted({alias for one in held for alias in one["aliases"]} - {details["advisory"]})
    details["fixed"] = next((one["fixed"] for one in held if one["fixed"]), None)
    details["clock"] = {**details["clock"], "party": who.party}
    return details


def _field(said: Said) -> tuple[str, int, str]:
    return said.path, said.line, f"{said.tool} {said.test}"


def _item(said: Said) -> EvidenceItem:
    path, line, field = _field(said)
    when = f" on {said.as_of}" if said.as_of else ""
    return EvidenceItem(path, line, field, f"{said.status.replace('_', ' ')}{when}: {said.reason}")
