"""Whose move it is follows from who brought the package; a day that no record states never passes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourhalf.model.advisories import Fix, Severe
from ourhalf.model.profile import Severity
from ourhalf.model.responsibility import Layer, Party, Responsibility
from ourhalf.vulnerabilities.clocks import Newer, Situation, clocks, day_of
from ourhalf.vulnerabilities.policy import company_policy, policies
from tests.vulnerabilities.made import HIGH, match

AWS = policies().publishers["aws-deep-learning-container"]
TODAY = date(2026, 11, 1)


def who(party: Party, **fields: Any) -> Responsibility:
    """Somebody who answers for packages."""
    return Responsibility(Layer.IMAGE_FRAMEWORK, party, "as its layer tells", **fields)


def situation(party: Party, **fields: Any) -> Situation:
    """A vulnerability of an image that AWS patches."""
    stated: dict[str, Any] = {
        "match": match(),
        "who": who(party),
        "company": company_policy({}),
        "as_of": TODAY,
        "publisher": AWS,
    }
    return Situation(**(stated | fields))


def test_aws_has_the_days_that_it_promises_from_publication() -> None:
    assert AWS.days == {Severity.CRITICAL: 14, Severity.HIGH: 28, Severity.MEDIUM: 180}
    (clock,) = clocks(situation(Party.PUBLISHER))
    assert (clock.party, clock.since, clock.until) == (Party.PUBLISHER, date(2026, 10, 1), date(2026, 10, 29))
    assert clock.left(TODAY) == -3
    assert clock.proof == ("pypa:PYSEC-1 states 2026-10-01 as its publication",)
    assert "overdue" in clock.action
    (before,) = clocks(situation(Party.PUBLISHER, as_of=date(2026, 10, 29)))
    assert before.left(date(2026, 10, 29)) == 0
    assert "overdue" not in before.action


def test_what_a_newer_tag_has_no_more_is_ours_to_take() -> None:
    newer = Newer("img:2", date(2026, 10, 20))
    mine, theirs = clocks(situation(Party.PUBLISHER, newer=newer))
    assert (mine.party, mine.since, mine.until) == (Party.CUSTOMER, date(2026, 10, 20), date(2026, 11, 19))
    assert mine.action == "move to img:2"
    assert mine.proof[-1] == "img:2 states that it was made on 2026-10-20"
    assert theirs.party is Party.PUBLISHER


def test_ours_runs_from_the_day_a_fix_can_be_had() -> None:
    (clock,) = clocks(situation(Party.CUSTOMER))
    assert (clock.since, clock.until, clock.starts) == (
        date(2026, 10, 11),
        date(2026, 11, 10),
        "the day 2.6.0 could be had",
    )
    assert clock.proof[-1] == "pypa states 2026-10-11 for 2.6.0"


@pytest.mark.parametrize(
    ("published", "available", "since"),
    [
        ("2026-10-01", "", date(2026, 10, 1)),
        ("", "2026-10-11", date(2026, 10, 11)),
        ("2026-10-20", "2026-10-11", date(2026, 10, 20)),
        ("", "", None),
        ("soon", "", None),
    ],
)
def test_a_day_that_is_missing_is_said(published: str, available: str, since: date | None) -> None:
    told = match(published=published, fixed=(Fix("2.6.0", available, "pypa" if available else ""),))
    (clock,) = clocks(situation(Party.CUSTOMER, match=told))
    assert clock.since == since
    assert (clock.until is None) == (since is None)
    if not (published and available):
        assert "no record states" in clock.starts


def test_without_a_fix_a_rating_or_a_term_no_clock_runs() -> None:
    (unfixed,) = clocks(situation(Party.CUSTOMER, match=match(fixed=())))
    assert (unfixed.until, unfixed.starts) == (None, "no version that has a fix is known")
    (unrated,) = clocks(situation(Party.PUBLISHER, match=match(severity=Severe())))
    assert unrated.until is None
    assert "nobody rates" in unrated.why
    (low,) = clocks(situation(Party.PUBLISHER, match=match(severity=Severe(level=Severity.LOW))))
    assert low.until is None
    assert "gives no days for low ones" in low.why


def test_a_fix_of_a_later_day_does_not_start_a_clock_yet() -> None:
    later = match(fixed=(Fix("2.6.0", "2026-11-02", "pypa"),))
    (clock,) = clocks(situation(Party.CUSTOMER, match=later))
    assert (clock.since, clock.until) == (None, None)
    assert "after the day that is asked for" in clock.starts
    (then,) = clocks(situation(Party.CUSTOMER, match=later, as_of=date(2026, 11, 2)))
    assert then.since == date(2026, 11, 2)


def test_who_is_not_known_has_no_clock() -> None:
    unknown = who(Party.UNKNOWN, candidates=(Party.PUBLISHER, Party.CUSTOMER))
    (clock,) = clocks(situation(Party.UNKNOWN, who=unknown))
    assert (clock.party, clock.until) == (Party.UNKNOWN, None)
    assert "publisher or customer" in clock.why


def test_the_profile_sets_days_and_defaults_fill_the_rest() -> None:
    policy = company_policy({Severity.HIGH: 3}, "ourhalf.yaml")
    assert policy.days == {Severity.CRITICAL: 15, Severity.HIGH: 3, Severity.MEDIUM: 90, Severity.LOW: 180}
    assert policy.title.startswith("remediation_days of ourhalf.yaml, and the default")
    (clock,) = clocks(situation(Party.CUSTOMER, company=policy))
    assert (clock.days, clock.until) == (3, date(2026, 10, 14))


_days = st.dates(date(2020, 1, 1), date(2030, 1, 1)).map(str) | st.sampled_from(["", "x", "9999-12-31"])


@given(
    st.sampled_from([Party.CUSTOMER, Party.PUBLISHER, Party.UNKNOWN]),
    _days,
    st.lists(_days, max_size=2),
    st.sampled_from([*Severity, None]),
    st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)),
)
def test_a_clock_ends_only_by_days_that_are_proved(
    party: Party, published: str, fixes: list[str], level: Severity | None, made: date | None
) -> None:
    told = match(
        published=published,
        fixed=tuple(Fix(f"2.{n}", day, "x") for n, day in enumerate(fixes)),
        severity=Severe(level=level) if level else HIGH,
    )
    newer = Newer("img:2", made) if made else None
    for clock in clocks(situation(party, match=told, newer=newer)):
        known = {day_of(published), made, *map(day_of, fixes)} - {None}
        if clock.until is not None:
            assert clock.since in known
            assert clock.days is not None
            assert clock.until == date.max or clock.until - (clock.since or date.min) == timedelta(clock.days)
            assert clock.proof
