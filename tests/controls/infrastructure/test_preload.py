"""Libraries that are loaded into every process."""

from __future__ import annotations

import pytest

from ourhalf.controls.infrastructure import preload as group
from ourhalf.model.verdict import Status
from tests.controls.serving import HIDDEN, environment, pod
from tests.support import Case, check

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE
ALLOCATORS = "/usr/lib/x86_64-linux-gnu/libtcmalloc.so.4:/opt/conda/lib/libiomp5.so"

CASES: list[Case] = [
    Case(group.PRELOAD_KNOWN, FAIL, pod("x", more=environment(LD_PRELOAD="/proc/self/cwd/poc.so"))),
    Case(group.PRELOAD_KNOWN, FAIL, pod("x", more=environment(LD_PRELOAD=f"{ALLOCATORS}:/tmp/a.so"))),
    Case(group.PRELOAD_KNOWN, PASS, pod("x", more=environment(LD_PRELOAD=ALLOCATORS))),
    Case(group.PRELOAD_KNOWN, UNKNOWN, pod("x", more=environment(LD_PRELOAD=HIDDEN))),
    Case(group.PRELOAD_KNOWN, NONE, pod("x", more=environment(OTHER="a"))),
    Case(group.PRELOAD_KNOWN, NONE, pod("x")),
    Case(group.PRELOAD_KNOWN, NONE, pod("x", more="    envFrom: [{configMapRef: {name: c}}]")),
    Case(group.PRELOAD_KNOWN, NONE, pod("x", more=f"    env: '{HIDDEN}'")),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
