"""Controls on the policies of resources."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ourhalf.controls.identity.resource_policies import (
    ACL_CLOSED,
    ACLS_OFF,
    BUCKET_CLOSED,
    EFS_CLOSED,
    KEY_CLOSED,
    LOGS_CLOSED,
    REPOSITORY_CLOSED,
    SECRET_CLOSED,
)
from ourhalf.model.control import Control
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.support import Case, api, check, terraform


def granted(group: str) -> tuple[Resource, ...]:
    """A bucket that grants reading to a group."""
    return terraform(
        'resource "aws_s3_bucket" "b" {\n  grant {\n    type = "Group"\n    permissions = ["READ"]\n'
        f"    uri = {group}\n  }}\n}}\n"
    )


NAMED = {"AWS": "arn:aws:iam::123456789012:role/train"}
INSIDE = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}
NARROW = {"StringLike": {"aws:UserAgent": "us*"}}


def policy(principal: Any, condition: Any = None, effect: str = "Allow") -> str:
    statement = {"Effect": effect, "Principal": principal, "Action": "*", "Resource": "*"}
    return json.dumps({"Statement": [statement | ({"Condition": condition} if condition else {})]})


def bucket(document: str | None = None, **more: Any) -> tuple[Resource, ...]:
    found = [api("s3:CreateBucket", Bucket="b", **more)]
    if document is not None:
        found.append(api("s3:PutBucketPolicy", Bucket="b", Policy=document))
    return tuple(found)


def key(document: str) -> tuple[Resource, ...]:
    return (api("kms:CreateKey", Policy=document),)


def repository(document: str) -> tuple[Resource, ...]:
    return (
        api("ecr:CreateRepository", repositoryName="r"),
        api("ecr:SetRepositoryPolicy", repositoryName="r", policyText=document),
    )


def secret(document: str) -> tuple[Resource, ...]:
    return (
        api("secretsmanager:CreateSecret", Name="s"),
        api("secretsmanager:PutResourcePolicy", SecretId="s", ResourcePolicy=document),
    )


def logs(document: str) -> tuple[Resource, ...]:
    return (api("logs:PutResourcePolicy", policyName="p", policyDocument=document),)


def cases(control: Control[Any], made: Any) -> list[Case]:
    return [
        Case(control, Status.FAIL, made(policy("*"))),
        Case(control, Status.FAIL, made(policy({"AWS": "*"}))),
        Case(control, Status.FAIL, made(policy("*", NARROW))),
        Case(control, Status.PASS, made(policy(NAMED))),
        Case(control, Status.PASS, made(policy("*", INSIDE))),
        Case(control, Status.PASS, made(policy("*", effect="Deny"))),
        Case(control, Status.UNKNOWN, made("no policy at all")),
    ]


CASES = [
    *cases(BUCKET_CLOSED, bucket),
    Case(BUCKET_CLOSED, Status.PASS, bucket()),
    *cases(KEY_CLOSED, key),
    *cases(REPOSITORY_CLOSED, repository),
    *cases(SECRET_CLOSED, secret),
    *cases(LOGS_CLOSED, logs),
    *cases(
        EFS_CLOSED,
        lambda document: (
            api("efs:CreateFileSystem", CreationToken="fs-1"),
            api("efs:PutFileSystemPolicy", FileSystemId="CreateFileSystem at line 1", Policy=document),
        ),
    ),
    Case(EFS_CLOSED, Status.NOT_APPLICABLE, (api("efs:CreateFileSystem", CreationToken="fs-1"),)),
    Case(ACL_CLOSED, Status.FAIL, bucket(ACL="public-read")),
    Case(ACL_CLOSED, Status.FAIL, bucket(ACL="authenticated-read")),
    Case(ACL_CLOSED, Status.PASS, bucket(ACL="log-delivery-write")),
    Case(ACL_CLOSED, Status.PASS, bucket()),
    Case(ACL_CLOSED, Status.UNKNOWN, bucket(ACL={})),
    Case(ACL_CLOSED, Status.FAIL, granted('"http://acs.amazonaws.com/groups/global/AllUsers"')),
    Case(ACL_CLOSED, Status.FAIL, granted('"http://acs.amazonaws.com/groups/global/AuthenticatedUsers"')),
    Case(ACL_CLOSED, Status.PASS, granted('"http://acs.amazonaws.com/groups/s3/LogDelivery"')),
    Case(ACLS_OFF, Status.PASS, bucket()),
    Case(ACLS_OFF, Status.FAIL, bucket(ObjectOwnership="ObjectWriter")),
    Case(ACLS_OFF, Status.UNKNOWN, bucket(ObjectOwnership={})),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
