"""The control on what Inspector looks at."""

from __future__ import annotations

import pytest

from ourhalf.controls.patching.scanning import HOSTS_SCANNED
from ourhalf.model.verdict import Status
from tests.controls.requests import three
from tests.support import Case, api, check

ENABLE = "inspector2:Enable"
CASES = [
    *three(
        HOSTS_SCANNED,
        ENABLE,
        {"resourceTypes": ["EC2", "ECR"]},
        {"resourceTypes": ["ECR"]},
        {"resourceTypes": ["ECR", {}]},
    ),
    Case(HOSTS_SCANNED, Status.PASS, (api(ENABLE, resourceTypes=["EC2", {}]),)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
