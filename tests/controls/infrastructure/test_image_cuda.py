"""Libraries that stand in for the driver of a host."""

from __future__ import annotations

import pytest

from ourhalf.controls.infrastructure.image_cuda import COMPATIBILITY
from ourhalf.model.verdict import Status
from tests.controls.images import REFERENCE, exhibit, exhibits, image
from tests.support import Case, api, check

DRIVER = exhibit("cuda-compatibility", "usr/local/cuda/compat/libcuda.so.550.54.15", details={"driver": "550.54.15"})
LINK = exhibit("cuda-compatibility", "usr/local/cuda/compat/libcuda.so.1", details={"leads-to": "/proc"})
MODEL = api(
    "sagemaker:CreateModel",
    ModelName="m",
    ExecutionRoleArn="arn:aws:iam::111122223333:role/r",
    PrimaryContainer={"Image": REFERENCE},
)

CASES = [
    Case(COMPATIBILITY, Status.PASS, (image(),)),
    Case(COMPATIBILITY, Status.FAIL, (image(exhibits=exhibits(DRIVER, LINK)),)),
    Case(COMPATIBILITY, Status.UNKNOWN, (image(exhibits=exhibits(DRIVER)),)),
    Case(COMPATIBILITY, Status.UNKNOWN, (image(exhibits=exhibits(hidden=True)),)),
    Case(COMPATIBILITY, Status.NOT_APPLICABLE, (image(exhibits=exhibits(DRIVER)), MODEL)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
