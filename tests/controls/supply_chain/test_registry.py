"""Controls on registries and builds."""

from __future__ import annotations

from typing import Any

import pytest

from ourhalf.controls.supply_chain.registry import (
    BUILD_SECRETS,
    BUILD_UNPRIVILEGED,
    IMMUTABLE,
    REGISTRY_SCANS,
    SCANNED,
)
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.controls.requests import three
from tests.support import Case, api, check


def registry(*filters: Any, often: Any = "CONTINUOUS_SCAN") -> dict[str, Any]:
    found = [{"filter": f, "filterType": "WILDCARD"} for f in filters]
    return {"scanType": "ENHANCED", "rules": [{"scanFrequency": often, "repositoryFilters": found}]}


def scanning(**fields: Any) -> Resource:
    return api("ecr:PutRegistryScanningConfiguration", **fields)


def variables(*found: dict[str, Any]) -> dict[str, Any]:
    return {"environment": {"environmentVariables": list(found)}}


REPOSITORY = api("ecr:CreateRepository", repositoryName="r")
SCAN = "imageScanningConfiguration"
CASES = [
    *three(
        SCANNED,
        "ecr:CreateRepository",
        {SCAN: {"scanOnPush": True}},
        {"repositoryName": "r"},
        {SCAN: {"scanOnPush": 7}},
    ),
    Case(SCANNED, Status.PASS, (REPOSITORY, scanning(**registry("*")))),
    Case(SCANNED, Status.FAIL, (REPOSITORY, scanning(**registry("prod-*")))),
    Case(SCANNED, Status.UNKNOWN, (REPOSITORY, scanning(scanType="ENHANCED", rules=[7]))),
    *three(
        REGISTRY_SCANS,
        "ecr:PutRegistryScanningConfiguration",
        registry("prod-*", "*"),
        registry("prod-*"),
        {"rules": [7]},
    ),
    Case(REGISTRY_SCANS, Status.FAIL, (scanning(**registry("*", often="MANUAL")),)),
    *three(
        IMMUTABLE,
        "ecr:CreateRepository",
        {"imageTagMutability": "IMMUTABLE"},
        {"imageTagMutability": "MUTABLE"},
        {"imageTagMutability": {}},
    ),
    *three(
        BUILD_UNPRIVILEGED,
        "codebuild:CreateProject",
        {"environment": {"privilegedMode": False}},
        {"environment": {"privilegedMode": True}},
        {"environment": {"privilegedMode": {}}},
    ),
    *three(
        BUILD_SECRETS,
        "codebuild:CreateProject",
        variables({"name": "EPOCHS", "value": "3"}, {"name": "TOKEN", "value": "/t", "type": "SECRETS_MANAGER"}),
        variables({"name": "AWS_SECRET_ACCESS_KEY", "value": "abc"}),
        variables({"name": {}, "value": "3"}),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
