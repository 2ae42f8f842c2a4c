"""Encryption of instances' volumes, and secrets in their user data."""

from __future__ import annotations

import pytest

from ourhalf.controls.data_protection import ec2_instances as group
from ourhalf.model.verdict import Status
from tests.controls.tasks import UNCLEAR, instance, template
from tests.support import Case, check, terraform

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE


def devices(*ebs: object) -> dict[str, object]:
    return {"BlockDeviceMappings": [{"DeviceName": f"/dev/xvd{i}", "Ebs": e} for i, e in enumerate(ebs)]}


ROOT = 'variable "v" {{}}\nresource "aws_instance" "i" {{\n  ami = "ami-1"\n  root_block_device {{\n    {}\n  }}\n}}\n'
DATA = (
    'variable "v" {}\nresource "aws_instance" "i" {\n  ami = "ami-1"\n'
    '  ebs_block_device {\n    device_name = "/dev/sdb"\n    encrypted = true\n  }\n  '
    'dynamic "root_block_device" {\n    for_each = var.v\n    content {}\n  }\n}\n'
)
OFF = 'resource "aws_ebs_encryption_by_default" "d" {\n  enabled = false\n}\n'
ENCRYPTED = {"DeviceName": "/dev/xvda", "Ebs": {"Encrypted": True}}
EPHEMERAL = {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0", "Ebs": {"Encrypted": False}}
LEFT_OUT = {"DeviceName": "/dev/sdc", "NoDevice": "", "Ebs": {"Encrypted": False}}
DEFAULT = 'resource "aws_ebs_encryption_by_default" "d" {\n  enabled = true\n}\n'

CASES: list[Case] = [
    Case(group.VOLUMES_ENCRYPTED, PASS, instance(**devices({"Encrypted": True}))),
    Case(group.VOLUMES_ENCRYPTED, PASS, terraform(ROOT.format("encrypted = true"))),
    Case(group.VOLUMES_ENCRYPTED, PASS, terraform(ROOT.format("volume_size = 100") + DEFAULT)),
    Case(group.VOLUMES_ENCRYPTED, FAIL, template(**devices({"Encrypted": True}, {"Encrypted": False}))),
    Case(group.VOLUMES_ENCRYPTED, FAIL, terraform(ROOT.format("encrypted = false"))),
    Case(group.VOLUMES_ENCRYPTED, UNKNOWN, terraform(ROOT.format("encrypted = var.v"))),
    Case(group.VOLUMES_ENCRYPTED, UNKNOWN, template(**devices({"VolumeSize": 100}))),
    Case(group.VOLUMES_ENCRYPTED, UNKNOWN, template(**devices({"SnapshotId": "snap-1"}))),
    Case(group.VOLUMES_ENCRYPTED, UNKNOWN, template(**devices({"Encrypted": UNCLEAR}))),
    Case(group.VOLUMES_ENCRYPTED, UNKNOWN, template()),
    Case(group.VOLUMES_ENCRYPTED, UNKNOWN, terraform(ROOT.format("volume_size = 100") + OFF)),
    Case(group.VOLUMES_ENCRYPTED, FAIL, terraform(ROOT.format("encrypted = false") + OFF)),
    Case(group.VOLUMES_ENCRYPTED, UNKNOWN, template(BlockDeviceMappings=UNCLEAR)),
    Case(group.VOLUMES_ENCRYPTED, NONE, template(BlockDeviceMappings=[EPHEMERAL])),
    Case(group.VOLUMES_ENCRYPTED, NONE, template(BlockDeviceMappings=[LEFT_OUT])),
    Case(group.VOLUMES_ENCRYPTED, PASS, template(BlockDeviceMappings=[EPHEMERAL, ENCRYPTED])),
    Case(group.NO_SECRET_IN_USER_DATA, PASS, instance(UserData="#!/bin/bash\nexport MODE=fast\n")),
    Case(group.NO_SECRET_IN_USER_DATA, PASS, instance()),
    Case(group.NO_SECRET_IN_USER_DATA, FAIL, instance(UserData="#!/bin/bash\nexport DB_PASSWORD=hunter2hunter2\n")),
    Case(group.NO_SECRET_IN_USER_DATA, FAIL, instance(UserData="docker run -e API_KEY=s3cr3tvalue x:1\n")),
    Case(
        group.NO_SECRET_IN_USER_DATA,
        FAIL,
        template(UserData="#!/bin/bash\ncurl -H 'Bearer hf_REDACTED-hugging-face-token-0123456789ab' x\n"),
    ),
    Case(group.NO_SECRET_IN_USER_DATA, UNKNOWN, instance(UserData=UNCLEAR)),
    Case(group.VOLUMES_ENCRYPTED, UNKNOWN, terraform(DATA)),
    Case(group.VOLUMES_ENCRYPTED, UNKNOWN, template(BlockDeviceMappings=[ENCRYPTED, "later"])),
    Case(group.NO_SECRET_IN_USER_DATA, UNKNOWN, instance(UserData="#!/bin/bash\ndocker run $ARGUMENTS x:1\n")),
    Case(group.NO_SECRET_IN_USER_DATA, UNKNOWN, instance(UserData="#!/bin/bash\ndocker run -e $VARIABLE x:1\n")),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)


def test_a_volume_of_a_snapshot_is_encrypted_where_the_snapshot_is() -> None:
    _, verdict = Case(group.VOLUMES_ENCRYPTED, UNKNOWN, template(**devices({"SnapshotId": "snap-1"}))).judged()
    assert [place.field for place in verdict.places][-1] == "Ebs.SnapshotId"
    _, verdict = Case(group.VOLUMES_ENCRYPTED, UNKNOWN, template(**devices({"VolumeSize": 1}))).judged()
    assert [place.field for place in verdict.places] == ["Ebs.Encrypted"]
