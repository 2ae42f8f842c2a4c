"""What ECS tasks act as, and who gets into them."""

from __future__ import annotations

import pytest

from ourhalf.controls.identity import ecs as group
from ourhalf.model.verdict import Status
from tests.controls.tasks import UNCLEAR, cluster, efs_task, service, task
from tests.support import Case, check

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE
POINT = {"accessPointId": "fsap-1"}


def exec_of(**configuration: object) -> dict[str, object]:
    return {"configuration": {"executeCommandConfiguration": configuration}}


SHELL = service(enableExecuteCommand=True)
KEY = "arn:aws:kms:us-east-1:111122223333:key/1"

CASES: list[Case] = [
    Case(group.TASK_ROLE, PASS, task(taskRoleArn="arn:r")),
    Case(group.TASK_ROLE, FAIL, task()),
    Case(group.TASK_ROLE, UNKNOWN, task(taskRoleArn=UNCLEAR)),
    Case(group.TASK_ROLE, NONE, task(requiresCompatibilities=["FARGATE"])),
    Case(group.ROLES_APART, PASS, task(taskRoleArn="arn:r", executionRoleArn="arn:e")),
    Case(group.ROLES_APART, FAIL, task(taskRoleArn="arn:r", executionRoleArn="arn:r")),
    Case(group.ROLES_APART, UNKNOWN, task(taskRoleArn="arn:r", executionRoleArn=UNCLEAR)),
    Case(group.ROLES_APART, UNKNOWN, task(taskRoleArn=UNCLEAR, executionRoleArn="arn:e")),
    Case(group.ROLES_APART, NONE, task(executionRoleArn="arn:e")),
    Case(group.EFS_AUTHORISED, PASS, efs_task(authorizationConfig={"iam": "ENABLED", **POINT})),
    Case(group.EFS_AUTHORISED, FAIL, efs_task(authorizationConfig={"iam": "ENABLED"})),
    Case(group.EFS_AUTHORISED, FAIL, efs_task(authorizationConfig=POINT)),
    Case(group.EFS_AUTHORISED, FAIL, efs_task()),
    Case(group.EFS_AUTHORISED, UNKNOWN, efs_task(authorizationConfig={"iam": UNCLEAR, **POINT})),
    Case(group.EFS_AUTHORISED, UNKNOWN, efs_task(authorizationConfig={"iam": "ENABLED", "accessPointId": UNCLEAR})),
    Case(group.EFS_AUTHORISED, NONE, task(volumes=[{"name": "v"}])),
    Case(group.NO_SHELL, PASS, (service(),)),
    Case(group.NO_SHELL, PASS, (SHELL, cluster(**exec_of(kmsKeyId=KEY)))),
    Case(group.NO_SHELL, FAIL, (SHELL, cluster(**exec_of(kmsKeyId=KEY, logging="NONE")))),
    Case(group.NO_SHELL, FAIL, (SHELL, cluster())),
    Case(group.NO_SHELL, UNKNOWN, (SHELL,)),
    Case(group.NO_SHELL, UNKNOWN, (SHELL, cluster(**exec_of(kmsKeyId=UNCLEAR)))),
    Case(group.NO_SHELL, UNKNOWN, (service(enableExecuteCommand=UNCLEAR),)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
