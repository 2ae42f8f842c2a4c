"""The powers of root that containers have."""

from __future__ import annotations

import pytest

from ourhalf.controls.infrastructure import capabilities as group
from ourhalf.model.profile import Severity
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.pods import pod, spread
from tests.support import Case, api, check

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE


def adding(*names: str) -> str:
    return f"securityContext: {{capabilities: {{add: [{', '.join(names)}]}}}}"


def task(**parameters: object) -> tuple[Resource, ...]:
    container = {"name": "main", "image": "repo/train:1", "linuxParameters": {"capabilities": parameters}}
    return (api("ecs:RegisterTaskDefinition", family="t", containerDefinitions=[container]),)


EFA = """resources:
  limits:
    vpc.amazonaws.com/efa: 1
securityContext:
  capabilities:
    add: [IPC_LOCK]"""

SAGEMAKER = (api("sagemaker:CreateModel", ModelName="m", PrimaryContainer={"Image": "x:1"}),)

CASES: list[Case] = [
    Case(group.NONE_ADDED, PASS, pod()),
    Case(group.NONE_ADDED, PASS, pod(adding("CHOWN", "NET_BIND_SERVICE"))),
    Case(group.NONE_ADDED, FAIL, pod(adding("SYS_PTRACE"))),
    Case(group.NONE_ADDED, FAIL, pod(adding("IPC_LOCK"))),
    Case(group.NONE_ADDED, PASS, spread(EFA)),
    Case(group.NONE_ADDED, FAIL, spread(EFA.replace("IPC_LOCK", "IPC_LOCK, SYS_ADMIN"))),
    Case(group.NONE_ADDED, UNKNOWN, pod(adding("'${C}'"))),
    Case(group.NONE_ADDED, FAIL, pod(adding("'${C}'", "SYS_ADMIN"))),
    Case(group.NONE_ADDED, FAIL, task(add=["SYS_PTRACE"])),
    Case(group.ALL_DROPPED, PASS, pod("securityContext: {capabilities: {drop: [all]}}")),
    Case(group.ALL_DROPPED, FAIL, pod("securityContext: {capabilities: {drop: [NET_RAW]}}")),
    Case(group.ALL_DROPPED, FAIL, pod()),
    Case(group.ALL_DROPPED, UNKNOWN, pod("securityContext: {capabilities: {drop: ['${D}']}}")),
    Case(group.ALL_DROPPED, PASS, task(drop=["ALL"])),
    Case(group.NONE_ADDED, NONE, SAGEMAKER),
    Case(group.ALL_DROPPED, NONE, SAGEMAKER),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        ("ALL", Severity.CRITICAL),
        ("CAP_SYS_MODULE", Severity.CRITICAL),
        ("SYS_ADMIN", Severity.HIGH),
        ("SYS_NICE", Severity.MEDIUM),
        ("IPC_LOCK", Severity.LOW),
    ],
)
def test_severity_is_that_of_the_worst(name: str, severity: Severity) -> None:
    _, verdict = Case(group.NONE_ADDED, FAIL, pod(adding("IPC_LOCK", name))).judged()
    assert verdict.severity is severity
