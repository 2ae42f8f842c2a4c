"""Controls on versions of Kubernetes, judged as of 1 November 2026."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from ourhalf.controls.patching import versions
from ourhalf.controls.patching.versions import CLUSTER_SUPPORTED, NODES_SUPPORTED, supported_until
from ourhalf.model.profile import Severity
from ourhalf.model.verdict import Status
from tests.controls.requests import three
from tests.support import Case, api, check

CLUSTER, GROUP = "eks:CreateCluster", "eks:CreateNodegroup"
CURRENT = api(CLUSTER, name="c", version="1.34")
NODES = {"clusterName": "c", "nodegroupName": "g"}
CASES = [
    *three(CLUSTER_SUPPORTED, CLUSTER, {"version": "1.34"}, {"version": "1.32"}, {"version": {}}),
    Case(CLUSTER_SUPPORTED, Status.PASS, (api(CLUSTER, version="1.35"),)),
    Case(CLUSTER_SUPPORTED, Status.FAIL, (api(CLUSTER, version="1.33"),)),
    Case(CLUSTER_SUPPORTED, Status.FAIL, (api(CLUSTER, version="1.30"),)),
    Case(CLUSTER_SUPPORTED, Status.FAIL, (api(CLUSTER, version="1.21"),)),
    Case(CLUSTER_SUPPORTED, Status.UNKNOWN, (api(CLUSTER, version="1.99"),)),
    Case(CLUSTER_SUPPORTED, Status.UNKNOWN, (api(CLUSTER, version="latest"),)),
    Case(CLUSTER_SUPPORTED, Status.UNKNOWN, (api(CLUSTER, name="c"),)),
    *three(NODES_SUPPORTED, GROUP, NODES | {"version": "1.34"}, NODES | {"version": "1.32"}, NODES | {"version": {}}),
    Case(NODES_SUPPORTED, Status.PASS, (CURRENT, api(GROUP, **NODES))),
    Case(NODES_SUPPORTED, Status.FAIL, (api(CLUSTER, name="c", version="1.32"), api(GROUP, **NODES))),
    Case(NODES_SUPPORTED, Status.UNKNOWN, (api(GROUP, **NODES),)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)


@pytest.mark.parametrize(("version", "severity"), [("1.33", Severity.MEDIUM), ("1.30", None), ("1.21", None)])
def test_extended_support_is_milder_than_none(version: str, severity: Severity | None) -> None:
    _, verdict = Case(CLUSTER_SUPPORTED, Status.FAIL, (api(CLUSTER, version=version),)).judged()
    assert verdict.severity is severity


def test_the_calendar_is_whole() -> None:
    calendar = supported_until()
    assert sorted(calendar) == list(range(min(calendar), max(calendar) + 1)), "no version is left out"
    for support in calendar.values():
        assert support.extended - support.standard in (timedelta(365), timedelta(366))
    data = msgspec.yaml.decode(Path(versions.__file__).with_name("eks_versions.yaml").read_bytes())
    assert {v for source in data["sources"] for v in source["versions"]} == set(data["versions"])
