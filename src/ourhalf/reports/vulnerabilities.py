"""What reports for people say of vulnerabilities: four answers, the most urgent ones first, and the age of sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec

from ourhalf.model.finding import Assessment, Finding
from ourhalf.model.profile import Severity
from ourhalf.model.responsibility import Party
from ourhalf.model.verdict import Status
from ourhalf.reports.summary import is_vulnerability

_JUDGED = "judged-packages"
_EXPLOITED = "vulnerability-exploited-fixed"
_FAR = 10**6
_TOLD = 4

WHOSE = {
    Party.CUSTOMER: "ours",
    Party.PUBLISHER: "the publisher's",
    Party.PROVIDER: "AWS's",
    Party.SHARED: "shared",
    Party.UNKNOWN: "not known whose",
    Party.NOT_APPLICABLE: "nobody's",
}


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One vulnerability of one package, as lists show it.

    `left` are the days until `until`, negative once overdue, None where no clock runs. `settled` says why there is
    nothing to do: it does not matter here, or somebody accepted it.
    """

    finding: Finding
    subject: str
    advisory: str
    package: str
    version: str
    severity: Severity | None
    party: Party
    since: date | None
    until: date | None
    left: int | None
    fixed: str
    together: str
    action: str
    exploited: bool
    affects: str
    settled: str

    @property
    def urgency(self) -> tuple[Any, ...]:
        """Exploited ones with a fix first, then by days left, then by severity; settled ones last."""
        rank = self.severity.rank if self.severity is not None else 2
        left = self.left if self.left is not None else _FAR
        return bool(self.settled), not self.exploited, left, rank, self.advisory, self.package, self.subject


class Source(msgspec.Struct, frozen=True):
    """A source of advisories, of what day it is and how old that is; `partial` ones say nothing by their silence."""

    name: str
    title: str
    as_of: str
    age: int | None
    partial: bool
    proved: bool


def rows(assessment: Assessment) -> tuple[Row, ...]:
    """Every vulnerability of every package once, the most urgent first."""
    exploited = {
        _key(one) for one in assessment.findings if one.control == _EXPLOITED and one.counts and is_vulnerability(one)
    }
    seen: dict[tuple[str, str, str], Row] = {}
    for one in assessment.findings:
        if is_vulnerability(one) and (one.control != _EXPLOITED or _key(one) not in seen):
            seen[_key(one)] = _row(one, assessment.as_of, _key(one) in exploited)
    return tuple(sorted(seen.values(), key=lambda row: row.urgency))


def sources(assessment: Assessment) -> tuple[Source, ...]:
    """What advisories were asked, and how old each source is on the day of the assessment."""
    found: dict[str, Source] = {}
    for one in _judged(assessment):
        for source in filter(_is_object, _list(one.get("sources"))):
            day = _day(source.get("as_of"))
            age = (assessment.as_of - day).days if day else None
            name, title = str(source.get("name", "")), str(source.get("title", ""))
            partial, proved = bool(source.get("partial")), bool(source.get("proved"))
            found[name] = Source(name, title, str(source.get("as_of", "")), age, partial, proved)
    return tuple(found[name] for name in sorted(found))


def told(assessment: Assessment) -> bool:
    """Whether the assessment asked advisories about anything."""
    return any(True for _ in _judged(assessment)) or any(map(is_vulnerability, assessment.findings))


def answers(assessment: Assessment, found: tuple[Row, ...]) -> tuple[tuple[str, str], ...]:
    """The four questions, each with its answer."""
    open_ = [row for row in found if not row.settled]
    return (
        ("whose", _whose(open_)),
        ("how long", _how_long(open_)),
        ("does it matter", _matters(found)),
        ("what to do", _to_do(open_)),
        *((("not known", text),) if (text := _not_known(assessment)) else ()),
    )


def _whose(found: list[Row]) -> str:
    if not found:
        return "no vulnerability is known of what was asked"
    counts = Counter(row.party for row in found)
    late = Counter(row.party for row in found if row.left is not None and row.left < 0)
    parts = [
        f"{counts[party]:,} {label}{f' ({late[party]:,} overdue)' if late[party] else ''}"
        for party, label in WHOSE.items()
        if counts[party]
    ]
    return ", ".join(parts)


def _how_long(found: list[Row]) -> str:
    late = [row for row in found if row.left is not None and row.left < 0]
    soon = [row for row in found if row.left is not None and row.left >= 0]
    none = [row for row in found if row.left is None]
    parts = []
    if late:
        worst = min(late, key=lambda row: row.left or 0)
        parts.append(f"{len(late):,} overdue, {worst.advisory} in {worst.package} longest: {days(-(worst.left or 0))}")
    if soon:
        first = min(soon, key=lambda row: row.left or 0)
        parts.append(f"{len(soon):,} in time, the first until {first.until} ({days(first.left or 0)})")
    if none:
        unrated = sum(row.severity is None for row in none)
        unfixed = sum(row.severity is not None and not row.fixed for row in none)
        why = (
            (unrated, "not rated"),
            (unfixed, "without a fix"),
            (len(none) - unrated - unfixed, "without a day or term"),
        )
        parts.append(f"{len(none):,} without a clock: {', '.join(f'{n:,} {what}' for n, what in why if n)}")
    return "; ".join(parts) or "no clock runs"


def _matters(found: tuple[Row, ...]) -> str:
    parts = []
    if exploited := sum(row.exploited for row in found if not row.settled):
        parts.append(f"{exploited:,} known to be exploited, with a fix that is not applied")
    if affected := sum(row.affects == "affected" for row in found):
        parts.append(f"{affected:,} in use as their condition asks")
    if open_ := sum(row.affects == "unknown" and not row.settled for row in found):
        parts.append(f"{open_:,} that depend on how it runs, which is not known")
    if settled := sum(bool(row.settled) for row in found):
        parts.append(f"{settled:,} settled: not in use here, or accepted")
    if rest := sum(not row.settled and not row.affects and not row.exploited for row in found):
        parts.append(f"{rest:,} taken to matter: nothing known says otherwise")
    return "; ".join(parts) or "nothing to tell"


def _to_do(found: list[Row]) -> str:
    moves: dict[tuple[str, str], list[Row]] = {}
    for row in found:
        if row.party is Party.CUSTOMER and row.fixed:
            moves.setdefault((row.package, row.version), []).append(row)
    theirs = [row for row in found if row.party is Party.PUBLISHER]
    late = sum(row.left is not None and row.left < 0 for row in theirs)
    wait = "ask the publisher for a newer tag, and mitigate what is overdue" if late else "wait for a newer tag"
    wait = f"{wait}; --newer IMAGE tells what one has no more" if theirs else ""
    if not moves:
        return wait or ("nothing of ours has a fix" if found else "nothing")
    ordered = sorted(moves.items(), key=lambda item: (-len(item[1]), item[0]))
    parts = []
    for (package, version), many in ordered[:_TOLD]:
        fixes = list(dict.fromkeys(row.together or row.fixed for row in many))
        parts.append(f"{package} {version} to {' and '.join(fixes[:3])} ends {len(many):,}")
    more = f"; and {len(ordered) - _TOLD:,} more packages" if len(ordered) > _TOLD else ""
    return "; ".join(parts) + more + (f"; {wait}" if wait else "")


def _not_known(assessment: Assessment) -> str:
    gaps = [
        one
        for one in assessment.findings
        if one.status is Status.UNKNOWN and one.details is not None and one.details.get("kind") == _JUDGED
    ]
    if not gaps:
        return ""
    names = sorted({str((one.details or {}).get("ecosystem") or "packages") for one in gaps})
    return f"there may be more than was found among packages of {', '.join(names)}"


def age_label(source: Source) -> str:
    """How old a source is on the day of the assessment."""
    if source.age is None:
        return "of no day that is known"
    return f"{days(source.age)} old" if source.age >= 0 else "later than the day that is asked for"


def days(count: int) -> str:
    """A number of days."""
    return f"{count:,} day{'' if count == 1 else 's'}"


def left_label(row: Row) -> str:
    """How long is left, in few words."""
    if row.settled:
        return "settled"
    if row.left is None:
        return "no clock"
    return f"{days(-row.left)} over" if row.left < 0 else f"{days(row.left)} left"


def _key(finding: Finding) -> tuple[str, str, str]:
    details = finding.details or {}
    return finding.subject.path, str(details.get("advisory", "")), str(details.get("purl", ""))


def _row(finding: Finding, as_of: date, exploited: bool) -> Row:
    details = finding.details or {}
    clock = details.get("clock")
    clock = clock if isinstance(clock, dict) else {}
    until = _day(clock.get("until"))
    fixed = [str(one) for one in _list(details.get("fixed"))]
    level = details.get("severity")
    settled = ""
    if finding.exception is not None and finding.exception.kind != "baseline":
        settled = finding.exception.reason
    elif finding.status is Status.NOT_APPLICABLE:
        settled = finding.reason
    return Row(
        finding=finding,
        subject=finding.subject.path,
        advisory=str(details.get("advisory", "")),
        package=str(details.get("package", "")),
        version=str(details.get("version", "")),
        severity=Severity(level) if level in tuple(Severity) else None,
        party=finding.party,
        since=_day(clock.get("since")),
        until=until,
        left=(until - as_of).days if until is not None else None,
        fixed=str(details.get("fixed_in") or (fixed[-1] if fixed else "")),
        together=str(details.get("fixed_together") or details.get("fixed_in") or ""),
        action=str(clock.get("action", "")),
        exploited=exploited,
        affects=str(details.get("affects", "")),
        settled=settled,
    )


def _judged(assessment: Assessment) -> Iterable[dict[str, Any]]:
    for one in assessment.findings:
        if one.details is not None and one.details.get("kind") == _JUDGED:
            yield one.details


def _is_object(value: object) -> bool:
    """Documents may be written by others: what has another form is passed over."""
    return isinstance(value, dict)


def _list(value: object) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else []


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text)[:10]) if text else None
    except ValueError:
        return None
