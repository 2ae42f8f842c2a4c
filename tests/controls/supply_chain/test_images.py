"""Which image a container runs."""

from __future__ import annotations

import pytest

from ourhalf.controls.supply_chain import images as group
from ourhalf.model.profile import Parameters, Requirements, Sensitivity
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.support import Case, api, check, kubernetes

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE
DIGEST = "sha256:" + "a" * 64
SECRET = Requirements(sensitivity=Sensitivity.REGULATED)
OURS = Requirements(parameters=Parameters(approved_registries=("111122223333.dkr.ecr.*.amazonaws.com/ml",)))


def model(image: object) -> tuple[Resource, ...]:
    return (api("sagemaker:CreateModel", ModelName="m", PrimaryContainer={"Image": image}),)


def pod(image: str) -> tuple[Resource, ...]:
    return kubernetes(
        f"apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec:\n  containers:\n  - name: c\n    image: '{image}'\n"
    )


CASES: list[Case] = [
    Case(group.IMAGE_TAG_FIXED, FAIL, model("vllm/vllm-openai")),
    Case(group.IMAGE_TAG_FIXED, FAIL, model("vllm/vllm-openai:latest")),
    Case(group.IMAGE_TAG_FIXED, FAIL, model("localhost:5000/vllm")),
    Case(group.IMAGE_TAG_FIXED, PASS, model("vllm/vllm-openai:v0.14.0")),
    Case(group.IMAGE_TAG_FIXED, PASS, model(f"vllm/vllm-openai@{DIGEST}")),
    Case(group.IMAGE_TAG_FIXED, FAIL, model("{username}/feast:latest")),
    Case(group.IMAGE_TAG_FIXED, FAIL, pod("${REGISTRY}/train:latest")),
    Case(group.IMAGE_TAG_FIXED, UNKNOWN, pod("${REGISTRY}/train:1.2")),
    Case(group.IMAGE_TAG_FIXED, UNKNOWN, pod("${REGISTRY}/train:${TAG}")),
    Case(group.IMAGE_TAG_FIXED, UNKNOWN, pod("${IMAGE}")),
    Case(group.IMAGE_PINNED, FAIL, pod("${REGISTRY}/train:1.2"), requirements=SECRET),
    Case(group.IMAGE_PINNED, UNKNOWN, pod("${REGISTRY}/train:1.2")),
    Case(group.IMAGE_PINNED, UNKNOWN, pod("${REGISTRY}/train:${TAG}"), requirements=SECRET),
    Case(group.IMAGE_PINNED, UNKNOWN, pod(f"${{REGISTRY}}/train@{DIGEST}"), requirements=SECRET),
    Case(group.IMAGE_TAG_FIXED, UNKNOWN, model("no reference at all")),
    Case(group.IMAGE_TAG_FIXED, UNKNOWN, pod(f"${{REGISTRY}}/train@{DIGEST}")),
    Case(group.IMAGE_TAG_FIXED, UNKNOWN, model(["a", "b"])),
    Case(group.IMAGE_PINNED, PASS, model(f"x:1@{DIGEST}")),
    Case(group.IMAGE_PINNED, FAIL, model("x:1"), requirements=SECRET),
    Case(group.IMAGE_PINNED, NONE, model("x:1")),
    Case(group.IMAGE_PINNED, UNKNOWN, model(["x"]), requirements=SECRET),
    Case(group.IMAGE_APPROVED, NONE, model("x:1")),
    Case(
        group.IMAGE_APPROVED,
        PASS,
        model("111122223333.dkr.ecr.us-east-1.amazonaws.com/ml/train:1"),
        requirements=OURS,
    ),
    Case(
        group.IMAGE_APPROVED,
        FAIL,
        model("111122223333.dkr.ecr.us-east-1.amazonaws.com/mlx/train:1"),
        requirements=OURS,
    ),
    Case(group.IMAGE_APPROVED, FAIL, model("docker.io/library/x:1"), requirements=OURS),
    Case(group.IMAGE_APPROVED, UNKNOWN, model({"Ref": "x"}), requirements=OURS),
    Case(group.IMAGE_APPROVED, UNKNOWN, model("no reference at all"), requirements=OURS),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
