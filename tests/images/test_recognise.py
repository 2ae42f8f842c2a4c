"""Deep Learning Containers are recognised by registry, repository and tag, and no further than that."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourhalf.images.recognise import DeepLearningContainers
from ourhalf.images.reference import parse
from ourhalf.model.field import Absent, Known, Unresolved
from ourhalf.model.images import Publisher

FACTS = DeepLearningContainers().facts
DLC = "763104351884.dkr.ecr.us-east-1.amazonaws.com"


@pytest.mark.parametrize(
    ("text", "publisher", "version", "end"),
    [
        (f"{DLC}/whisperx:3.8.6-cu128-amzn2023-sagemaker", "aws-deep-learning-container", "3.8.6", date(2027, 5, 25)),
        (
            "public.ecr.aws/deep-learning-containers/whisperx:3.8.6-cu128-amzn2023-sagemaker",
            "aws-deep-learning-container",
            "3.8.6",
            date(2027, 5, 25),
        ),
        (
            f"{DLC}/pytorch-training:2.4.0-gpu-py311-cu124-ubuntu22.04-sagemaker",
            "aws-deep-learning-container",
            "2.4",
            date(2025, 7, 24),
        ),
        (
            "727897471807.dkr.ecr.cn-north-1.amazonaws.com.cn/tensorflow-training:2.14.1-cpu-py310",
            "aws-deep-learning-container",
            "2.14",
            date(2024, 9, 26),
        ),
        (f"{DLC}/pytorch-training@sha256:{'0' * 64}", "aws-deep-learning-container", None, None),
        (f"{DLC}/pytorch-training:99.1-gpu", "aws-deep-learning-container", "99.1", None),
        ("111122223333.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.4.0-gpu", "unknown", None, None),
        ("pytorch/pytorch:2.4", "other", None, None),
        ("registry.example.com/x:1", "unknown", None, None),
        ("", "unknown", None, None),
        (f"{DLC}.evil.example/pytorch-training:2.4.0-gpu", "unknown", None, None),
    ],
)
def test_references(text: str, publisher: str, version: str | None, end: date | None) -> None:
    facts = FACTS(Known(text))
    assert (facts.publisher, facts.version, facts.end_of_patch) == (Publisher(publisher), version, end)
    assert facts.why


def test_an_unknown_region_still_tells_the_version() -> None:
    parts = ("763104351884.dkr.ecr.", None, ".amazonaws.com/pytorch-training:2.4.0-gpu-py311")
    facts = FACTS(Unresolved("the region is not known", parts=parts))
    assert facts.end_of_patch == date(2025, 7, 24)


def test_what_is_not_named_is_unknown() -> None:
    assert FACTS(Absent()).publisher is Publisher.UNKNOWN
    assert FACTS(Unresolved("variable `x` has no value")).why == "variable `x` has no value"


@pytest.mark.parametrize(
    ("text", "registry", "repository", "tag"),
    [
        ("postgres:16", "docker.io", "library/postgres", "16"),
        ("amazonlinux:2@sha256:" + "a" * 64, "docker.io", "library/amazonlinux", "2"),
        ("org/image:3", "docker.io", "org/image", "3"),
        ("localhost:5000/image:3", "localhost:5000", "image", "3"),
    ],
)
def test_a_tag_of_digits_is_no_port(text: str, registry: str, repository: str, tag: str) -> None:
    found = parse(text)
    assert found is not None
    assert (found.registry, found.repository, found.tag) == (registry, repository, tag)


@given(st.text(max_size=200))
def test_any_text_gets_an_answer(text: str) -> None:
    facts = FACTS(Known(text))
    assert facts.publisher in set(Publisher)
    reference = parse(text)
    assert reference is None or reference.text == text


LABEL = "com.amazonaws.ml.engines.sagemaker.dlc.framework"


@pytest.mark.parametrize(
    ("label", "framework", "version", "end"),
    [
        (f"{LABEL}.pytorch.2-4-0", "pytorch", "2.4.0", date(2025, 7, 24)),
        (f"{LABEL}.whisperx.3-8-6", "WhisperX", "3.8.6", date(2027, 5, 25)),
        (f"{LABEL}.djl.v0-26-0.deepspeed", "djl", "0.26.0", None),
        (f"{LABEL}.unheard-of.1-0", "unheard-of", "1.0", None),
    ],
)
def test_labels_tell_what_an_image_is_built_on(label: str, framework: str, version: str, end: date | None) -> None:
    facts = DeepLearningContainers().labelled({"maintainer": "x", label: "true"})
    assert facts is not None
    assert (facts.publisher, facts.end_of_patch) == (Publisher.AWS_DEEP_LEARNING, end)
    assert (facts.framework or "").lower().startswith(framework.lower())
    assert facts.version == version


@pytest.mark.parametrize("label", [LABEL, f"{LABEL}.djl.deepspeed", "maintainer", f"x.{LABEL}.pytorch.2-4-0"])
def test_other_labels_tell_nothing(label: str) -> None:
    assert DeepLearningContainers().labelled({label: "true"}) is None
