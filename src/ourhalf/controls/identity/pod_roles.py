"""What pods call AWS as."""

from __future__ import annotations

from ourhalf.controls.pods import PODS, READ
from ourhalf.controls.sagemaker import eased, worst
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Field, Known, Many, Text, Unresolved, elements, entries
from ourhalf.model.identity import Condition, Statement
from ourhalf.model.references import AwsDoc
from ourhalf.model.verdict import Verdict
from ourhalf.model.workload import Container, Workload
from ourhalf.resources.iam import IamRole

_REGION = frozenset({"AWS_REGION", "AWS_DEFAULT_REGION"})
_OTHER_STORE = ("ENDPOINT_URL", "S3_ENDPOINT", "AWS_ENDPOINT", "MINIO")
_OWN_KEYS = frozenset({"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SHARED_CREDENTIALS_FILE", "AWS_PROFILE"})


def _sign(container: Container) -> Field[Text] | Many[str] | None:
    """What shows that a container calls AWS with the credentials that it finds; None where nothing does."""
    variables = dict(entries(container.environment))
    secrets = dict(entries(container.secrets))
    if any(other in name for name in variables for other in _OTHER_STORE) or _OWN_KEYS & {*variables, *secrets}:
        return None
    for name, field in variables.items():
        if name in _REGION or (isinstance(field, Known) and str(field.value).startswith("s3://")):
            return field
    for words in (container.entrypoint, container.arguments):
        if any("s3://" in word for word in elements(words)):
            return words
    return None


def _own_role(workload: Workload, context: Context) -> Verdict | None:
    sign = next((s for c in elements(workload.containers) if (s := _sign(c)) is not None), None)
    if sign is None:
        return None
    match workload.role:
        case Known() as field:
            return Verdict.passed("its service account gives it a role", field)
        case Absent() as field:
            reason = "it calls AWS, and its service account gives it no role"
            return Verdict.failed(reason, sign, field, severity=eased(context))
        case field:
            return Verdict.unknown(field)


OWN_ROLE = Control(
    id="pod-own-aws-role",
    title="Pods that call AWS have a role of their own",
    topic=Topic.IDENTITY,
    severity=Severity.HIGH,
    layer=Layer.IDENTITY,
    applies_to=Workload,
    about=PODS,
    evaluate=_own_role,
    rationale="Without one, the pod needs the node's role, and every other pod on the node may use what it is given.",
    remedy="Give the pod's service account a role by EKS Pod Identity, and take it from the node's role.",
    citations=(
        AwsDoc("eks/latest/userguide/service-accounts.html", READ),
        AwsDoc("eks/latest/best-practices/identity-and-access-management.html", READ),
    ),
    rows=("eks-014",),
)

_SUBJECT = "system:serviceaccount:"


def _text(value: object) -> str:
    return value.prefix if isinstance(value, Unresolved) else str(value)


def _of_pods(conditions: tuple[Condition, ...]) -> list[Condition]:
    """The conditions that name service accounts of a cluster."""
    return [c for c in conditions if any(_text(v).startswith(_SUBJECT) for v in c.values or ())]


def _exact(one: Statement, role: IamRole) -> Verdict | None:
    """Whether a statement of a trust policy lets in one service account; None where it lets in none."""
    subjects = _of_pods(one.conditions)
    if one.allow is False or not subjects:
        return None
    for condition in subjects:
        for value in condition.values or ():
            if "*" in _text(value) or "?" in _text(value):
                return Verdict.failed(f"{_text(value)} is more than one service account", *one.fields)
            if isinstance(value, Unresolved):
                return Verdict.unknown(value)
    if any(condition.operator == "" or condition.values is None for condition in one.conditions):
        return Verdict.unknown("the conditions of the trust policy are known in part only", role.trust)
    if not any(condition.key.endswith(":aud") for condition in one.conditions):
        reason = "tokens that were made for another audience are taken too"
        return Verdict.failed(reason, *one.fields, severity=Severity.LOW)
    return Verdict.passed("one service account is named, and the audience of its token", role.trust)


def _exact_account(role: IamRole, context: Context) -> Verdict | None:
    policies = context.identity.document(role.trust, "the trust policy")
    found = [verdict for one in policies.known if (verdict := _exact(one, role)) is not None]
    return worst(found) if found else None


EXACT_ACCOUNT = Control(
    id="iam-role-one-service-account",
    title="Roles of pods trust one service account by its namespace and name",
    topic=Topic.IDENTITY,
    severity=Severity.HIGH,
    layer=Layer.IDENTITY,
    applies_to=IamRole,
    evaluate=_exact_account,
    rationale="Where a wildcard stands for the namespace or the name, whoever makes a service account gets the role.",
    remedy="Compare `sub` by StringEquals with system:serviceaccount:NAMESPACE:NAME, and `aud` with sts.amazonaws.com.",
    citations=(AwsDoc("eks/latest/userguide/associate-service-account-role.html", READ),),
    rows=("kubernetes-069",),
)
