"""Logs and metrics of containers and clusters."""

from __future__ import annotations

import pytest

from ourhalf.controls.monitoring import ecs as group
from ourhalf.model.verdict import Status
from tests.controls.requests import three
from tests.controls.tasks import UNCLEAR, cluster, job, task
from tests.support import Case, check, read

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE


def insights(value: object) -> dict[str, object]:
    return {"settings": [{"name": "containerInsights", "value": value}]}


def logs(driver: object) -> dict[str, object]:
    return {"logConfiguration": {"logDriver": driver}}


ON = {"name": "containerInsights", "value": "enabled"}

CASES: list[Case] = [
    Case(group.LOGGED, PASS, task(logs("awslogs"))),
    Case(group.LOGGED, PASS, job()),
    Case(group.LOGGED, FAIL, task()),
    Case(group.LOGGED, FAIL, task(logs("none"))),
    Case(group.LOGGED, FAIL, task(logs("json-file"))),
    Case(group.LOGGED, FAIL, read({"run.sh": "docker run x:1"}).resources),
    Case(group.LOGGED, UNKNOWN, task(logs(UNCLEAR))),
    Case(group.LOGGED, UNKNOWN, read({"run.sh": "docker run $OPTS x:1"}).resources),
    Case(group.INSIGHTS, PASS, (cluster(**insights("enhanced")),)),
    Case(group.INSIGHTS, PASS, (cluster(**insights("enabled")),)),
    Case(group.INSIGHTS, FAIL, (cluster(**insights("disabled")),)),
    Case(group.INSIGHTS, UNKNOWN, (cluster(**insights(UNCLEAR)),)),
    Case(group.INSIGHTS, UNKNOWN, (cluster(),)),
    Case(group.INSIGHTS, UNKNOWN, (cluster(settings=["x"]),)),
    Case(group.INSIGHTS, UNKNOWN, (cluster(settings=[{**ON, "value": UNCLEAR}, ON]),)),
    Case(group.INSIGHTS, UNKNOWN, (cluster(settings=[{"name": UNCLEAR, "value": "disabled"}, ON]),)),
    Case(group.INSIGHTS, PASS, (cluster(settings=[{"name": "another", "value": "disabled"}, ON]),)),
    *three(
        group.EXEC_LOGGED,
        "ecs:CreateCluster",
        {"clusterName": "c"},
        {"clusterName": "c", "configuration": {"executeCommandConfiguration": {"logging": "NONE"}}},
        {"clusterName": "c", "configuration": {"executeCommandConfiguration": {"logging": UNCLEAR}}},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
