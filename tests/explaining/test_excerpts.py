from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from ourhalf.explaining.excerpts import Sources, below, decided
from ourhalf.model.excerpt import Excerpt
from ourhalf.model.finding import EvidenceItem
from tests.samples import finding

TOKEN = "hf_" + "a" * 36


@pytest.fixture
def target(tmp_path: Path) -> Path:
    (tmp_path / "a.yaml").write_text("".join(f"line {n}\n" for n in range(1, 11)))
    return tmp_path


@pytest.mark.parametrize(
    ("line", "shown"),
    [(1, [1, 2, 3]), (2, [1, 2, 3, 4]), (5, [3, 4, 5, 6, 7]), (10, [8, 9, 10, 11])],
)
def test_two_lines_on_each_side(target: Path, line: int, shown: list[int]) -> None:
    found = Sources([str(target)]).around("a.yaml", line)
    assert [number for number, _ in found.lines] == shown
    assert (line, f"line {line}") in found.lines
    assert found.why_not == ""


def test_secrets_of_known_formats_and_by_name_are_hidden(target: Path) -> None:
    (target / "b.yaml").write_text(f"image: x\nargs: [{TOKEN}]\nenv:\n- name: DB_PASSWORD\n  value: hunter2\n")
    shown = str(Sources([str(target)]).around("b.yaml", 3))
    assert "hunter2" not in shown
    assert TOKEN not in shown
    assert "image: x" in shown


@pytest.mark.parametrize(
    ("path", "line", "why"),
    [
        ("none.yaml", 1, "the file is not at hand"),
        ("a.yaml", 99, "the file has no such line now"),
        ("a.yaml", 0, "the file has no such line now"),
        ("templates/a (rendered).yaml", 1, "a tool made this file; it is not on disk"),
        ("../outside.yaml", 1, "the file is not at hand"),
        ("/etc/passwd", 1, "the file is not at hand"),
    ],
)
def test_what_cannot_be_shown_says_why(target: Path, path: str, line: int, why: str) -> None:
    (target.parent / "outside.yaml").write_text("secret\n")
    assert Sources([str(target)]).around(path, line) == Excerpt(path, line, why_not=why)


def test_a_path_that_two_targets_have_is_not_guessed(target: Path) -> None:
    other = target / "other"
    other.mkdir()
    (other / "a.yaml").write_text("other\n")
    sources = Sources([str(target), str(other)])
    assert sources.around("a.yaml", 1).why_not == "the file is in several targets"


def test_links_out_of_the_target_are_not_followed(target: Path) -> None:
    inside = target / "inside"
    inside.mkdir()
    os.symlink(target / "a.yaml", inside / "link.yaml")
    assert Sources([str(inside)]).around("link.yaml", 1).lines == ()


def test_very_long_lines_are_cut(target: Path) -> None:
    (target / "long.json").write_text("x" * 100_000)
    assert len(Sources([str(target)]).around("long.json", 1).lines[0][1]) == 161


def test_only_targets_below_the_folder_are_looked_at(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    given = ("a", ".", "/etc", "..", "../heretic", str(tmp_path / "here/b"))
    assert below(str(tmp_path / "here"), given) == ("a", ".", str(tmp_path / "here/b"))


def test_each_place_is_shown_once_and_redacted_ones_hidden(target: Path) -> None:
    (target / "b.yaml").write_text("one: 1\nplain: hunter2\nthree: 3\n")
    items = (
        EvidenceItem("b.yaml", 2, "plain", "… (secret-by-name, redacted)"),
        EvidenceItem("b.yaml", 2, "plain", "again"),
        EvidenceItem("a.yaml", 1, "line", "1"),
        EvidenceItem("", 1, "nowhere", "not set"),
    )
    found = decided(msgspec.structs.replace(finding(1), evidence=items), Sources([str(target)]))
    assert [one.item for one in found] == list(items[:3])
    assert [one.excerpt is None for one in found] == [False, True, False]
    assert "hunter2" not in str(found)
    assert "three: 3" in str(found)


def test_the_subject_is_shown_where_no_field_decided(target: Path) -> None:
    bare = msgspec.structs.replace(finding(5, path="a.yaml"), evidence=())
    (only,) = decided(bare, Sources([str(target)]))
    assert only.excerpt is not None
    assert only.excerpt.line == bare.subject.line
