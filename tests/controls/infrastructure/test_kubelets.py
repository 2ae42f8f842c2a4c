"""The control on kubelets."""

from __future__ import annotations

import pytest

from ourhalf.controls.infrastructure.kubelets import KUBELET_ASKS
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.support import Case, check, kubernetes


def kubelet(*lines: str) -> tuple[Resource, ...]:
    head = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"
    return kubernetes(head + "".join(f"{line}\n" for line in lines))


CASES = [
    Case(KUBELET_ASKS, Status.PASS, kubelet("maxPods: 110")),
    Case(KUBELET_ASKS, Status.PASS, kubelet("authentication: {anonymous: {enabled: false}}", "readOnlyPort: 0")),
    Case(KUBELET_ASKS, Status.FAIL, kubelet("authentication: {anonymous: {enabled: true}}")),
    Case(KUBELET_ASKS, Status.FAIL, kubelet("authorization: {mode: AlwaysAllow}")),
    Case(KUBELET_ASKS, Status.FAIL, kubelet("readOnlyPort: 10255")),
    Case(KUBELET_ASKS, Status.FAIL, kubelet("authorization: {mode: [x]}", "readOnlyPort: 10255")),
    Case(KUBELET_ASKS, Status.UNKNOWN, kubelet("authorization: {mode: [x]}")),
    Case(KUBELET_ASKS, Status.UNKNOWN, kubelet("readOnlyPort: ${PORT}")),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
