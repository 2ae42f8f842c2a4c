"""What holds of every recommendation, whatever it recommends."""

from __future__ import annotations

import re
from datetime import date

import pytest

from ourhalf.catalogue import all_controls
from ourhalf.model.references import Citation
from ourhalf.model.verdict import Status
from ourhalf.monitor.facts import Facts, Spot, Told
from ourhalf.monitor.formats.format import languages
from ourhalf.monitor.recommendation import On, Recommendation, all_recommendations, asked_controls
from ourhalf.monitor.recommendations.config import NEEDS_A_CHOICE, PARAMETERS, rules
from ourhalf.monitor.writing import covers
from tests.monitor.deployments import everything

EVERY = tuple(all_recommendations().values())
each = pytest.mark.parametrize("one", EVERY, ids=lambda one: one.id)


def _citations(one: Recommendation) -> list[Citation]:
    return [*(sight.citation for sight in (*one.sees, *one.blind)), *(cost.citation for cost in one.costs)]


def test_services_of_the_issue_are_there() -> None:
    services = " ".join(one.service for one in EVERY) + " ".join(one.title for one in EVERY)
    for name in (
        "GuardDuty", "Runtime Monitoring", "Inspector", "Security Hub", "AWS Config", "CloudTrail",
        "Container Insights",
        "Flow logs", "Macie", "Model Monitor", "Detective", "Access Analyzer", "Backup Audit Manager", "Falco",
        "OpenTelemetry", "Prometheus",
    ):  # fmt: skip
        assert name in services


@each
def test_says_what_it_sees_what_not_and_what_is_billed_with_a_source_each(one: Recommendation) -> None:
    assert one.sees
    assert one.blind
    assert one.costs
    for citation in _citations(one):
        assert re.fullmatch(r"https://[a-z0-9.]+/\S+", citation.url)
        assert date(2026, 10, 1) <= citation.read <= date(2026, 11, 27)
    assert re.fullmatch(r"[a-z0-9-]+", one.id)
    assert not re.search(r"[$€]|\bUSD\b", " ".join(cost.billed_by for cost in one.costs)), "prices change, drivers stay"


@each
def test_asks_only_for_controls_that_there_are(one: Recommendation) -> None:
    assert set(one.controls) <= {control.id for control in all_controls()}


@each
def test_is_called_for_by_what_is_named(one: Recommendation) -> None:
    facts = everything().facts
    because = one.because(facts)
    known = {w.name for w in facts.workloads} | {t.name for t in facts.things} | {b.thing.name for b in facts.buckets}
    known |= {rule.name for rule in rules(facts)} | {image for w in facts.workloads for image in w.images}
    assert because
    assert all(reason.names and set(reason.names) <= known for reason in because)


@each
def test_is_not_called_for_where_there_is_nothing(one: Recommendation) -> None:
    assert one.because(Facts()) == ()


@each
def test_is_never_on_where_nothing_says_so(one: Recommendation) -> None:
    assert one.already(Facts()).on is not On.YES
    unsure = tuple(Told(c, Status.UNKNOWN, "a variable has no value", "it", Spot("a.tf", 1)) for c in asked_controls())
    assert one.already(Facts(told=unsure)).on is not On.YES
    facts = everything().facts
    told = Facts(facts.workloads, facts.things, facts.buckets, (*facts.told, *unsure))
    assert not one.controls or one.already(told).on is not On.YES


@each
def test_has_configuration_or_says_what_to_do(one: Recommendation) -> None:
    item = next(item for item in everything().plan.items if item.id == one.id)
    written = [found.name for found in languages() if found.language and covers(found.language, item)]
    assert written or item.by_hand
    assert not written or "kubernetes" in written or {"terraform", "cloudformation"} <= {*written, *one.otherwise}


def test_no_template_is_left_over() -> None:
    from ourhalf.monitor.writing import _FOLDER

    found = {path.stem for path in _FOLDER.glob("*/*.*")}
    assert found <= set(all_recommendations())
    parts = {path.stem for path in _FOLDER.glob("*/parts/*.*")} - {"head"}
    assert parts == {part for one in EVERY for part in one.needs}


def test_config_rules_exist_and_are_told_what_they_must_be() -> None:
    import gzip
    import json
    from pathlib import Path

    import moto.config

    file = Path(moto.config.__file__).parent / "resources" / "aws_managed_rules.json.gz"
    known = json.loads(gzip.decompress(file.read_bytes()))["ManagedRules"]
    by_name = {name.lower().replace("_", "-"): rule for name, rule in known.items()}
    asks = {
        name: {p["Name"] for p in rule.get("Parameters") or () if not p["Optional"] and not p.get("Default")}
        for name, rule in by_name.items()
    }
    assert set(PARAMETERS) | NEEDS_A_CHOICE <= set(by_name)
    for rule in rules(everything().facts):
        assert rule.identifier in known
        takes = {p["Name"] for p in by_name[rule.name].get("Parameters") or ()}
        assert asks[rule.name] <= rule.parameters.keys() <= takes
    assert {name for name in NEEDS_A_CHOICE if asks[name]} == NEEDS_A_CHOICE


def test_rules_are_those_of_resources_at_hand() -> None:
    named = {rule.name for rule in rules(everything().facts)}
    assert {"ecr-private-image-scanning-enabled", "s3-bucket-versioning-enabled", "vpc-flow-logs-enabled"} <= named
    assert not any(name.startswith("codebuild-") for name in named)
    assert rules(Facts()) == ()
