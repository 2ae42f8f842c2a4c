"""What keeps ECS tasks and Batch jobs going."""

from __future__ import annotations

import pytest

from ourhalf.controls.resilience import ecs as group
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.controls.tasks import UNCLEAR, job, service, task
from tests.support import Case, api, check, read, terraform

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE


def breaker(enable: object, rollback: object = True) -> dict[str, object]:
    return {"deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": enable, "rollback": rollback}}}


def balanced(count: object, *subnets: object, strategy: str = "") -> tuple[Resource, ...]:
    more: dict[str, object] = {"loadBalancers": [{"containerName": "a", "containerPort": 80}]}
    if strategy:
        more["schedulingStrategy"] = strategy
    if count is not None:
        more["desiredCount"] = count
    if subnets:
        more["networkConfiguration"] = {"awsvpcConfiguration": {"subnets": list(subnets)}}
    return (service(**more),)


def provider(**more: object) -> tuple[Resource, ...]:
    return (api("ecs:CreateCapacityProvider", name="p", **more),)


def scaling(**more: object) -> dict[str, object]:
    return {"autoScalingGroupProvider": {"autoScalingGroupArn": "arn:g", **more}}


def group_in(**more: object) -> tuple[Resource, ...]:
    return (api("autoscaling:CreateAutoScalingGroup", AutoScalingGroupName="g", **more),)


def logs(driver: object, **options: object) -> dict[str, object]:
    return {"logConfiguration": {"logDriver": driver, "options": options}}


GPU = {"resourceRequirements": [{"type": "GPU", "value": "4"}]}
PORT = {"portMappings": [{"containerPort": 80}]}
HEALTH = {"healthCheck": {"command": ["CMD", "true"]}}

CHECKED_BY_VARIABLE = """
variable "check" {}
resource "aws_ecs_task_definition" "t" {
  family = "t"
  container_definitions = jsonencode([
    { name = "a", image = "x", portMappings = [{ containerPort = 80 }], healthCheck = var.check }
  ])
}
"""

CASES: list[Case] = [
    Case(group.ROLLS_BACK, PASS, (service(**breaker(True)),)),
    Case(group.ROLLS_BACK, FAIL, (service(),)),
    Case(group.ROLLS_BACK, PASS, (service(deploymentController={"type": "ECS"}, **breaker(True)),)),
    Case(group.ROLLS_BACK, FAIL, (service(**breaker(True, False)),)),
    Case(group.ROLLS_BACK, UNKNOWN, (service(**breaker(UNCLEAR)),)),
    Case(group.ROLLS_BACK, UNKNOWN, (service(**breaker(True, UNCLEAR)),)),
    Case(group.ROLLS_BACK, UNKNOWN, (service(deploymentController={"type": UNCLEAR}),)),
    Case(group.ROLLS_BACK, NONE, (service(deploymentController={"type": "CODE_DEPLOY"}),)),
    Case(group.SPREAD, PASS, balanced(2, "a", "b")),
    Case(group.SPREAD, FAIL, balanced(1, "a", "b")),
    Case(group.SPREAD, FAIL, balanced(2, "a")),
    Case(group.SPREAD, UNKNOWN, balanced(2)),
    Case(group.SPREAD, UNKNOWN, balanced(None, "a", "b")),
    Case(group.SPREAD, UNKNOWN, balanced(2, "a", UNCLEAR)),
    Case(group.SPREAD, PASS, balanced(2, "a", "b", UNCLEAR)),
    Case(group.SPREAD, FAIL, balanced(1, "a", "b", strategy="REPLICA")),
    Case(group.SPREAD, NONE, balanced(1, "a", "b", strategy="DAEMON")),
    Case(group.SPREAD, NONE, (service(desiredCount=1),)),
    Case(group.SPREAD, NONE, (service(schedulingStrategy="DAEMON"),)),
    Case(group.MEMORY_LIMIT, PASS, task({"memory": 512})),
    Case(group.MEMORY_LIMIT, PASS, task(memory="1024")),
    Case(group.MEMORY_LIMIT, FAIL, task({"memoryReservation": 512})),
    Case(group.MEMORY_LIMIT, UNKNOWN, task({"memory": UNCLEAR})),
    Case(group.MEMORY_LIMIT, UNKNOWN, task(memory=UNCLEAR)),
    Case(group.SHARED_MEMORY, PASS, task({**GPU, "linuxParameters": {"sharedMemorySize": 8192}})),
    Case(group.SHARED_MEMORY, FAIL, task(GPU)),
    Case(group.SHARED_MEMORY, FAIL, task(GPU, ipcMode="host")),
    Case(group.SHARED_MEMORY, FAIL, read({"run.sh": "docker run --gpus all x:1"}).resources),
    Case(group.SHARED_MEMORY, PASS, read({"run.sh": "docker run --gpus all --shm-size 8g x:1"}).resources),
    Case(group.SHARED_MEMORY, UNKNOWN, task({**GPU, "linuxParameters": {"sharedMemorySize": UNCLEAR}})),
    Case(group.SHARED_MEMORY, UNKNOWN, task({"resourceRequirements": [{"type": "GPU", "value": UNCLEAR}]})),
    Case(group.SHARED_MEMORY, NONE, task()),
    Case(group.HEALTH_CHECK, PASS, task({**PORT, **HEALTH})),
    Case(group.HEALTH_CHECK, FAIL, task(PORT)),
    Case(group.HEALTH_CHECK, FAIL, (*task(PORT), service())),
    Case(group.HEALTH_CHECK, UNKNOWN, terraform(CHECKED_BY_VARIABLE)),
    Case(group.HEALTH_CHECK, NONE, task({**PORT, "essential": False})),
    Case(group.HEALTH_CHECK, NONE, task()),
    Case(group.HEALTH_CHECK, NONE, (*task(PORT), *balanced(2, "a", "b"))),
    Case(group.LOG_MODE, PASS, task(logs("awslogs", mode="non-blocking"))),
    Case(group.LOG_MODE, FAIL, task(logs("awslogs", mode="blocking"))),
    Case(group.LOG_MODE, UNKNOWN, task(logs("awslogs"))),
    Case(group.LOG_MODE, UNKNOWN, task(logs(UNCLEAR))),
    Case(group.LOG_MODE, UNKNOWN, task(logs(UNCLEAR, mode="non-blocking"))),
    Case(group.LOG_MODE, UNKNOWN, task(logs(UNCLEAR, mode="blocking"))),
    Case(group.LOG_MODE, UNKNOWN, task(logs("awslogs", mode=UNCLEAR))),
    Case(group.LOG_MODE, NONE, task(logs("awsfirelens"))),
    Case(group.LOG_MODE, NONE, task()),
    Case(group.TERMINATION_PROTECTED, PASS, provider(**scaling(managedTerminationProtection="ENABLED"))),
    Case(group.TERMINATION_PROTECTED, FAIL, provider(**scaling())),
    Case(group.TERMINATION_PROTECTED, UNKNOWN, provider(**scaling(managedTerminationProtection=UNCLEAR))),
    Case(group.TERMINATION_PROTECTED, NONE, provider(managedInstancesProvider={"infrastructureRoleArn": "arn:r"})),
    Case(group.JOB_RETRIES, PASS, job(retryStrategy={"attempts": 3})),
    Case(group.JOB_RETRIES, FAIL, job()),
    Case(group.JOB_RETRIES, PASS, job(retryStrategy={"attempts": 2})),
    Case(group.JOB_RETRIES, FAIL, job(retryStrategy={"attempts": 1})),
    Case(group.JOB_RETRIES, UNKNOWN, job(retryStrategy={"attempts": UNCLEAR})),
    Case(group.JOB_TIMEOUT, PASS, job(timeout={"attemptDurationSeconds": 3600})),
    Case(group.JOB_TIMEOUT, FAIL, job()),
    Case(group.JOB_TIMEOUT, UNKNOWN, job(timeout={"attemptDurationSeconds": UNCLEAR})),
    Case(group.GROUP_ZONES, PASS, group_in(VPCZoneIdentifier="subnet-1,subnet-2")),
    Case(group.GROUP_ZONES, PASS, group_in(AvailabilityZones=["a", "b"])),
    Case(group.GROUP_ZONES, FAIL, group_in(VPCZoneIdentifier="subnet-1")),
    Case(group.GROUP_ZONES, UNKNOWN, group_in(AvailabilityZones=[UNCLEAR])),
    Case(group.GROUP_ZONES, UNKNOWN, group_in()),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
