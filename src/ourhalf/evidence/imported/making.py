"""Makes findings of what others say, alone or beside a verdict of ours."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec

from ourhalf.evidence.imported import peers
from ourhalf.evidence.imported.format import VULNERABILITY, Foreign
from ourhalf.evidence.imported.parties import Whose, service_of, whose
from ourhalf.evidence.imported.things import KUBERNETES, Known, subject_type, type_of
from ourhalf.evidence.imported.verdicts import joint, newest
from ourhalf.findings import fingerprint
from ourhalf.model.control import Control
from ourhalf.model.finding import OURS, Assessment, EvidenceItem, Finding, Said, Subject
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

    @property
    def first(self) -> Foreign:
        """The last word on it; of one day that of the first tool by name."""
        return min(self.foreign, key=lambda one: (-_seconds(one), one.tool, one.test, one.path, one.line))


def _seconds(foreign: Foreign) -> float:
    return foreign.as_of.timestamp() if foreign.as_of else float("-inf")


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


def rejoined(finding: Finding, said: Iterable[Said], as_of: date, today: date) -> Finding:
    """A finding of ours with what others say of it; `as_of` is the day of our own verdict."""
    before = finding.said or (Said(OURS, finding.control, finding.status, finding.reason, as_of),)
    every = newest((*before, *said), today)
    follows = joint(every, today)
    dropped = {_field(one) for one in finding.said}
    own = tuple(item for item in finding.evidence if (item.path, item.line, item.field) not in dropped)
    return msgspec.structs.replace(
        finding,
        status=follows.status,
        reason=follows.reason,
        evidence=(*own, *(_item(one, follows.reason) for one in every if one.tool != OURS)),
        exception=finding.exception if follows.status is Status.FAIL else None,
        said=every,
    )


class Named(msgspec.Struct, frozen=True):
    """What a finding is about, and its id."""

    id: str
    subject: Subject


def identified(group: Group, shown: str) -> Named:
    """The id and the subject of a group's finding; `shown` is the file that the thing is in, if it is in one.

    The id is the same from import to import: no part of it is of the file of results.
    """
    first = group.first
    subject = _subject(first, group.thing, shown)
    lasting = msgspec.structs.replace(subject, path=shown)
    where = (first.key, group.thing.account, group.thing.region)
    return Named(fingerprint(group.control_id, lasting, "\0".join(where)), subject)


def foreign_finding(
    group: Group, named: Named, before: Finding | None, into: Assessment | None, today: date
) -> Finding:
    """The finding of what only others have judged; `before` is the one of earlier imports."""
    first, control = group.first, group.control
    said = newest((*(before.said if before else ()), *(said_by(one) for one in group.foreign)), today)
    follows = joint(said, today)
    who = whose(first, control, into)
    unknown = f"; whose it is is unknown: {who.why_unknown}" if who.party is Party.UNKNOWN else ""
    remedy = control.remedy if control is not None else first.remedy
    rated = [one.severity for one in group.foreign] + ([before.severity] if before else [])
    return Finding(
        id=named.id,
        control=group.control_id,
        title=control.title if control is not None else peers.title(first),
        topic=control.topic if control is not None else peers.topic(first),
        severity=control.severity if control is not None else min(rated, key=lambda one: one.rank),
        party=who.party,
        action=who.action,
        status=follows.status,
        reason=f"{follows.reason}{unknown}",
        remedy=remedy if follows.status in _MENDED else "",
        subject=named.subject if first.thing.path else _at_the_last_word(named.subject, said),
        evidence=tuple(_item(one, follows.reason) for one in said),
        frameworks={"nist-800-53-r5": control.nist_800_53} if control is not None and control.nist_800_53 else {},
        exception=follows.accepted,
        details=_details(group.foreign, before, who),
        said=said,
    )


def _at_the_last_word(subject: Subject, said: tuple[Said, ...]) -> Subject:
    """What stands in no file of ours, at the place of the last that was said of it."""
    last = max(said, key=lambda one: (one.as_of or date.min, one.path, one.line))
    return msgspec.structs.replace(subject, path=last.path, line=last.line)


def _subject(foreign: Foreign, known: Known, shown: str) -> Subject:
    thing = foreign.thing
    type_, name = subject_type(type_of(thing)) or thing.kind, thing.name
    if known.kind == KUBERNETES:
        type_ = thing.name.split("/")[1] if thing.name.count("/") >= 2 else thing.kind
        name = f"{thing.name}/{thing.part}" if thing.part else thing.name
    if foreign.shared == VULNERABILITY:
        type_, name = "Package", f"{thing.name} {foreign.key.partition(' ')[2]}"
    path, line = (shown, max(1, thing.lines[0])) if shown else (foreign.path, foreign.line)
    ids = tuple(one for one in dict.fromkeys((thing.arn, *thing.names)) if one)
    return Subject(type_, name, service_of(foreign), path, line, None, ids)


def _details(foreign: list[Foreign], before: Finding | None, who: Whose) -> dict[str, Any] | None:
    """Those of the first that has any; the names that others have for it are added to its own."""
    held = [one.details for one in foreign if one.details is not None]
    held += [before.details] if before is not None and before.details is not None else []
    if not held:
        return None
    details = dict(held[0])
    details["aliases"] = sorted({alias for one in held for alias in one["aliases"]} - {details["advisory"]})
    details["fixed"] = max((one["fixed"] or "" for one in held), key=len) or None
    details["clock"] = {**details["clock"], "party": str(who.party)}
    return details


def _field(said: Said) -> tuple[str, int, str]:
    return said.path, said.line, f"{said.tool} {said.test}"


def _item(said: Said, told: str) -> EvidenceItem:
    """What was said as evidence; without its reason where that is `told` already."""
    path, line, field = _field(said)
    when = f" on {said.as_of}" if said.as_of else ""
    reason = f": {said.reason}" if said.reason and said.reason not in told else ""
    return EvidenceItem(path, line, field, f"{said.status.replace('_', ' ')}{when}{reason}")
