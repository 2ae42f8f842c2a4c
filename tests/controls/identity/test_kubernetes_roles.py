"""What roles of a cluster grant, and to whom."""

from __future__ import annotations

import pytest

from ourhalf.controls.identity import kubernetes_roles as group
from ourhalf.model.profile import Severity
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.support import Case, check, kubernetes

FAIL, PASS, UNKNOWN = Status.FAIL, Status.PASS, Status.UNKNOWN


def role(
    resources: str, verbs: str, groups: str = '[""]', more: str = "", kind: str = "ClusterRole"
) -> tuple[Resource, ...]:
    return kubernetes(
        f"apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata:\n  name: r\nrules:\n"
        f"- apiGroups: {groups}\n  resources: {resources}\n  verbs: {verbs}\n{more}"
    )


def aggregated() -> tuple[Resource, ...]:
    return kubernetes(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: r\n"
        "aggregationRule:\n  clusterRoleSelectors: [{matchLabels: {a: b}}]\nrules: []\n"
    )


def binding(
    name: str, subject: str = "{kind: ServiceAccount, name: train}", kind: str = "ClusterRoleBinding"
) -> tuple[Resource, ...]:
    return kubernetes(
        f"apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata:\n  name: b\n"
        f"roleRef:\n  kind: ClusterRole\n  name: {name}\nsubjects:\n- {subject}\n"
    )


def beside(bound: str, declared: str) -> tuple[Resource, ...]:
    """A binding, and a role in the same file."""
    role = f"apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {{name: {declared}}}\nrules: []\n"
    return (*binding(bound), *kubernetes(role))


RBAC = "[rbac.authorization.k8s.io]"
UNSURE = "['${VERBS}']"

CASES: list[Case] = [
    Case(group.NO_WILDCARD, PASS, role("[pods]", "[get]")),
    Case(group.NO_WILDCARD, FAIL, role("['*']", "['*']", "['*']")),
    Case(group.NO_WILDCARD, FAIL, role("[pods]", "['*']")),
    Case(group.NO_WILDCARD, FAIL, role("['*']", "[get]")),
    Case(group.NO_WILDCARD, UNKNOWN, role("[pods]", UNSURE)),
    Case(group.NO_WILDCARD, UNKNOWN, aggregated()),
    Case(group.NO_SECRETS, FAIL, role("[secrets]", "[list]")),
    Case(group.NO_SECRETS, FAIL, role("['*']", "[get]", "['*']")),
    Case(group.NO_SECRETS, PASS, role("[secrets]", "[get]", more="  resourceNames: [mine]\n")),
    Case(group.NO_SECRETS, PASS, role("[secrets]", "[create]")),
    Case(group.NO_SECRETS, PASS, role("[configmaps]", "[list]")),
    Case(group.NO_SECRETS, PASS, role("[secrets]", "[list]", "[external.io]")),
    Case(group.NO_SECRETS, UNKNOWN, role("[secrets]", UNSURE)),
    Case(group.NO_SECRETS, UNKNOWN, aggregated()),
    Case(group.NO_ESCALATION, FAIL, role("[rolebindings]", "[create]", RBAC)),
    Case(group.NO_ESCALATION, FAIL, role("[clusterroles]", "[bind]", RBAC, more="  resourceNames: [admin]\n")),
    Case(group.NO_ESCALATION, FAIL, role("[users]", "[impersonate]")),
    Case(group.NO_ESCALATION, FAIL, role("[serviceaccounts/token]", "[create]")),
    Case(group.NO_ESCALATION, PASS, role("[rolebindings]", "[get, list]", RBAC)),
    Case(group.NO_ESCALATION, UNKNOWN, role("[rolebindings]", UNSURE, RBAC)),
    Case(group.NO_EXEC, FAIL, role("[pods/exec]", "[create]")),
    Case(group.NO_EXEC, FAIL, role("['*/exec']", "[create]")),
    Case(group.NO_EXEC, FAIL, role("[nodes/proxy]", "[get]")),
    Case(group.NO_EXEC, PASS, role("[pods]", "[create]")),
    Case(group.NO_EXEC, UNKNOWN, role("[pods/exec]", UNSURE)),
    Case(group.NO_PODS, FAIL, role("[pods]", "[create]")),
    Case(group.NO_PODS, FAIL, role("[jobs]", "[create]", "[batch]")),
    Case(group.NO_PODS, PASS, role("[pods]", "[get, delete]")),
    Case(group.NO_PODS, UNKNOWN, role("[pods]", UNSURE)),
    Case(
        group.NO_CLUSTER_SETTINGS,
        FAIL,
        role("[mutatingwebhookconfigurations]", "[patch]", "[admissionregistration.k8s.io]"),
    ),
    Case(
        group.NO_CLUSTER_SETTINGS,
        FAIL,
        role("[certificatesigningrequests/approval]", "[update]", "[certificates.k8s.io]"),
    ),
    Case(group.NO_CLUSTER_SETTINGS, PASS, role("[persistentvolumes]", "[get]")),
    Case(group.NO_CLUSTER_SETTINGS, UNKNOWN, role("[persistentvolumes]", UNSURE)),
    Case(group.NO_CONFIGURATION, FAIL, role("[configmaps]", "[update]")),
    Case(group.NO_CONFIGURATION, FAIL, role("[networkpolicies]", "[delete]", "[networking.k8s.io]")),
    Case(group.NO_CONFIGURATION, PASS, role("[configmaps]", "[update]", more="  resourceNames: [mine]\n")),
    Case(group.NO_CONFIGURATION, UNKNOWN, role("[services]", UNSURE)),
    Case(group.NO_ADMINISTRATOR, FAIL, binding("cluster-admin")),
    Case(group.NO_ADMINISTRATOR, PASS, binding("view")),
    Case(group.NO_ADMINISTRATOR, UNKNOWN, kubernetes(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b}\nroleRef: '${ROLE}'\n"
    )),
    Case(group.NOT_EVERYONE, FAIL, binding("view", "{kind: Group, name: 'system:authenticated'}")),
    Case(group.NOT_EVERYONE, FAIL, binding("view", "{kind: User, name: 'system:anonymous'}")),
    Case(group.NO_ADMINISTRATOR, UNKNOWN, binding("'{{ .Values.role }}'")),
    Case(group.NO_ADMINISTRATOR, UNKNOWN, beside("'{{ .Values.role }}'", "other")),
    Case(group.NO_ADMINISTRATOR, PASS, beside("'{{ .Release.Name }}-reader'", "'{{ .Release.Name }}-reader'")),
    Case(group.NOT_EVERYONE, UNKNOWN, binding("view", "{kind: Group, name: '${GROUP}'}")),
    Case(group.NOT_EVERYONE, PASS, binding("view", "{kind: ServiceAccount, name: '{{ .Release.Name }}'}")),
    Case(group.NOT_EVERYONE, PASS, binding("view")),
    Case(group.NOT_EVERYONE, PASS, binding("view", "{kind: User, name: ann}")),
    Case(group.NOT_EVERYONE, UNKNOWN, binding("view", "{kind: User, name: {not: clear}}")),
    Case(group.NOT_EVERYONE, UNKNOWN, binding("view", "'${SUBJECT}'")),
    Case(group.NOT_EVERYONE, UNKNOWN, kubernetes(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b}\n"
        "roleRef: {kind: Role, name: r}\nsubjects: '${SUBJECTS}'\n"
    )),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)


def test_a_role_of_one_namespace_weighs_less() -> None:
    _, whole = Case(group.NO_SECRETS, FAIL, role("[secrets]", "[list]")).judged()
    _, one = Case(group.NO_SECRETS, FAIL, role("[secrets]", "[list]", kind="Role")).judged()
    _, bound = Case(group.NO_ADMINISTRATOR, FAIL, binding("cluster-admin", kind="RoleBinding")).judged()
    assert (whole.severity, one.severity, bound.severity) == (None, Severity.MEDIUM, Severity.HIGH)


def test_writing_roles_weighs_less_than_binding_them() -> None:
    """Kubernetes lets nobody write a role or binding that grants more than he has, without bind or escalate."""
    _, written = Case(group.NO_ESCALATION, FAIL, role("[rolebindings]", "[create]", RBAC)).judged()
    _, bound = Case(group.NO_ESCALATION, FAIL, role("[rolebindings]", "[create, bind]", RBAC)).judged()
    assert (written.severity, bound.severity) == (Severity.MEDIUM, None)
    assert written.reason.startswith("it may hand its own rights on")


@pytest.mark.parametrize(
    ("resources", "verbs", "groups", "severity"),
    [
        ("['*']", "['*']", "['*']", Severity.CRITICAL),
        ("['*']", "['*']", "[apps]", Severity.MEDIUM),
        ("['*']", "[get]", "['*']", Severity.HIGH),
        ("[pods]", "['*']", "['*']", Severity.MEDIUM),
    ],
)
def test_a_wildcard_weighs_by_what_it_grants(resources: str, verbs: str, groups: str, severity: Severity) -> None:
    _, verdict = Case(group.NO_WILDCARD, FAIL, role(resources, verbs, groups)).judged()
    assert verdict.severity is severity


def test_the_worst_wildcard_of_a_role_decides() -> None:
    worse = "- apiGroups: ['*']\n  resources: ['*']\n  verbs: ['*']\n"
    _, verdict = Case(group.NO_WILDCARD, FAIL, role("[pods]", "['*']", more=worse)).judged()
    assert verdict.severity is Severity.CRITICAL


@pytest.mark.parametrize(
    ("resources", "shown"),
    [
        (role("[configmaps]", "[list]"), ["rules", "resources"]),
        (role("[configmaps]", "[create]"), ["rules"]),
        (role("[secrets]", "[get]", more="  resourceNames: [mine]\n"), ["rules"]),
    ],
)
def test_a_pass_shows_what_alone_keeps_a_rule_from_granting(resources: tuple[Resource, ...], shown: list[str]) -> None:
    _, verdict = Case(group.NO_SECRETS, PASS, resources).judged()
    assert [place.field for place in verdict.places] == shown
