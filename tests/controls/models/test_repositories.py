"""Where models come from."""

from __future__ import annotations

import pytest

from ourhalf.controls.models import loading
from ourhalf.controls.models import repositories as group
from ourhalf.model.profile import Requirements, Sensitivity, Severity
from ourhalf.model.verdict import Status
from tests.controls.serving import HIDDEN, environment, pod
from tests.support import Case, check

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE
COMMIT = "0123456789abcdef0123456789abcdef01234567"
SECRET = Requirements(Sensitivity.CONFIDENTIAL, why="tests say so")
SERVE = '["vllm", "serve", "org/model"]'
BUCKET = '["tritonserver", "--model-repository=s3://b"]'
TRITON = '["tritonserver", "--model-repository=/models/a"%s]'


def mounted(more: str = "") -> str:
    return f"    volumeMounts:\n    - name: m\n      mountPath: /models\n{more}"


CASES: list[Case] = [
    Case(group.REVISION_PINNED, FAIL, pod("x", SERVE), requirements=SECRET),
    Case(group.REVISION_PINNED, NONE, pod("x", SERVE)),
    Case(group.REVISION_PINNED, FAIL, pod("x", more=environment(HF_MODEL_ID="org/model")), requirements=SECRET),
    Case(
        group.REVISION_PINNED,
        FAIL,
        pod("x", '["vllm", "serve", "org/model", "--revision", "main"]'),
        requirements=SECRET,
    ),
    Case(
        group.REVISION_PINNED,
        PASS,
        pod("x", f'["vllm", "serve", "org/model", "--revision", "{COMMIT}"]'),
        requirements=SECRET,
    ),
    Case(
        group.REVISION_PINNED,
        PASS,
        pod("x", more=environment(HF_MODEL_ID="org/model", REVISION=COMMIT)),
        requirements=SECRET,
    ),
    Case(
        group.REVISION_PINNED,
        UNKNOWN,
        pod("x", f'["vllm", "serve", "org/model", "{HIDDEN}"]'),
        requirements=SECRET,
    ),
    Case(group.REVISION_PINNED, NONE, pod("x", '["vllm", "serve", "/models/m"]'), requirements=SECRET),
    Case(group.MODELS_FIXED, PASS, pod("x", TRITON % "")),
    Case(group.MODELS_FIXED, PASS, pod("x", TRITON % ', "--model-control-mode=none"')),
    Case(group.MODELS_FIXED, FAIL, pod("x", TRITON % ', "--model-control-mode=explicit"')),
    Case(group.MODELS_FIXED, FAIL, pod("x", TRITON % ', "--model-control-mode", "poll"')),
    Case(group.MODELS_FIXED, UNKNOWN, pod("x", TRITON % f', "{HIDDEN}"')),
    Case(group.REPOSITORY_READ_ONLY, FAIL, pod("x", TRITON % "", more=mounted()), requirements=SECRET),
    Case(group.REPOSITORY_READ_ONLY, NONE, pod("x", TRITON % "", more=mounted())),
    Case(
        group.REPOSITORY_READ_ONLY,
        PASS,
        pod("x", TRITON % "", more=mounted("      readOnly: true")),
        requirements=SECRET,
    ),
    Case(
        group.REPOSITORY_READ_ONLY,
        UNKNOWN,
        pod("x", TRITON % "", more=mounted(f"      readOnly: {HIDDEN}")),
        requirements=SECRET,
    ),
    Case(
        group.REPOSITORY_READ_ONLY, NONE, pod("x", '["tritonserver", "--model-repository=s3://b"]'), requirements=SECRET
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)


def test_remote_code_at_a_commit_is_less_bad() -> None:
    command = '["vllm", "serve", "org/model", "--trust-remote-code"%s]'
    _, moving = Case(loading.REMOTE_CODE, FAIL, pod("x", command % "")).judged()
    _, fixed = Case(loading.REMOTE_CODE, FAIL, pod("x", command % f', "--revision={COMMIT}"')).judged()
    assert (moving.severity, fixed.severity) == (None, Severity.MEDIUM)
    assert moving.status is fixed.status is FAIL
