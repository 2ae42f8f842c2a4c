"""What keeps the logs of a cluster."""

from __future__ import annotations

import pytest

from ourhalf.controls.monitoring import kubernetes as group
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.support import Case, check, kubernetes


def role(resources: str, verbs: str) -> tuple[Resource, ...]:
    return kubernetes(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: r\nrules:\n"
        f"- apiGroups: ['']\n  resources: {resources}\n  verbs: {verbs}\n"
    )


CASES: list[Case] = [
    Case(group.LOGS_KEPT, Status.FAIL, role("[events]", "[delete]")),
    Case(group.LOGS_KEPT, Status.FAIL, role("['*']", "['*']")),
    Case(group.LOGS_KEPT, Status.PASS, role("[pods/log]", "[get]")),
    Case(group.LOGS_KEPT, Status.UNKNOWN, role("[events]", "['${VERB}']")),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
