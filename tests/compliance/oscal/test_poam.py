"""The plan of action: every open failure with its owner and day, accepted ones as deviations."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from ourhalf.compliance.formats.format import all_formats
from ourhalf.compliance.oscal.evidence import due, owner, risk, status
from ourhalf.compliance.oscal.system import System
from ourhalf.compliance.results import Outcome
from ourhalf.model.finding import AcceptedBy
from tests.compliance.oscal.samples import assessment, held, results
from tests.samples import finding

EXCEPTION = AcceptedBy("exception", "why", "team@example.com", date(2027, 1, 1), "EX-1")


def poam(**changed: Any) -> dict[str, Any]:
    made = json.loads(all_formats()["oscal-poam"].render(held(**changed)))["plan-of-action-and-milestones"]
    assert isinstance(made, dict)
    return made


def values(one: dict[str, Any], name: str) -> list[str]:
    return [prop["value"] for prop in one["props"] if prop["name"] == name]


def test_one_item_for_each_open_failure_that_bears_on_the_framework() -> None:
    of = assessment()
    bearing = {id_ for result in results(of) for borne in result.controls for id_ in borne.findings}
    wanted = sorted(one.id for one in of.findings if one.counts and one.id in bearing)
    made = poam()
    assert sorted(values(one, "finding")[0] for one in made["poam-items"]) == wanted
    assert all(values(one, "owner") for one in made["poam-items"])
    risks = {one["uuid"]: one for one in made["risks"]}
    for item in made["poam-items"]:
        (related,) = item["related-risks"]
        assert risks[related["risk-uuid"]]["status"] == "open"


def test_an_item_names_every_requirement_that_it_keeps_open() -> None:
    shared = results(assessment())
    twice = (*shared, replace(shared[1], id="cm-7"))
    made = poam(found=twice)
    assert values(made["poam-items"][0], "requirement") == ["ac-6", "cm-7"]


def test_accepted_failures_are_deviations_and_no_items() -> None:
    made = poam()
    found = {values(one, "finding")[0]: one for one in made["risks"]}
    approved, requested = found[f"{35:020x}"], found[f"{36:020x}"]
    assert approved["status"] == "deviation-approved"
    assert approved["deadline"] == "2027-01-01T00:00:00+00:00"
    assert values(approved, "owner") == ["platform@example.com"]
    assert "needs the devices" in approved["mitigating-factors"][0]["description"]
    assert requested["status"] == "deviation-requested", "nobody's name stands for it"
    assert "deadline" not in requested
    items = {values(one, "finding")[0] for one in made["poam-items"]}
    assert not items & {f"{35:020x}", f"{36:020x}"}


@pytest.mark.parametrize(
    ("details", "exception", "until", "told"),
    [
        (None, None, None, "No due date"),
        (None, EXCEPTION, date(2027, 1, 1), "exception"),
        ({"clock": {"until": "2026-12-24"}}, None, date(2026, 12, 24), "clock"),
        ({"clock": {"until": "2026-12-24"}}, EXCEPTION, date(2026, 12, 24), "clock"),
        ({"clock": {"until": date(2026, 12, 24)}}, None, date(2026, 12, 24), "clock"),
        ({"clock": {"until": datetime(2026, 12, 24, 5, tzinfo=UTC)}}, None, date(2026, 12, 24), "clock"),
        ({"clock": {"until": "2026-12-24T05:00:00Z"}}, None, date(2026, 12, 24), "clock"),
        ({"clock": {"until": "soon"}}, None, None, "No due date"),
        ({"clock": {"until": "soon"}}, EXCEPTION, date(2027, 1, 1), "exception"),
        ({"clock": {"until": 20261224}}, None, None, "No due date"),
        ({"clock": None}, None, None, "No due date"),
        ({"clock": ["2026-12-24"]}, None, None, "No due date"),
        ({"kind": "model"}, AcceptedBy("baseline", "in the baseline"), None, "No due date"),
    ],
)
def test_due(details: dict[str, Any] | None, exception: AcceptedBy | None, until: date | None, told: str) -> None:
    one = replace(finding(1), details=details, exception=exception)
    assert due(one)[0] == until
    assert told in due(one)[1]


@pytest.mark.parametrize(
    ("details", "exception", "who"),
    [
        (None, None, "customer"),
        ({"clock": {"party": "publisher"}}, None, "publisher"),
        ({"clock": {"party": "publisher"}}, EXCEPTION, "team@example.com"),
        ({"clock": {"party": 7}}, None, "customer"),
        ({"clock": {"party": " "}}, None, "customer"),
    ],
)
def test_owner(details: dict[str, Any] | None, exception: AcceptedBy | None, who: str) -> None:
    assert owner(replace(finding(1), details=details, exception=exception)) == who


def test_only_a_named_owner_approves() -> None:
    assert status(finding(1)) == "open"
    assert status(finding(1, exception=EXCEPTION)) == "deviation-approved"
    assert status(finding(1, exception=AcceptedBy("baseline", "in it"))) == "deviation-requested"


@pytest.mark.parametrize(("expires", "written"), [(date(9999, 12, 31), False), (date(2999, 12, 31), True)])
def test_a_day_that_oscal_cannot_write_is_told_in_words(expires: date, written: bool) -> None:
    one = risk(System(held()), finding(1, exception=replace(EXCEPTION, expires=expires)))
    assert ("deadline" in one) is written
    assert values(one, "due") == [expires.isoformat()]
    assert str(expires) in one["description"]


def test_nothing_open_is_said_as_such() -> None:
    met = tuple(one for one in results(assessment()) if one.outcome is Outcome.MET)
    made = poam(found=met)
    (only,) = made["poam-items"]
    assert values(only, "placeholder") == ["no-open-failure"]
    assert "risks" not in made
    assert "11 other open failures bear on no requirement" in made["metadata"]["remarks"]


def test_the_remedy_is_kept_line_by_line() -> None:
    (first, *_) = poam()["poam-items"]
    assert first["description"].endswith(
        "Leave privileged mode off.\n\n    containers:\n      - name: worker\n        securityContext:\n"
        "          privileged: false"
    )
