"""Controls on what is opened to other accounts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ourhalf.controls.identity.accounts import BUCKET_ACCOUNTS, ENDPOINT_LIMITED
from ourhalf.model.profile import Parameters, Requirements
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.controls.requests import CONFIDENTIAL, three
from tests.support import Case, api, check

LISTED = Requirements(parameters=Parameters(trusted_accounts=("123456789012",)))
OURS, THEIRS = "123456789012", "arn:aws:iam::999999999999:root"


def policy(principal: Any, condition: Any = None, effect: str = "Allow", action: Any = "s3:*") -> str:
    statement = {"Effect": effect, "Principal": principal, "Action": action, "Resource": "*"}
    return json.dumps({"Statement": [statement | ({"Condition": condition} if condition else {})]})


def bucket(document: str | None) -> tuple[Resource, ...]:
    made = api("s3:CreateBucket", Bucket="b")
    return (made,) if document is None else (made, api("s3:PutBucketPolicy", Bucket="b", Policy=document))


def listed(expect: Status, document: str | None) -> Case:
    return Case(BUCKET_ACCOUNTS, expect, bucket(document), requirements=LISTED)


FEW = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}
ENDPOINT = {"ServiceName": "com.amazonaws.eu-west-1.s3", "VpcId": "vpc-1"}
CASES = [
    listed(Status.PASS, None),
    listed(Status.PASS, policy({"AWS": [OURS, f"arn:aws:iam::{OURS}:role/train"]})),
    listed(Status.PASS, policy({"Service": "cloudtrail.amazonaws.com"})),
    listed(Status.PASS, policy({"AWS": THEIRS}, effect="Deny")),
    listed(Status.FAIL, policy({"AWS": [OURS, THEIRS]})),
    listed(Status.FAIL, policy({"AWS": "999999999999"})),
    listed(Status.FAIL, policy("*")),
    listed(Status.UNKNOWN, policy("*", FEW)),
    listed(Status.UNKNOWN, policy({"AWS": "AIDAEXAMPLE"})),
    listed(Status.UNKNOWN, "no policy at all"),
    Case(BUCKET_ACCOUNTS, Status.NOT_APPLICABLE, bucket(policy({"AWS": THEIRS}))),
    *three(
        ENDPOINT_LIMITED,
        "ec2:CreateVpcEndpoint",
        ENDPOINT | {"PolicyDocument": policy("*", FEW)},
        ENDPOINT | {"PolicyDocument": policy("*", action="*")},
        ENDPOINT | {"PolicyDocument": "no policy at all"},
        CONFIDENTIAL,
    ),
    Case(ENDPOINT_LIMITED, Status.FAIL, (api("ec2:CreateVpcEndpoint", **ENDPOINT),), requirements=CONFIDENTIAL),
    *(
        Case(
            ENDPOINT_LIMITED,
            expect,
            (api("ec2:CreateVpcEndpoint", **ENDPOINT, PolicyDocument=document),),
            requirements=CONFIDENTIAL,
        )
        for expect, document in (
            (Status.FAIL, json.dumps({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})),
            (Status.PASS, policy({"AWS": OURS}, action="*")),
            (Status.UNKNOWN, policy("*", action={"not": "clear"})),
        )
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
