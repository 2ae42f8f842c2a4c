"""Files that are not as they should be: what is sound goes in, the rest is listed with its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ourhalf.evidence.imported import reading, records
from ourhalf.evidence.imported.format import all_importers, recognised
from ourhalf.evidence.imported.reading import UnusableError, read_results
from ourhalf.model.evidence import Unread
from tests.evidence.imported.support import SAMPLES, asff, written

GOOD = asff("S3.14", "PASSED", "arn:aws:s3:::acme-data", "AwsS3Bucket")


def left_out(found: reading.Results) -> list[tuple[int, str]]:
    return [(item.line, item.reason) for item in found.unread]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"UpdatedAt": "yesterday"}, "left out: UpdatedAt is no date: yesterday"),
        ({"UpdatedAt": "2026-13-01T00:00:00Z"}, "left out: UpdatedAt is no date: 2026-13-01T00:00:00Z"),
        ({"Compliance": {"Status": "PROBABLY"}}, "left out: Compliance.Status is PROBABLY"),
        ({"Resources": []}, "left out: names no resource"),
        ({"Title": 5}, "left out: it is not as the format asff has it: Expected `str`, got `int` - at `$.Title`"),
        ({"Title": None}, "left out: it is not as the format asff has it: Expected `str`, got `null`"),
        ({"Resources": "all"}, "left out: it is not as the format asff has it"),
    ],
)
def test_a_record_that_is_wrong_is_left_out_alone(tmp_path: Path, changed: dict[str, Any], reason: str) -> None:
    found = written(tmp_path, {"Findings": [GOOD, {**GOOD, **changed}, GOOD]})
    assert len(found.foreign) == 2
    ((line, told),) = left_out(found)
    assert told.startswith(reason)
    text = (tmp_path / "results.json").read_text().splitlines()
    assert text[line - 1].strip() == "{"
    assert found.left_out == 1


def test_unknown_fields_are_no_problem(tmp_path: Path) -> None:
    more = {**GOOD, "NewThing": {"deep": [1, 2, {"x": 1e300, "big": 10**400}]}}
    found = written(tmp_path, {"Findings": [more], "Other": [{"a": 1}] * 3})
    assert len(found.foreign) == 1
    assert not found.unread


def test_a_file_that_is_cut_off_gives_what_it_has(tmp_path: Path) -> None:
    text = json.dumps({"Findings": [GOOD, GOOD, GOOD]}, indent=1)
    found = written(tmp_path, text[: len(text) * 2 // 3].encode())
    assert len(found.foreign) == 2 - (len(text) * 2 // 3 < text.rindex('"SchemaVersion"'))
    ((_, told),) = left_out(found)
    assert "cut off" in told


def test_lines_and_one_after_the_other(tmp_path: Path) -> None:
    lines = "\n".join([json.dumps(GOOD), '{"broken', json.dumps(GOOD), "", json.dumps({**GOOD, "Title": 1})])
    found = written(tmp_path, lines.encode())
    assert [one.line for one in found.foreign] == [1, 3]
    assert [line for line, _ in left_out(found)] == [2, 5]


def test_bytes_that_are_no_utf8_cost_their_record_only(tmp_path: Path) -> None:
    text = json.dumps({"Findings": [GOOD, {**GOOD, "Title": "K@fig"}, GOOD]}, indent=1)
    found = written(tmp_path, text.encode().replace(b"K@fig", b"K\xe4fig"))
    assert len(found.foreign) == 2
    assert left_out(found)[0][1] == "left out: it holds bytes that are not UTF-8"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_other_encodings_that_say_what_they_are(tmp_path: Path, encoding: str) -> None:
    found = written(
        tmp_path, json.dumps({"Findings": [{**GOOD, "Title": "Käfig"}]}, ensure_ascii=False).encode(encoding)
    )
    assert [one.title for one in found.foreign] == ["Käfig"]


@pytest.mark.parametrize("escape", ["\\ud800", "\\u0000", "\\u202e\\u001b[31m"])
def test_escapes_that_are_no_text_do_no_harm(tmp_path: Path, escape: str) -> None:
    text = json.dumps({"Findings": [GOOD, {**GOOD, "Title": "@@"}]}).replace("@@", escape)
    found = written(tmp_path, text.encode())
    assert len(found.foreign) + found.left_out == 2


def test_a_secret_in_the_words_of_others_is_not_shown(tmp_path: Path) -> None:
    token, word = "ghp_" + "b" * 36, "hunter2hunter2"
    said = {
        "Description": f"env DB_PASSWORD={word} and {token}",
        "Title": f"PASSWORD={word}",
        "Remediation": {"Recommendation": {"Text": f"PASSWORD={word}"}},
        "Workflow": {"Status": "SUPPRESSED"},
        "Note": {"Text": f"the PASSWORD={word} is known", "UpdatedBy": "me"},
    }
    found = written(tmp_path, {"Findings": [{**GOOD, **said}]})
    (one,) = found.foreign
    assert token not in repr(found)
    assert word not in repr(found)
    assert one.accepted is not None
    assert all("secret-by-name" in text for text in (one.reason, one.title, one.remedy, one.accepted.reason))


def test_the_secret_and_its_lines_in_a_report_of_trivy_are_not_taken() -> None:
    assert "ghp_0123456789" not in repr(read_results(str(SAMPLES / "trivy-config.json"), "t.json"))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b" \n ", "is empty"),
        (b"hello", "is no JSON; formats are asff, aws-config, grype, ocsf, trivy"),
        (b'{"version": "2.1.0", "runs": []}', "is in no format that is known here"),
        (b"[1, 2]", "is in no format that is known here"),
        (b"\x1f\x8b\x08abc", "is compressed; unpack it with gunzip first"),
    ],
)
def test_what_cannot_be_used_at_all(tmp_path: Path, data: bytes, reason: str) -> None:
    with pytest.raises(UnusableError, match=reason):
        written(tmp_path, data)


def test_a_file_beyond_the_bound_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert records.MAX_BYTES == 100 * 1024 * 1024
    monkeypatch.setattr(reading, "MAX_BYTES", 1024 * 1024)
    path = tmp_path / "large.json"
    with open(path, "wb") as file:
        file.truncate(2 * 1024 * 1024 + 1)
    with pytest.raises(UnusableError, match="2 MB: larger than the 1 MB bound; split it"):
        read_results(str(path), "large.json")


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(UnusableError, match="is no regular file"):
        read_results(str(tmp_path), "x")


def test_many_bad_records_are_counted_and_not_all_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_MOST_LISTED", 5)
    found = written(tmp_path, {"Findings": [GOOD] + [{**GOOD, "Title": 1}] * 9})
    assert found.left_out == 9
    assert len(found.unread) == 6
    assert found.unread[-1] == Unread("results.json", 1, "import", "4 more records were left out")


def test_empty_results(tmp_path: Path) -> None:
    documents: list[Any] = [{"Findings": []}, [], {"matches": []}, {"EvaluationResults": []}]
    for document in documents:
        found = written(tmp_path, document)
        assert not found.foreign
        assert not found.unread


def test_a_bad_first_record_does_not_hide_the_format(tmp_path: Path) -> None:
    found = written(tmp_path, {"Findings": [{}, 5, GOOD]})
    assert (len(found.foreign), found.left_out) == (1, 1)


@pytest.mark.parametrize("path", sorted(SAMPLES.iterdir()), ids=lambda path: path.name)
def test_each_sample_is_told_by_its_content(path: Path) -> None:
    found = recognised(records.text_of(path.read_bytes()))
    assert found is not None
    name = path.name.replace("prowler", "ocsf").replace("config-", "aws-config-")
    assert name.startswith(f"{found[0].name}-")


def test_each_importer_is_found_and_says_what_it_is() -> None:
    assert [one.name for one in all_importers()] == ["asff", "aws-config", "grype", "ocsf", "trivy"]
    assert all(len(one.describe) > 20 and one.layouts for one in all_importers())
