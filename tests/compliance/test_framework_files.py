"""The frameworks that ship: each file loads, and what it points to is there."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import pytest

from ourhalf import compliance
from ourhalf.catalogue import all_controls
from ourhalf.compliance.framework import Framework, How
from ourhalf.compliance.loader import all_frameworks, parse
from ourhalf.model.control import Control
from ourhalf.model.profile import Sensitivity

FILES = [f for f in files(compliance).joinpath("frameworks").iterdir() if f.name.endswith(".yaml")]
IDS = sorted(all_frameworks())


@pytest.mark.parametrize("name", sorted(file.name for file in FILES))
def test_a_file_is_named_like_its_framework(name: str) -> None:
    file = next(file for file in FILES if file.name == name)
    framework = parse(file.read_bytes(), name).framework
    assert f"{framework.id}.yaml" == name
    assert framework.requirements


def _tests(framework: Framework) -> set[str]:
    return {test for r in framework.requirements for mapping in r.mappings for test in mapping.tests}


@pytest.mark.parametrize("name", IDS)
def test_the_tests_of_others_are_those_of_a_control(name: str) -> None:
    carried = {f"{peer.tool}:{peer.id}" for control in all_controls() for peer in control.same_as}
    assert _tests(all_frameworks()[name]) <= carried


def _is_gated(control: Control[Any]) -> bool:
    """Whether a control is silent where data is less sensitive than it asks of."""
    open_ = [control.evaluate]
    while open_:
        for cell in open_.pop().__closure__ or ():
            if isinstance(cell.cell_contents, Sensitivity):
                return True
            if hasattr(cell.cell_contents, "__closure__"):
                open_.append(cell.cell_contents)
    return False


@pytest.mark.parametrize("name", IDS)
def test_what_is_silent_of_some_data_decides_nothing(name: str) -> None:
    """Where it passes of one bucket and is silent of another that breaks the rule, nothing is met."""
    by_test: dict[str, list[str]] = {}
    for control in all_controls():
        for peer in control.same_as:
            by_test.setdefault(f"{peer.tool}:{peer.id}", []).append(control.id)
    gated = {control.id for control in all_controls() if _is_gated(control)}
    assert "s3-bucket-tls-only" in gated
    assert "container-unprivileged" not in gated
    wrong = [
        (requirement.id, control)
        for requirement in all_frameworks()[name].requirements
        for mapping in requirement.mappings
        if mapping.how is How.IMPLEMENTS
        for control in (*mapping.controls, *(c for test in mapping.tests for c in by_test[test]))
        if control in gated
    ]
    assert wrong == []
