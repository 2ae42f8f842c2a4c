"""What keeps pods alive, and from starving each other."""

from __future__ import annotations

import pytest

from ourhalf.controls.resilience import kubernetes as group
from ourhalf.model.profile import Requirements, Sensitivity
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.pods import pod, spread
from tests.support import Case, check, kubernetes

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE
STRICT = Requirements(sensitivity=Sensitivity.CONFIDENTIAL)
NAMED = "name: serve, labels: {app: serve}"
SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {selector: {app: serve}, ports: [{port: 80}]}\n"
PROBE = "ports: [{containerPort: 80}], %s: {httpGet: {path: /ping, port: 80}}"
PORT = "ports: [{containerPort: 80}]"
SHARED = "volumeMounts: [{name: shm, mountPath: /dev/shm}]"
ONLY_GPU = "resources:\n  limits: {nvidia.com/gpu: 8}\n"
GPU = f"{ONLY_GPU}{SHARED}"
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: train}\nspec:\n  containers:"


def memory(volume: str) -> str:
    return f"volumes:\n- name: shm\n  {volume}"


def beside(*volumes: str) -> tuple[Resource, ...]:
    """A pod with two containers that ask for GPUs, with the shared memory that each mounts."""
    lines = [POD]
    for number, volume in enumerate(volumes):
        lines += [f"  - name: c{number}", "    image: repo/train:1", "    resources:"]
        lines += ["      limits: {nvidia.com/gpu: 1}", "    volumeMounts:", f"    - name: {volume}"]
        lines += ["      mountPath: /dev/shm"]
    lines += ["  volumes:", "  - name: disk", "    emptyDir: {}", "  - name: shm", "    emptyDir:"]
    lines += ["      medium: Memory", "      sizeLimit: 16Gi"]
    return kubernetes("\n".join(lines) + "\n")


def namespace(more: str = "") -> tuple[Resource, ...]:
    return kubernetes(f"apiVersion: v1\nkind: Namespace\nmetadata: {{name: ml}}\n---\n{more}")


def of_namespace(kind: str, spec: str) -> str:
    return f"apiVersion: v1\nkind: {kind}\nmetadata: {{name: x, namespace: ml}}\nspec:\n  {spec}\n"


CASES: list[Case] = [
    Case(group.MEMORY, PASS, pod("resources: {limits: {memory: 16Gi}}")),
    Case(group.MEMORY, FAIL, pod("resources: {requests: {memory: 16Gi}}")),
    Case(group.MEMORY, UNKNOWN, pod("resources: {limits: {memory: '${M}'}}")),
    Case(group.CPU, PASS, pod("resources: {requests: {cpu: 4}}")),
    Case(group.CPU, PASS, pod("resources: {limits: {cpu: 4}}")),
    Case(group.CPU, FAIL, pod()),
    Case(group.CPU, UNKNOWN, pod("resources: {requests: {cpu: '${C}'}}")),
    Case(group.LIVENESS, PASS, pod(PROBE % "livenessProbe", metadata=NAMED, more=SERVICE)),
    Case(group.LIVENESS, FAIL, pod(PORT, metadata=NAMED, more=SERVICE)),
    Case(group.LIVENESS, NONE, pod(PORT)),
    Case(group.LIVENESS, NONE, pod(metadata=NAMED, more=SERVICE)),
    Case(group.LIVENESS, UNKNOWN, pod(f"{PORT}, livenessProbe: '${{P}}'", metadata=NAMED, more=SERVICE)),
    Case(
        group.LIVENESS,
        NONE,
        pod(PORT, f"initContainers: [{{name: fetch, image: 'x:1', {PORT}}}]", SERVICE, NAMED),
        subject="fetch",
    ),
    Case(group.READINESS, PASS, pod(PROBE % "readinessProbe", metadata=NAMED, more=SERVICE)),
    Case(group.READINESS, FAIL, pod(PROBE % "livenessProbe", metadata=NAMED, more=SERVICE)),
    Case(group.READINESS, UNKNOWN, pod(f"{PORT}, readinessProbe: '${{P}}'", metadata=NAMED, more=SERVICE)),
    Case(group.SHARED_MEMORY, PASS, spread(GPU, memory("emptyDir:\n    medium: Memory\n    sizeLimit: 16Gi"))),
    Case(group.SHARED_MEMORY, FAIL, spread(GPU, memory("emptyDir:\n    medium: Memory"))),
    Case(group.SHARED_MEMORY, FAIL, spread(GPU, memory("emptyDir: {}"))),
    Case(group.SHARED_MEMORY, FAIL, spread(GPU, memory("hostPath: {path: /dev/shm}"))),
    Case(group.SHARED_MEMORY, FAIL, pod("resources: {limits: {nvidia.com/gpu: 8}}")),
    Case(group.SHARED_MEMORY, UNKNOWN, spread(GPU, "volumes: '${V}'")),
    Case(group.SHARED_MEMORY, NONE, pod()),
    Case(group.SHARED_MEMORY, UNKNOWN, spread(GPU, memory("emptyDir:\n    medium: '${M}'\n    sizeLimit: 16Gi"))),
    Case(group.SHARED_MEMORY, UNKNOWN, spread(GPU, memory("emptyDir:\n    medium: Memory\n    sizeLimit: '${S}'"))),
    Case(group.SHARED_MEMORY, UNKNOWN, spread(GPU, "volumes: []")),
    Case(group.SHARED_MEMORY, FAIL, spread(ONLY_GPU, "volumes: '${V}'")),
    Case(group.SHARED_MEMORY, UNKNOWN, spread(f"{ONLY_GPU}volumeMounts: '${{M}}'")),
    Case(group.SHARED_MEMORY, UNKNOWN, spread(f"{ONLY_GPU}volumeMounts: [{{name: shm, mountPath: '${{P}}'}}]")),
    Case(group.SHARED_MEMORY, UNKNOWN, pod("resources: {limits: {nvidia.com/gpu: '${G}'}}")),
    Case(group.SHARED_MEMORY, UNKNOWN, kubernetes(f"{POD}\n  - '${{CONTAINER}}'\n")),
    Case(group.SHARED_MEMORY, PASS, beside("shm", "shm")),
    Case(group.SHARED_MEMORY, FAIL, beside("shm", "disk")),
    Case(group.SHARED_MEMORY, UNKNOWN, beside("shm", "claimed")),
    Case(group.LIMITS, PASS, namespace(of_namespace("LimitRange", "limits: [{type: Container}]")), requirements=STRICT),
    Case(group.LIMITS, FAIL, namespace(), requirements=STRICT),
    Case(
        group.LIMITS, UNKNOWN, namespace(of_namespace("LimitRange", "limits: '${LIMITS}'")), requirements=STRICT
    ),
    Case(
        group.QUOTA,
        PASS,
        namespace(of_namespace("ResourceQuota", "hard: {requests.nvidia.com/gpu: 8}")),
        requirements=STRICT,
    ),
    Case(group.QUOTA, FAIL, namespace(of_namespace("ResourceQuota", "hard: {pods: 8}")), requirements=STRICT),
    Case(group.QUOTA, UNKNOWN, namespace(of_namespace("ResourceQuota", "hard: '${HARD}'")), requirements=STRICT),
    Case(group.QUOTA, NONE, namespace()),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
