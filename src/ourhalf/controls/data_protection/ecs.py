"""Encryption of what ECS tasks move and keep."""

from __future__ import annotations

from ourhalf.controls.compute import ECS_CONTROLS, ECS_TASKS, READ, efs_volumes, of_ecs
from ourhalf.controls.judgements import from_sensitivity, own_key, setting
from ourhalf.controls.sagemaker import worst
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Known, Unresolved, doubt, effective, elements
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import AwsDoc, Checkov, ConfigRule, SecurityHub, Trivy
from ourhalf.model.verdict import Verdict
from ourhalf.model.workload import Container
from ourhalf.resources.ecs import EcsCluster, EcsTaskDefinition, TaskVolume
from ourhalf.resources.s3 import PublicAccessBlock, S3Bucket


def _encrypted(volume: TaskVolume) -> Verdict:
    assert isinstance(volume.efs, Known)  # noqa: S101 - efs_volumes gives no other
    match volume.efs.value.transit_encryption:
        case Known("ENABLED") as field:
            return Verdict.passed("traffic to EFS is encrypted", field)
        case (Known("DISABLED") | Absent(default="DISABLED")) as field:
            return Verdict.failed("models and data cross the network in clear", field)
        case field:
            return Verdict.unknown(field)


EFS_TRANSIT = Control(
    id="ecs-efs-transit-encryption",
    title="ECS tasks mount EFS with encryption in transit",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.HIGH,
    layer=Layer.ENCRYPTION_IN_TRANSIT,
    applies_to=EcsTaskDefinition,
    evaluate=lambda task, _: efs_volumes(task, _encrypted),
    rationale="NFS has no encryption of its own: what a task reads and writes can be read and changed on the way.",
    remedy="Set the volume's transit encryption to ENABLED.",
    citations=(AwsDoc(ECS_CONTROLS + "#ecs-18", READ),),
    same_as=(
        SecurityHub("ECS.18"),
        Checkov("CKV_AWS_97"),
        Trivy("AWS-0035"),
        ConfigRule("ecs-task-definition-efs-encryption-enabled"),
    ),
    rows=("ecs-013",),
)


def _guarded_files(container: Container, context: Context) -> Verdict:
    files = container.environment_files
    task = context.workload.resource if context.workload is not None else None
    if isinstance(files, Absent) or task is None:
        return Verdict.not_applicable("no environment file is named", files)
    verdicts = []
    for arn in elements(files):
        bucket = arn.rpartition(":::")[2].partition("/")[0]
        found = context.graph.find(Known(bucket, files.place), S3Bucket, task)
        if isinstance(found, Unresolved):
            verdicts.append(Verdict.unknown(f"the bucket of {arn} was not read", files))
        else:
            verdicts.append(_closed(found))
    hidden = doubt(files)
    if hidden is not None:
        verdicts.append(Verdict.unknown(hidden))
    return worst(verdicts)


def _closed(bucket: S3Bucket) -> Verdict:
    """Whether nobody outside can read the bucket; it is encrypted in any case, with S3's own key."""
    match bucket.public_access_block:
        case Known(PublicAccessBlock(ignore_acls=Known(True), restrict_buckets=Known(True))) as field:
            return Verdict.passed("its bucket is closed to the public", field)
        case Known(PublicAccessBlock() as block) as field:
            hidden = next((f for f in (block.ignore_acls, block.restrict_buckets) if isinstance(f, Unresolved)), None)
            if hidden is not None:
                return Verdict.unknown(hidden)
            return Verdict.failed("its bucket can be opened to the public", field)
        case Absent() as field:
            return Verdict.unknown("the bucket leaves it to its account whether it can be public", field)
        case field:
            return Verdict.unknown(field)


ENVIRONMENT_FILES = Control(
    id="ecs-environment-files-guarded",
    title="Environment files of ECS containers lie in buckets that are closed to the public",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.MEDIUM,
    layer=Layer.CUSTOMER_CODE,
    applies_to=Container,
    about=ECS_TASKS,
    evaluate=of_ecs(_guarded_files),
    rationale="An environment file holds settings of the task in clear, often secrets among them.",
    remedy="Block public access to the bucket, and keep secrets in Secrets Manager.",
    citations=(AwsDoc("AmazonECS/latest/developerguide/use-environment-file.html", READ),),
    rows=("ecs-010",),
)


def _exec_encrypted(cluster: EcsCluster, _: Context) -> Verdict:
    if isinstance(cluster.exec_key, Absent):
        return Verdict.failed("sessions of ECS Exec have no key of ours", cluster.exec_key)
    logs = (
        (cluster.exec_log_group, cluster.exec_log_group_encrypted),
        (cluster.exec_log_bucket, cluster.exec_log_bucket_encrypted),
    )
    used = [switch for where, switch in logs if not isinstance(where, Absent)]
    for switch in used:
        if effective(switch) is False:
            return Verdict.failed("what sessions log is not encrypted", switch)
    if isinstance(cluster.exec_key, Unresolved):
        return Verdict.unknown(cluster.exec_key)
    return Verdict.passed("sessions of ECS Exec and their logs are encrypted", cluster.exec_key, *used)


EXEC_ENCRYPTED = Control(
    id="ecs-exec-encrypted",
    title="Sessions of ECS Exec and their logs are encrypted with a key of ours",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.MEDIUM,
    layer=Layer.ENCRYPTION_IN_TRANSIT,
    applies_to=EcsCluster,
    evaluate=from_sensitivity(Sensitivity.CONFIDENTIAL, _exec_encrypted),
    rationale="A session shows whatever the person at it prints: prompts, data, credentials.",
    remedy="Name a KMS key in the cluster's execute command configuration and encrypt its log group or bucket.",
    settings={
        "exec_key": "arn:aws:kms:REGION:ACCOUNT:key/KEY_ID",
        "exec_log_group_encrypted": True,
        "exec_log_bucket_encrypted": True,
    },
    citations=(AwsDoc("AmazonECS/latest/developerguide/ecs-exec.html", READ),),
    same_as=(Checkov("CKV_AWS_224"),),
    rows=("ecs-037",),
)

FARGATE_STORAGE = Control(
    id="ecs-fargate-storage-key",
    title="The storage of Fargate tasks is encrypted with a key of ours",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.LOW,
    layer=Layer.KEY_MANAGEMENT,
    applies_to=EcsCluster,
    evaluate=own_key(lambda cluster: cluster.fargate_storage_key, "the storage of Fargate tasks"),
    rationale="Only a key of ours can be withdrawn, audited and restricted by a policy of ours.",
    remedy="Name a customer managed key in the cluster's managed storage configuration.",
    settings={"fargate_storage_key": "arn:aws:kms:REGION:ACCOUNT:key/KEY_ID"},
    citations=(AwsDoc("AmazonECS/latest/developerguide/fargate-storage-encryption.html", READ),),
    rows=("ecs-038",),
)

FAULT_INJECTION = Control(
    id="ecs-fault-injection-off",
    title="ECS tasks accept no fault injection",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.LOW,
    layer=Layer.WORKLOAD_SETTINGS,
    applies_to=EcsTaskDefinition,
    evaluate=setting(
        lambda task: task.fault_injection,
        lambda on: not on,
        "containers cannot ask for faults",
        "a container of the task can break the network of all of them",
    ),
    rationale="Any code in the task may call the fault injection endpoint and cut off its connections.",
    remedy="Leave enableFaultInjection out of definitions for production.",
    settings={"fault_injection": False},
    citations=(AwsDoc("AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html", READ),),
    rows=("ecs-027",),
)
