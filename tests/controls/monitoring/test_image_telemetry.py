"""Usage statistics of what an image holds."""

from __future__ import annotations

import pytest

from ourhalf.controls.monitoring.image_telemetry import QUIET
from ourhalf.controls.monitoring.telemetry import AWS_CONTAINERS
from ourhalf.model.field import Entries
from ourhalf.model.packages import Ecosystem, Package
from ourhalf.model.profile import Requirements, Sensitivity, Severity
from ourhalf.model.verdict import Status
from ourhalf.resources.images import ContainerImage, InstalledPackage
from tests.controls.images import HIDDEN, REFERENCE, environment, exhibit, exhibits, image, known
from tests.support import Case, api, check

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE
CONFIDENTIAL = Requirements(sensitivity=Sensitivity.CONFIDENTIAL)
RESIDENT = Requirements(regulations=("residency",))
SCRIPT = exhibits(exhibit("usage-reporting-script", "usr/local/bin/deep_learning_container.py"))
LABEL = "com.amazonaws.ml.engines.sagemaker.dlc.framework.pytorch.2-6-0"
LABELS = known(Entries({LABEL: known("true")}))


def _holding(*names: str, **more: object) -> ContainerImage:
    packages = tuple(
        InstalledPackage(package=Package(name=one, version="1", ecosystem=Ecosystem.PYPI, purl=f"pkg:pypi/{one}@1"))
        for one in names
    )
    return image(**{"packages": known(packages), **more})


OUT = environment(OPT_OUT_TRACKING="true")
CASES = [
    Case(QUIET, FAIL, (_holding(exhibits=SCRIPT),), requirements=CONFIDENTIAL),
    Case(QUIET, FAIL, (_holding(labels=LABELS),), requirements=CONFIDENTIAL),
    Case(QUIET, PASS, (_holding(exhibits=SCRIPT, environment=OUT),), requirements=CONFIDENTIAL),
    Case(QUIET, FAIL, (_holding("vllm", "ray", environment=environment(DO_NOT_TRACK="1")),), requirements=CONFIDENTIAL),
    Case(QUIET, PASS, (_holding("vllm", environment=environment(DO_NOT_TRACK="1")),), requirements=CONFIDENTIAL),
    Case(QUIET, FAIL, (_holding("gradio"),), requirements=RESIDENT),
    Case(QUIET, NONE, (_holding("vllm"),)),
    Case(QUIET, NONE, (_holding("torch"),), requirements=CONFIDENTIAL),
    Case(QUIET, UNKNOWN, (_holding(packages=known((HIDDEN,))),), requirements=CONFIDENTIAL),
    Case(QUIET, UNKNOWN, (_holding("ray", environment=HIDDEN),), requirements=CONFIDENTIAL),
    Case(
        QUIET,
        UNKNOWN,
        (_holding(exhibits=exhibits(exhibit("usage-reporting-script"), hidden=True), environment=OUT),),
        requirements=CONFIDENTIAL,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)


def test_residency_makes_it_worse() -> None:
    _, verdict = Case(QUIET, FAIL, (_holding("gradio"),), requirements=RESIDENT).judged()
    assert verdict.severity is Severity.HIGH


@pytest.mark.parametrize(("labels", "status"), [({"labels": LABELS}, FAIL), ({}, UNKNOWN)], ids=["labelled", "unknown"])
def test_a_container_is_known_by_the_labels_of_its_image(labels: dict[str, object], status: Status) -> None:
    model = api(
        "sagemaker:CreateModel",
        ModelName="m",
        ExecutionRoleArn="arn:aws:iam::111122223333:role/r",
        PrimaryContainer={"Image": REFERENCE},
    )
    check(Case(AWS_CONTAINERS, status, (image(**labels), model), requirements=CONFIDENTIAL))
