"""Settings under which loading a model runs the code that somebody put into it."""

from __future__ import annotations

from typing import Any

import pytest

from ourhalf.controls.models import loading as group
from ourhalf.model.profile import Severity
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.controls.serving import pod
from tests.support import Case, api, check

FAIL, PASS, UNKNOWN = Status.FAIL, Status.PASS, Status.UNKNOWN
LATER = {"Ref": "x"}
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def job(arguments: Any = None, environment: Any = None, parameters: Any = None) -> tuple[Resource, ...]:
    return (
        api(
            "sagemaker:CreateTrainingJob",
            TrainingJobName="t",
            AlgorithmSpecification={"TrainingImage": "x:1", "ContainerArguments": arguments},
            Environment=environment,
            HyperParameters=parameters,
        ),
    )


CASES: list[Case] = [
    Case(group.REMOTE_CODE, PASS, job()),
    Case(group.REMOTE_CODE, PASS, job(["serve", "--model", "m"])),
    Case(group.REMOTE_CODE, FAIL, job(["serve", "--trust-remote-code"])),
    Case(group.REMOTE_CODE, FAIL, job(["serve --model m --trust-remote-code"])),
    Case(group.REMOTE_CODE, FAIL, job(["--trust_remote_code", "True"])),
    Case(group.REMOTE_CODE, PASS, job(["--trust_remote_code", "False"])),
    Case(group.REMOTE_CODE, PASS, job(["--trust-remote-code=false"])),
    Case(group.REMOTE_CODE, FAIL, job(environment={"HF_TRUST_REMOTE_CODE": "1"})),
    Case(group.REMOTE_CODE, FAIL, job(environment={"OPTION_TRUST_REMOTE_CODE": True})),
    Case(group.REMOTE_CODE, PASS, job(environment={"OPTION_TRUST_REMOTE_CODE": "false"})),
    Case(group.REMOTE_CODE, FAIL, job(parameters={"trust_remote_code": "true"})),
    Case(group.REMOTE_CODE, UNKNOWN, job(environment={"HF_TRUST_REMOTE_CODE": LATER})),
    Case(group.REMOTE_CODE, UNKNOWN, job(environment="later")),
    Case(group.REMOTE_CODE, UNKNOWN, job(["serve", LATER])),
    Case(group.WEIGHTS_ONLY, PASS, job()),
    Case(group.WEIGHTS_ONLY, PASS, job(environment={"TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD": "0"})),
    Case(group.WEIGHTS_ONLY, FAIL, job(environment={"TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD": "1"})),
    Case(group.WEIGHTS_ONLY, UNKNOWN, job(environment={"TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD": LATER})),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)


def test_remote_code_at_a_commit_is_less_bad() -> None:
    command = '["vllm", "serve", "org/model", "--trust-remote-code"%s]'
    _, moving = Case(group.REMOTE_CODE, FAIL, pod("x", command % "")).judged()
    _, fixed = Case(group.REMOTE_CODE, FAIL, pod("x", command % f', "--revision={COMMIT}"')).judged()
    assert (moving.severity, fixed.severity) == (None, Severity.MEDIUM)
    assert moving.status is fixed.status is FAIL


def test_a_flag_is_shown_where_it_is_written() -> None:
    serving = pod("x", '["vllm", "serve", "/models/m", "--trust-remote-code"]')
    _, verdict = Case(group.REMOTE_CODE, FAIL, serving).judged()
    assert [(place.line, place.field) for place in verdict.places] == [(8, "command")]
