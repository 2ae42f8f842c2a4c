"""What keeps endpoints, training runs and clusters going."""

from __future__ import annotations

from typing import Any

import pytest

from ourhalf.controls.resilience import sagemaker as group
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.support import Case, api, check

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE
LATER = {"Ref": "x"}


def variants(*many: Any) -> tuple[Resource, ...]:
    return (api("sagemaker:CreateEndpointConfig", EndpointConfigName="e", ProductionVariants=list(many)),)


def serves(count: Any, **scaling: Any) -> dict[str, Any]:
    return {"ModelName": "m", "InitialInstanceCount": count, "ManagedInstanceScaling": scaling or None}


def endpoint(alarms: Any) -> tuple[Resource, ...]:
    return (
        api(
            "sagemaker:CreateEndpoint",
            EndpointName="e",
            DeploymentConfig={"AutoRollbackConfiguration": {"Alarms": alarms}},
        ),
    )


def training(spot: Any, kept: Any) -> tuple[Resource, ...]:
    return (
        api(
            "sagemaker:CreateTrainingJob",
            TrainingJobName="t",
            EnableManagedSpotTraining=spot,
            CheckpointConfig={"S3Uri": kept},
        ),
    )


def cluster(recovery: Any) -> tuple[Resource, ...]:
    return (api("sagemaker:CreateCluster", ClusterName="c", NodeRecovery=recovery),)


CASES: list[Case] = [
    Case(group.TWO_INSTANCES, PASS, variants(serves(2))),
    Case(group.TWO_INSTANCES, FAIL, variants(serves(2), serves(1))),
    Case(group.TWO_INSTANCES, UNKNOWN, variants(serves(LATER))),
    Case(group.TWO_INSTANCES, UNKNOWN, variants(serves(None))),
    Case(group.TWO_INSTANCES, UNKNOWN, variants(serves(2), "later")),
    Case(group.TWO_INSTANCES, PASS, variants(serves(1, Status="ENABLED", MinInstanceCount=2))),
    Case(group.TWO_INSTANCES, FAIL, variants(serves(4, Status="ENABLED", MinInstanceCount=1))),
    Case(group.TWO_INSTANCES, UNKNOWN, variants(serves(2, Status=LATER, MinInstanceCount=1))),
    Case(group.TWO_INSTANCES, NONE, variants({"ModelName": "m", "ServerlessConfig": {"MemorySizeInMB": 1024}})),
    Case(group.TWO_INSTANCES, NONE, variants({"ModelName": "m", "ServerlessConfig": {"MemorySizeInMB": LATER}})),
    Case(group.TWO_INSTANCES, NONE, variants({"VariantName": "v"})),
    Case(group.ROLLBACK, PASS, endpoint([{"AlarmName": "errors"}])),
    Case(group.ROLLBACK, FAIL, endpoint([])),
    Case(group.ROLLBACK, FAIL, endpoint(None)),
    Case(group.ROLLBACK, UNKNOWN, endpoint(["later"])),
    Case(group.ROLLBACK, UNKNOWN, endpoint("later")),
    Case(group.ROLLBACK, UNKNOWN, endpoint({"AlarmName": "errors"})),
    Case(group.CHECKPOINTS, PASS, training(True, "s3://b/c")),
    Case(group.CHECKPOINTS, FAIL, training(True, None)),
    Case(group.CHECKPOINTS, NONE, training(False, None)),
    Case(group.CHECKPOINTS, NONE, training(None, None)),
    Case(group.CHECKPOINTS, UNKNOWN, training(LATER, None)),
    Case(group.CHECKPOINTS, UNKNOWN, training(True, LATER)),
    Case(group.CHECKPOINTS, NONE, (api("sagemaker:CreateProcessingJob", ProcessingJobName="p"),)),
    Case(group.NODE_RECOVERY, PASS, cluster("Automatic")),
    Case(group.NODE_RECOVERY, FAIL, cluster("None")),
    Case(group.NODE_RECOVERY, UNKNOWN, cluster(None)),
    Case(group.NODE_RECOVERY, UNKNOWN, cluster(LATER)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
