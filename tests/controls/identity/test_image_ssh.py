"""Keys of SSH that an image brings."""

from __future__ import annotations

import pytest

from ourhalf.controls.identity import image_ssh as group
from ourhalf.model.profile import Severity
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.controls.images import HIDDEN, REFERENCE, exhibit, exhibits, image
from tests.support import Case, api, check, kubernetes, terraform

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE

KEY = exhibit("ssh-private-key", "root/.ssh/id_rsa", details={"fingerprint": "SHA256:x"})
TRUSTED = exhibit(
    "ssh-private-key",
    "root/.ssh/id_rsa",
    details={"fingerprint": "SHA256:x", "trusted-by": "root/.ssh/authorized_keys"},
)
ENCRYPTED = exhibit("ssh-private-key", "root/.ssh/id_rsa", details={"encrypted": "true"})
HOST = exhibit("ssh-host-key", "etc/ssh/ssh_host_rsa_key")
SHARED = image(exhibits=exhibits(TRUSTED))

POD = kubernetes(
    f"""\
apiVersion: v1
kind: Pod
metadata: {{name: p, labels: {{app: p}}}}
spec:
  containers: [{{name: c, image: '{REFERENCE}', ports: [{{containerPort: 22}}]}}]
"""
)
BALANCED = POD + kubernetes(
    """\
apiVersion: v1
kind: Service
metadata:
  name: s
  annotations: {service.beta.kubernetes.io/aws-load-balancer-scheme: internet-facing}
spec: {type: LoadBalancer, selector: {app: p}, ports: [{port: 22, targetPort: 22}]}
"""
)
MODEL = (
    api(
        "sagemaker:CreateModel",
        ModelName="m",
        ExecutionRoleArn="arn:aws:iam::111122223333:role/r",
        PrimaryContainer={"Image": REFERENCE},
    ),
)
TASK = terraform(
    f"""\
resource "aws_ecs_task_definition" "t" {{
  family = "t"
  requires_compatibilities = ["FARGATE"]
  network_mode = "awsvpc"
  container_definitions = jsonencode([{{ name = "c", image = "{REFERENCE}" }}])
}}
"""
)

CASES = [
    Case(group.NO_KEY, PASS, (image(),)),
    Case(group.NO_KEY, FAIL, (image(exhibits=exhibits(KEY)),)),
    Case(group.NO_KEY, FAIL, (image(exhibits=exhibits(KEY, hidden=True)),)),
    Case(group.NO_KEY, FAIL, (image(exhibits=exhibits(ENCRYPTED)),)),
    Case(group.NO_KEY, UNKNOWN, (image(exhibits=exhibits(hidden=True)),)),
    Case(group.NO_KEY, UNKNOWN, (image(exhibits=HIDDEN),)),
    Case(group.NO_HOST_KEY, PASS, (image(),)),
    Case(group.NO_HOST_KEY, FAIL, (image(exhibits=exhibits(HOST)),)),
    Case(group.NO_HOST_KEY, UNKNOWN, (image(exhibits=exhibits(hidden=True)),)),
    Case(group.NO_SHARED_KEY, PASS, (image(exhibits=exhibits(KEY)), *POD)),
    Case(group.NO_SHARED_KEY, FAIL, (SHARED, *POD)),
    Case(group.NO_SHARED_KEY, FAIL, (SHARED, *MODEL)),
    Case(group.NO_SHARED_KEY, UNKNOWN, (image(exhibits=exhibits(KEY, hidden=True)), *POD)),
    Case(group.NO_SHARED_KEY, NONE, POD),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)


@pytest.mark.parametrize(
    ("resources", "severity", "said"),
    [
        (MODEL, Severity.LOW, "SageMaker lets nothing from outside"),
        (BALANCED, Severity.CRITICAL, "SSH is reached from internet"),
    ],
    ids=["sagemaker", "eks"],
)
def test_the_same_image_is_as_bad_as_where_it_runs(
    resources: tuple[Resource, ...], severity: Severity, said: str
) -> None:
    _, verdict = Case(group.NO_SHARED_KEY, FAIL, (SHARED, *resources)).judged()
    assert (verdict.status, verdict.severity) == (FAIL, severity)
    assert said in verdict.reason


def test_on_ecs_a_key_is_judged_by_what_reaches_the_task() -> None:
    _, verdict = Case(group.NO_SHARED_KEY, FAIL, (SHARED, *TASK)).judged()
    assert verdict.status is FAIL
    assert "SSH" in verdict.reason


def test_a_key_that_is_trusted_is_worse_than_one_that_is_not() -> None:
    _, trusted = Case(group.NO_KEY, FAIL, (SHARED,)).judged()
    _, alone = Case(group.NO_KEY, FAIL, (image(exhibits=exhibits(KEY)),)).judged()
    assert (trusted.severity, alone.severity) == (Severity.HIGH, None)


def test_what_the_base_brought_is_its_publishers() -> None:
    of_base = exhibit("ssh-host-key", "etc/ssh/ssh_host_rsa_key", base="debian:12")
    _, verdict = Case(group.NO_HOST_KEY, FAIL, (image(exhibits=exhibits(of_base)),)).judged()
    assert verdict.in_base is True
    _, mixed = Case(group.NO_HOST_KEY, FAIL, (image(exhibits=exhibits(of_base, HOST)),)).judged()
    assert mixed.in_base is False
