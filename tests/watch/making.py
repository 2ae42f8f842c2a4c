"""Alerts made of a few words."""

from __future__ import annotations

from typing import Any

from ourhalf.history.changes import Change, Kind
from ourhalf.history.outbox import Alert, Watched
from ourhalf.history.state import State, states_of
from ourhalf.model.finding import Finding
from tests.history.making import MORNING, assessment, finding

VULNERABLE = {
    "kind": "vulnerability",
    "advisory": "CVE-2026-1234",
    "aliases": ["GHSA-1"],
    "purl": "pkg:pypi/torch@2.1.0",
    "fixed": "2.2.0",
    "clock": {"party": "publisher", "since": "2026-10-01", "until": "2026-10-15", "proof": "known"},
}


def state(name: str = "a", status: str = "fail", **more: Any) -> State:
    """What the history keeps of a finding."""
    found: Finding = finding(name, status, **more)
    return states_of(assessment(found))[name]


def change(kind: Kind = Kind.NEW, name: str = "a", **more: Any) -> Change:
    """A change to or from a failure."""
    one = state(name, **more)
    if kind is Kind.FIXED:
        return Change(kind, name, one, state(name, "pass"))
    return Change(kind, name, None, one)


def alert(*changes: Change, key: str = "0123456789abcdef", **more: Any) -> Alert:
    """An alert of these changes."""
    given: dict[str, Any] = {
        "id": key,
        "version": "0.1",
        "watched": Watched(("/srv/infra",), None),
        "series": "feedbeef",
        "assessment": 7,
        "previous": 6,
        "at": MORNING,
        "as_of": "2026-11-01",
        "failing": 3,
        "part": 1,
        "parts": 1,
        "changes": changes,
    }
    return Alert(**{**given, **more})
