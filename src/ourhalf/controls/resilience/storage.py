"""What survives a mistake: versions, backups, deletion protection."""

from __future__ import annotations

from datetime import date

from ourhalf.controls.judgements import from_sensitivity, is_set, setting
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import AwsDoc, Checkov, ConfigRule, Prowler, SecurityHub, Trivy
from ourhalf.resources.ecr import EcrRepository
from ourhalf.resources.efs import EfsFileSystem
from ourhalf.resources.eks import EksCluster, EksNodeGroup
from ourhalf.resources.s3 import S3Bucket

_READ = date(2026, 10, 2)


def _hub(service: str) -> AwsDoc:
    return AwsDoc(f"securityhub/latest/userguide/{service}-controls.html", _READ)


VERSIONED = Control(
    id="s3-bucket-versioned",
    title="Buckets keep older versions of objects",
    topic=Topic.RESILIENCE,
    severity=Severity.MEDIUM,
    layer=Layer.BACKUP,
    applies_to=S3Bucket,
    evaluate=from_sensitivity(
        Sensitivity.CONFIDENTIAL,
        setting(
            lambda b: b.versioning,
            lambda value: value.lower() in ("enabled", "true"),
            "older versions are kept",
            "an object that is overwritten or deleted is gone",
        ),
    ),
    rationale="A job that overwrites the model, or an intruder who does, leaves nothing to go back to.",
    remedy="Enable versioning, with a lifecycle rule that expires old versions.",
    settings={"versioning": "Enabled"},
    citations=(_hub("s3"), AwsDoc("AmazonS3/latest/userguide/Versioning.html", _READ)),
    same_as=(
        SecurityHub("S3.14"),
        Checkov("CKV_AWS_21"),
        Trivy("AWS-0090"),
        Prowler("s3_bucket_object_versioning"),
        ConfigRule("s3-bucket-versioning-enabled"),
    ),
    rows=("s3-013",),
)

LOCKED = Control(
    id="s3-bucket-object-lock",
    title="Buckets can lock objects against deletion",
    topic=Topic.RESILIENCE,
    severity=Severity.LOW,
    layer=Layer.BACKUP,
    applies_to=S3Bucket,
    evaluate=from_sensitivity(
        Sensitivity.REGULATED,
        setting(lambda b: b.object_lock, bool, "objects can be locked", "objects cannot be locked"),
    ),
    rationale="Evidence and released models must outlast the account's own administrators.",
    remedy="Enable object lock when the bucket is made.",
    settings={"object_lock": True},
    citations=(_hub("s3"), AwsDoc("AmazonS3/latest/userguide/object-lock.html", _READ)),
    same_as=(
        SecurityHub("S3.15"),
        Checkov("CKV_AWS_143"),
        Prowler("s3_bucket_object_lock"),
        ConfigRule("s3-bucket-default-lock-enabled"),
    ),
    rows=("s3-015",),
)

EXPIRES = Control(
    id="s3-bucket-lifecycle",
    title="Buckets have a lifecycle for their objects",
    topic=Topic.RESILIENCE,
    severity=Severity.LOW,
    layer=Layer.MODELS_AND_DATA,
    applies_to=S3Bucket,
    evaluate=from_sensitivity(
        Sensitivity.CONFIDENTIAL,
        is_set(lambda b: b.lifecycle, "objects have a lifecycle", "objects are kept for ever"),
    ),
    rationale="Data that nobody deletes leaks years later.",
    remedy="Add lifecycle rules that expire checkpoints, old versions and uploads that were not completed.",
    settings={"lifecycle": [{"rule_id": "tidy", "status": "Enabled", "abort_upload_days": 7}]},
    citations=(_hub("s3"),),
    same_as=(
        SecurityHub("S3.13"),
        SecurityHub("S3.10"),
        Checkov("CKV2_AWS_61"),
        Checkov("CKV_AWS_300"),
        Prowler("s3_bucket_lifecycle_enabled"),
        ConfigRule("s3-lifecycle-policy-check"),
    ),
    rows=("s3-016",),
)

REPLICATED = Control(
    id="s3-bucket-replicated",
    title="Buckets are replicated",
    topic=Topic.RESILIENCE,
    severity=Severity.LOW,
    layer=Layer.BACKUP,
    applies_to=S3Bucket,
    evaluate=from_sensitivity(
        Sensitivity.REGULATED,
        is_set(lambda b: b.replication, "objects are replicated", "objects are in one region only"),
    ),
    rationale="What one region loses, a replica keeps.",
    remedy="Add a replication rule to a bucket in another region that the data may be in.",
    citations=(_hub("s3"),),
    same_as=(
        SecurityHub("S3.7"),
        Checkov("CKV_AWS_144"),
        Prowler("s3_bucket_cross_region_replication"),
        ConfigRule("s3-bucket-cross-region-replication-enabled"),
    ),
    rows=("s3-017",),
)

IMAGES_EXPIRE = Control(
    id="ecr-repository-lifecycle",
    title="Repositories delete images that nobody needs",
    topic=Topic.RESILIENCE,
    severity=Severity.LOW,
    layer=Layer.REGISTRY_SETTINGS,
    applies_to=EcrRepository,
    evaluate=is_set(lambda r: r.lifecycle, "a lifecycle policy deletes images", "images are kept for ever"),
    rationale="Old images are what an attacker or a wrong tag brings back, flaws included.",
    remedy="Add a lifecycle policy that expires untagged and old images.",
    citations=(_hub("ecr"), AwsDoc("AmazonECR/latest/userguide/LifecyclePolicies.html", _READ)),
    same_as=(
        SecurityHub("ECR.3"),
        Prowler("ecr_repositories_lifecycle_policy_enabled"),
        ConfigRule("ecr-private-lifecycle-policy-configured"),
    ),
    rows=("ecr-006",),
)

EFS_BACKED_UP = Control(
    id="efs-backed-up",
    title="EFS file systems are backed up",
    topic=Topic.RESILIENCE,
    severity=Severity.MEDIUM,
    layer=Layer.BACKUP,
    applies_to=EfsFileSystem,
    evaluate=from_sensitivity(
        Sensitivity.CONFIDENTIAL,
        setting(
            lambda f: f.backup,
            lambda value: value == "ENABLED",
            "automatic backups are on",
            "automatic backups are off",
        ),
    ),
    rationale="Checkpoints that weeks of training made are gone with one wrong command.",
    remedy="Turn automatic backups on.",
    settings={"backup": "ENABLED"},
    citations=(_hub("efs"), AwsDoc("efs/latest/ug/automatic-backups.html", _READ)),
    same_as=(
        SecurityHub("EFS.2"),
        SecurityHub("EFS.7"),
        Checkov("CKV2_AWS_18"),
        Prowler("efs_have_backup_enabled"),
        ConfigRule("efs-automatic-backups-enabled"),
    ),
    rows=("efs-005",),
)

CLUSTER_KEPT = Control(
    id="eks-deletion-protected",
    title="EKS clusters are protected from deletion",
    topic=Topic.RESILIENCE,
    severity=Severity.LOW,
    layer=Layer.AVAILABILITY,
    applies_to=EksCluster,
    evaluate=from_sensitivity(
        Sensitivity.CONFIDENTIAL,
        setting(lambda c: c.deletion_protection, bool, "it cannot be deleted", "one call deletes it"),
    ),
    rationale="One wrong command otherwise ends every job and endpoint in the cluster.",
    remedy="Turn deletion protection on.",
    settings={"deletion_protection": True},
    citations=(AwsDoc("eks/latest/userguide/deletion-protection.html", _READ),),
    same_as=(Prowler("eks_cluster_deletion_protection_enabled"),),
    rows=("eks-009",),
)

NODES_REPAIRED = Control(
    id="eks-node-group-repaired",
    title="EKS replaces nodes whose hardware fails",
    topic=Topic.RESILIENCE,
    severity=Severity.LOW,
    layer=Layer.AVAILABILITY,
    applies_to=EksNodeGroup,
    evaluate=from_sensitivity(
        Sensitivity.CONFIDENTIAL,
        setting(lambda g: g.node_repair, bool, "failed nodes are replaced", "failed nodes stay in the cluster"),
    ),
    rationale="A node with a broken GPU takes job after job and finishes none.",
    remedy="Turn node auto repair on.",
    settings={"node_repair": True},
    citations=(AwsDoc("eks/latest/userguide/node-health.html", _READ),),
    rows=("eks-024",),
)
