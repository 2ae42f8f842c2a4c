"""Controls on the names of actions in policies."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ourhalf.controls.identity.actions import ACTIONS_EXIST, WRITTEN_BESIDE
from ourhalf.graph.index import all_folds
from ourhalf.iam.reference import misnamed
from ourhalf.model.field import Known
from ourhalf.model.identity import Decision
from ourhalf.model.profile import Severity
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from ourhalf.resources.iam import IamPolicy
from ourhalf.resources.policies import documents
from tests.support import Case, api, check, cloudformation, read, terraform

FAIL, PASS, UNKNOWN, OTHER = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE


def statement(action: Any, effect: str = "Allow", key: str = "Action") -> dict[str, Any]:
    return {"Effect": effect, key: action, "Resource": "*"}


def policy(*statements: Any) -> tuple[Resource, ...]:
    return (api("iam:CreatePolicy", PolicyName="p", PolicyDocument={"Statement": list(statements)}),)


def allowing(*actions: Any) -> tuple[Resource, ...]:
    return policy(statement(list(actions)))


ROLE = """
resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = jsonencode({ Statement = [{
    Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole"
  }] })
}
resource "aws_iam_role_policy" "p" {
  role   = ROLE
  policy = jsonencode({ Statement = [{
    Effect   = "Deny"
    Resource = "*"
    Action   = [
      "s3:GetObject",
      "s3:PutObjekt",
    ]
  }] })
}
"""
BESIDE = ROLE.replace("ROLE", "aws_iam_role.r.name")
ELSEWHERE = ROLE.replace("ROLE", '"of-another-project"')

CASES = [
    Case(ACTIONS_EXIST, PASS, allowing("s3:GetObject", "S3:getobject", "s3:Get*", "s3:*Object", "s3:Get?bject", "*")),
    Case(ACTIONS_EXIST, PASS, policy(statement("iam:*", key="NotAction"))),
    Case(ACTIONS_EXIST, PASS, policy()),
    Case(ACTIONS_EXIST, FAIL, allowing("s3:GetObject", "s3:GetObjekt")),
    Case(ACTIONS_EXIST, FAIL, allowing("sagemaker:CreateTrainingJobs")),
    Case(ACTIONS_EXIST, FAIL, allowing("sagemakr:CreateModel")),
    Case(ACTIONS_EXIST, FAIL, allowing("s3:Head*")),
    Case(ACTIONS_EXIST, FAIL, allowing("GetObject")),
    Case(ACTIONS_EXIST, FAIL, allowing("*:Get*")),
    Case(ACTIONS_EXIST, FAIL, allowing("s3:${action}", "s3:GetObjekt")),
    Case(ACTIONS_EXIST, FAIL, policy(statement("s3:GetObjekt", key="NotAction"))),
    Case(ACTIONS_EXIST, UNKNOWN, allowing("s3:${action}")),
    Case(ACTIONS_EXIST, UNKNOWN, allowing({"a": 1})),
    Case(ACTIONS_EXIST, UNKNOWN, policy({"Effect": "Allow", "Resource": "*"})),
    Case(ACTIONS_EXIST, UNKNOWN, policy(7)),
    Case(ACTIONS_EXIST, UNKNOWN, (api("iam:CreatePolicy", PolicyName="p", PolicyDocument={"Version": "2012-10-17"}),)),
    Case(ACTIONS_EXIST, UNKNOWN, (api("iam:CreatePolicy", PolicyName="p", PolicyDocument="no JSON"),)),
    # Wherever a policy stands, and once wherever it is written.
    Case(ACTIONS_EXIST, PASS, terraform(BESIDE), "aws_iam_role.r"),
    Case(ACTIONS_EXIST, FAIL, terraform(BESIDE), "aws_iam_role_policy.p"),
    Case(ACTIONS_EXIST, FAIL, terraform(ELSEWHERE), "aws_iam_role_policy.p"),
    Case(ACTIONS_EXIST, FAIL, read({"p.json": json.dumps({"Statement": statement("s3:GetObjekt")})}).resources),
    Case(
        ACTIONS_EXIST, FAIL, (api("iam:CreateRole", AssumeRolePolicyDocument={"Statement": statement("sts:Assume")}),)
    ),
    Case(ACTIONS_EXIST, FAIL, (api("kms:CreateKey", Policy=json.dumps({"Statement": statement("kms:ReEncrypt")})),)),
    Case(ACTIONS_EXIST, OTHER, (api("kms:CreateKey"),)),
    Case(ACTIONS_EXIST, OTHER, (api("ecs:CreateCluster", clusterName="c"),)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)


@pytest.mark.parametrize(
    ("effect", "key", "severity", "comes_to"),
    [
        ("Allow", "Action", None, "allows nothing"),
        ("Deny", "Action", Severity.MEDIUM, "denies nothing"),
        ("Allow", "NotAction", Severity.MEDIUM, "holds nothing back"),
        ("Deny", "NotAction", None, "spares nothing"),
        ("Neither", "Action", None, None),
    ],
)
def test_what_leaves_more_allowed_than_was_meant_weighs_more(
    effect: str, key: str, severity: Severity | None, comes_to: str | None
) -> None:
    _, verdict = Case(ACTIONS_EXIST, FAIL, policy(statement("s3:PutObjekt", effect, key))).judged()
    assert verdict.severity is severity
    assert (comes_to or "it names s3:PutObjekt, which is no action") in verdict.reason


def test_a_deny_of_an_action_that_does_not_exist_denies_nothing() -> None:
    """The evaluator agrees with what the control says."""
    from ourhalf.graph.index import EvidenceGraph
    from ourhalf.iam.identities import PolicyIdentity
    from ourhalf.model.evidence import Evidence

    resources = policy(statement("s3:*"), statement("s3:PutObjekt", "Deny"))
    graph = EvidenceGraph(Evidence(resources))
    (held,) = graph.all(IamPolicy)
    assert PolicyIdentity(graph).allows(held, "s3:PutObject").decision is Decision.ALLOWED


def test_each_action_is_told_with_its_line() -> None:
    case, verdict = Case(ACTIONS_EXIST, FAIL, terraform(BESIDE), "aws_iam_role_policy.p").judged()
    (action,) = verdict.fields
    assert isinstance(action, Known)
    assert (action.value, action.place.path, action.place.field) == ("s3:PutObjekt", "main.tf", "Action")
    lines = BESIDE.splitlines()
    assert "s3:PutObjekt" in lines[action.place.line - 1]
    assert case.place.line < action.place.line
    assert "s3:PutObject is" in verdict.reason


def test_the_worst_is_told_first_and_the_rest_counted() -> None:
    many = [statement(f"s3:Nothing{i}") for i in range(30)]
    _, verdict = Case(ACTIONS_EXIST, FAIL, policy(*many, statement("s3:" + "x" * 5_000, "Deny"))).judged()
    assert verdict.reason.startswith("it denies s3:xxx")
    assert verdict.reason.endswith("; and 28 more")
    assert len(verdict.reason) < 1_000
    assert len(verdict.fields) == 20


@pytest.mark.parametrize("count", [1_000, 10_000])
def test_each_statement_is_looked_at_once_and_each_name_looked_up_once(count: int) -> None:
    resources = policy(*(statement([f"ec2:*Hostile{i % 50}*", "ec2:Describe*"]) for i in range(count)))
    misnamed.cache_clear()
    Case(ACTIONS_EXIST, FAIL, resources).judged()
    found = misnamed.cache_info()
    assert found.misses == 51
    assert found.hits + found.misses == 2 * count


def test_policies_that_are_written_beside_are_known() -> None:
    folded = {
        (fold.target, fold.satellite)
        for fold in all_folds()
        # An attached policy is named by its holders, and stays where it is.
        if fold.satellite is not IamPolicy and [*documents(fold.satellite("s"))] and _holds(fold.target)
    }
    assert folded == {(target, writer) for target, writers in WRITTEN_BESIDE.items() for writer in writers}


def _holds(kind: type[Resource]) -> bool:
    return bool([*documents(kind("t"))])


def test_cloudformation_writes_policies_of_both_kinds() -> None:
    made = cloudformation(
        """
        Resources:
          Bucket: {Type: AWS::S3::Bucket}
          Policy:
            Type: AWS::S3::BucketPolicy
            Properties:
              Bucket: !Ref Bucket
              PolicyDocument: {Statement: [{Effect: Deny, Principal: '*', Action: 's3:DeleteObjekt', Resource: '*'}]}
        """
    )
    check(Case(ACTIONS_EXIST, OTHER, made, "Bucket"))
    check(Case(ACTIONS_EXIST, FAIL, made, "Policy"))
