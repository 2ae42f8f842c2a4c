"""Cases of controls that look at one request: fields that pass, that fail and that are not clear."""

from __future__ import annotations

from typing import Any

from ourhalf.model.control import Control
from ourhalf.model.profile import Parameters, Requirements, Sensitivity
from ourhalf.model.verdict import Status
from tests.support import Case, api

CONFIDENTIAL = Requirements(sensitivity=Sensitivity.CONFIDENTIAL, why="a test")
REGULATED = Requirements(sensitivity=Sensitivity.REGULATED, why="a test")
OWN_KEYS = Requirements(parameters=Parameters(require_customer_keys=True), why="a test")
DEFAULT = Requirements()


def three(
    control: Control[Any],
    operation: str,
    good: dict[str, Any],
    bad: dict[str, Any],
    unclear: dict[str, Any],
    asked: Requirements = DEFAULT,
) -> list[Case]:
    """A pass, a failure and an unknown; and where the profile must ask, not applicable when it does not."""
    found = [
        Case(control, Status.PASS, (api(operation, **good),), requirements=asked),
        Case(control, Status.FAIL, (api(operation, **bad),), requirements=asked),
        Case(control, Status.UNKNOWN, (api(operation, **unclear),), requirements=asked),
    ]
    if asked is not DEFAULT:
        found.append(Case(control, Status.NOT_APPLICABLE, (api(operation, **bad),)))
    return found
