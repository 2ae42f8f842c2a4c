"""What roles may do: everything, whole services, all data, and the ways to become more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Unresolved, doubt
from ourhalf.model.identity import Access, Decision, Statement
from ourhalf.model.references import AwsDoc, Checkov, Prowler, SecurityHub, Trivy, WebPage
from ourhalf.model.verdict import Verdict
from ourhalf.resources.iam import IamRole

_READ = date(2026, 10, 2)
_BEST = AwsDoc("IAM/latest/UserGuide/best-practices.html", _READ)
_HUB = AwsDoc("securityhub/latest/userguide/iam-controls.html", _READ)


def _passed(role: IamRole, reason: str) -> Verdict:
    return Verdict.passed(reason, role.policies, role.managed_policies)


def denied_everywhere(*actions: str, what: str) -> Callable[[IamRole, Context], Verdict]:
    """Judges whether a role may do any of `actions` on every resource."""

    def evaluate(role: IamRole, context: Context) -> Verdict:
        answers = [context.identity.allows(role, action) for action in actions]
        for answer in answers:
            if answer.decision is Decision.ALLOWED:
                return Verdict.failed(f"{answer.why} on every resource", *answer.fields)
        for answer in answers:
            if answer.decision is Decision.UNKNOWN:
                return Verdict.unknown(answer.why, *_doubts(role, context, answer))
        if (hidden := doubt(role.managed_policies)) is not None:
            return Verdict.unknown(hidden)
        limited = [a for a in answers if a.decision is Decision.CONDITIONAL]
        if limited:
            return Verdict.passed(limited[0].why, role.policies, role.managed_policies, *limited[0].fields)
        return _passed(role, what)

    return evaluate


def _doubts(role: IamRole, context: Context, answer: Access) -> tuple[Unresolved, ...]:
    stated = tuple(s.doubt for s in answer.statements if s.doubt is not None)
    return stated or context.identity.statements(role).doubts[:1]


NOT_ADMINISTRATOR = Control(
    id="iam-role-not-administrator",
    title="Roles do not allow every action on every resource",
    topic=Topic.IDENTITY,
    severity=Severity.CRITICAL,
    layer=Layer.IDENTITY,
    applies_to=IamRole,
    evaluate=denied_everywhere("*", what="no policy allows every action on every resource"),
    rationale="Code in a container with such a role, or whoever takes it over, owns the account.",
    remedy="Allow the actions that the workload needs, on the resources that it needs.",
    citations=(_HUB, _BEST),
    same_as=(
        SecurityHub("IAM.1"),
        Checkov("CKV_AWS_62"),
        Checkov("CKV2_AWS_40"),
        Checkov("CKV_AWS_274"),
        Trivy("AWS-0057"),
        Prowler("iam_inline_policy_no_administrative_privileges"),
        Prowler("iam_role_administratoraccess_policy"),
    ),
    rows=("iam-001", "iam-007"),
)

# Services whose wide-open actions give no data, no code and no rights.
_HARMLESS = frozenset({"autoscaling-plans", "cloudwatch", "ec2messages", "logs", "ssmmessages", "xray"})


def _whole_services(one: Statement) -> tuple[str, ...]:
    if one.allow is not True or one.conditions or one.not_actions:
        return ()
    found = (a.partition(":") for a in one.actions)
    return tuple(service for service, _, action in found if action == "*" and service not in _HARMLESS)


def _no_whole_service(role: IamRole, context: Context) -> Verdict:
    policies = context.identity.statements(role)
    for one in policies.known:
        for service in _whole_services(one):
            answer = context.identity.allows(role, f"{service}:*")
            if answer.decision is Decision.ALLOWED:
                return Verdict.failed(f"{one.policy} allows every action of {service} on every resource", *one.fields)
    for one in policies.known:
        if one.allow is True and one.not_actions and not one.conditions and "*" in one.resources:
            return Verdict.failed(f"{one.policy} allows all actions but those that it lists", *one.fields)
    doubts = [*policies.doubts, *(s.doubt for s in policies.known if s.doubt is not None and s.allow is not None)]
    if doubts:
        return Verdict.unknown(doubts[0])
    return _passed(role, "no policy allows all actions of a service on every resource")


NO_WHOLE_SERVICE = Control(
    id="iam-role-no-whole-service",
    title="Roles do not allow all actions of a service on every resource",
    topic=Topic.IDENTITY,
    severity=Severity.HIGH,
    layer=Layer.IDENTITY,
    applies_to=IamRole,
    evaluate=_no_whole_service,
    rationale="All actions of a service include deleting what others built and opening it to strangers.",
    remedy="List the actions that the workload calls, and name the resources.",
    citations=(_HUB, _BEST),
    same_as=(SecurityHub("IAM.21"), Checkov("CKV_AWS_63")),
    rows=("iam-002",),
)

BUCKETS_NAMED = Control(
    id="iam-role-buckets-named",
    title="Roles reach objects only in buckets that they name",
    topic=Topic.IDENTITY,
    severity=Severity.HIGH,
    layer=Layer.IDENTITY,
    applies_to=IamRole,
    evaluate=denied_everywhere(
        "s3:GetObject",
        "s3:PutObject",
        "s3:DeleteObject",
        what="no policy allows reading or writing objects of every bucket",
    ),
    rationale="A job that reads every bucket gives away all data of the account when it is taken over.",
    remedy="Name the buckets and prefixes of the workload in `Resource`.",
    citations=(AwsDoc("AmazonS3/latest/userguide/security-best-practices.html", _READ), _BEST),
    same_as=(Checkov("CKV_AWS_288"), Trivy("AWS-0345")),
    rows=("iam-010", "iam-004"),
)

SECRETS_NAMED = Control(
    id="iam-role-secrets-named",
    title="Roles read only secrets that they name",
    topic=Topic.IDENTITY,
    severity=Severity.HIGH,
    layer=Layer.IDENTITY,
    applies_to=IamRole,
    evaluate=denied_everywhere(
        "secretsmanager:GetSecretValue", what="no policy allows reading the secrets of every application"
    ),
    rationale="A role that reads every secret holds every password of the account.",
    remedy="Name the secrets of the workload in `Resource`.",
    citations=(AwsDoc("secretsmanager/latest/userguide/best-practices.html", _READ),),
    same_as=(Checkov("CKV_AWS_287"),),
    rows=("iam-004",),
)

KEYS_NAMED = Control(
    id="iam-role-keys-named",
    title="Roles decrypt only with keys that they name",
    topic=Topic.IDENTITY,
    severity=Severity.MEDIUM,
    layer=Layer.IDENTITY,
    applies_to=IamRole,
    evaluate=denied_everywhere(
        "kms:Decrypt", "kms:ReEncryptFrom", what="no policy allows decrypting with every key of the account"
    ),
    rationale="Encryption with keys of one's own separates nothing when one role may use all of them.",
    remedy="Name the keys in `Resource`, or limit `kms:ViaService` and the key's aliases in a condition.",
    citations=(AwsDoc("securityhub/latest/userguide/kms-controls.html", _READ),),
    same_as=(
        SecurityHub("KMS.1"),
        SecurityHub("KMS.2"),
        Prowler("iam_policy_no_full_access_to_kms"),
        Prowler("iam_inline_policy_no_full_access_to_kms"),
    ),
    rows=("kms-004",),
)

PASS_ROLE_LIMITED = Control(
    id="iam-role-pass-role-limited",
    title="Roles pass on only roles that they name, or only to services that they name",
    topic=Topic.IDENTITY,
    severity=Severity.HIGH,
    layer=Layer.IDENTITY,
    applies_to=IamRole,
    evaluate=denied_everywhere("iam:PassRole", what="no policy allows passing on every role to every service"),
    rationale="Who may pass any role to a job, a task or a function acts with the strongest role of the account.",
    remedy="Name the roles in `Resource` and the service in a condition on `iam:PassedToService`.",
    citations=(AwsDoc("IAM/latest/UserGuide/id_roles_use_passrole.html", _READ),),
    same_as=(Checkov("CKV_AWS_286"), Trivy("AWS-0342")),
    rows=("iam-003",),
)

ASSUME_LIMITED = Control(
    id="iam-role-assumes-named-roles",
    title="Roles assume only roles that they name",
    topic=Topic.IDENTITY,
    severity=Severity.HIGH,
    layer=Layer.IDENTITY,
    applies_to=IamRole,
    evaluate=denied_everywhere("sts:AssumeRole", what="no policy allows assuming every role"),
    rationale="A role that may assume any role is as strong as the strongest that trusts the account.",
    remedy="Name the roles in `Resource`.",
    citations=(_BEST,),
    same_as=(Prowler("iam_no_custom_policy_permissive_role_assumption"),),
    rows=("iam-009",),
)

# Sets of actions, each of which lets its holder become more than it is: what it gets, and the actions.
_ESCALATIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("change a policy that applies to itself", ("iam:CreatePolicyVersion",)),
    ("go back to an older policy", ("iam:SetDefaultPolicyVersion",)),
    ("attach any policy to a role", ("iam:AttachRolePolicy",)),
    ("attach any policy to a user", ("iam:AttachUserPolicy",)),
    ("attach any policy to a group", ("iam:AttachGroupPolicy",)),
    ("write a policy into a role", ("iam:PutRolePolicy",)),
    ("write a policy into a user", ("iam:PutUserPolicy",)),
    ("write a policy into a group", ("iam:PutGroupPolicy",)),
    ("make keys for any user", ("iam:CreateAccessKey",)),
    ("give any user a password", ("iam:CreateLoginProfile",)),
    ("change any user's password", ("iam:UpdateLoginProfile",)),
    ("join any group", ("iam:AddUserToGroup",)),
    ("change who may assume a role", ("iam:UpdateAssumeRolePolicy",)),
    ("start an instance with any role", ("iam:PassRole", "ec2:RunInstances")),
    ("start a SageMaker notebook with any role", ("iam:PassRole", "sagemaker:CreateNotebookInstance")),
    ("start a SageMaker training job with any role", ("iam:PassRole", "sagemaker:CreateTrainingJob")),
    ("start a SageMaker processing job with any role", ("iam:PassRole", "sagemaker:CreateProcessingJob")),
    ("run a task with any role", ("iam:PassRole", "ecs:RunTask", "ecs:RegisterTaskDefinition")),
    ("run a function with any role", ("iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction")),
    ("change a function that has a stronger role", ("lambda:UpdateFunctionCode",)),
    ("deploy a stack with any role", ("iam:PassRole", "cloudformation:CreateStack")),
    ("run a build with any role", ("iam:PassRole", "codebuild:CreateProject", "codebuild:StartBuild")),
    ("open a notebook that has a stronger role", ("sagemaker:CreatePresignedNotebookInstanceUrl",)),
    ("run commands on any instance", ("ssm:SendCommand",)),
    ("give pods of a cluster any role", ("iam:PassRole", "eks:CreatePodIdentityAssociation")),
)


def _no_escalation(role: IamRole, context: Context) -> Verdict:
    unsure: Access | None = None
    for gain, actions in _ESCALATIONS:
        answers = [context.identity.allows(role, action) for action in actions]
        decisions = {answer.decision for answer in answers}
        if decisions == {Decision.ALLOWED}:
            fields = tuple(field for answer in answers for field in answer.fields)
            return Verdict.failed(f"it may {gain}: {' and '.join(actions)} on every resource", *fields)
        if Decision.UNKNOWN in decisions and decisions <= {Decision.ALLOWED, Decision.UNKNOWN}:
            unsure = unsure or next(a for a in answers if a.decision is Decision.UNKNOWN)
    if unsure is not None:
        return Verdict.unknown(unsure.why, *_doubts(role, context, unsure))
    return _passed(role, "no known way to more rights is open on every resource")


NO_ESCALATION = Control(
    id="iam-role-no-escalation",
    title="Roles hold no combination of actions that raises their own rights",
    topic=Topic.IDENTITY,
    severity=Severity.HIGH,
    layer=Layer.IDENTITY,
    applies_to=IamRole,
    evaluate=_no_escalation,
    rationale="Passing a role to a job, or writing a policy, turns a workload's role into an administrator's.",
    remedy="Name the roles that may be passed, and leave writing policies to a pipeline's own role with a boundary.",
    citations=(
        WebPage("rhinosecuritylabs.com/aws/aws-privilege-escalation-methods-mitigation/", _READ),
        AwsDoc("IAM/latest/UserGuide/access_policies_boundaries.html", _READ),
    ),
    same_as=(
        Checkov("CKV_AWS_286"),
        Prowler("iam_policy_allows_privilege_escalation"),
        Prowler("iam_inline_policy_allows_privilege_escalation"),
        Trivy("AWS-0342"),
    ),
    rows=("iam-003",),
)
