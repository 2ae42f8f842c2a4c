"""What holds of every report: escaping, bounds, validity, and that JSON tells all of it."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ourhalf import schemas
from ourhalf.model.finding import Assessment
from ourhalf.reports.html import render as html
from ourhalf.reports.json import load
from ourhalf.reports.json import render as to_json
from ourhalf.reports.markdown import MOST_CHARACTERS
from ourhalf.reports.markdown import render as markdown
from ourhalf.reports.report import Terminal, all_reports
from ourhalf.reports.sarif import FINGERPRINT, document
from ourhalf.reports.sarif import render as sarif
from ourhalf.reports.table import show
from tests.corpora import assessed, needs_corpora
from tests.samples import HOSTILE, large, sample

SARIF_SCHEMA = Path(__file__).parents[3] / "shared" / "reference" / "schemas" / "sarif-schema-2.1.0.json"
needs_sarif_schema = pytest.mark.skipif(not SARIF_SCHEMA.is_file(), reason="the SARIF schema is not beside this clone")


def errors(schema: dict[str, Any], value: Any) -> list[str]:
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return [f"{list(e.absolute_path)}: {e.message[:200]}" for e in kind(schema).iter_errors(value)]


def check_json(assessment: Assessment) -> None:
    written = to_json(assessment)
    assert errors(json.loads(schemas.shipped("assessment")), json.loads(written)) == []


def check_sarif(assessment: Assessment) -> None:
    schema = json.loads(SARIF_SCHEMA.read_text("utf-8"))
    assert errors(schema, json.loads(sarif(assessment))) == []


def test_json_is_of_its_schema() -> None:
    check_json(sample())


def test_schema_refuses_what_is_no_assessment() -> None:
    document = json.loads(to_json(sample()))
    document["findings"][0]["status"] = "fine"
    assert errors(json.loads(schemas.shipped("assessment")), document)


@pytest.mark.parametrize("name", all_reports())
def test_reports_of_json_are_reports_of_the_assessment(name: str) -> None:
    again = load(to_json(sample()).encode())
    assert all_reports()[name].render(again) == all_reports()[name].render(sample())


@needs_sarif_schema
def test_sarif_is_valid() -> None:
    check_sarif(sample())


def test_sarif_says_what_the_findings_say() -> None:
    run = document(sample())["runs"][0]
    told = [f for f in sample().findings if f.status in ("fail", "unknown")]
    assert [r["partialFingerprints"][FINGERPRINT] for r in run["results"]] == [f.id for f in told]
    for result, finding in zip(run["results"], told, strict=True):
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == finding.control == result["ruleId"]
        assert (result["kind"] == "open") is (finding.status == "unknown")
        assert (result["level"] == "none") is (finding.status == "unknown")
        assert ("suppressions" in result) is (finding.exception is not None)
    assert len(run["invocations"][0]["toolExecutionNotifications"]) == len(sample().unread)


def test_sarif_places_are_relative_references() -> None:
    uris = re.findall(r'"uri": "([^"]*)"', sarif(sample()))
    assert "deploy/k8s/job%2010.yaml" in uris
    assert all(re.fullmatch(r"(?!/)(?:[A-Za-z0-9/!$&'()*+,;=@._~-]|%[0-9A-F]{2})+", uri) for uri in uris)


class _Page(HTMLParser):
    """The tags, attributes and texts of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.inside: list[str] = []
        self.data = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag == "script":
            self.inside = [value or "" for name, value in attrs if name == "id"]

    def handle_data(self, data: str) -> None:
        if self.inside == ["data"]:
            self.data += data

    def handle_endtag(self, tag: str) -> None:
        self.inside = []


def parsed(page: str) -> _Page:
    found = _Page()
    found.feed(page)
    return found


def test_page_runs_and_loads_nothing_but_its_own() -> None:
    page = parsed(html(sample()))
    assert page.tags.count("script") == 2
    assert not {"img", "link", "iframe", "object", "base", "form"} & set(page.tags) - {"form"}
    names = {name for name, _ in page.attributes}
    assert not {name for name in names if name.startswith("on")} | {"src", "srcset", "style", "action"} & names
    assert all(value.startswith(("#", "https://")) for name, value in page.attributes if name == "href")


def test_page_states_a_policy_that_fits_its_script_and_style() -> None:
    import base64
    import hashlib

    page = html(sample())
    policy = next(v for n, v in parsed(page).attributes if n == "content" and "default-src" in v)
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    for kind, tag in (("script", r"<script>(.*?)</script>"), ("style", r"<style>(.*?)</style>")):
        inline = re.findall(tag, page, re.DOTALL)
        assert len(inline) == 1
        digest = base64.b64encode(hashlib.sha256(inline[0].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy


def test_page_embeds_every_finding() -> None:
    data = json.loads(parsed(html(sample())).data)
    texts = data["texts"]
    assert {texts[row[0]] for row in data["findings"]} == {f.id for f in sample().findings}
    assert HOSTILE.split("\x1b")[0] in "\n".join(texts)


def test_page_shows_hostile_names_as_text() -> None:
    assert "&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;img" in html(sample())
    assert "<img" not in html(sample())
    assert "\u202e" not in html(sample())


def test_terminal_gets_no_control_characters_of_others() -> None:
    plain = all_reports()["table"].render(sample())
    assert not re.search(r"[^\n\x20-\x7e\xa0-\uffff]|\u202e", plain)
    coloured = show(sample(), Terminal(100, True))
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_markdown_holds_no_markup_of_others() -> None:
    comment = markdown(sample())
    prose = re.sub(r"(?ms)^````?\n.*?^````?$", "", comment)
    assert set(re.findall(r"<(/?\w+)", re.sub(r"`[^`]*`", "", prose))) <= {"details", "summary", "b", "sub"} | {
        "/details",
        "/summary",
        "/b",
        "/sub",
    }
    assert "@everyone" not in prose
    assert "](" not in prose.replace("\\]", "")


@pytest.mark.parametrize("count", [0, 1, 3000])
def test_markdown_fits_into_a_comment(count: int) -> None:
    assert len(markdown(large(count))) <= MOST_CHARACTERS


def test_markdown_counts_what_it_leaves_out() -> None:
    import msgspec

    from ourhalf.model.finding import Finding
    from tests.samples import KEY, finding

    def own(n: int) -> Finding:
        control = msgspec.structs.replace(KEY, id=f"control-{n}")
        return finding(n, control, name=f"w-{n}", path=f"{n}.yaml", workload=f"w-{n}", reason="x" * 200)

    assessment = msgspec.structs.replace(sample(), findings=tuple(own(n) for n in range(1, 501)))
    comment = markdown(assessment)
    shown = comment.count("**medium: ")
    assert 0 < shown < 500
    assert f"and {500 - shown} more failures" in comment
    assert len(comment) <= MOST_CHARACTERS


def test_table_stays_readable_with_thousands_of_failures() -> None:
    text = all_reports()["table"].render(large(3000))
    assert text.count("\n") < 200
    assert "in 3,000 workloads" not in text
    assert "1,500 × " not in text
    assert "and 2,9" in text


def test_page_stays_bounded_with_thousands_of_failures() -> None:
    page = html(large(3000))
    static = re.sub(r"(?s)<script.*?</script>", "", page)
    assert len(static) < 600_000


@needs_corpora
@pytest.mark.parametrize("name", all_reports())
def test_reports_of_the_corpus(name: str) -> None:
    text = all_reports()[name].render(assessed())
    assert text.endswith("\n")
    if name == "json":
        again, table = load(text.encode()), all_reports()["table"]
        assert table.render(again) == table.render(assessed())
    if name == "markdown":
        assert len(text) <= MOST_CHARACTERS
    if name == "html":
        assert len(json.loads(parsed(text).data)["findings"]) == len(assessed().findings)


@needs_corpora
def test_json_of_the_corpus_is_of_its_schema() -> None:
    import msgspec

    check_json(msgspec.structs.replace(assessed(), findings=assessed().findings[::20], responsibilities=()))


@needs_corpora
@needs_sarif_schema
def test_sarif_of_the_corpus_is_valid() -> None:
    import msgspec

    told = [f for f in assessed().findings if f.status in ("fail", "unknown")]
    check_sarif(msgspec.structs.replace(assessed(), findings=tuple(told[::10])))
