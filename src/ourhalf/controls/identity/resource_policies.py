"""Policies of resources: no bucket, key, repository, secret or file system is open to whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Field, Known, Unresolved
from ourhalf.model.identity import Decision
from ourhalf.model.references import AwsDoc, Checkov, ConfigRule, Prowler, SecurityHub, Trivy
from ourhalf.model.verdict import Verdict
from ourhalf.resources.ecr import EcrRepository
from ourhalf.resources.efs import EfsFileSystem
from ourhalf.resources.kms import KmsKey
from ourhalf.resources.logs import LogResourcePolicy
from ourhalf.resources.s3 import S3Bucket
from ourhalf.resources.secretsmanager import Secret

_READ = date(2026, 10, 2)


def _closed(get: Callable[[Any], Field[Any]], absent: str) -> Callable[[Any, Context], Verdict]:
    """Judges whether a resource's policy lets in anyone; without a policy, `absent` says who is let in."""

    def evaluate(subject: Any, context: Context) -> Verdict:
        policy = get(subject)
        if isinstance(policy, Absent):
            return Verdict.passed(absent, policy)
        answer = context.identity.open_to_anyone(policy, "its policy")
        match answer.decision:
            case Decision.ALLOWED:
                return Verdict.failed(answer.why, *answer.fields)
            case Decision.CONDITIONAL:
                return Verdict.failed(answer.why, *answer.fields, severity=Severity.MEDIUM)
            case Decision.NOT_ALLOWED:
                return Verdict.passed("its policy names each principal", policy)
        return Verdict.unknown(answer.why, policy)

    return evaluate


def _bucket_policy(bucket: S3Bucket) -> Field[Any]:
    return bucket.policy


BUCKET_CLOSED = Control(
    id="s3-bucket-policy-not-public",
    title="Bucket policies let in only principals that they name",
    topic=Topic.IDENTITY,
    severity=Severity.CRITICAL,
    layer=Layer.MODELS_AND_DATA,
    applies_to=S3Bucket,
    evaluate=_closed(_bucket_policy, "without a policy only the account itself is let in"),
    rationale="A policy that allows * publishes data sets and models to the world.",
    remedy="Name the principals, or add a condition on your organisation or VPC endpoint.",
    citations=(AwsDoc("securityhub/latest/userguide/s3-controls.html", _READ),),
    same_as=(
        SecurityHub("S3.2"),
        SecurityHub("S3.3"),
        Checkov("CKV_AWS_70"),
        Prowler("s3_bucket_public_access"),
        Prowler("s3_bucket_policy_public_write_access"),
        ConfigRule("s3-bucket-public-read-prohibited"),
        ConfigRule("s3-bucket-public-write-prohibited"),
    ),
    rows=("s3-009",),
)


def _acl(bucket: S3Bucket, _: Context) -> Verdict:
    if isinstance(bucket.grants, Unresolved):
        return Verdict.unknown(bucket.grants)
    match bucket.acl:
        case Known(value) as field:
            plain = value.replace("-", "").lower()
            if plain in ("publicread", "publicreadwrite", "authenticatedread"):
                return Verdict.failed(f"the access list {value} lets in everyone", field)
        case Absent() as field:
            pass
        case field:
            return Verdict.unknown(field)
    if isinstance(bucket.grants, Known) and _to_groups(bucket.grants.value):
        return Verdict.failed("a grant lets in everyone", bucket.grants)
    return Verdict.passed("its access list lets in no group of everyone", field, bucket.grants)


def _to_groups(grants: Any) -> bool:
    text = str(grants)
    return "groups/global/AllUsers" in text or "groups/global/AuthenticatedUsers" in text


ACL_CLOSED = Control(
    id="s3-bucket-acl-not-public",
    title="Bucket access lists let in no group of everyone",
    topic=Topic.IDENTITY,
    severity=Severity.CRITICAL,
    layer=Layer.MODELS_AND_DATA,
    applies_to=S3Bucket,
    evaluate=_acl,
    rationale="public-read publishes every object, and authenticated-read means any AWS account in the world.",
    remedy="Leave the access list private.",
    settings={"acl": "private"},
    citations=(AwsDoc("AmazonS3/latest/userguide/acl-overview.html", _READ),),
    same_as=(
        SecurityHub("S3.2"),
        Checkov("CKV_AWS_20"),
        Checkov("CKV_AWS_57"),
        Checkov("CKV2_AWS_43"),
        Trivy("AWS-0092"),
        Prowler("s3_bucket_public_list_acl"),
        Prowler("s3_bucket_public_write_acl"),
    ),
    rows=("s3-010",),
)


def _ownership(bucket: S3Bucket, _: Context) -> Verdict:
    match bucket.ownership:
        case Known("BucketOwnerEnforced") | Absent(default="BucketOwnerEnforced") as field:
            return Verdict.passed("access lists are off", field)
        case Known(value) as field:
            return Verdict.failed(f"access lists are in force: {value}", field, severity=Severity.LOW)
        case field:
            return Verdict.unknown(field)


ACLS_OFF = Control(
    id="s3-bucket-acls-off",
    title="Buckets keep access lists off",
    topic=Topic.IDENTITY,
    severity=Severity.MEDIUM,
    layer=Layer.MODELS_AND_DATA,
    applies_to=S3Bucket,
    evaluate=_ownership,
    rationale="With access lists off, policies alone say who reaches an object, whoever wrote it.",
    remedy="Set object ownership to BucketOwnerEnforced.",
    settings={"ownership": "BucketOwnerEnforced"},
    citations=(AwsDoc("AmazonS3/latest/userguide/about-object-ownership.html", _READ),),
    same_as=(
        SecurityHub("S3.12"),
        Checkov("CKV2_AWS_65"),
        Prowler("s3_bucket_acl_prohibited"),
        ConfigRule("s3-bucket-acl-prohibited"),
    ),
    rows=("s3-011",),
)


def _key_policy(key: KmsKey) -> Field[Any]:
    return key.policy


KEY_CLOSED = Control(
    id="kms-key-policy-not-public",
    title="Key policies let in only principals that they name",
    topic=Topic.IDENTITY,
    severity=Severity.CRITICAL,
    layer=Layer.KEY_MANAGEMENT,
    applies_to=KmsKey,
    evaluate=_closed(_key_policy, "the default key policy lets in the account that owns the key"),
    rationale="Who may use the key reads everything that it encrypts.",
    remedy="Name the principals, or add a condition on kms:CallerAccount.",
    citations=(AwsDoc("securityhub/latest/userguide/kms-controls.html", _READ),),
    same_as=(
        SecurityHub("KMS.5"),
        Checkov("CKV_AWS_33"),
        Prowler("kms_key_not_publicly_accessible"),
        ConfigRule("kms-key-policy-no-public-access"),
    ),
    rows=("kms-002",),
)


def _repository_policy(repository: EcrRepository) -> Field[Any]:
    return repository.policy


REPOSITORY_CLOSED = Control(
    id="ecr-repository-policy-not-public",
    title="Repository policies let in only principals that they name",
    topic=Topic.IDENTITY,
    severity=Severity.CRITICAL,
    layer=Layer.REGISTRY_SETTINGS,
    applies_to=EcrRepository,
    evaluate=_closed(_repository_policy, "without a policy only the account itself is let in"),
    rationale="Images hold models and code; a repository that anyone may push to runs anyone's code.",
    remedy="Name the accounts, or add a condition on aws:PrincipalOrgID.",
    citations=(AwsDoc("AmazonECR/latest/userguide/repository-policies.html", _READ),),
    same_as=(Checkov("CKV_AWS_32"), Trivy("AWS-0032"), Prowler("ecr_repositories_not_publicly_accessible")),
    rows=("ecr-005",),
)


def _secret_policy(secret: Secret) -> Field[Any]:
    return secret.policy


SECRET_CLOSED = Control(
    id="secret-policy-not-public",
    title="Secret policies let in only principals that they name",
    topic=Topic.IDENTITY,
    severity=Severity.CRITICAL,
    layer=Layer.IDENTITY,
    applies_to=Secret,
    evaluate=_closed(_secret_policy, "without a policy only the account itself is let in"),
    rationale="A secret that anyone may read is none.",
    remedy="Name the principals.",
    citations=(AwsDoc("secretsmanager/latest/userguide/auth-and-access_resource-policies.html", _READ),),
    same_as=(Prowler("secretsmanager_not_publicly_accessible"),),
    rows=("secretsmanager-004",),
)


def _efs_policy(file_system: EfsFileSystem) -> Field[Any]:
    return file_system.policy


def _efs_closed(file_system: EfsFileSystem, context: Context) -> Verdict:
    if isinstance(file_system.policy, Absent):
        return Verdict.not_applicable("without a policy the network alone says who mounts it", file_system.policy)
    return _closed(_efs_policy, "")(file_system, context)


EFS_CLOSED = Control(
    id="efs-policy-not-public",
    title="File system policies let in only principals that they name",
    topic=Topic.IDENTITY,
    severity=Severity.HIGH,
    layer=Layer.MODELS_AND_DATA,
    applies_to=EfsFileSystem,
    evaluate=_efs_closed,
    rationale="A policy that allows * lets every client in the network mount the file system as root.",
    remedy="Name the roles, or add conditions on the access point and the mount target.",
    citations=(AwsDoc("efs/latest/ug/access-control-block-public-access.html", _READ),),
    same_as=(Prowler("efs_not_publicly_accessible"),),
    rows=("efs-009",),
)


def _log_policy(policy: LogResourcePolicy) -> Field[Any]:
    return policy.document


LOGS_CLOSED = Control(
    id="log-resource-policy-not-public",
    title="Log policies let in only principals that they name",
    topic=Topic.IDENTITY,
    severity=Severity.HIGH,
    layer=Layer.CONTAINER_LOGS,
    applies_to=LogResourcePolicy,
    evaluate=_closed(_log_policy, "the policy lets in nobody"),
    rationale="Who may write to logs may hide what happened in them.",
    remedy="Name the services and accounts.",
    citations=(AwsDoc("AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html", _READ),),
    same_as=(Prowler("cloudwatch_log_group_not_publicly_accessible"),),
    rows=("cloudwatch-003",),
)
