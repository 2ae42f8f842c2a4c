"""Metrics of instances."""

from __future__ import annotations

import pytest

from ourhalf.controls.monitoring import ec2_instances as group
from ourhalf.model.profile import Requirements, Sensitivity
from ourhalf.model.verdict import Status
from tests.controls.tasks import UNCLEAR, instance, template
from tests.support import Case, check, terraform

LAUNCH = 'resource "aws_launch_configuration" "c" {\n  image_id = "ami-1"\n  instance_type = "g5.xlarge"\n}\n'

REGULATED = Requirements(Sensitivity.REGULATED, why="tests say so")

CASES: list[Case] = [
    Case(group.DETAILED, Status.PASS, instance(Monitoring={"Enabled": True})),
    Case(group.DETAILED, Status.PASS, terraform(LAUNCH)),
    Case(group.DETAILED, Status.FAIL, template(Monitoring={"Enabled": False}), requirements=REGULATED),
    Case(group.DETAILED, Status.FAIL, instance(), requirements=REGULATED),
    Case(group.DETAILED, Status.NOT_APPLICABLE, instance()),
    Case(group.DETAILED, Status.UNKNOWN, instance(Monitoring={"Enabled": UNCLEAR}), requirements=REGULATED),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
