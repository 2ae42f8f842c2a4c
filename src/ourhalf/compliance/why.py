"""Why a requirement has its outcome, in a sentence for people."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ourhalf.compliance.framework import How
from ourhalf.compliance.outcome import Provided, Told
from ourhalf.compliance.results import Borne, Inherited, Outcome

NO_PROGRAM = "none"
"""What stands for the program where no audit is known to bear on a framework."""

_NAMED = 3


def why(outcome: Outcome, told: Told, borne: tuple[Borne, ...], inherited: tuple[Inherited, ...]) -> str:
    """The reason: what decided, with counts and the first few names."""
    match outcome:
        case Outcome.NOT_MET:
            return f"{_verdicts(told.failed, 'fails', 'fail')}: {_names(borne, lambda b: b.failed)}"
        case Outcome.UNKNOWN:
            return _unknown(told, borne, inherited)
        case Outcome.ACCEPTED:
            said = _verdicts(told.accepted, "fails and is accepted", "fail and are accepted")
            return f"{said}: {_names(borne, lambda b: b.accepted)}"
        case Outcome.MET:
            return f"{_verdicts(told.passed, 'holds and decides', 'hold and decide')} it"
        case Outcome.PARTLY:
            return _partly(told, borne)
        case Outcome.INHERITED:
            programs = ", ".join(dict.fromkeys(one.program for one in inherited if one.status == "in-scope"))
            return f"the provider answers for it here, in the scope of {programs}"
        case Outcome.MANUAL:
            return (
                "no configuration shows it: attach what is named"
                if not told.not_applicable
                else ("nothing in the configuration is subject to it; what a person must attach remains")
            )
        case Outcome.NOT_APPLICABLE:
            return _not_applicable(told)


def _unknown(told: Told, borne: tuple[Borne, ...], inherited: tuple[Inherited, ...]) -> str:
    parts = []
    if told.unknown:
        parts.append(f"{_verdicts(told.unknown, 'is unknown', 'are unknown')}: {_names(borne, lambda b: b.unknown)}")
    if told.disabled:
        parts.append(f"the profile disables {_verdicts(told.disabled)}")
    if told.provided is Provided.OUT:
        parts.append(
            f"the provider answers for a part, and a program does not cover it: {_services(inherited, 'not-in-scope')}"
        )
    if told.provided is Provided.OPEN:
        services = _services(inherited, "unknown")
        where = f": {services}" if services else ""
        known = any(one.program != NO_PROGRAM for one in inherited)
        said = "no dated source says that a program covers it" if known else "no audit of it bears on this framework"
        parts.append(f"the provider answers for a part, and {said}{where}")
    if parts:
        return "; ".join(parts)
    if borne:
        who = "the control that bears" if len(borne) == 1 else f"none of the {len(borne):,} controls that bear"
        return f"{who} on it found {'nothing' if len(borne) == 1 else 'anything'} here to judge"
    return "no control of ours bears on it, and nothing says what to attach"


def _partly(told: Told, borne: tuple[Borne, ...]) -> str:
    start = _verdicts(told.passed, "holds", "hold") if told.passed else "the provider's part is inherited"
    left = []
    silent = sum(not b.findings for b in borne)
    if told.attach:
        left.append("a part must be attached by a person")
    if told.passed and How.IMPLEMENTS not in told.holding:
        left.append("what holds supports it and does not suffice")
    if told.silent and silent:
        left.append(f"{silent:,} of {_controls(len(borne))} found nothing here to judge")
    if not told.passed and not left:
        left.append("nothing shows our part")
    return "; ".join([start, *(left or ["a part is not decided"])])


def _not_applicable(told: Told) -> str:
    if not told.not_applicable:
        return "nobody answers for it here"
    silent = "; other controls found nothing to judge" if told.silent else ""
    return f"nothing here is subject to it, {_verdicts(told.not_applicable, 'says', 'say')}{silent}"


def _services(inherited: Iterable[Inherited], status: str) -> str:
    names = list(dict.fromkeys(one.service for one in inherited if one.status == status))
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _names(borne: Iterable[Borne], of: Callable[[Borne], int]) -> str:
    found = [one.control for one in sorted(borne, key=lambda b: -of(b)) if of(one)]
    more = f" and {len(found) - _NAMED:,} more" if len(found) > _NAMED else ""
    return ", ".join(found[:_NAMED]) + more


def _verdicts(count: int, one: str = "", many: str = "") -> str:
    """`3 verdicts fail`, where `one` and `many` say what they do."""
    return f"{count:,} {f'verdict {one}' if count == 1 else f'verdicts {many}'}".rstrip()


def _controls(count: int) -> str:
    return f"{count:,} {'control' if count == 1 else 'controls'}"
