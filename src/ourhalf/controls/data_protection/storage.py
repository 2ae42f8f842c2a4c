"""Volumes, file systems, images, logs and secrets: encryption at rest, and with whose key."""

from __future__ import annotations

from datetime import date

from ourhalf.controls.judgements import from_sensitivity, own_key, setting, where_keys_are_ours
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Known, Unresolved, holds
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import AwsDoc, Checkov, ConfigRule, Prowler, SecurityHub, Trivy
from ourhalf.model.verdict import Verdict
from ourhalf.resources.ebs import EbsEncryptionByDefault, EbsVolume
from ourhalf.resources.ecr import EcrRepository
from ourhalf.resources.efs import EfsFileSystem
from ourhalf.resources.fsx import FsxFileSystem
from ourhalf.resources.kms import KmsKey
from ourhalf.resources.logs import LogGroup
from ourhalf.resources.secretsmanager import Secret, SsmParameter

_READ = date(2026, 10, 2)
_KEY_WHY = "Only a key of ours can be withdrawn, audited and restricted by a policy of ours."


def _hub(service: str) -> AwsDoc:
    return AwsDoc(f"securityhub/latest/userguide/{service}-controls.html", _READ)


EFS_ENCRYPTED = Control(
    id="efs-encrypted",
    title="EFS file systems are encrypted at rest",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.MEDIUM,
    layer=Layer.ENCRYPTION_AT_REST,
    applies_to=EfsFileSystem,
    evaluate=setting(
        lambda f: f.encrypted,
        bool,
        "the file system is encrypted",
        "the file system is not encrypted, and never can be",
    ),
    rationale="A file system of checkpoints and data sets that is made without encryption keeps without it for life.",
    remedy="Set `encrypted` when the file system is made.",
    settings={"encrypted": True},
    citations=(_hub("efs"), AwsDoc("efs/latest/ug/encryption-at-rest.html", _READ)),
    same_as=(
        SecurityHub("EFS.1"),
        SecurityHub("EFS.8"),
        Checkov("CKV_AWS_42"),
        Trivy("AWS-0037"),
        Prowler("efs_encryption_at_rest_enabled"),
        ConfigRule("efs-encrypted-check"),
        ConfigRule("efs-filesystem-ct-encrypted"),
    ),
    rows=("efs-003",),
)

EFS_KEY = Control(
    id="efs-customer-key",
    title="EFS file systems are encrypted with a customer managed key",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.LOW,
    layer=Layer.ENCRYPTION_AT_REST,
    applies_to=EfsFileSystem,
    evaluate=own_key(lambda f: f.kms_key, "the file system"),
    rationale=_KEY_WHY,
    remedy="Name a customer managed key.",
    settings={"kms_key": "arn:aws:kms:REGION:ACCOUNT:key/KEY_ID"},
    citations=(AwsDoc("efs/latest/ug/encryption-at-rest.html", _READ),),
    same_as=(Checkov("CKV_AWS_184"),),
    rows=("efs-004",),
)

FSX_KEY = Control(
    id="fsx-customer-key",
    title="FSx file systems are encrypted with a customer managed key",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.MEDIUM,
    layer=Layer.ENCRYPTION_AT_REST,
    applies_to=FsxFileSystem,
    evaluate=own_key(lambda f: f.kms_key, "the file system"),
    rationale=_KEY_WHY,
    remedy="Name a customer managed key. Scratch file systems take none: make persistent ones for such data.",
    settings={"kms_key": "arn:aws:kms:REGION:ACCOUNT:key/KEY_ID"},
    citations=(AwsDoc("fsx/latest/LustreGuide/encryption-at-rest.html", _READ),),
    same_as=(Checkov("CKV_AWS_190"), Checkov("CKV_AWS_203"), Checkov("CKV_AWS_178")),
    rows=("fsx-001", "fsx-002"),
)


def _volume_encrypted(volume: EbsVolume, context: Context) -> Verdict:
    match holds(volume.encrypted, bool):
        case True:
            return Verdict.passed("the volume is encrypted", volume.encrypted)
        case None:
            return Verdict.unknown(volume.encrypted)
    for default in context.graph.all(EbsEncryptionByDefault, volume):
        if holds(default.enabled, bool):
            return Verdict.passed("the account encrypts every new volume", default.enabled)
        if isinstance(default.enabled, Unresolved):
            return Verdict.unknown(default.enabled)
    return Verdict.failed("the volume is not encrypted", volume.encrypted)


EBS_ENCRYPTED = Control(
    id="ebs-volume-encrypted",
    title="EBS volumes are encrypted",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.HIGH,
    layer=Layer.ENCRYPTION_AT_REST,
    applies_to=EbsVolume,
    evaluate=_volume_encrypted,
    rationale="Snapshots of a volume that is not encrypted can be shared and read by anyone who gets one.",
    remedy="Set `encrypted`, or turn on encryption by default for the account.",
    settings={"encrypted": True},
    citations=(_hub("ec2"), AwsDoc("ebs/latest/userguide/ebs-encryption.html", _READ)),
    same_as=(
        SecurityHub("EC2.3"),
        Checkov("CKV_AWS_3"),
        Checkov("CKV2_AWS_2"),
        Trivy("AWS-0026"),
        Prowler("ec2_ebs_volume_encryption"),
        ConfigRule("encrypted-volumes"),
    ),
    rows=("ec2-017",),
)

EBS_KEY = Control(
    id="ebs-volume-customer-key",
    title="EBS volumes are encrypted with a customer managed key",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.LOW,
    layer=Layer.ENCRYPTION_AT_REST,
    applies_to=EbsVolume,
    evaluate=own_key(lambda v: v.kms_key, "the volume"),
    rationale=_KEY_WHY,
    remedy="Name a customer managed key.",
    settings={"kms_key": "arn:aws:kms:REGION:ACCOUNT:key/KEY_ID"},
    citations=(AwsDoc("ebs/latest/userguide/ebs-encryption.html", _READ),),
    same_as=(Checkov("CKV_AWS_189"), Trivy("AWS-0027")),
    rows=("ec2-018",),
)

EBS_DEFAULT = Control(
    id="ebs-encryption-by-default",
    title="The account encrypts new EBS volumes by default",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.MEDIUM,
    layer=Layer.ENCRYPTION_AT_REST,
    applies_to=EbsEncryptionByDefault,
    evaluate=setting(
        lambda d: d.enabled, bool, "new volumes are encrypted", "new volumes are not encrypted by default"
    ),
    rationale="The default covers the volumes that nobody thought of, those of node groups and notebooks among them.",
    remedy="Enable it in every region.",
    settings={"enabled": True},
    citations=(_hub("ec2"),),
    same_as=(
        SecurityHub("EC2.7"),
        Checkov("CKV_AWS_106"),
        Prowler("ec2_ebs_default_encryption"),
        ConfigRule("ec2-ebs-encryption-by-default"),
    ),
    rows=("ec2-021",),
)

LOG_KEY = Control(
    id="log-group-customer-key",
    title="Log groups are encrypted with a customer managed key",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.MEDIUM,
    layer=Layer.CONTAINER_LOGS,
    applies_to=LogGroup,
    evaluate=own_key(lambda g: g.kms_key, "the log group"),
    rationale="Prompts, samples and stack traces land in logs. " + _KEY_WHY,
    remedy="Name a customer managed key that the logs service may use.",
    settings={"kms_key": "arn:aws:kms:REGION:ACCOUNT:key/KEY_ID"},
    citations=(AwsDoc("AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html", _READ),),
    same_as=(
        Checkov("CKV_AWS_158"),
        Trivy("AWS-0017"),
        Prowler("cloudwatch_log_group_kms_encryption_enabled"),
        ConfigRule("cloudwatch-log-group-encrypted"),
    ),
    rows=("cloudwatch-002",),
)

SECRET_KEY = Control(
    id="secret-customer-key",
    title="Secrets are encrypted with a customer managed key",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.LOW,
    layer=Layer.KEY_MANAGEMENT,
    applies_to=Secret,
    evaluate=own_key(lambda s: s.kms_key, "the secret"),
    rationale=_KEY_WHY,
    remedy="Name a customer managed key.",
    settings={"kms_key": "arn:aws:kms:REGION:ACCOUNT:key/KEY_ID"},
    citations=(AwsDoc("secretsmanager/latest/userguide/security-encryption.html", _READ),),
    same_as=(Checkov("CKV_AWS_149"), Trivy("AWS-0098"), ConfigRule("secretsmanager-using-cmk")),
    rows=("secretsmanager-001",),
)

SECRET_ROTATED = Control(
    id="secret-rotated",
    title="Secrets are rotated automatically",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.MEDIUM,
    layer=Layer.KEY_MANAGEMENT,
    applies_to=Secret,
    evaluate=from_sensitivity(
        Sensitivity.CONFIDENTIAL,
        setting(lambda s: s.rotated, bool, "it is rotated by a schedule", "nothing rotates it"),
    ),
    rationale="A token that leaked works until somebody changes it.",
    remedy="Add a rotation with a schedule.",
    citations=(_hub("secretsmanager"), AwsDoc("secretsmanager/latest/userguide/rotating-secrets.html", _READ)),
    same_as=(
        SecurityHub("SecretsManager.1"),
        Checkov("CKV2_AWS_57"),
        Prowler("secretsmanager_automatic_rotation_enabled"),
        ConfigRule("secretsmanager-rotation-enabled-check"),
    ),
    rows=("secretsmanager-002",),
)


def _rotated_often(secret: Secret, _: Context) -> Verdict:
    match holds(secret.rotated, bool):
        case False:
            return Verdict.not_applicable("nothing rotates it", secret.rotated)
        case None:
            return Verdict.unknown(secret.rotated)
    match secret.rotation_days:
        case Known(days) as field if days <= 90:
            return Verdict.passed(f"it is rotated every {days} days", field)
        case Known(days) as field:
            return Verdict.failed(f"it is rotated every {days} days, which is more than 90", field)
        case Absent():
            return Verdict.unknown("a schedule expression says when it is rotated", secret.rotation_schedule)
        case field:
            return Verdict.unknown(field)


SECRET_ROTATED_OFTEN = Control(
    id="secret-rotated-within-90-days",
    title="Secrets that are rotated are rotated within 90 days",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.LOW,
    layer=Layer.KEY_MANAGEMENT,
    applies_to=Secret,
    evaluate=_rotated_often,
    rationale="The longer a token lives, the longer one that leaked is of use.",
    remedy="Set `AutomaticallyAfterDays` to 90 or less.",
    citations=(_hub("secretsmanager"),),
    same_as=(
        SecurityHub("SecretsManager.4"),
        Checkov("CKV_AWS_304"),
        Prowler("secretsmanager_secret_rotated_periodically"),
        ConfigRule("secretsmanager-secret-periodic-rotation"),
    ),
    rows=("secretsmanager-003",),
)

_SECRET_WORDS = ("password", "passwd", "secret", "token", "apikey", "api_key", "api-key", "private_key", "credential")


def _secure_string(parameter: SsmParameter, _: Context) -> Verdict:
    match parameter.parameter_type:
        case Known("SecureString") as field:
            return Verdict.passed("the parameter is encrypted", field)
        case Unresolved() as field:
            return Verdict.unknown(field)
        case field:
            name = parameter.parameter.value if isinstance(parameter.parameter, Known) else parameter.name
            if any(word in name.lower() for word in _SECRET_WORDS):
                return Verdict.failed(f"{name} is named like a secret and is not encrypted", field, parameter.parameter)
            if isinstance(parameter.parameter, Unresolved):
                return Verdict.unknown(parameter.parameter)
            return Verdict.not_applicable("it is not named like a secret", parameter.parameter)


SECURE_STRING = Control(
    id="ssm-parameter-secure-string",
    title="Parameters that are named like secrets are encrypted",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.MEDIUM,
    layer=Layer.KEY_MANAGEMENT,
    applies_to=SsmParameter,
    evaluate=_secure_string,
    rationale="A parameter of type String is shown to everyone who may list parameters.",
    remedy="Make it a SecureString, or keep the secret in Secrets Manager.",
    settings={"parameter_type": "SecureString"},
    citations=(AwsDoc("systems-manager/latest/userguide/systems-manager-parameter-store.html", _READ),),
    same_as=(Checkov("CKV2_AWS_34"), Checkov("CKV_AWS_337")),
    rows=("ssm-001",),
)


def _rotates(key: KmsKey, _: Context) -> Verdict:
    for field in (key.spec, key.key_origin):
        if isinstance(field, Unresolved):
            return Verdict.unknown(field)
    if holds(key.spec, lambda s: s != "SYMMETRIC_DEFAULT") or holds(key.key_origin, lambda o: o != "AWS_KMS"):
        return Verdict.not_applicable("KMS rotates symmetric keys of its own making only", key.spec, key.key_origin)
    match holds(key.rotation, bool):
        case True:
            return Verdict.passed("KMS rotates the key", key.rotation)
        case False:
            return Verdict.failed("KMS does not rotate the key", key.rotation)
    return Verdict.unknown(key.rotation)


KEY_ROTATED = Control(
    id="kms-key-rotated",
    title="Symmetric keys are rotated by KMS",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.MEDIUM,
    layer=Layer.KEY_MANAGEMENT,
    applies_to=KmsKey,
    evaluate=_rotates,
    rationale="Rotation bounds what one key's material decrypts, and costs nothing to those who use the key.",
    remedy="Enable key rotation.",
    settings={"rotation": True},
    citations=(_hub("kms"), AwsDoc("kms/latest/developerguide/rotate-keys.html", _READ)),
    same_as=(
        SecurityHub("KMS.4"),
        Checkov("CKV_AWS_7"),
        Trivy("AWS-0065"),
        Prowler("kms_cmk_rotation_enabled"),
        ConfigRule("cmk-backing-key-rotation-enabled"),
    ),
    rows=("kms-001",),
)


def _image_key(repository: EcrRepository, _: Context) -> Verdict:
    match repository.encryption_type, repository.kms_key:
        case (Known("KMS" | "KMS_DSSE"), Known(key)) if not (isinstance(key, str) and "alias/aws/" in key):
            return Verdict.passed(
                "images are encrypted with a key of ours", repository.encryption_type, repository.kms_key
            )
        case (Unresolved() as field, _) | (_, Unresolved() as field):
            return Verdict.unknown(field)
    return Verdict.failed(
        "images are encrypted with a key that AWS manages", repository.encryption_type, repository.kms_key
    )


REPOSITORY_KEY = Control(
    id="ecr-repository-customer-key",
    title="Repositories encrypt images with a customer managed key",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.LOW,
    layer=Layer.REGISTRY_SETTINGS,
    applies_to=EcrRepository,
    evaluate=where_keys_are_ours(_image_key),
    rationale="Images hold code and models. " + _KEY_WHY,
    remedy="Set the encryption type to KMS with the key's ARN; it cannot be changed later.",
    settings={"encryption_type": "KMS", "kms_key": "arn:aws:kms:REGION:ACCOUNT:key/KEY_ID"},
    citations=(_hub("ecr"), AwsDoc("AmazonECR/latest/userguide/encryption-at-rest.html", _READ)),
    same_as=(
        SecurityHub("ECR.5"),
        Checkov("CKV_AWS_136"),
        Trivy("AWS-0033"),
        ConfigRule("ecr-repository-cmk-encryption-enabled"),
    ),
    rows=("ecr-004",),
)
