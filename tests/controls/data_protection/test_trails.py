"""Controls on where trails, logs, snapshots and experiments keep what is confidential."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ourhalf.controls.data_protection.trails import ARTIFACTS_OWNED, COPY_ENCRYPTED, LOGS_MASKED, TRAIL_HIDDEN
from ourhalf.model.profile import Parameters, Requirements
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.controls.requests import REGULATED, three
from tests.support import Case, api, check, cloudformation

TRAIL = api("cloudtrail:CreateTrail", Name="t", S3BucketName="b")
BUCKET = api("s3:CreateBucket", Bucket="b")
OPEN = json.dumps({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}]})
GROUP = api("logs:CreateLogGroup", logGroupName="g")
DEFAULT = api("ec2:EnableEbsEncryptionByDefault")
LISTED = Requirements(parameters=Parameters(trusted_accounts=("123456789012",)))


def server(uri: Any, *more: Resource) -> tuple[Resource, ...]:
    return (api("sagemaker:CreateMlflowTrackingServer", TrackingServerName="m", ArtifactStoreUri=uri), *more)


def in_template(uri: str) -> tuple[Resource, ...]:
    return cloudformation(
        "Resources:\n  B: {Type: AWS::S3::Bucket}\n  S:\n    Type: AWS::SageMaker::MlflowTrackingServer\n"
        f"    Properties: {{TrackingServerName: s, ArtifactStoreUri: !Sub '{uri}'}}\n"
    )


def masked(document: Any, group: Any = "g") -> tuple[Resource, ...]:
    return (GROUP, api("logs:PutDataProtectionPolicy", logGroupIdentifier=group, policyDocument=document))


SHARED = "s3://sagemaker-eu-west-1-{}/m"
CASES = [
    Case(TRAIL_HIDDEN, Status.PASS, (TRAIL, BUCKET)),
    Case(TRAIL_HIDDEN, Status.FAIL, (TRAIL, api("s3:CreateBucket", Bucket="b", ACL="public-read"))),
    Case(TRAIL_HIDDEN, Status.FAIL, (TRAIL, BUCKET, api("s3:PutBucketPolicy", Bucket="b", Policy=OPEN))),
    Case(TRAIL_HIDDEN, Status.UNKNOWN, (TRAIL,)),
    Case(TRAIL_HIDDEN, Status.UNKNOWN, (TRAIL, api("s3:CreateBucket", Bucket="b", ACL={}))),
    Case(LOGS_MASKED, Status.PASS, masked('{"Name": "p", "Statement": []}'), requirements=REGULATED),
    Case(LOGS_MASKED, Status.FAIL, (GROUP,), requirements=REGULATED),
    Case(LOGS_MASKED, Status.UNKNOWN, masked("{}", {}), requirements=REGULATED),
    Case(LOGS_MASKED, Status.NOT_APPLICABLE, (GROUP,)),
    *three(
        COPY_ENCRYPTED,
        "ec2:CopySnapshot",
        {"Encrypted": True},
        {"Encrypted": False},
        {"SourceSnapshotId": "snap-1"},
    ),
    Case(COPY_ENCRYPTED, Status.UNKNOWN, (api("ec2:CopySnapshot", Encrypted={}),)),
    Case(COPY_ENCRYPTED, Status.PASS, (api("ec2:CopySnapshot", Encrypted=False), DEFAULT)),
    Case(ARTIFACTS_OWNED, Status.PASS, server("s3://b/m", BUCKET)),
    Case(ARTIFACTS_OWNED, Status.FAIL, server("s3://b/m", api("s3:CreateBucket", Bucket="b", ACL="public-read"))),
    Case(ARTIFACTS_OWNED, Status.PASS, server(SHARED.format("123456789012")), requirements=LISTED),
    Case(ARTIFACTS_OWNED, Status.FAIL, server(SHARED.format("999999999999")), requirements=LISTED),
    Case(ARTIFACTS_OWNED, Status.UNKNOWN, server(SHARED.format("999999999999"))),
    Case(ARTIFACTS_OWNED, Status.UNKNOWN, server("s3://elsewhere/m"), requirements=LISTED),
    Case(ARTIFACTS_OWNED, Status.UNKNOWN, server({})),
    Case(ARTIFACTS_OWNED, Status.PASS, in_template("s3://${B}/m"), subject="S"),
    Case(ARTIFACTS_OWNED, Status.PASS, in_template("${B}/m"), subject="S"),
    Case(ARTIFACTS_OWNED, Status.UNKNOWN, in_template("https://example.com/${B}/m"), subject="S"),
    Case(ARTIFACTS_OWNED, Status.UNKNOWN, in_template("s3://${Nothing}/m"), subject="S"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
