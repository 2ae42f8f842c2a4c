"""Reasons of a publisher's allowlist are checked; one that no longer holds is told."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourhalf.model.advisories import Fix
from ourhalf.model.packages import Ecosystem, Package
from ourhalf.resources.vulnerabilities import Statement, Vulnerability
from ourhalf.vulnerabilities.allowlists import AllowlistError, Allowlists, Entry, apply_allowlists, read_allowlists
from tests.corpora import CORPORA
from tests.vulnerabilities.made import changed, match, vulnerability

TODAY = date(2026, 11, 1)
HEADERS = Package(name="linux-libc-dev", version="5.15", ecosystem=Ecosystem.DEB, purl="pkg:deb/ubuntu/linux-libc-dev")
FIXED, OPEN = match(), match(fixed=())


def said(tmp_path: Path, one: Vulnerability, reason: str, **more: Any) -> Statement:
    """What an entry about a vulnerability says of it."""
    path = tmp_path / "list.json"
    path.write_text(json.dumps([{"vulnerability_id": "cve-2026-1", "reason": reason, **more}]))
    (found,), unread = apply_allowlists((one,), read_allowlists([str(path)]), TODAY)
    assert not unread
    (statement,) = found.statements
    return statement


@pytest.mark.parametrize(
    ("reason", "one", "problem", "checked"),
    [
        ("upstream has not released a fix yet", vulnerability(match=FIXED), "2.6.0 has it since 2026-10-11", ""),
        ("no fix available", vulnerability(match=OPEN), "", "no version that has a fix is known"),
        ("no fixed version published upstream", vulnerability(match=OPEN), "", "no version that has a fix is known"),
        ("linux-libc-dev — kernel headers only", vulnerability(package=HEADERS), "", "holds headers only"),
        ("kernel headers only", vulnerability(), "no package of these", ""),
        ("torch — dnf update did not pull latest.", vulnerability(), "was not brought up to date", ""),
        ("torch 2.4.0 pinned by sagemaker", vulnerability(), "about torch 2.4.0, and 2.5.0 is here", ""),
        ("torch 2.5.0 pinned by sagemaker", vulnerability(), "", ""),
        ("torch 2.5.0 pinned by sagemaker", vulnerability(match=OPEN), "", "no fix is known for torch 2.5.0"),
        ("webbrowser.open() not used in container", vulnerability(), "", ""),
    ],
)
def test_reasons(tmp_path: Path, reason: str, one: Vulnerability, problem: str, checked: str) -> None:
    statement = said(tmp_path, one, reason)
    assert problem in statement.problem
    assert bool(problem) == bool(statement.problem)
    assert checked in statement.checked
    assert bool(checked) == bool(statement.checked)
    assert statement.counts == (not problem)
    assert not statement.clears, "a publisher that leaves it open does not make it go away"


def test_a_day_of_review_that_is_past(tmp_path: Path) -> None:
    assert said(tmp_path, vulnerability(), "not reachable", review_by="2026-11-01").counts
    late = said(tmp_path, vulnerability(), "not reachable", review_by="2026-10-31")
    assert late.problem == "it was to be reviewed by 2026-10-31"


def test_entries_of_a_folder_count_for_the_image_of_their_name(tmp_path: Path) -> None:
    entry = [{"vulnerability_id": "CVE-2026-1", "reason": "x"}]
    for name in ("global_allowlist.json", "vllm/framework_allowlist.json", "sk_learn/f.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(json.dumps(entry))
    lists = read_allowlists([str(tmp_path)])
    subjects = [vulnerability(subject=name) for name in ("reg.example/vllm:0.9", "reg.example/sk-learn:1", "oci:x:y")]
    found, unread = apply_allowlists(subjects, lists, TODAY)
    assert [len(one.statements) for one in found] == [2, 2, 1]
    assert not unread


def test_an_entry_that_nothing_has_any_more_and_one_that_is_none_are_told(tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    path.write_text(
        '[\n{"vulnerability_id": "CVE-1", "reason": "x"},\n7,\n{"vulnerability_id": "A", "review_by": "q"}]'
    )
    _, unread = apply_allowlists((vulnerability(),), read_allowlists([str(path)]), TODAY)
    told = sorted((one.line, one.reason) for one in unread)
    assert [line for line, _ in told] == [2, 3, 4, 4]
    assert "the entry can go" in told[0][1]
    assert "cannot be read" in told[1][1]


@pytest.mark.parametrize("text", ["{}", "[", '"x"', "[" * 5000, "\xff"])
def test_what_is_no_allowlist_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "list.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(AllowlistError, match=r"list\.json"):
        read_allowlists([str(path)])


def test_a_folder_without_any_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AllowlistError, match="no allowlist"):
        read_allowlists([str(tmp_path)])


@pytest.mark.skipif(not (CORPORA / "ecr_scan_allowlist").is_dir(), reason="the corpora are not beside this clone")
def test_all_that_aws_publishes_are_read() -> None:
    lists = read_allowlists([str(CORPORA / "ecr_scan_allowlist")])
    assert (len(lists.entries), lists.unread) == (348, ())
    assert all(entry.review_by and entry.reason for entry in lists.entries)
    # Each entry, put to a vulnerability that has a fix by now: what it says of headers or of no fix is decided.
    rated = [
        apply_allowlists(
            [changed(vulnerability(subject=f"reg.example/{entry.about}:1"), match=match(id=entry.id, aliases=()))],
            Allowlists((entry,), (), frozenset()),
            date(2026, 8, 1),
        )[0][0].statements[0]
        for entry in lists.entries
    ]
    assert sum(bool(one.problem) for one in rated) > 50


@given(st.text(max_size=80), st.sampled_from([FIXED, OPEN, match(fixed=(Fix("3"),))]))
def test_no_reason_both_fails_and_holds(reason: str, one: Any) -> None:
    lists = Allowlists((Entry("CVE-2026-1", reason, None, vulnerability().place),), (), frozenset())
    (found,), _ = apply_allowlists((vulnerability(match=one),), lists, TODAY)
    (statement,) = found.statements
    assert not (statement.problem and statement.checked)
