"""Code that comes with a model, where an image asks for it."""

from __future__ import annotations

import pytest

from ourhalf.controls.models.loading import IMAGE_REMOTE_CODE
from ourhalf.model.verdict import Status
from tests.controls.images import HIDDEN, environment, exhibit, exhibits, image, known
from tests.support import Case, check

SCRIPT = exhibit("start-script", "serve.sh", details={"lines": "vllm serve m --trust-remote-code"})
CASES = [
    Case(IMAGE_REMOTE_CODE, Status.PASS, (image(),)),
    Case(IMAGE_REMOTE_CODE, Status.PASS, (image(environment=environment(HF_TRUST_REMOTE_CODE="false")),)),
    Case(IMAGE_REMOTE_CODE, Status.PASS, (image(exhibits=exhibits(SCRIPT), command=known(("bash",))),)),
    Case(IMAGE_REMOTE_CODE, Status.FAIL, (image(environment=environment(SM_VLLM_TRUST_REMOTE_CODE="true")),)),
    Case(IMAGE_REMOTE_CODE, Status.FAIL, (image(exhibits=exhibits(SCRIPT), entrypoint=known(("/serve.sh",))),)),
    Case(IMAGE_REMOTE_CODE, Status.UNKNOWN, (image(environment=HIDDEN),)),
    Case(IMAGE_REMOTE_CODE, Status.UNKNOWN, (image(exhibits=HIDDEN, entrypoint=known(("/serve.sh",))),)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
