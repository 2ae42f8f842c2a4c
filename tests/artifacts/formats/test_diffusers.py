"""Pipelines of Diffusers: components of known libraries are settings; any other module is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ourhalf.artifacts.judgement import Judgement
from tests.artifacts.shapes import formats, found, judged, why

SAFE, UNSAFE, UNPROVED = Judgement.SAFE, Judgement.UNSAFE, Judgement.UNPROVED


def index(**parts: Any) -> bytes:
    given = {"_class_name": "StableDiffusionPipeline", "_diffusers_version": "0.30.0", **parts}
    return json.dumps(given).encode()


def test_a_pipeline_of_known_components_is_safe() -> None:
    data = index(
        unet=["diffusers", "UNet2DConditionModel"],
        tokenizer=["transformers", "CLIPTokenizer"],
        safety_checker=[None, None],
        feature_extractor=["stable_diffusion", "X"],
        sizes=[64, 64],
    )
    (one,) = found(data)
    assert (one.format, one.judgement, one.facts) == ("diffusers", SAFE, {"class": "StableDiffusionPipeline"})


@pytest.mark.parametrize(
    ("parts", "judgement", "told"),
    [
        ({"unet": ["my_unet", "Unet"]}, UNPROVED, "my_unet.Unet"),
        ({"unet": ["os", "system"]}, UNSAFE, "runs commands"),
        ({"_class_name": ["my_pipeline", "Pipeline"]}, UNPROVED, "code of the repository"),
    ],
)
def test_other_modules_are_told(parts: Any, judgement: Judgement, told: str) -> None:
    assert judged(index(**parts)) is judgement
    assert told in why(index(**parts))


def test_an_index_without_a_version_is_one_by_its_components() -> None:
    assert formats(json.dumps({"_class_name": "X", "unet": ["evil", "X"]}).encode()) == {"diffusers"}
    assert formats(json.dumps({"_class_name": "X"}).encode()) == set()
