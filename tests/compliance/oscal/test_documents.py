"""Every OSCAL document: valid, the same each time, read back by trestle, and pointing at what exists."""

from __future__ import annotations

import importlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ourhalf.compliance.formats.format import all_formats
from ourhalf.compliance.oscal.document import NAMESPACE, OscalError, string, token, tokens, uuid_of
from ourhalf.compliance.results import Outcome
from tests.compliance.oscal.samples import assessment, held, results
from tests.compliance.oscal.schemas import REFERENCE, SCHEMAS, errors, needs_reference, portable, validator
from tests.samples import HOSTILE, finding

GOLDEN = Path(__file__).parent / "golden"
FORMATS = sorted(SCHEMAS)
TRESTLE = {
    "oscal-component": ("component", "ComponentDefinition"),
    "oscal-ssp": ("ssp", "SystemSecurityPlan"),
    "oscal-ap": ("assessment_plan", "AssessmentPlan"),
    "oscal-ar": ("assessment_results", "AssessmentResults"),
    "oscal-poam": ("poam", "PlanOfActionAndMilestones"),
}


@pytest.fixture(autouse=True)
def _no_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)


def rendered(name: str, **changed: Any) -> str:
    return all_formats()[name].render(held(**changed))


def parsed(name: str, **changed: Any) -> dict[str, Any]:
    (body,) = json.loads(rendered(name, **changed)).values()
    assert isinstance(body, dict)
    return body


def everywhere(value: Any, path: str = "") -> Iterator[tuple[str, str, Any]]:
    """Every key of a document with its path and value."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield path, key, inner
            yield from everywhere(inner, f"{path}/{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from everywhere(inner, path)


def test_every_format_is_tried() -> None:
    assert {name for name in all_formats() if name.startswith("oscal-")} == set(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_golden(name: str) -> None:
    file, text = GOLDEN / f"{name}.json", rendered(name)
    if os.environ.get("OURHALF_GOLDEN") == "write":
        file.write_text(text, "utf-8")
    assert file.read_text("utf-8") == text, f"{file.name} is out of date: look at the difference"


@needs_reference
@pytest.mark.parametrize("name", FORMATS)
def test_valid(name: str) -> None:
    assert not errors(name, rendered(name))


@needs_reference
@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("where", [r'"uuid": "', r'"oscal-version": "', r'"last-modified": "20', r'"title": "'])
def test_the_schema_would_see_it(name: str, where: str) -> None:
    text = rendered(name)
    assert where in text
    assert errors(name, text.replace(where, where + r"\n", 1))


@needs_reference
def test_patterns_say_what_nist_says() -> None:
    schema = validator("oscal-ssp").schema
    assert isinstance(schema, dict)
    said = re.compile(schema["definitions"]["TokenDatatype"]["pattern"])
    assert said.match("ac-6.10")
    assert said.match("_1.4.4")
    assert said.match("é2")
    assert not said.match("1.4.4")
    assert not said.match("a b")
    assert not said.match("ac-6\n")
    assert portable("^[^\n]+$") == "^[^\n]+\\Z"


@pytest.mark.parametrize("name", FORMATS)
def test_trestle_reads_the_same_values(name: str, tmp_path: Path) -> None:
    module, kind = TRESTLE[name]
    text = rendered(name)
    file = tmp_path / "document.json"
    file.write_text(text, "utf-8")
    read = getattr(importlib.import_module(f"trestle.oscal.{module}"), kind).oscal_read(file)
    assert json.loads(read.oscal_serialize_json()) == json.loads(text)
    importlib.import_module("trestle.core.validator_factory")  # its validators import each other
    for one in ("duplicates", "refs", "links"):
        checker = importlib.import_module(f"trestle.core.{one}_validator")
        check = getattr(checker, f"{one.capitalize()}Validator")()
        assert check.model_is_valid(read, True), one


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_again_in_any_order(name: str) -> None:
    made = assessment()
    turned = replace(made, controls=made.controls[::-1])
    assert rendered(name) == rendered(name, of=turned)


@pytest.mark.parametrize("name", FORMATS)
def test_source_date_epoch_is_when_it_was_made(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert parsed(name)["metadata"]["last-modified"] == "2026-11-01T00:00:00+00:00"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    assert parsed(name)["metadata"]["last-modified"] == "2026-09-21T14:13:20+00:00"
    for wrong in ("yesterday", "9" * 30, "-9999999999", "99999999999"):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", wrong)
        with pytest.raises(OscalError, match="SOURCE_DATE_EPOCH"):
            parsed(name)


@pytest.mark.parametrize("name", FORMATS)
def test_every_identifier_names_one_thing(name: str) -> None:
    found = Counter(value for _, key, value in everywhere(parsed(name)) if key == "uuid")
    assert [uuid for uuid, count in found.items() if count > 1] == []


@pytest.mark.parametrize("name", FORMATS)
def test_every_reference_leads_somewhere(name: str) -> None:
    """To this document, or to the one that it imports: results to the plans, plans to the system security plan."""
    body = parsed(name)
    defined = {value for _, key, value in everywhere(body) if key == "uuid"}
    imported = {value for _, key, value in everywhere(parsed("oscal-ssp")) if key == "uuid"}
    assert (
        not {
            value[1:] for _, key, value in everywhere(body) if key in ("href", "source") and str(value).startswith("#")
        }
        - defined
    )
    named = {(key, value) for _, key, value in everywhere(body) if key.endswith("-uuid") and isinstance(value, str)}
    assert not {(key, value) for key, value in named if value not in defined | imported}
    roles = {role["id"] for role in body["metadata"]["roles"]}
    assert {value for _, key, value in everywhere(body) if key == "role-id"} <= roles


@needs_reference
def test_targets_are_statements_of_the_catalog() -> None:
    path = REFERENCE / "oscal/nist/NIST_SP-800-53_rev5_HIGH-baseline-resolved-profile_catalog-min.json"
    known = {value for _, key, value in everywhere(json.loads(path.read_text("utf-8"))) if key == "id"}
    found = {one["target"]["target-id"] for one in parsed("oscal-ar")["results"][0]["findings"]}
    assert "ac-6.9_smt" in found
    assert found <= known


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=9), max_size=3))
def test_identifiers_are_of_version_5(parts: list[str]) -> None:
    space = uuid5(NAMESPACE_URL, NAMESPACE)
    assert uuid_of(*parts) == str(uuid5(space, "\0".join(parts)))


@given(st.text(st.characters(codec="utf-8"), max_size=9) | st.text(" a\n\u2028\x1b", max_size=6))
def test_strings_are_what_the_schema_asks(text: str) -> None:
    made = string(text)
    assert made == string(made)
    assert not made or re.fullmatch(r"\S(.*\S)?", made)
    assert made.split() == made.split(" ") or not made


def test_ids_of_other_frameworks_become_tokens() -> None:
    assert token("ac-6.10") == "ac-6.10"
    assert token("1.4.4") == "_1.4.4"
    assert token("164.312(a)(1)") == "_164.312-a-1"
    assert token("§ 5") == "_5"
    assert token("()") == "_"
    made = tokens(["a(1)", "a-1", "a 1"])
    assert made["a-1"] == "a-1"
    assert len(set(made.values())) == 3


def test_other_frameworks_keep_their_ids() -> None:
    found = tuple(replace(one, id=f"1.{n}({n})") for n, one in enumerate(results(assessment())))
    body = parsed("oscal-ar", found=found, framework="pci-dss-4.0.1", baseline=None)
    first = body["results"][0]["findings"][0]
    assert first["target"]["target-id"] == "_1.0-0"
    assert {"name": "label", "ns": "urn:ourhalf:oscal", "value": "1.0(0)"} in first["props"]


def test_hostile_texts_stay_texts() -> None:
    for name in FORMATS:
        text = rendered(name)
        assert "alert(1)" in text
        for path, key, value in everywhere(json.loads(text)):
            if key in ("title", "description", "remarks", "statement", "prose"):
                assert not re.search(r"(?<!\\)<|(?<!\\)\[", str(value).partition("\n\n    ")[0]), (path, value)
        assert "\\u001b" not in text
        assert "\u202e" not in text


def test_parameters_of_templates_are_not_inserted() -> None:
    told = replace(finding(99, reason="{{ insert: param, ac-1_prm_1 }}"), exception=None)
    made = assessment()
    changed = replace(made, findings=(told, *made.findings))
    found = results(changed)
    titles = [one["description"] for one in parsed("oscal-poam", of=changed, found=found)["poam-items"]]
    assert any("\\{{ insert: param" in one for one in titles)


def test_strings_have_nothing_around_them() -> None:
    assert string("  a\n\tb \u2028") == "a b"
    assert string(" \n ") == ""
    assert string("\ufeffa") == "\ufffda"
    assert re.fullmatch(r"\S(.*\S)?", string(HOSTILE))


def test_a_framework_without_requirements_is_refused() -> None:
    for name in FORMATS:
        with pytest.raises(OscalError, match="no requirement"):
            rendered(name, found=())


def test_nothing_to_assess_is_still_a_document() -> None:
    only = tuple(one for one in results(assessment()) if one.outcome is Outcome.NOT_APPLICABLE)
    body = parsed("oscal-ar", found=only)
    assert "findings" not in body["results"][0]
    assert body["results"][0]["reviewed-controls"]["control-selections"] == [
        {"include-all": {}, "exclude-controls": [{"control-id": "pe-20"}]}
    ]


@pytest.mark.parametrize(
    ("framework", "baseline", "official"),
    [
        ("nist-800-53-r5", None, "/NIST_SP-800-53_rev5_catalog.json"),
        ("nist-800-53-r5", "PRIVACY", "/NIST_SP-800-53_rev5_PRIVACY-baseline_profile.json"),
        ("fedramp-r5", "LI-SaaS", "/FedRAMP_rev5_LI-SaaS-baseline_profile.json"),
        ("soc-2", None, None),
    ],
)
def test_the_plan_names_the_official_profile(framework: str, baseline: str | None, official: str | None) -> None:
    body = parsed("oscal-ssp", framework=framework, baseline=baseline)
    (resource,) = body["back-matter"]["resources"]
    assert body["import-profile"]["href"] == f"#{resource['uuid']}"
    first = resource["rlinks"][0]["href"]
    if official is None:
        assert first == "https://github.com/usnistgov/oscal-content"
        assert "no official OSCAL form" in resource["description"]
    else:
        assert first.endswith(official)


def test_baselines_are_those_that_ship() -> None:
    """The id of a baseline is the part of its profile's name."""
    from ourhalf.compliance.loader import all_frameworks
    from ourhalf.compliance.oscal.references import PROFILES

    shipped = all_frameworks()
    assert set(shipped["nist-800-53-r5"].baselines) == {"LOW", "MODERATE", "HIGH", "PRIVACY"}
    assert set(shipped["fedramp-r5"].baselines) == {"LI-SaaS", "LOW", "MODERATE", "HIGH"}
    assert set(PROFILES) <= set(shipped)
