"""Secrets in images, alone and where they run."""

from __future__ import annotations

import pytest

from ourhalf.controls.data_protection import image_secrets as group
from ourhalf.model.field import Redacted
from ourhalf.model.verdict import Status
from ourhalf.resources.images import HistoryLine
from tests.controls.images import HIDDEN, REFERENCE, environment, exhibit, exhibits, image, known
from tests.support import Case, check, kubernetes

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE
SECRET = exhibit("secret", "root/.netrc")
REMOVED = exhibit("secret", "root/.netrc", removed=2)
POD = kubernetes(
    f"""\
apiVersion: v1
kind: Pod
metadata: {{name: p}}
spec: {{containers: [{{name: c, image: '{REFERENCE}'}}]}}
"""
)
TOKEN = environment(HF_TOKEN=Redacted("hugging-face-token", "hf_", "0" * 12))  # type: ignore[arg-type]
LINE = known((HistoryLine(command=known("RUN login --token hf_REDACTED-hugging-face-token-0123456789ab")),))

CASES = [
    Case(group.IN_FILES, PASS, (image(),)),
    Case(group.IN_FILES, FAIL, (image(exhibits=exhibits(SECRET)),)),
    Case(group.IN_FILES, FAIL, (image(exhibits=exhibits(REMOVED)),)),
    Case(group.IN_FILES, UNKNOWN, (image(exhibits=exhibits(hidden=True)),)),
    Case(group.IN_SETTINGS, PASS, (image(),)),
    Case(group.IN_SETTINGS, FAIL, (image(environment=TOKEN),)),
    Case(group.IN_SETTINGS, FAIL, (image(history=LINE),)),
    Case(group.IN_SETTINGS, UNKNOWN, (image(history=HIDDEN),)),
    Case(group.RUNS_WITHOUT, PASS, (image(), *POD)),
    Case(group.RUNS_WITHOUT, PASS, (image(exhibits=exhibits(REMOVED)), *POD)),
    Case(group.RUNS_WITHOUT, FAIL, (image(exhibits=exhibits(SECRET)), *POD)),
    Case(group.RUNS_WITHOUT, UNKNOWN, (image(exhibits=exhibits(hidden=True)), *POD)),
    Case(group.RUNS_WITHOUT, NONE, POD),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
