"""Joins VEX statements with the vulnerabilities found: which statement speaks of which, and which one counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from typing import NamedTuple

import msgspec

from ourhalf.model.evidence import Unread
from ourhalf.resources.vulnerabilities import Statement, Vulnerability
from ourhalf.vulnerabilities.vex.document import Said, VexDocument, shortened
from ourhalf.vulnerabilities.vex.identity import Subject, Targets

_READER = "vex"
_OLDEST = datetime.min.replace(tzinfo=UTC)


class Applied(NamedTuple):
    """The vulnerabilities with what is stated of them, in their order, and what in the documents is of no use."""

    vulnerabilities: tuple[Vulnerability, ...]
    unread: tuple[Unread, ...]


def apply(found: Sequence[Vulnerability], documents: Iterable[VexDocument], as_of: date) -> Applied:
    """Give each vulnerability the statements that speak of it.

    Of statements that contradict each other the latest counts; where none is later, none counts. Statements made after
    `as_of` do not count yet. A statement that speaks of nothing found, or ran out, is told in `unread`.
    """
    by_id: dict[str, list[int]] = defaultdict(list)
    for index, one in enumerate(found):
        for name in {one.match.id.upper(), *(alias.upper() for alias in one.match.aliases)}:
            by_id[name].append(index)
    said: dict[int, list[Said]] = defaultdict(list)
    unread: list[Unread] = []
    for document in documents:
        unread.extend(document.unread)
        for statement in document.statements:
            candidates = sorted({index for name in statement.ids for index in by_id.get(name.upper(), ())})
            hits = _hits(statement, found, candidates)
            for index in hits:
                said[index].append(statement)
            useless = _useless(statement, found, candidates, hits, as_of)
            if useless:
                unread.append(Unread(statement.place.path, statement.place.line, _READER, useless))
    judged = tuple(
        msgspec.structs.replace(one, statements=(*one.statements, *resolved(said[index], as_of)))
        if index in said
        else one
        for index, one in enumerate(found)
    )
    return Applied(judged, tuple(unread))


def resolved(said: Sequence[Said], as_of: date) -> tuple[Statement, ...]:
    """What is said of one vulnerability of one package, oldest first, with what does not count and why."""
    end = datetime.combine(as_of, time.max, UTC)
    ordered = sorted(said, key=lambda one: (one.moment or _OLDEST, one.place.path, one.place.line, one.status))
    problems = [_problem(one, end) for one in ordered]
    live = [one for one, problem in zip(ordered, problems, strict=True) if not problem]
    latest = max((one.moment or _OLDEST for one in live), default=_OLDEST)
    last = {one.status for one in live if (one.moment or _OLDEST) == latest}
    made: list[Statement] = []
    for one, why in zip(ordered, problems, strict=True):
        problem = why
        if not problem and len(last) > 1:
            problem = f"statements of {_day(latest)} contradict each other: {', '.join(sorted(last))}"
        elif not problem and one.status not in last:
            by = next(other for other in live if (other.moment or _OLDEST) == latest)
            problem = f"a later statement, of {by.by} on {_day(latest)}, says {by.status}"
        made.append(_statement(one, problem))
    return tuple(made)


def _problem(one: Said, end: datetime) -> str:
    if one.problem:
        return one.problem
    if one.expires is not None and one.expires < end.date():
        return f"it ran out on {one.expires.isoformat()}"
    if one.moment is not None and one.moment > end:
        return f"it was made on {_day(one.moment)}, after the day that is asked for"
    return ""


def _day(moment: datetime) -> str:
    return "a day that is not stated" if moment == _OLDEST else moment.date().isoformat()


def _statement(one: Said, problem: str) -> Statement:
    return Statement(
        kind="vex",
        by=one.by,
        status=one.status,
        reason=shortened(one.reason, one.action),
        justification=one.justification,
        day=one.moment.date() if one.moment else None,
        expires=one.expires,
        place=one.place,
        counts=not problem,
        problem=problem,
    )


def _hits(statement: Said, found: Sequence[Vulnerability], candidates: list[int]) -> list[int]:
    """The candidates that a statement speaks of."""
    if not candidates:
        return []
    targets = Targets(statement.targets)
    return [
        index
        for index in candidates
        if targets.mean(found[index].package, Subject(found[index].subject, found[index].digest))
    ]


def _useless(
    statement: Said, found: Sequence[Vulnerability], candidates: list[int], hits: list[int], as_of: date
) -> str:
    """Why somebody should look at a statement: it matches nothing, cannot count or ran out. Empty for all others."""
    name = ", ".join(statement.ids[:3]) or "a statement that names no vulnerability"
    if not statement.targets:
        return f"{name}: the statement names no product"
    if hits:
        problem = _problem(statement, datetime.combine(as_of, time.max, UTC))
        late = statement.moment is not None and statement.moment.date() > as_of
        return f"{name}: the statement does not count: {problem}" if problem and not late else ""
    if not candidates:
        return f"{name}: the statement matches nothing: no such vulnerability was found here"
    where = ", ".join(dict.fromkeys(found[index].package.purl for index in candidates[:3]))
    stated = str(statement.targets[0].component or statement.targets[0].product)
    return f"{name}: the statement matches nothing: it is about {stated}, and was found in {where[:300]}"
