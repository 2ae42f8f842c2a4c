"""How an image starts by itself."""

from __future__ import annotations

import pytest

from ourhalf.controls.infrastructure import image_settings as group
from ourhalf.model.verdict import Status
from tests.controls.images import HIDDEN, REFERENCE, environment, image, known, ports
from tests.support import Case, check, kubernetes

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE

POD = kubernetes(
    f"""\
apiVersion: v1
kind: Pod
metadata: {{name: p}}
spec:
  containers:
  - name: c
    image: {REFERENCE}
    resources: {{limits: {{nvidia.com/gpu: 1}}}}
"""
)
COMPOSE_LIKE = kubernetes(
    f"""\
apiVersion: v1
kind: Pod
metadata: {{name: p}}
spec:
  containers:
  - name: c
    image: {REFERENCE}
"""
)
ALL = environment(NVIDIA_VISIBLE_DEVICES="all", NVIDIA_DRIVER_CAPABILITIES="compute,utility")

CASES = [
    Case(group.NOT_ROOT, PASS, (image(user=known("1000")),)),
    Case(group.NOT_ROOT, PASS, (image(user=known("app:app")),)),
    Case(group.NOT_ROOT, FAIL, (image(),)),
    Case(group.NOT_ROOT, FAIL, (image(user=known("")),)),
    Case(group.NOT_ROOT, FAIL, (image(user=known("root")),)),
    Case(group.NOT_ROOT, FAIL, (image(user=known("0:1000")),)),
    Case(group.NOT_ROOT, UNKNOWN, (image(user=HIDDEN),)),
    Case(group.SSH_PORT, PASS, (image(),)),
    Case(group.SSH_PORT, PASS, (image(ports=ports(8080)),)),
    Case(group.SSH_PORT, FAIL, (image(ports=ports(8080, 22)),)),
    Case(group.SSH_PORT, FAIL, (image(ports=ports(2222)),)),
    Case(group.SSH_PORT, UNKNOWN, (image(ports=HIDDEN),)),
    Case(group.PRELOAD, FAIL, (image(environment=environment(LD_PRELOAD="/tmp/a.so")),)),
    Case(group.PRELOAD, PASS, (image(environment=environment(LD_PRELOAD="/usr/lib/libjemalloc.so.2")),)),
    Case(group.PRELOAD, UNKNOWN, (image(environment=environment(LD_PRELOAD=HIDDEN)),)),
    Case(group.PRELOAD, NONE, (image(),)),
    Case(group.GPUS, FAIL, (image(environment=ALL),)),
    Case(group.GPUS, FAIL, (image(environment=ALL), *COMPOSE_LIKE)),
    Case(group.GPUS, PASS, (image(environment=ALL), *POD)),
    Case(group.GPUS, NONE, (image(),)),
    Case(group.GPUS, UNKNOWN, (image(environment=HIDDEN),)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
