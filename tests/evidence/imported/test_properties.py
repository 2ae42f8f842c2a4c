"""Laws over changed files: nothing in a file breaks the import, and no claim becomes more than a claim."""

from __future__ import annotations

import json
import os
import re
from functools import cache
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ourhalf import schemas
from ourhalf.evidence.imported import reading
from ourhalf.evidence.imported.format import Layout, all_importers, recognised
from ourhalf.evidence.imported.reading import Results, UnusableError
from ourhalf.evidence.imported.records import Damage, records, text_of
from ourhalf.model.finding import Assessment
from ourhalf.model.verdict import Status
from ourhalf.reports.json import load, render
from ourhalf.reports.report import all_reports
from tests.evidence.imported.support import SAMPLES, joined, ours
from tests.evidence.imported.test_joining import DEPLOYMENT, MAYBE, TASK, VERSIONED

EXAMPLES = int(os.environ.get("OURHALF_FUZZ_EXAMPLES", "60"))
NAMES = sorted(path.name for path in SAMPLES.iterdir())
TELL_FINDINGS = ("gitlab", "html", "json", "junit", "markdown", "sarif", "table")
quiet = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@cache
def base() -> Assessment:
    return ours({"k8s/serve.yaml": DEPLOYMENT, "main.tf": VERSIONED % MAYBE + TASK % ("true", "var.p")})


def results(data: bytes) -> Results | None:
    """What a file with these bytes holds, read as a file is."""
    text = text_of(data)
    found = recognised(text)
    if found is None:
        return None
    foreign: list[Any] = []
    left = 0
    for one in list(records(text, found[1].records)):
        problem = one.reason if isinstance(one, Damage) else reading._taken(found[0], one, "f.json", foreign)
        left += bool(problem)
    return Results("f.json", tuple(foreign), (), left)


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        ["", "arn:aws:s3:::acme-data", "arn:::", "PASSED", "2026-10-20", "\x1b[31m", "<script>", "a" * 5000]
    ),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2),
)


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where every value of a document is."""
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in items:
        found += paths(below, (*path, key))
    return found


def changed(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    copy = json.loads(json.dumps(document))
    at = copy
    for key in path[:-1]:
        at = at[key]
    if value is ...:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return copy


def documents(name: str) -> Any:
    text = (SAMPLES / name).read_text()
    return [json.loads(line) for line in text.splitlines()] if name.endswith(".ndjson") else json.loads(text)


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
@quiet
def test_any_value_may_be_any_other(name: str, data: st.DataObject) -> None:
    document = documents(name)
    for _ in range(data.draw(st.integers(1, 3))):
        every = paths(document)
        if every:
            document = changed(document, data.draw(st.sampled_from(every)), data.draw(st.one_of(st.just(...), JUNK)))
    found = results(json.dumps(document).encode())
    if found is not None:
        check(joined(base(), found))


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
@quiet
def test_any_bytes_may_be_cut_or_changed(name: str, data: st.DataObject) -> None:
    raw = bytearray((SAMPLES / name).read_bytes())
    for _ in range(data.draw(st.integers(0, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    found = results(bytes(raw[: data.draw(st.integers(1, len(raw)))]))
    if found is not None:
        check(joined(base(), found))


def check(found: Assessment) -> None:
    """What holds of every import."""
    before = {f.id: f for f in base().findings}
    after = {f.id: f for f in found.findings}
    assert len(after) == len(found.findings)
    assert before.keys() <= after.keys()
    for id_, finding in after.items():
        if id_ in before and before[id_].status is not finding.status:
            assert (before[id_].status, finding.status) == (Status.UNKNOWN, Status.FAIL)
            assert any(s.status is Status.FAIL and s.live and s.as_of for s in finding.said)
        if id_ not in before and finding.status is Status.PASS:
            assert any(s.status is Status.PASS and s.as_of for s in finding.said)
            assert all(s.status in (Status.PASS, Status.NOT_APPLICABLE) for s in finding.said)
    assert load(render(found).encode()) == found


def every_sample() -> list[Results]:
    return [found for name in NAMES if (found := results((SAMPLES / name).read_bytes())) is not None]


@cache
def validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads(schemas.shipped("assessment")))


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_is_valid_by_the_shipped_schema(name: str) -> None:
    found = results((SAMPLES / name).read_bytes())
    assert found is not None
    for assessment in (joined(base(), found), joined(None, found)):
        assert not list(validator().iter_errors(json.loads(render(assessment))))


@pytest.mark.parametrize("report", sorted(all_reports()))
def test_every_report_can_be_made_of_it(report: str) -> None:
    made = all_reports()[report].render(joined(base(), *every_sample()))
    assert "RDS.3" in made or report not in TELL_FINDINGS
    assert "<img src=x" not in made or report not in ("html", "markdown")


def test_links_in_the_page_lead_to_the_tests_of_others_too() -> None:
    page = all_reports()["html"].render(joined(None, *every_sample()))
    links, anchors = (set(re.findall(rf'{name}="#?([^"]+)"', page)) for name in ("href", "id"))
    wanted = {link for link in links if link.startswith("control-")}
    assert "control-securityhub:RDS.3" in wanted
    assert wanted <= anchors


def test_no_layout_is_told_by_what_tells_another() -> None:
    """One format must not be taken for another, whichever comes first in its file."""
    every: list[tuple[str, Layout]] = [(one.name, layout) for one in all_importers() for layout in one.layouts]
    for name, layout in every:
        for other, its in every:
            assert name == other or not layout.told_by <= its.told_by, (name, other, layout.told_by)


def test_a_file_that_is_unusable_raises_one_kind_of_error(tmp_path: Any) -> None:
    for data in (b"", b"{", b"[", b"\xff\xfe", b"\x00" * 10, b'"', b"{}", b"nul"):
        path = tmp_path / "f.json"
        path.write_bytes(data)
        with pytest.raises(UnusableError):
            reading.read_results(str(path), "f.json")
