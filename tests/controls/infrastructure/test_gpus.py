"""How containers come by GPUs."""

from __future__ import annotations

import pytest

from ourhalf.controls.infrastructure import gpus as group
from ourhalf.model.profile import Requirements, Sensitivity
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.pods import pod, spread
from tests.support import Case, api, check, kubernetes

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE
STRICT = Requirements(sensitivity=Sensitivity.CONFIDENTIAL)
ALL = "env: [{name: NVIDIA_VISIBLE_DEVICES, value: all}]"


CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"


def plugin(*texts: str) -> tuple[Resource, ...]:
    files = (f"  any{n}: |\n" + "".join(f"    {line}\n" for line in t.splitlines()) for n, t in enumerate(texts))
    return kubernetes(f"{CONFIG}data:\n{''.join(files)}")


def task(**fields: object) -> tuple[Resource, ...]:
    container = {"name": "main", "image": "repo/train:1", **fields}
    return (api("ecs:RegisterTaskDefinition", family="t", containerDefinitions=[container]),)


SLICED = "version: v1\nsharing:\n  timeSlicing:\n    resources:\n    - name: nvidia.com/gpu\n      replicas: "

CASES: list[Case] = [
    Case(group.THROUGH_LIMITS, FAIL, pod(ALL)),
    Case(group.THROUGH_LIMITS, PASS, spread(f"{ALL}\nresources:\n  limits:\n    nvidia.com/gpu: 1")),
    Case(group.THROUGH_LIMITS, PASS, pod("env: [{name: NVIDIA_VISIBLE_DEVICES, value: none}]")),
    Case(group.THROUGH_LIMITS, PASS, pod()),
    Case(group.THROUGH_LIMITS, UNKNOWN, pod("envFrom: [{configMapRef: {name: c}}]")),
    Case(group.THROUGH_LIMITS, FAIL, task(environment=[{"name": "NVIDIA_VISIBLE_DEVICES", "value": "0"}])),
    Case(
        group.THROUGH_LIMITS,
        PASS,
        task(
            environment=[{"name": "NVIDIA_VISIBLE_DEVICES", "value": "all"}],
            resourceRequirements=[{"type": "GPU", "value": "1"}],
        ),
    ),
    Case(group.THROUGH_LIMITS, NONE, task()),
    Case(group.UNSHARED, FAIL, plugin(f"{SLICED}4"), requirements=STRICT),
    Case(group.UNSHARED, PASS, plugin(f"{SLICED}1"), requirements=STRICT),
    Case(group.UNSHARED, FAIL, plugin(f"{SLICED}4".replace("timeSlicing", "mps")), requirements=STRICT),
    Case(group.UNSHARED, PASS, plugin("version: v1\nflags:\n  migStrategy: mixed"), requirements=STRICT),
    Case(group.UNSHARED, UNKNOWN, plugin("sharing:\n  timeSlicing:\n   - [broken"), requirements=STRICT),
    Case(group.UNSHARED, NONE, plugin("a: b"), requirements=STRICT),
    Case(group.UNSHARED, NONE, plugin(f"{SLICED}4")),
    Case(group.THROUGH_LIMITS, PASS, task(environment=[{"name": "NVIDIA_VISIBLE_DEVICES", "value": "void"}])),
    Case(group.THROUGH_LIMITS, UNKNOWN, spread(f"{ALL}\nresources:\n  limits:\n    nvidia.com/gpu: '${{GPUS}}'")),
    Case(group.UNSHARED, FAIL, plugin(f"{SLICED}2"), requirements=STRICT),
    Case(group.UNSHARED, UNKNOWN, plugin(f"{SLICED}some"), requirements=STRICT),
    Case(group.UNSHARED, UNKNOWN, plugin("sharing:\n  timeSlicing:\n    resources: later"), requirements=STRICT),
    Case(group.UNSHARED, FAIL, plugin(f"{SLICED}some", f"{SLICED}2"), requirements=STRICT),
    Case(group.UNSHARED, NONE, kubernetes(f"{CONFIG}data: '${{DATA}}'\n"), requirements=STRICT),
    Case(
        group.UNSHARED,
        NONE,
        kubernetes(f"{CONFIG}data:\n  {{{{- toYaml .Values.config | nindent 2 }}}}\n"),
        requirements=STRICT,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
