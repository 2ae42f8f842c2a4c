"""Vulnerabilities of packages: fixed in time, by whom, and how far they were looked for."""

from __future__ import annotations

from datetime import date

import msgspec

from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Field, Known
from ourhalf.model.packages import Certainty
from ourhalf.model.references import Repository, WebPage
from ourhalf.model.responsibility import Party
from ourhalf.model.verdict import Verdict
from ourhalf.resources.vulnerabilities import Effect, JudgedPackages, Vulnerability

_READ = date(2026, 11, 27)
_GAPS = 4
_FIELDS = 10
_WHO = {Party.CUSTOMER: "we have", Party.PUBLISHER: "the publisher has"}


def _in_time(found: Vulnerability, context: Context) -> Verdict:
    if found.affects.effect is Effect.NOT_AFFECTED:
        return _rated(found, _not_affected(found))
    clock, match = found.clock, found.match
    head, fields = _head(found), _fields(found)
    if match.severity.level is None:
        return Verdict.unknown(f"{head}; nobody rates its severity, so that no clock can be set", *fields)
    if match.certainty is Certainty.GUESSED:
        return _rated(found, Verdict.unknown(f"{head}; the match is a guess: {match.how}", *fields))
    left = clock.left(context.as_of)
    if left is None or clock.until is None:
        if clock.party is Party.CUSTOMER and not match.fixed:
            return _rated(found, Verdict.unknown(f"{head}; {clock.starts}: no clock runs", *fields))
        return _rated(found, Verdict.unknown(f"{head}; its clock is not known: {_why(found)}", *fields))
    who = _WHO.get(clock.party, f"{clock.party} has")
    term = f"{clock.days} days since {clock.starts} ({clock.since})"
    if left < 0:
        verdict = Verdict.failed(f"{head}; {who} been overdue for {_days(-left)}: {term} ended {clock.until}", *fields)
    else:
        verdict = Verdict.passed(f"{head}; {who} {_days(left)} left, until {clock.until}: {term}", *fields)
    return _rated(found, verdict)


def _exploited(found: Vulnerability, context: Context) -> Verdict:
    fields = _fields(found)
    exploited = found.match.exploited
    if found.affects.effect is Effect.NOT_AFFECTED:
        return _not_affected(found)
    if exploited is None and not found.listed:
        return Verdict.unknown("no fresh list of exploited vulnerabilities is in the advisory store", *fields)
    if exploited is None or exploited.added > context.as_of.isoformat():
        return Verdict.passed(f"{found.match.id} is not on CISA's list of {found.listed} of exploited ones", *fields)
    head = f"{_head(found)}; exploited, as CISA lists since {exploited.added}"
    if exploited.ransomware.lower() == "known":
        head += ", by ransomware too"
    if found.match.certainty is Certainty.GUESSED:
        return Verdict.unknown(f"{head}; the match is a guess: {found.match.how}", *fields)
    fixes = [one.version for one in found.match.fixed if one.available <= context.as_of.isoformat()]
    if found.fixed_in or fixes:
        fix = found.fixed_in or fixes[-1]
        return Verdict.failed(f"{head}; {fix} has the fix, which is not applied", *fields)
    return Verdict.unknown(f"{head}; no fix is known: mitigate it, or take the package out", *fields)


def _allowlist_holds(found: Vulnerability, context: Context) -> Verdict | None:
    said = [one for one in found.statements if one.kind == "allowlist"]
    if not said:
        return None
    wrong = next((one for one in said if one.problem), None)
    if wrong is not None:
        reason = f"{_head(found)}; {wrong.by} leaves it open ({wrong.reason}): {wrong.problem}"
        return _rated(found, Verdict.failed(reason, Known(wrong.reason, wrong.place), *_fields(found)))
    for one in said:
        if not one.checked:
            reason = f"{_head(found)}; nothing here tells whether the reason of {one.by} holds: {one.reason}"
            return _rated(found, Verdict.unknown(reason, Known(one.reason, one.place), *_fields(found)))
    one = said[-1]
    reason = f"{_head(found)}; {one.by} leaves it open, and its reason holds: {one.checked}"
    return Verdict.passed(reason, *_fields(found))


def _all_judged(judged: JudgedPackages, context: Context) -> Verdict:
    field = judged.asked
    asked = context.requirements.parameters.advisories_max_age_days
    if asked is not None and judged.oldest is not None and (context.as_of - judged.oldest).days > asked:
        age = (context.as_of - judged.oldest).days
        told = f"{judged.oldest_source} is of {judged.oldest}, {_days(age)} old"
        return Verdict.failed(f"{told}: advisories may be {_days(asked)} old, as the profile asks", field)
    if judged.gaps:
        told = "; ".join(map(str, judged.gaps[:_GAPS]))
        more = f"; and {len(judged.gaps) - _GAPS} more reasons" if len(judged.gaps) > _GAPS else ""
        return Verdict.unknown(f"there may be more vulnerabilities than were found: {told}{more}", field)
    return Verdict.passed(f"advisories were asked about all {judged.packages:,} packages of {judged.ecosystem}", field)


def _not_affected(found: Vulnerability) -> Verdict:
    places = tuple(Known(found.affects.by, place) for place in found.affects.places)
    fields: tuple[Field[str], ...] = (*places, *_fields(found))
    return Verdict.not_applicable(f"{_head(found)}; it does not matter here: {found.affects.reason}", *fields)


def _rated(found: Vulnerability, verdict: Verdict) -> Verdict:
    """The verdict with the severity that the match has, lowered where a rule calls it noise."""
    level = found.match.severity.level
    if found.match.noise is not None:
        level = Severity.LOW
    return msgspec.structs.replace(verdict, severity=level)


def _head(found: Vulnerability) -> str:
    """The package, what is wrong, how bad and by whom, and what fixes it."""
    match, package = found.match, found.package
    rated = f"{match.severity.level or 'unrated'}{f' by {match.severity.by}' if match.severity.by else ''}"
    fixed = f", fixed in {match.fixed[-1].version}" if match.fixed else ""
    if found.fixed_in:
        fixed += f", gone in {found.fixed_in}"
    noise = f", taken as low: {match.noise.why}" if match.noise is not None else ""
    how = f", {match.how}" if match.how and match.certainty is not Certainty.GUESSED else ""
    affected = f", in use: {found.affects.reason}" if found.affects.effect is Effect.AFFECTED else ""
    return f"{package.name} {package.version or ''} has {match.id} ({rated}{fixed}{noise}{how}{affected})"


def _why(found: Vulnerability) -> str:
    clock = found.clock
    return clock.why if clock.since is not None or clock.party is Party.UNKNOWN else clock.starts


def _fields(found: Vulnerability) -> tuple[Field[str], ...]:
    """The records that state the package, and the fields that choose the image."""
    return (*found.records, *(use.image for use in found.uses if use.place.path))[:_FIELDS]


def _days(count: int) -> str:
    return f"{count:,} day{'' if count == 1 else 's'}"


IN_TIME = Control(
    id="vulnerability-fixed-in-time",
    title="Vulnerabilities are fixed within the days that their severity allows",
    topic=Topic.PATCHING,
    severity=Severity.HIGH,
    layer=Layer.IMAGE_OS_PACKAGES,
    applies_to=Vulnerability,
    evaluate=_in_time,
    rationale="Each day after a fix is published makes an attack more likely; whose days they are follows from who "
    "brought the package, and whether its publisher has fixed it already.",
    remedy="Do what the clock's `action` says: move to a tag that is fixed, update the package in our own layer, or "
    "accept it with a dated reason.",
    citations=(
        Repository("aws/deep-learning-containers/blob/main/docs/security/cve-patching-sla.md", _READ),
        WebPage("cyber.dhs.gov/bod/19-02/", _READ),
    ),
)

EXPLOITED = Control(
    id="vulnerability-exploited-fixed",
    title="Vulnerabilities that are known to be exploited have their fix applied",
    topic=Topic.PATCHING,
    severity=Severity.CRITICAL,
    layer=Layer.IMAGE_OS_PACKAGES,
    applies_to=Vulnerability,
    evaluate=_exploited,
    rationale="CISA lists vulnerabilities of which attacks were seen: no term of a policy makes waiting safe.",
    remedy="Apply the fix now, whatever days the policy leaves; where there is none, take the package out.",
    citations=(WebPage("www.cisa.gov/known-exploited-vulnerabilities-catalog", _READ),),
)

ALLOWLIST_HOLDS = Control(
    id="vulnerability-allowlist-holds",
    title="What a publisher leaves open has a reason that still holds",
    topic=Topic.PATCHING,
    severity=Severity.MEDIUM,
    layer=Layer.IMAGE_OS_PACKAGES,
    applies_to=Vulnerability,
    evaluate=_allowlist_holds,
    rationale="A publisher's scan passes over what its allowlist names; once a fix exists or the day of review is "
    "past, nobody looks at it any more.",
    remedy="Ask the publisher about the entry, and treat the vulnerability as one that nobody accepted.",
    citations=(Repository("aws/deep-learning-containers/tree/main/test/security/data/ecr_scan_allowlist", _READ),),
)

ALL_JUDGED = Control(
    id="image-packages-judged",
    title="Fresh advisories speak of all packages of an image",
    topic=Topic.PATCHING,
    severity=Severity.MEDIUM,
    layer=Layer.VULNERABILITY_SCANNING,
    applies_to=JudgedPackages,
    evaluate=_all_judged,
    rationale="A package that nobody asked about looks like one that has no vulnerability.",
    remedy="Update the advisory store with `ourhalf advisories update`, or import the missing source, and read the "
    "image again where a part of it could not be read.",
    citations=(WebPage("ossf.github.io/osv-schema/", _READ),),
)
