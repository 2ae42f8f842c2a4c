"""The page on OSCAL says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from ourhalf.compliance.formats.format import all_formats
from ourhalf.compliance.oscal.document import OSCAL_VERSION
from ourhalf.compliance.oscal.read import MAX_BYTES
from ourhalf.compliance.oscal.results import status
from ourhalf.compliance.oscal.system import overall
from ourhalf.compliance.results import Outcome, RequirementResult
from tests.compliance.oscal.samples import COVERED

PAGE = (Path(__file__).parents[2] / "docs" / "oscal.md").read_text("utf-8")


def _rows(heading: str) -> list[list[str]]:
    """The cells of the table whose first heading this is."""
    table = PAGE.split(f"| {heading} |")[1].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in table]


def test_every_format_is_told() -> None:
    assert [row[0].strip("`") for row in _rows("format")] == [
        "oscal-component",
        "oscal-ssp",
        "oscal-ap",
        "oscal-ar",
        "oscal-poam",
    ]
    assert {row[0].strip("`") for row in _rows("format")} == {n for n in all_formats() if n.startswith("oscal")}


def test_the_table_of_outcomes_is_true() -> None:
    seen = set()
    for told, state, reason, implementation in _rows("outcome"):
        outcome = Outcome(told.partition(",")[0])
        inherited = (COVERED,) if "covered" in told else ()
        result = RequirementResult("ac-6", "about", outcome, "why", (), (), inherited)
        assert re.search(rf"\b{overall(result).word}\b", implementation), told
        if outcome is not Outcome.NOT_APPLICABLE:
            assert (status(result)["state"], status(result)["reason"]) == (state, reason), told
        seen.add(outcome)
    assert seen == set(Outcome)


def test_bounds_and_versions() -> None:
    assert f"OSCAL {OSCAL_VERSION}" in PAGE
    assert f"more than {MAX_BYTES // 2**20} MB" in PAGE
