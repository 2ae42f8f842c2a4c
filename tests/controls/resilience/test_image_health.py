"""Whether an image says how to check that it works."""

from __future__ import annotations

import pytest

from ourhalf.controls.resilience import image_health as group
from ourhalf.model.verdict import Status
from tests.controls.images import HIDDEN, REFERENCE, image, known
from tests.support import Case, check, kubernetes

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE
POD = kubernetes(
    f"""\
apiVersion: v1
kind: Pod
metadata: {{name: p}}
spec:
  containers:
  - name: c
    image: {REFERENCE}
"""
)

CASES = [
    Case(group.HEALTH, PASS, (image(health_check=known(("CMD", "true"))),)),
    Case(group.HEALTH, FAIL, (image(),)),
    Case(group.HEALTH, FAIL, (image(health_check=known(("NONE",))),)),
    Case(group.HEALTH, UNKNOWN, (image(health_check=HIDDEN),)),
    Case(group.HEALTH, NONE, (image(), *POD)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
