"""What pods sign in as."""

from __future__ import annotations

import pytest

from ourhalf.controls.identity import service_accounts as group
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.pods import pod
from tests.support import Case, check, kubernetes

FAIL, PASS, UNKNOWN = Status.FAIL, Status.PASS, Status.UNKNOWN
ACCOUNT = "serviceAccountName: runner"


CHART = "'{{ .Release.Name }}-runner'"
OF_CHART = f"{{kind: ServiceAccount, name: {CHART}}}"


def account(mount: str, name: str = "runner") -> str:
    return f"apiVersion: v1\nkind: ServiceAccount\nmetadata: {{name: {name}}}\nautomountServiceAccountToken: {mount}\n"


def binding(subject: str) -> str:
    return (
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b}\n"
        f"roleRef: {{kind: Role, name: r}}\nsubjects:\n- {subject}\n"
    )


def bound(subject: str) -> tuple[Resource, ...]:
    return kubernetes(binding(subject))


CASES: list[Case] = [
    Case(group.NO_TOKEN, FAIL, pod()),
    Case(group.NO_TOKEN, PASS, pod(spec="automountServiceAccountToken: false")),
    Case(group.NO_TOKEN, UNKNOWN, pod(spec="automountServiceAccountToken: '${T}'")),
    Case(group.NO_TOKEN, PASS, pod(spec=ACCOUNT, more=account("false"))),
    Case(group.NO_TOKEN, FAIL, pod(spec=ACCOUNT, more=account("true"))),
    Case(group.NO_TOKEN, FAIL, pod(spec=f"{ACCOUNT}, automountServiceAccountToken: true", more=account("false"))),
    Case(group.NO_TOKEN, PASS, pod(spec=ACCOUNT, more=binding("{kind: ServiceAccount, name: runner}"))),
    Case(group.NO_TOKEN, FAIL, pod(spec=ACCOUNT, more=binding("{kind: ServiceAccount, name: runner, namespace: x}"))),
    Case(group.NO_TOKEN, UNKNOWN, pod(spec="serviceAccountName: '${SA}'")),
    Case(group.OWN_ACCOUNT, FAIL, pod()),
    Case(group.OWN_ACCOUNT, FAIL, pod(spec="serviceAccountName: default")),
    Case(group.OWN_ACCOUNT, PASS, pod(spec=ACCOUNT)),
    Case(group.OWN_ACCOUNT, PASS, pod(spec="automountServiceAccountToken: false")),
    Case(group.OWN_ACCOUNT, UNKNOWN, pod(spec="serviceAccountName: '${SA}'")),
    Case(group.DEFAULT_UNBOUND, FAIL, bound("{kind: ServiceAccount, name: default}")),
    Case(group.DEFAULT_UNBOUND, PASS, bound("{kind: ServiceAccount, name: runner}")),
    Case(group.DEFAULT_UNBOUND, PASS, bound("{kind: User, name: default}")),
    Case(group.DEFAULT_UNBOUND, UNKNOWN, bound("{kind: ServiceAccount, name: {not: clear}}")),
    Case(group.DEFAULT_UNBOUND, UNKNOWN, bound("'${SUBJECT}'")),
    Case(group.DEFAULT_UNBOUND, UNKNOWN, bound("{kind: ServiceAccount, name: '${ACCOUNT}'}")),
    Case(group.DEFAULT_UNBOUND, PASS, kubernetes(f"{binding(OF_CHART)}---\n{account('true', CHART)}")),
    Case(group.DEFAULT_UNBOUND, PASS, bound("{kind: Group, name: '${GROUP}'}")),
    Case(group.DEFAULT_UNBOUND, UNKNOWN, kubernetes(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b}\n"
        "roleRef: {kind: Role, name: r}\nsubjects: '${SUBJECTS}'\n"
    )),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
