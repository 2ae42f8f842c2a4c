"""Encryption of what SageMaker's instances send each other."""

from __future__ import annotations

from typing import Any

import pytest

from ourhalf.controls.data_protection import sagemaker_traffic as group
from ourhalf.model.profile import Requirements, Sensitivity, Severity
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.support import Case, api, check

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE
LATER = {"Ref": "x"}


def training(count: Any, **fields: Any) -> tuple[Resource, ...]:
    return (api("sagemaker:CreateTrainingJob", TrainingJobName="t", ResourceConfig={"InstanceCount": count}, **fields),)


def groups(*counts: Any, **fields: Any) -> tuple[Resource, ...]:
    many = [{"InstanceCount": count} for count in counts]
    return (api("sagemaker:CreateTrainingJob", TrainingJobName="t", ResourceConfig={"InstanceGroups": many}, **fields),)


ON = {"EnableInterContainerTrafficEncryption": True}

CASES: list[Case] = [
    Case(group.TRAFFIC, NONE, training(1)),
    Case(group.TRAFFIC, FAIL, training(2)),
    Case(group.TRAFFIC, FAIL, training(2, EnableInterContainerTrafficEncryption=False)),
    Case(group.TRAFFIC, PASS, training(2, **ON)),
    Case(group.TRAFFIC, PASS, training(LATER, **ON)),
    Case(group.TRAFFIC, UNKNOWN, training(LATER)),
    Case(group.TRAFFIC, UNKNOWN, training(2, EnableInterContainerTrafficEncryption=LATER)),
    Case(group.TRAFFIC, UNKNOWN, (api("sagemaker:CreateTrainingJob", TrainingJobName="t"),)),
    Case(group.TRAFFIC, NONE, groups(1)),
    Case(group.TRAFFIC, FAIL, groups(1, 1)),
    Case(group.TRAFFIC, FAIL, groups(2, LATER)),
    Case(group.TRAFFIC, UNKNOWN, groups(1, LATER)),
    Case(group.TRAFFIC, NONE, (api("sagemaker:CreateProcessingJob", ProcessingJobName="p"),)),
    Case(group.TRAFFIC, NONE, (api("sagemaker:CreateTransformJob", TransformJobName="b"),)),
    Case(
        group.TRAFFIC,
        UNKNOWN,
        (api("sagemaker:CreateTrainingJob", TrainingJobName="t", ResourceConfig={"InstanceGroups": "later"}),),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)


@pytest.mark.parametrize(
    ("sensitivity", "severity"), [(Sensitivity.PUBLIC, Severity.LOW), (Sensitivity.INTERNAL, None)]
)
def test_public_data_in_clear_is_milder(sensitivity: Sensitivity, severity: Severity | None) -> None:
    _, verdict = Case(group.TRAFFIC, FAIL, training(2), requirements=Requirements(sensitivity=sensitivity)).judged()
    assert (verdict.status, verdict.severity) == (FAIL, severity)
