"""What instances act as, and who gets into them."""

from __future__ import annotations

import pytest

from ourhalf.controls.identity import ec2_instances as group
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.controls.tasks import UNCLEAR, instance, template
from tests.support import Case, check, terraform

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE


def exposed(public: str, actions: str, profile: str = "aws_iam_instance_profile.p.name") -> tuple[Resource, ...]:
    policy = f'jsonencode({{ Statement = [{{ Effect = "Allow", Action = {actions}, Resource = "*" }}] }})'
    return terraform(
        f"""
variable "v" {{}}
resource "aws_iam_role" "r" {{
  assume_role_policy = "{{}}"
}}
resource "aws_iam_role_policy" "r" {{
  role   = aws_iam_role.r.id
  policy = {policy}
}}
resource "aws_iam_instance_profile" "p" {{
  role = aws_iam_role.r.name
}}
resource "aws_instance" "i" {{
  associate_public_ip_address = {public}
  iam_instance_profile        = {profile}
}}
"""
    )


POWER = group.NOT_EXPOSED_WITH_POWER
CASES: list[Case] = [
    Case(POWER, PASS, exposed("true", '"logs:PutLogEvents"')),
    Case(POWER, PASS, exposed("false", '"*"')),
    Case(POWER, FAIL, exposed("true", '"*"')),
    Case(POWER, FAIL, exposed("true", '"s3:*"')),
    Case(POWER, FAIL, exposed("true", '["iam:PassRole", "ec2:RunInstances"]')),
    Case(POWER, UNKNOWN, exposed("true", "var.v")),
    Case(POWER, UNKNOWN, exposed("var.v", '"*"')),
    Case(POWER, UNKNOWN, exposed("true", '"*"', '"elsewhere"')),
    Case(POWER, NONE, exposed("true", '"*"', "null")),
    Case(group.PROFILE, PASS, instance(IamInstanceProfile={"Name": "p"})),
    Case(group.PROFILE, FAIL, instance()),
    Case(group.PROFILE, UNKNOWN, instance(IamInstanceProfile={"Name": UNCLEAR})),
    Case(group.PROFILE, NONE, instance(LaunchTemplate={"LaunchTemplateName": "l"})),
    Case(group.NO_KEY_PAIR, PASS, template()),
    Case(group.NO_KEY_PAIR, FAIL, template(KeyName="k")),
    Case(group.NO_KEY_PAIR, UNKNOWN, instance(KeyName=UNCLEAR)),
    Case(POWER, PASS, exposed("false", '"*"', "null")),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
