"""Controls on what roles may do."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ourhalf.controls.identity.roles import (
    ASSUME_LIMITED,
    BUCKETS_NAMED,
    KEYS_NAMED,
    NO_ESCALATION,
    NO_WHOLE_SERVICE,
    NOT_ADMINISTRATOR,
    PASS_ROLE_LIMITED,
    SECRETS_NAMED,
)
from ourhalf.model.control import Control
from ourhalf.model.field import Unresolved
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.support import Case, check, cloudformation

UNKNOWN = {"Ref": "NoSuchParameter"}
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


def role(*statements: Any, managed: Any = ()) -> tuple[Resource, ...]:
    properties = {
        "AssumeRolePolicyDocument": {"Statement": []},
        "Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": list(statements)}}],
        "ManagedPolicyArns": list(managed),
    }
    return cloudformation(json.dumps({"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": properties}}}))


def allow(*actions: Any, on: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": on, **more}


def three(control: Control[Any], *actions: str, named: str) -> list[Case]:
    """Allowed everywhere fails, allowed on what is named passes, an unknown resource is unknown."""
    return [
        Case(control, Status.FAIL, role(allow(*actions))),
        Case(control, Status.PASS, role(allow(*actions, on=named))),
        Case(control, Status.UNKNOWN, role(allow(*actions, on=UNKNOWN))),
        Case(control, Status.UNKNOWN, role(allow(UNKNOWN))),
        Case(control, Status.UNKNOWN, role(managed=["arn:aws:iam::123456789012:policy/elsewhere"])),
    ]


CASES = [
    Case(NOT_ADMINISTRATOR, Status.FAIL, role(allow("*"))),
    Case(NOT_ADMINISTRATOR, Status.FAIL, role(managed=[ADMINISTRATOR])),
    Case(NOT_ADMINISTRATOR, Status.PASS, role(allow("s3:*"))),
    Case(NOT_ADMINISTRATOR, Status.PASS, role({"Effect": "Deny", "Action": "*", "Resource": "*"}, allow("*"))),
    Case(NOT_ADMINISTRATOR, Status.UNKNOWN, role(managed=[UNKNOWN])),
    Case(NOT_ADMINISTRATOR, Status.UNKNOWN, role(allow(UNKNOWN))),
    Case(NO_WHOLE_SERVICE, Status.FAIL, role(allow("sagemaker:*"))),
    Case(NO_WHOLE_SERVICE, Status.FAIL, role({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})),
    Case(NO_WHOLE_SERVICE, Status.PASS, role(allow("logs:*"))),
    Case(NO_WHOLE_SERVICE, Status.PASS, role(allow("s3:*", on="arn:aws:s3:::models/*"))),
    Case(NO_WHOLE_SERVICE, Status.UNKNOWN, role(allow(UNKNOWN))),
    *three(BUCKETS_NAMED, "s3:GetObject", named="arn:aws:s3:::models/*"),
    *three(SECRETS_NAMED, "secretsmanager:GetSecretValue", named="arn:aws:secretsmanager:eu-west-1:1:secret:db-x"),
    *three(KEYS_NAMED, "kms:Decrypt", named="arn:aws:kms:eu-west-1:1:key/abc"),
    *three(PASS_ROLE_LIMITED, "iam:PassRole", named="arn:aws:iam::1:role/train"),
    Case(
        PASS_ROLE_LIMITED,
        Status.PASS,
        role(allow("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}})),
    ),
    *three(ASSUME_LIMITED, "sts:AssumeRole", named="arn:aws:iam::1:role/read"),
    Case(NO_ESCALATION, Status.FAIL, role(allow("iam:PassRole"), allow("sagemaker:CreateTrainingJob"))),
    Case(NO_ESCALATION, Status.FAIL, role(allow("iam:PutRolePolicy"))),
    Case(NO_ESCALATION, Status.PASS, role(allow("sagemaker:CreateTrainingJob"))),
    Case(
        NO_ESCALATION, Status.PASS, role(allow("iam:PassRole", on="arn:aws:iam::1:role/x"), allow("ec2:RunInstances"))
    ),
    Case(NO_ESCALATION, Status.UNKNOWN, role(allow(UNKNOWN))),
    # Allowing everything is told by its own control, also where a service is denied in part
    Case(
        NO_WHOLE_SERVICE,
        Status.PASS,
        role({"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*"}, allow("*")),
    ),
    # Passing roles raises nothing by itself
    Case(NO_ESCALATION, Status.PASS, role(allow("iam:PassRole", on=UNKNOWN))),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)


@pytest.mark.parametrize(
    "resources",
    [role(allow(UNKNOWN)), role(managed=[f"arn:aws:iam::123456789012:policy/{name}" for name in ("one", "two")])],
)
def test_what_is_not_known_is_shown_once(resources: tuple[Resource, ...]) -> None:
    _, verdict = Case(NO_ESCALATION, Status.UNKNOWN, resources).judged()
    assert [type(field) for field in verdict.fields] == [Unresolved]
