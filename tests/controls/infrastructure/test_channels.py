"""Channels between the members of a cluster."""

from __future__ import annotations

import pytest

from ourhalf.controls.infrastructure import channels as group
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.controls.serving import HIDDEN, balanced, environment, pod, public_task
from tests.support import Case, check, kubernetes, terraform

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE

HEAD = '["ray", "start", "--head"]'
RUN = '["torchrun", "--nproc_per_node=8", "train.py"]'
PORT = environment(MASTER_PORT="12345")
VLLM = '["vllm", "serve", "m", "--data-parallel-address", "%s"]'

IN_VPC = terraform("""
resource "aws_security_group" "g" {
  ingress {
    from_port   = 0
    to_port     = 65535
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }
}
resource "aws_ecs_task_definition" "t" {
  family                = "t"
  network_mode          = "awsvpc"
  container_definitions = jsonencode([{ name = "a", image = "x:1", entryPoint = ["ray", "start", "--head"] }])
}
resource "aws_ecs_service" "s" {
  task_definition = aws_ecs_task_definition.t.arn
  network_configuration {
    subnets          = ["subnet-1"]
    security_groups  = [aws_security_group.g.id]
    assign_public_ip = true
  }
}
""")


def ray_head(parameters: str) -> tuple[Resource, ...]:
    """The head of a Ray cluster of KubeRay."""
    return kubernetes(
        "apiVersion: ray.io/v1\nkind: RayCluster\nmetadata: {name: r}\nspec:\n  headGroupSpec:\n"
        f"    rayStartParams: {{{parameters}}}\n    template: {{spec: {{containers: [{{name: h, image: x}}]}}}}\n"
    )


CASES: list[Case] = [
    Case(group.RAY_INSIDE, PASS, pod("x", HEAD)),
    Case(group.RAY_INSIDE, FAIL, pod("x", HEAD, beside=balanced(10001))),
    Case(group.RAY_INSIDE, FAIL, pod("x", HEAD, beside=balanced(6379, "internal"))),
    Case(group.RAY_INSIDE, PASS, pod("x", HEAD, beside=balanced(8265))),
    Case(group.RAY_INSIDE, FAIL, pod("x", '["ray", "start", "--head", "--port=7000"]', beside=balanced(7000))),
    Case(group.RAY_INSIDE, PASS, pod("x", HEAD, more=environment(RAY_AUTH_MODE="token"), beside=balanced(10001))),
    Case(group.RAY_INSIDE, UNKNOWN, public_task("ray", "start", "--head")),
    Case(group.RAY_INSIDE, NONE, pod("x", '["ray", "start", "--address=head:6379"]')),
    Case(group.RENDEZVOUS_INSIDE, PASS, pod("x", RUN)),
    Case(group.RENDEZVOUS_INSIDE, FAIL, pod("x", RUN, beside=balanced(29500))),
    Case(group.RENDEZVOUS_INSIDE, PASS, pod("x", RUN, beside=balanced(443))),
    Case(
        group.RENDEZVOUS_INSIDE,
        FAIL,
        pod("x", more=environment(MASTER_PORT="12345"), beside=balanced(12345, "internal")),
    ),
    Case(group.RENDEZVOUS_INSIDE, PASS, pod("x", more=environment(MASTER_PORT="12345"), beside=balanced(29500))),
    Case(group.RENDEZVOUS_INSIDE, UNKNOWN, pod("x", more=environment(MASTER_PORT=HIDDEN))),
    Case(group.RENDEZVOUS_INSIDE, FAIL, pod("x", '["torchrun", "--master_port=1234", "t.py"]', beside=balanced(1234))),
    Case(group.RENDEZVOUS_INSIDE, UNKNOWN, public_task("torchrun", "train.py")),
    Case(group.RENDEZVOUS_INSIDE, NONE, pod("x", '["python", "train.py"]')),
    Case(group.VLLM_INSIDE, PASS, pod("x", VLLM % "10.0.0.7")),
    Case(group.VLLM_INSIDE, FAIL, pod("x", VLLM % "8.8.8.8")),
    Case(group.VLLM_INSIDE, FAIL, pod("x", '["vllm", "serve", "m"]', more=environment(VLLM_HOST_IP="0.0.0.0"))),
    Case(group.VLLM_INSIDE, FAIL, pod("x", VLLM % "10.0.0.7", beside=balanced(29550))),
    Case(
        group.VLLM_INSIDE,
        FAIL,
        pod("x", """['vllm', 'serve', 'm', '--kv-transfer-config', '{"kv_ip": "8.8.8.8", "kv_port": 14579}']"""),
    ),
    Case(group.VLLM_INSIDE, UNKNOWN, public_task("vllm", "serve", "m", "--data-parallel-address", "10.0.0.7")),
    Case(group.VLLM_INSIDE, NONE, pod("x", '["vllm", "serve", "m"]')),
    Case(group.RAY_INSIDE, UNKNOWN, pod("x", f'["{HIDDEN}"]', more="    ports: [{containerPort: 8265}]")),
    # torchrun takes its port from its flags
    Case(group.RENDEZVOUS_INSIDE, PASS, pod("x", RUN, more="    envFrom: [{configMapRef: {name: c}}]")),
    Case(group.VLLM_INSIDE, UNKNOWN, pod("vllm/vllm-openai:v1", f'["{HIDDEN}"]')),
    Case(group.VLLM_INSIDE, NONE, pod("x", '["python", "t.py", "--data-parallel-address", "8.8.8.8"]')),
    Case(group.VLLM_INSIDE, PASS, pod("x", VLLM % "head.internal")),
    Case(group.RAY_INSIDE, PASS, IN_VPC),
    # hidden words may name another port or address, values of other flags may not
    Case(group.RAY_INSIDE, PASS, ray_head("redis-password: $SECRET")),
    Case(group.RAY_INSIDE, PASS, ray_head("redis-password: $SECRET, port: '6380'")),
    Case(group.RAY_INSIDE, UNKNOWN, ray_head("port: $PORT")),
    Case(group.RAY_INSIDE, UNKNOWN, pod("x", f'["ray", "start", "--head", "{HIDDEN}"]')),
    Case(group.RAY_INSIDE, UNKNOWN, pod("x", '["ray", "start", "--head", "--port=$PORT"]')),
    Case(group.RAY_INSIDE, UNKNOWN, pod("x", HEAD, more=environment(RAY_AUTH_MODE=HIDDEN), beside=balanced(10001))),
    Case(group.RAY_INSIDE, PASS, pod("x", HEAD, more=environment(RAY_AUTH_MODE=HIDDEN))),
    Case(group.RENDEZVOUS_INSIDE, UNKNOWN, pod("x", f'["torchrun", "{HIDDEN}", "train.py"]')),
    Case(group.RENDEZVOUS_INSIDE, UNKNOWN, pod("x", f'["torchrun", "{HIDDEN}", "train.py"]', more=PORT)),
    Case(group.RENDEZVOUS_INSIDE, PASS, pod("x", '["torchrun", "--master_port=1234", "t.py"]')),
    Case(group.RENDEZVOUS_INSIDE, UNKNOWN, pod("x", '["torchrun", "--master_port=$OTHER", "t.py"]')),
    Case(group.RENDEZVOUS_INSIDE, PASS, pod("x", '["torchrun", "--master_port=$MASTER_PORT", "t.py"]')),
    Case(group.VLLM_INSIDE, UNKNOWN, pod("x", VLLM % "$HEAD")),
    Case(group.VLLM_INSIDE, UNKNOWN, pod("x", '["vllm", "serve", "m"]', more=environment(VLLM_HOST_IP=HIDDEN))),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
