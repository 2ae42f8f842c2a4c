"""Each report of the sample, and each schema, as files; OURHALF_GOLDEN=write makes them again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ourhalf import schemas
from ourhalf.reports.report import Terminal, all_reports
from ourhalf.reports.table import show
from tests.samples import sample

HERE = Path(__file__).parent
SCHEMAS = Path(schemas.__file__).parent

FILES = {"table": "table.txt", "json": "assessment.json", "sarif": "assessment.sarif", "html": "page.html"} | {
    "markdown": "comment.md",
    "junit": "junit.xml",
    "gitlab": "gitlab.json",
    "cyclonedx": "models.cdx.json",
    "cyclonedx-vdr": "vulnerabilities.cdx.json",
    "openvex": "statements.openvex.json",
}


def same(file: Path, text: str) -> None:
    if os.environ.get("OURHALF_GOLDEN") == "write":
        file.write_text(text, "utf-8")
    assert file.exists(), f"{file.name} is missing: run `make golden`"
    assert file.read_text("utf-8") == text, f"{file.name} is out of date: run `make golden` and look at the difference"


def test_every_report_has_a_golden_file() -> None:
    assert set(FILES) == set(all_reports())


@pytest.mark.parametrize("name", FILES)
def test_report(name: str) -> None:
    same(HERE / FILES[name], all_reports()[name].render(sample()))


def test_table_on_a_terminal() -> None:
    same(HERE / "terminal.txt", show(sample(), Terminal(80, True)))


@pytest.mark.parametrize("name", schemas.GENERATED)
def test_schema(name: str) -> None:
    same(SCHEMAS / schemas.SHIPPED[name], schemas.text(schemas.GENERATED[name]()))
