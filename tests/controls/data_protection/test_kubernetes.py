"""Secrets of workloads on Kubernetes."""

from __future__ import annotations

import pytest

from ourhalf.controls.data_protection import kubernetes as group
from ourhalf.model.profile import Requirements, Sensitivity
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.pods import pod
from tests.support import Case, check, kubernetes

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE
STRICT = Requirements(sensitivity=Sensitivity.CONFIDENTIAL)
REFERENCE = "env: [{name: TOKEN, valueFrom: {secretKeyRef: {name: s, key: k}}}]"


def of(kind: str, rest: str) -> tuple[Resource, ...]:
    return kubernetes(f"apiVersion: v1\nkind: {kind}\nmetadata:\n  name: c\n{rest}\n")


def variable(rest: str) -> tuple[Resource, ...]:
    """A pod with one variable, whose other fields are those lines."""
    lines = f"  containers:\n  - name: c\n    image: x\n    env:\n    - name: A\n{rest}"
    return kubernetes(f"apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec:\n{lines}\n")


TEMPLATE = "{{- toYaml .Values.more | nindent 8 }}"

CASES: list[Case] = [
    Case(group.AS_FILES, FAIL, pod(REFERENCE), requirements=STRICT),
    Case(group.AS_FILES, FAIL, pod("envFrom: [{secretRef: {name: s}}]"), requirements=STRICT),
    Case(group.AS_FILES, PASS, pod("env: [{name: A, value: b}]"), requirements=STRICT),
    Case(group.AS_FILES, PASS, pod("envFrom: [{configMapRef: {name: s}}]"), requirements=STRICT),
    Case(group.AS_FILES, UNKNOWN, pod("env: '${ENV}'"), requirements=STRICT),
    Case(group.AS_FILES, NONE, pod(REFERENCE)),
    Case(group.AS_FILES, PASS, pod("env: [{name: A, value: '${V}'}]"), requirements=STRICT),
    Case(group.AS_FILES, UNKNOWN, pod("env: [{name: A, valueFrom: '${V}'}]"), requirements=STRICT),
    Case(group.AS_FILES, UNKNOWN, pod("env: [{name: A, valueFrom: {}}]"), requirements=STRICT),
    Case(group.AS_FILES, UNKNOWN, variable(f"      {TEMPLATE}"), requirements=STRICT),
    Case(group.AS_FILES, UNKNOWN, variable(f"      valueFrom:\n        {TEMPLATE}"), requirements=STRICT),
    Case(
        group.AS_FILES,
        PASS,
        pod("env: [{name: A, valueFrom: {configMapKeyRef: {name: c, key: k}}}]"),
        requirements=STRICT,
    ),
    Case(
        group.AS_FILES,
        PASS,
        pod("env: [{name: A, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}]"),
        requirements=STRICT,
    ),
    Case(
        group.AS_FILES,
        FAIL,
        pod("env: [{name: A, valueFrom: '${V}'}, {name: B, valueFrom: {secretKeyRef: {name: s, key: k}}}]"),
        requirements=STRICT,
    ),
    Case(group.NO_SECRET, FAIL, of("ConfigMap", "data:\n  DB_PASSWORD: hunter22")),
    Case(group.NO_SECRET, PASS, of("ConfigMap", "data:\n  LOG_LEVEL: info")),
    Case(group.NO_SECRET, PASS, of("ConfigMap", "data:\n  DB_PASSWORD: '${DB_PASSWORD}'")),
    Case(group.NO_SECRET, UNKNOWN, of("ConfigMap", "data:\n  {{- toYaml .Values.config | nindent 2 }}")),
    Case(group.NOT_IN_FILE, FAIL, of("Secret", "data:\n  password: aHVudGVyMjI=")),
    Case(group.NOT_IN_FILE, FAIL, of("Secret", "stringData:\n  password: hunter22")),
    Case(group.NOT_IN_FILE, PASS, of("Secret", "type: kubernetes.io/service-account-token")),
    Case(group.NOT_IN_FILE, UNKNOWN, of("Secret", "stringData:\n  password: '${PASSWORD}'")),
    Case(group.NOT_IN_FILE, UNKNOWN, of("Secret", "stringData:\n  password: <YOUR_PASSWORD>")),
    Case(group.AS_FILES, UNKNOWN, pod("env: ['${MORE}']"), requirements=STRICT),
    Case(group.AS_FILES, UNKNOWN, pod("envFrom: ['${MORE}']"), requirements=STRICT),
    Case(group.AS_FILES, UNKNOWN, pod("env: '${ENV}', envFrom: [{configMapRef: {name: s}}]"), requirements=STRICT),
    Case(group.NO_SECRET, UNKNOWN, of("ConfigMap", "data: '${DATA}'")),
    Case(group.NO_SECRET, UNKNOWN, of("ConfigMap", "data:\n  a: b\n  {{- toYaml .Values.config | nindent 2 }}")),
    Case(group.NOT_IN_FILE, UNKNOWN, of("Secret", "data: '${DATA}'")),
    Case(group.NOT_IN_FILE, UNKNOWN, of("Secret", "stringData: '${DATA}'")),
    Case(group.NOT_IN_FILE, UNKNOWN, of("Secret", "data:\n  type: x\n  {{- toYaml .Values.secret | nindent 2 }}")),
    Case(
        group.NOT_IN_FILE, UNKNOWN, of("Secret", "stringData:\n  type: x\n  {{- toYaml .Values.secret | nindent 2 }}")
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)


def test_no_value_of_a_secret_is_kept() -> None:
    for resource in of("Secret", "data:\n  password: aHVudGVyMjI=\nstringData:\n  other: hunter22"):
        assert "hunter22" not in repr(resource)
        assert "aHVudGVyMjI" not in repr(resource)
