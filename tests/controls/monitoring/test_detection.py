"""Controls on the services that watch an account."""

from __future__ import annotations

from typing import Any

import pytest

from ourhalf.controls.monitoring.detection import (
    CLUSTER_AGENT,
    CLUSTER_AUDIT,
    FARGATE_AGENT,
    INSTANCE_AGENT,
    MACIE_ON,
    MALWARE,
    OBJECTS,
    RECORDS_ALL,
    RUNTIME,
)
from ourhalf.model.verdict import Status
from tests.controls.requests import three
from tests.support import Case, api, check

DETECTOR = "guardduty:CreateDetector"


def feature(name: Any, status: Any = "ENABLED", *add_ons: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"Name": name, "Status": status}
    if add_ons:
        found["AdditionalConfiguration"] = [{"Name": a, "Status": "ENABLED"} for a in add_ons]
    return {"Enable": True, "Features": [found]}


def added(name: Any, status: Any) -> dict[str, Any]:
    add_on = {"Name": name, "Status": status}
    found = {"Name": "RUNTIME_MONITORING", "Status": "ENABLED", "AdditionalConfiguration": [add_on]}
    return {"Enable": True, "Features": [found]}


PLAIN = (
    (CLUSTER_AUDIT, "EKS_AUDIT_LOGS"),
    (RUNTIME, "RUNTIME_MONITORING"),
    (MALWARE, "EBS_MALWARE_PROTECTION"),
    (OBJECTS, "S3_DATA_EVENTS"),
)
ADDED = (
    (CLUSTER_AGENT, "EKS_ADDON_MANAGEMENT"),
    (FARGATE_AGENT, "ECS_FARGATE_AGENT_MANAGEMENT"),
    (INSTANCE_AGENT, "EC2_AGENT_MANAGEMENT"),
)
CASES = [
    *(
        c
        for control, name in PLAIN
        for c in three(control, DETECTOR, feature(name), feature(name, "DISABLED"), feature(name, {}))
    ),
    *(Case(control, Status.FAIL, (api(DETECTOR, Enable=True),)) for control, _ in PLAIN),
    *(Case(control, Status.UNKNOWN, (api(DETECTOR, **feature({})),)) for control, _ in PLAIN),
    *(
        c
        for control, name in ADDED
        for c in three(
            control,
            DETECTOR,
            feature("RUNTIME_MONITORING", "ENABLED", name),
            feature("RUNTIME_MONITORING", "ENABLED"),
            feature("RUNTIME_MONITORING", "ENABLED", {}),
        )
    ),
    *(Case(control, Status.FAIL, (api(DETECTOR, **added(name, "DISABLED")),)) for control, name in ADDED),
    *(Case(control, Status.UNKNOWN, (api(DETECTOR, **added(name, {})),)) for control, name in ADDED),
    *(Case(control, Status.FAIL, (api(DETECTOR, **added("ANOTHER", "ENABLED")),)) for control, _ in ADDED),
    *(
        Case(control, Status.UNKNOWN, (api(DETECTOR, DataSources={"S3Logs": {"Enable": True}}),))
        for control, _ in PLAIN
    ),
    *three(MACIE_ON, "macie2:EnableMacie", {"status": "ENABLED"}, {"status": "PAUSED"}, {"status": {}}),
    *three(
        RECORDS_ALL,
        "config:PutConfigurationRecorder",
        {"ConfigurationRecorder": {"recordingGroup": {"allSupported": True}}},
        {"ConfigurationRecorder": {"recordingGroup": {"allSupported": False}}},
        {"ConfigurationRecorder": {"recordingGroup": {"allSupported": {}}}},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
