"""The plan as a whole: its order, its retention, and its JSON against the schema."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from ourhalf.model.profile import Parameters
from ourhalf.monitor.facts import Facts
from ourhalf.monitor.formats.format import all_formats
from ourhalf.monitor.plan import Asked, plan_of
from ourhalf.monitor.recommendation import On, all_recommendations
from tests.monitor.deployments import EVERYTHING, FILES, acme, everything, planned
from tests.support import TODAY

SCHEMA = json.loads(Path(__file__).with_name("plan-schema.json").read_text())


def test_every_recommendation_is_called_for() -> None:
    assert {item.id for item in everything().plan.items} == set(all_recommendations())


def test_what_is_missing_and_matters_most_comes_first() -> None:
    on = 'resource "aws_guardduty_detector" "main" { enable = true }'
    plan = planned({**FILES, "main.tf": EVERYTHING + on}).plan
    order = [(not item.missing, item.weight.rank, item.already.on is not On.NO) for item in plan.items]
    assert order == sorted(order)
    assert plan.items[-1].id == "guardduty"


def test_order_of_targets_changes_nothing() -> None:
    one = planned(FILES)
    other = planned(dict(reversed(FILES.items())))
    assert one == other


@pytest.mark.parametrize(
    ("asked", "kept"), [(None, 365), (90, 90), (100, 120), (365, 365), (5000, 3653), (0, 365), (-3, 1)]
)
def test_logs_are_kept_at_least_as_long_as_the_company_asks(asked: int | None, kept: int) -> None:
    plan = plan_of(Facts(), Asked((".",), TODAY, Parameters(log_retention_days=asked)))
    assert plan.retention_days == kept


@pytest.mark.parametrize("made", [everything, acme], ids=["everything", "acme"])
def test_json_follows_the_schema(made: object) -> None:
    document = json.loads(all_formats()["json"].render(made()))  # type: ignore[operator]
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    assert set(document["configuration"]) == {"terraform", "cloudformation", "kubernetes"}
    for name, text in document["configuration"].items():
        assert text == all_formats()[name].render(made())  # type: ignore[operator]


def test_the_schema_refuses_a_state_that_is_not_known() -> None:
    document = json.loads(all_formats()["json"].render(everything()))
    document["items"][0]["already"]["on"] = "probably"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(SCHEMA).validate(document)


@pytest.mark.parametrize("name", ["terraform", "cloudformation", "kubernetes"])
def test_what_is_on_is_not_written(name: str) -> None:
    before = all_formats()[name].render(everything())
    on = """
resource "aws_vpc" "main" { cidr_block = "10.0.0.0/16" }
resource "aws_flow_log" "main" {
  vpc_id          = aws_vpc.main.id
  log_destination = "arn:aws:s3:::logs"
}
"""
    vpc = 'resource "aws_vpc" "main" { cidr_block = "10.0.0.0/16" }'
    after = all_formats()[name].render(planned({**FILES, "main.tf": EVERYTHING.replace(vpc, on)}))
    assert ("vpc-flow-logs" in before) is (name != "kubernetes")
    assert "vpc-flow-logs:" not in after


@pytest.mark.parametrize("name", ["terraform", "cloudformation", "kubernetes"])
def test_nothing_to_write_is_said(name: str) -> None:
    text = all_formats()[name].render(planned({}))
    assert text.startswith("# ourhalf found nothing")
    assert "Nothing to switch on" in all_formats()["table"].render(planned({}))


def test_the_table_is_no_wider_than_the_terminal() -> None:
    text = all_formats()["table"].render(everything())
    titles = {item.title for item in everything().plan.items}
    long = [line for line in text.splitlines() if len(line) > 100 and not any(title in line for title in titles)]
    wide = [line for line in long if " " in line.strip()]  # a word is not broken, so that it can be copied
    assert wide == []
    assert "\033" not in text


@pytest.mark.parametrize("name", ["terraform", "cloudformation"])
def test_policies_let_in_only_what_the_file_makes(name: str) -> None:
    vpc = {"main.tf": 'resource "aws_vpc" "main" { cidr_block = "10.0.0.0/16" }'}
    assert "cloudtrail.amazonaws.com" not in all_formats()[name].render(planned(vpc))
    assert "cloudtrail.amazonaws.com" in all_formats()[name].render(everything())
