"""The control on how far endpoints shrink."""

from __future__ import annotations

from typing import Any

import pytest

from ourhalf.controls.resilience.scaling import TWO_STAY
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.controls.requests import CONFIDENTIAL, three
from tests.support import Case, api, check

VARIANT = {"ScalableDimension": "sagemaker:variant:DesiredInstanceCount", "ResourceId": "endpoint/e/variant/v"}


def target(**more: Any) -> tuple[Resource, ...]:
    return (api("application-autoscaling:RegisterScalableTarget", **more),)


CASES = [
    *three(
        TWO_STAY,
        "application-autoscaling:RegisterScalableTarget",
        VARIANT | {"MinCapacity": 2},
        VARIANT | {"MinCapacity": 1},
        VARIANT | {"MinCapacity": {}},
        CONFIDENTIAL,
    ),
    Case(TWO_STAY, Status.UNKNOWN, target(**VARIANT), requirements=CONFIDENTIAL),
    Case(TWO_STAY, Status.UNKNOWN, target(ScalableDimension={}, MinCapacity=2), requirements=CONFIDENTIAL),
    Case(
        TWO_STAY,
        Status.NOT_APPLICABLE,
        target(ScalableDimension="ecs:service:DesiredCount", MinCapacity=0),
        requirements=CONFIDENTIAL,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
