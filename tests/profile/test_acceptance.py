"""Accepted failures keep their status, do not count, and are reported when they ran out or match nothing."""

from __future__ import annotations

from datetime import date

from ourhalf.assess import assess
from ourhalf.model.finding import Assessment, Finding
from ourhalf.model.verdict import Status
from ourhalf.profile.document import parse
from tests.support import read

POD = """apiVersion: v1
kind: Pod
metadata: {name: train}
spec:
  containers:
  - name: main
    image: x:1
    securityContext:
      privileged: true%s
"""


def assessed(profile: str = "", comment: str = "") -> Assessment:
    evidence = read({"pod.yaml": POD % comment})
    return assess(evidence, ("t",), date(2026, 11, 1), parse(profile.encode(), "p.yaml"), "p.yaml")


def privileged(assessment: Assessment) -> Finding:
    (finding,) = [f for f in assessment.findings if f.control == "container-unprivileged"]
    return finding


def exception(**fields: str) -> str:
    given = {"control": "container-unprivileged", "owner": "me", "reason": "because", "expires": "2026-11-01"}
    return "exceptions:\n- " + str({**given, **fields}).replace("'{", "{").replace("}'", "}")


def test_a_failure_counts() -> None:
    finding = privileged(assessed())
    assert finding.status is Status.FAIL
    assert finding.counts


def test_an_exception_holds_through_its_last_day() -> None:
    finding = privileged(assessed(exception()))
    assert finding.status is Status.FAIL
    assert not finding.counts
    assert finding.exception is not None
    assert (finding.exception.kind, finding.exception.owner) == ("exception", "me")


def test_an_expired_exception_is_reported_and_does_not_hold() -> None:
    assessment = assessed(exception(expires="2026-10-31"))
    assert privileged(assessment).counts
    assert any("expired on 2026-10-31" in note for note in assessment.profile.notes)


def test_an_exception_that_matches_nothing_is_reported() -> None:
    assessment = assessed(exception(scope="{workload: other}"))
    assert privileged(assessment).counts
    assert any("matches no failure" in note for note in assessment.profile.notes)


def test_a_comment_with_a_reason_suppresses_and_is_counted() -> None:
    assessment = assessed(comment="  # ourhalf:ignore container-unprivileged EFA driver install")
    finding = privileged(assessment)
    assert finding.exception is not None
    assert finding.exception.reason == "EFA driver install"
    assert any("1 failure is suppressed by 1 comment" in note for note in assessment.profile.notes)


def test_a_comment_without_a_reason_does_nothing_and_is_reported() -> None:
    assessment = assessed(comment="  # ourhalf:ignore container-unprivileged")
    assert privileged(assessment).counts
    assert any("reason" in unread.reason for unread in assessment.unread)


def test_sensitivity_changes_verdicts_and_says_why() -> None:
    image = [f for f in assessed("sensitivity: regulated").findings if f.control == "container-image-pinned"]
    lax = [f for f in assessed("sensitivity: public").findings if f.control == "container-image-pinned"]
    assert (image[0].status, lax[0].status) == (Status.FAIL, Status.NOT_APPLICABLE)
    assert "regulated" in image[0].reason
    assert "public" in lax[0].reason
