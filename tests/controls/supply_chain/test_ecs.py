"""Which image ECS runs when a tag moves."""

from __future__ import annotations

import pytest

from ourhalf.controls.supply_chain import ecs as group
from ourhalf.model.verdict import Status
from tests.controls.tasks import UNCLEAR, task
from tests.support import Case, check

CASES: list[Case] = [
    Case(group.CONSISTENT, Status.PASS, task()),
    Case(group.CONSISTENT, Status.PASS, task({"versionConsistency": "enabled"})),
    Case(group.CONSISTENT, Status.FAIL, task({"versionConsistency": "disabled"})),
    Case(group.CONSISTENT, Status.UNKNOWN, task({"versionConsistency": UNCLEAR})),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
