"""Where ECS tasks can be reached, and what their containers can do."""

from __future__ import annotations

import pytest

from ourhalf.controls.infrastructure import ecs as group
from ourhalf.model.verdict import Status
from tests.controls.requests import three
from tests.controls.tasks import UNCLEAR, service, task
from tests.support import Case, check, read

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE


def public(value: object) -> dict[str, object]:
    return {"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["a"], "assignPublicIp": value}}}


def devices(*paths: object) -> dict[str, object]:
    return {"linuxParameters": {"devices": [{"hostPath": path} for path in paths]}}


NAMES = {"cluster": "c", "taskDefinition": "t"}
WINDOWS = {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}

CASES: list[Case] = [
    Case(group.SERVICE_PRIVATE, PASS, (service(**public("DISABLED")),)),
    Case(group.SERVICE_PRIVATE, PASS, (service(),)),
    Case(group.SERVICE_PRIVATE, FAIL, (service(**public("ENABLED")),)),
    Case(group.SERVICE_PRIVATE, UNKNOWN, (service(**public(UNCLEAR)),)),
    *three(
        group.TASK_SET_PRIVATE,
        "ecs:CreateTaskSet",
        {**NAMES, "service": "s", **public("DISABLED")},
        {**NAMES, "service": "s", **public("ENABLED")},
        {**NAMES, "service": "s"},
    ),
    *three(
        group.RUN_PRIVATE,
        "ecs:RunTask",
        {**NAMES, **public("DISABLED")},
        {**NAMES, **public("ENABLED")},
        NAMES,
    ),
    Case(group.HOST_NETWORK_USER, PASS, task(networkMode="awsvpc")),
    Case(group.HOST_NETWORK_USER, PASS, task({"user": "1000"}, networkMode="host")),
    Case(group.HOST_NETWORK_USER, FAIL, task({"user": "1000", "privileged": True}, networkMode="host")),
    Case(group.HOST_NETWORK_USER, FAIL, task({"user": "root:root"}, networkMode="host")),
    Case(group.HOST_NETWORK_USER, FAIL, task({"user": "0"}, networkMode="host")),
    Case(group.HOST_NETWORK_USER, FAIL, task(networkMode="host")),
    Case(group.HOST_NETWORK_USER, UNKNOWN, task({"user": UNCLEAR}, networkMode="host")),
    Case(group.HOST_NETWORK_USER, UNKNOWN, task({"user": "1000", "privileged": UNCLEAR}, networkMode="host")),
    Case(group.HOST_NETWORK_USER, UNKNOWN, task({"user": "1000"}, networkMode=UNCLEAR)),
    Case(group.WINDOWS_USER, PASS, task({"user": "ContainerUser"}, runtimePlatform=WINDOWS)),
    Case(group.WINDOWS_USER, FAIL, task({"user": "ContainerAdministrator"}, runtimePlatform=WINDOWS)),
    Case(group.WINDOWS_USER, FAIL, task(runtimePlatform=WINDOWS)),
    Case(group.WINDOWS_USER, UNKNOWN, task({"user": UNCLEAR}, runtimePlatform=WINDOWS)),
    Case(group.WINDOWS_USER, UNKNOWN, task(runtimePlatform={"operatingSystemFamily": UNCLEAR})),
    Case(group.WINDOWS_USER, NONE, task()),
    Case(group.CONFINED, PASS, task({"dockerSecurityOptions": ["no-new-privileges"]})),
    Case(group.CONFINED, PASS, task()),
    Case(group.CONFINED, FAIL, task({"dockerSecurityOptions": ["seccomp:unconfined"]})),
    Case(group.CONFINED, FAIL, task({"dockerSecurityOptions": ["apparmor=unconfined", "no-new-privileges"]})),
    Case(group.CONFINED, UNKNOWN, task({"dockerSecurityOptions": [UNCLEAR]})),
    Case(
        group.CONFINED,
        FAIL,
        read({"run.sh": "docker run --security-opt label=disable x:1"}).resources,
    ),
    Case(group.DEVICES, PASS, task(devices("/dev/infiniband/uverbs0", "/dev/nvidia0"))),
    Case(group.DEVICES, PASS, task()),
    Case(
        group.DEVICES,
        PASS,
        read({"run.sh": "docker run --device=/dev/null --device /dev/zero:/dev/zero:rw x:1"}).resources,
    ),
    Case(group.DEVICES, FAIL, task(devices("/dev/nvidia0", "/dev/mem"))),
    Case(group.DEVICES, FAIL, read({"run.sh": "docker run --device /dev/fuse:/dev/fuse x:1"}).resources),
    Case(group.DEVICES, UNKNOWN, task(devices(UNCLEAR))),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
