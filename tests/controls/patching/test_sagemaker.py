"""Which platform SageMaker's instances run."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ourhalf.controls.patching import sagemaker as group
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.support import Case, api, check

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE
LATER = {"Ref": "x"}


def made(operation: str, **fields: Any) -> tuple[Resource, ...]:
    return (api(f"sagemaker:{operation}", **fields),)


def image(*names: Any) -> tuple[Resource, ...]:
    variants = [name if name == "later" else {"InferenceAmiVersion": name} for name in names]
    return made("CreateEndpointConfig", EndpointConfigName="e", ProductionVariants=variants)


def groups(*many: Any) -> tuple[Resource, ...]:
    return made("CreateCluster", ClusterName="c", InstanceGroups=list(many))


SCHEDULED = {"ScheduledUpdateConfig": {"ScheduleExpression": "cron(0 3 ? * SUN *)"}}
PATCHED = {"AutoPatchConfig": {"PatchingStrategy": "WhenIdle"}}

CASES: list[Case] = [
    Case(group.PLATFORM, PASS, made("CreateNotebookInstance", PlatformIdentifier="notebook-al2023-v1")),
    Case(group.PLATFORM, PASS, made("CreateNotebookInstance")),
    Case(group.PLATFORM, FAIL, made("CreateNotebookInstance", PlatformIdentifier="notebook-al1-v1")),
    Case(group.PLATFORM, UNKNOWN, made("CreateNotebookInstance", PlatformIdentifier=LATER)),
    Case(group.INFERENCE_AMI, PASS, image("al2023-ami-sagemaker-inference-gpu-4-1")),
    Case(group.INFERENCE_AMI, FAIL, image("al2-ami-sagemaker-inference-gpu-2")),
    Case(group.INFERENCE_AMI, PASS, image("al2-ami-sagemaker-inference-gpu-2"), as_of=date(2026, 6, 30)),
    Case(group.INFERENCE_AMI, FAIL, image("al2-ami-sagemaker-inference-gpu-2"), as_of=date(2026, 7, 1)),
    Case(group.INFERENCE_AMI, NONE, image(None)),
    Case(group.INFERENCE_AMI, UNKNOWN, image("my-image")),
    Case(group.INFERENCE_AMI, UNKNOWN, image(LATER)),
    Case(group.INFERENCE_AMI, UNKNOWN, image(None, "later")),
    Case(group.CLUSTER_PATCHED, PASS, groups(SCHEDULED, PATCHED)),
    Case(group.CLUSTER_PATCHED, FAIL, groups(SCHEDULED, {"InstanceGroupName": "g"})),
    Case(group.CLUSTER_PATCHED, UNKNOWN, groups(SCHEDULED, "later")),
    Case(group.CLUSTER_PATCHED, UNKNOWN, groups({"ScheduledUpdateConfig": {"ScheduleExpression": LATER}})),
    Case(group.PARTNER_UPGRADES, PASS, made("CreatePartnerApp", EnableAutoMinorVersionUpgrade=True)),
    Case(group.PARTNER_UPGRADES, FAIL, made("CreatePartnerApp")),
    Case(group.PARTNER_UPGRADES, UNKNOWN, made("CreatePartnerApp", EnableAutoMinorVersionUpgrade=LATER)),
    Case(group.MLFLOW_VERSION, PASS, made("CreateMlflowTrackingServer", MlflowVersion="2.16")),
    Case(group.MLFLOW_VERSION, PASS, made("CreateMlflowTrackingServer", MlflowVersion="3.0.0")),
    Case(group.MLFLOW_VERSION, PASS, made("CreateMlflowTrackingServer", MlflowVersion="2.11.0")),
    Case(group.MLFLOW_VERSION, FAIL, made("CreateMlflowTrackingServer", MlflowVersion="2.10.2")),
    Case(group.MLFLOW_VERSION, FAIL, made("CreateMlflowTrackingServer", MlflowVersion="2.9.2")),
    Case(group.MLFLOW_VERSION, NONE, made("CreateMlflowTrackingServer")),
    Case(group.MLFLOW_VERSION, UNKNOWN, made("CreateMlflowTrackingServer", MlflowVersion=LATER)),
    Case(group.MLFLOW_VERSION, UNKNOWN, made("CreateMlflowTrackingServer", MlflowVersion="newest")),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
