"""Each format of the report as a file; OURHALF_GOLDEN=write makes them again. Nothing hostile gets through."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ourhalf.compliance.formats.csv import COLUMNS
from ourhalf.compliance.formats.format import Held, all_formats
from ourhalf.compliance.formats.words import LABELS, MEANINGS, covered, share
from ourhalf.compliance.framework import How, Requirement
from ourhalf.compliance.judge import report
from ourhalf.compliance.loader import all_frameworks
from ourhalf.compliance.programs import Entry, Programs, Scope, load_programs, shipped
from ourhalf.compliance.results import ComplianceReport, Outcome
from ourhalf.model.responsibility import Party
from ourhalf.model.verdict import Status
from ourhalf.run import Request, run
from tests.compliance.made import finding, framework, mapping
from tests.golden.test_reports import same
from tests.samples import HOSTILE, sample

GOLDEN = Path(__file__).parent / "golden"
FILES = {"table": "table.txt", "csv": "report.csv", "json": "report.json", "html": "page.html"}
FORMULA = "=HYPERLINK(1)"


def held() -> Held:
    """Every outcome, party and kind of line, with texts that try to break out."""
    house = framework(
        Requirement("1.1", "containers have no power over their host", (mapping("container-unprivileged"),)),
        Requirement(
            "1.2",
            "endpoints hold their data encrypted",
            (mapping("sagemaker-endpoint-customer-key", how=How.SUPPORTS), mapping("ray-dashboard-not-open")),
            attach="the plan for keys",
            layers=("gpu-stack",),
        ),
        Requirement(
            "1.3", "what is not looked at", (mapping("ecs-roles-apart", how=How.EVIDENCE),), layers=("network",)
        ),
        Requirement("2.1", "what holds", (mapping("ecs-health-check"),)),
        Requirement("2.2", "what holds in part", (mapping("ecs-health-check", "kms-key-rotated"),), attach="more"),
        Requirement("2.3", "what is accepted", (mapping("eks-deletion-protected"),)),
        Requirement("2.4", "what nothing is subject to", (mapping("batch-job-timeout"),)),
        Requirement("3.1", "doors and walls", layers=("facilities",)),
        Requirement("3.2", "hosts are patched", (mapping("kms-key-rotated"),), layers=("host-patching",)),
        Requirement("4.1", "a plan", attach="the plan"),
        Requirement("4.2", "another plan", attach="the plan"),
        Requirement(FORMULA, HOSTILE, attach=f"@{HOSTILE}"),
        title=f"House rules {HOSTILE}",
        notes=("what a reader must know", HOSTILE),
    )
    more = (
        finding("ecs-health-check", number=1),
        finding("eks-deletion-protected", Status.FAIL, accepted=True, number=2),
        finding("batch-job-timeout", Status.NOT_APPLICABLE, number=3),
    )
    base = sample()
    whole = msgspec.structs.replace(base, findings=(*base.findings, *more))
    entries = [
        Entry("soc", service, Scope.IN, date(2026, 9, 1), "https://example.com/scope")
        for service in ("eks", "eks-fargate")
    ]
    known = Programs(shipped().programs, shipped().services, tuple(entries))
    return Held(report(whole, house, {}, known), house, whole)


def test_every_format_of_people_and_programs_has_a_golden_file() -> None:
    assert {name for name in all_formats() if not name.startswith("oscal")} == set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_golden(name: str) -> None:
    GOLDEN.mkdir(exist_ok=True)
    same(GOLDEN / FILES[name], all_formats()[name].render(held()))


def test_the_sample_shows_every_outcome_and_party() -> None:
    made = held().report
    assert {result.outcome for result in made.results} == set(Outcome)
    assert {party for result in made.results for party in result.parties} >= {
        Party.PROVIDER,
        Party.CUSTOMER,
        Party.SHARED,
        Party.UNKNOWN,
    }
    assert set(LABELS) == set(MEANINGS) == set(Outcome)


def test_json_is_the_report() -> None:
    text = all_formats()["json"].render(held())
    assert msgspec.json.decode(text, type=ComplianceReport) == held().report
    assert json.loads(text)["results"][0]["outcome"] == "not-met"


def test_csv_has_a_row_for_each_requirement_and_control_and_no_formula() -> None:
    rows = list(csv.DictReader(io.StringIO(all_formats()["csv"].render(held()), newline="")))
    assert tuple(rows[0]) == COLUMNS
    wanted = [(r.id, c.control) for r in held().report.results for c in r.controls or (None,) if c is not None]
    assert [(row["requirement"], row["control"]) for row in rows if row["control"]] == wanted
    assert {row["requirement"].lstrip("'") for row in rows} == {r.id for r in held().report.results}
    cells = [cell for row in rows for cell in row.values()]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t"))]
    assert f"'{FORMULA}" in cells


class Page(HTMLParser):
    """Tags, attributes and ids of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, Any]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_page_loads_and_runs_nothing() -> None:
    text = all_formats()["html"].render(held())
    page = Page(text)
    assert not {tag for tag, _ in page.tags} & {"script", "img", "iframe", "object", "link", "form", "base"}
    for tag, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on") or name in ("src", "style", "srcset")], tag
        assert attributes.get("href", "#").startswith(("#", "https://")), attributes
    assert "default-src 'none'" in text
    assert not re.search("[\u202a-\u202e\x1b]", text)
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {attributes["href"][1:] for tag, attributes in page.tags if attributes.get("href", "").startswith("#")}
    assert targets <= set(ids)


def test_the_table_steers_no_terminal() -> None:
    text = all_formats()["table"].render(held())
    assert not re.search("[\x1b\u202e]", text)
    assert max(map(len, text.splitlines())) < 200


@pytest.mark.parametrize("length", [1, 10, 11, 12, 13, 40])
def test_ids_of_any_length_stand_apart_from_what_they_are_about(length: int) -> None:
    house = framework(Requirement("i" * length, "what holds", (mapping("ecs-health-check"),)))
    whole = sample()
    text = all_formats()["table"].render(Held(report(whole, house, {}, shipped()), house, whole))
    assert re.search(rf"^i{{{length}}} +what holds", text, re.MULTILINE)


@pytest.mark.parametrize(("part", "size", "shown"), [(199, 200, 99), (1, 1000, 0), (200, 200, 100), (0, 0, 0)])
def test_shares_are_rounded_down(part: int, size: int, shown: int) -> None:
    made = msgspec.structs.replace(held().report, covered=part, size=size)
    assert share(made) == shown
    assert f"({shown} %)" in covered(made)


EXAMPLE = Path(__file__).parents[2] / "examples" / "acme"


@pytest.fixture(scope="module")
def example() -> Any:
    """The assessment of the example, once."""
    return run(Request((str(EXAMPLE),), date(2026, 11, 27)), use_cache=False)


@pytest.mark.parametrize("name", sorted(all_frameworks()))
def test_each_framework_can_be_held_against_the_example(name: str, example: Any) -> None:
    every = all_frameworks()
    for baseline in (None, *every[name].baselines):
        made = report(example, every[name], every, load_programs(), baseline)
        assert sum(made.counts.values()) == len(made.results) > 0
        assert made.covered <= made.size
        told = Held(made, every[name], example)
        for form in FILES:
            text = all_formats()[form].render(told)
            assert all(result.id in text for result in made.results[:20])
