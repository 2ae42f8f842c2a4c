"""How an image says whether it still works."""

from __future__ import annotations

import pytest

from ourhalf.controls.resilience import dockerfile as group
from ourhalf.model.verdict import Status
from tests.controls.dockerfiles import BASE, file, unread
from tests.support import Case, check

FAIL, PASS, UNKNOWN = Status.FAIL, Status.PASS, Status.UNKNOWN

CASES: list[Case] = [
    Case(group.HEALTH_CHECK, PASS, file(BASE + "HEALTHCHECK --interval=5s CMD curl -f http://localhost/ || exit 1\n")),
    Case(group.HEALTH_CHECK, FAIL, file(BASE + "HEALTHCHECK CMD x\nHEALTHCHECK NONE\n")),
    Case(group.HEALTH_CHECK, FAIL, file(BASE)),
    Case(group.HEALTH_CHECK, UNKNOWN, unread("health_check")),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
