"""JUnit: valid XML whatever the names, a suite a workload, and nothing unknown passes."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, fromstring

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourhalf.model.evidence import Unread
from ourhalf.model.finding import AcceptedBy, Finding
from ourhalf.model.verdict import Status
from ourhalf.reports.junit import render
from tests.corpora import assessed, needs_corpora
from tests.samples import HOSTILE, finding, sample


def parsed(*findings: Finding, unread: tuple[Unread, ...] = ()) -> Element:
    return fromstring(render(msgspec.structs.replace(sample(), findings=findings, unread=unread)))


def outcome(case: Element) -> str:
    return case[0].tag if len(case) else "passed"


def test_totals_are_those_of_the_cases() -> None:
    root = fromstring(render(sample()))
    cases = list(root.iter("testcase"))
    for element, within in ((root, cases), *((suite, list(suite)) for suite in root)):
        found = [outcome(case) for case in within]
        assert element.get("tests") == str(len(found))
        assert element.get("failures") == str(found.count("failure"))
        assert element.get("skipped") == str(found.count("skipped"))
        assert element.get("errors") == "0"
    assert [outcome(case) for case in cases].count("failure") == sum(f.counts for f in sample().findings)


@pytest.mark.parametrize(
    ("status", "exception", "expected"),
    [
        (Status.FAIL, None, "failure"),
        (Status.FAIL, AcceptedBy("baseline", "in the baseline of 2026-10-01"), "skipped"),
        (Status.UNKNOWN, None, "skipped"),
        (Status.PASS, None, "passed"),
    ],
)
def test_each_verdict_has_its_outcome(status: Status, exception: AcceptedBy | None, expected: str) -> None:
    (case,) = parsed(finding(1, status=status, exception=exception)).iter("testcase")
    assert outcome(case) == expected


def test_what_does_not_apply_is_left_out() -> None:
    assert list(parsed(finding(1, status=Status.NOT_APPLICABLE))) == []


def test_a_failure_says_why_and_what_to_write() -> None:
    (failure,) = parsed(finding(8, snippet="privileged: false")).iter("failure")
    assert failure.get("message") == "root in this container is root on its host"
    assert failure.get("type") == "high"
    text = failure.text or ""
    for part in ("deploy/k8s/train.yaml:8", "securityContext.privileged: true", "privileged: false", f"{8:020x}"):
        assert part in text


def test_a_suite_for_each_workload_and_for_each_resource_without_one() -> None:
    root = parsed(
        finding(1, name="train/main"),
        finding(2, name="train/sidecar"),
        finding(3, name="serve", workload="serve", path="k8s/serve.yaml"),
        finding(4, name="bucket", workload=None, path="main.tf"),
    )
    assert sorted((suite.get("name"), len(suite)) for suite in root) == [
        ("bucket (deploy/main.tf)", 1),
        ("serve (deploy/k8s/serve.yaml)", 1),
        ("train (deploy/k8s/train.yaml)", 2),
    ]


def test_cases_of_a_suite_have_different_names() -> None:
    (suite,) = parsed(finding(1), finding(2), finding(3))
    assert len({case.get("name") for case in suite}) == 3


def test_what_was_not_read_does_not_pass() -> None:
    (case,) = parsed(unread=(Unread("a.yaml", 3, "yaml", "a tab"),)).iter("testcase")
    assert outcome(case) == "skipped"
    assert case[0].get("message") == "could not be read: a tab"
    assert (case.get("file"), case.get("line")) == ("deploy/a.yaml", "3")


def test_hostile_names_are_texts() -> None:
    text = render(sample())
    assert not re.search(r"[^\n\t\x20-\x7e\xa0-\ud7ff\ue000-\ufffd]|\u202e", text)
    names = [case.get("name") or "" for case in fromstring(text).iter("testcase")]
    assert any("<script>alert(1)</script>" in name for name in names)
    assert HOSTILE not in "".join(names)


@given(st.text(st.characters(), max_size=80))
def test_any_text_makes_valid_xml(text: str) -> None:
    hostile = finding(1, name=text, path=text, reason=text, workload=text, snippet=text)
    root = parsed(hostile, finding(2, exception=AcceptedBy("x", text)), unread=(Unread(text, 1, text, text),))
    assert root.get("tests") == "3"


@needs_corpora
def test_junit_of_the_corpus() -> None:
    root = fromstring(render(assessed()))
    assert root.get("failures") == str(sum(f.counts for f in assessed().findings))
    assert int(root.get("tests") or 0) > 1000
