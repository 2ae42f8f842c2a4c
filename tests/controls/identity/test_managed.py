"""AWS managed policies on the roles of workloads."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ourhalf.controls.identity.managed import NO_FULL_ACCESS
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.support import Case, check, cloudformation

UNKNOWN = {"Ref": "NoSuchParameter"}
SERVICE = {"Service": "sagemaker.amazonaws.com"}


def attached(policy: Any, principal: Any) -> tuple[Resource, ...]:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    properties = {"AssumeRolePolicyDocument": {"Statement": statement}, "ManagedPolicyArns": [policy]}
    return cloudformation(json.dumps({"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": properties}}}))


CASES = [
    Case(NO_FULL_ACCESS, Status.FAIL, attached("arn:aws:iam::aws:policy/AmazonSageMakerFullAccess", SERVICE)),
    Case(NO_FULL_ACCESS, Status.PASS, attached("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess", SERVICE)),
    Case(NO_FULL_ACCESS, Status.UNKNOWN, attached(UNKNOWN, SERVICE)),
    Case(
        NO_FULL_ACCESS,
        Status.NOT_APPLICABLE,
        attached("arn:aws:iam::aws:policy/AmazonS3FullAccess", {"Service": "config.amazonaws.com"}),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
