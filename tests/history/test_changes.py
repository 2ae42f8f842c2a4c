"""Exact differences: every way in which a finding can change, and the laws that hold for all of them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourhalf.history.changes import MEANING, Change, Kind, carried, changes
from ourhalf.history.state import State, States, states_of
from ourhalf.model.finding import Finding
from ourhalf.model.profile import Severity
from ourhalf.model.responsibility import Party
from ourhalf.model.verdict import Status
from tests.history.making import EXCEPTION, assessment, finding


def kept(*findings: Finding, **more: Any) -> States:
    return states_of(assessment(*findings, **more))


def kinds(before: States, after: States, failed: bool = False) -> list[str]:
    return [change.kind.value for change in changes(before, after, lambda _: failed)]


FAIL, PASS, UNKNOWN = finding("a"), finding("a", "pass"), finding("a", "unknown")
NOT_ASKED, ACCEPTED = finding("a", "not_applicable"), finding("a", exception=EXCEPTION)


@pytest.mark.parametrize(
    ("before", "after", "failed", "expected"),
    [
        (None, FAIL, False, ["new"]),
        (None, FAIL, True, ["reopened"]),
        (None, PASS, False, []),
        (None, NOT_ASKED, False, []),
        (None, UNKNOWN, False, ["became_unknown"]),
        (None, ACCEPTED, False, ["accepted"]),
        (PASS, FAIL, False, ["new"]),
        (PASS, FAIL, True, ["reopened"]),
        (UNKNOWN, FAIL, False, ["new"]),
        (UNKNOWN, FAIL, True, ["reopened"]),
        (ACCEPTED, FAIL, True, ["exception_ended"]),
        (FAIL, FAIL, True, []),
        (FAIL, PASS, True, ["fixed"]),
        (FAIL, NOT_ASKED, True, ["fixed"]),
        (FAIL, None, True, ["fixed"]),
        (FAIL, UNKNOWN, True, ["became_unknown"]),
        (FAIL, ACCEPTED, True, ["accepted"]),
        (PASS, UNKNOWN, False, ["became_unknown"]),
        (PASS, ACCEPTED, False, ["accepted"]),
        (PASS, None, False, []),
        (UNKNOWN, PASS, False, ["became_known"]),
        (UNKNOWN, None, False, []),
        (UNKNOWN, None, True, ["fixed"]),
        (UNKNOWN, ACCEPTED, False, ["accepted"]),
        (ACCEPTED, ACCEPTED, False, []),
        (ACCEPTED, PASS, False, ["fixed"]),
        (ACCEPTED, UNKNOWN, False, ["became_unknown"]),
    ],
)
def test_a_verdict(before: Finding | None, after: Finding | None, failed: bool, expected: list[str]) -> None:
    assert kinds(kept(*filter(None, [before])), kept(*filter(None, [after])), failed) == expected


def test_another_party_and_severity() -> None:
    theirs = finding("a", party=Party.PROVIDER, severity=Severity.CRITICAL)
    assert kinds(kept(FAIL), kept(theirs)) == ["severity_changed", "party_changed"]
    assert kinds(kept(PASS), kept(finding("a", party=Party.PROVIDER))) == ["new", "party_changed"]


def test_another_line_or_reason_is_no_change_that_is_told() -> None:
    moved = finding("a", reason="so it is written now")
    assert kinds(kept(FAIL), kept(moved), True) == []
    assert kept(FAIL) != kept(moved)


class TestClocks:
    LATE, OPEN = date(2026, 11, 2), date(2026, 11, 1)

    def test_a_clock_passes_on_the_day_after_its_last(self) -> None:
        due = finding("a", until="2026-11-01")
        assert kinds(kept(due, as_of=self.OPEN), kept(due, as_of=self.LATE), True) == ["clock_passed"]
        assert kinds(kept(due, as_of=self.LATE), kept(due, as_of=date(2026, 11, 3)), True) == []

    def test_a_clock_that_is_moved_back_passes_too(self) -> None:
        assert kinds(kept(finding("a", until="2026-11-09")), kept(finding("a", until="2026-10-09"))) == ["clock_passed"]

    def test_what_is_new_and_late_is_told_once(self) -> None:
        (change,) = changes({}, kept(finding("a", until="2026-10-01")), lambda _: False)
        assert change.kind is Kind.NEW
        assert change.told.overdue

    def test_a_clock_of_what_does_not_count_is_nobodys(self) -> None:
        for other in (finding("a", "pass", until="2026-10-01"), finding("a", exception=EXCEPTION, until="2026-10-01")):
            assert not kept(other)["a"].overdue

    @pytest.mark.parametrize("details", [None, {}, {"clock": None}, {"clock": "x"}, {"clock": {"until": "soon"}}])
    def test_no_clock_is_none(self, details: dict[str, Any] | None) -> None:
        state = kept(finding("a", details=details))["a"]
        assert (state.clock, state.overdue) == (None, False)


class TestUnread:
    def test_a_verdict_that_is_gone_with_its_file_is_not_fixed(self) -> None:
        before = kept(FAIL, finding("b", "pass"), finding("c", path="other.tf"))
        after = carried(before, {}, {"main.tf"})
        assert kinds(before, after, True) == ["became_unknown", "became_unknown", "fixed"]
        assert {key: state.unread for key, state in after.items()} == {"a": True, "b": True}

    def test_it_stays_unknown_until_the_file_can_be_read(self) -> None:
        before = kept(FAIL)
        lost = carried(before, {}, {"main.tf"})
        still = carried(lost, {}, {"main.tf"})
        assert kinds(lost, still, True) == []
        assert kinds(still, kept(FAIL), True) == ["reopened"]
        assert kinds(still, kept(PASS), True) == ["became_known"]
        assert kinds(still, carried(still, {}, set()), True) == ["fixed"]

    def test_what_was_read_all_the_same_stands(self) -> None:
        assert carried(kept(FAIL), kept(PASS), {"main.tf"}) == kept(PASS)


def test_the_most_urgent_comes_first() -> None:
    before = kept(finding("z"), finding("k", "pass"))
    after = kept(finding("b", severity=Severity.LOW), finding("c"), finding("k", "unknown"), finding("z", "pass"))
    found = changes(before, after, lambda _: False)
    assert [(c.kind.value, c.finding) for c in found] == [
        ("new", "c"),
        ("new", "b"),
        ("became_unknown", "k"),
        ("fixed", "z"),
    ]


def test_every_kind_has_its_words() -> None:
    assert set(MEANING) == set(Kind)


@pytest.mark.parametrize(
    ("kind", "before", "after", "told"),
    [
        (Kind.NEW, None, FAIL, True),
        (Kind.BECAME_UNKNOWN, PASS, UNKNOWN, True),
        (Kind.BECAME_UNKNOWN, None, UNKNOWN, False),
        (Kind.ACCEPTED, None, ACCEPTED, False),
        (Kind.ACCEPTED, FAIL, ACCEPTED, True),
        (Kind.FIXED, FAIL, None, True),
        (Kind.FIXED, ACCEPTED, PASS, False),
        (Kind.BECAME_KNOWN, UNKNOWN, PASS, True),
        (Kind.PARTY_CHANGED, PASS, PASS, False),
        (Kind.PARTY_CHANGED, FAIL, FAIL, True),
        (Kind.CLOCK_PASSED, FAIL, FAIL, True),
    ],
)
def test_what_people_want_to_be_told(kind: Kind, before: Finding | None, after: Finding | None, told: bool) -> None:
    def state(one: Finding | None) -> State | None:
        return kept(one)["a"] if one is not None else None

    assert Change(kind, "a", state(before), state(after)).alerts is told


def test_long_texts_and_details_are_bounded() -> None:
    state = kept(finding("a", reason="x" * 5000, details={"kind": "model", "judgement": "y" * 5000}))["a"]
    assert (len(state.reason), state.details) == (1000, None)


findings = st.builds(
    finding,
    st.sampled_from("abcd"),
    st.sampled_from(list(Status)),
    severity=st.sampled_from(Severity),
    party=st.sampled_from(Party),
    exception=st.sampled_from([None, EXCEPTION]),
    until=st.sampled_from([None, "2026-10-01", "2026-12-01"]),
    path=st.sampled_from(["main.tf", "other.tf"]),
)
trees = st.lists(findings, max_size=4, unique_by=lambda one: one.id).map(lambda found: kept(*found))
unread = st.sets(st.sampled_from(["main.tf", "other.tf"]))


@given(trees, trees, unread, st.booleans())
def test_laws(before: States, after: States, lost: set[str], failed: bool) -> None:
    now = carried(before, after, lost)
    found = changes(before, now, lambda _: failed)
    assert changes(before, before, lambda _: failed) == ()
    assert len({(c.finding, c.kind) for c in found}) == len(found), "nothing is told twice"
    begun = {c.finding for c in found if c.kind in {Kind.NEW, Kind.REOPENED, Kind.EXCEPTION_ENDED}}
    assert begun == {key for key, s in now.items() if s.counts and not (key in before and before[key].counts)}
    ended = {c.finding for c in found if c.kind in {Kind.FIXED, Kind.ACCEPTED, Kind.BECAME_UNKNOWN}}
    assert {key for key, s in before.items() if s.counts and not (key in now and now[key].counts)} <= ended
    for key, state in before.items():
        if key not in after and state.subject.path in lost:
            assert now[key].status is Status.UNKNOWN, "what cannot be read is never a pass"
    for change in found:
        assert (change.before, change.after) == (before.get(change.finding), now.get(change.finding))
