"""How recommendations tell whether something is on: by verdicts of controls, or by what is declared."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ourhalf.model.responsibility import Platform
from ourhalf.model.verdict import Status
from ourhalf.monitor.facts import Facts, Running, Thing, Told, Use
from ourhalf.monitor.recommendation import Because, On, State

_MOST_SPOTS = 5
_OF = {Status.PASS: On.YES, Status.FAIL: On.NO, Status.UNKNOWN: On.UNKNOWN}


def names(found: Iterable[Running | Thing]) -> tuple[str, ...]:
    """The names of workloads or resources, each once."""
    return tuple(dict.fromkeys(one.name for one in found))


def reason(what: str, found: Iterable[Running | Thing]) -> tuple[Because, ...]:
    """One reason that names these; none where there are none."""
    called = names(found)
    return (Because(what, called),) if called else ()


def running(facts: Facts, where: str, *platforms: Platform) -> tuple[Because, ...]:
    """The workloads that run on these platforms, and apart from them those of which that is only possible."""
    found = facts.on(*platforms)
    certain = [w for w in found if all(p in platforms for p in w.platforms)]
    return (
        *reason(f"workloads {where}", certain),
        *reason(f"workloads that may run {where}", [w for w in found if w not in certain]),
    )


def only(facts: Facts, *platforms: Platform) -> tuple[str, ...]:
    """The names of the workloads that can run on these platforms alone."""
    return names(w for w in facts.on(*platforms) if all(p in platforms for p in w.platforms))


def used(facts: Facts, use: Use, what: str) -> tuple[Because, ...]:
    """The buckets that workloads use so, and apart from them those whose name alone says so."""
    said = [bucket for bucket in facts.used_for(use) if not bucket.used_for(use)]
    return (
        *reason(what, [bucket.thing for bucket in facts.used_for(use) if bucket not in said]),
        *reason(f"{what}, by their names alone", [bucket.thing for bucket in said]),
    )


def judged(told: Iterable[Told], silent: str) -> State:
    """What verdicts say together: no where one fails, unknown where one is not known, yes where all hold.

    `silent` is said where there is no verdict at all: that is unknown, never yes.
    """
    relevant = [one for one in told if one.status in _OF]
    for status in (Status.FAIL, Status.UNKNOWN, Status.PASS):
        found = [one for one in relevant if one.status is status]
        if found:
            first = found[0]
            others = f", and {len(found) - 1} more" if len(found) > 1 else ""
            spots = tuple(dict.fromkeys(one.spot for one in found))[:_MOST_SPOTS]
            return State(_OF[status], f"{first.subject}: {first.reason}{others}", spots)
    return State(On.UNKNOWN, silent)


def by_controls(silent: str, *controls: str) -> Callable[[Facts], State]:
    """On where each of these controls holds of all that it is about; each must have something to be about."""

    def already(facts: Facts) -> State:
        states = [judged(facts.says(control), silent) for control in controls]
        return min(states, key=lambda state: (On.NO, On.UNKNOWN, On.YES).index(state.on))

    return already


def by_kind(silent: str, *kinds: str) -> Callable[[Facts], State]:
    """On where configuration declares a resource of each of these kinds."""

    def already(facts: Facts) -> State:
        found = [facts.kind(kind) for kind in kinds]
        if not all(found):
            return State(On.UNKNOWN, silent)
        every = [thing for things in found for thing in things]
        return State(On.YES, f"{every[0].name} declares it", tuple(t.spot for t in every)[:_MOST_SPOTS])

    return already


def by_cover(silent: str, kind: str, things: Callable[[Facts], Iterable[Thing]]) -> Callable[[Facts], State]:
    """On where something that is declared switches it on for each of these things."""

    def already(facts: Facts) -> State:
        covered = {one.name: one.spot for one in facts.kind(kind)}
        left = [one for one in things(facts) if one.name not in covered]
        spots = tuple(dict.fromkeys(covered.values()))[:_MOST_SPOTS]
        if not covered:
            return State(On.UNKNOWN, silent)
        if left:
            return State(On.UNKNOWN, f"{next(iter(covered))} has it, and nothing declares it for {left[0].name}", spots)
        return State(On.YES, f"{next(iter(covered))} has it", spots)

    return already


def undeclared(what: str) -> str:
    """What is said of a setting of the account that no file declares."""
    return f"nothing that was read declares {what}; the account may have it all the same"
