"""Buckets: who can reach them, and how what is in them is encrypted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from ourhalf.controls.judgements import from_sensitivity, where_keys_are_ours
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Field, Known, Unresolved, doubt, elements
from ourhalf.model.identity import Statement
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import AwsDoc, Checkov, ConfigRule, Prowler, SecurityHub, Trivy
from ourhalf.model.verdict import Verdict
from ourhalf.resources.s3 import PublicAccessBlock, S3Bucket
from ourhalf.resources.s3_settings import S3AccessPoint, S3AccountPublicAccessBlock

_READ = date(2026, 10, 2)
_HUB = AwsDoc("securityhub/latest/userguide/s3-controls.html", _READ)
_SWITCHES = ("block_acls", "block_policy", "ignore_acls", "restrict_buckets")


def _switches(block: PublicAccessBlock | S3AccountPublicAccessBlock) -> Verdict:
    fields: list[Field[bool]] = [getattr(block, name) for name in _SWITCHES]
    for field in fields:
        if (
            isinstance(field, Known | Absent)
            and (field.value if isinstance(field, Known) else field.default) is not True
        ):
            return Verdict.failed(f"{field.place.field or 'a switch'} is off", field)
    for field in fields:
        if isinstance(field, Unresolved):
            return Verdict.unknown(field)
    return Verdict.passed("all four switches are on", *fields)


def _blocked(get: Callable[[Any], Field[PublicAccessBlock]]) -> Callable[[Any, Context], Verdict]:
    def evaluate(subject: Any, context: Context) -> Verdict:
        match get(subject):
            case Known(block):
                return _switches(block)
            case Absent(PublicAccessBlock()) as field:
                if context.requirements.sensitivity.at_least(Sensitivity.REGULATED):
                    reason = "it is not stated, and a bucket from before April 2023 has none"
                    return Verdict.failed(reason, field, severity=Severity.LOW)
                return Verdict.passed("S3 blocks public access to buckets made since April 2023", field)
            case field:
                return Verdict.unknown(field)

    return evaluate


def _bucket_block(bucket: S3Bucket) -> Field[PublicAccessBlock]:
    return bucket.public_access_block


def _access_point_block(point: S3AccessPoint) -> Field[PublicAccessBlock]:
    return point.public_access_block


BLOCKED = Control(
    id="s3-bucket-public-access-blocked",
    title="Buckets block public access",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.HIGH,
    layer=Layer.MODELS_AND_DATA,
    applies_to=S3Bucket,
    evaluate=_blocked(_bucket_block),
    rationale="One careless policy or access list opens data sets and models to everyone; the block overrules both.",
    remedy="Turn on all four switches of the public access block.",
    settings={
        "public_access_block": {
            "block_acls": True,
            "block_policy": True,
            "ignore_acls": True,
            "restrict_buckets": True,
        }
    },
    citations=(_HUB, AwsDoc("AmazonS3/latest/userguide/access-control-block-public-access.html", _READ)),
    same_as=(
        SecurityHub("S3.8"),
        Checkov("CKV_AWS_53"),
        Checkov("CKV_AWS_54"),
        Checkov("CKV_AWS_55"),
        Checkov("CKV_AWS_56"),
        Checkov("CKV2_AWS_6"),
        Trivy("AWS-0086"),
        Trivy("AWS-0087"),
        Trivy("AWS-0091"),
        Trivy("AWS-0093"),
        Trivy("AWS-0094"),
        Prowler("s3_bucket_level_public_access_block"),
        ConfigRule("s3-bucket-level-public-access-prohibited"),
    ),
    rows=("s3-001", "s3-002", "s3-003", "s3-004"),
)

ACCESS_POINT_BLOCKED = Control(
    id="s3-access-point-public-access-blocked",
    title="Access points block public access",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.CRITICAL,
    layer=Layer.MODELS_AND_DATA,
    applies_to=S3AccessPoint,
    evaluate=_blocked(_access_point_block),
    rationale="An access point's block cannot be changed later: what is off stays off.",
    remedy="Leave the block out, which turns all four switches on.",
    settings={
        "public_access_block": {
            "block_acls": True,
            "block_policy": True,
            "ignore_acls": True,
            "restrict_buckets": True,
        }
    },
    citations=(_HUB, AwsDoc("AmazonS3/latest/userguide/access-points-bpa-settings.html", _READ)),
    same_as=(SecurityHub("S3.19"), Checkov("CKV_AWS_392"), Prowler("s3_access_point_public_access_block")),
    rows=("s3-020",),
)


def _account_blocked(block: S3AccountPublicAccessBlock, _: Context) -> Verdict:
    return _switches(block)


ACCOUNT_BLOCKED = Control(
    id="s3-account-public-access-blocked",
    title="The account blocks public access to all buckets",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.HIGH,
    layer=Layer.MODELS_AND_DATA,
    applies_to=S3AccountPublicAccessBlock,
    evaluate=_account_blocked,
    rationale="The account's block holds for every bucket, those of tomorrow included.",
    remedy="Turn on all four switches.",
    settings={
        "block_acls": True,
        "block_policy": True,
        "ignore_acls": True,
        "restrict_buckets": True,
    },
    citations=(_HUB,),
    same_as=(
        SecurityHub("S3.1"),
        Prowler("s3_account_level_public_access_blocks"),
        ConfigRule("s3-account-level-public-access-blocks-periodic"),
    ),
    rows=("s3-005",),
)


def _encrypted(bucket: S3Bucket, _: Context) -> Verdict:
    match bucket.encryption:
        case Known(()) as field:
            return Verdict.failed("the list of encryption rules is empty", field)
        case Known() as field if hidden := doubt(field):
            return Verdict.unknown(hidden)
        case Known() as field:
            return Verdict.passed("a default encryption is set", field)
        case Absent(default) as field if default:
            return Verdict.passed("S3 encrypts every object with its own keys", field)
        case field:
            return Verdict.unknown(field)


def _kms(bucket: S3Bucket, _: Context) -> Verdict:
    field = bucket.encryption
    hidden = doubt(field)
    rules = elements(field)
    for rule in rules:
        match rule.algorithm, rule.kms_key:
            case Unresolved() as unresolved, _:
                return Verdict.unknown(unresolved)
            case _, Unresolved() as unresolved:
                return Verdict.unknown(unresolved)
            case Known("aws:kms" | "aws:kms:dsse"), Known(key) if not (isinstance(key, str) and "alias/aws/" in key):
                return Verdict.passed("objects are encrypted with a key of ours", rule.algorithm, rule.kms_key)
    if hidden is not None:
        return Verdict.unknown(hidden)
    return Verdict.failed("objects are encrypted with a key that AWS manages", field)


OWN_KEY = Control(
    id="s3-bucket-customer-key",
    title="Buckets encrypt objects with a customer managed key",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.MEDIUM,
    layer=Layer.ENCRYPTION_AT_REST,
    applies_to=S3Bucket,
    evaluate=where_keys_are_ours(_kms),
    rationale="Only a key of ours can be withdrawn, audited and restricted by a policy of ours.",
    remedy="Set aws:kms with the key's ARN as the default encryption.",
    settings={
        "encryption": [{"algorithm": "aws:kms", "kms_key": "arn:aws:kms:REGION:ACCOUNT:key/KEY_ID", "bucket_key": True}]
    },
    citations=(_HUB, AwsDoc("AmazonS3/latest/userguide/UsingKMSEncryption.html", _READ)),
    same_as=(
        SecurityHub("S3.17"),
        Checkov("CKV_AWS_145"),
        Trivy("AWS-0132"),
        Prowler("s3_bucket_kms_encryption"),
        ConfigRule("s3-default-encryption-kms"),
    ),
    rows=("s3-007",),
)

ENCRYPTED = Control(
    id="s3-bucket-encrypted",
    title="Buckets encrypt objects by default",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.HIGH,
    layer=Layer.ENCRYPTION_AT_REST,
    applies_to=S3Bucket,
    evaluate=_encrypted,
    rationale="Encryption at rest is the least that data sets and models deserve.",
    remedy="Leave S3's default encryption in force, or set aws:kms.",
    settings={"encryption": [{"algorithm": "aws:kms", "bucket_key": True}]},
    citations=(AwsDoc("AmazonS3/latest/userguide/default-encryption-faq.html", _READ),),
    same_as=(
        Checkov("CKV_AWS_19"),
        Trivy("AWS-0088"),
        Prowler("s3_bucket_default_encryption"),
        ConfigRule("s3-bucket-server-side-encryption-enabled"),
    ),
    rows=("s3-006",),
)


def _tls_only(bucket: S3Bucket, context: Context) -> Verdict:
    if isinstance(bucket.policy, Absent):
        return Verdict.failed("no policy denies requests without TLS", bucket.policy)
    policies = context.identity.document(bucket.policy, "the bucket's policy")
    for one in policies.known:
        match _denies_plain(one):
            case True:
                return Verdict.passed("its policy denies requests without TLS", bucket.policy)
            case None:
                return Verdict.unknown("a Deny statement of its policy is known in part only", bucket.policy)
    if policies.doubts:
        return Verdict.unknown(policies.doubts[0])
    return Verdict.failed("no statement of its policy denies requests without TLS", bucket.policy)


def _denies_plain(one: Statement) -> bool | None:
    """Whether a statement denies everyone everything without TLS."""
    if one.allow is not False or len(one.conditions) != 1:
        return None if one.allow is None else False
    condition = one.conditions[0]
    if condition.operator == "":
        return None
    everyone = one.principals is not None and (one.principals.anyone or "*" in one.principals.aws)
    whole = not one.not_actions and any(action in ("*", "s3:*") for action in one.actions)
    if condition.key == "aws:securetransport" and condition.operator == "Bool" and everyone and whole:
        if condition.values is None or any(not isinstance(value, str) for value in condition.values):
            return None
        return condition.values == ("false",)
    versions = condition.key == "s3:tlsversion" and condition.operator.startswith("NumericLessThan")
    return versions and everyone and whole


TLS_ONLY = Control(
    id="s3-bucket-tls-only",
    title="Buckets deny requests without TLS",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.MEDIUM,
    layer=Layer.ENCRYPTION_IN_TRANSIT,
    applies_to=S3Bucket,
    evaluate=from_sensitivity(Sensitivity.CONFIDENTIAL, _tls_only),
    rationale="S3 answers plain HTTP too, and a client that is misconfigured sends data in the clear.",
    remedy="Deny s3:* to everyone where aws:SecureTransport is false.",
    citations=(_HUB, AwsDoc("AmazonS3/latest/userguide/security-best-practices.html", _READ)),
    same_as=(
        SecurityHub("S3.5"),
        Checkov("CKV_AWS_379"),
        Prowler("s3_bucket_secure_transport_policy"),
        ConfigRule("s3-bucket-ssl-requests-only"),
    ),
    rows=("s3-008",),
)
