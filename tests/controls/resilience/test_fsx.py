"""Controls on FSx file systems."""

from __future__ import annotations

from typing import Any

import pytest

from ourhalf.controls.resilience.fsx import BACKED_UP, SEVERAL_ZONES, TAGS_COPIED
from ourhalf.model.profile import Parameters, Requirements
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.controls.requests import CONFIDENTIAL
from tests.support import Case, api, check, terraform

TAGS = Requirements(parameters=Parameters(required_tags=("owner",)))


def lustre(**configuration: Any) -> tuple[Resource, ...]:
    return (api("fsx:CreateFileSystem", FileSystemType="LUSTRE", LustreConfiguration=configuration),)


def openzfs(**configuration: Any) -> tuple[Resource, ...]:
    return (api("fsx:CreateFileSystem", FileSystemType="OPENZFS", OpenZFSConfiguration=configuration),)


def written(kind: str, body: str, more: str = "") -> tuple[Resource, ...]:
    return terraform(f'variable "v" {{}}\nresource "aws_fsx_{kind}_file_system" "f" {{\n  {body}\n}}\n{more}')


SELECTED = 'resource "aws_backup_selection" "s" {\n  resources = [aws_fsx_lustre_file_system.f.arn]\n}'
BOTH = "copy_tags_to_backups = true\n  copy_tags_to_volumes = true"
CASES = [
    Case(TAGS_COPIED, Status.PASS, lustre(CopyTagsToBackups=True), requirements=TAGS),
    Case(TAGS_COPIED, Status.PASS, openzfs(CopyTagsToBackups=True, CopyTagsToVolumes=True), requirements=TAGS),
    Case(TAGS_COPIED, Status.PASS, written("openzfs", BOTH), requirements=TAGS),
    Case(TAGS_COPIED, Status.FAIL, written("openzfs", "copy_tags_to_backups = true"), requirements=TAGS),
    Case(TAGS_COPIED, Status.FAIL, openzfs(CopyTagsToBackups=True), requirements=TAGS),
    Case(TAGS_COPIED, Status.FAIL, lustre(), requirements=TAGS),
    Case(TAGS_COPIED, Status.UNKNOWN, lustre(CopyTagsToBackups={}), requirements=TAGS),
    Case(TAGS_COPIED, Status.NOT_APPLICABLE, written("ontap", ""), requirements=TAGS),
    Case(TAGS_COPIED, Status.NOT_APPLICABLE, lustre()),
    Case(SEVERAL_ZONES, Status.PASS, openzfs(DeploymentType="MULTI_AZ_1"), requirements=CONFIDENTIAL),
    Case(SEVERAL_ZONES, Status.PASS, written("ontap", 'deployment_type = "MULTI_AZ_2"'), requirements=CONFIDENTIAL),
    Case(SEVERAL_ZONES, Status.FAIL, openzfs(DeploymentType="SINGLE_AZ_2"), requirements=CONFIDENTIAL),
    Case(SEVERAL_ZONES, Status.UNKNOWN, openzfs(DeploymentType={}), requirements=CONFIDENTIAL),
    Case(SEVERAL_ZONES, Status.UNKNOWN, openzfs(), requirements=CONFIDENTIAL),
    Case(SEVERAL_ZONES, Status.UNKNOWN, (api("fsx:CreateFileSystem", FileSystemType={}),), requirements=CONFIDENTIAL),
    Case(SEVERAL_ZONES, Status.NOT_APPLICABLE, lustre(DeploymentType="PERSISTENT_2"), requirements=CONFIDENTIAL),
    Case(BACKED_UP, Status.PASS, lustre(AutomaticBackupRetentionDays=7), requirements=CONFIDENTIAL),
    Case(BACKED_UP, Status.PASS, lustre(AutomaticBackupRetentionDays=1), requirements=CONFIDENTIAL),
    Case(BACKED_UP, Status.PASS, written("lustre", "", SELECTED), requirements=CONFIDENTIAL),
    Case(BACKED_UP, Status.FAIL, lustre(AutomaticBackupRetentionDays=0), requirements=CONFIDENTIAL),
    Case(BACKED_UP, Status.FAIL, lustre(DeploymentType="PERSISTENT_2"), requirements=CONFIDENTIAL),
    Case(BACKED_UP, Status.FAIL, openzfs(AutomaticBackupRetentionDays=0), requirements=CONFIDENTIAL),
    Case(BACKED_UP, Status.UNKNOWN, openzfs(), requirements=CONFIDENTIAL),
    Case(BACKED_UP, Status.UNKNOWN, lustre(AutomaticBackupRetentionDays={}), requirements=CONFIDENTIAL),
    Case(BACKED_UP, Status.UNKNOWN, lustre(DeploymentType={}), requirements=CONFIDENTIAL),
    Case(BACKED_UP, Status.NOT_APPLICABLE, lustre(DeploymentType="SCRATCH_2"), requirements=CONFIDENTIAL),
    Case(BACKED_UP, Status.NOT_APPLICABLE, lustre(AutomaticBackupRetentionDays=0)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
