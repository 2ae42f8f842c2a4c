"""Metrics of instances."""

from __future__ import annotations

import pytest

from ourhalf.controls.monitoring import ec2_instances as group
from ourhalf.model.verdict import Status
from tests.controls.tasks import UNCLEAR, instance, template
from tests.support import Case, check, terraform

LAUNCH = 'resource "aws_launch_configuration" "c" {\n  image_id = "ami-1"\n  instance_type = "g5.xlarge"\n}\n'

CASES: list[Case] = [
    Case(group.DETAILED, Status.PASS, instance(Monitoring={"Enabled": True})),
    Case(group.DETAILED, Status.PASS, terraform(LAUNCH)),
    Case(group.DETAILED, Status.FAIL, template(Monitoring={"Enabled": False})),
    Case(group.DETAILED, Status.FAIL, instance()),
    Case(group.DETAILED, Status.UNKNOWN, instance(Monitoring={"Enabled": UNCLEAR})),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
