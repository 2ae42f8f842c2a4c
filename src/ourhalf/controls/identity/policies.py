"""Policies by themselves, whoever they are attached to."""

from __future__ import annotations

from datetime import date

from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.identity import Decision
from ourhalf.model.references import AwsDoc, Checkov, Prowler, SecurityHub, Trivy
from ourhalf.model.verdict import Verdict
from ourhalf.resources.iam import IamPolicy, IamPolicyDocument

_READ = date(2026, 10, 2)
_CITATIONS = (
    AwsDoc("securityhub/latest/userguide/iam-controls.html", _READ),
    AwsDoc("IAM/latest/UserGuide/best-practices.html", _READ),
)
_WIDE = (
    ("*", "every action"),
    ("iam:PassRole", "passing on every role"),
    ("sts:AssumeRole", "assuming every role"),
    ("s3:GetObject", "reading every bucket"),
    ("s3:PutObject", "writing to every bucket"),
    ("secretsmanager:GetSecretValue", "reading every secret"),
)
_DAMAGING = (
    ("ec2:ModifyInstanceAttribute", "changing what every instance runs at its start"),
    ("ec2:TerminateInstances", "ending every instance"),
    ("ec2:DeleteVolume", "deleting every volume"),
    ("ec2:AuthorizeSecurityGroupIngress", "opening every security group"),
    ("ecr:PutImage", "replacing images in every repository"),
    ("lambda:UpdateFunctionCode", "replacing the code of every function"),
    ("sagemaker:DeleteEndpoint", "deleting every endpoint"),
    ("s3:DeleteObject", "deleting from every bucket"),
    ("kms:Decrypt", "decrypting with every key"),
)
"""Changes that IAM can hold to named resources, so that nothing asks for `*`."""


def _limited(policy: IamPolicy | IamPolicyDocument, context: Context) -> Verdict:
    unsure: Verdict | None = None
    for action, words in (*_WIDE, *_DAMAGING):
        answer = context.identity.allows(policy, action)
        if answer.decision is Decision.ALLOWED:
            severity = _severity(action)
            return Verdict.failed(f"it allows {words}", *answer.fields, severity=severity)
        if answer.decision is Decision.UNKNOWN and unsure is None:
            unsure = Verdict.unknown(answer.why, policy.document)
    return unsure or Verdict.passed("what gives away data, roles or machines is held to resources", policy.document)


def _severity(action: str) -> Severity | None:
    if action == "*":
        return Severity.CRITICAL
    return Severity.MEDIUM if any(action == damaging for damaging, _ in _DAMAGING) else None


def _document(policy: IamPolicyDocument, context: Context) -> Verdict:
    statements = context.identity.statements(policy).known
    if not any(one.principals is not None for one in statements):
        return _limited(policy, context)
    answer = context.identity.open_to_anyone(policy.document, "the policy")
    match answer.decision:
        case Decision.ALLOWED | Decision.CONDITIONAL:
            return Verdict.failed(answer.why, *answer.fields)
        case Decision.NOT_ALLOWED:
            return Verdict.passed("each principal is named", policy.document)
    return Verdict.unknown(answer.why, policy.document)


MANAGED_LIMITED = Control(
    id="iam-policy-limited",
    title="Managed policies name the resources of what they allow",
    topic=Topic.IDENTITY,
    severity=Severity.HIGH,
    layer=Layer.IDENTITY,
    applies_to=IamPolicy,
    evaluate=_limited,
    rationale="A policy is attached to more identities over time than its writer thought of.",
    remedy="Name the actions and the resources that are needed.",
    citations=_CITATIONS,
    same_as=(
        SecurityHub("IAM.1"),
        Checkov("CKV_AWS_62"),
        Checkov("CKV_AWS_355"),
        Checkov("CKV_AWS_290"),
        Trivy("AWS-0057"),
        Prowler("iam_customer_attached_policy_no_administrative_privileges"),
    ),
    rows=("iam-001", "iam-004", "iam-009", "iam-010"),
)

DOCUMENT_LIMITED = Control(
    id="iam-policy-document-limited",
    title="Policy files name the resources and principals of what they allow",
    topic=Topic.IDENTITY,
    severity=Severity.HIGH,
    layer=Layer.IDENTITY,
    applies_to=IamPolicyDocument,
    evaluate=_document,
    rationale="A policy that stands in a file of its own is copied to where nobody reads it again.",
    remedy="Name the actions, the resources and the principals that are needed.",
    citations=_CITATIONS,
    same_as=(Checkov("CKV_AWS_62"), Checkov("CKV_AWS_355"), Trivy("AWS-0057")),
    rows=("iam-001", "iam-004", "iam-005"),
)
