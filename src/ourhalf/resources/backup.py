"""AWS Backup."""

from typing import Annotated, Any

from ourhalf.model.field import ABSENT, Field, Link, Many
from ourhalf.model.resource import At, Names, Resource


class BackupVault(Resource, frozen=True):
    """Where recovery points are kept."""

    names = Names(
        api="backup:CreateBackupVault", cloudformation="AWS::Backup::BackupVault", terraform="aws_backup_vault"
    )

    vault: Annotated[Field[str], At("BackupVaultName", terraform="name", identifies=True)] = ABSENT
    kms_key: Annotated[Field[Link], At("EncryptionKeyArn", terraform="kms_key_arn")] = ABSENT


class BackupPlan(Resource, frozen=True):
    """When recovery points are made."""

    names = Names(api="backup:CreateBackupPlan", cloudformation="AWS::Backup::BackupPlan", terraform="aws_backup_plan")

    rules: Annotated[
        Field[Any],
        At("BackupPlan.Rules", cloudformation="BackupPlan.BackupPlanRule", terraform="rule"),
    ] = ABSENT


class BackupSelection(Resource, frozen=True):
    """What a plan makes recovery points of."""

    names = Names(
        api="backup:CreateBackupSelection",
        cloudformation="AWS::Backup::BackupSelection",
        terraform="aws_backup_selection",
    )

    plan: Annotated[Field[Link], At("BackupPlanId", terraform="plan_id")] = ABSENT
    resources: Annotated[Many[Link], At("BackupSelection.Resources", terraform="resources")] = ABSENT
    by_tags: Annotated[
        Field[Any],
        At("BackupSelection.ListOfTags|BackupSelection.Conditions", terraform="selection_tag|condition"),
    ] = ABSENT


class BackupFramework(Resource, frozen=True):
    """Controls by which Backup Audit Manager judges backups."""

    names = Names(
        api="backup:CreateFramework", cloudformation="AWS::Backup::Framework", terraform="aws_backup_framework"
    )

    framework: Annotated[Field[str], At("FrameworkName", terraform="name", identifies=True)] = ABSENT
