from __future__ import annotations

import msgspec
import pytest

from ourhalf.model.profile import Severity
from ourhalf.model.responsibility import Party
from ourhalf.model.verdict import Status
from ourhalf.reports.summary import (
    Group,
    Remedy,
    Repeated,
    columns,
    columns_shown,
    headline,
    layers,
    our_half,
    place,
    platforms_label,
    prefix,
    remedies,
    tally,
    unknown_reasons,
    words,
    worst_first,
)
from tests.samples import DASHBOARD, KEY, finding, sample


def test_tally() -> None:
    counts = tally(sample())
    assert (counts.failed, counts.accepted) == (11, 2)
    assert counts.statuses == {Status.FAIL: 13, Status.UNKNOWN: 1, Status.PASS: 1, Status.NOT_APPLICABLE: 1}
    assert counts.severities == {Severity.CRITICAL: 1, Severity.HIGH: 9, Severity.MEDIUM: 1, Severity.LOW: 0}


def test_our_half_tells_each_failure_once_and_the_worst_first() -> None:
    sections = our_half(sample())
    told = [f.id for section in sections for f in section.findings]
    assert sorted(told) == sorted(f.id for f in sample().findings if f.counts)
    ranks = [section.findings[0].severity.rank for section in sections]
    assert ranks == sorted(ranks)
    assert [type(section) for section in sections] == [Group, Repeated, Group]


@pytest.mark.parametrize(("count", "kind"), [(5, Group), (6, Repeated)])
def test_a_control_that_fails_often_is_told_once(count: int, kind: type) -> None:
    found = tuple(finding(n, name=f"w{n}", workload=f"w{n}") for n in range(1, count + 1))
    sections = our_half(msgspec.structs.replace(sample(), findings=found))
    assert {type(section) for section in sections} == {kind}


def test_order_does_not_depend_on_the_order_of_findings() -> None:
    backwards = msgspec.structs.replace(sample(), findings=sample().findings[::-1])
    assert our_half(backwards) == our_half(sample())
    assert worst_first(backwards.findings) == worst_first(sample().findings)


def test_the_same_advice_for_two_containers_is_one_remedy() -> None:
    one = finding(1, name="job/a", snippet="- name: a\n  privileged: false")
    two = finding(2, name="job/b", snippet="- name: b\n  privileged: false")
    other = finding(3, name="job/c", snippet="privileged = false")
    assert [f.id for _, f in remedies((one, two, other))] == [one.id, other.id]
    assert Remedy.of(one) == Remedy("Leave privileged mode off.", "- name: a\n  privileged: false")


def test_place_is_that_of_the_deciding_field() -> None:
    assert place(finding(7)) == ("k8s/train.yaml", 7)
    assert place(msgspec.structs.replace(finding(7), evidence=())) == ("k8s/train.yaml", 6)


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        (("deploy",), "deploy/"),
        (("./deploy/",), "deploy/"),
        ((".",), ""),
        (("/srv/deploy",), ""),
        (("../deploy",), ""),
        (("a", "b"), ""),
    ],
)
def test_prefix(targets: tuple[str, ...], expected: str) -> None:
    assert prefix(msgspec.structs.replace(sample(), targets=targets)) == expected


def test_prefix_of_a_single_file() -> None:
    found = (finding(1, path="train.yaml"),)
    assessment = msgspec.structs.replace(sample(), targets=("k8s/train.yaml",), findings=found, unread=())
    assert prefix(assessment) == "k8s/"


def test_columns_join_workloads_with_the_same_answers() -> None:
    base = sample()
    copy = tuple(
        msgspec.structs.replace(r, workloads=("serve",)) for r in base.responsibilities if r.workloads == ("ray",)
    )
    drawn = columns(msgspec.structs.replace(base, responsibilities=base.responsibilities + copy))
    assert drawn[0].workloads == ("ray", "serve")
    assert drawn[0].title == "EKS"
    assert len(drawn) == 2
    assert layers(base) == ("facilities", "host-patching", "gpu-stack", "network")


def test_headline() -> None:
    assert headline(sample(), tally(sample())) == "Our half: 11 failures (1 critical, 9 high, 1 medium)"
    fine = msgspec.structs.replace(sample(), findings=(finding(1, KEY, Status.UNKNOWN), finding(2, status=Status.PASS)))
    assert headline(fine, tally(fine)) == "Our half: nothing fails; 1 verdict is unknown"
    empty = msgspec.structs.replace(sample(), findings=())
    assert headline(empty, tally(empty)) == "Nothing to judge in 17 files"


def test_unknown_reasons_come_most_frequent_first() -> None:
    found = tuple(finding(n, DASHBOARD, Status.UNKNOWN, reason="b" if n % 3 else "a") for n in range(9))
    assert unknown_reasons(msgspec.structs.replace(sample(), findings=found)) == (("b", 6), ("a", 3))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("EcsTaskDefinition", "ECS task definition"),
        ("SageMakerTrainingJob", "SageMaker training job"),
        ("PodTemplate", "Pod template"),
        ("S3Bucket", "S3 bucket"),
        ("IamRole", "IAM role"),
    ],
)
def test_words(kind: str, expected: str) -> None:
    assert words(kind) == expected


def test_platforms() -> None:
    assert platforms_label(("eks-nodes", "eks-fargate", "eks-auto")) == "EKS"
    assert platforms_label(("ecs-ec2", "ecs-fargate")) == "ECS on EC2 or ECS on Fargate"
    assert platforms_label(()) == ""


def test_every_kind_of_platform_has_a_column_before_any_has_two() -> None:
    base = sample()
    row = base.responsibilities[0]
    parties = list(Party)
    rows = [
        msgspec.structs.replace(row, workloads=(f"job-{10 + n}",), layer=f"layer-{n}", party=parties[n % len(parties)])
        for n in range(6)
    ]
    lonely = msgspec.structs.replace(row, workloads=("lonely",))
    workload = msgspec.structs.replace(base.workloads[0], name="lonely", platforms=("ec2",))
    assessment = msgspec.structs.replace(base, workloads=(*base.workloads, workload), responsibilities=(*rows, lonely))
    assert len(columns(assessment)) == 7
    assert [c.title for c in columns_shown(assessment, 2)] == ["EKS", "EC2"]
