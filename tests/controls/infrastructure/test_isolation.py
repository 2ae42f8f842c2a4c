"""What containers share with their host, on Kubernetes, ECS, Compose and SageMaker."""

from __future__ import annotations

import pytest

from ourhalf.controls.infrastructure import isolation as group
from ourhalf.model.profile import Severity
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.pods import pod
from tests.support import Case, api, check, read

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE


def folder(path: str) -> tuple[Resource, ...]:
    return pod(spec=f"volumes: [{{name: v, hostPath: {{path: '{path}'}}}}]")


def task(**fields: object) -> tuple[Resource, ...]:
    containers = [{"name": "main", "image": "repo/train:1"}]
    return (api("ecs:RegisterTaskDefinition", family="t", containerDefinitions=containers, **fields),)


def job(**container: object) -> tuple[Resource, ...]:
    platform = "FARGATE" if "fargatePlatformConfiguration" in container else "EC2"
    return (
        api(
            "batch:RegisterJobDefinition",
            jobDefinitionName="j",
            type="container",
            platformCapabilities=[platform],
            containerProperties=container,
        ),
    )


def compose(text: str) -> tuple[Resource, ...]:
    return read({"compose.yaml": f"services:\n  main:\n    image: repo/train:1\n{text}"}).resources


CASES: list[Case] = [
    Case(group.UNPRIVILEGED, FAIL, pod("securityContext: {privileged: true}")),
    Case(group.UNPRIVILEGED, PASS, pod("securityContext: {privileged: false}")),
    Case(group.UNPRIVILEGED, PASS, pod()),
    Case(group.UNPRIVILEGED, UNKNOWN, pod("securityContext: {privileged: '${P}'}")),
    Case(group.UNPRIVILEGED, PASS, task()),
    Case(group.OWN_NETWORK, FAIL, pod(spec="hostNetwork: true")),
    Case(group.OWN_NETWORK, PASS, pod()),
    Case(group.OWN_NETWORK, UNKNOWN, pod(spec="hostNetwork: '${H}'")),
    Case(group.OWN_NETWORK, FAIL, task(networkMode="host")),
    Case(group.OWN_NETWORK, NONE, job(image="repo/train:1")),
    Case(group.OWN_NETWORK, PASS, job(image="repo/train:1", fargatePlatformConfiguration={"platformVersion": "1.4.0"})),
    Case(group.OWN_PROCESSES, FAIL, pod(spec="hostPID: true")),
    Case(group.OWN_PROCESSES, PASS, pod()),
    Case(group.OWN_PROCESSES, UNKNOWN, pod(spec="hostPID: '${H}'")),
    Case(group.OWN_PROCESSES, FAIL, task(pidMode="host")),
    Case(group.OWN_IPC, FAIL, pod(spec="hostIPC: true")),
    Case(group.OWN_IPC, PASS, pod()),
    Case(group.OWN_IPC, UNKNOWN, pod(spec="hostIPC: '${H}'")),
    Case(group.OWN_IPC, FAIL, task(ipcMode="host")),
    Case(group.NO_HOST_FOLDERS, FAIL, folder("/var/run/docker.sock")),
    Case(group.NO_HOST_FOLDERS, FAIL, folder("/dev/shm")),
    Case(group.NO_HOST_FOLDERS, PASS, pod(spec="volumes: [{name: v, emptyDir: {}}]")),
    Case(group.NO_HOST_FOLDERS, PASS, pod()),
    Case(group.NO_HOST_FOLDERS, FAIL, pod(spec="volumes: [{name: v, hostPath: {path: '${P}'}}]")),
    Case(group.NO_HOST_FOLDERS, UNKNOWN, pod(spec="volumes: '${V}'")),
    Case(group.NO_HOST_FOLDERS, FAIL, task(volumes=[{"name": "v", "host": {"sourcePath": "/"}}])),
    Case(group.NO_HOST_FOLDERS, PASS, task(volumes=[{"name": "v", "host": {}}])),
    Case(group.NO_HOST_FOLDERS, FAIL, compose("    volumes: ['/var/run/docker.sock:/var/run/docker.sock']\n")),
    Case(group.NO_HOST_FOLDERS, PASS, task(volumes=[{"name": "v", "host": {"sourcePath": ""}}])),
    Case(group.NO_HOST_FOLDERS, FAIL, task(volumes=[{"name": "v", "host": {"sourcePath": {}}}])),
    Case(group.NO_HOST_FOLDERS, UNKNOWN, compose("    volumes: ['${WHERE}:/data']\n")),
    Case(
        group.NO_HOST_FOLDERS, NONE, (api("sagemaker:CreateModel", ModelName="m", PrimaryContainer={"Image": "x:1"}),)
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)


@pytest.mark.parametrize(
    ("path", "severity"),
    [
        ("/run/containerd/containerd.sock", Severity.CRITICAL),
        ("/", Severity.CRITICAL),
        ("/var/lib/kubelet", Severity.CRITICAL),
        ("/etc/passwd", Severity.HIGH),
        ("/etcetera", Severity.MEDIUM),
        ("/dev/infiniband", Severity.LOW),
        ("/mnt/k8s-disks/0", Severity.LOW),
    ],
)
def test_severity_of_a_host_folder(path: str, severity: Severity) -> None:
    _, verdict = Case(group.NO_HOST_FOLDERS, FAIL, folder(path)).judged()
    assert (verdict.status, verdict.severity) == (FAIL, severity)


def test_the_worst_folder_counts() -> None:
    both = pod(spec="volumes: [{name: a, hostPath: {path: /dev/shm}}, {name: b, hostPath: {path: /}}]")
    _, verdict = Case(group.NO_HOST_FOLDERS, FAIL, both).judged()
    assert verdict.severity is Severity.CRITICAL
