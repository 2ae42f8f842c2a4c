from __future__ import annotations

from datetime import date

import msgspec
import pytest

from ourhalf.comparison.baseline import compared, strangers
from ourhalf.model.evidence import Unread
from ourhalf.model.finding import AcceptedBy, Assessment, BaselineSummary, Finding
from ourhalf.model.verdict import Status
from tests.samples import finding, sample

DAY = date(2026, 10, 1)
BY_BASELINE = AcceptedBy("baseline", "in the baseline of 2026-10-01")
BY_EXCEPTION = AcceptedBy("exception", "needs it", "me@example.com", date(2027, 1, 1))


def of(*findings: Finding, as_of: date = DAY, unread: tuple[Unread, ...] = ()) -> Assessment:
    return msgspec.structs.replace(sample(), findings=findings, as_of=as_of, unread=unread)


def test_failures_of_the_baseline_are_accepted_and_others_are_new() -> None:
    found = compared(of(finding(1), finding(2)), of(finding(1), finding(3)))
    assert [f.exception for f in found.findings] == [BY_BASELINE, None]
    assert [f.counts for f in found.findings] == [False, True]
    assert found.findings[0].status is Status.FAIL
    assert found.baseline == BaselineSummary(DAY, new=1, known=1, gone=1)


@pytest.mark.parametrize("then", [Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE])
def test_what_did_not_fail_then_is_new(then: Status) -> None:
    found = compared(of(finding(1)), of(finding(1, status=then)))
    assert found.findings[0].counts
    assert found.baseline == BaselineSummary(DAY, new=1, known=0, gone=0)


@pytest.mark.parametrize(
    ("now", "gone", "untold"),
    [(Status.PASS, 1, 0), (Status.NOT_APPLICABLE, 1, 0), (Status.UNKNOWN, 0, 1)],
)
def test_only_what_is_known_to_hold_is_gone(now: Status, gone: int, untold: int) -> None:
    found = compared(of(finding(1, status=now)), of(finding(1)))
    assert found.findings[0].exception is None
    assert found.baseline == BaselineSummary(DAY, 0, 0, gone, untold)


def test_what_stood_in_a_file_that_is_unread_now_is_not_gone() -> None:
    unread = (Unread("k8s/train.yaml", 1, "yaml", "broken"),)
    found = compared(of(unread=unread), of(finding(1), finding(2, path="other.yaml")))
    assert found.baseline == BaselineSummary(DAY, 0, 0, gone=1, untold=1)


def test_a_baseline_does_not_outlive_an_exception() -> None:
    found = compared(of(finding(1)), of(finding(1, exception=BY_EXCEPTION)))
    assert found.findings[0].counts
    assert found.baseline == BaselineSummary(DAY, new=1, known=0, gone=0)


def test_an_exception_stays_what_it_is() -> None:
    found = compared(of(finding(1, exception=BY_EXCEPTION)), of(finding(1)))
    assert found.findings[0].exception == BY_EXCEPTION
    assert found.baseline == BaselineSummary(DAY, 0, 0, 0)


def test_a_baseline_made_with_a_baseline_holds_on() -> None:
    first = compared(of(finding(1)), of(finding(1)))
    again = compared(of(finding(1)), msgspec.structs.replace(first, as_of=date(2026, 11, 2)))
    assert again.findings[0].exception == AcceptedBy("baseline", "in the baseline of 2026-11-02")


def test_nothing_is_new_against_itself() -> None:
    found = compared(sample(), sample())
    assert found.baseline is not None
    assert (found.baseline.new, found.baseline.gone, found.baseline.untold) == (0, 0, 0)
    assert found.baseline.known == sum(f.counts for f in sample().findings)


def test_strangers_share_no_finding() -> None:
    assert strangers(of(finding(1)), of(finding(2)))
    assert not strangers(of(finding(1), finding(2)), of(finding(2, status=Status.PASS)))
    assert not strangers(of(), of(finding(1)))
    assert not strangers(of(finding(1)), of())
