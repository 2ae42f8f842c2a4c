"""Controls on how long clusters and their nodes are supported."""

from __future__ import annotations

from datetime import date

import pytest

from ourhalf.controls.patching.nodes import STANDARD_SUPPORT, SUPPORTED_IMAGE
from ourhalf.model.verdict import Status
from tests.controls.requests import CONFIDENTIAL, three
from tests.support import Case, api, check

AL2 = (api("eks:CreateNodegroup", amiType="AL2_x86_64_GPU"),)
POLICY = "upgradePolicy"
CASES = [
    *three(
        STANDARD_SUPPORT,
        "eks:CreateCluster",
        {POLICY: {"supportType": "STANDARD"}},
        {"name": "c"},
        {POLICY: {"supportType": {}}},
        CONFIDENTIAL,
    ),
    *three(
        SUPPORTED_IMAGE,
        "eks:CreateNodegroup",
        {"amiType": "AL2023_x86_64_NVIDIA"},
        {"amiType": "AL2_x86_64_GPU"},
        {"amiType": {}},
    ),
    Case(SUPPORTED_IMAGE, Status.UNKNOWN, (api("eks:CreateNodegroup", amiType="CUSTOM"),)),
    Case(SUPPORTED_IMAGE, Status.PASS, AL2, as_of=date(2025, 11, 26)),
    Case(SUPPORTED_IMAGE, Status.FAIL, AL2, as_of=date(2025, 11, 27)),
    Case(SUPPORTED_IMAGE, Status.UNKNOWN, (api("eks:CreateNodegroup", nodegroupName="n"),)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
