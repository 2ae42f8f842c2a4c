"""Each collected exposure is judged by a control, or says what evidence it needs instead."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ourhalf.catalogue import all_controls

EXPOSURES = Path(__file__).parents[2] / "docs" / "exposures.yaml"
REFERENCE = (
    Path(os.environ.get("OURHALF_CORPORA", Path(__file__).parents[3] / "shared" / "corpora")).parent / "reference"
)


def exposures() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(EXPOSURES.read_text("utf-8"))
    return found


@pytest.mark.skipif(
    not (REFERENCE / "dl_exposures.md").is_file(), reason="the collected exposures are not beside this clone"
)
def test_none_is_lost() -> None:
    collected = re.findall(r"^\| (DLX-\d+) ", (REFERENCE / "dl_exposures.md").read_text("utf-8"), re.MULTILINE)
    assert list(exposures()) == collected


def test_controls_exist() -> None:
    known = {control.id for control in all_controls()}
    named = {control for exposure in exposures().values() for control in exposure.get("controls", ())}
    assert not named - known


@pytest.mark.parametrize("name", exposures())
def test_each_has_a_control_or_a_reason(name: str) -> None:
    found = exposures()[name]
    assert set(found) <= {"exposure", "controls", "beyond"}
    assert found["exposure"]
    assert found.get("controls") or found.get("beyond")
    if "beyond" in found:
        assert re.match(r"(files|packages|models|nodes|image configuration)( and \w+)*: ", found["beyond"])
