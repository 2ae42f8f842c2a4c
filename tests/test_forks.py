"""A forked child's work is the same work, and its failure is noticed."""

from __future__ import annotations

import os
from datetime import date

import pytest

from ourhalf import assess as engine
from ourhalf.forks import beside, can_fork
from tests.support import kubernetes

pytestmark = pytest.mark.skipif(not can_fork(), reason="no second core, or no safe fork here")


def test_both_halves_are_done() -> None:
    here = os.getpid()
    theirs, ours = beside(lambda: str(os.getpid()).encode(), os.getpid)
    assert ours == here
    assert theirs is not None
    assert int(theirs) != here


def test_much_is_passed_on() -> None:
    assert beside(lambda: b"x" * 10_000_000, lambda: 1) == (b"x" * 10_000_000, 1)


def test_a_child_that_fails_gives_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    def fails() -> bytes:
        raise ValueError("broken")

    assert beside(fails, lambda: 1) == (None, 1)
    capfd.readouterr()


def test_findings_are_the_same_with_and_without(monkeypatch: pytest.MonkeyPatch) -> None:
    from ourhalf.model.evidence import Evidence

    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: a, image: x}]}\n"
    evidence = Evidence(kubernetes(pod))
    alone = engine.assess(evidence, (), date(2026, 1, 1))
    monkeypatch.setattr(engine, "_FORK_FROM", 0)
    assert engine.assess(evidence, (), date(2026, 1, 1)) == alone
