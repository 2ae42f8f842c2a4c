"""Controls on backups and zones."""

from __future__ import annotations

from typing import Any

import pytest

from ourhalf.controls.resilience.backups import EFS_REGIONAL, MFA_DELETE, PLAN_SELECTS, REPLICATED, VOLUME_COVERED
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.controls.requests import CONFIDENTIAL, REGULATED, three
from tests.support import Case, api, check, terraform

RULES = 'rule {\n    rule_name = "r"\n    target_vault_name = "v"\n  }'


def plan(selection: str = "", rules: str = RULES) -> tuple[Resource, ...]:
    chosen = f'resource "aws_backup_selection" "s" {{\n  plan_id = {selection}\n}}' if selection else ""
    return terraform(f'variable "v" {{}}\nresource "aws_backup_plan" "p" {{\n  name = "p"\n  {rules}\n}}\n{chosen}')


def volume(*selections: str) -> tuple[Resource, ...]:
    chosen = "".join(f'resource "aws_backup_selection" "s{n}" {{\n  {s}\n}}\n' for n, s in enumerate(selections))
    return terraform(f'variable "v" {{}}\nresource "aws_ebs_volume" "e" {{\n  availability_zone = "a"\n}}\n{chosen}')


def system(zone: str, targets: int, link: str = "aws_efs_file_system.f.id") -> tuple[Resource, ...]:
    mounts = "".join(
        f'resource "aws_efs_mount_target" "t{n}" {{\n  file_system_id = {link}\n  subnet_id = "subnet-{n}"\n}}\n'
        for n in range(targets)
    )
    return terraform(
        f'variable "v" {{}}\nresource "aws_efs_file_system" "f" {{\n  availability_zone_name = {zone}\n}}\n{mounts}'
    )


def versions(factor: Any) -> tuple[Resource, ...]:
    configuration = {"Status": "Enabled", "MFADelete": factor}
    sent = api("s3:PutBucketVersioning", Bucket="b", VersioningConfiguration=configuration)
    return (api("s3:CreateBucket", Bucket="b"), sent)


def rules(*found: Any) -> dict[str, Any]:
    return {"replicationConfiguration": {"rules": list(found)}}


TAGS = 'selection_tag {\n    type = "STRINGEQUALS"\n    key = "backup"\n    value = "yes"\n  }'
CASES = [
    Case(PLAN_SELECTS, Status.PASS, plan("aws_backup_plan.p.id")),
    Case(PLAN_SELECTS, Status.FAIL, plan()),
    Case(PLAN_SELECTS, Status.FAIL, plan('"another"')),
    Case(PLAN_SELECTS, Status.FAIL, plan("aws_backup_plan.p.id", "")),
    Case(PLAN_SELECTS, Status.UNKNOWN, plan("var.v")),
    Case(VOLUME_COVERED, Status.PASS, volume("resources = [aws_ebs_volume.e.arn]"), requirements=CONFIDENTIAL),
    Case(VOLUME_COVERED, Status.FAIL, volume(), requirements=CONFIDENTIAL),
    Case(VOLUME_COVERED, Status.FAIL, volume('resources = ["arn:aws:ec2:::volume/x"]'), requirements=CONFIDENTIAL),
    Case(VOLUME_COVERED, Status.UNKNOWN, volume("resources = var.v"), requirements=CONFIDENTIAL),
    Case(VOLUME_COVERED, Status.UNKNOWN, volume('resources = ["*"]'), requirements=CONFIDENTIAL),
    Case(VOLUME_COVERED, Status.UNKNOWN, volume(TAGS), requirements=CONFIDENTIAL),
    Case(VOLUME_COVERED, Status.NOT_APPLICABLE, volume()),
    Case(EFS_REGIONAL, Status.PASS, system("null", 2), requirements=CONFIDENTIAL),
    Case(EFS_REGIONAL, Status.FAIL, system('"eu-west-1a"', 2), requirements=CONFIDENTIAL),
    Case(EFS_REGIONAL, Status.FAIL, system("null", 1), requirements=CONFIDENTIAL),
    Case(EFS_REGIONAL, Status.UNKNOWN, system("null", 0), requirements=CONFIDENTIAL),
    Case(EFS_REGIONAL, Status.UNKNOWN, system("null", 1, "var.v"), requirements=CONFIDENTIAL),
    Case(EFS_REGIONAL, Status.UNKNOWN, system("var.v", 2), requirements=CONFIDENTIAL),
    Case(EFS_REGIONAL, Status.UNKNOWN, system("var.v", 1), requirements=CONFIDENTIAL),
    Case(EFS_REGIONAL, Status.NOT_APPLICABLE, system("null", 1)),
    Case(MFA_DELETE, Status.PASS, versions("Enabled"), requirements=REGULATED),
    Case(MFA_DELETE, Status.FAIL, versions("Disabled"), requirements=REGULATED),
    Case(MFA_DELETE, Status.FAIL, (api("s3:CreateBucket", Bucket="b"),), requirements=REGULATED),
    Case(MFA_DELETE, Status.UNKNOWN, versions({}), requirements=REGULATED),
    Case(MFA_DELETE, Status.NOT_APPLICABLE, versions("Disabled"), requirements=CONFIDENTIAL),
    *three(
        REPLICATED,
        "ecr:PutReplicationConfiguration",
        rules({"destinations": [{"region": "eu-central-1", "registryId": "1"}]}),
        rules(),
        rules({"destinations": [7]}),
        REGULATED,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
