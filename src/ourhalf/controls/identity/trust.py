"""Who may assume roles."""

from __future__ import annotations

from datetime import date

from ourhalf.controls.judgements import from_sensitivity
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Unresolved
from ourhalf.model.identity import Condition, Decision, Statement
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import AwsDoc, Checkov, Prowler
from ourhalf.model.verdict import Verdict
from ourhalf.resources.iam import IamRole

_READ = date(2026, 10, 2)
_TRUST = "the trust policy"


def _named(role: IamRole, context: Context) -> Verdict:
    answer = context.identity.open_to_anyone(role.trust, _TRUST)
    match answer.decision:
        case Decision.ALLOWED | Decision.CONDITIONAL:
            return Verdict.failed(answer.why, *answer.fields)
        case Decision.NOT_ALLOWED if not isinstance(role.trust, Absent):
            return Verdict.passed("each principal is named", role.trust)
    return Verdict.unknown(answer.why, role.trust)


TRUST_NAMED = Control(
    id="iam-role-trust-named",
    title="Roles trust principals that they name",
    topic=Topic.IDENTITY,
    severity=Severity.HIGH,
    layer=Layer.IDENTITY,
    applies_to=IamRole,
    evaluate=_named,
    rationale="A principal of * lets any AWS account in the world assume the role.",
    remedy="Name the service, the role or the account that assumes it.",
    citations=(AwsDoc("IAM/latest/UserGuide/reference_policies_elements_principal.html", _READ),),
    same_as=(Checkov("CKV_AWS_60"), Checkov("CKV_AWS_61")),
    rows=("iam-005",),
)

# Services that act for many accounts and send the account and the resource that they act for.
_SENDS_SOURCE = frozenset(
    {
        "backup.amazonaws.com",
        "bedrock.amazonaws.com",
        "cloudtrail.amazonaws.com",
        "codebuild.amazonaws.com",
        "codepipeline.amazonaws.com",
        "config.amazonaws.com",
        "ecs-tasks.amazonaws.com",
        "fsx.amazonaws.com",
        "logs.amazonaws.com",
        "sagemaker.amazonaws.com",
        "scheduler.amazonaws.com",
        "states.amazonaws.com",
        "vpc-flow-logs.amazonaws.com",
    }
)
_SOURCE_KEYS = frozenset({"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"})


def _no_deputy(role: IamRole, context: Context) -> Verdict:
    policies = context.identity.document(role.trust, _TRUST)
    if policies.doubts:
        return Verdict.unknown(policies.doubts[0])
    asked = [s for s in policies.known if s.allow is not False and _by_service(s)]
    for one in asked:
        if any(c.key == "" or (c.key in _SOURCE_KEYS and c.values is None) for c in one.conditions):
            return Verdict.unknown("the conditions of the trust policy are not known", role.trust)
        if not any(c.key in _SOURCE_KEYS for c in one.conditions):
            return Verdict.failed("a service may assume it for any account that asks the service to", *one.fields)
    if not asked:
        return Verdict.not_applicable("no service that sends its source assumes it")
    return Verdict.passed("services assume it for sources that are named", role.trust)


def _by_service(one: Statement) -> bool:
    who = one.principals
    return who is not None and any(isinstance(s, str) and s in _SENDS_SOURCE for s in who.services)


NO_CONFUSED_DEPUTY = Control(
    id="iam-role-trust-source",
    title="Roles trust services only for accounts and resources that they name",
    topic=Topic.IDENTITY,
    severity=Severity.MEDIUM,
    layer=Layer.IDENTITY,
    applies_to=IamRole,
    evaluate=from_sensitivity(Sensitivity.CONFIDENTIAL, _no_deputy),
    rationale="A service that works for many accounts can be asked by another account to use our role.",
    remedy="Add a condition on `aws:SourceAccount` or `aws:SourceArn` to the trust policy.",
    citations=(AwsDoc("IAM/latest/UserGuide/confused-deputy.html", _READ),),
    same_as=(Prowler("iam_role_cross_service_confused_deputy_prevention"),),
    rows=("iam-006",),
)


def _subject_named(role: IamRole, context: Context) -> Verdict:
    policies = context.identity.document(role.trust, _TRUST)
    if policies.doubts:
        return Verdict.unknown(policies.doubts[0])
    asked = [s for s in policies.known if s.allow is not False and s.principals and s.principals.federated]
    if not asked:
        return Verdict.not_applicable("no identity provider may assume it")
    for one in asked:
        if not _is_web(one):
            continue
        match _subject(one.conditions):
            case False:
                reason = "anyone to whom the identity provider gives a token may assume it"
                return Verdict.failed(reason, *one.fields)
            case None:
                return Verdict.unknown("the conditions of the trust policy are known in part only", role.trust)
    return Verdict.passed("the subject of the token is named", role.trust)


def _is_web(one: Statement) -> bool:
    return "sts:assumerolewithwebidentity" in one.actions or "sts:*" in one.actions or "*" in one.actions


def _subject(conditions: tuple[Condition, ...]) -> bool | None:
    """Whether a condition names the token's subject."""
    unsure = False
    for condition in conditions:
        if condition.operator == "" or condition.values is None:
            unsure = True
        elif condition.key.endswith((":sub", ":aud")) or condition.key.endswith(":repository"):
            texts = [v for v in condition.values if isinstance(v, str)]
            if condition.key.endswith(":aud") or condition.operator.startswith(("StringNot", "ForAllValues")):
                continue
            if texts and all(t.strip("*") for t in texts) and len(texts) == len(condition.values):
                return True
            unsure = unsure or len(texts) < len(condition.values)
        elif "${" in condition.key or condition.key.startswith("<"):
            # A key that is made of an unknown provider's address may well be its subject.
            unsure = True
    if any(isinstance(v, Unresolved) for c in conditions for v in c.values or ()):
        unsure = True
    return None if unsure else False


SUBJECT_NAMED = Control(
    id="iam-role-trust-subject",
    title="Roles trust identity providers only for subjects that they name",
    topic=Topic.IDENTITY,
    severity=Severity.HIGH,
    layer=Layer.IDENTITY,
    applies_to=IamRole,
    evaluate=_subject_named,
    rationale="Without its subject any pod of the cluster, or any repository of the provider, gets the role.",
    remedy="Add a condition on the provider's `sub` that names the service account or the repository.",
    citations=(
        AwsDoc("IAM/latest/UserGuide/id_roles_providers_create_oidc.html", _READ),
        AwsDoc("eks/latest/userguide/associate-service-account-role.html", _READ),
    ),
    same_as=(Checkov("CKV_AWS_358"), Checkov("CKV_AWS_393")),
    rows=("iam-017",),
)
