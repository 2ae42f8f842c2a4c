"""Secrets written in clear."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from ourhalf.controls.data_protection import secrets as group
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from ourhalf.readers.secrets import scrub
from tests.support import Case, api, check, read

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE
TOKEN = "hf_" + "Ab1" * 12
MARK = "hf_REDACTED-hugging-face-token-0123456789ab"
LATER = {"Ref": "x"}


def training(environment: Any = None, parameters: Any = None) -> tuple[Resource, ...]:
    return (
        api(
            "sagemaker:CreateTrainingJob",
            TrainingJobName="t",
            AlgorithmSpecification={"TrainingImage": "x:1"},
            Environment=environment,
            HyperParameters=parameters,
        ),
    )


def model(environment: Any) -> tuple[Resource, ...]:
    return (api("sagemaker:CreateModel", ModelName="m", PrimaryContainer={"Image": "x", "Environment": environment}),)


def script(text: str) -> list[dict[str, str]]:
    return [{"Content": base64.b64encode(text.encode()).decode()}]


def notebook(**scripts: Any) -> tuple[Resource, ...]:
    return (api("sagemaker:CreateNotebookInstanceLifecycleConfig", NotebookInstanceLifecycleConfigName="n", **scripts),)


def studio(content: Any) -> tuple[Resource, ...]:
    return (
        api(
            "sagemaker:CreateStudioLifecycleConfig",
            StudioLifecycleConfigName="s",
            StudioLifecycleConfigContent=content,
        ),
    )


CLEAN, LEAKING = script("echo hello"), script(f"export TOKEN={TOKEN}\n")

CASES: list[Case] = [
    Case(group.ENVIRONMENT, FAIL, training({"KAGGLE_KEY": "0123456789abcdef0123456789abcdef"})),
    Case(group.ENVIRONMENT, PASS, training()),
    Case(group.ENVIRONMENT, PASS, training({"EPOCHS": "3", "HF_TOKEN_PATH": "/run/token"})),
    Case(group.ENVIRONMENT, FAIL, training({"DB_PASSWORD": "correct horse"})),
    Case(group.ENVIRONMENT, FAIL, training(parameters={"api_key": "correct-horse"})),
    Case(group.ENVIRONMENT, UNKNOWN, training({"HF_TOKEN": LATER})),
    Case(group.ENVIRONMENT, PASS, training({"EPOCHS": LATER})),
    Case(group.ENVIRONMENT, UNKNOWN, training("later")),
    Case(group.ENVIRONMENT, FAIL, model({"HUGGING_FACE_HUB_TOKEN": "correct-horse"})),
    Case(group.ENVIRONMENT, PASS, model({"HF_TOKEN": "${HF_TOKEN}"})),
    Case(group.NOTEBOOK_SCRIPTS, PASS, notebook(OnCreate=CLEAN)),
    Case(group.NOTEBOOK_SCRIPTS, FAIL, notebook(OnCreate=CLEAN, OnStart=LEAKING)),
    Case(group.NOTEBOOK_SCRIPTS, NONE, notebook()),
    Case(group.NOTEBOOK_SCRIPTS, UNKNOWN, notebook(OnStart=[{"Content": LATER}])),
    Case(group.STUDIO_SCRIPTS, PASS, studio(CLEAN[0]["Content"])),
    Case(group.STUDIO_SCRIPTS, FAIL, studio(LEAKING[0]["Content"])),
    Case(group.STUDIO_SCRIPTS, UNKNOWN, studio(LATER)),
    Case(
        group.ENVIRONMENT,
        FAIL,
        (
            api(
                "sagemaker:CreateTrainingJob",
                TrainingJobName="t",
                AlgorithmSpecification={"TrainingImage": "x:1", "ContainerArguments": ["--token", MARK]},
            ),
        ),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)


@pytest.mark.parametrize("case", [case for case in CASES if case.expect is FAIL], ids=str)
def test_no_verdict_shows_the_secret(case: Case) -> None:
    shown = repr(case.judged())
    assert "correct" not in shown
    assert TOKEN not in shown


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("HF_TOKEN", True),
        ("aws_secret_access_key", True),
        ("SM_HP_API_KEY", True),
        ("DbPassword", True),
        ("maxTokens", False),
        ("MAX_TOKENS", False),
        ("TOKENIZER", False),
        ("SECRET_ARN", False),
        ("TOKEN_COUNT", False),
    ],
)
def test_names(name: str, secret: bool) -> None:
    assert group.names_a_secret(name) is secret


def test_a_token_is_marked_where_files_are_opened_and_fails_under_any_name() -> None:
    request = {"ModelName": "m", "PrimaryContainer": {"Image": "x:1", "Environment": {"T": TOKEN}}}
    evidence = read({"model.json": scrub(json.dumps(request).encode())})
    assert TOKEN not in repr(evidence)
    check(Case(group.ENVIRONMENT, FAIL, evidence.resources))
