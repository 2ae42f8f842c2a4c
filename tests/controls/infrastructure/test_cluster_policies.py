"""The control on what enforces network policies."""

from __future__ import annotations

import pytest

from ourhalf.controls.infrastructure.cluster_policies import ENFORCED
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.controls.requests import CONFIDENTIAL, three
from tests.support import Case, api, check, terraform

CNI = {"clusterName": "c", "addonName": "vpc-cni"}


def addon(configuration: str) -> tuple[Resource, ...]:
    body = f'addon_name = "vpc-cni"\n  configuration_values = {configuration}'
    return terraform(f'variable "v" {{}}\nresource "aws_eks_addon" "a" {{\n  {body}\n}}')


CASES = [
    *three(
        ENFORCED,
        "eks:CreateAddon",
        CNI | {"configurationValues": '{"enableNetworkPolicy": "true"}'},
        CNI | {"configurationValues": '{"enableNetworkPolicy": "false"}'},
        {"addonName": {}},
        CONFIDENTIAL,
    ),
    Case(ENFORCED, Status.PASS, addon('jsonencode({ enableNetworkPolicy = "true" })'), requirements=CONFIDENTIAL),
    Case(ENFORCED, Status.PASS, (api("eks:CreateAddon", **CNI, configurationValues="enableNetworkPolicy: true"),)),
    Case(ENFORCED, Status.FAIL, addon("jsonencode({ env = {} })"), requirements=CONFIDENTIAL),
    Case(ENFORCED, Status.FAIL, (api("eks:CreateAddon", **CNI),), requirements=CONFIDENTIAL),
    Case(ENFORCED, Status.UNKNOWN, addon("jsonencode({ enableNetworkPolicy = var.v })"), requirements=CONFIDENTIAL),
    Case(ENFORCED, Status.UNKNOWN, addon("var.v"), requirements=CONFIDENTIAL),
    Case(ENFORCED, Status.NOT_APPLICABLE, (api("eks:CreateAddon", addonName="coredns"),), requirements=CONFIDENTIAL),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
