"""What the Pod Security Standards ask of pods and namespaces."""

from __future__ import annotations

import pytest

from ourhalf.controls.infrastructure import pod_standards as group
from ourhalf.model.profile import Requirements, Sensitivity
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.pods import pod, spread
from tests.support import Case, check, kubernetes

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE
STRICT = Requirements(sensitivity=Sensitivity.REGULATED)


def context(inner: str) -> tuple[Resource, ...]:
    return pod(f"securityContext: {{{inner}}}")


def namespace(labels: str) -> tuple[Resource, ...]:
    return kubernetes(f"apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ml\n  labels: {labels}\n")


def image(reference: str) -> tuple[Resource, ...]:
    return kubernetes(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"
        f"spec: {{containers: [{{name: main, image: '{reference}'}}]}}\n"
    )


PROFILES = """securityContext:
  appArmorProfile:
    type: RuntimeDefault
  seLinuxOptions:
    type: container_t"""

CASES: list[Case] = [
    Case(group.SECCOMP, PASS, context("seccompProfile: {type: RuntimeDefault}")),
    Case(group.SECCOMP, PASS, pod(spec="securityContext: {seccompProfile: {type: Localhost}}")),
    Case(group.SECCOMP, FAIL, context("seccompProfile: {type: Unconfined}")),
    Case(group.SECCOMP, FAIL, context("seccompProfile: {type: RuntimeDefault}, privileged: true")),
    Case(group.SECCOMP, FAIL, pod()),
    Case(group.SECCOMP, UNKNOWN, context("seccompProfile: {type: '${S}'}")),
    Case(group.SECCOMP, UNKNOWN, context("seccompProfile: {type: Mine}")),
    Case(group.PROFILES, PASS, spread(PROFILES)),
    Case(group.PROFILES, PASS, pod()),
    Case(group.PROFILES, FAIL, context("appArmorProfile: {type: Unconfined}")),
    Case(group.PROFILES, FAIL, context("procMount: Unmasked")),
    Case(group.PROFILES, FAIL, context("seLinuxOptions: {type: spc_t}")),
    Case(group.PROFILES, FAIL, context("seLinuxOptions: {role: system_r}")),
    Case(group.PROFILES, UNKNOWN, context("seLinuxOptions: {type: '${S}'}")),
    Case(
        group.PROFILES,
        FAIL,
        pod(metadata="name: p, annotations: {container.apparmor.security.beta.kubernetes.io/main: unconfined}"),
    ),
    Case(group.SYSCTLS, PASS, pod(spec="securityContext: {sysctls: [{name: net.ipv4.tcp_syncookies, value: '1'}]}")),
    Case(group.SYSCTLS, FAIL, pod(spec="securityContext: {sysctls: [{name: kernel.msgmax, value: '1'}]}")),
    Case(group.SYSCTLS, UNKNOWN, pod(spec="securityContext: {sysctls: '${S}'}")),
    Case(group.HOST_PROCESS, PASS, pod()),
    Case(group.HOST_PROCESS, FAIL, pod(spec="securityContext: {windowsOptions: {hostProcess: true}}")),
    Case(group.HOST_PROCESS, UNKNOWN, context("windowsOptions: {hostProcess: '${H}'}")),
    Case(group.CORE_VOLUMES, PASS, pod(spec="volumes: [{name: v, persistentVolumeClaim: {claimName: c}}]")),
    Case(group.CORE_VOLUMES, FAIL, pod(spec="volumes: [{name: v, nfs: {server: s, path: /}}]")),
    Case(group.CORE_VOLUMES, UNKNOWN, pod(spec="volumes: '${V}'")),
    Case(group.NO_ALIASES, PASS, pod()),
    Case(group.NO_ALIASES, FAIL, pod(spec="hostAliases: [{ip: 10.0.0.1, hostnames: [s3.amazonaws.com]}]")),
    Case(group.NO_ALIASES, UNKNOWN, pod(spec="hostAliases: '${A}'")),
    Case(group.NO_HOST_PORT, PASS, pod("ports: [{containerPort: 8080}]")),
    Case(group.NO_HOST_PORT, FAIL, pod("ports: [{containerPort: 8080, hostPort: 8080}]")),
    Case(group.NO_HOST_PORT, UNKNOWN, pod("ports: [{containerPort: 8080, hostPort: '${P}'}]")),
    Case(group.HIGH_PORTS, PASS, pod("ports: [{containerPort: 8080}]"), requirements=STRICT),
    Case(group.HIGH_PORTS, FAIL, pod("ports: [{containerPort: 80}]"), requirements=STRICT),
    Case(group.HIGH_PORTS, UNKNOWN, pod("ports: [{containerPort: '${P}'}]"), requirements=STRICT),
    Case(group.HIGH_PORTS, NONE, pod("ports: [{containerPort: 80}]")),
    Case(group.POD_SECURITY, PASS, namespace("{pod-security.kubernetes.io/enforce: restricted}")),
    Case(group.POD_SECURITY, FAIL, namespace("{pod-security.kubernetes.io/enforce: privileged}")),
    Case(group.POD_SECURITY, FAIL, namespace("{pod-security.kubernetes.io/warn: restricted}")),
    Case(
        group.POD_SECURITY,
        UNKNOWN,
        kubernetes("apiVersion: v1\nkind: Namespace\nmetadata: {name: ml, labels: {{ toYaml .Values.labels }}}\n"),
    ),
    Case(group.NO_CONSOLE, PASS, image("repo/train:1")),
    Case(group.NO_CONSOLE, FAIL, image("kubernetesui/dashboard:v2.7.0")),
    Case(group.NO_CONSOLE, FAIL, image("gcr.io/kubernetes-helm/tiller:v2.16.1")),
    Case(group.NO_CONSOLE, PASS, image("repo/my-dashboard:1")),
    Case(group.NO_CONSOLE, UNKNOWN, image("${IMAGE}")),
    Case(group.NO_ALIASES, PASS, pod(spec="hostAliases: []")),
    Case(group.NO_HOST_PORT, PASS, pod("ports: [{containerPort: 8080, hostPort: 0}]")),
    Case(group.HIGH_PORTS, FAIL, pod("ports: [{containerPort: 1024}]"), requirements=STRICT),
    Case(group.HIGH_PORTS, PASS, pod("ports: [{containerPort: 1025}]"), requirements=STRICT),
    Case(group.NO_CONSOLE, PASS, image("repo/tiller:1")),
    Case(group.NO_CONSOLE, PASS, image("kubernetesui/metrics-scraper:v1.0.9")),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
