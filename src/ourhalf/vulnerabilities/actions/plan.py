"""A plan: the actions to take in order, what each clears and risks, and what none clears."""

from __future__ import annotations

from datetime import date

import msgspec

from ourhalf.model.field import Place
from ourhalf.model.profile import Severity
from ourhalf.model.responsibility import Party
from ourhalf.model.word import Word


class Kind(Word):
    """What is done."""

    MOVE = "move"
    """Run another image in its place."""
    REBUILD = "rebuild"
    """Build ours again on another base."""
    OS_UPGRADE = "os-upgrade"
    """Take the updates of the distribution in a layer of ours."""
    BUMP = "bump"
    """Take newer versions of some packages."""


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to do, in its place in the order.

    `clears` are the findings that no earlier action cleared, `also` counts those that one did. `weight` is that of
    `clears`. `changes` are versions by package. `risks` are sentences, `risk` their sum (0 for none known). `by` is who
    does it, `places` where it is written, `how` what to write or run.
    """

    kind: Kind
    subject: str
    title: str
    target: str
    clears: tuple[str, ...]
    also: int = 0
    weight: int = 0
    severities: dict[str, int] = {}
    changes: dict[str, str] = {}
    risks: tuple[str, ...] = ()
    risk: int = 0
    by: Party = Party.CUSTOMER
    places: tuple[Place, ...] = ()
    how: str = ""


class Left(msgspec.Struct, frozen=True, kw_only=True):
    """A finding that no action clears: why, whose move it is, and until when it may be accepted at most.

    `accept` is a reason to write down with that date, for whoever accepts it.
    """

    finding: str
    subject: str
    severity: Severity | None
    why: str
    party: Party
    until: date
    accept: str


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What to do. `settled` counts findings that need nothing: not affected here, or stated so.

    `exact` says that no plan clears more, nor as much with fewer actions or as many at less risk, of the actions that
    are known; else `bound` says how far it may be off.
    """

    as_of: date
    findings: int
    settled: int
    weight: int
    cleared_weight: int
    actions: tuple[Action, ...]
    left: tuple[Left, ...]
    exact: bool = True
    bound: str = ""
    notes: tuple[str, ...] = ()
