"""AWS managed policies on the roles of workloads."""

from __future__ import annotations

from datetime import date

from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.references import AwsDoc
from ourhalf.model.verdict import Verdict
from ourhalf.resources.iam import IamRole

_READ = date(2026, 10, 2)
_RUNS_CODE = (
    "sagemaker.amazonaws.com",
    "ecs-tasks.amazonaws.com",
    "ec2.amazonaws.com",
    "pods.eks.amazonaws.com",
    "codebuild.amazonaws.com",
)


def _no_full_access(role: IamRole, context: Context) -> Verdict:
    trusted = context.identity.document(role.trust, "the trust policy")
    principals = [s.principals for s in trusted.known if s.principals is not None]
    runs = any(service in _RUNS_CODE for who in principals for service in who.services)
    if not runs and not any(who.federated for who in principals):
        return Verdict.not_applicable("no workload assumes it", role.trust)
    policies = context.identity.statements(role)
    for name in policies.managed:
        if name.endswith(("FullAccess", "AdministratorAccess", "PowerUserAccess", "PowerUser")):
            return Verdict.failed(f"{name} is attached to the role of a workload", role.managed_policies)
    if policies.doubts:
        return Verdict.unknown(policies.doubts[0])
    return Verdict.passed("no policy for full access is attached", role.managed_policies, role.trust)


NO_FULL_ACCESS = Control(
    id="iam-role-no-full-access-policy",
    title="Roles of workloads carry no AWS managed policy for full access",
    topic=Topic.IDENTITY,
    severity=Severity.MEDIUM,
    layer=Layer.IDENTITY,
    applies_to=IamRole,
    evaluate=_no_full_access,
    rationale="AmazonSageMakerFullAccess and its like are made for trying things out, and grow with the service.",
    remedy="Write a policy that names the workload's actions, buckets, repositories and keys.",
    citations=(
        AwsDoc("sagemaker/latest/dg/security-iam-awsmanpol.html", _READ),
        AwsDoc("IAM/latest/UserGuide/best-practices.html", _READ),
    ),
    rows=("iam-008",),
)
