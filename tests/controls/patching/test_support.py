"""Whether a Deep Learning Container is still patched by AWS."""

from __future__ import annotations

import pytest

from ourhalf.controls.patching import support as group
from ourhalf.model.field import Entries
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from ourhalf.resources.images import ContainerImage
from tests.controls.images import image, known
from tests.support import Case, api, check

REGISTRY = "763104351884.dkr.ecr.us-east-1.amazonaws.com"


def model(image: object) -> tuple[Resource, ...]:
    return (api("sagemaker:CreateModel", ModelName="m", PrimaryContainer={"Image": image}),)


DLC_LABEL = "com.amazonaws.ml.engines.sagemaker.dlc.framework"
OWN = "111122223333.dkr.ecr.us-east-1.amazonaws.com/own:1"


def labelled(label: str, **more: object) -> ContainerImage:
    """An image of our own, with one label."""
    return image(**{"labels": known(Entries({f"{DLC_LABEL}.{label}": known("true")})), "reference": OWN, **more})


CASES: list[Case] = [
    Case(group.DLC_SUPPORTED, Status.FAIL, model(f"{REGISTRY}/pytorch-training:2.4.0-gpu-py311-cu124-ubuntu22.04-ec2")),
    Case(group.DLC_SUPPORTED, Status.PASS, model(f"{REGISTRY}/tensorflow-training:2.21.0-cpu-py312-sagemaker")),
    Case(group.DLC_SUPPORTED, Status.PASS, model(f"{REGISTRY}/sagemaker-xgboost:3.0-5")),
    Case(group.DLC_SUPPORTED, Status.UNKNOWN, model(f"{REGISTRY}/pytorch-training")),
    Case(group.DLC_SUPPORTED, Status.NOT_APPLICABLE, model({"Ref": "x"})),
    Case(group.DLC_SUPPORTED, Status.UNKNOWN, model(f"{REGISTRY}/pytorch-training:9.9-gpu")),
    Case(group.DLC_SUPPORTED, Status.NOT_APPLICABLE, model("vllm/vllm-openai:v0.14.0")),
    Case(group.DLC_SUPPORTED, Status.NOT_APPLICABLE, model(OWN)),
    Case(group.DLC_SUPPORTED, Status.FAIL, (labelled("pytorch.2-4-0"), *model(OWN))),
    Case(group.IMAGE_SUPPORTED, Status.FAIL, (labelled("pytorch.2-4-0"),)),
    Case(group.IMAGE_SUPPORTED, Status.PASS, (labelled("whisperx.3-8-6"),)),
    Case(group.IMAGE_SUPPORTED, Status.UNKNOWN, (labelled("pytorch.9-9-0"),)),
    Case(group.IMAGE_SUPPORTED, Status.NOT_APPLICABLE, (image(),)),
    Case(group.IMAGE_SUPPORTED, Status.FAIL, (image(base=known(f"{REGISTRY}/pytorch-training:2.4.0-gpu-py311")),)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
