"""Controls on encryption at rest."""

from __future__ import annotations

import pytest

from ourhalf.controls.data_protection.storage import (
    EBS_DEFAULT,
    EBS_ENCRYPTED,
    EBS_KEY,
    EFS_ENCRYPTED,
    EFS_KEY,
    FSX_KEY,
    KEY_ROTATED,
    LOG_KEY,
    REPOSITORY_KEY,
    SECRET_KEY,
    SECRET_ROTATED,
    SECRET_ROTATED_OFTEN,
    SECURE_STRING,
)
from ourhalf.model.field import Known, Unresolved
from ourhalf.model.verdict import Status
from ourhalf.resources.ebs import EbsEncryptionByDefault
from ourhalf.resources.secretsmanager import Secret
from tests.controls.requests import CONFIDENTIAL, OWN_KEYS, three
from tests.support import Case, api, check, cloudformation

KEY = "arn:aws:kms:eu-west-1:123456789012:key/abc"
SECRET = api("secretsmanager:CreateSecret", Name="db")


def kms_key(**more: str) -> str:
    lines = "".join(f"\n      {key}: {value}" for key, value in more.items())
    return f"Resources:\n  K:\n    Type: AWS::KMS::Key\n    Properties:\n      Description: k{lines}\n"


CASES = [
    *three(EFS_ENCRYPTED, "efs:CreateFileSystem", {"Encrypted": True}, {"Encrypted": False}, {"Encrypted": {}}),
    Case(EFS_ENCRYPTED, Status.FAIL, (api("efs:CreateFileSystem", CreationToken="x"),)),
    *three(EFS_KEY, "efs:CreateFileSystem", {"KmsKeyId": KEY}, {"Encrypted": True}, {"KmsKeyId": {}}, OWN_KEYS),
    *three(FSX_KEY, "fsx:CreateFileSystem", {"KmsKeyId": KEY}, {"StorageCapacity": 1}, {"KmsKeyId": {}}, CONFIDENTIAL),
    *three(EBS_ENCRYPTED, "ec2:CreateVolume", {"Encrypted": True}, {"Encrypted": False}, {"Encrypted": {}}),
    Case(
        EBS_ENCRYPTED,
        Status.PASS,
        (api("ec2:CreateVolume", Size=1), api("ec2:EnableEbsEncryptionByDefault", DryRun=False)),
    ),
    *three(EBS_KEY, "ec2:CreateVolume", {"KmsKeyId": KEY}, {"KmsKeyId": "alias/aws/ebs"}, {"KmsKeyId": {}}, OWN_KEYS),
    Case(EBS_DEFAULT, Status.PASS, (api("ec2:EnableEbsEncryptionByDefault", DryRun=False),)),
    Case(EBS_DEFAULT, Status.FAIL, (EbsEncryptionByDefault(name="d", enabled=Known(False)),)),
    Case(EBS_DEFAULT, Status.UNKNOWN, (EbsEncryptionByDefault(name="d", enabled=Unresolved("a test")),)),
    Case(SECRET_ROTATED, Status.UNKNOWN, (Secret(name="s", rotated=Unresolved("a test")),), requirements=CONFIDENTIAL),
    *three(LOG_KEY, "logs:CreateLogGroup", {"kmsKeyId": KEY}, {"logGroupName": "g"}, {"kmsKeyId": {}}, CONFIDENTIAL),
    *three(SECRET_KEY, "secretsmanager:CreateSecret", {"KmsKeyId": KEY}, {"Name": "s"}, {"KmsKeyId": {}}, OWN_KEYS),
    Case(
        SECRET_ROTATED,
        Status.PASS,
        (SECRET, api("secretsmanager:RotateSecret", SecretId="db")),
        requirements=CONFIDENTIAL,
    ),
    Case(SECRET_ROTATED, Status.FAIL, (SECRET,), requirements=CONFIDENTIAL),
    Case(SECRET_ROTATED, Status.NOT_APPLICABLE, (SECRET,)),
    Case(
        SECRET_ROTATED_OFTEN,
        Status.PASS,
        (SECRET, api("secretsmanager:RotateSecret", SecretId="db", RotationRules={"AutomaticallyAfterDays": 90})),
    ),
    Case(
        SECRET_ROTATED_OFTEN,
        Status.FAIL,
        (SECRET, api("secretsmanager:RotateSecret", SecretId="db", RotationRules={"AutomaticallyAfterDays": 91})),
    ),
    Case(SECRET_ROTATED_OFTEN, Status.UNKNOWN, (SECRET, api("secretsmanager:RotateSecret", SecretId="db"))),
    Case(SECRET_ROTATED_OFTEN, Status.NOT_APPLICABLE, (SECRET,)),
    *three(
        SECURE_STRING,
        "ssm:PutParameter",
        {"Name": "/a/password", "Type": "SecureString"},
        {"Name": "/a/password", "Type": "String"},
        {"Name": "/a/password", "Type": {}},
    ),
    Case(SECURE_STRING, Status.NOT_APPLICABLE, (api("ssm:PutParameter", Name="/a/epochs", Type="String"),)),
    Case(KEY_ROTATED, Status.PASS, cloudformation(kms_key(EnableKeyRotation="true"))),
    Case(KEY_ROTATED, Status.FAIL, cloudformation(kms_key(EnableKeyRotation="false"))),
    Case(KEY_ROTATED, Status.FAIL, cloudformation(kms_key())),
    Case(KEY_ROTATED, Status.UNKNOWN, cloudformation(kms_key(EnableKeyRotation="!Ref Nothing"))),
    Case(KEY_ROTATED, Status.NOT_APPLICABLE, cloudformation(kms_key(KeySpec="RSA_2048"))),
    *three(
        REPOSITORY_KEY,
        "ecr:CreateRepository",
        {"encryptionConfiguration": {"encryptionType": "KMS", "kmsKey": KEY}},
        {"encryptionConfiguration": {"encryptionType": "KMS"}},
        {"encryptionConfiguration": {"encryptionType": {}}},
        CONFIDENTIAL,
    ),
    Case(
        SECRET_ROTATED_OFTEN,
        Status.UNKNOWN,
        (Secret(name="s", rotated=Unresolved("a test"), rotation_days=Known(30)),),
    ),
    Case(
        SECRET_ROTATED_OFTEN,
        Status.UNKNOWN,
        (SECRET, api("secretsmanager:RotateSecret", SecretId="db", RotationRules={"AutomaticallyAfterDays": {}})),
    ),
    Case(SECURE_STRING, Status.UNKNOWN, (api("ssm:PutParameter", Name={}, Type="String"),)),
    Case(KEY_ROTATED, Status.UNKNOWN, cloudformation(kms_key(KeySpec="!Ref Nothing", EnableKeyRotation="true"))),
    Case(
        REPOSITORY_KEY,
        Status.FAIL,
        (api("ecr:CreateRepository", encryptionConfiguration={"encryptionType": "KMS", "kmsKey": "alias/aws/ecr"}),),
        requirements=CONFIDENTIAL,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
