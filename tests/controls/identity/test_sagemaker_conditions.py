"""The control on conditions that hold jobs to the company's settings."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ourhalf.controls.identity.sagemaker_conditions import CONDITIONED
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.controls.requests import CONFIDENTIAL, DEFAULT
from tests.support import Case, api, check


def role(*statements: dict[str, Any]) -> tuple[Resource, ...]:
    return (
        api("iam:CreateRole", RoleName="r", AssumeRolePolicyDocument="{}"),
        api("iam:PutRolePolicy", RoleName="r", PolicyName="p", PolicyDocument=json.dumps({"Statement": statements})),
    )


ALL = {"Effect": "Allow", "Action": "sagemaker:Create*", "Resource": "*"}
SUBNETS = {"ForAllValues:StringEquals": {"sagemaker:VpcSubnets": ["subnet-1"]}}
SOURCE = {"StringEquals": {"aws:SourceVpc": "vpc-1"}}
UNCONFINED = {
    "Effect": "Deny",
    "Action": "sagemaker:Create*",
    "Resource": "*",
    "Condition": {"Null": {"sagemaker:VpcSubnets": "true"}},
}
CASES = [
    Case(CONDITIONED, Status.PASS, role(ALL | {"Condition": SUBNETS}), requirements=CONFIDENTIAL),
    Case(CONDITIONED, Status.PASS, role(ALL, UNCONFINED), requirements=CONFIDENTIAL),
    Case(CONDITIONED, Status.FAIL, role(ALL), requirements=CONFIDENTIAL),
    Case(CONDITIONED, Status.FAIL, role(ALL | {"Condition": SOURCE}), requirements=CONFIDENTIAL),
    Case(CONDITIONED, Status.UNKNOWN, role(ALL | {"Effect": {"Ref": "x"}}), requirements=CONFIDENTIAL),
    Case(CONDITIONED, Status.NOT_APPLICABLE, role(ALL | {"Action": "s3:GetObject"}), requirements=CONFIDENTIAL),
    Case(CONDITIONED, Status.NOT_APPLICABLE, role(ALL), requirements=DEFAULT),
    Case(CONDITIONED, Status.UNKNOWN, role(ALL | {"Condition": "not clear"}), requirements=CONFIDENTIAL),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
