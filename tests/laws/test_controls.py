"""What is true of every control."""

from __future__ import annotations

import ast
import csv
import os
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from ourhalf.catalogue import all_controls
from ourhalf.model.control import Control, Topic
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from ourhalf.model.workload import Container, Workload
from ourhalf.resources import resource_types
from tests.laws.cases import all_cases

CONTROLS = all_controls()
FOLDER = Path(__file__).parents[2] / "src" / "ourhalf" / "controls"
REFERENCE = (
    Path(os.environ.get("OURHALF_CORPORA", Path(__file__).parents[3] / "shared" / "corpora")).parent / "reference"
)


def test_there_are_controls_of_every_topic() -> None:
    assert {control.topic for control in CONTROLS} == set(Topic) - {Topic.COMPLIANCE}


def test_titles_are_unique() -> None:
    titles = [control.title for control in CONTROLS]
    assert sorted(set(titles)) == sorted(titles)


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.id)
def test_well_formed(control: Control[object]) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)+", control.id)
    assert not re.match(r"(?i)ensure|use |avoid |prefer ", control.title), "a title says what holds"
    assert control.title[0].isupper()
    assert not control.title.endswith(".")
    assert control.citations, "every control cites a source"
    assert control.rationale
    assert control.remedy
    for peer in control.same_as:
        assert re.fullmatch(type(peer).grammar, peer.id), peer
    subject = control.applies_to
    assert subject in (Workload, Container, Resource) or subject in resource_types()
    unknown = set(control.settings) - _fields(subject).union(*map(_fields, control.about))
    assert not unknown, f"settings of fields that {subject.__name__} has not"


def _fields(subject: type[Any]) -> set[str]:
    """The fields of a subject; of a container also those of the containers of pods, jobs and hosts."""
    found = set(subject.__struct_fields__)
    return found.union(*map(_fields, subject.__subclasses__())) if subject is Container else found


def test_each_stands_in_the_folder_of_its_topic() -> None:
    from ourhalf import controls
    from ourhalf.discovery import modules

    for module in modules(controls):
        for value in vars(module).values():
            if isinstance(value, Control) and "." in module.__name__.removeprefix("ourhalf.controls."):
                folder = module.__name__.split(".")[2].replace("_", "-")
                assert value.topic == folder, f"{value.id} in {module.__name__}"


def test_each_is_seen_to_pass_to_fail_and_not_to_know() -> None:
    seen: dict[str, set[Status]] = defaultdict(set)
    for case in all_cases():
        seen[case.control.id].add(case.expect)
    wanted = {Status.PASS, Status.FAIL, Status.UNKNOWN}
    missing = {c.id: sorted(wanted - seen[c.id]) for c in CONTROLS if wanted - seen[c.id]}
    assert not missing


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.py")), ids=lambda path: str(path.relative_to(FOLDER)))
def test_controls_know_no_format(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        names = (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
        for name in names:
            if name.startswith("ourhalf"):
                assert re.match(r"ourhalf\.(model|resources|controls)\b", name), f"{path.name} imports {name}"


@pytest.mark.skipif(not REFERENCE.is_dir(), reason="the reference data is not beside this clone")
def test_rows_exist() -> None:
    with (REFERENCE / "crosswalk.csv").open() as file:
        known = {row["id"] for row in csv.DictReader(file)}
    assert not {row for control in CONTROLS for row in control.rows} - known
