"""A place in a file is about a finding of ours where it can be about no other."""

from __future__ import annotations

import msgspec
import pytest

from ourhalf.evidence.imported.format import Thing
from ourhalf.evidence.imported.ours import Ours, meant
from ourhalf.model.finding import EvidenceItem, Finding
from ourhalf.model.verdict import Status
from tests.samples import PRIVILEGED, finding, sample

FILE = "infra/k8s/train.yaml"


def at(line: int, name: str, *evidence: tuple[str, int]) -> Finding:
    """A finding on a subject at a line, decided by fields at other places."""
    made = finding(line, name=name)
    items = tuple(EvidenceItem(path, number, "privileged", "true") for path, number in evidence)
    return msgspec.structs.replace(made, subject=msgspec.structs.replace(made.subject, line=line), evidence=items)


def about(thing: Thing, *findings: Finding) -> list[str]:
    assessment = msgspec.structs.replace(sample(), targets=("infra",), findings=findings)
    return [f.subject.name for f in Ours(assessment, findings).of_file(PRIVILEGED.id, thing)]


def place(first: int, last: int, address: str = "", part: str = "", path: str = FILE) -> Thing:
    return Thing(kind="kubernetes", name="x", path=path, lines=(first, last), address=address, part=part)


ONE = at(10, "train/main", ("k8s/train.yaml", 14))
TWO = at(20, "train/side", ("k8s/train.yaml", 24))
FAR = at(90, "train/far", ("k8s/other.yaml", 12))


@pytest.mark.parametrize(
    ("thing", "expected"),
    [
        (place(10, 18), ["train/main"]),
        (place(10, 10), ["train/main"]),
        (place(9, 10), ["train/main"]),
        (place(20, 28), ["train/side"]),
        (place(14, 14), ["train/main"]),
        (place(24, 30), ["train/side"]),
        (place(11, 13), []),
        (place(12, 12), []),
        (place(1, 30), []),
        (place(10, 24), []),
        (place(1, 30, part="side"), ["train/side"]),
        (place(1, 30, part="none"), []),
        (place(0, 0), []),
        (place(10, 18, path="infra/k8s/other.yaml"), []),
        (place(10, 18, path="k8s/train.yaml"), []),
        (place(1, 99, address="train/main"), ["train/main"]),
        (place(10, 18, address="train/side"), ["train/side"]),
        (place(10, 18, address="train"), []),
        (place(10, 18, address="else"), []),
    ],
)
def test_places(thing: Thing, expected: list[str]) -> None:
    assert about(thing, ONE, TWO, FAR) == expected


def test_a_file_as_a_whole_is_about_the_only_finding_in_it() -> None:
    assert about(place(0, 0), ONE) == ["train/main"]
    assert about(place(11, 12), FAR) == []


def test_another_control_at_the_same_place_is_another_test() -> None:
    other = msgspec.structs.replace(ONE, control="other")
    assert about(place(10, 18), other) == []


def having(*statuses: Status) -> list[Finding]:
    return [finding(number, status=status) for number, status in enumerate(statuses, 1)]


PASS, FAIL, UNKNOWN = Status.PASS, Status.FAIL, Status.UNKNOWN


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        ([], FAIL, []),
        ([UNKNOWN], FAIL, [0]),
        ([PASS], FAIL, [0]),
        ([PASS, FAIL], FAIL, [1]),
        ([FAIL, FAIL, UNKNOWN], FAIL, [0, 1]),
        ([PASS, UNKNOWN], FAIL, [1]),
        ([UNKNOWN, UNKNOWN, PASS], FAIL, []),
        ([PASS, PASS], FAIL, [0, 1]),
        ([PASS, FAIL, UNKNOWN], PASS, [0, 1, 2]),
        ([UNKNOWN, UNKNOWN], UNKNOWN, [0, 1]),
    ],
)
def test_what_a_verdict_on_the_whole_means(ours: list[Status], theirs: Status, expected: list[int]) -> None:
    many = having(*ours)
    assert [many.index(one) for one in meant(many, theirs)] == expected
