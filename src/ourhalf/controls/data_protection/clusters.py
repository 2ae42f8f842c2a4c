"""What clusters and backups encrypt with keys of ours, and what an account shares with everyone."""

from __future__ import annotations

from datetime import date

from ourhalf.controls.judgements import own_key, setting, where_keys_are_ours
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Known, Unresolved, doubt, elements
from ourhalf.model.references import AwsDoc, Checkov, ConfigRule, Prowler, SecurityHub, Trivy
from ourhalf.model.verdict import Verdict
from ourhalf.resources.backup import BackupVault
from ourhalf.resources.ebs import AmiBlock, AmiLaunchPermission, EbsSnapshotBlock
from ourhalf.resources.eks import EksCluster

_READ = date(2026, 10, 2)


def _secrets_key(cluster: EksCluster, _: Context) -> Verdict:
    for one in elements(cluster.encryption):
        for field in (one.resources, one.kms_key):
            if isinstance(field, Unresolved):
                return Verdict.unknown(field)
        if "secrets" in elements(one.resources) and isinstance(one.kms_key, Known):
            return Verdict.passed("secrets are encrypted with a key of ours", one.resources, one.kms_key)
    hidden = doubt(cluster.encryption)
    if hidden is not None:
        return Verdict.unknown(hidden)
    return Verdict.failed("no key of ours encrypts secrets", cluster.encryption)


SECRETS_KEY = Control(
    id="eks-secrets-customer-key",
    title="EKS clusters encrypt secrets with a customer managed key",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.MEDIUM,
    layer=Layer.ENCRYPTION_AT_REST,
    applies_to=EksCluster,
    evaluate=where_keys_are_ours(_secrets_key),
    rationale="EKS encrypts secrets by itself; only a key of ours can be withdrawn and audited.",
    remedy="Name a customer managed key for the resource secrets in the encryption configuration.",
    settings={"encryption": [{"resources": ["secrets"], "kms_key": "arn:aws:kms:REGION:ACCOUNT:key/KEY_ID"}]},
    citations=(
        AwsDoc("eks/latest/userguide/envelope-encryption.html", _READ),
        AwsDoc("securityhub/latest/userguide/eks-controls.html", _READ),
    ),
    same_as=(
        SecurityHub("EKS.3"),
        Checkov("CKV_AWS_58"),
        Trivy("AWS-0039"),
        Prowler("eks_cluster_kms_cmk_encryption_in_secrets_enabled"),
        ConfigRule("eks-secrets-encrypted"),
    ),
    rows=("eks-004",),
)

VAULT_KEY = Control(
    id="backup-vault-customer-key",
    title="Backup vaults are encrypted with a customer managed key",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.MEDIUM,
    layer=Layer.BACKUP,
    applies_to=BackupVault,
    evaluate=own_key(lambda v: v.kms_key, "the vault"),
    rationale="Backups hold everything that was ever deleted; a key of ours says who may restore it.",
    remedy="Name a customer managed key.",
    settings={"kms_key": "arn:aws:kms:REGION:ACCOUNT:key/KEY_ID"},
    citations=(AwsDoc("securityhub/latest/userguide/backup-controls.html", _READ),),
    same_as=(SecurityHub("Backup.1"), Checkov("CKV_AWS_166"), Prowler("backup_vaults_encrypted")),
    rows=("backup-002",),
)

SNAPSHOTS_BLOCKED = Control(
    id="ebs-snapshot-sharing-blocked",
    title="The account shares no snapshots with everyone",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.HIGH,
    layer=Layer.MODELS_AND_DATA,
    applies_to=EbsSnapshotBlock,
    evaluate=setting(
        lambda b: b.state,
        lambda value: value == "block-all-sharing",
        "no snapshot is shared with everyone",
        "snapshots may be shared with everyone",
    ),
    rationale="A public snapshot is a disk that anyone may mount.",
    remedy="Set the state to block-all-sharing.",
    settings={"state": "block-all-sharing"},
    citations=(AwsDoc("ebs/latest/userguide/block-public-access-snapshots.html", _READ),),
    same_as=(Prowler("ec2_ebs_snapshot_account_block_public_access"),),
    rows=("ec2-024",),
)

IMAGES_BLOCKED = Control(
    id="ami-sharing-blocked",
    title="The account shares no machine images with everyone",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.MEDIUM,
    layer=Layer.NODE_IMAGE,
    applies_to=AmiBlock,
    evaluate=setting(
        lambda b: b.state,
        lambda value: value == "block-new-sharing",
        "no machine image can be shared with everyone",
        "machine images may be shared with everyone",
    ),
    rationale="Machine images keep what was on the disk, keys and models included.",
    remedy="Set the state to block-new-sharing.",
    settings={"state": "block-new-sharing"},
    citations=(AwsDoc("AWSEC2/latest/UserGuide/block-public-access-to-amis.html", _READ),),
    same_as=(Prowler("ec2_ami_account_block_public_access"),),
    rows=("ec2-026",),
)


def _image_private(permission: AmiLaunchPermission, _: Context) -> Verdict:
    match permission.group:
        case Known("all") as field:
            return Verdict.failed("everyone may launch the image", field)
        case Known() | Absent() as field:
            return Verdict.passed("it is shared with named accounts", field)
        case field:
            return Verdict.unknown(field)


IMAGE_PRIVATE = Control(
    id="ami-not-public",
    title="Machine images are not shared with everyone",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.CRITICAL,
    layer=Layer.NODE_IMAGE,
    applies_to=AmiLaunchPermission,
    evaluate=_image_private,
    rationale="Machine images keep what was on the disk, keys and models included.",
    remedy="Name accounts, not the group all.",
    citations=(AwsDoc("AWSEC2/latest/UserGuide/sharingamis-explicit.html", _READ),),
    same_as=(Checkov("CKV_AWS_205"), Prowler("ec2_ami_public")),
    rows=("ec2-025",),
)
