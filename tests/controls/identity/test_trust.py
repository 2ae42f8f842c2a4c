"""Controls on who may assume roles."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ourhalf.controls.identity.trust import NO_CONFUSED_DEPUTY, SUBJECT_NAMED, TRUST_NAMED
from ourhalf.model.profile import Requirements, Sensitivity
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.support import Case, check, cloudformation

UNKNOWN = {"Ref": "NoSuchParameter"}
CONFIDENTIAL = Requirements(sensitivity=Sensitivity.CONFIDENTIAL, why="a test")
PROVIDER = "arn:aws:iam::1:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/A"
SUBJECT = "oidc.eks.eu-west-1.amazonaws.com/id/A:sub"
AUDIENCE = "oidc.eks.eu-west-1.amazonaws.com/id/A:aud"


def trust(principal: Any, condition: Any = None, action: str = "sts:AssumeRole") -> tuple[Resource, ...]:
    statement = {"Effect": "Allow", "Principal": principal, "Action": action}
    if condition is not None:
        statement["Condition"] = condition
    document = {"Statement": [statement]}
    found = {"R": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": document}}}
    return cloudformation(json.dumps({"Resources": found}))


def web(condition: Any) -> tuple[Resource, ...]:
    return trust({"Federated": PROVIDER}, condition, "sts:AssumeRoleWithWebIdentity")


SERVICE = {"Service": "sagemaker.amazonaws.com"}

CASES = [
    Case(TRUST_NAMED, Status.FAIL, trust("*")),
    Case(TRUST_NAMED, Status.FAIL, trust({"AWS": "*"})),
    Case(TRUST_NAMED, Status.FAIL, trust({"AWS": ["arn:aws:iam::1:root", "*"]})),
    Case(TRUST_NAMED, Status.FAIL, trust("*", {"Bool": {"aws:MultiFactorAuthPresent": "true"}})),
    Case(TRUST_NAMED, Status.FAIL, trust("*", {"StringLike": {"aws:PrincipalOrgID": "*"}})),
    Case(TRUST_NAMED, Status.PASS, trust("*", {"StringEquals": {"aws:PrincipalOrgID": "o-1"}})),
    Case(TRUST_NAMED, Status.PASS, trust(SERVICE)),
    Case(TRUST_NAMED, Status.PASS, trust({"AWS": "arn:aws:iam::123456789012:root"})),
    Case(TRUST_NAMED, Status.UNKNOWN, trust({"AWS": UNKNOWN})),
    Case(TRUST_NAMED, Status.UNKNOWN, trust(UNKNOWN)),
    Case(NO_CONFUSED_DEPUTY, Status.FAIL, trust(SERVICE), requirements=CONFIDENTIAL),
    Case(NO_CONFUSED_DEPUTY, Status.NOT_APPLICABLE, trust(SERVICE)),
    Case(NO_CONFUSED_DEPUTY, Status.NOT_APPLICABLE, trust({"Service": "ec2.amazonaws.com"}), requirements=CONFIDENTIAL),
    Case(
        NO_CONFUSED_DEPUTY,
        Status.PASS,
        trust(SERVICE, {"StringEquals": {"aws:SourceAccount": "123456789012"}}),
        requirements=CONFIDENTIAL,
    ),
    Case(NO_CONFUSED_DEPUTY, Status.UNKNOWN, trust(SERVICE, UNKNOWN), requirements=CONFIDENTIAL),
    Case(SUBJECT_NAMED, Status.FAIL, web(None)),
    Case(SUBJECT_NAMED, Status.FAIL, web({"StringEquals": {AUDIENCE: "sts.amazonaws.com"}})),
    Case(SUBJECT_NAMED, Status.FAIL, web({"StringLike": {SUBJECT: "*"}})),
    Case(SUBJECT_NAMED, Status.PASS, web({"StringEquals": {SUBJECT: "system:serviceaccount:ml:train"}})),
    Case(SUBJECT_NAMED, Status.NOT_APPLICABLE, trust(SERVICE)),
    Case(SUBJECT_NAMED, Status.UNKNOWN, web({"StringEquals": {SUBJECT: UNKNOWN}})),
    Case(SUBJECT_NAMED, Status.UNKNOWN, web(UNKNOWN)),
    Case(TRUST_NAMED, Status.UNKNOWN, cloudformation("Resources: {R: {Type: 'AWS::IAM::Role'}}")),
    Case(
        NO_CONFUSED_DEPUTY,
        Status.UNKNOWN,
        trust(SERVICE, {"StringEquals": {"aws:SourceAccount": UNKNOWN}}),
        requirements=CONFIDENTIAL,
    ),
    Case(SUBJECT_NAMED, Status.FAIL, trust({"Federated": PROVIDER}, action="sts:*")),
    Case(SUBJECT_NAMED, Status.FAIL, trust({"Federated": PROVIDER}, action="*")),
    Case(
        SUBJECT_NAMED,
        Status.PASS,
        trust({"Federated": "arn:aws:iam::1:saml-provider/p"}, action="sts:AssumeRoleWithSAML"),
    ),
    Case(SUBJECT_NAMED, Status.UNKNOWN, web({"StringEquals": {SUBJECT: [{"Ref": "R"}]}})),
    Case(SUBJECT_NAMED, Status.UNKNOWN, web({"StringEquals": {SUBJECT: ["*", UNKNOWN]}})),
    Case(SUBJECT_NAMED, Status.UNKNOWN, web({"StringEquals": {AUDIENCE: ["sts.amazonaws.com", UNKNOWN]}})),
    Case(
        SUBJECT_NAMED, Status.UNKNOWN, web({"StringEquals": {"<PROVIDER AND KEY>": "system:serviceaccount:ml:train"}})
    ),
    Case(SUBJECT_NAMED, Status.UNKNOWN, web({"StringEquals": {"${KEY}": "system:serviceaccount:ml:train"}})),
    Case(SUBJECT_NAMED, Status.FAIL, web({"StringEquals": {"aws:RequestTag/team": "ml"}})),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
