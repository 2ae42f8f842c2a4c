"""How nodes get images."""

from __future__ import annotations

import pytest

from ourhalf.controls.supply_chain import kubernetes as group
from ourhalf.model.profile import Requirements, Sensitivity
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.support import Case, check, kubernetes

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE
STRICT = Requirements(sensitivity=Sensitivity.CONFIDENTIAL)


def image(reference: str, policy: str = "") -> tuple[Resource, ...]:
    lines = f"    imagePullPolicy: {policy}\n" if policy else ""
    return kubernetes(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - name: main\n"
        f"    image: '{reference}'\n{lines}"
    )


DIGEST = "repo/train@sha256:" + "a" * 64

CASES: list[Case] = [
    Case(group.CHECKED, PASS, image("repo/train:1", "Always"), requirements=STRICT),
    Case(group.CHECKED, FAIL, image("repo/train:1", "IfNotPresent"), requirements=STRICT),
    Case(group.CHECKED, FAIL, image("repo/train:1"), requirements=STRICT),
    Case(group.CHECKED, PASS, image("localhost:5000/train"), requirements=STRICT),
    Case(group.CHECKED, FAIL, image("localhost:5000/train", "Never"), requirements=STRICT),
    Case(group.CHECKED, PASS, image(DIGEST, "IfNotPresent"), requirements=STRICT),
    Case(group.CHECKED, UNKNOWN, image("repo/train:1", "'${POLICY}'"), requirements=STRICT),
    Case(group.CHECKED, UNKNOWN, image("${IMAGE}"), requirements=STRICT),
    Case(group.CHECKED, UNKNOWN, image("${IMAGE}", "IfNotPresent"), requirements=STRICT),
    Case(group.CHECKED, NONE, image("repo/train:1")),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
