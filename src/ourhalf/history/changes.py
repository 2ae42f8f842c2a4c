"""What changed between two assessments, finding by finding."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set

import msgspec

from ourhalf.history.state import State, States
from ourhalf.model.verdict import Status
from ourhalf.model.word import Word


class Kind(Word):
    """How a finding changed. A failure counts where nothing accepts it."""

    NEW = "new"
    REOPENED = "reopened"
    EXCEPTION_ENDED = "exception_ended"
    CLOCK_PASSED = "clock_passed"
    SEVERITY_CHANGED = "severity_changed"
    PARTY_CHANGED = "party_changed"
    BECAME_UNKNOWN = "became_unknown"
    BECAME_KNOWN = "became_known"
    FIXED = "fixed"
    ACCEPTED = "accepted"


MEANING = {
    Kind.NEW: "fails, and never did before",
    Kind.REOPENED: "fails again",
    Kind.EXCEPTION_ENDED: "fails, and nothing accepts it any more",
    Kind.CLOCK_PASSED: "the time to act is over",
    Kind.SEVERITY_CHANGED: "weighs more or less than before",
    Kind.PARTY_CHANGED: "another party answers for it",
    Kind.BECAME_UNKNOWN: "can no longer be told",
    Kind.BECAME_KNOWN: "can be told again, and does not fail",
    Kind.FIXED: "no longer fails, or is no longer there",
    Kind.ACCEPTED: "fails, and is now accepted",
}
"""Each kind in words, the most urgent first."""

_ORDER = {kind: number for number, kind in enumerate(MEANING)}


class Change(msgspec.Struct, frozen=True, omit_defaults=True):
    """One way in which one finding changed; `before` or `after` is None where it was or is not there."""

    kind: Kind
    finding: str
    before: State | None = None
    after: State | None = None

    @property
    def told(self) -> State:
        """The finding as it is, else as it was last."""
        state = self.after or self.before
        if state is None:
            raise ValueError("a change of nothing")
        return state

    @property
    def alerts(self) -> bool:
        """Whether people want to be told: it is about a failure that counts or did, or about one that is now hidden."""
        before, after = self.before, self.after
        match self.kind:
            case Kind.ACCEPTED | Kind.BECAME_KNOWN | Kind.FIXED:
                return before is not None and (before.counts or before.status is Status.UNKNOWN)
            case Kind.BECAME_UNKNOWN:
                return before is not None
            case Kind.PARTY_CHANGED | Kind.SEVERITY_CHANGED:
                return after is not None and after.counts
            case _:
                return True


def carried(before: States, after: States, unread: Set[str]) -> States:
    """`after`, with what was known of findings in files that cannot be read now, as unknown.

    A verdict that is gone because its file is `unread` is neither fixed nor forgotten.
    """
    lost = {
        key: msgspec.structs.replace(
            state,
            status=Status.UNKNOWN,
            reason="its file could not be read",
            accepted=None,
            overdue=False,
            unread=True,
        )
        for key, state in before.items()
        if key not in after and state.subject.path in unread
    }
    return {**after, **lost}


def changes(before: States, after: States, failed: Callable[[str], bool]) -> tuple[Change, ...]:
    """Every change from `before` to `after`, the most urgent first, in an order that is always the same.

    `failed` says whether a finding ever counted as a failure up to `before`.
    """
    found: list[Change] = []
    for key in before.keys() | after.keys():
        old, new = before.get(key), after.get(key)
        if old != new:
            found.extend(Change(kind, key, old, new) for kind in _kinds(key, old, new, failed))
    return tuple(sorted(found, key=_rank))


def _rank(change: Change) -> tuple[int, int, str]:
    return _ORDER[change.kind], change.told.severity.rank, change.finding


def _kinds(key: str, old: State | None, new: State | None, failed: Callable[[str], bool]) -> Iterator[Kind]:
    verdict = _verdict(key, old, new, failed)
    if verdict is not None:
        yield verdict
    if old is None or new is None:
        return
    if old.counts and new.counts and new.overdue and not old.overdue:
        yield Kind.CLOCK_PASSED
    if old.party is not new.party:
        yield Kind.PARTY_CHANGED
    if old.severity is not new.severity:
        yield Kind.SEVERITY_CHANGED


def _verdict(key: str, old: State | None, new: State | None, failed: Callable[[str], bool]) -> Kind | None:
    """How the verdict changed, or whether a failure counts; None where neither did."""
    was = old.status if old is not None else None
    now = new.status if new is not None else None
    if new is not None and new.counts:
        return None if old is not None and old.counts else _failing(key, was, failed)
    if now is Status.FAIL:
        return None if was is Status.FAIL and old is not None and not old.counts else Kind.ACCEPTED
    if now is Status.UNKNOWN:
        return None if was is Status.UNKNOWN else Kind.BECAME_UNKNOWN
    if was is Status.FAIL:
        return Kind.FIXED
    if was is Status.UNKNOWN:
        return Kind.BECAME_KNOWN if new is not None else Kind.FIXED if failed(key) else None
    return None


def _failing(key: str, was: Status | None, failed: Callable[[str], bool]) -> Kind:
    """A failure counts that did not."""
    if was is Status.FAIL:
        return Kind.EXCEPTION_ENDED
    return Kind.REOPENED if failed(key) else Kind.NEW
