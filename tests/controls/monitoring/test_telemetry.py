"""Usage statistics that images and frameworks send home."""

from __future__ import annotations

from typing import Any

import pytest

from ourhalf.controls.monitoring import telemetry as group
from ourhalf.model.profile import Requirements, Sensitivity, Severity
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.controls.serving import HIDDEN, pod
from tests.support import Case, api, check

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE
SECRET = Requirements(sensitivity=Sensitivity.CONFIDENTIAL)
RESIDENCY = Requirements(regulations=("gdpr",))
LATER = {"Ref": "x"}
DLC = "763104351884.dkr.ecr.eu-west-1.amazonaws.com/pytorch-training:2.5.1-gpu-py311-cu124-ubuntu22.04-sagemaker"


def model(image: Any, **environment: Any) -> tuple[Resource, ...]:
    return (api("sagemaker:CreateModel", ModelName="m", PrimaryContainer={"Image": image, "Environment": environment}),)


def started(*words: str, **environment: Any) -> tuple[Resource, ...]:
    return (
        api(
            "sagemaker:CreateTrainingJob",
            TrainingJobName="t",
            AlgorithmSpecification={"TrainingImage": "ours:1", "ContainerArguments": list(words)},
            Environment=environment,
        ),
    )


CASES: list[Case] = [
    Case(group.AWS_CONTAINERS, NONE, model(DLC)),
    Case(group.AWS_CONTAINERS, FAIL, model(DLC), requirements=SECRET),
    Case(group.AWS_CONTAINERS, FAIL, model(DLC), requirements=RESIDENCY),
    Case(group.AWS_CONTAINERS, PASS, model(DLC, OPT_OUT_TRACKING="true"), requirements=SECRET),
    Case(group.AWS_CONTAINERS, FAIL, model(DLC, OPT_OUT_TRACKING="false"), requirements=SECRET),
    Case(group.AWS_CONTAINERS, UNKNOWN, model(DLC, OPT_OUT_TRACKING=LATER), requirements=SECRET),
    Case(group.AWS_CONTAINERS, UNKNOWN, model(LATER), requirements=SECRET),
    Case(group.AWS_CONTAINERS, NONE, model("vllm/vllm-openai:v0.14.0"), requirements=SECRET),
    Case(group.VLLM, FAIL, model("vllm/vllm-openai:v0.14.0"), requirements=SECRET),
    Case(group.VLLM, PASS, model("vllm/vllm-openai:v0.14.0", VLLM_NO_USAGE_STATS="1"), requirements=SECRET),
    Case(group.VLLM, PASS, started("vllm", "serve", "m", DO_NOT_TRACK="1"), requirements=SECRET),
    Case(group.VLLM, FAIL, started("vllm", "serve", "m"), requirements=SECRET),
    Case(group.VLLM, NONE, started("python", "train.py"), requirements=SECRET),
    Case(group.VLLM, NONE, model(LATER)),
    Case(group.VLLM, UNKNOWN, model("vllm/vllm-openai:v1", VLLM_NO_USAGE_STATS=LATER), requirements=SECRET),
    Case(group.VLLM, PASS, model("vllm/vllm-openai:v1", VLLM_NO_USAGE_STATS=LATER, DO_NOT_TRACK="1")),
    Case(group.VLLM, NONE, pod("ours/train:${TAG}"), requirements=SECRET),
    Case(group.VLLM, UNKNOWN, pod("ours/train:${TAG}", f"[serve, '{HIDDEN}']"), requirements=SECRET),
    Case(group.VLLM, UNKNOWN, pod("ours/train:${TAG}", "", f"[serve, '{HIDDEN}']"), requirements=SECRET),
    Case(group.VLLM, NONE, pod("ours/train:1", f"[serve, '{HIDDEN}']"), requirements=SECRET),
    Case(group.VLLM, NONE, pod("", "[serve]"), requirements=SECRET),
    Case(group.VLLM, UNKNOWN, model(LATER), requirements=SECRET),
    Case(group.RAY, FAIL, model("rayproject/ray-ml:2.9.0"), requirements=SECRET),
    Case(group.RAY, FAIL, model("rayproject/ray:2.9.0", RAY_USAGE_STATS_ENABLED="1"), requirements=SECRET),
    Case(group.RAY, PASS, model("rayproject/ray:2.9.0", RAY_USAGE_STATS_ENABLED="0"), requirements=SECRET),
    Case(group.RAY, UNKNOWN, model("rayproject/ray:2.9.0", RAY_USAGE_STATS_ENABLED=LATER), requirements=SECRET),
    Case(group.RAY, NONE, model("example/array:1"), requirements=SECRET),
    Case(group.HUGGING_FACE, FAIL, model("huggingface/text-generation-inference:3.0"), requirements=SECRET),
    Case(
        group.HUGGING_FACE,
        PASS,
        model("huggingface/text-generation-inference:3.0", HF_HUB_DISABLE_TELEMETRY="1"),
        requirements=SECRET,
    ),
    Case(group.HUGGING_FACE, UNKNOWN, model(LATER), requirements=SECRET),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)


@pytest.mark.parametrize(("asked", "severity"), [(SECRET, None), (RESIDENCY, Severity.HIGH)])
def test_residency_raises_the_severity(asked: Requirements, severity: Severity | None) -> None:
    _, verdict = Case(group.AWS_CONTAINERS, FAIL, model(DLC), requirements=asked).judged()
    assert verdict.severity is severity
