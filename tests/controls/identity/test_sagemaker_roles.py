"""The roles that SageMaker's jobs, models, notebooks and clusters act as."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ourhalf.controls.identity import sagemaker_roles as group
from ourhalf.model.control import Control
from ourhalf.model.profile import Requirements, Sensitivity
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.support import Case, api, check, cloudformation

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE
SECRET = Requirements(sensitivity=Sensitivity.CONFIDENTIAL)
LATER = {"Ref": "x"}


def role(action: str, on: Any, *managed: str) -> tuple[Resource, ...]:
    document = {"Statement": [{"Effect": "Allow", "Action": action, "Resource": on}]}
    properties = {
        "RoleName": "train",
        "AssumeRolePolicyDocument": {"Statement": []},
        "Policies": [{"PolicyName": "p", "PolicyDocument": document}],
        "ManagedPolicyArns": [f"arn:aws:iam::aws:policy/{name}" for name in managed],
    }
    return cloudformation(json.dumps({"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": properties}}}))


NAMED = role("s3:GetObject", "arn:aws:s3:::data/*")
ARN = "arn:aws:iam::111122223333:role/train"


def four(control: Control[Any], operation: str, **fields: Any) -> list[Case]:
    """A role that names its data, one that does not, one of AWS's widest, and one that was not read."""
    resource = api(f"sagemaker:{operation}", **fields)
    return [
        Case(control, PASS, (resource, *NAMED)),
        Case(control, FAIL, (resource, *role("s3:*", "*"))),
        Case(control, FAIL, (resource, *role("iam:PassRole", "*"))),
        Case(control, FAIL, (resource, *role("s3:GetObject", "arn:aws:s3:::data/*", "AmazonSageMakerFullAccess"))),
        Case(control, UNKNOWN, (resource,)),
        Case(control, UNKNOWN, (resource, *role("s3:GetObject", LATER))),
    ]


def profile(name: str, role: Any) -> Resource:
    return settings({"ExecutionRole": role} if role else None, name)


def settings(given: Any, name: str = "ann") -> Resource:
    return api("sagemaker:CreateUserProfile", UserProfileName=name, DomainId="d", UserSettings=given)


CASES: list[Case] = [
    *four(group.JOB_ROLE, "CreateTrainingJob", TrainingJobName="t", RoleArn=ARN),
    *four(group.JOB_ROLE, "CreateHyperParameterTuningJob", TrainingJobDefinitions=[{"RoleArn": ARN}]),
    Case(group.JOB_ROLE, UNKNOWN, (api("sagemaker:CreateTrainingJob", TrainingJobName="t", RoleArn=LATER), *NAMED)),
    Case(group.JOB_ROLE, NONE, (api("sagemaker:CreateTransformJob", TransformJobName="b"), *NAMED)),
    *four(group.MODEL_ROLE, "CreateModel", ModelName="m", ExecutionRoleArn=ARN),
    *four(group.NOTEBOOK_ROLE, "CreateNotebookInstance", NotebookInstanceName="n", RoleArn=ARN),
    *four(group.CLUSTER_ROLES, "CreateCluster", ClusterName="c", InstanceGroups=[{"ExecutionRole": ARN}]),
    *four(group.PIPELINE_ROLE, "CreatePipeline", PipelineName="p", RoleArn=ARN),
    *four(group.MLFLOW_ROLE, "CreateMlflowTrackingServer", TrackingServerName="s", RoleArn=ARN),
    Case(group.OWN_ROLE, NONE, (profile("ann", ARN),)),
    Case(group.OWN_ROLE, PASS, (profile("ann", ARN), profile("bob", "other")), "ann", SECRET),
    Case(group.OWN_ROLE, FAIL, (profile("ann", ARN), profile("bob", ARN)), "ann", SECRET),
    Case(group.OWN_ROLE, FAIL, (profile("ann", None),), requirements=SECRET),
    Case(group.OWN_ROLE, UNKNOWN, (profile("ann", LATER),), requirements=SECRET),
    Case(
        group.JOB_ROLE,
        UNKNOWN,
        (api("sagemaker:CreateHyperParameterTuningJob", TrainingJobDefinitions=[{"RoleArn": ARN}, "later"]), *NAMED),
    ),
    Case(
        group.CLUSTER_ROLES,
        UNKNOWN,
        (api("sagemaker:CreateCluster", ClusterName="c", InstanceGroups=[{"ExecutionRole": ARN}, "later"]), *NAMED),
    ),
    Case(group.OWN_ROLE, UNKNOWN, (profile("ann", LATER), profile("bob", ARN)), "ann", SECRET),
    Case(group.OWN_ROLE, UNKNOWN, (settings("later"),), requirements=SECRET),
    Case(group.OWN_ROLE, FAIL, (settings({"SecurityGroups": ["sg-1"]}),), requirements=SECRET),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
