"""Vulnerabilities are fixed in time, and what was not asked about is not clean."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ourhalf.controls.patching import vulnerabilities as group
from ourhalf.model.advisories import Noise, Severe
from ourhalf.model.field import Known, Place
from ourhalf.model.packages import Certainty
from ourhalf.model.profile import Parameters, Requirements, Severity
from ourhalf.model.responsibility import Party
from ourhalf.model.verdict import Status
from ourhalf.resources.vulnerabilities import Affects, Effect, Gap, Statement, Use
from tests.support import Case, check
from tests.vulnerabilities.made import EXPLOITED, IMAGE, clock, judged, match, vulnerability

FAIL, PASS, UNKNOWN, OUT = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE
TASK = Place("task.json", 7)
USED = vulnerability(
    uses=(Use(workload="train", container="c", image=Known(IMAGE, TASK)),), clock=clock(date(2026, 10, 31))
)
NOT_HERE = vulnerability(
    affects=Affects(effect=Effect.NOT_AFFECTED, by="mooncake", reason="Mooncake is off", places=(TASK,)),
    match=match(exploited=EXPLOITED),
    clock=clock(date(2026, 1, 1)),
)
WEEK = Requirements(parameters=Parameters(advisories_max_age_days=7))


def allowed(**fields: Any) -> Statement:
    """An entry of an allowlist."""
    return Statement(
        kind="allowlist", by="global_allowlist.json", reason="no fix yet", place=Place("a.json", 3), **fields
    )


CASES = [
    Case(group.IN_TIME, PASS, (vulnerability(),)),
    Case(group.IN_TIME, PASS, (vulnerability(clock=clock(date(2026, 11, 1))),)),
    Case(group.IN_TIME, FAIL, (USED,)),
    Case(group.IN_TIME, FAIL, (vulnerability(clock=clock(date(2026, 10, 31), Party.PUBLISHER)),)),
    Case(group.IN_TIME, UNKNOWN, (vulnerability(clock=clock(None, since=None, starts="no record states when")),)),
    Case(group.IN_TIME, UNKNOWN, (vulnerability(match=match(severity=Severe()), clock=clock(date(2026, 1, 1))),)),
    Case(group.IN_TIME, UNKNOWN, (vulnerability(match=match(fixed=()), clock=clock(None)),)),
    Case(
        group.IN_TIME,
        UNKNOWN,
        (vulnerability(match=match(certainty=Certainty.GUESSED, how="by its name"), clock=clock(date(2026, 1, 1))),),
    ),
    Case(group.IN_TIME, OUT, (NOT_HERE,)),
    Case(group.EXPLOITED, FAIL, (vulnerability(match=match(exploited=EXPLOITED)),)),
    Case(group.EXPLOITED, FAIL, (vulnerability(match=match(exploited=EXPLOITED, fixed=()), fixed_in="img:2"),)),
    Case(group.EXPLOITED, UNKNOWN, (vulnerability(match=match(exploited=EXPLOITED, fixed=())),)),
    Case(group.EXPLOITED, UNKNOWN, (vulnerability(match=match(exploited=EXPLOITED)),), as_of=date(2026, 10, 10)),
    Case(group.EXPLOITED, UNKNOWN, (vulnerability(listed=""),)),
    Case(group.EXPLOITED, PASS, (vulnerability(),)),
    Case(group.EXPLOITED, OUT, (NOT_HERE,)),
    Case(group.ALLOWLIST_HOLDS, FAIL, (vulnerability(statements=(allowed(problem="2.6.0 has it", counts=False),)),)),
    Case(group.ALLOWLIST_HOLDS, PASS, (vulnerability(statements=(allowed(checked="no fix is known"),)),)),
    Case(group.ALLOWLIST_HOLDS, UNKNOWN, (vulnerability(statements=(allowed(),)),)),
    Case(group.ALLOWLIST_HOLDS, OUT, (vulnerability(statements=(Statement(status="not_affected"),)),)),
    Case(group.ALL_JUDGED, PASS, (judged(),)),
    Case(group.ALL_JUDGED, UNKNOWN, (judged(Gap(reason="no source of npm is in the store", count=2)),)),
    Case(group.ALL_JUDGED, PASS, (judged(),), requirements=WEEK),
    Case(group.ALL_JUDGED, FAIL, (judged(oldest=date(2026, 10, 24)),), requirements=WEEK),
    Case(group.ALL_JUDGED, UNKNOWN, (judged(Gap(reason="stale"), oldest=None),), requirements=WEEK),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)


def test_the_reason_says_who_until_when_and_since_what() -> None:
    _, verdict = Case(group.IN_TIME, FAIL, (USED,)).judged()
    assert verdict.reason == (
        "torch 2.5.0 has CVE-2026-1 (high by pypa, fixed in 2.6.0); we have been overdue for 1 day: "
        "30 days since the day 2.6.0 could be had (2026-10-11) ended 2026-10-31"
    )
    record, chosen = verdict.places
    assert record.path == f"{IMAGE}!/usr/lib/python3/torch.dist-info/METADATA"
    assert chosen == TASK


def test_noise_lowers_the_severity_in_the_open() -> None:
    noise = Noise("headers", "kernel headers hold no code that runs", "https://x.example")
    overdue = vulnerability(match=match(noise=noise), clock=clock(date(2026, 1, 1)))
    _, verdict = Case(group.IN_TIME, FAIL, (overdue,)).judged()
    assert verdict.severity is Severity.LOW
    assert "taken as low: kernel headers hold no code that runs" in verdict.reason
