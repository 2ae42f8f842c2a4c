"""The control on what pods call AWS as."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ourhalf.controls.identity.pod_roles import EXACT_ACCOUNT, OWN_ROLE
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.support import Case, api, check, kubernetes

ACCOUNT = """apiVersion: v1
kind: ServiceAccount
metadata:
  name: train
  namespace: ml
"""
ANNOTATED = ACCOUNT + "  annotations: {eks.amazonaws.com/role-arn: 'arn:aws:iam::123456789012:role/train'}\n"


def pod(environment: str, account: str = ANNOTATED, args: str = "[]") -> tuple[Resource, ...]:
    return kubernetes(
        f"{account}---\napiVersion: v1\nkind: Pod\nmetadata: {{name: p, namespace: ml}}\nspec:\n"
        f"  serviceAccountName: train\n  containers:\n  - name: c\n    image: x:1\n    args: {args}\n"
        f"    env: [{environment}]\n"
    )


def trusting(operator: str, subject: Any, audience: bool = True, **more: Any) -> tuple[Resource, ...]:
    provider = "oidc.eks.eu-west-1.amazonaws.com/id/A"
    conditions: dict[str, Any] = {operator: {f"{provider}:sub": subject}, **more}
    if audience:
        conditions.setdefault("StringEquals", {})[f"{provider}:aud"] = "sts.amazonaws.com"
    one = {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": f"arn:aws:iam::123456789012:oidc-provider/{provider}"},
        "Condition": conditions,
    }
    return (api("iam:CreateRole", RoleName="r", AssumeRolePolicyDocument=json.dumps({"Statement": [one]})),)


TRAIN = "system:serviceaccount:ml:train"
REGION = "{name: AWS_REGION, value: eu-west-1}"
BUCKET = "{name: DATA, value: 's3://data/train'}"
CASES = [
    Case(EXACT_ACCOUNT, Status.PASS, trusting("StringEquals", TRAIN)),
    Case(EXACT_ACCOUNT, Status.PASS, trusting("StringLike", TRAIN)),
    Case(EXACT_ACCOUNT, Status.FAIL, trusting("StringLike", "system:serviceaccount:ml:*")),
    Case(EXACT_ACCOUNT, Status.FAIL, trusting("StringEquals", TRAIN, audience=False)),
    Case(EXACT_ACCOUNT, Status.UNKNOWN, trusting("StringEquals", [TRAIN, {"Ref": "x"}])),
    Case(EXACT_ACCOUNT, Status.NOT_APPLICABLE, trusting("StringEquals", "repo:ours/app:ref:main")),
    Case(OWN_ROLE, Status.PASS, pod(REGION), subject="p"),
    Case(OWN_ROLE, Status.PASS, pod(BUCKET), subject="p"),
    Case(OWN_ROLE, Status.FAIL, pod(BUCKET, ACCOUNT), subject="p"),
    Case(OWN_ROLE, Status.FAIL, pod("", ACCOUNT, "['--data=s3://data/train']"), subject="p"),
    Case(OWN_ROLE, Status.UNKNOWN, pod(REGION, ""), subject="p"),
    Case(OWN_ROLE, Status.NOT_APPLICABLE, pod("", ACCOUNT), subject="p"),
    Case(OWN_ROLE, Status.NOT_APPLICABLE, pod(BUCKET + ", {name: S3_ENDPOINT, value: minio}", ACCOUNT), subject="p"),
    Case(OWN_ROLE, Status.NOT_APPLICABLE, pod(BUCKET + ", {name: AWS_ACCESS_KEY_ID, value: x}", ACCOUNT), subject="p"),
    Case(EXACT_ACCOUNT, Status.UNKNOWN, trusting("StringEquals", TRAIN, Bool={"aws:SecureTransport": None})),
    Case(OWN_ROLE, Status.NOT_APPLICABLE, pod("{name: MODE, value: fast}", ACCOUNT), subject="p"),
    Case(EXACT_ACCOUNT, Status.UNKNOWN, trusting("StringEquals", TRAIN, Bool="not clear")),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
