"""Evidence as JSON: what is read again is what was written."""

from __future__ import annotations

import json

import pytest

from ourhalf import __version__
from ourhalf.collect import Targets, collect
from ourhalf.evidence.document import Kept, decode, encode
from ourhalf.evidence.errors import EvidenceError
from ourhalf.model.evidence import Evidence
from ourhalf.model.finding import ToolInfo
from tests.corpora import DEV, needs_corpora
from tests.evidence.support import bundle
from tests.hostile.samples import FILES
from tests.laws.cases import all_cases
from tests.support import read

TOOL = ToolInfo("ourhalf", "0.1.0")


def _kept(evidence: Evidence) -> Kept:
    return Kept(evidence, ("a", "b/c"), TOOL)


@pytest.mark.parametrize("name", FILES)
def test_every_format_round_trips(name: str) -> None:
    kept = _kept(read(FILES[name]))
    assert kept.evidence.resources or kept.evidence.unread
    assert decode(encode(kept), "x") == kept


def test_what_every_control_is_tried_on_round_trips() -> None:
    cases = all_cases()
    assert len(cases) > 500
    kept = _kept(Evidence(tuple(resource for case in cases for resource in case.resources), files=3))
    again = decode(encode(kept), "x")
    assert again == kept
    # Struct equality takes 1 for True and 1.0; what is written does not.
    assert encode(again) == encode(kept)


@needs_corpora
def test_thousands_of_real_files_round_trip() -> None:
    kept = _kept(collect(Targets([str(DEV)])))
    assert decode(encode(kept), "x") == kept


def test_it_is_json_with_a_line_for_each_resource() -> None:
    data = bundle()["evidence.json"]
    document = json.loads(data)
    assert [one["type"] for one in document["resources"]] == ["Dockerfile", "PodTemplate"]
    assert sum(line.startswith(b'    {"type":') for line in data.splitlines()) == 2
    assert document["unread"][0]["path"] == "broken.yaml"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "other"}, "evidence.json is no evidence of ourhalf"),
        (
            {"schema_version": "2.0"},
            "evidence.json is evidence of version 2.0, and this program reads 1.0; use ourhalf",
        ),
        (
            {"resources": [{"type": "Tomorrow", "name": "x"}]},
            f"ourhalf {__version__} wrote what this version does not know",
        ),
        ({"resources": [{"type": "Dockerfile"}]}, "missing required field `name`"),
        ({"files": "many"}, "evidence.json cannot be read: Expected `int`"),
        ({"more": 1}, "unknown field `more`"),
    ],
)
def test_what_is_no_evidence_says_why(change: dict[str, object], words: str) -> None:
    document = json.loads(bundle()["evidence.json"]) | change
    with pytest.raises(EvidenceError) as error:
        decode(json.dumps(document).encode(), "evidence.json")
    assert words in str(error.value)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff", b'{"a":' * 100_000, b'{"kind": "ourhalf-evidence"}'])
def test_what_is_no_json_says_so(data: bytes) -> None:
    with pytest.raises(EvidenceError, match="x is no evidence of ourhalf"):
        decode(data, "x")
