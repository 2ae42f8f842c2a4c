"""Backups of volumes and file systems, and what keeps them from being lost in one zone or by one hand."""

from __future__ import annotations

from datetime import date

from ourhalf.controls.judgements import from_sensitivity, setting
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Field, Known, Unresolved, doubt, effective, elements
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import AwsDoc, Checkov, Cis, ConfigRule, Prowler, SecurityHub, Trivy
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Verdict
from ourhalf.resources.backup import BackupPlan, BackupSelection
from ourhalf.resources.ebs import EbsVolume
from ourhalf.resources.ecr import EcrReplication
from ourhalf.resources.efs import EfsFileSystem, EfsMountTarget
from ourhalf.resources.s3 import S3Bucket

_READ = date(2026, 10, 2)


def _selects(plan: BackupPlan, context: Context) -> Verdict:
    if isinstance(plan.rules, Unresolved):
        return Verdict.unknown(plan.rules)
    if not effective(plan.rules):
        return Verdict.failed("the plan has no rule that makes a backup", plan.rules)
    for selection in context.graph.referrers(plan, BackupSelection):
        return Verdict.passed("a selection names what it backs up", plan.rules, selection.plan)
    for selection in context.graph.all(BackupSelection, plan):
        if isinstance(selection.plan, Unresolved):
            return Verdict.unknown(selection.plan)
    return Verdict.failed("nothing that was read is selected for the plan", plan.rules)


PLAN_SELECTS = Control(
    id="backup-plan-selects",
    title="Backup plans have something to back up",
    topic=Topic.RESILIENCE,
    severity=Severity.LOW,
    layer=Layer.BACKUP,
    applies_to=BackupPlan,
    evaluate=_selects,
    rationale="A plan without a selection looks like a backup until the day that one is needed.",
    remedy="Add a selection that names resources or their tags.",
    citations=(AwsDoc("aws-backup/latest/devguide/assigning-resources.html", _READ),),
    same_as=(Prowler("backup_plans_exist"),),
    rows=("backup-001",),
)


def covered(thing: Resource, stated: Field[object], context: Context) -> Verdict:
    """Whether a selection of a backup plan names `thing`; `stated` is what stands for it where none does."""
    for selection in context.graph.referrers(thing, BackupSelection):
        return Verdict.passed("a backup plan covers it", selection.resources)
    for selection in context.graph.all(BackupSelection, thing):
        hidden = doubt(selection.resources)
        if hidden is not None:
            return Verdict.unknown(hidden)
        if not isinstance(selection.by_tags, Absent):
            return Verdict.unknown("a backup plan selects by tags", selection.by_tags)
        if any("*" in str(name) for name in elements(selection.resources)):
            return Verdict.unknown("a backup plan selects by wildcards", selection.resources)
    return Verdict.failed("no backup plan that was read covers it", stated)


def _volume_covered(volume: EbsVolume, context: Context) -> Verdict:
    return covered(volume, volume.zone, context)


VOLUME_COVERED = Control(
    id="ebs-volume-in-backup-plan",
    title="EBS volumes are in a backup plan",
    topic=Topic.RESILIENCE,
    severity=Severity.MEDIUM,
    layer=Layer.BACKUP,
    applies_to=EbsVolume,
    evaluate=from_sensitivity(Sensitivity.CONFIDENTIAL, _volume_covered),
    rationale="A volume lies in one zone; what is on it is gone with it, or with one wrong command.",
    remedy="Select the volume, or a tag that it has, for a backup plan.",
    citations=(AwsDoc("securityhub/latest/userguide/ec2-controls.html#ec2-28", _READ),),
    same_as=(
        SecurityHub("EC2.28"),
        Checkov("CKV2_AWS_9"),
        Prowler("ec2_ebs_volume_protected_by_backup_plan"),
        ConfigRule("ebs-in-backup-plan"),
        ConfigRule("ebs-resources-protected-by-backup-plan"),
    ),
    rows=("ec2-027",),
)


def _regional(system: EfsFileSystem, context: Context) -> Verdict:
    match system.zone:
        case Known() as field:
            return Verdict.failed("it lies in one zone only", field)
        case Unresolved() as field:
            return Verdict.unknown(field)
    targets = context.graph.referrers(system, EfsMountTarget)
    if len(targets) > 1:
        return Verdict.passed(f"{len(targets)} zones have a mount target", system.zone, *(t.subnet for t in targets))
    if not targets or any(isinstance(t.file_system, Unresolved) for t in context.graph.all(EfsMountTarget, system)):
        return Verdict.unknown("how many mount targets it has, what was read does not tell", system.zone)
    return Verdict.failed("one zone only has a mount target", targets[0].subnet)


EFS_REGIONAL = Control(
    id="efs-several-zones",
    title="EFS file systems are reached in several zones",
    topic=Topic.RESILIENCE,
    severity=Severity.LOW,
    layer=Layer.AVAILABILITY,
    applies_to=EfsFileSystem,
    evaluate=from_sensitivity(Sensitivity.CONFIDENTIAL, _regional),
    rationale="With its zone go the checkpoints, and every job that waits for them.",
    remedy="Leave the zone out, and make a mount target in each zone that jobs run in.",
    citations=(AwsDoc("efs/latest/ug/features.html", _READ),),
    same_as=(Prowler("efs_multi_az_enabled"),),
    rows=("efs-010",),
)

MFA_DELETE = Control(
    id="s3-bucket-mfa-delete",
    title="Versions of objects are deleted with a second factor only",
    topic=Topic.RESILIENCE,
    severity=Severity.LOW,
    layer=Layer.BACKUP,
    applies_to=S3Bucket,
    evaluate=from_sensitivity(
        Sensitivity.REGULATED,
        setting(
            lambda b: b.mfa_delete,
            lambda value: value.lower() in ("enabled", "true"),
            "a second factor is needed to delete a version",
            "whoever may delete objects may delete their versions too",
        ),
    ),
    rationale="Versions help against mistakes; against whoever has the keys, only what the keys cannot do helps.",
    remedy="Enable MFA delete as the root user on buckets of released models, or lock their objects.",
    citations=(AwsDoc("AmazonS3/latest/userguide/MultiFactorAuthenticationDelete.html", _READ),),
    same_as=(
        SecurityHub("S3.20"),
        Trivy("AWS-0170"),
        Prowler("s3_bucket_no_mfa_delete"),
        ConfigRule("s3-bucket-mfa-delete-enabled"),
        Cis("AWSF-5.0:2.1.2"),
    ),
    rows=("s3-014",),
)


def _elsewhere(replication: EcrReplication, _: Context) -> Verdict:
    hidden = doubt(replication.rules)
    for rule in elements(replication.rules):
        for destination in elements(rule.destinations):
            if isinstance(destination.region, Known):
                return Verdict.passed(f"images are copied to {destination.region.value}", destination.region)
        hidden = hidden or doubt(rule.destinations)
    if hidden is not None:
        return Verdict.unknown(hidden)
    return Verdict.failed("no rule copies images anywhere", replication.rules)


REPLICATED = Control(
    id="ecr-images-replicated",
    title="Images are copied to a second region",
    topic=Topic.RESILIENCE,
    severity=Severity.LOW,
    layer=Layer.REGISTRY_SETTINGS,
    applies_to=EcrReplication,
    evaluate=from_sensitivity(Sensitivity.REGULATED, _elsewhere),
    rationale="Recovery in another region needs the images of that day there, not a build that pulls the world again.",
    remedy="Add a rule with the region that you recover in.",
    citations=(AwsDoc("AmazonECR/latest/userguide/replication.html", _READ),),
    rows=("ecr-013",),
)
