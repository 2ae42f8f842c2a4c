"""Usage reports that a framework sends home from the container."""

from __future__ import annotations

import pytest

from ourhalf.controls.monitoring import dockerfile as group
from ourhalf.model.profile import Requirements, Sensitivity
from ourhalf.model.verdict import Status
from tests.controls.dockerfiles import BASE, file, unread
from tests.support import Case, check

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE
DLC = "FROM 763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.6.0-gpu-py312\n"
REGULATED = Requirements(sensitivity=Sensitivity.REGULATED)

CASES: list[Case] = [
    Case(group.OPT_OUT, NONE, file(BASE), requirements=REGULATED),
    Case(group.OPT_OUT, NONE, file(DLC)),
    Case(group.OPT_OUT, PASS, file(DLC + "ENV OPT_OUT_TRACKING=true\n"), requirements=REGULATED),
    Case(group.OPT_OUT, FAIL, file(DLC + "ENV OPT_OUT_TRACKING=false\n"), requirements=REGULATED),
    Case(group.OPT_OUT, FAIL, file(DLC), requirements=REGULATED),
    Case(group.OPT_OUT, UNKNOWN, file(DLC + "ARG X\nENV OPT_OUT_TRACKING=$X\n"), requirements=REGULATED),
    Case(group.OPT_OUT, UNKNOWN, unread("base"), requirements=REGULATED),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
