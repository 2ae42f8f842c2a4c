"""Whatever an assessment finds and a framework asks, the documents are valid and claim no more than is known."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ourhalf.compliance.formats.format import Held, all_formats
from ourhalf.compliance.framework import How
from ourhalf.compliance.oscal.system import dated
from ourhalf.compliance.results import Borne, Inherited, Outcome, RequirementResult
from ourhalf.model.evidence import Unread
from ourhalf.model.finding import AcceptedBy, EvidenceItem, Finding, Subject, WorkloadSummary
from ourhalf.model.profile import Severity
from ourhalf.model.responsibility import Party
from ourhalf.model.verdict import Status
from tests.compliance.oscal.samples import assessment, held
from tests.compliance.oscal.schemas import REFERENCE, SCHEMAS, errors, needs_reference
from tests.samples import HOSTILE, KEY, PRIVILEGED

SLOW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))

ODD = ["", " ", "\n", "\ufeff", "\x85", "\u2028", "-", "_", "é", "²", "1.1", "164.312(a)(1)", "a b", "ac-6", HOSTILE]
TEXT = st.one_of(st.sampled_from(ODD), st.text(st.characters(codec="utf-8"), max_size=12))
DAY = st.one_of(st.none(), st.dates(), st.just(date(9999, 12, 31)))
PARTIES = st.lists(st.sampled_from(list(Party)), max_size=3).map(tuple)
NAMES = st.lists(TEXT, max_size=2).map(tuple)

EXCEPTION = st.one_of(
    st.none(), st.builds(AcceptedBy, st.sampled_from(["exception", "baseline"]), TEXT, st.none() | TEXT, DAY)
)
CLOCK = st.one_of(st.none(), TEXT, st.fixed_dictionaries({"until": TEXT | DAY.map(str), "party": TEXT | st.none()}))
FINDING = st.builds(
    Finding,
    id=TEXT,
    control=st.sampled_from([PRIVILEGED.id, KEY.id]) | TEXT,
    title=TEXT,
    topic=st.just(PRIVILEGED.topic),
    severity=st.sampled_from(list(Severity)),
    party=st.sampled_from(list(Party)),
    action=st.none() | TEXT,
    status=st.sampled_from(list(Status)),
    reason=TEXT,
    remedy=TEXT,
    subject=st.builds(Subject, TEXT, TEXT, st.none() | TEXT, TEXT, st.integers(0, 9), st.none() | TEXT),
    evidence=st.lists(st.builds(EvidenceItem, TEXT, st.integers(0, 9), TEXT, TEXT), max_size=2).map(tuple),
    exception=EXCEPTION,
    details=st.none() | st.fixed_dictionaries({"clock": CLOCK}),
)
WORKLOAD = st.builds(
    WorkloadSummary, TEXT, TEXT, st.none() | TEXT, NAMES, TEXT, TEXT, NAMES, TEXT, st.integers(0, 9), NAMES
)
INHERITED = st.builds(
    Inherited, TEXT, NAMES, TEXT, TEXT, st.sampled_from(["in-scope", "not-in-scope", "unknown"]), DAY, st.none() | TEXT
)


@st.composite
def helds(draw: st.DrawFn) -> Held:
    """Any report over any findings; requirements have ids of their own, as the loader sees to."""
    found = draw(st.lists(FINDING, max_size=5, unique_by=lambda one: one.id))
    ids = st.sampled_from([one.id for one in found] or ["none"]) | TEXT
    borne = st.builds(
        Borne,
        TEXT,
        st.sampled_from(list(How)),
        TEXT,
        st.just(date(2026, 1, 1)),
        passed=st.integers(0, 2),
        findings=st.lists(ids, max_size=4).map(tuple),
    )
    result = st.builds(
        RequirementResult,
        TEXT,
        TEXT,
        st.sampled_from(list(Outcome)),
        TEXT,
        PARTIES,
        st.lists(borne, max_size=2).map(tuple),
        st.lists(INHERITED, max_size=2).map(tuple),
        TEXT,
        NAMES,
    )
    results = draw(st.lists(result, min_size=1, max_size=4, unique_by=lambda one: one.id))
    of = replace(
        assessment(),
        findings=tuple(found),
        targets=draw(NAMES),
        workloads=draw(st.lists(WORKLOAD, max_size=2).map(tuple)),
        unread=draw(st.lists(st.builds(Unread, TEXT, st.integers(0, 3), TEXT, TEXT), max_size=1).map(tuple)),
    )
    named = {"title": draw(TEXT), "version": draw(TEXT), "notes": draw(NAMES), "targets": of.targets}
    framework = draw(st.sampled_from(["nist-800-53-r5", "fedramp-r5", "own"]))
    baseline = draw(st.sampled_from([None, "MODERATE"]))
    return held(of, tuple(results), framework=framework, baseline=baseline, **named)


def _uuids(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["uuid"]] if "uuid" in value else []
        return own + [uuid for inner in value.values() for uuid in _uuids(inner)]
    return [uuid for inner in value for uuid in _uuids(inner)] if isinstance(value, list) else []


@needs_reference
@pytest.mark.parametrize("name", sorted(SCHEMAS))
@SLOW
@given(told=helds())
def test_valid_for_any_report(name: str, told: Held) -> None:
    text = all_formats()[name].render(told)
    assert not errors(name, text)


@pytest.mark.parametrize("name", sorted(SCHEMAS))
@SLOW
@given(told=helds())
def test_uuids_name_one_thing_and_stay(name: str, told: Held) -> None:
    render = all_formats()[name].render
    text = render(told)
    assert text == render(told)
    found = _uuids(json.loads(text))
    assert len(found) == len(set(found))


@SLOW
@given(told=helds())
def test_nothing_is_satisfied_that_is_not_known(told: Held) -> None:
    made = json.loads(all_formats()["oscal-ar"].render(told))["assessment-results"]["results"][0]
    by_label = {one.id: one for one in told.report.results if one.outcome is not Outcome.NOT_APPLICABLE}
    for finding, result in zip(made.get("findings", []), by_label.values(), strict=True):
        if finding["target"]["status"]["state"] == "satisfied":
            assert result.outcome in (Outcome.MET, Outcome.INHERITED)
            if result.outcome is Outcome.INHERITED:
                assert any(map(dated, result.inherited))
                assert all(
                    any(dated(one) and one.layer == i.layer for one in result.inherited) for i in result.inherited
                )
        else:
            assert finding["target"]["status"]["remarks"]


@SLOW
@given(told=helds())
def test_the_plan_implements_no_more_than_the_results_satisfy(told: Held) -> None:
    ssp = json.loads(all_formats()["oscal-ssp"].render(told))["system-security-plan"]
    for one, result in zip(ssp["control-implementation"]["implemented-requirements"], told.report.results, strict=True):
        words = {part["implementation-status"]["state"] for part in one["by-components"]}
        if result.outcome not in (Outcome.MET, Outcome.INHERITED):
            assert "implemented" not in words
        assert words <= {"implemented", "partial", "not-implemented", "unknown", "not-applicable"}


@SLOW
@given(told=helds())
def test_every_open_failure_has_its_item(told: Held) -> None:
    made = json.loads(all_formats()["oscal-poam"].render(told))["plan-of-action-and-milestones"]
    bearing = {id_ for result in told.report.results for borne in result.controls for id_ in borne.findings}
    failing = [one for one in told.assessment.findings if one.status is Status.FAIL and one.id in bearing]
    wanted = sum(one.exception is None for one in failing)
    assert len(made["poam-items"]) == max(1, wanted)
    assert len(made.get("risks", [])) == len(failing)


def test_generated_reports_reach_what_they_should() -> None:
    """The strategy is worth its time: it makes every outcome, and reports with satisfied and open requirements."""
    seen: set[Any] = set()

    @settings(max_examples=120, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(told=helds())
    def look(told: Held) -> None:
        for result in told.report.results:
            seen.add(result.outcome)
            seen.update("dated" for one in result.inherited if dated(one))
            ids = {one.id for one in told.assessment.findings if one.counts}
            seen.update("open" for borne in result.controls if ids & set(borne.findings))
            seen.update("odd id" for _ in [0] if not re.fullmatch(r"[a-z]+-\d+(\.\d+)?", result.id))

    look()
    assert seen >= {*Outcome, "dated", "open", "odd id"}


def test_where_the_schemas_are() -> None:
    if not REFERENCE.is_dir():
        pytest.skip("the reference data is not beside this clone")
    assert all((REFERENCE / "schemas" / f"oscal_{name}_schema.json").is_file() for name in SCHEMAS.values())
