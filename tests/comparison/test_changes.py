from __future__ import annotations

import msgspec
import pytest

from ourhalf.comparison.baseline import compared
from ourhalf.comparison.changes import narrowed
from ourhalf.model.finding import Assessment, ChangesSummary, EvidenceItem, Finding, WorkloadSummary
from tests.samples import DASHBOARD, KEY, finding, sample

BASE = sample().workloads[0]


def workload(name: str, path: str, *files: str) -> WorkloadSummary:
    return msgspec.structs.replace(BASE, name=name, path=path, files=files)


def at(number: int, path: str, workload: str | None = None, evidence: str = "") -> Finding:
    """A finding on a subject in `path`, decided by a field in `evidence`."""
    found = finding(number, KEY, name=f"subject-{number}", path=path, workload=workload)
    items = (EvidenceItem(evidence, 1, "field", "value"),) if evidence else ()
    return msgspec.structs.replace(found, evidence=items)


def of(*findings: Finding, workloads: tuple[WorkloadSummary, ...] = ()) -> Assessment:
    return msgspec.structs.replace(sample(), findings=findings, workloads=workloads)


def kept(assessment: Assessment, *changed: str, groups: tuple[tuple[str, ...], ...] = ()) -> list[int]:
    """The numbers of the findings that a change of these files touches."""
    return [int(f.id, 16) for f in narrowed(assessment, "main", frozenset(changed), groups).findings]


def test_a_finding_is_touched_by_its_own_file() -> None:
    assert kept(of(at(1, "a/a.yaml"), at(2, "b/b.yaml")), "a/a.yaml") == [1]


def test_a_finding_is_touched_by_what_decided_it() -> None:
    assert kept(of(at(1, "a/a.yaml", evidence="net/sg.tf"), at(2, "b/b.yaml")), "net/sg.tf") == [1]


def test_a_finding_is_touched_by_what_its_workload_is_joined_with() -> None:
    workloads = (workload("train", "a/a.yaml", "net/policy.yaml"), workload("serve", "b/b.yaml"))
    assessment = of(at(1, "a/a.yaml", "train"), at(2, "b/b.yaml", "serve"), workloads=workloads)
    assert kept(assessment, "net/policy.yaml") == [1]


def test_a_container_is_touched_by_the_file_of_its_workload() -> None:
    assessment = of(at(1, "patches/c.yaml", "train"), workloads=(workload("train", "a/a.yaml"),))
    assert kept(assessment, "a/a.yaml") == [1]


def test_workloads_of_one_name_are_told_apart_by_their_files() -> None:
    workloads = (workload("train", "a/a.yaml", "net.yaml"), workload("train", "b/b.yaml"))
    assessment = of(at(1, "a/a.yaml", "train"), at(2, "b/b.yaml", "train"), workloads=workloads)
    assert kept(assessment, "net.yaml") == [1]


def test_nothing_is_touched_by_no_change() -> None:
    found = narrowed(sample(), "main", frozenset())
    assert (found.findings, found.workloads, found.images, found.controls) == ((), (), (), ())
    assert found.responsibilities == ()
    assert found.changes == ChangesSummary("main", 0, len(sample().findings))


def test_everything_is_touched_by_a_change_of_everything() -> None:
    every = frozenset({f.subject.path for f in sample().findings} | {w.path for w in sample().workloads})
    found = narrowed(sample(), "main", every)
    assert found.findings == sample().findings
    assert found.workloads == sample().workloads
    assert found.changes == ChangesSummary("main", len(every), 0)


def test_what_was_not_read_stays_told() -> None:
    assert narrowed(sample(), "main", frozenset()).unread == sample().unread


def test_rows_and_images_are_those_of_the_workloads_left() -> None:
    found = narrowed(sample(), "main", frozenset({"k8s/ray.yaml"}))
    assert [w.name for w in found.workloads] == ["ray"]
    assert {row.workloads for row in found.responsibilities} == {("ray",)}
    assert [i.workloads for i in found.images] == [("ray",)]
    assert [c.id for c in found.controls] == [DASHBOARD.id]


@pytest.mark.parametrize(
    ("changed", "numbers"),
    [
        ("tf/terraform.tfvars", [1, 2]),
        ("tf/README.md", []),
        ("terraform.tfvars", []),
        ("tf/deep/template.json", []),
        ("tf/gone.tf", [1, 2]),
        ("tf/main.tf", [1]),
    ],
)
def test_a_file_in_which_nothing_was_judged_steers_what_is_beside_it(changed: str, numbers: list[int]) -> None:
    assessment = of(at(1, "tf/main.tf"), at(2, "tf/other.tf"), at(3, "k8s/a.yaml"))
    assert kept(assessment, changed) == numbers


def test_a_file_in_which_nothing_was_judged_steers_all_that_is_read_with_it() -> None:
    assessment = of(at(1, "modules/job/main.tf"), at(2, "live/main.tf"), at(3, "k8s/a.yaml"))
    groups = (("live/main.tf", "live/variables.tf", "modules/job/main.tf"), ("k8s/a.yaml", "k8s/b.yaml"))
    assert kept(assessment, "live/variables.tf", groups=groups) == [1, 2]
    assert kept(assessment, "live/terraform.tfvars", groups=groups) == [1, 2]
    assert kept(assessment, "live/main.tf", groups=groups) == [2]


def test_values_steer_their_whole_chart() -> None:
    assessment = of(at(1, "chart/templates/deep/pod.yaml"), at(2, "other/pod.yaml"))
    assert kept(assessment, "chart/values.yaml") == [1]


def test_a_rendered_file_is_that_of_its_template() -> None:
    assessment = of(at(1, "chart/templates/pod (rendered).yaml"), at(2, "chart/templates/job (rendered).yaml"))
    assert kept(assessment, "chart/templates/pod.yaml") == [1]
    assert kept(assessment, "chart/templates/_helpers.tpl") == [1, 2]


def test_a_submodule_that_moved_stands_for_its_files() -> None:
    assert kept(of(at(1, "vendor/charts/a/pod.yaml"), at(2, "vendor/chartsmith/pod.yaml")), "vendor/charts") == [1]


def test_a_baseline_is_counted_again() -> None:
    then = of(at(1, "a/a.yaml"), at(2, "b/b.yaml"))
    now = compared(of(at(1, "a/a.yaml"), at(2, "b/b.yaml"), at(3, "b/b.yaml")), then)
    baseline = narrowed(now, "main", frozenset({"b/b.yaml"})).baseline
    assert baseline is not None
    assert (baseline.new, baseline.known, baseline.gone) == (1, 1, 0)
