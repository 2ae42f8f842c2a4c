"""Controls on where findings and configurations come together."""

from __future__ import annotations

import pytest

from ourhalf.controls.monitoring.hubs import AGGREGATES_ALL, HUB_JUDGES
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.controls.requests import three
from tests.support import Case, api, check, cloudformation, terraform

STANDARD = 'resource "aws_securityhub_standards_subscription" "s" {\n  standards_arn = "arn:aws:securityhub:::s"\n}\n'


def hub(value: str, more: str = "") -> tuple[Resource, ...]:
    body = f"enable_default_standards = {value}" if value else ""
    return terraform(f'variable "v" {{}}\nresource "aws_securityhub_account" "h" {{\n  {body}\n}}\n{more}')


CONFIG = "config:PutConfigurationAggregator"
CASES = [
    Case(HUB_JUDGES, Status.PASS, hub("true")),
    Case(HUB_JUDGES, Status.PASS, hub("")),
    Case(HUB_JUDGES, Status.PASS, hub("false", STANDARD)),
    Case(HUB_JUDGES, Status.FAIL, hub("false")),
    Case(HUB_JUDGES, Status.UNKNOWN, hub("var.v")),
    Case(HUB_JUDGES, Status.UNKNOWN, cloudformation("Resources:\n  H:\n    Type: AWS::SecurityHub::Hub\n")),
    *three(
        AGGREGATES_ALL,
        CONFIG,
        {"AccountAggregationSources": [{"AccountIds": ["1"], "AllAwsRegions": True}]},
        {"AccountAggregationSources": [{"AccountIds": ["1"], "AwsRegions": ["eu-west-1"]}]},
        {"AccountAggregationSources": [{"AccountIds": ["1"], "AllAwsRegions": {}}]},
    ),
    Case(AGGREGATES_ALL, Status.PASS, (api(CONFIG, OrganizationAggregationSource={"AllAwsRegions": True}),)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
