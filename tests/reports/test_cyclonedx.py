"""The bill of materials: valid by the standard's own schema, the same each time, and with what was found."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from ourhalf.model.finding import Assessment
from ourhalf.model.profile import Parameters
from ourhalf.profile.document import Match, Profile, Scope
from ourhalf.reports.cyclonedx import render
from ourhalf.run import Request, run
from ourhalf.scanning.scan import scanned
from tests.controls.models.test_files import DATA, SYSTEM, licensed

DAY = date(2026, 11, 27)
FILES = {"a/m.safetensors": licensed("Apache-2.0"), "b/m.pkl": SYSTEM, "c.pkl": DATA}


def written(folder: Path, files: dict[str, bytes]) -> str:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return str(folder)


def document(assessment: Assessment) -> dict[str, Any]:
    """What is written, once it is valid by the schema."""
    text = render(assessment)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    made: dict[str, Any] = json.loads(text)
    return made


@pytest.mark.parametrize("how", ["scan", "assess"])
def test_components(tmp_path: Path, how: str) -> None:
    request = Request((written(tmp_path, FILES),), DAY, digests=True)
    assessment = scanned(request) if how == "scan" else run(request, use_cache=False)
    components = document(assessment)["components"]
    assert [one["bom-ref"] for one in components] == ["model:a/m.safetensors", "model:b/m.pkl", "model:c.pkl"]
    assert {one["type"] for one in components} == {"machine-learning-model"}
    for one, content in zip(components, FILES.values(), strict=True):
        assert one["hashes"] == [{"alg": "SHA-256", "content": hashlib.sha256(content).hexdigest()}]
    first, second, _ = components
    assert first["licenses"] == [{"license": {"name": "Apache-2.0"}}]
    told = {one["name"]: one["value"] for one in second["properties"]}
    assert told["ourhalf:judgement"] == "unsafe"
    assert told["ourhalf:format"] == "pickle"
    assert told["ourhalf:finding:model-file-only-data"].startswith("fail: it takes posix.system")


def test_the_same_each_time(tmp_path: Path) -> None:
    request = Request((written(tmp_path, FILES),), DAY, digests=True)
    assert render(scanned(request)) == render(scanned(request))


def test_another_content_is_another_document(tmp_path: Path) -> None:
    request = Request((written(tmp_path, FILES),), DAY, digests=True)
    before = document(scanned(request))["serialNumber"]
    written(tmp_path, {"c.pkl": DATA + DATA})
    assert document(scanned(request))["serialNumber"] != before


def test_no_models_and_no_digests(tmp_path: Path) -> None:
    assert document(scanned(Request((written(tmp_path, {"x": b"text", "y": b""}),), DAY)))["components"] == []
    written(tmp_path, FILES)
    assert not any("hashes" in one for one in document(scanned(Request((str(tmp_path),), DAY)))["components"])


def test_hostile_names_and_licences(tmp_path: Path) -> None:
    path = "a\x1b[31m\u202e.safetensors"
    made = document(scanned(Request((written(tmp_path, {path: licensed("x\\u001by")}),), DAY)))
    text = json.dumps(made, ensure_ascii=False)
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_a_digest_is_taken_where_the_profile_names_one(tmp_path: Path) -> None:
    target = written(tmp_path, FILES)
    named = hashlib.sha256(SYSTEM).hexdigest()

    def told(profile: Profile) -> dict[str, str]:
        found = run(Request((target,), DAY, profile), use_cache=False).findings
        assert {f.id: f.status for f in scanned(Request((target,), DAY, profile)).findings} == {
            f.id: f.status for f in found
        }
        return {f.subject.path: f.status.value for f in found if f.control == "model-file-trusted"}

    assert told(Profile(parameters=Parameters(trusted_models=(named,)))) == {
        "a/m.safetensors": "fail", "b/m.pkl": "pass", "c.pkl": "fail",
    }  # fmt: skip
    scope = Scope(Match(path="b/**"), parameters={"trusted_models": [named]})
    assert told(Profile(scopes=(scope,))) == {
        "a/m.safetensors": "not_applicable", "b/m.pkl": "pass", "c.pkl": "not_applicable",
    }  # fmt: skip


def test_a_path_that_two_targets_have_has_no_digest(tmp_path: Path) -> None:
    targets = (written(tmp_path / "1", {"m.pkl": DATA}), written(tmp_path / "2", {"m.pkl": SYSTEM}))
    components = document(scanned(Request(targets, DAY, digests=True)))["components"]
    assert not any("hashes" in one for one in components)


def test_many_files_are_judged_on_all_cores_as_on_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {f"{n:03}.pkl": DATA if n % 3 else SYSTEM for n in range(200)} | {"x.txt": b"text", "y.bin": b"\x93NUMPY"}
    request = Request((written(tmp_path, files),), DAY)
    many = scanned(request)
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    assert scanned(request) == many
    assert many.files == 202
    assert sum(f.status.value == "fail" for f in many.findings) == 67
