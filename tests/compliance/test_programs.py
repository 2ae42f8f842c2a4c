"""A program covers a service only where a dated source says so."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourhalf.compliance.programs import (
    Entry,
    Programs,
    ProgramsError,
    Scope,
    inherited,
    load_programs,
    read,
    shipped,
)
from ourhalf.model.finding import Assessment, ProfileSummary, ResponsibilityRow, ToolInfo, WorkloadSummary
from ourhalf.model.responsibility import Party

SOURCE = "https://example.org/scope"
DAY = date(2026, 9, 1)
HEADER = "program,service,status,as_of,source\n"


def assessment(*platforms: str, party: Party = Party.PROVIDER, layer: str = "facilities") -> Assessment:
    service = platforms[0].partition("-")[0] if len({p.partition("-")[0] for p in platforms}) == 1 else None
    workload = WorkloadSummary("w", "PodTemplate", service, platforms, "", "internal", (), "a.yaml", 1)
    return Assessment(
        tool=ToolInfo("ourhalf", "0"),
        as_of=DAY,
        targets=(".",),
        profile=ProfileSummary(None, "internal"),
        workloads=(workload,),
        findings=(),
        responsibilities=(ResponsibilityRow(("w",), service, layer, party, None, "why"),),
        images=(),
        unread=(),
    )


def statuses(found: Assessment, framework: str = "soc-2", programs: Programs | None = None) -> list[str]:
    return [one.status for one in inherited(found, ["facilities"], framework, programs or shipped())]


def own(*entries: tuple[str, str, Scope, str]) -> Programs:
    return shipped().with_entries(Entry(p, s, status, DAY, SOURCE, where) for p, s, status, where in entries)


def test_what_ships_is_dated_and_cited() -> None:
    known = shipped()
    assert known.entries
    for entry in known.entries:
        assert entry.program in known.programs
        assert entry.service in known.services
        assert entry.source.startswith("https://")
        assert entry.as_of < date(2026, 11, 27)
    assert not [entry for entry in known.entries if entry.service in ("ec2", "sagemaker")]


@pytest.mark.parametrize(
    ("platforms", "expected"),
    [
        (("eks-nodes",), "in-scope"),
        (("eks-auto",), "in-scope"),
        (("ecs-fargate",), "in-scope"),
        (("eks-fargate",), "unknown"),
        (("sagemaker-job",), "unknown"),
        (("ec2",), "unknown"),
        (("ecs-ec2", "ecs-fargate"), "in-scope"),
        (("eks-nodes", "eks-fargate"), "unknown"),
        ((), "unknown"),
    ],
)
def test_every_way_to_run_must_be_covered(platforms: tuple[str, ...], expected: str) -> None:
    assert statuses(assessment(*platforms) if platforms else _nowhere()) == [expected]


def _nowhere() -> Assessment:
    found = assessment("eks-nodes")
    workload = WorkloadSummary("w", "PodTemplate", None, (), "", "internal", (), "a.yaml", 1)
    return Assessment(**{f: getattr(found, f) for f in found.__struct_fields__} | {"workloads": (workload,)})


def test_only_what_the_provider_answers_for_is_inherited() -> None:
    for party in set(Party) - {Party.PROVIDER}:
        assert statuses(assessment("eks-nodes", party=party)) == []
    assert statuses(assessment("eks-nodes", layer="identity")) == []


def test_a_framework_without_a_program_inherits_nothing_known() -> None:
    (one,) = inherited(assessment("eks-nodes"), ["facilities"], "gdpr", shipped())
    assert (one.program, one.status, one.source) == ("none", "unknown", None)


def test_an_entry_for_some_regions_leaves_it_unknown() -> None:
    assert statuses(assessment("eks-nodes"), "fedramp-r5") == ["unknown", "unknown"]


def test_own_entries_stand_before_what_ships() -> None:
    out = own(("soc", "eks", Scope.OUT, ""))
    assert statuses(assessment("eks-nodes"), programs=out) == ["not-in-scope"]
    covered = own(("soc", "sagemaker", Scope.IN, ""))
    assert statuses(assessment("sagemaker-endpoint"), programs=covered) == ["in-scope"]
    assert statuses(assessment("sagemaker-endpoint"), programs=own(("soc", "sagemaker", Scope.UNKNOWN, ""))) == [
        "unknown"
    ]


def test_the_latest_entry_counts() -> None:
    old, new = Entry("soc", "ec2", Scope.IN, date(2025, 1, 1), SOURCE), Entry("soc", "ec2", Scope.OUT, DAY, SOURCE)
    for order in ((old, new), (new, old)):
        assert statuses(assessment("ec2"), programs=shipped().with_entries(order)) == ["not-in-scope"]


@given(
    st.lists(
        st.tuples(st.sampled_from(["eks", "ecs", "ecs-fargate"]), st.sampled_from(list(Scope))), min_size=1, max_size=4
    ),
    st.lists(st.sampled_from(["eks-nodes", "eks-auto", "ecs-ec2", "ecs-fargate"]), min_size=1, max_size=3, unique=True),
)
def test_in_scope_needs_every_platform(entries: list[tuple[str, Scope]], platforms: list[str]) -> None:
    programs = Programs(
        shipped().programs, shipped().services, tuple(Entry("soc", s, status, DAY, SOURCE) for s, status in entries)
    )
    told = {p: programs.entry("soc", p, p.partition("-")[0]) for p in platforms}
    (status,) = statuses(assessment(*platforms), programs=programs)
    every = all(entry is not None and entry.status is Scope.IN for entry in told.values())
    assert (status == "in-scope") == every


def written(folder: Path, name: str, text: str | bytes) -> str:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return str(path)


DATED = f'"as_of": "2026-09-01", "source": "{SOURCE}"'
LISTS = {
    "own.csv": f"\ufeff{HEADER}SOC 1,Amazon Elastic Kubernetes Service (Amazon EKS),in-scope,2026-09-01,{SOURCE}\n",
    "own.yaml": f"entries:\n- {{program: soc, service: eks, status: in-scope, {DATED}}}\n",
    "own.json": f'[{{"program": "soc", "service": "EKS", "status": "in-scope", {DATED}}}]',
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_the_customer_is_read(tmp_path: Path, name: str) -> None:
    entries, left_out = read(written(tmp_path, name, LISTS[name]), shipped())
    assert entries == (Entry("soc", "eks", Scope.IN, DAY, SOURCE),)
    assert left_out == ()
    path = str(tmp_path / name)
    assert load_programs(path).entry("soc", "eks-nodes", "eks") == entries[0]


def test_rows_about_other_services_are_told(tmp_path: Path) -> None:
    text = HEADER + f"soc,Amazon Polly,in-scope,2026-09-01,{SOURCE}\nno such,eks,in-scope,2026-09-01,{SOURCE}\n"
    entries, left_out = read(written(tmp_path, "own.csv", text), shipped())
    assert entries == ()
    assert [line.partition(": ")[2][:7] for line in left_out] == ["service", "program"]


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("a.csv", "program,service\nsoc,eks\n", "no column status, as_of, source"),
        ("a.csv", HEADER + "soc,eks,yes,2026-09-01,x\n", "a.csv:2: .*status is one of"),
        ("a.csv", HEADER + "soc,eks,in-scope,yesterday,x\n", "a.csv:2: .*as_of a date"),
        ("a.csv", HEADER + "soc,eks,in-scope,2026-09-01,\n", "no source"),
        ("a.yaml", "entries: {a: b}\n", "no list of entries"),
        ("a.yaml", "a: [b\n", "a.yaml: "),
        ("a.yaml", "[" * 5000, "a.yaml: "),
        ("a.yaml", b"\xff\xfe\xfa", "not UTF-8"),
        ("a.csv", b"program,service,status,as_of,source\n" + b"x" * 200_000 + b",eks,in-scope,2026-09-01,y\n", "a.csv"),
    ],
)
def test_a_list_that_is_wrong_is_refused(tmp_path: Path, name: str, text: Any, reason: str) -> None:
    with pytest.raises(ProgramsError, match=reason):
        read(written(tmp_path, name, text), shipped())


def test_a_list_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProgramsError, match="No such file"):
        read(str(tmp_path / "none.csv"), shipped())
