"""Who must move now, and until when.

A publisher's term runs from the publication of the vulnerability. Ours runs from the day on which we could act: when
both the vulnerability was published and a fix could be had. A day that no record states is never invented: the term
then runs from the earliest day that is proved, or from none, and such a clock never passes.
"""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from ourhalf.model.advisories import Match
from ourhalf.model.profile import Severity
from ourhalf.model.responsibility import Party, Responsibility
from ourhalf.resources.vulnerabilities import Clock
from ourhalf.vulnerabilities.policy import CompanyPolicy, PublisherPolicy


class Newer(msgspec.Struct, frozen=True):
    """A newer image that has the vulnerability no more, and the day on which it was made, as it states."""

    name: str
    created: date | None = None


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """What decides whose move a vulnerability is.

    `who` answers for the package by its layer; `publisher` are the terms of whoever patches the image, where somebody
    does. `newer` is the first image known that is fixed. `as_of` is today.
    """

    match: Match
    who: Responsibility
    company: CompanyPolicy
    as_of: date
    publisher: PublisherPolicy | None = None
    newer: Newer | None = None


def clocks(situation: Situation) -> tuple[Clock, ...]:
    """The clocks that run, that of the party who must move now first."""
    party = situation.who.party
    if party is Party.PUBLISHER and situation.publisher is not None:
        theirs = _publishers(situation, situation.publisher)
        if situation.newer is not None:
            return (_move(situation, situation.newer), theirs)
        return (theirs,)
    if party is Party.CUSTOMER:
        return (_move(situation, situation.newer) if situation.newer is not None else _ours(situation),)
    candidates = " or ".join(situation.who.candidates)
    why = f"{situation.who.why}{f': it may be {candidates}' if candidates else ''}"
    return (Clock(party=Party.UNKNOWN, since=day_of(situation.match.published), why=why),)


def day_of(text: str) -> date | None:
    """The day that a record states; None where it states none that can be read."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _publishers(situation: Situation, policy: PublisherPolicy) -> Clock:
    match = situation.match
    since = day_of(match.published)
    clock = Clock(
        party=Party.PUBLISHER,
        since=since,
        starts="its publication" if since else "no record states when it was published",
        proof=_published(match),
        action="wait for a newer tag, and move to it",
        why=situation.who.why,
    )
    clock = _timed(clock, match, policy.title, policy.citation, policy.days)
    if clock.until is not None and clock.until < situation.as_of:
        over = "the publisher is overdue: ask for a newer tag, and mitigate or replace the package meanwhile"
        return msgspec.structs.replace(clock, action=over)
    return clock


def _move(situation: Situation, newer: Newer) -> Clock:
    """The publisher fixed it: from then on it is ours to move."""
    published = day_of(situation.match.published)
    since, starts = _later(published, newer.created, f"{newer.name} was made")
    proof = _published(situation.match)
    if newer.created:
        proof = (*proof, f"{newer.name} states that it was made on {newer.created}")
    clock = Clock(
        party=Party.CUSTOMER,
        since=since,
        starts=starts,
        proof=proof,
        action=f"move to {newer.name}",
        why=f"{newer.name} has it no more: to move there is ours",
    )
    company = situation.company
    return _timed(clock, situation.match, company.title, company.citation, company.days)


def _ours(situation: Situation) -> Clock:
    match, company = situation.match, situation.company
    if not match.fixed:
        return Clock(
            party=Party.CUSTOMER,
            starts="no version that has a fix is known",
            policy=company.title,
            citation=company.citation,
            proof=_published(match),
            action="mitigate it, take the package out, or accept it with a dated reason",
            why=situation.who.why,
        )
    whole = match.fixed[-1]
    if whole.available > situation.as_of.isoformat():
        return Clock(
            party=Party.CUSTOMER,
            starts=f"{whole.version} has the fix since {whole.available}, after the day that is asked for",
            policy=company.title,
            citation=company.citation,
            proof=(*_published(match), f"{whole.available_by} states {whole.available} for {whole.version}"),
            action="mitigate it, take the package out, or accept it with a dated reason",
            why=situation.who.why,
        )
    channel = f" (with {whole.channel})" if whole.channel else ""
    since, starts = _later(day_of(match.published), day_of(whole.available), f"{whole.version} could be had")
    proof = _published(match)
    if whole.available:
        proof = (*proof, f"{whole.available_by} states {whole.available} for {whole.version}")
    clock = Clock(
        party=Party.CUSTOMER,
        since=since,
        starts=starts,
        proof=proof,
        action=f"{situation.who.action or f'move to {whole.version}'}{channel}",
        why=situation.who.why,
    )
    return _timed(clock, match, company.title, company.citation, company.days)


def _later(published: date | None, fixed: date | None, what: str) -> tuple[date | None, str]:
    """The first day on which somebody could act, by the days that are proved, and which that is."""
    if published is None and fixed is None:
        return None, "no record states when it was published or fixed"
    if fixed is None:
        return published, "its publication, the earliest day that is proved: no record states when the fix came"
    if published is None:
        return fixed, f"the day {what}: no record states when it was published"
    return (fixed, f"the day {what}") if fixed > published else (published, "its publication: a fix was there")


def _timed(clock: Clock, match: Match, title: str, citation: str, days: dict[Severity, int]) -> Clock:
    """The clock with its last day, where both the severity and the day it began are known."""
    level = match.severity.level
    term = days.get(level) if level is not None else None
    if level is None:
        why = f"{clock.why}; nobody rates its severity, which decides the days"
    elif term is None:
        why = f"{clock.why}; {title} gives no days for {level} ones"
    else:
        why = clock.why
    until = _after(clock.since, term) if clock.since is not None and term is not None else None
    return msgspec.structs.replace(clock, policy=title, citation=citation, days=term, until=until, why=why)


def _after(since: date, days: int) -> date:
    try:
        return since + timedelta(days)
    except OverflowError:
        return date.max


def _published(match: Match) -> tuple[str, ...]:
    return (f"{match.published_by} states {match.published} as its publication",) if match.published else ()
