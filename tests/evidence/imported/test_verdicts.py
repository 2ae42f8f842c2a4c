"""The table of what follows where several judge the same: every combination, and the laws behind it."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations, product

import pytest

from ourhalf.evidence.imported.verdicts import STALE_DAYS, doubt, joint, newest
from ourhalf.model.finding import OURS, AcceptedBy, Said
from ourhalf.model.verdict import Status

TODAY = date(2026, 11, 1)
FRESH, STALE, FUTURE = TODAY, TODAY - timedelta(STALE_DAYS + 1), TODAY + timedelta(2)
PASS, FAIL, UNKNOWN, NONE = Status.PASS, Status.FAIL, Status.UNKNOWN, Status.NOT_APPLICABLE
MUTED = AcceptedBy("imported", "muted")


def own(status: Status) -> Said:
    return Said(OURS, "c", status, "what we read", TODAY)


def other(
    status: Status,
    as_of: date | None = FRESH,
    *,
    live: bool = True,
    accepted: AcceptedBy | None = None,
    tool: str = "T",
) -> Said:
    return Said(tool, "1", status, "what they saw", as_of, live, accepted=accepted)


@pytest.mark.parametrize("mine", [PASS, FAIL, NONE])
@pytest.mark.parametrize("theirs", [PASS, FAIL, UNKNOWN, NONE])
@pytest.mark.parametrize("as_of", [FRESH, STALE, FUTURE, None])
@pytest.mark.parametrize("live", [True, False])
def test_ours_decides_what_it_has_read(mine: Status, theirs: Status, as_of: date | None, live: bool) -> None:
    found = joint((own(mine), other(theirs, as_of, live=live)), TODAY)
    assert found.status is mine
    assert "what we read" in found.reason
    assert f"T 1 says {theirs.replace('_', ' ')}" in found.reason


@pytest.mark.parametrize(
    ("mine", "theirs", "disagrees"),
    [
        (PASS, FAIL, True),
        (FAIL, PASS, True),
        (NONE, FAIL, True),
        (PASS, PASS, False),
        (FAIL, FAIL, False),
        (NONE, PASS, False),
        (PASS, UNKNOWN, False),
        (FAIL, UNKNOWN, False),
        (PASS, NONE, False),
        (FAIL, NONE, False),
    ],
)
def test_disagreement_is_told(mine: Status, theirs: Status, disagrees: bool) -> None:
    found = joint((own(mine), other(theirs)), TODAY)
    assert found.disagrees is disagrees
    assert ("disagree" in found.reason) is disagrees


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (other(FAIL), FAIL),
        (other(FAIL, TODAY - timedelta(STALE_DAYS)), FAIL),
        (other(FAIL, TODAY + timedelta(1)), FAIL),
        (other(FAIL, STALE), UNKNOWN),
        (other(FAIL, FUTURE), UNKNOWN),
        (other(FAIL, None), UNKNOWN),
        (other(FAIL, live=False), UNKNOWN),
        (other(FAIL, accepted=MUTED), UNKNOWN),
        (other(PASS), UNKNOWN),
        (other(UNKNOWN), UNKNOWN),
        (other(NONE), UNKNOWN),
    ],
)
def test_what_is_unknown_here_fails_only_by_a_live_failure_of_these_days(said: Said, expected: Status) -> None:
    found = joint((own(UNKNOWN), said), TODAY)
    assert found.status is expected
    assert "what we read" in found.reason
    assert "T 1 says" in found.reason


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ((other(PASS),), PASS),
        ((other(PASS, live=False),), PASS),
        ((other(PASS, STALE),), UNKNOWN),
        ((other(PASS, FUTURE),), UNKNOWN),
        ((other(PASS, None),), UNKNOWN),
        ((other(FAIL, STALE),), FAIL),
        ((other(FAIL, None),), FAIL),
        ((other(UNKNOWN),), UNKNOWN),
        ((other(NONE),), NONE),
        ((other(PASS), other(FAIL, tool="U")), FAIL),
        ((other(PASS), other(UNKNOWN, tool="U")), UNKNOWN),
        ((other(PASS), other(NONE, tool="U")), PASS),
        ((other(PASS), other(PASS, STALE, tool="U")), UNKNOWN),
    ],
)
def test_what_only_others_judged(said: tuple[Said, ...], expected: Status) -> None:
    for order in permutations(said):
        assert joint(order, TODAY).status is expected


def test_a_failure_is_accepted_only_where_every_tool_that_fails_it_accepts_it() -> None:
    assert joint((other(FAIL, accepted=MUTED),), TODAY).accepted is MUTED
    assert joint((other(FAIL, accepted=MUTED), other(FAIL, tool="U")), TODAY).accepted is None
    assert joint((other(FAIL, accepted=MUTED), other(PASS, tool="U")), TODAY).accepted is MUTED
    assert joint((other(UNKNOWN, accepted=MUTED),), TODAY).accepted is None


def test_unknown_is_never_pass() -> None:
    """No combination of what others say turns what is not a pass of ours into one, or an unknown among others."""
    kinds = [other(s, d, tool=t) for s, d, t in product((PASS, FAIL, UNKNOWN, NONE), (FRESH, STALE, None), "TU")]
    for one, two in product(kinds, kinds):
        for mine in (FAIL, UNKNOWN, NONE):
            assert joint((own(mine), one, two), TODAY).status is not PASS
        if joint((one, two), TODAY).status is PASS:
            assert UNKNOWN not in (one.status, two.status)
            assert any(said.status is PASS and not doubt(said, TODAY) for said in (one, two))


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ((other(FAIL, STALE), other(PASS)), [PASS]),
        ((other(PASS, STALE), other(FAIL)), [FAIL]),
        ((other(PASS), other(FAIL)), [FAIL]),
        ((other(FAIL, accepted=MUTED), other(FAIL)), [FAIL]),
        ((other(FAIL), other(PASS, FUTURE)), [FAIL, PASS]),
        ((other(FAIL, None), other(PASS)), [PASS, FAIL]),
        ((other(FAIL), other(PASS, tool="U")), [FAIL, PASS]),
    ],
)
def test_the_last_word_of_a_tool_counts_unless_its_day_is_in_doubt(said: tuple[Said, ...], kept: list[Status]) -> None:
    for order in permutations(said):
        found = newest(order, TODAY)
        assert sorted(one.status for one in found) == sorted(kept)
        assert all(one.accepted is None for one in found)
        assert newest(found, TODAY) == found


def test_a_verdict_without_a_reason_is_one_all_the_same() -> None:
    silent = Said("T", "1", FAIL, "", FRESH, True)
    assert joint((silent,), TODAY).reason == "T 1 says fail on 2026-11-01"


def test_reasons_say_who_when_and_why_it_is_doubted() -> None:
    assert "T 1 says pass on 2026-10-01, but it is 31 days old" in joint((other(PASS, STALE),), TODAY).reason
    assert "but it does not say of which day" in joint((other(PASS, None),), TODAY).reason
    assert "but it is of 2026-11-03, later than 2026-11-01" in joint((other(PASS, FUTURE),), TODAY).reason
    assert "T 1 says fail on 2026-11-01, muted" in joint((other(FAIL, accepted=MUTED),), TODAY).reason
