"""Tags of what people keep in SageMaker."""

from __future__ import annotations

from typing import Any

import pytest

from ourhalf.controls.monitoring import sagemaker_tags as group
from ourhalf.model.profile import Parameters, Requirements
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.support import Case, api, check

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE
ASKED = Requirements(parameters=Parameters(required_tags=("owner", "cost-centre")))
OWNER, COST = {"Key": "owner", "Value": "ml"}, {"Key": "cost-centre", "Value": "7"}


def domain(*tags: Any) -> tuple[Resource, ...]:
    return (api("sagemaker:CreateDomain", DomainName="d", Tags=list(tags)),)


CASES: list[Case] = [
    Case(group.TAGGED, NONE, domain()),
    Case(group.TAGGED, PASS, domain(OWNER, COST), requirements=ASKED),
    Case(group.TAGGED, FAIL, domain(OWNER), requirements=ASKED),
    Case(group.TAGGED, FAIL, (api("sagemaker:CreateImage", ImageName="i"),), requirements=ASKED),
    Case(group.TAGGED, FAIL, (api("sagemaker:CreateFeatureGroup", FeatureGroupName="f"),), requirements=ASKED),
    Case(group.TAGGED, PASS, domain(OWNER, {"Key": "cost-centre", "Value": {"Ref": "x"}}), requirements=ASKED),
    Case(group.TAGGED, UNKNOWN, domain(OWNER, 7), requirements=ASKED),
    Case(group.TAGGED, UNKNOWN, (api("sagemaker:CreateDomain", Tags="later"),), requirements=ASKED),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
