"""Who keeps what is under ECS tasks current."""

from __future__ import annotations

import pytest

from ourhalf.controls.patching import ecs as group
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.controls.tasks import UNCLEAR, service
from tests.support import Case, check

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE


def on(*providers: object) -> tuple[Resource, ...]:
    """A service with an old platform version, should its providers be those of Fargate."""
    strategy = [{"capacityProvider": provider} for provider in providers]
    return (service(capacityProviderStrategy=strategy, platformVersion="1.3.0"),)


CASES: list[Case] = [
    Case(group.PLATFORM_VERSION, PASS, (service(launchType="FARGATE", platformVersion="LATEST"),)),
    Case(group.PLATFORM_VERSION, PASS, (service(launchType="FARGATE", platformVersion="1.4.0"),)),
    Case(group.PLATFORM_VERSION, PASS, (service(launchType="FARGATE"),)),
    Case(group.PLATFORM_VERSION, FAIL, (service(launchType="FARGATE", platformVersion="1.3.0"),)),
    Case(group.PLATFORM_VERSION, UNKNOWN, (service(launchType="FARGATE", platformVersion="1.0.0"),)),
    Case(group.PLATFORM_VERSION, UNKNOWN, (service(launchType="FARGATE", platformVersion=UNCLEAR),)),
    Case(group.PLATFORM_VERSION, NONE, (service(launchType="EC2"),)),
    Case(group.PLATFORM_VERSION, FAIL, on("FARGATE_SPOT")),
    Case(group.PLATFORM_VERSION, FAIL, on("gpu", "FARGATE")),
    Case(group.PLATFORM_VERSION, FAIL, on(UNCLEAR)),
    Case(group.PLATFORM_VERSION, NONE, (service(capacityProviderStrategy=[{"capacityProvider": "gpu"}]),)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
