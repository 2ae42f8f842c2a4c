"""What each outcome becomes in OSCAL: unknown is never satisfied, and nothing is inherited without a dated source."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from ourhalf.compliance.formats.format import all_formats
from ourhalf.compliance.oscal.results import status
from ourhalf.compliance.oscal.system import of_component, overall
from ourhalf.compliance.results import Inherited, Outcome, RequirementResult
from ourhalf.model.finding import AcceptedBy, EvidenceItem
from ourhalf.model.responsibility import Party
from ourhalf.model.verdict import Status
from tests.compliance.oscal.samples import COVERED, OPEN, assessment, bears, held
from tests.samples import PRIVILEGED, finding

OUTSIDE = replace(COVERED, status="not-in-scope")


def result(outcome: Outcome, *inherited: Inherited, why: str = "so it is") -> RequirementResult:
    borne = replace(bears(PRIVILEGED.id, assessment()), passed=1)
    return RequirementResult("ac-6", "about", outcome, why, (Party.CUSTOMER,), (borne,), inherited)


def body(name: str, *found: RequirementResult, **changed: Any) -> dict[str, Any]:
    text = all_formats()[name].render(held(found=found or None, **changed))
    (made,) = json.loads(text).values()
    assert isinstance(made, dict)
    return made


@pytest.mark.parametrize(
    ("outcome", "inherited", "state", "reason", "implementation"),
    [
        (Outcome.MET, (), "satisfied", "pass", "implemented"),
        (Outcome.INHERITED, (COVERED,), "satisfied", "other", "implemented"),
        (Outcome.INHERITED, (), "not-satisfied", "other", "unknown"),
        (Outcome.INHERITED, (OPEN,), "not-satisfied", "other", "unknown"),
        (Outcome.INHERITED, (COVERED, OPEN), "not-satisfied", "other", "unknown"),
        (Outcome.INHERITED, (OUTSIDE,), "not-satisfied", "other", "unknown"),
        (Outcome.INHERITED, (replace(COVERED, as_of=None),), "not-satisfied", "other", "unknown"),
        (Outcome.INHERITED, (replace(COVERED, source=None),), "not-satisfied", "other", "unknown"),
        (Outcome.INHERITED, (replace(COVERED, source=""),), "not-satisfied", "other", "unknown"),
        (Outcome.INHERITED, (COVERED, replace(OPEN, layer="facilities")), "satisfied", "other", "implemented"),
        (
            Outcome.INHERITED,
            (COVERED, replace(OPEN, layer="facilities", workloads=("other",))),
            "not-satisfied",
            "other",
            "unknown",
        ),
        (Outcome.UNKNOWN, (), "not-satisfied", "other", "unknown"),
        (Outcome.UNKNOWN, (COVERED,), "not-satisfied", "other", "unknown"),
        (Outcome.PARTLY, (), "not-satisfied", "other", "partial"),
        (Outcome.MANUAL, (), "not-satisfied", "other", "unknown"),
        (Outcome.NOT_MET, (), "not-satisfied", "fail", "partial"),
        (Outcome.ACCEPTED, (), "not-satisfied", "fail", "partial"),
        (Outcome.NOT_APPLICABLE, (), "not-satisfied", "other", "not-applicable"),
    ],
)
def test_outcomes(
    outcome: Outcome, inherited: tuple[Inherited, ...], state: str, reason: str, implementation: str
) -> None:
    told = result(outcome, *inherited)
    assert (status(told)["state"], status(told)["reason"]) == (state, reason)
    assert overall(told).word == implementation
    if state == "not-satisfied":
        assert "so it is" in status(told)["remarks"]


def test_every_outcome_is_in_the_table() -> None:
    marks = [mark for mark in test_outcomes.pytestmark if mark.name == "parametrize"]  # type: ignore[attr-defined]
    assert {case[0] for case in marks[0].args[1]} == set(Outcome)


@pytest.mark.parametrize("outcome", [Outcome.NOT_MET, Outcome.ACCEPTED])
def test_what_only_fails_is_not_implemented(outcome: Outcome) -> None:
    told = replace(result(outcome), controls=())
    assert overall(told).word == "not-implemented"


ACCEPTED = finding(3, exception=AcceptedBy("exception", "why", "me", date(2027, 1, 1)))


@pytest.mark.parametrize(
    ("outcome", "statuses", "inherited", "word"),
    [
        (Outcome.MET, (Status.PASS,), (), "implemented"),
        (Outcome.PARTLY, (Status.PASS,), (), "partial"),
        (Outcome.NOT_MET, (Status.PASS,), (), "partial"),
        (Outcome.MET, (Status.PASS, Status.UNKNOWN), (), "unknown"),
        (Outcome.MET, (Status.PASS, Status.FAIL), (), "partial"),
        (Outcome.MET, (Status.FAIL, Status.UNKNOWN), (), "not-implemented"),
        (Outcome.INHERITED, (), (COVERED,), "implemented"),
        (Outcome.INHERITED, (), (OPEN,), "unknown"),
        (Outcome.UNKNOWN, (), (COVERED,), "partial"),
        (Outcome.MET, (Status.PASS,), (OPEN,), "unknown"),
    ],
)
def test_components(
    outcome: Outcome, statuses: tuple[Status, ...], inherited: tuple[Inherited, ...], word: str
) -> None:
    found = [finding(number, status=one) for number, one in enumerate(statuses)]
    assert of_component(result(outcome, *inherited), found, list(inherited)).word == word


def test_an_accepted_failure_is_still_a_failure() -> None:
    state = of_component(result(Outcome.ACCEPTED), [ACCEPTED], [])
    assert state.word == "not-implemented"
    assert "1 accepted" in state.why


def test_every_requirement_is_told_once() -> None:
    results = body("oscal-ar")["results"][0]
    (chosen,) = results["reviewed-controls"]["control-selections"]
    excluded = [one["control-id"] for one in chosen["exclude-controls"]]
    included = [one["control-id"] for one in chosen["include-controls"]]
    told = [one["target"]["target-id"].removesuffix("_smt") for one in results["findings"]]
    assert told == included
    assert sorted(told + excluded) == sorted(one.id for one in held().report.results)
    assert excluded == ["pe-20"]


def test_observations_lead_back_to_the_line_and_field() -> None:
    observed = {one["props"][0]["value"]: one for one in body("oscal-ar")["results"][0]["observations"]}
    one = observed[f"{10:020x}"]
    assert one["relevant-evidence"] == [
        {
            "href": "k8s/job%2010.yaml#L10",
            "description": "securityContext.privileged: true\n\nk8s/job 10.yaml:10",
            "props": [{"name": "field", "ns": "urn:ourhalf:oscal", "value": "securityContext.privileged"}],
        }
    ]
    assert one["collected"] == "2026-11-01T00:00:00+00:00"
    unknown = observed[f"{32:020x}"]
    assert "does not decide it" in unknown["remarks"]
    assert f"{34:020x}" not in observed, "what does not apply was not observed"


@pytest.mark.parametrize(
    ("path", "line", "href"),
    [
        ("a b.tf", 3, "a%20b.tf#L3"),
        ("javascript:alert(1)", 1, "javascript%3Aalert%281%29#L1"),
        ("//evil.example/x", 2, ".//evil.example/x#L2"),
        ("x#y?z", 0, "x%23y%3Fz"),
        ("", 1, None),
    ],
)
def test_links_stay_in_the_target(path: str, line: int, href: str | None) -> None:
    made = assessment()
    told = replace(finding(98), evidence=(EvidenceItem(path, line, "f", "v"),))
    changed = replace(made, findings=(*made.findings, told))
    results = body("oscal-ar", replace(result(Outcome.NOT_MET), controls=(bears(PRIVILEGED.id, changed),)), of=changed)
    (found,) = (o for o in results["results"][0]["observations"] if o["props"][0]["value"] == f"{98:020x}")
    assert found["relevant-evidence"][0].get("href") == href


def test_a_verdict_without_evidence_names_the_place_of_its_subject() -> None:
    made = assessment()
    told = replace(finding(98), evidence=())
    changed = replace(made, findings=(*made.findings, told))
    results = body("oscal-ar", replace(result(Outcome.NOT_MET), controls=(bears(PRIVILEGED.id, changed),)), of=changed)
    (found,) = (o for o in results["results"][0]["observations"] if o["props"][0]["value"] == f"{98:020x}")
    assert found["relevant-evidence"] == [
        {"href": "k8s/train.yaml#L97", "description": "judged as a whole\n\nk8s/train.yaml:97"}
    ]


def test_inheritance_is_one_chain() -> None:
    plan = body("oscal-ssp")
    found = {
        one["control-id"]: one["by-components"] for one in plan["control-implementation"]["implemented-requirements"]
    }
    whole, service = found["pe-13"]
    (provided,), (left,) = service["export"]["provided"], service["export"]["responsibilities"]
    assert whole["inherited"][0]["provided-uuid"] == provided["uuid"]
    assert whole["satisfied"][0]["responsibility-uuid"] == left["uuid"]
    assert provided["links"] == [{"href": "https://aws.example/scope", "rel": "reference"}]
    (leveraged,) = plan["system-implementation"]["leveraged-authorizations"]
    services = [one for one in plan["system-implementation"]["components"] if one["type"] == "service"]
    assert services[0]["props"][0] == {"name": "leveraged-authorization-uuid", "value": leveraged["uuid"]}
    assert leveraged["date-authorized"] == "2026-09-01"


def test_without_a_dated_source_nothing_is_inherited() -> None:
    plan = body("oscal-ssp", result(Outcome.UNKNOWN, OPEN))
    assert "leveraged-authorizations" not in plan["system-implementation"]
    (only,) = plan["control-implementation"]["implemented-requirements"]
    assert not [one for one in only["by-components"] if "inherited" in one or "satisfied" in one or "export" in one]
    told = [one.get("remarks", "") for one in only["by-components"]]
    assert any("no dated source" in one for one in told)


def test_what_is_open_satisfies_no_action() -> None:
    plan = body("oscal-ssp")
    found = {
        one["control-id"]: one["by-components"] for one in plan["control-implementation"]["implemented-requirements"]
    }
    assert "satisfied" not in found["si-2"][0]
    assert "satisfied" not in found["si-2.2"][0]


def test_a_service_without_a_name_loses_nothing() -> None:
    plan = body("oscal-ssp", result(Outcome.INHERITED, replace(COVERED, service="")))
    (only,) = plan["control-implementation"]["implemented-requirements"]
    assert (
        only["by-components"][0]["inherited"][0]["provided-uuid"]
        == (only["by-components"][0]["export"]["provided"][0]["uuid"])
    )


def test_workloads_of_one_name_are_told_apart_by_their_file() -> None:
    made = assessment()
    twin = replace(next(w for w in made.workloads if w.name == "serve"), path="other/serve.yaml")
    moved = replace(finding(97, status=Status.PASS, name="serve", path="other/serve.yaml", workload="serve"))
    changed = replace(made, workloads=(*made.workloads, twin), findings=(*made.findings, moved))
    results = body("oscal-ar", replace(result(Outcome.MET), controls=(bears(PRIVILEGED.id, changed),)), of=changed)
    found = {o["props"][0]["value"]: o["subjects"][0]["subject-uuid"] for o in results["results"][0]["observations"]}
    assert found[f"{97:020x}"] != found[f"{33:020x}"]


def test_parties_answer_in_the_component_definition() -> None:
    made = body("oscal-component")
    service = next(one for one in made["components"] if one["type"] == "service")
    found = {
        one["control-id"]: [role["role-id"] for role in one["responsible-roles"]]
        for one in service["control-implementations"][0]["implemented-requirements"]
    }
    assert found["pe-3"] == ["provider"]
    assert found["sc-28"] == ["customer"]
    assert {one["type"] for one in made["components"]} == {"service", "software"}


def test_each_service_brings_its_own_programs() -> None:
    older = replace(COVERED, layer="hypervisor", as_of=date(2026, 5, 4))
    other = replace(COVERED, service="ecs", program="hipaa", as_of=date(2026, 7, 1))
    plan = body("oscal-ssp", result(Outcome.INHERITED, COVERED, older, other))["system-implementation"]
    titles = {one["uuid"]: one["title"] for one in plan["leveraged-authorizations"]}
    assert {one["title"]: one["date-authorized"] for one in plan["leveraged-authorizations"]} == {
        "AWS under fedramp-high": "2026-05-04",
        "AWS under hipaa": "2026-07-01",
    }
    brought = {
        one["title"]: [titles[prop["value"]] for prop in one["props"] if prop["name"] == "leveraged-authorization-uuid"]
        for one in plan["components"]
        if one["type"] == "service"
    }
    assert brought == {"ecs": ["AWS under hipaa"], "eks": ["AWS under fedramp-high"]}
