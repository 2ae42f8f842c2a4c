"""Where trails, logs, snapshots and experiments keep what is confidential."""

from __future__ import annotations

from datetime import date

from ourhalf.controls.data_protection.buckets import BLOCKED, ENCRYPTED
from ourhalf.controls.identity import resource_policies
from ourhalf.controls.judgements import from_sensitivity, is_set
from ourhalf.controls.s3_addresses import bucket_named, owned
from ourhalf.controls.sagemaker import worst
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Known, Unresolved, holds
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import AwsDoc, Checkov, ConfigRule, Prowler, SecurityHub, Trivy
from ourhalf.model.verdict import Status, Verdict
from ourhalf.resources.cloudtrail import CloudTrail
from ourhalf.resources.ebs import EbsEncryptionByDefault, EbsSnapshotCopy
from ourhalf.resources.logs import LogGroup
from ourhalf.resources.s3 import S3Bucket
from ourhalf.resources.sagemaker_studio import SageMakerMlflowServer

_READ = date(2026, 10, 2)


def _hidden(bucket: S3Bucket, context: Context) -> Verdict:
    """Whether a bucket is kept from the public by its block, its policy and its access list."""
    asked = (BLOCKED, resource_policies.BUCKET_CLOSED, resource_policies.ACL_CLOSED)
    return worst(v for control in asked if (v := control.evaluate(bucket, context)) is not None)


def _trail_hidden(trail: CloudTrail, context: Context) -> Verdict:
    bucket = context.graph.find(trail.bucket, S3Bucket, trail)
    return Verdict.unknown(bucket) if isinstance(bucket, Unresolved) else _hidden(bucket, context)


TRAIL_HIDDEN = Control(
    id="cloudtrail-bucket-not-public",
    title="Buckets of trails are not public",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.CRITICAL,
    layer=Layer.CONTROL_PLANE_LOGS,
    applies_to=CloudTrail,
    evaluate=_trail_hidden,
    rationale="Names of roles, buckets and addresses in a trail are a map for whoever wants in.",
    remedy="Block public access to the trail's bucket, and name each principal in its policy.",
    citations=(AwsDoc("securityhub/latest/userguide/cloudtrail-controls.html", _READ),),
    same_as=(
        SecurityHub("CloudTrail.6"),
        Trivy("AWS-0161"),
        Prowler("cloudtrail_logs_s3_bucket_is_not_publicly_accessible"),
        ConfigRule("cloudtrail-s3-bucket-public-access-prohibited"),
    ),
    rows=("cloudtrail-006",),
)

LOGS_MASKED = Control(
    id="log-group-masks-personal-data",
    title="Log groups mask personal data",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.MEDIUM,
    layer=Layer.CONTAINER_LOGS,
    applies_to=LogGroup,
    evaluate=from_sensitivity(
        Sensitivity.REGULATED,
        is_set(lambda g: g.data_protection, "a policy masks what it finds", "nothing masks what is written"),
    ),
    rationale="Prompts and samples that a model server logs hold names, numbers and keys of the people who sent them.",
    remedy="Add a data protection policy that masks the identifiers that your data has.",
    citations=(AwsDoc("AmazonCloudWatch/latest/logs/mask-sensitive-log-data.html", _READ),),
    rows=("cloudwatch-004",),
)


def _copy_encrypted(copy: EbsSnapshotCopy, context: Context) -> Verdict:
    match copy.encrypted:
        case Known(True) as field:
            return Verdict.passed("the copy is encrypted", field)
        case Unresolved() as field:
            return Verdict.unknown(field)
    for default in context.graph.all(EbsEncryptionByDefault, copy):
        if holds(default.enabled, bool):
            return Verdict.passed("the account encrypts every new copy", default.enabled)
    if isinstance(copy.encrypted, Absent):
        return Verdict.unknown("the copy is encrypted if the snapshot is, or the account asks for it", copy.encrypted)
    return Verdict.failed("the copy of a plain snapshot stays plain", copy.encrypted)


COPY_ENCRYPTED = Control(
    id="ebs-snapshot-copy-encrypted",
    title="Copies of EBS snapshots are encrypted",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.HIGH,
    layer=Layer.ENCRYPTION_AT_REST,
    applies_to=EbsSnapshotCopy,
    evaluate=_copy_encrypted,
    rationale="A plain snapshot can be shared with any account, and read there.",
    remedy="Set `encrypted`, and name a key of the region that the copy goes to.",
    settings={"encrypted": True},
    citations=(AwsDoc("AWSEC2/latest/APIReference/API_CopySnapshot.html", _READ),),
    same_as=(Checkov("CKV_AWS_183"), Prowler("ec2_ebs_snapshots_encrypted")),
    rows=("ec2-022",),
)


def _artifacts(server: SageMakerMlflowServer, context: Context) -> Verdict:
    whose = owned(server.artifacts_uri, context, server)
    bucket = bucket_named(server.artifacts_uri, context, server)
    if whose.status is not Status.PASS or isinstance(bucket, Unresolved):
        return whose
    encrypted = ENCRYPTED.evaluate(bucket, context)
    return worst(v for v in (whose, _hidden(bucket, context), encrypted) if v is not None)


ARTIFACTS_OWNED = Control(
    id="sagemaker-mlflow-artifacts-owned",
    title="MLflow keeps artifacts in a bucket of ours that is encrypted and not public",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.MEDIUM,
    layer=Layer.MODELS_AND_DATA,
    applies_to=SageMakerMlflowServer,
    evaluate=_artifacts,
    rationale="Artifacts are models, samples and notebooks of every experiment.",
    remedy="Name a bucket of the account with public access blocked, or list the account that owns it in the profile.",
    citations=(AwsDoc("sagemaker/latest/dg/mlflow-create-tracking-server-prerequisites.html", _READ),),
    rows=("sagemaker-099",),
)
