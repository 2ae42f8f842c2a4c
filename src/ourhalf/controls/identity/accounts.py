"""Other accounts: to whom buckets are opened, and what may leave through VPC endpoints."""

from __future__ import annotations

import re
from datetime import date

from ourhalf.controls.judgements import from_sensitivity
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Reference, Unresolved
from ourhalf.model.identity import Pattern, Statement
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import AwsDoc, ConfigRule, Prowler, SecurityHub
from ourhalf.model.verdict import Verdict
from ourhalf.resources.s3 import S3Bucket
from ourhalf.resources.vpc import VpcEndpoint

_READ = date(2026, 10, 2)
_ACCOUNT = re.compile(r"(?:arn:[\w-]+:(?:iam|sts)::)?(\d{12})(?::.*)?$")


def _account(principal: Pattern) -> str | Unresolved | None:
    """The account of a principal; None for a resource of the same files."""
    if isinstance(principal, Reference):
        return None
    text = principal.prefix if isinstance(principal, Unresolved) else principal
    found = _ACCOUNT.match(text)
    if found is not None:
        return found[1]
    return principal if isinstance(principal, Unresolved) else Unresolved(f"{principal} names no account")


def _stranger(one: Statement, trusted: tuple[str, ...]) -> str | Unresolved | None:
    """Who a statement lets in that is not of a trusted account, or why that is not known."""
    who = one.principals
    if one.allow is False or who is None:
        return None
    if who.anyone or who.inverted:
        return Unresolved("conditions say who of everyone is let in") if one.conditions else "everyone"
    unsure = who.doubt
    for principal in who.aws:
        match _account(principal):
            case str() as account if account not in trusted:
                return f"account {account}"
            case Unresolved() as hidden:
                unsure = unsure or hidden
    return unsure


def _listed(bucket: S3Bucket, context: Context) -> Verdict | None:
    trusted = context.requirements.parameters.trusted_accounts
    if not trusted:
        return None
    if isinstance(bucket.policy, Absent):
        return Verdict.passed("without a policy only the account itself is let in", bucket.policy)
    policies = context.identity.document(bucket.policy, "its policy")
    unsure = policies.doubts[0] if policies.doubts else None
    for one in policies.known:
        match _stranger(one, trusted):
            case str() as who:
                return Verdict.failed(f"its policy lets in {who}, which the profile does not list", *one.fields)
            case Unresolved() as hidden:
                unsure = unsure or hidden
    return Verdict.unknown(unsure) if unsure else Verdict.passed("it lets in listed accounts only", bucket.policy)


BUCKET_ACCOUNTS = Control(
    id="s3-bucket-accounts-listed",
    title="Bucket policies let in only accounts that the company lists",
    topic=Topic.IDENTITY,
    severity=Severity.HIGH,
    layer=Layer.MODELS_AND_DATA,
    applies_to=S3Bucket,
    evaluate=_listed,
    rationale="An account of a partner that left, or a number with a typing error, reads the data set for ever.",
    remedy="Take the account out of the policy, or list it under `trusted_accounts` in the profile.",
    citations=(AwsDoc("securityhub/latest/userguide/s3-controls.html#s3-6", _READ),),
    same_as=(
        SecurityHub("S3.6"),
        Prowler("s3_bucket_cross_account_access"),
        ConfigRule("s3-bucket-blacklisted-actions-prohibited"),
    ),
    rows=("s3-012",),
)


def _unlimited(one: Statement) -> bool:
    """Whether a statement of an endpoint's policy lets everyone do everything with every resource."""
    everyone = one.principals is None or one.principals.anyone
    everything = one.not_actions or any(a == "*" or a.endswith(":*") for a in one.actions)
    return one.allow is True and everyone and everything and "*" in one.resources and not one.conditions


def _endpoint_limited(endpoint: VpcEndpoint, context: Context) -> Verdict:
    if isinstance(endpoint.policy, Absent):
        return Verdict.failed("without a policy it carries any request to any account", endpoint.policy)
    policies = context.identity.document(endpoint.policy, "its policy")
    for one in policies.known:
        if _unlimited(one):
            return Verdict.failed("its policy carries any request to any account", *one.fields)
    unsure = policies.doubts or tuple(s.doubt for s in policies.known if s.doubt is not None)
    if unsure:
        return Verdict.unknown(unsure[0])
    return Verdict.passed("its policy limits what is carried, or for whom", endpoint.policy)


ENDPOINT_LIMITED = Control(
    id="vpc-endpoint-policy-limited",
    title="VPC endpoints carry only requests that a policy of ours limits",
    topic=Topic.IDENTITY,
    severity=Severity.MEDIUM,
    layer=Layer.NETWORK,
    applies_to=VpcEndpoint,
    evaluate=from_sensitivity(Sensitivity.CONFIDENTIAL, _endpoint_limited),
    rationale="A job without a way to the internet can still write the data set to a stranger's bucket through S3's "
    "endpoint, with keys that the stranger gave it.",
    remedy="Write a policy with conditions on aws:PrincipalOrgID and aws:ResourceOrgID, or name our buckets.",
    citations=(AwsDoc("vpc/latest/privatelink/vpc-endpoints-access.html", _READ),),
    same_as=(Prowler("vpc_endpoint_connections_trust_boundaries"),),
    rows=("vpc-017",),
)
