"""Encryption of what ECS tasks move and keep."""

from __future__ import annotations

import msgspec
import pytest

from ourhalf.controls.data_protection import ecs as group
from ourhalf.model.field import Unresolved
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from ourhalf.resources.s3 import S3Bucket
from tests.controls.requests import CONFIDENTIAL, three
from tests.controls.tasks import UNCLEAR, cluster, efs_task, task
from tests.support import Case, check, terraform

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE
KEY = "arn:aws:kms:us-east-1:111122223333:key/1"


def execs(**configuration: object) -> dict[str, object]:
    return {"clusterName": "c", "configuration": {"executeCommandConfiguration": configuration}}


def stored(**configuration: object) -> dict[str, object]:
    return {"clusterName": "c", "configuration": {"managedStorageConfiguration": configuration}}


def unread_block(resources: tuple[Resource, ...]) -> tuple[Resource, ...]:
    """The same with a bucket whose block could not be read."""
    return tuple(
        msgspec.structs.replace(found, public_access_block=Unresolved("a test"))
        if isinstance(found, S3Bucket)
        else found
        for found in resources
    )


LOGS = {"cloudWatchLogGroupName": "g", "cloudWatchEncryptionEnabled": True}
FILES = {"environmentFiles": [{"type": "s3", "value": "arn:aws:s3:::settings/app.env"}]}


def files_in(block: str) -> tuple[Resource, ...]:
    return (
        *task(FILES),
        *terraform(f'variable "v" {{}}\nresource "aws_s3_bucket" "b" {{\n  bucket = "settings"\n}}\n{block}'),
    )


def blocked(value: str) -> str:
    return (
        'resource "aws_s3_bucket_public_access_block" "b" {\n  bucket = aws_s3_bucket.b.id\n'
        f"  block_public_acls = true\n  block_public_policy = true\n  ignore_public_acls = {value}\n"
        f"  restrict_public_buckets = {value}\n}}\n"
    )


CASES: list[Case] = [
    Case(group.EFS_TRANSIT, PASS, efs_task(transitEncryption="ENABLED")),
    Case(group.EFS_TRANSIT, FAIL, efs_task(transitEncryption="DISABLED")),
    Case(group.EFS_TRANSIT, FAIL, efs_task()),
    Case(group.EFS_TRANSIT, UNKNOWN, efs_task(transitEncryption=UNCLEAR)),
    Case(group.EFS_TRANSIT, UNKNOWN, task(volumes=[{"name": "v", "efsVolumeConfiguration": "x"}])),
    Case(group.EFS_TRANSIT, NONE, task()),
    Case(
        group.EFS_TRANSIT,
        FAIL,
        task(
            volumes=[
                {"name": "a", "efsVolumeConfiguration": {"fileSystemId": "fs-1", "transitEncryption": "ENABLED"}},
                {"name": "b", "efsVolumeConfiguration": {"fileSystemId": "fs-2"}},
            ]
        ),
    ),
    Case(group.ENVIRONMENT_FILES, PASS, files_in(blocked("true"))),
    Case(group.ENVIRONMENT_FILES, FAIL, files_in(blocked("false"))),
    Case(group.ENVIRONMENT_FILES, UNKNOWN, files_in(blocked("var.v"))),
    Case(group.ENVIRONMENT_FILES, UNKNOWN, task(FILES)),
    Case(group.ENVIRONMENT_FILES, UNKNOWN, task({"environmentFiles": [UNCLEAR]})),
    Case(group.ENVIRONMENT_FILES, NONE, task()),
    *three(
        group.EXEC_ENCRYPTED,
        "ecs:CreateCluster",
        execs(kmsKeyId=KEY, logConfiguration=LOGS),
        execs(kmsKeyId=KEY, logConfiguration={"s3BucketName": "b"}),
        execs(kmsKeyId=UNCLEAR),
        CONFIDENTIAL,
    ),
    *three(
        group.FARGATE_STORAGE,
        "ecs:CreateCluster",
        stored(fargateEphemeralStorageKmsKeyId=KEY),
        {"clusterName": "c"},
        stored(fargateEphemeralStorageKmsKeyId=UNCLEAR),
        CONFIDENTIAL,
    ),
    Case(group.FAULT_INJECTION, PASS, task()),
    Case(group.FAULT_INJECTION, FAIL, task(enableFaultInjection=True)),
    Case(group.FAULT_INJECTION, UNKNOWN, task(enableFaultInjection=UNCLEAR)),
    Case(group.ENVIRONMENT_FILES, UNKNOWN, files_in("")),
    Case(group.ENVIRONMENT_FILES, UNKNOWN, unread_block(files_in(""))),
    Case(group.EXEC_ENCRYPTED, FAIL, (cluster(**execs(logConfiguration=LOGS)),), requirements=CONFIDENTIAL),
    Case(
        group.EXEC_ENCRYPTED,
        UNKNOWN,
        (cluster(**execs(kmsKeyId=KEY, logConfiguration={**LOGS, "cloudWatchEncryptionEnabled": UNCLEAR})),),
        requirements=CONFIDENTIAL,
    ),
    Case(group.EFS_TRANSIT, UNKNOWN, task(volumes=["later"])),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
