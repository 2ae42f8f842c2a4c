"""Changes as lines for people."""

from __future__ import annotations

from ourhalf.history.changes import Change, Kind
from ourhalf.history.outbox import Alert
from ourhalf.history.state import State

_WORDS = {
    Kind.NEW: "new",
    Kind.REOPENED: "fails again",
    Kind.EXCEPTION_ENDED: "no longer accepted",
    Kind.CLOCK_PASSED: "time to act is over",
    Kind.SEVERITY_CHANGED: "severity changed",
    Kind.PARTY_CHANGED: "party changed",
    Kind.BECAME_UNKNOWN: "became unknown",
    Kind.BECAME_KNOWN: "known again",
    Kind.FIXED: "fixed",
    Kind.ACCEPTED: "accepted",
}


def line(change: Change) -> str:
    """One line: what happened, to what, where, and why. Characters that steer a terminal are replaced."""
    return f"{_WORDS[change.kind]}: {about(change)}"


def about(change: Change) -> str:
    """The same without what happened, for where that is said before."""
    state = change.told
    where = f"{state.subject.path}:{state.subject.line}" if state.subject.path else "no file"
    return clean(
        f"{state.severity.value}, {_whose(state)}: {state.title}: {state.subject.name} ({where}): {why(change)}"
    )


def why(change: Change) -> str:
    """The reason for a change in a few words."""
    before, after = change.before, change.after
    match change.kind:
        case Kind.PARTY_CHANGED if before is not None and after is not None:
            return f"was {before.party.value}, is {after.party.value}"
        case Kind.SEVERITY_CHANGED if before is not None and after is not None:
            return f"was {before.severity.value}, is {after.severity.value}"
        case Kind.CLOCK_PASSED if after is not None and after.clock is not None:
            return f"{after.clock.party} had until {after.clock.until}"
        case _ if after is None:
            return "it is no longer there"
        case _:
            return after.reason


def title(alert: Alert) -> str:
    """What an alert is about, in one line."""
    count = len(alert.changes)
    part = f", part {alert.part} of {alert.parts}" if alert.parts > 1 else ""
    targets = " ".join(alert.watched.targets)
    changes = f"{count:,} change{'' if count == 1 else 's'}"
    failures = f"{alert.failing:,} failure{'' if alert.failing == 1 else 's'}"
    return clean(f"ourhalf: {changes} in {targets}; {failures} as of {alert.as_of}{part}")


def clean(text: str) -> str:
    """A text on one line, of characters that only show."""
    return "".join(c if c.isprintable() else "\ufffd" for c in " ".join(text.split()))


def _whose(state: State) -> str:
    return "ours" if state.party.value == "customer" else state.party.value
