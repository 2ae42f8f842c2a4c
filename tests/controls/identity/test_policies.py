"""Controls on policies by themselves."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ourhalf.controls.identity.policies import DOCUMENT_LIMITED, MANAGED_LIMITED
from ourhalf.model.profile import Severity
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.support import Case, api, check, read


def policy(action: Any, resource: Any = "*", **more: Any) -> str:
    return json.dumps({"Statement": [{"Effect": "Allow", "Action": action, "Resource": resource, **more}]})


def managed(document: str) -> tuple[Resource, ...]:
    return (api("iam:CreatePolicy", PolicyName="p", PolicyDocument=document),)


def file(document: str) -> tuple[Resource, ...]:
    return read({"policy.json": document}).resources


CASES = [
    *(
        case
        for control, made in ((MANAGED_LIMITED, managed), (DOCUMENT_LIMITED, file))
        for case in (
            Case(control, Status.FAIL, made(policy("*"))),
            Case(control, Status.FAIL, made(policy("s3:*"))),
            Case(control, Status.FAIL, made(policy(["iam:PassRole"]))),
            Case(control, Status.FAIL, made(policy(["ec2:DescribeVolumes", "ec2:DeleteVolume"]))),
            Case(control, Status.PASS, made(policy(["ec2:DescribeVolumes", "ecr:GetAuthorizationToken"]))),
            Case(control, Status.PASS, made(policy("s3:GetObject", "arn:aws:s3:::models/*"))),
            Case(control, Status.UNKNOWN, made(policy({"a": 1}))),
        )
    ),
    Case(DOCUMENT_LIMITED, Status.FAIL, file(policy("s3:GetObject", Principal="*"))),
    Case(DOCUMENT_LIMITED, Status.PASS, file(policy("s3:*", Principal={"AWS": "arn:aws:iam::1:root"}))),
    Case(DOCUMENT_LIMITED, Status.UNKNOWN, file(policy("s3:GetObject", Principal="*", Condition="not clear"))),
    Case(DOCUMENT_LIMITED, Status.UNKNOWN, file(policy("s3:GetObject", Principal={"AWS": {"not": "clear"}}))),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)


@pytest.mark.parametrize(
    "text", ['{"Statement": 7}', '{"Statement": [], "Resources": {}}', '{"Statement": [{"a": 1}]}']
)
def test_what_is_no_policy_is_left_alone(text: str) -> None:
    assert not any(r.kind == "IamPolicyDocument" for r in file(text))


@pytest.mark.parametrize(
    ("action", "severity"),
    [("*", Severity.CRITICAL), ("iam:PassRole", None), ("ec2:DeleteVolume", Severity.MEDIUM)],
)
def test_what_gives_everything_away_weighs_most(action: str, severity: Severity | None) -> None:
    _, verdict = Case(MANAGED_LIMITED, Status.FAIL, managed(policy(action))).judged()
    assert verdict.severity is severity
