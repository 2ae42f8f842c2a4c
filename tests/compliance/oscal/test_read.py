"""Component definitions of others: read as they are, or refused with one reason, within bounds."""

from __future__ import annotations

import json
import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ourhalf.compliance.formats.format import all_formats
from ourhalf.compliance.oscal.document import OscalError
from ourhalf.compliance.oscal.read import MAX_BYTES, read_component_definition
from tests.compliance.oscal.samples import held
from tests.compliance.oscal.schemas import REFERENCE, errors, needs_reference
from tests.support import calls_of

FOREIGN = Path(__file__).parent / "foreign.json"
AWS = sorted((REFERENCE / "oscal" / "aws").glob("*.json"))
RESOURCE = "5f0a3a4e-0f5a-4a8a-9d6e-6a4d3c1f00ff"
Change = Callable[[dict[str, Any]], Any]


def refused(path: Path) -> str:
    with pytest.raises(OscalError) as raised:
        read_component_definition(str(path))
    told = str(raised.value)
    assert told.startswith(str(path))
    assert "\n" not in told
    assert len(told) < 400 + len(str(path))
    return told.removeprefix(str(path))


def test_a_sample() -> None:
    found = read_component_definition(str(FOREIGN))
    assert (found.title, found.version, found.imports) == ("Parts that a platform team hands out", "3", 0)
    assert [one.title for one in found.components] == ["Admission policy", "Handbook"]
    first = found.components[0].control_implementations[0].implemented_requirements[0]
    assert (first.control_id, first.statements[0].statement_id) == ("ECS.4", "ECS.4_smt")


@needs_reference
def test_the_sample_is_valid() -> None:
    assert not errors("oscal-component", FOREIGN.read_text("utf-8"))


def test_our_own(tmp_path: Path) -> None:
    file = tmp_path / "own.json"
    file.write_text(all_formats()["oscal-component"].render(held()), "utf-8")
    written = json.loads(file.read_text("utf-8"))["component-definition"]
    found = read_component_definition(str(file))
    assert [one.uuid for one in found.components] == [one["uuid"] for one in written["components"]]


@needs_reference
@pytest.mark.parametrize("path", AWS, ids=lambda path: path.name.partition(".")[0])
def test_definitions_of_aws(path: Path) -> None:
    given = json.loads(path.read_text("utf-8"))
    if "catalog" in given:
        assert refused(path) == ": a catalog, not a component definition"
        return
    body = given["component-definition"]
    found = read_component_definition(str(path))
    assert len(found.components) == len(body.get("components", ()))
    assert found.imports == len(body.get("import-component-definitions", ()))
    claims = [
        requirement.control_id
        for component in found.components
        for implementation in component.control_implementations
        for requirement in implementation.implemented_requirements
    ]
    assert claims == [
        requirement["control-id"]
        for component in body.get("components", ())
        for implementation in component.get("control-implementations", ())
        for requirement in implementation["implemented-requirements"]
    ]


@needs_reference
def test_some_of_aws_have_claims() -> None:
    found = read_component_definition(str(REFERENCE / "oscal/aws/sagemaker.oscal.json"))
    assert len(found.components) == 23
    assert found.components[0].control_implementations[0].implemented_requirements[0].control_id == "SageMaker.1"


def _twice(body: dict[str, Any]) -> None:
    body["components"][1]["uuid"] = body["components"][0]["uuid"].upper()


def _same_statement(body: dict[str, Any]) -> None:
    requirement = body["components"][0]["control-implementations"][0]["implemented-requirements"][0]
    requirement["statements"][0]["uuid"] = RESOURCE


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_twice, "components[1].uuid: UUID 5F0A3A4E-0F5A-4A8A-9D6E-6A4D3C1F0010 stands for something else"),
        (_same_statement, "implemented-requirements[0].statements[0].uuid: UUID"),
        (lambda b: b["metadata"].update({"parties": [{"uuid": b["uuid"]}]}), "metadata.parties[0].uuid"),
        (lambda b: b["back-matter"].update({"resources": []}), f"#{RESOURCE} refers to nothing"),
        (
            lambda b: b["components"][0]["links"][0].update({"href": "#nothing"}),
            "components[0].links[0].href: #nothing",
        ),
        (
            lambda b: b["components"][0]["control-implementations"][1].update({"source": "#gone"}),
            "control-implementations[1].source: #gone refers to nothing",
        ),
        (lambda b: b.update({"import-component-definitions": [{"href": "#gone"}]}), "import-component-definitions[0]"),
        (
            lambda b: b["capabilities"][0]["incorporates-components"][0].update({"component-uuid": RESOURCE}),
            "capabilities[0].incorporates-components: no component has the UUID",
        ),
        (lambda b: b["metadata"].update({"oscal-version": "2.0.0"}), "OSCAL version '2.0.0' is not known"),
        (lambda b: b["metadata"].update({"oscal-version": "1.0.0-rc2"}), "'1.0.0-rc2' is not known"),
        (lambda b: b["metadata"].update({"oscal-version": ""}), "OSCAL version ''"),
        (lambda b: b["metadata"].update({"oscal-version": 1.1}), "metadata.oscal-version: Expected `str`"),
        (lambda b: b["metadata"].pop("oscal-version"), "missing required field `oscal-version`"),
        (lambda b: b["components"][0].update({"uuid": "1"}), "components[0].uuid: not a UUID"),
        (lambda b: b["components"][0].update({"uuid": b["uuid"] + "\n"}), "components[0].uuid: not a UUID"),
        (lambda b: b["components"][0].pop("title"), "missing required field `title`"),
        (lambda b: b.update({"components": {}}), "Expected `array`"),
    ],
)
def test_what_is_refused(change: Change, told: str, tmp_path: Path) -> None:
    body = json.loads(FOREIGN.read_text("utf-8"))
    change(body["component-definition"])
    file = tmp_path / "changed.json"
    file.write_text(json.dumps(body), "utf-8")
    assert told in refused(file)


def test_what_is_imported_may_hold_the_components(tmp_path: Path) -> None:
    body = json.loads(FOREIGN.read_text("utf-8"))
    body["component-definition"]["import-component-definitions"] = [{"href": "other.json"}]
    body["component-definition"]["capabilities"][0]["incorporates-components"][0]["component-uuid"] = RESOURCE
    file = tmp_path / "imports.json"
    file.write_text(json.dumps(body), "utf-8")
    assert read_component_definition(str(file)).imports == 1


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", ":1: not OSCAL in JSON"),
        (b"{\n\n,}", ":3: not OSCAL in JSON"),
        (b"<component-definition/>", ":1: not OSCAL in JSON"),
        (b"component-definition:\n  uuid: x\n", ":1: not OSCAL in JSON"),
        (b"[]", "Expected `object`"),
        (b"{}", "no OSCAL document that is known, not a component definition"),
        (b'{"system-security-plan": {}}', "a system security plan, not a component definition"),
        (b'{"component-definition": null}', "$.component-definition"),
        (b'{"component-definition": {"uuid": "\xff"}}', "UTF-8"),
        (b"\xff\xfe{\x00}\x00", "not OSCAL in JSON"),
        (b'{"x": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", "nested too deeply"),
        (b'{"component-definition": ' + b'{"a":' * 200_000, "nested too deeply"),
        (FOREIGN.read_bytes()[:-40], "not OSCAL in JSON"),
    ],
    ids=lambda one: repr(one[:20]),
)
def test_what_is_no_document(data: bytes, told: str, tmp_path: Path) -> None:
    file = tmp_path / "file.json"
    file.write_bytes(data)
    assert told in refused(file)


def test_files_that_are_none(tmp_path: Path) -> None:
    assert refused(tmp_path / "missing.json") == ": cannot be read: No such file or directory"
    assert refused(tmp_path) == ": not a regular file; name a JSON file"
    os.mkfifo(tmp_path / "pipe")
    assert "not a regular file" in refused(tmp_path / "pipe")
    assert "not a regular file" in refused(Path("/dev/zero"))


def test_100_megabytes_are_refused_before_they_are_read(tmp_path: Path) -> None:
    file = tmp_path / "large.json"
    with file.open("wb") as out:
        out.truncate(100 * 1024 * 1024)
    tracemalloc.start()
    try:
        assert ": 100 MB: larger than the 64 MB bound" in refused(file)
        assert tracemalloc.get_traced_memory()[1] < 4 * 1024 * 1024
    finally:
        tracemalloc.stop()


def test_a_document_just_within_the_bound_is_read_in_time(tmp_path: Path) -> None:
    body = json.loads(FOREIGN.read_text("utf-8"))
    requirements = body["component-definition"]["components"][1]["control-implementations"][0][
        "implemented-requirements"
    ]
    (first,) = requirements
    for number in range(100_000):
        requirements.append({**first, "uuid": f"00000000-0000-4000-8000-{number:012x}"})
    file = tmp_path / "many.json"
    text = json.dumps(body)
    file.write_text(text + " " * (MAX_BYTES - len(text)), "utf-8")
    found, calls = calls_of(lambda: read_component_definition(str(file)))
    assert len(found.components) == 2
    assert calls < 20_000_000
