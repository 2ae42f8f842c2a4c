"""Who containers run as."""

from __future__ import annotations

import pytest

from ourhalf.controls.infrastructure import users as group
from ourhalf.model.profile import Requirements, Sensitivity, Severity
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.pods import pod, spread
from tests.support import Case, api, check

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE
STRICT = Requirements(sensitivity=Sensitivity.CONFIDENTIAL)


def task(launch: str = "EC2", **fields: object) -> tuple[Resource, ...]:
    container = {"name": "main", "image": "repo/train:1", **fields}
    return (
        api(
            "ecs:RegisterTaskDefinition",
            family="t",
            requiresCompatibilities=[launch],
            containerDefinitions=[container],
        ),
    )


def model() -> tuple[Resource, ...]:
    return (api("sagemaker:CreateModel", ModelName="m", PrimaryContainer={"Image": "repo/serve:1"}),)


BOTH_HIGH = "securityContext:\n  runAsUser: 10001\n  runAsGroup: 10001"

CASES: list[Case] = [
    Case(group.NOT_ROOT, FAIL, pod()),
    Case(group.NOT_ROOT, FAIL, pod("securityContext: {runAsUser: 0}")),
    Case(group.NOT_ROOT, FAIL, pod("securityContext: {runAsUser: 0, runAsNonRoot: true}")),
    Case(group.NOT_ROOT, PASS, pod("securityContext: {runAsUser: 1000}")),
    Case(group.NOT_ROOT, PASS, pod("securityContext: {runAsNonRoot: true}")),
    Case(group.NOT_ROOT, PASS, pod(spec="securityContext: {runAsUser: 1000}")),
    Case(group.NOT_ROOT, FAIL, pod("securityContext: {runAsUser: 0}", spec="securityContext: {runAsUser: 1000}")),
    Case(group.NOT_ROOT, UNKNOWN, pod("securityContext: {runAsUser: '${U}'}")),
    Case(group.NOT_ROOT, UNKNOWN, pod(spec="securityContext: {runAsNonRoot: '${U}'}")),
    Case(group.NOT_ROOT, FAIL, task(user="root:root")),
    Case(group.NOT_ROOT, PASS, task(user="1000:1000")),
    Case(group.NOT_ROOT, FAIL, task()),
    Case(group.NOT_ROOT, NONE, model()),
    Case(group.NO_ESCALATION, FAIL, pod()),
    Case(group.NO_ESCALATION, PASS, pod("securityContext: {allowPrivilegeEscalation: false}")),
    Case(group.NO_ESCALATION, FAIL, pod("securityContext: {allowPrivilegeEscalation: false, privileged: true}")),
    Case(
        group.NO_ESCALATION,
        FAIL,
        pod("securityContext: {allowPrivilegeEscalation: false, capabilities: {add: [CAP_SYS_ADMIN]}}"),
    ),
    Case(group.NO_ESCALATION, UNKNOWN, pod("securityContext: {allowPrivilegeEscalation: '${A}'}")),
    Case(group.NO_ESCALATION, PASS, task(dockerSecurityOptions=["no-new-privileges"])),
    Case(group.NO_ESCALATION, FAIL, task()),
    Case(group.NO_ESCALATION, NONE, model()),
    Case(group.READ_ONLY_ROOT, PASS, pod("securityContext: {readOnlyRootFilesystem: true}")),
    Case(group.READ_ONLY_ROOT, FAIL, pod()),
    Case(group.READ_ONLY_ROOT, FAIL, task()),
    Case(group.READ_ONLY_ROOT, UNKNOWN, pod("securityContext: {readOnlyRootFilesystem: '${R}'}")),
    Case(group.READ_ONLY_ROOT, NONE, model()),
    Case(group.HIGH_IDS, PASS, spread(BOTH_HIGH), requirements=STRICT),
    Case(group.HIGH_IDS, FAIL, pod("securityContext: {runAsUser: 1000, runAsGroup: 10001}"), requirements=STRICT),
    Case(group.HIGH_IDS, FAIL, pod("securityContext: {runAsUser: 10001, runAsGroup: 0}"), requirements=STRICT),
    Case(group.HIGH_IDS, FAIL, pod(), requirements=STRICT),
    Case(group.HIGH_IDS, NONE, pod()),
    Case(group.HIGH_IDS, UNKNOWN, pod("securityContext: {runAsUser: '${U}'}"), requirements=STRICT),
    Case(
        group.HIGH_IDS,
        FAIL,
        spread(BOTH_HIGH, spec="securityContext:\n  supplementalGroups: [44]"),
        requirements=STRICT,
    ),
    Case(group.NO_ESCALATION, FAIL, pod("securityContext: {allowPrivilegeEscalation: true}"), requirements=STRICT),
    Case(group.NO_ESCALATION, NONE, task("FARGATE")),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)


def test_what_is_only_left_open_weighs_less_below_confidential() -> None:
    _, eased = Case(group.NOT_ROOT, FAIL, pod()).judged()
    _, strict = Case(group.NOT_ROOT, FAIL, pod(), requirements=STRICT).judged()
    _, told = Case(group.NOT_ROOT, FAIL, pod("securityContext: {runAsUser: 0}")).judged()
    assert (eased.severity, strict.severity, told.severity) == (Severity.LOW, None, None)
