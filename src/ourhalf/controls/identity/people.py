"""Users with credentials of long life, and who looks for access from outside."""

from __future__ import annotations

from datetime import date

from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Known, Unresolved, effective
from ourhalf.model.references import AwsDoc, Checkov, Cis, ConfigRule, Prowler, SecurityHub
from ourhalf.model.verdict import Verdict
from ourhalf.resources.iam import AccessAnalyzer, IamAccessKey, IamUser

_READ = date(2026, 10, 2)


def _no_key(user: IamUser, context: Context) -> Verdict:
    keys = context.graph.referrers(user, IamAccessKey)
    for key in keys:
        if effective(key.status) == "Active":
            return Verdict.failed("an access key of long life is made for it", key.user, key.status)
    for key in keys:
        if isinstance(key.status, Unresolved):
            return Verdict.unknown(key.status)
    if keys:
        return Verdict.passed("each of its keys is switched off", *(key.status for key in keys))
    reason = "a user is made where a role would do; keys and passwords of users live long"
    return Verdict.failed(reason, user.user_name, severity=Severity.LOW)


NO_USER = Control(
    id="iam-no-user-with-keys",
    title="People and programs come through roles, not through users",
    topic=Topic.IDENTITY,
    severity=Severity.MEDIUM,
    layer=Layer.IDENTITY,
    applies_to=IamUser,
    evaluate=_no_key,
    rationale="A user's key works from everywhere until somebody thinks of deleting it.",
    remedy="Let people sign in through IAM Identity Center and programs through roles; switch remaining keys off.",
    citations=(AwsDoc("IAM/latest/UserGuide/best-practices.html", _READ),),
    same_as=(Checkov("CKV_AWS_273"), Prowler("iam_user_with_temporary_credentials")),
    rows=("iam-016",),
)


def _looks_outside(analyzer: AccessAnalyzer, context: Context) -> Verdict:
    match analyzer.analyzer_type:
        case Known("ACCOUNT" | "ORGANIZATION") as field:
            return Verdict.passed("it looks for access from outside", field)
        case Known() as field:
            others = context.graph.all(AccessAnalyzer, analyzer)
            if any(effective(other.analyzer_type) in ("ACCOUNT", "ORGANIZATION") for other in others):
                return Verdict.not_applicable("another analyzer looks for access from outside", field)
            return Verdict.failed("no analyzer that was read looks for access from outside", field)
        case field:
            return Verdict.unknown(field)


ANALYZED = Control(
    id="iam-access-analyzed",
    title="Access Analyzer looks for access from outside",
    topic=Topic.IDENTITY,
    severity=Severity.LOW,
    layer=Layer.IDENTITY,
    applies_to=AccessAnalyzer,
    evaluate=_looks_outside,
    rationale="It finds the bucket, key or role that a policy opened to another account, whoever wrote the policy.",
    remedy="Add an analyzer of type ACCOUNT or ORGANIZATION in each region.",
    settings={"analyzer_type": "ACCOUNT"},
    citations=(AwsDoc("IAM/latest/UserGuide/what-is-access-analyzer.html", _READ),),
    same_as=(
        SecurityHub("IAM.28"),
        Prowler("accessanalyzer_enabled"),
        ConfigRule("iam-external-access-analyzer-enabled"),
        Cis("AWSF-5.0:1.19"),
    ),
    rows=("iam-018",),
)
