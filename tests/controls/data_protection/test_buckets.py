"""Controls on buckets."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ourhalf.controls.data_protection.buckets import (
    ACCESS_POINT_BLOCKED,
    ACCOUNT_BLOCKED,
    BLOCKED,
    ENCRYPTED,
    OWN_KEY,
    TLS_ONLY,
)
from ourhalf.model.profile import Parameters, Requirements, Sensitivity
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.support import Case, api, check, cloudformation

CONFIDENTIAL = Requirements(sensitivity=Sensitivity.CONFIDENTIAL, why="a test")
REGULATED = Requirements(sensitivity=Sensitivity.REGULATED, why="a test")
OWN = Requirements(parameters=Parameters(require_customer_keys=True))
BUCKET = api("s3:CreateBucket", Bucket="b")
ON = {"BlockPublicAcls": True, "BlockPublicPolicy": True, "IgnorePublicAcls": True, "RestrictPublicBuckets": True}


def block(**switches: Any) -> Resource:
    return api("s3:PutPublicAccessBlock", Bucket="b", PublicAccessBlockConfiguration=switches)


def encryption(algorithm: Any, **more: Any) -> Resource:
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm, **more}}
    return api("s3:PutBucketEncryption", Bucket="b", ServerSideEncryptionConfiguration={"Rules": [rule]})


def policy(value: Any, principal: Any = "*", action: str = "s3:*", **more: Any) -> Resource:
    statement = {
        "Effect": "Deny",
        "Principal": principal,
        "Action": action,
        "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransport": value}},
        **more,
    }
    return api("s3:PutBucketPolicy", Bucket="b", Policy=json.dumps({"Statement": statement}))


def version(operator: str) -> dict[str, Any]:
    return {operator: {"s3:TlsVersion": "1.2"}}


SOME_ONLY = {"Bool": {"aws:SecureTransport": "false"}, "StringEquals": {"aws:PrincipalTag/team": "a"}}
OLD_SIGNATURES = {"NumericLessThan": {"s3:signatureAge": "600000"}}
UNREAD = (
    "Resources:\n  B:\n    Type: AWS::S3::Bucket\n    Properties:\n"
    "      BucketEncryption: {ServerSideEncryptionConfiguration: !Ref Nothing}\n"
)

SWITCHES = "PublicAccessBlockConfiguration"

CASES = [
    Case(BLOCKED, Status.PASS, (BUCKET, block(**ON))),
    Case(BLOCKED, Status.PASS, (BUCKET,)),
    Case(BLOCKED, Status.FAIL, (BUCKET,), requirements=REGULATED),
    *(Case(BLOCKED, Status.FAIL, (BUCKET, block(**{**ON, switch: False}))) for switch in ON),
    Case(BLOCKED, Status.FAIL, (BUCKET, block(BlockPublicAcls=True))),
    Case(BLOCKED, Status.UNKNOWN, (BUCKET, block(**{**ON, "BlockPublicAcls": {}}))),
    *(
        Case(BLOCKED, Status.UNKNOWN, (BUCKET, api("s3:PutPublicAccessBlock", Bucket="b", **{SWITCHES: hidden})))
        for hidden in ("${SWITCHES}", 3, ["x"])
    ),
    Case(ACCESS_POINT_BLOCKED, Status.PASS, (api("s3control:CreateAccessPoint", Bucket="b"),)),
    Case(
        ACCESS_POINT_BLOCKED,
        Status.FAIL,
        (api("s3control:CreateAccessPoint", PublicAccessBlockConfiguration={**ON, "BlockPublicPolicy": False}),),
    ),
    Case(ACCESS_POINT_BLOCKED, Status.UNKNOWN, (api("s3control:CreateAccessPoint", PublicAccessBlockConfiguration=7),)),
    Case(ACCOUNT_BLOCKED, Status.PASS, (api("s3control:PutPublicAccessBlock", PublicAccessBlockConfiguration=ON),)),
    Case(ACCOUNT_BLOCKED, Status.FAIL, (api("s3control:PutPublicAccessBlock", AccountId="1"),)),
    Case(
        ACCOUNT_BLOCKED,
        Status.UNKNOWN,
        (api("s3control:PutPublicAccessBlock", PublicAccessBlockConfiguration={**ON, "BlockPublicAcls": {}}),),
    ),
    Case(ENCRYPTED, Status.PASS, (BUCKET,)),
    Case(ENCRYPTED, Status.PASS, (BUCKET, encryption("aws:kms"))),
    Case(
        ENCRYPTED,
        Status.FAIL,
        (BUCKET, api("s3:PutBucketEncryption", Bucket="b", ServerSideEncryptionConfiguration={"Rules": []})),
    ),
    Case(
        ENCRYPTED,
        Status.UNKNOWN,
        (BUCKET, api("s3:PutBucketEncryption", Bucket="b", ServerSideEncryptionConfiguration={"Rules": [7]})),
    ),
    Case(OWN_KEY, Status.PASS, (BUCKET, encryption("aws:kms", KMSMasterKeyID="k")), requirements=CONFIDENTIAL),
    Case(OWN_KEY, Status.PASS, (BUCKET, encryption("aws:kms", KMSMasterKeyID="k"))),
    Case(OWN_KEY, Status.FAIL, (BUCKET, encryption("AES256")), requirements=OWN),
    Case(OWN_KEY, Status.FAIL, (BUCKET, encryption("aws:kms", KMSMasterKeyID="alias/aws/s3")), requirements=OWN),
    Case(OWN_KEY, Status.FAIL, (BUCKET,), requirements=CONFIDENTIAL),
    Case(OWN_KEY, Status.NOT_APPLICABLE, (BUCKET,)),
    Case(OWN_KEY, Status.UNKNOWN, (BUCKET, encryption({})), requirements=OWN),
    Case(TLS_ONLY, Status.PASS, (BUCKET, policy("false")), requirements=CONFIDENTIAL),
    Case(TLS_ONLY, Status.PASS, (BUCKET, policy(False)), requirements=CONFIDENTIAL),
    Case(TLS_ONLY, Status.FAIL, (BUCKET, policy("true")), requirements=CONFIDENTIAL),
    Case(TLS_ONLY, Status.FAIL, (BUCKET, policy("false", {"AWS": "arn:aws:iam::1:root"})), requirements=CONFIDENTIAL),
    Case(TLS_ONLY, Status.FAIL, (BUCKET, policy("false", action="s3:GetObject")), requirements=CONFIDENTIAL),
    Case(TLS_ONLY, Status.FAIL, (BUCKET,), requirements=CONFIDENTIAL),
    Case(TLS_ONLY, Status.NOT_APPLICABLE, (BUCKET,)),
    Case(TLS_ONLY, Status.UNKNOWN, (BUCKET, policy({})), requirements=CONFIDENTIAL),
    Case(TLS_ONLY, Status.FAIL, (BUCKET, policy("false", Effect="Allow")), requirements=CONFIDENTIAL),
    Case(TLS_ONLY, Status.UNKNOWN, (BUCKET, policy("false", Effect={})), requirements=CONFIDENTIAL),
    Case(TLS_ONLY, Status.FAIL, (BUCKET, policy("false", Condition=SOME_ONLY)), requirements=CONFIDENTIAL),
    Case(TLS_ONLY, Status.PASS, (BUCKET, policy("", Condition=version("NumericLessThan"))), requirements=CONFIDENTIAL),
    Case(
        TLS_ONLY, Status.FAIL, (BUCKET, policy("", Condition=version("NumericGreaterThan"))), requirements=CONFIDENTIAL
    ),
    Case(TLS_ONLY, Status.FAIL, (BUCKET, policy("", Condition=OLD_SIGNATURES)), requirements=CONFIDENTIAL),
    Case(
        ENCRYPTED,
        Status.UNKNOWN,
        (BUCKET, api("s3:PutBucketEncryption", Bucket="b", ServerSideEncryptionConfiguration={"Rules": "later"})),
    ),
    Case(OWN_KEY, Status.UNKNOWN, (BUCKET, encryption("aws:kms", KMSMasterKeyID={})), requirements=OWN),
    Case(
        OWN_KEY,
        Status.UNKNOWN,
        (BUCKET, api("s3:PutBucketEncryption", Bucket="b", ServerSideEncryptionConfiguration={"Rules": [7]})),
        requirements=OWN,
    ),
    Case(ENCRYPTED, Status.UNKNOWN, cloudformation(UNREAD)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
