"""What a training job lets out besides its model."""

from __future__ import annotations

from typing import Any

import pytest

from ourhalf.controls.monitoring import sagemaker_training as group
from ourhalf.model.profile import Requirements, Sensitivity
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.support import Case, api, check

REGULATED = Requirements(sensitivity=Sensitivity.REGULATED)


def training(**fields: Any) -> tuple[Resource, ...]:
    return (api("sagemaker:CreateTrainingJob", TrainingJobName="t", **fields),)


KEPT = {"S3OutputPath": "s3://b/debug"}

CASES: list[Case] = [
    Case(group.TENSORS_KEPT, Status.NOT_APPLICABLE, training(DebugHookConfig=KEPT)),
    Case(group.TENSORS_KEPT, Status.FAIL, training(DebugHookConfig=KEPT), requirements=REGULATED),
    Case(group.TENSORS_KEPT, Status.FAIL, training(ProfilerConfig=KEPT), requirements=REGULATED),
    Case(group.TENSORS_KEPT, Status.FAIL, training(TensorBoardOutputConfig=KEPT), requirements=REGULATED),
    Case(group.TENSORS_KEPT, Status.PASS, training(), requirements=REGULATED),
    Case(
        group.TENSORS_KEPT,
        Status.UNKNOWN,
        training(DebugHookConfig={"S3OutputPath": {"Ref": "x"}}),
        requirements=REGULATED,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
