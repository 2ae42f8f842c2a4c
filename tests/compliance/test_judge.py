"""A framework held against an assessment: outcomes, whose they are, and what the report counts."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ourhalf.compliance.framework import How, Requirement
from ourhalf.compliance.judge import report
from ourhalf.compliance.programs import Programs, Scope
from ourhalf.compliance.results import Outcome
from ourhalf.model.evidence import Unread
from ourhalf.model.finding import ChangesSummary, Finding
from ourhalf.model.responsibility import Party
from ourhalf.model.verdict import Status
from ourhalf.profile.document import Profile
from ourhalf.run import Request, run
from tests.compliance.made import (
    NOBODY_KNOWS,
    ONE,
    TWO,
    assessment,
    finding,
    framework,
    judged,
    mapping,
    programs,
    row,
)

PASS, FAIL, UNKNOWN, NONE = Status.PASS, Status.FAIL, Status.UNKNOWN, Status.NOT_APPLICABLE
BOTH = Requirement("a", "about", (mapping(ONE, TWO),))
SINGLE = Requirement("a", "about", (mapping(ONE),))
LAYER = Requirement("a", "about", layers=("facilities",))


@pytest.mark.parametrize(
    ("findings", "outcome", "why"),
    [
        ((finding(ONE), finding(TWO)), Outcome.MET, "2 verdicts hold and decide it"),
        ((finding(ONE), finding(TWO, FAIL)), Outcome.NOT_MET, f"1 verdict fails: {TWO}"),
        (
            (finding(ONE), finding(TWO, FAIL, accepted=True)),
            Outcome.ACCEPTED,
            f"1 verdict fails and is accepted: {TWO}",
        ),
        ((finding(ONE), finding(TWO, UNKNOWN)), Outcome.UNKNOWN, f"1 verdict is unknown: {TWO}"),
        ((finding(ONE),), Outcome.PARTLY, "1 verdict holds; 1 of 2 controls found nothing here to judge"),
        ((), Outcome.UNKNOWN, "none of the 2 controls that bear on it found anything here to judge"),
        (
            (finding(ONE, NONE), finding(TWO, NONE)),
            Outcome.NOT_APPLICABLE,
            "nothing here is subject to it, 2 verdicts say",
        ),
        ((finding("pod-network-policy", FAIL),), Outcome.UNKNOWN, "none of the 2 controls"),
    ],
)
def test_outcomes_follow_from_findings(findings: tuple[Finding, ...], outcome: Outcome, why: str) -> None:
    result = judged(BOTH, *findings)
    assert result.outcome is outcome
    assert result.why.startswith(why)


def test_a_control_of_which_one_verdict_passes_and_one_fails_does_not_hold() -> None:
    result = judged(SINGLE, finding(number=1), finding(status=FAIL, number=2))
    assert result.outcome is Outcome.NOT_MET
    assert (result.controls[0].passed, result.controls[0].failed) == (1, 1)
    assert len(result.controls[0].findings) == 2


@pytest.mark.parametrize(
    ("requirement", "why"),
    [
        (Requirement("a", "about", (mapping(ONE, how=How.SUPPORTS),)), "what holds supports it"),
        (Requirement("a", "about", (mapping(ONE, how=How.EVIDENCE),)), "what holds supports it"),
        (Requirement("a", "about", (mapping(ONE),), attach="the plan"), "a part must be attached"),
    ],
)
def test_what_holds_may_not_suffice(requirement: Requirement, why: str) -> None:
    result = judged(requirement, finding())
    assert result.outcome is Outcome.PARTLY
    assert why in result.why


def test_only_controls_that_pass_hold_it() -> None:
    weak = Requirement("a", "about", (mapping(ONE), mapping(TWO, how=How.SUPPORTS)))
    assert judged(weak, finding(ONE, NONE), finding(TWO)).outcome is Outcome.PARTLY
    assert judged(weak, finding(ONE), finding(TWO, NONE)).outcome is Outcome.MET


def test_what_only_a_person_can_show_is_ours_unless_a_layer_says_otherwise() -> None:
    result = judged(Requirement("a", "about", attach="the plan"))
    assert (result.outcome, result.parties, result.attach) == (Outcome.MANUAL, (Party.CUSTOMER,), "the plan")
    result = judged(Requirement("a", "about", attach="the plan", layers=("identity",)), row("identity", Party.SHARED))
    assert (result.outcome, result.parties) == (Outcome.MANUAL, (Party.SHARED,))


def test_what_the_profile_disables_is_no_good_news() -> None:
    off = finding(ONE, NONE, reason="the profile disables it: too loud")
    assert judged(SINGLE, off).outcome is Outcome.UNKNOWN
    assert judged(BOTH, off, finding(TWO)).outcome is Outcome.UNKNOWN
    assert "the profile disables 1 verdict" in judged(SINGLE, off).why


def test_a_disabled_control_is_known_by_the_words_of_the_engine(tmp_path: Path) -> None:
    pod = "spec: {containers: [{name: a, image: b, securityContext: {privileged: true}}]}"
    (tmp_path / "pod.yaml").write_text(f"apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\n{pod}\n")
    profile = Profile(disabled={ONE: "too loud"})
    whole = run(Request((str(tmp_path),), date(2026, 11, 27), profile), use_cache=False)
    (result,) = report(whole, framework(SINGLE), {}, NOBODY_KNOWS).results
    assert result.outcome is Outcome.UNKNOWN
    assert "the profile disables 1 verdict" in result.why


def test_the_provider_alone_is_inherited_only_by_a_dated_source() -> None:
    assert judged(LAYER, row("facilities")).outcome is Outcome.UNKNOWN
    result = judged(LAYER, row("facilities"), known=programs())
    assert result.outcome is Outcome.INHERITED
    assert result.parties == (Party.PROVIDER,)
    assert [(one.program, one.status, one.as_of) for one in result.inherited] == [("soc", "in-scope", date(2026, 9, 1))]
    assert "in the scope of soc" in result.why


@pytest.mark.parametrize(
    ("known", "why"),
    [
        (programs(Scope.OUT), "a program does not cover it"),
        (programs(Scope.UNKNOWN), "no dated source"),
        (programs(service="eks"), "no dated source"),
        (programs(program="pci-dss"), "no dated source"),
        (programs(where="aws-us-gov"), "no dated source"),
    ],
)
def test_other_entries_cover_nothing(known: Programs, why: str) -> None:
    result = judged(LAYER, row("facilities"), known=known)
    assert result.outcome is Outcome.UNKNOWN
    assert why in result.why


def test_a_framework_that_no_audit_bears_on_is_told() -> None:
    result = judged(LAYER, row("facilities"), known=programs(), id_="cis-docker")
    assert result.outcome is Outcome.UNKNOWN
    assert result.why == "the provider answers for a part, and no audit of it bears on this framework: ecs"


def test_a_source_that_is_younger_than_the_assessment_covers_nothing() -> None:
    before = assessment(row("facilities"), as_of=date(2026, 8, 31))
    assert report(before, framework(LAYER), {}, programs()).results[0].outcome is Outcome.UNKNOWN
    then = assessment(row("facilities"), as_of=date(2026, 9, 1))
    assert report(then, framework(LAYER), {}, programs()).results[0].outcome is Outcome.INHERITED


def test_every_workload_must_be_covered() -> None:
    whole = assessment(row("facilities", Party.PROVIDER, "train", "serve"))
    elsewhere = replace(whole.workloads[1], service="sagemaker", platforms=("sagemaker-endpoint",))
    mixed = replace(whole, workloads=(whole.workloads[0], elsewhere))
    assert report(whole, framework(LAYER), {}, programs()).results[0].outcome is Outcome.INHERITED
    assert report(mixed, framework(LAYER), {}, programs()).results[0].outcome is Outcome.UNKNOWN


def test_a_workload_of_which_the_assessment_tells_nothing_is_not_covered() -> None:
    whole = assessment(row("facilities", Party.PROVIDER, "train", "ghost"))
    lost = replace(whole, workloads=whole.workloads[:1])
    assert report(lost, framework(LAYER), {}, programs()).results[0].outcome is Outcome.UNKNOWN


def test_all_programs_that_bear_on_a_framework_must_cover_it_unless_the_baseline_names_one() -> None:
    requirement = Requirement("a", "about", layers=("facilities",), baselines=("HIGH", "LOW"))
    facts: dict[str, Any] = {"id_": "fedramp-r5", "baselines": {"HIGH": "High", "LOW": "Low"}}
    high = programs(program="fedramp-high")
    assert judged(requirement, row("facilities"), known=high, **facts).outcome is Outcome.UNKNOWN
    assert judged(requirement, row("facilities"), known=high, baseline="LOW", **facts).outcome is Outcome.UNKNOWN
    assert judged(requirement, row("facilities"), known=high, baseline="HIGH", **facts).outcome is Outcome.INHERITED
    moderate = programs(program="fedramp-moderate")
    assert judged(requirement, row("facilities"), known=moderate, baseline="HIGH", **facts).outcome is Outcome.UNKNOWN


def test_a_control_on_what_the_provider_holds_brings_its_layer() -> None:
    held = finding(ONE, NONE, Party.PROVIDER)
    answer = row("workload-settings")
    assert judged(SINGLE, held, answer).outcome is Outcome.UNKNOWN
    result = judged(SINGLE, held, answer, known=programs())
    assert result.outcome is Outcome.INHERITED
    assert [one.layer for one in result.inherited] == ["workload-settings"]
    assert judged(SINGLE, held, answer, finding(number=1), known=programs()).outcome is Outcome.MET
    assert judged(SINGLE, held, finding(number=1), known=programs()).outcome is Outcome.UNKNOWN


def test_what_is_inherited_does_not_stand_for_our_part() -> None:
    shared = Requirement("a", "about", layers=("facilities", "backup"))
    ours = row("backup", Party.CUSTOMER)
    assert judged(shared, row("facilities"), ours, known=programs()).outcome is Outcome.PARTLY
    attach = Requirement("a", "about", layers=("facilities",), attach="your own offices")
    assert judged(attach, row("facilities"), known=programs()).outcome is Outcome.PARTLY


def test_a_control_is_not_missed_where_the_provider_answers_everywhere() -> None:
    requirement = Requirement("a", "about", (mapping(ONE),), layers=("workload-settings",))
    assert judged(requirement, row("workload-settings"), known=programs()).outcome is Outcome.INHERITED
    some = (row("workload-settings"), row("workload-settings", Party.CUSTOMER, "other"))
    assert judged(requirement, *some, known=programs()).outcome is Outcome.UNKNOWN


def test_actions_and_parties_come_from_findings_and_layers_once() -> None:
    requirement = Requirement("a", "about", (mapping(ONE),), layers=("node-image",))
    result = judged(
        requirement,
        finding(action="rebuild", party=Party.PUBLISHER),
        finding(status=FAIL, action="rebuild", party=Party.CUSTOMER),
        row("node-image", Party.SHARED, action="roll the nodes"),
    )
    assert result.actions == ("rebuild", "roll the nodes")
    assert result.parties == (Party.PUBLISHER, Party.CUSTOMER, Party.SHARED)


def test_whose_it_is_where_nothing_was_found_is_told_by_the_layers_of_the_controls() -> None:
    result = judged(SINGLE, row("workload-settings", Party.CUSTOMER))
    assert (result.outcome, result.parties) == (Outcome.UNKNOWN, (Party.CUSTOMER,))
    assert judged(SINGLE).parties == (Party.UNKNOWN,)
    assert result.actions == ()


def test_the_report_counts_and_says_its_limits() -> None:
    house = framework(
        SINGLE,
        Requirement("b", "about", attach="the plan"),
        Requirement("c", "about", (mapping(TWO),), baselines=("low",)),
        Requirement("d", "about", (mapping(TWO),), retired=date(2026, 1, 1)),
        baselines={"low": "Low"},
        notes=("a note",),
    )
    whole = assessment(
        finding(),
        unread=(Unread("a.tf", 1, "terraform", "no"),),
        changes=ChangesSummary("main", 2, 7),
    )
    made = report(whole, house, {}, NOBODY_KNOWS)
    assert [one.id for one in made.results] == ["a", "b", "c"]
    assert (made.size, made.covered) == (20, 2)
    assert {name: count for name, count in made.counts.items() if count} == {"met": 1, "unknown": 1, "manual": 1}
    assert list(made.counts) == list(Outcome)
    assert made.notes[0] == "a note"
    assert "1 file could not be read" in made.notes[1]
    assert "7 verdicts are left out" in made.notes[2]
    assert len(made.notes) == 3
    low = report(whole, house, {}, NOBODY_KNOWS, "low")
    assert (low.baseline, low.size, low.covered, [one.id for one in low.results]) == ("low", 1, 1, ["c"])
    assert "nothing was judged" in report(assessment(), house, {}, NOBODY_KNOWS).notes[-1]
    with pytest.raises(ValueError, match="has no baseline mid"):
        report(whole, house, {}, NOBODY_KNOWS, "mid")


VERDICTS = st.builds(
    finding,
    control=st.sampled_from([ONE, TWO]),
    status=st.sampled_from(list(Status)),
    party=st.sampled_from([Party.CUSTOMER, Party.SHARED, Party.PUBLISHER, Party.UNKNOWN]),
    accepted=st.booleans(),
    number=st.integers(0, 99),
)


@settings(deadline=None)
@given(st.lists(VERDICTS, max_size=6), st.sampled_from(list(How)), st.booleans(), st.randoms())
def test_order_changes_nothing_and_one_unknown_is_never_met(
    findings: list[Finding], how: How, attach: bool, chance: Random
) -> None:
    requirement = Requirement("a", "about", (mapping(ONE, TWO, how=how),), attach="x" if attach else "")
    said = judged(requirement, *findings).outcome
    mixed = list(findings)
    chance.shuffle(mixed)
    assert judged(requirement, *mixed).outcome is said
    if any(f.status is FAIL and f.exception is None for f in findings):
        assert said is Outcome.NOT_MET
    elif any(f.status is UNKNOWN for f in findings):
        assert said is Outcome.UNKNOWN
    if said is Outcome.MET:
        assert how is How.IMPLEMENTS
        assert not attach
        assert {f.control for f in findings if f.status is not UNKNOWN} == {ONE, TWO}
    more = judged(requirement, *findings, finding(ONE, UNKNOWN, number=100)).outcome
    assert more in (Outcome.UNKNOWN, Outcome.NOT_MET)
