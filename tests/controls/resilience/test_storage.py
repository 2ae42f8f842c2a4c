"""Controls on what survives a mistake."""

from __future__ import annotations

from typing import Any

import pytest

from ourhalf.controls.resilience.storage import (
    CLUSTER_KEPT,
    EFS_BACKED_UP,
    EXPIRES,
    IMAGES_EXPIRE,
    LOCKED,
    NODES_REPAIRED,
    REPLICATED,
    VERSIONED,
)
from ourhalf.model.control import Control
from ourhalf.model.profile import Requirements
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.controls.requests import CONFIDENTIAL, REGULATED, three
from tests.support import Case, api, check, cloudformation


def resource(kind: str, properties: str) -> tuple[Resource, ...]:
    return cloudformation(f"Resources: {{R: {{Type: 'AWS::{kind}', Properties: {{{properties}}}}}}}")


def templates(
    control: Control[Any], kind: str, good: str, bad: str, unclear: str, asked: Requirements = CONFIDENTIAL
) -> list[Case]:
    return [
        Case(control, Status.PASS, resource(kind, good), requirements=asked),
        Case(control, Status.FAIL, resource(kind, bad), requirements=asked),
        Case(control, Status.UNKNOWN, resource(kind, unclear), requirements=asked),
    ]


RULES = "LifecycleConfiguration: {Rules: [{Id: a, Status: Enabled, ExpirationInDays: 30}]}"
REPOSITORY = (api("ecr:CreateRepository", repositoryName="r"),)
CASES = [
    *templates(
        VERSIONED,
        "S3::Bucket",
        "VersioningConfiguration: {Status: Enabled}",
        "VersioningConfiguration: {Status: Suspended}",
        "VersioningConfiguration: {Status: !Ref Nothing}",
    ),
    Case(VERSIONED, Status.FAIL, resource("S3::Bucket", "BucketName: b"), requirements=CONFIDENTIAL),
    Case(VERSIONED, Status.NOT_APPLICABLE, resource("S3::Bucket", "BucketName: b")),
    *templates(
        LOCKED,
        "S3::Bucket",
        "ObjectLockEnabled: true",
        "BucketName: b",
        "ObjectLockEnabled: !Ref Nothing",
        REGULATED,
    ),
    *templates(EXPIRES, "S3::Bucket", RULES, "BucketName: b", "LifecycleConfiguration: !Ref Nothing"),
    *templates(
        REPLICATED,
        "S3::Bucket",
        "ReplicationConfiguration: {Role: r, Rules: []}",
        "BucketName: b",
        "ReplicationConfiguration: !Ref Nothing",
        REGULATED,
    ),
    Case(
        IMAGES_EXPIRE,
        Status.PASS,
        (*REPOSITORY, api("ecr:PutLifecyclePolicy", repositoryName="r", lifecyclePolicyText='{"rules": []}')),
    ),
    Case(IMAGES_EXPIRE, Status.FAIL, REPOSITORY),
    Case(IMAGES_EXPIRE, Status.UNKNOWN, resource("ECR::Repository", "LifecyclePolicy: !Ref Nothing")),
    *templates(
        EFS_BACKED_UP,
        "EFS::FileSystem",
        "BackupPolicy: {Status: ENABLED}",
        "Encrypted: true",
        "BackupPolicy: {Status: !Ref Nothing}",
    ),
    *three(
        CLUSTER_KEPT,
        "eks:CreateCluster",
        {"deletionProtection": True},
        {"name": "c"},
        {"deletionProtection": {}},
        CONFIDENTIAL,
    ),
    *three(
        NODES_REPAIRED,
        "eks:CreateNodegroup",
        {"nodeRepairConfig": {"enabled": True}},
        {"nodegroupName": "n"},
        {"nodeRepairConfig": {"enabled": {}}},
        CONFIDENTIAL,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
