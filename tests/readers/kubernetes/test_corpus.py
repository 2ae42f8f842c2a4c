"""Real manifests, charts and templates."""

from __future__ import annotations

import csv
from collections import Counter

import pytest

from ourhalf.collect import plan, read_unit
from ourhalf.files import TargetFiles
from ourhalf.model.evidence import Evidence
from ourhalf.readers.reader import merged
from ourhalf.resources.kubernetes import PodTemplate
from tests.corpora import DEV, needs_corpora

pytestmark = needs_corpora


@pytest.fixture(scope="module")
def found() -> Evidence:
    with (DEV / "MANIFEST.csv").open() as file:
        mine = {row["path"] for row in csv.DictReader(file) if row["kind"] in ("kubernetes", "helm", "eksctl")}
    files = TargetFiles(str(DEV))
    units = [(reader, unit) for reader, unit in plan(files, files.paths()) if mine & set(unit.members)]
    return merged([read_unit(reader, unit, files) for reader, unit in units])


def test_no_reader_fails(found: Evidence) -> None:
    assert not [u for u in found.unread if "failed" in u.reason]


def test_pods_are_found(found: Evidence) -> None:
    pods = [r for r in found.resources if isinstance(r, PodTemplate)]
    kinds = Counter(pod.owner_kind for pod in pods)
    assert len(pods) > 800
    assert {"Deployment", "RayCluster", "PyTorchJob", "InferenceService", "SparkApplication"} <= set(kinds)


def test_no_template_is_called_broken_yaml(found: Evidence) -> None:
    for problem in found.unread:
        text = (DEV / problem.path).read_text()
        if "{{" in text and "Chart" not in problem.path:
            assert "template" in problem.reason, problem
