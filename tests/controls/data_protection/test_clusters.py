"""Controls on keys of clusters and vaults, and on what an account shares."""

from __future__ import annotations

import pytest

from ourhalf.controls.data_protection.clusters import (
    IMAGE_PRIVATE,
    IMAGES_BLOCKED,
    SECRETS_KEY,
    SNAPSHOTS_BLOCKED,
    VAULT_KEY,
)
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.controls.requests import CONFIDENTIAL, three
from tests.support import Case, api, check, terraform


def permission(rest: str) -> tuple[Resource, ...]:
    return terraform(
        'variable "x" {}\nresource "aws_ami_launch_permission" "p" {\n  image_id = "ami-1"\n  ' + rest + "\n}\n"
    )


CONFIG = "encryptionConfig"
BLOCK = "ec2:EnableSnapshotBlockPublicAccess"
CASES = [
    *three(
        SECRETS_KEY,
        "eks:CreateCluster",
        {CONFIG: [{"resources": ["secrets"], "provider": {"keyArn": "k"}}]},
        {"name": "c"},
        {CONFIG: [{"resources": ["secrets"], "provider": {"keyArn": {}}}]},
        CONFIDENTIAL,
    ),
    *three(
        VAULT_KEY,
        "backup:CreateBackupVault",
        {"EncryptionKeyArn": "k"},
        {"BackupVaultName": "v"},
        {"EncryptionKeyArn": {}},
        CONFIDENTIAL,
    ),
    *three(SNAPSHOTS_BLOCKED, BLOCK, {"State": "block-all-sharing"}, {"State": "block-new-sharing"}, {"State": {}}),
    *three(
        IMAGES_BLOCKED,
        "ec2:EnableImageBlockPublicAccess",
        {"ImageBlockPublicAccessState": "block-new-sharing"},
        {"ImageBlockPublicAccessState": "unblocked"},
        {"ImageBlockPublicAccessState": {}},
    ),
    Case(IMAGE_PRIVATE, Status.PASS, permission('account_id = "123456789012"')),
    Case(IMAGE_PRIVATE, Status.FAIL, permission('group = "all"')),
    Case(IMAGE_PRIVATE, Status.UNKNOWN, permission("group = var.x")),
    Case(
        SECRETS_KEY,
        Status.FAIL,
        (api("eks:CreateCluster", **{CONFIG: [{"resources": ["secrets"]}]}),),
        requirements=CONFIDENTIAL,
    ),
    Case(SECRETS_KEY, Status.UNKNOWN, (api("eks:CreateCluster", **{CONFIG: ["later"]}),), requirements=CONFIDENTIAL),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
