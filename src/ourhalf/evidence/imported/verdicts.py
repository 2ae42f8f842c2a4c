"""What follows where several tools judge the same condition of the same thing: ours decides what it has read.

| ours | another says | the finding is |
| --- | --- | --- |
| pass, fail, not applicable | anything | ours; the other is told, and that it disagrees where it does |
| unknown | fail, live and of these days | fail |
| unknown | anything else | unknown; the other is told |
| none | fail | fail |
| none | pass of these days | pass |
| none | pass without a date, too old, or later than today | unknown |
| none | unknown | unknown |

Of several others the worst counts: fail, then unknown, then pass. Unknown is never pass.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import msgspec

from ourhalf.model.finding import OURS, AcceptedBy, Said, contradict
from ourhalf.model.verdict import Status

STALE_DAYS = 30
"""How old a verdict may be and still speak of today: what a scanner that runs every month has found."""

_TOMORROW = timedelta(days=1)
"""The clocks of two machines may be a day apart at midnight."""

_WORST_FIRST = (Status.FAIL, Status.UNKNOWN, Status.PASS, Status.NOT_APPLICABLE)
_WORDS = {Status.PASS: "pass", Status.FAIL: "fail", Status.UNKNOWN: "unknown", Status.NOT_APPLICABLE: "not applicable"}


class Joint(msgspec.Struct, frozen=True):
    """What follows from all that was said."""

    status: Status
    reason: str
    accepted: AcceptedBy | None = None
    disagrees: bool = False


def doubt(said: Said, today: date) -> str:
    """Why a verdict does not speak of today; empty where it does."""
    if said.as_of is None:
        return "it does not say of which day"
    if said.as_of > today + _TOMORROW:
        return f"it is of {said.as_of}, later than {today}"
    age = (today - said.as_of).days
    return f"it is {age:,} days old" if age > STALE_DAYS else ""


def worth(said: Said, today: date) -> Status:
    """What a verdict of another is worth on its own: a pass that does not speak of today is none."""
    return Status.UNKNOWN if said.status is Status.PASS and doubt(said, today) else said.status


def joint(said: Iterable[Said], today: date) -> Joint:
    """The verdict that follows; `said` holds at most one of ours."""
    many = tuple(said)
    own = next((one for one in many if one.tool == OURS), None)
    others = tuple(one for one in many if one.tool != OURS)
    return _alone(others, today) if own is None else _with_ours(own, others, today)


def _alone(others: tuple[Said, ...], today: date) -> Joint:
    worst = min((worth(one, today) for one in others), key=_WORST_FIRST.index)
    deciding = [one for one in others if worth(one, today) is worst]
    reasons = dict.fromkeys(one.reason for one in deciding if one.reason)
    told = "; ".join(dict.fromkeys(says(one, today) for one in others))
    reason = f"{'; '.join(reasons)} ({told})" if reasons else told
    accepted = [one.accepted for one in deciding]
    by = accepted[0] if worst is Status.FAIL and all(accepted) else None
    return Joint(worst, reason, by)


def _with_ours(own: Said, others: tuple[Said, ...], today: date) -> Joint:
    failing = [one for one in others if one.status is Status.FAIL and one.accepted is None]
    current = [one for one in failing if one.live and not doubt(one, today)]
    told = "; ".join(dict.fromkeys(says(one, today) for one in others))
    disagrees = any(contradict(own.status, one.status) for one in others)
    if own.status is Status.UNKNOWN and current:
        return Joint(Status.FAIL, f"{current[0].reason} ({told}); what was read here does not decide it: {own.reason}")
    if disagrees:
        return Joint(own.status, f"{own.reason}; others disagree ({told}), and what was read here decides", None, True)
    return Joint(own.status, f"{own.reason} ({told})")


def says(said: Said, today: date) -> str:
    """Who says what, and when, in a few words."""
    when = f" on {said.as_of}" if said.as_of else ""
    why = doubt(said, today)
    doubted = f", but {why}" if why else ""
    ignored = f", {said.accepted.reason}" if said.accepted else ""
    return f"{said.tool} {said.test} says {_WORDS[said.status]}{when}{ignored}{doubted}"


def newest(said: Iterable[Said], today: date) -> tuple[Said, ...]:
    """Of what one tool says by one test only the last; of one day the worst.

    One without a date, or of a day that has not come, takes the place of none that has one.
    """
    found: dict[tuple[str, str, bool, bool], Said] = {}
    for one in said:
        key = (one.tool, one.test, one.as_of is None, one.as_of is not None and one.as_of > today + _TOMORROW)
        if key not in found or _before(found[key], one):
            found[key] = one
    return tuple(sorted(found.values(), key=lambda one: (one.tool != OURS, one.tool, one.test, str(one.as_of))))


def _before(one: Said, other: Said) -> bool:
    """Whether `other` takes the place of `one`."""
    days = (one.as_of or date.min, other.as_of or date.min)
    if days[0] != days[1]:
        return days[0] < days[1]
    ranks = (_WORST_FIRST.index(one.status), _WORST_FIRST.index(other.status))
    if ranks[0] != ranks[1]:
        return ranks[1] < ranks[0]
    if (one.accepted is None) != (other.accepted is None):
        return one.accepted is not None
    return (other.path, other.line) < (one.path, one.line)
