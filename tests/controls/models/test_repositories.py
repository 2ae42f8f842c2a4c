"""Where models come from."""

from __future__ import annotations

import pytest

from ourhalf.controls.models import repositories as group
from ourhalf.model.profile import Requirements, Sensitivity
from ourhalf.model.verdict import Status
from tests.controls.serving import HIDDEN, environment, pod
from tests.support import Case, check

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE
COMMIT = "0123456789abcdef0123456789abcdef01234567"
SECRET = Requirements(Sensitivity.CONFIDENTIAL, why="tests say so")
SERVE = '["vllm", "serve", "org/model"]'
BUCKET = '["tritonserver", "--model-repository=s3://b"]'
TRITON = '["tritonserver", "--model-repository=/models/a"%s]'


def mounted(more: str = "", path: str = "/models") -> str:
    return f"    volumeMounts:\n    - name: m\n      mountPath: {path}\n{more}"


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
    Case(
        group.REVISION_PINNED,
        UNKNOWN,
        pod("x", more=environment(HF_MODEL_ID="org/model", REVISION=HIDDEN)),
        requirements=SECRET,
    ),
    Case(
        group.REVISION_PINNED,
        UNKNOWN,
        pod("x", f'["vllm", "serve", "org/model", "{HIDDEN}"]', more=environment(REVISION=COMMIT)),
        requirements=SECRET,
    ),
    Case(
        group.REVISION_PINNED,
        UNKNOWN,
        pod("x", '["vllm", "serve", "org/model"]', f'["{HIDDEN}"]', environment(REVISION=COMMIT)),
        requirements=SECRET,
    ),
    Case(
        group.REVISION_PINNED,
        UNKNOWN,
        pod("x", f'["vllm", "serve", "org/model", "--revision", "{HIDDEN}", "--port=80"]'),
        requirements=SECRET,
    ),
    Case(
        group.REVISION_PINNED,
        UNKNOWN,
        pod("x", f'["vllm", "serve", "org/model", "--revision=main", "{HIDDEN}"]'),
        requirements=SECRET,
    ),
    Case(group.REVISION_PINNED, NONE, pod("x", '["vllm", "serve", "/models/m"]'), requirements=SECRET),
    Case(group.REVISION_PINNED, NONE, pod("x", more=environment(HF_MODEL_ID="/models/m")), requirements=SECRET),
    Case(group.MODELS_FIXED, PASS, pod("x", TRITON % "")),
    Case(group.MODELS_FIXED, PASS, pod("x", TRITON % ', "--model-control-mode=none"')),
    Case(group.MODELS_FIXED, FAIL, pod("x", TRITON % ', "--model-control-mode=explicit"')),
    Case(group.MODELS_FIXED, FAIL, pod("x", TRITON % ', "--model-control-mode", "poll"')),
    Case(group.MODELS_FIXED, UNKNOWN, pod("x", TRITON % f', "{HIDDEN}"')),
    Case(group.MODELS_FIXED, UNKNOWN, pod("x", TRITON % f', "--model-control-mode=none", "{HIDDEN}"')),
    Case(group.MODELS_FIXED, FAIL, pod("x", TRITON % ', "--model-control-mode=none", "--model-control-mode=poll"')),
    Case(group.MODELS_FIXED, PASS, pod("x", f'["tritonserver", "{HIDDEN}", "--model-control-mode=none"]')),
    Case(group.MODELS_FIXED, UNKNOWN, pod("x", f'["tritonserver", "--model-control-mode", "{HIDDEN}", "--a=none"]')),
    Case(group.MODELS_FIXED, UNKNOWN, pod("x", '["sh", "-c", "tritonserver --model-control-mode=$MODE"]')),
    Case(group.MODELS_FIXED, NONE, pod("x", '["python", "train.py"]')),
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
    Case(group.REPOSITORY_READ_ONLY, NONE, pod("x", BUCKET), requirements=SECRET),
    Case(group.REPOSITORY_READ_ONLY, NONE, pod("x", TRITON % ""), requirements=SECRET),
    Case(group.REPOSITORY_READ_ONLY, NONE, pod("x", TRITON % "", more=mounted(path="/data")), requirements=SECRET),
    Case(group.REPOSITORY_READ_ONLY, UNKNOWN, pod("x", TRITON % "", more=mounted(path=HIDDEN)), requirements=SECRET),
    Case(
        group.REPOSITORY_READ_ONLY,
        UNKNOWN,
        pod("x", TRITON % "", more=f"    volumeMounts: ['{HIDDEN}']"),
        requirements=SECRET,
    ),
    Case(
        group.REPOSITORY_READ_ONLY,
        UNKNOWN,
        pod("x", f'["tritonserver", "--model-repository", "{HIDDEN}"]', more=mounted()),
        requirements=SECRET,
    ),
    Case(
        group.REPOSITORY_READ_ONLY,
        UNKNOWN,
        pod("x", f'["tritonserver", "--model-repository=s3://b/m", "--model-store", "{HIDDEN}"]'),
        requirements=SECRET,
    ),
    Case(
        group.REPOSITORY_READ_ONLY,
        UNKNOWN,
        pod("x", f'["tritonserver", "{HIDDEN}"]', more=mounted()),
        requirements=SECRET,
    ),
    Case(
        group.REPOSITORY_READ_ONLY,
        UNKNOWN,
        pod("x", '["tritonserver"]', f'["{HIDDEN}"]', more=mounted()),
        requirements=SECRET,
    ),
    Case(
        group.REPOSITORY_READ_ONLY,
        FAIL,
        pod("x", TRITON % f', "{HIDDEN}"', more=mounted()),
        requirements=SECRET,
    ),
    Case(group.REPOSITORY_READ_ONLY, NONE, pod("x", TRITON % f', "{HIDDEN}"'), requirements=SECRET),
    Case(
        group.REPOSITORY_READ_ONLY,
        NONE,
        pod("x", TRITON.replace("tritonserver", "train") % "", more=mounted()),
        requirements=SECRET,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)


@pytest.mark.parametrize(("mode", "how"), [("explicit", "requests"), ("poll", "files in the repository")])
def test_a_failure_says_how_models_are_loaded(mode: str, how: str) -> None:
    _, verdict = Case(group.MODELS_FIXED, FAIL, pod("x", TRITON % f', "--model-control-mode={mode}"')).judged()
    assert verdict.reason.startswith(how)
