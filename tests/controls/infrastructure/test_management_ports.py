"""The control on ports that servers are steered by."""

from __future__ import annotations

from typing import Any

import pytest

from ourhalf.controls.infrastructure.management_ports import NONE_PUBLISHED
from ourhalf.model.profile import Severity
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.controls.tasks import UNCLEAR, job, task
from tests.support import Case, check


def publishing(*ports: Any) -> tuple[Resource, ...]:
    return task({"portMappings": [{"containerPort": port} for port in ports]})


CASES: list[Case] = [
    Case(NONE_PUBLISHED, Status.PASS, publishing(8080)),
    Case(NONE_PUBLISHED, Status.PASS, task()),
    Case(NONE_PUBLISHED, Status.FAIL, publishing(8080, 8265)),
    Case(NONE_PUBLISHED, Status.FAIL, publishing(UNCLEAR, 22)),
    Case(NONE_PUBLISHED, Status.UNKNOWN, publishing(8080, UNCLEAR)),
    Case(NONE_PUBLISHED, Status.UNKNOWN, task({"portMappings": ["x"]})),
    Case(NONE_PUBLISHED, Status.PASS, task({"portMappings": [{"containerPort": 22}]}, networkMode="none")),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)


def test_it_is_milder_where_the_internet_is_not_known_to_reach_it() -> None:
    _, verdict = CASES[2].judged()
    assert verdict.severity is Severity.LOW


def test_it_is_not_about_batch() -> None:
    with pytest.raises(AssertionError):
        Case(NONE_PUBLISHED, Status.PASS, job()).judged()
