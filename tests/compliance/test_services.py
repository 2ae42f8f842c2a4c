"""A framework, or one requirement of it, is held against the workloads that it is about and no others."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from ourhalf.compliance.framework import Requirement
from ourhalf.compliance.judge import report
from ourhalf.compliance.results import Outcome, RequirementResult
from ourhalf.model.finding import Finding
from ourhalf.model.responsibility import Party, Service
from ourhalf.model.verdict import Status
from tests.compliance.made import NOBODY_KNOWS, ONE, assessment, finding, framework, mapping, row

ASKED = Requirement("a", "about", (mapping(ONE),), layers=("facilities",))


def on(service: str | None, one: Finding) -> Finding:
    return replace(one, subject=replace(one.subject, service=service))


def held(requirement: Requirement, services: tuple[Service, ...], *findings: Finding) -> RequirementResult:
    ours = replace(row("facilities", Party.CUSTOMER), service="eks")
    made = replace(framework(requirement), services=services)
    return report(assessment(*findings, ours), made, {}, NOBODY_KNOWS).results[0]


@pytest.mark.parametrize(
    ("services", "outcome"),
    [((Service.EKS,), Outcome.MET), ((Service.SAGEMAKER,), Outcome.NOT_MET), ((), Outcome.NOT_MET)],
)
def test_only_workloads_of_its_services_count(services: tuple[Service, ...], outcome: Outcome) -> None:
    findings = on("eks", finding(number=1)), on("sagemaker", finding(status=Status.FAIL, number=2))
    assert held(ASKED, services, *findings).outcome is outcome
    assert held(replace(ASKED, services=services), (Service.ECS,) if services else (), *findings).outcome is outcome


def test_what_may_run_anywhere_or_runs_nothing_counts() -> None:
    assert held(ASKED, (Service.EKS,), on(None, finding(status=Status.FAIL))).outcome is Outcome.NOT_MET


def test_who_answers_elsewhere_is_not_told() -> None:
    assert held(ASKED, (Service.EKS,), on("eks", finding())).parties == (Party.CUSTOMER,)
    assert Party.CUSTOMER not in held(ASKED, (Service.ECS,), on("eks", finding())).parties
