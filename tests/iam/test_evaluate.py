"""Policies as AWS evaluates them: a table of cases, and what hostile policies cost."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourhalf.graph.index import EvidenceGraph
from ourhalf.iam.identities import PolicyIdentity
from ourhalf.iam.managed import managed, managed_name, names
from ourhalf.iam.wildcards import covers, matches
from ourhalf.model.evidence import Evidence
from ourhalf.model.field import Known, Reference, Unresolved
from ourhalf.model.identity import Access, Decision
from ourhalf.resources.iam import IamRole
from tests.support import cloudformation

ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
DENY = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}
BUCKET = "arn:aws:s3:::models/*"


def asked(
    statements: Any, action: str, resource: str = "*", boundary: Any = None, managed_policies: tuple[str, ...] = ()
) -> Access:
    role: dict[str, Any] = {
        "AssumeRolePolicyDocument": {"Statement": []},
        "Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": statements}}],
        "ManagedPolicyArns": list(managed_policies),
    }
    resources: dict[str, Any] = {"R": {"Type": "AWS::IAM::Role", "Properties": role}}
    if boundary is not None:
        role["PermissionsBoundary"] = {"Ref": "B"}
        document = {"PolicyDocument": {"Statement": boundary}}
        resources["B"] = {"Type": "AWS::IAM::ManagedPolicy", "Properties": document}
    graph = EvidenceGraph(Evidence(cloudformation(json.dumps({"Resources": resources}))))
    return PolicyIdentity(graph).allows(graph.all(IamRole)[0], action, resource)


@pytest.mark.parametrize(
    ("statements", "action", "resource", "expected"),
    [
        (ALLOW, "s3:GetObject", "*", "allowed"),
        (ALLOW, "s3:getobject", "*", "allowed"),
        (ALLOW, "s3:PutObject", "*", "not-allowed"),
        ([ALLOW, DENY], "s3:GetObject", "*", "denied"),
        ([DENY, ALLOW], "s3:GetObject", "*", "denied"),
        ({**ALLOW, "Action": ["s3:Get*"]}, "s3:GetObject", "*", "allowed"),
        ({**ALLOW, "Action": "s3:Get?bject"}, "s3:GetObject", "*", "allowed"),
        ({**ALLOW, "Action": "*"}, "iam:PassRole", "*", "allowed"),
        ({**ALLOW, "Action": "*"}, "*", "*", "allowed"),
        ({**ALLOW, "Action": "s3:*"}, "*", "*", "not-allowed"),
        ({**ALLOW, "Resource": BUCKET}, "s3:GetObject", "*", "not-allowed"),
        ({**ALLOW, "Resource": BUCKET}, "s3:GetObject", "arn:aws:s3:::models/a.tar.gz", "allowed"),
        ({**ALLOW, "Resource": BUCKET}, "s3:GetObject", "arn:aws:s3:::other/a", "not-allowed"),
        ({**ALLOW, "Resource": "arn:aws:s3:::*"}, "s3:GetObject", "*", "allowed"),
        ({**ALLOW, "Resource": "arn:aws:s3:::*/*"}, "s3:GetObject", "*", "allowed"),
        ({**ALLOW, "Action": "iam:PassRole", "Resource": "arn:aws:iam::1:role/*"}, "iam:PassRole", "*", "allowed"),
        ({**ALLOW, "Action": "iam:PassRole", "Resource": "arn:aws:iam::1:role/x"}, "iam:PassRole", "*", "not-allowed"),
        ({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, "s3:GetObject", "*", "allowed"),
        ({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, "iam:PassRole", "*", "not-allowed"),
        ({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, "*", "*", "not-allowed"),
        ({"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}, "ec2:RunInstances", "*", "denied"),
        ({"Effect": "Allow", "Action": "s3:*", "NotResource": BUCKET}, "s3:GetObject", "*", "allowed"),
        (
            {"Effect": "Allow", "Action": "s3:*", "NotResource": BUCKET},
            "s3:GetObject",
            "arn:aws:s3:::models/a",
            "not-allowed",
        ),
        (
            {**ALLOW, "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}},
            "s3:GetObject",
            "*",
            "conditional",
        ),
        ({**ALLOW, "Condition": {"StringLike": {"aws:PrincipalArn": "*"}}}, "s3:GetObject", "*", "allowed"),
        ({**ALLOW, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}, "s3:GetObject", "*", "allowed"),
        ({**ALLOW, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}, "s3:GetObject", "*", "not-allowed"),
        (
            [ALLOW, {**DENY, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}],
            "s3:GetObject",
            "*",
            "allowed",
        ),
        (
            [ALLOW, {**DENY, "Condition": {"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}}],
            "s3:GetObject",
            "*",
            "conditional",
        ),
        ({**ALLOW, "Action": {"Ref": "Unknown"}}, "s3:GetObject", "*", "unknown"),
        ({**ALLOW, "Effect": "Maybe"}, "s3:GetObject", "*", "unknown"),
        ({**ALLOW, "Action": "no:SuchAction"}, "s3:GetObject", "*", "not-allowed"),
        ({**ALLOW, "Resource": "${aws:username}"}, "s3:GetObject", "arn:aws:s3:::a/b", "unknown"),
        ([], "s3:GetObject", "*", "not-allowed"),
    ],
)
def test_decisions(statements: Any, action: str, resource: str, expected: str) -> None:
    assert asked(statements, action, resource).decision == expected


@pytest.mark.parametrize(
    ("boundary", "expected"),
    [
        (ALLOW, "allowed"),
        ({**ALLOW, "Action": "ec2:*"}, "not-allowed"),
        ([ALLOW, DENY], "denied"),
        ({**ALLOW, "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}}, "conditional"),
        ({**ALLOW, "Action": {"Ref": "Unknown"}}, "unknown"),
    ],
)
def test_a_boundary_takes_away(boundary: Any, expected: str) -> None:
    assert asked(ALLOW, "s3:GetObject", boundary=boundary).decision == expected


def test_a_boundary_gives_nothing() -> None:
    assert asked({**ALLOW, "Action": "ec2:*"}, "s3:GetObject", boundary=ALLOW).decision == "not-allowed"


@pytest.mark.parametrize(
    ("policy", "action", "expected"),
    [
        ("AdministratorAccess", "iam:CreateUser", "allowed"),
        ("PowerUserAccess", "iam:CreateUser", "not-allowed"),
        ("PowerUserAccess", "s3:GetObject", "allowed"),
        ("AmazonS3ReadOnlyAccess", "s3:PutObject", "not-allowed"),
        ("AmazonSageMakerFullAccess", "sagemaker:CreateTrainingJob", "allowed"),
        ("AmazonSageMakerFullAccess", "iam:PassRole", "conditional"),
        ("AmazonSageMakerFullAccess", "dynamodb:GetItem", "not-allowed"),
        ("AmazonSageMakerFullAccess", "s3:GetObject", "unknown"),
        ("service-role/AWSLambdaBasicExecutionRole", "s3:GetObject", "not-allowed"),
        ("NobodyKnowsThis", "s3:GetObject", "unknown"),
    ],
)
def test_aws_managed_policies(policy: str, action: str, expected: str) -> None:
    found = asked([], action, managed_policies=(f"arn:aws:iam::aws:policy/{policy}",))
    assert found.decision == expected


def test_every_managed_policy_of_the_table_is_well_formed() -> None:
    for name in names():
        for statement in managed(name, Known(name)) or ():
            assert statement.actions
            assert all(action == "*" or ":" in action for action in statement.actions)


def test_a_managed_policy_is_known_in_every_partition() -> None:
    parts = ("arn:", Reference("AWS::Partition"), ":iam::aws:policy/service-role/AWSBatchServiceRole")
    assert managed_name(Unresolved("partition", parts=parts)) == "AWSBatchServiceRole"
    assert managed_name("arn:aws-cn:iam::aws:policy/AdministratorAccess") == "AdministratorAccess"
    assert managed_name("arn:aws:iam::123456789012:policy/AdministratorAccess") is None


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        (("arn:", Reference("AWS::Partition"), ":s3:::*"), True),
        (("arn:aws:s3:::", Reference("Bucket"), "/*"), False),
        ((Reference("Bucket", "Arn"), "/*"), False),
        (("arn:aws:s3:::", None, "/*"), None),
        ((), None),
    ],
)
def test_resources_known_in_part(parts: tuple[str | Reference | None, ...], whole: bool | None) -> None:
    assert covers(Unresolved("known later", parts=parts), "*") is whole


def test_ten_thousand_statements_are_bounded_and_said() -> None:
    many = [{**ALLOW, "Action": f"s3:A{i}"} for i in range(10_000)]
    start = time.process_time()
    found = asked(many, "s3:GetObject")
    assert found.decision is Decision.UNKNOWN
    assert time.process_time() - start < 20


@given(st.text("ab*?", max_size=12), st.text("ab", max_size=12))
def test_wildcards_match_like_a_slow_and_plain_definition(pattern: str, text: str) -> None:
    assert matches(pattern, text) == _plainly(pattern, text)


def _plainly(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(_plainly(pattern[1:], text[i:]) for i in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and _plainly(pattern[1:], text[1:])


def test_a_hostile_pattern_is_fast() -> None:
    start = time.process_time()
    assert not matches("*a" * 200 + "b", "a" * 2_000)
    assert time.process_time() - start < 5


def test_roles_that_trust_each_other_are_judged() -> None:
    def trusting(other: str) -> dict[str, Any]:
        principal = {"AWS": {"Fn::GetAtt": [other, "Arn"]}}
        statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
        return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Statement": statement}}}

    resources = cloudformation(json.dumps({"Resources": {"A": trusting("B"), "B": trusting("A")}}))
    graph = EvidenceGraph(Evidence(resources))
    identity = PolicyIdentity(graph)
    for role in graph.all(IamRole):
        assert identity.open_to_anyone(role.trust, "the trust policy").decision is not Decision.ALLOWED
        assert identity.allows(role, "s3:GetObject").decision is Decision.NOT_ALLOWED
