"""Checking bundles: whatever is changed in one is found, and the file is named."""

from __future__ import annotations

import json
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ourhalf import __version__
from ourhalf.evidence import comparing, manifest, verify
from ourhalf.evidence.bundle import Bundle, stated
from ourhalf.evidence.errors import NoBundleError
from ourhalf.evidence.manifest import Manifest
from ourhalf.evidence.opened import Fault, Opened
from ourhalf.model.finding import AcceptedBy, Assessment
from ourhalf.model.verdict import Status
from ourhalf.reports import json as report
from tests.evidence.support import MADE, NOW, bundle, verified

NAMES = sorted(manifest.CORE)
VERSION = f'"version":"{__version__}"'.encode()


def _blamed(files: Bundle) -> set[str]:
    found = verified(files)
    assert not found.holds
    return {fault.file for fault in found.faults}


def _named(files: Bundle) -> set[str]:
    """Which files are blamed, also where what was changed is the version of the bundle."""
    try:
        return _blamed(files)
    except NoBundleError as error:
        return {str(error).partition(" says that the bundle is of version ")[0]}


def test_a_bundle_holds() -> None:
    found = verified(bundle())
    assert found.holds
    assert found.faults == ()
    assert found.same_rules
    assert found.again is not None
    assert found.again.findings == len(report.load(bundle()["assessment.json"]).findings) > 40
    assert found.again.differences == ()
    assert found.signing.words == "not signed: whoever had the bundle could have made all of it anew"


@cache
def _file(name: str) -> bytes:
    return bundle()[name]


@settings(max_examples=400, deadline=None)
@given(name=st.sampled_from(NAMES), where=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
@example(name="manifest.json", where=0.0, flip=1)
@example(name="manifest.json", where=0.1, flip=1)
def test_any_changed_byte_is_found(name: str, where: float, flip: int) -> None:
    data = bytearray(_file(name))
    data[int(where * len(data))] ^= flip
    assert name in _named(bundle() | {name: bytes(data)})


@pytest.mark.parametrize("name", ["manifest.json", "profile.json"])
def test_every_single_changed_byte_is_found(name: str) -> None:
    for at in range(len(_file(name))):
        test_any_changed_byte_is_found.hypothesis.inner_test(name, (at + 0.5) / len(_file(name)), 1)  # type: ignore[attr-defined]


@settings(max_examples=60, deadline=None)
@given(name=st.sampled_from(NAMES), left=st.floats(0, 1, exclude_max=True))
def test_what_is_cut_off_is_found(name: str, left: float) -> None:
    assert name in _blamed(bundle() | {name: _file(name)[: int(left * len(_file(name)))]})


@pytest.mark.parametrize("name", NAMES)
def test_what_is_missing_or_added_to_is_found(name: str) -> None:
    files = bundle()
    data = files.pop(name)
    assert name in _blamed(files)
    for more in (b"\n", b" ", b"\0", data):
        assert name in _blamed(files | {name: data + more})


@pytest.mark.parametrize("name", NAMES)
def test_reordered_and_doubled_lines_are_found(name: str) -> None:
    lines = _file(name).splitlines(keepends=True)
    assert lines[1] != lines[2]
    assert name in _blamed(bundle() | {name: b"".join([lines[0], lines[2], lines[1], *lines[3:]])})
    assert name in _blamed(bundle() | {name: b"".join([lines[0], lines[1], *lines[1:]])})


def test_swapped_files_are_found() -> None:
    files = bundle()
    files["evidence.json"], files["inputs.json"] = files["inputs.json"], files["evidence.json"]
    assert {"evidence.json", "inputs.json"} <= _blamed(files)


def test_what_the_folder_held_more_is_not_forgotten() -> None:
    found = verify.verify(Opened(bundle(), (Fault("x", "is there twice"),)), verify.Wanted(), NOW)
    assert found.faults == (Fault("x", "is there twice"),)
    assert found.again is None
    assert not found.holds


def _listed(files: Bundle) -> Manifest:
    return msgspec.json.decode(files["manifest.json"], type=Manifest)


def _again(files: Bundle, **changes: object) -> Bundle:
    """The bundle made consistent again, as somebody would who changes it and knows how it is made."""
    entries = tuple(manifest.entry(name, files[name]) for name in manifest.LISTED)
    listed = msgspec.structs.replace(_listed(files), **{"files": entries, **changes})
    files = files | {"manifest.json": manifest.encode(listed)}
    return files | {"statement.json": stated(files, report.load(files["assessment.json"]))}


def _with(assessment: Assessment) -> Bundle:
    return bundle() | {"assessment.json": report.render(assessment).encode()}


def _assessment() -> Assessment:
    return report.load(bundle()["assessment.json"])


def test_making_it_consistent_changes_nothing() -> None:
    assert _again(bundle()) == bundle()


def test_a_verdict_that_does_not_follow_is_told() -> None:
    first = next(f for f in _assessment().findings if f.status is Status.FAIL)
    better = msgspec.structs.replace(first, status=Status.PASS)
    findings = tuple(better if f.id == first.id else f for f in _assessment().findings)
    found = verified(_again(_with(msgspec.structs.replace(_assessment(), findings=findings))))
    assert found.faults == ()
    assert not found.holds
    assert found.again is not None
    subject = first.subject
    assert [str(one) for one in found.again.differences] == [
        f"{first.control} on {subject.name} ({subject.path}:{subject.line}): pass ({first.severity}, {first.party}) in "
        f"the bundle, fail ({first.severity}, {first.party}) when evaluated again"
    ]


@pytest.mark.parametrize("change", ["left out", "made up", "party", "severity", "accepted"])
def test_other_ways_to_look_better_are_told(change: str) -> None:
    findings = list(_assessment().findings)
    number = next(n for n, f in enumerate(findings) if f.counts and f.severity != "low")
    bad = findings[number]
    changed = {
        "left out": [],
        "made up": [bad, msgspec.structs.replace(bad, id="0" * 20, status=Status.PASS)],
        "party": [msgspec.structs.replace(bad, party="provider")],
        "severity": [msgspec.structs.replace(bad, severity="low")],
        "accepted": [msgspec.structs.replace(bad, exception=AcceptedBy("exception", "why not"))],
    }[change]
    findings[number : number + 1] = changed
    text = report.render(msgspec.structs.replace(_assessment(), findings=tuple(findings)))
    found = verified(_again(bundle() | {"assessment.json": text.encode()}))
    assert not found.holds
    assert found.again is not None
    assert len(found.again.differences) == 1


def test_who_answers_is_compared_too() -> None:
    rows = list(_assessment().responsibilities)
    number, row = next((n, row) for n, row in enumerate(rows) if row.party == "customer")
    rows[number] = msgspec.structs.replace(row, party="provider")
    text = report.render(msgspec.structs.replace(_assessment(), responsibilities=tuple(rows)))
    found = verified(_again(bundle() | {"assessment.json": text.encode()}))
    assert found.again is not None
    assert [str(one) for one in found.again.differences] == [
        f"who answers for {row.layer} of {workload}: provider in the bundle, customer when evaluated again"
        for workload in row.workloads
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"unread": ()},
        {"files": 99},
        {"targets": ("elsewhere",)},
        {"as_of": date(2026, 10, 1)},
        {"findings": "doubled"},
    ],
)
def test_an_assessment_of_other_evidence_is_found_whatever_the_rules(change: dict[str, object]) -> None:
    if change == {"findings": "doubled"}:
        change = {"findings": (*_assessment().findings, _assessment().findings[0])}
    files = _again(_with(msgspec.structs.replace(_assessment(), **change)), rule_set="0" * 64)
    assert _blamed(files) == {"assessment.json"}


def test_another_wording_is_found_only_where_the_rules_are_the_same() -> None:
    findings = tuple(msgspec.structs.replace(f, reason="x") for f in _assessment().findings)
    files = _with(msgspec.structs.replace(_assessment(), findings=findings))
    assert _blamed(_again(files)) == {"assessment.json"}
    found = verified(_again(files, rule_set="0" * 64))
    assert found.holds
    assert not found.same_rules


def test_evidence_that_says_more_is_found_where_the_rules_are_the_same() -> None:
    text = bundle()["evidence.json"].replace(b'{"type":"Dockerfile",', b'{"type":"Dockerfile","more":1,')
    files = bundle() | {"evidence.json": text}
    assert _blamed(_again(files)) == {"evidence.json"}
    assert verified(_again(files, rule_set="0" * 64)).holds


def test_evidence_of_another_version_says_so() -> None:
    text = bundle()["evidence.json"].replace(b'"type":"Dockerfile"', b'"type":"Tomorrow"')
    found = verified(_again(bundle() | {"evidence.json": text}))
    (fault,) = found.faults
    assert fault.file == "evidence.json"
    assert "Tomorrow" in fault.reason
    assert "wrote what this version does not know" in fault.reason


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("evidence.json", b'"targets": ["."]', b'"targets": ["x"]'),
        ("evidence.json", VERSION, b'"version":"0.0.1"'),
        ("assessment.json", VERSION, b'"version":"0.0.1"'),
    ],
)
def test_all_files_tell_of_the_same_run(name: str, before: bytes, after: bytes) -> None:
    text = bundle()[name].replace(before, after, 1)
    assert text != bundle()[name]
    found = verified(_again(bundle() | {name: text}, rule_set="0" * 64))
    assert found.faults == (
        Fault("evidence.json", "and the rest of the bundle tell of other targets or another program"),
    )


def test_evidence_that_breaks_the_engine_is_no_mistake_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr(comparing, "assess", broken)
    assert verified(bundle()).faults == (
        Fault("evidence.json", "cannot be judged: KeyError: 'x'; was it changed by hand?"),
    )


def test_nothing_that_was_changed_is_evaluated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "judged_again", None)  # calling it would end the test
    assert _blamed(bundle() | {"inputs.json": b"{}"}) == {"inputs.json"}


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("../../etc/passwd", "lists '../../etc/passwd', which leads out of the bundle"),
        ("/etc/passwd", "lists '/etc/passwd', which leads out of the bundle"),
        ("..\\x", "which leads out of the bundle"),
        ("C:\\x", "which leads out of the bundle"),
        ("x/y.json", "which is no file of a bundle"),
        ("manifest.json", "which is no file of a bundle"),
    ],
)
def test_a_manifest_lists_nothing_else(path: str, words: str) -> None:
    entry = msgspec.structs.replace(_listed(bundle()).files[0], path=path)
    listed = msgspec.structs.replace(_listed(bundle()), files=(entry, *_listed(bundle()).files[1:]))
    found = verified(bundle() | {"manifest.json": manifest.encode(listed)})
    assert any(fault.file == "manifest.json" and words in fault.reason for fault in found.faults)


def _stated(files: Bundle, text: bytes) -> Bundle:
    """The bundle with another manifest, and a statement about that."""
    files = files | {"manifest.json": text}
    return files | {"statement.json": stated(files, _assessment())}


def test_a_manifest_lists_each_file_once_and_in_order() -> None:
    entries = _listed(bundle()).files
    for files in (entries[::-1], (*entries, entries[0]), entries[1:], ()):
        listed = msgspec.structs.replace(_listed(bundle()), files=files)
        found = verified(_stated(bundle(), manifest.encode(listed)))
        assert found.faults == (
            Fault(
                "manifest.json",
                "lists other files than assessment.json, evidence.json, inputs.json, profile.json, each once and in "
                "this order",
            ),
        )


def test_a_manifest_is_written_in_one_way() -> None:
    text = _file("manifest.json")
    for other in (
        text.replace(b"\n  ", b"\n   ", 1),
        text + b"\n",
        text.replace(b'"files"', b'"rule_set": "x", "files"'),
    ):
        found = verified(_stated(bundle(), other))
        assert Fault("manifest.json", "is not written as ourhalf writes it: it was changed") in found.faults


def test_what_was_cut_off_or_added_to_is_told_with_its_size() -> None:
    for data, what in ((b"{}", "2 bytes where the manifest says 1,000: it was cut off"), (b"x" * 1001, "added to")):
        listed = _listed(bundle())
        entries = tuple(msgspec.structs.replace(e, size=1000) if e.path == "inputs.json" else e for e in listed.files)
        files = bundle() | {"manifest.json": manifest.encode(msgspec.structs.replace(listed, files=entries))}
        reasons = [
            fault.reason for fault in verified(files | {"inputs.json": data}).faults if fault.file == "inputs.json"
        ]
        assert len(reasons) == 1
        assert what in reasons[0]


def test_a_bundle_from_the_future_says_so() -> None:
    assert verified(bundle(), now=MADE - timedelta(minutes=9)).holds
    found = verified(bundle(), now=MADE - timedelta(hours=1))
    assert [fault.file for fault in found.faults] == ["manifest.json"]
    assert found.faults[0].reason == (
        "says that it was made at 2026-11-02 10:30 UTC, and it is 2026-11-02 09:30 UTC here: the bundle comes from the "
        "future, or one of both clocks is wrong"
    )


def test_a_bundle_made_before_its_day_says_so() -> None:
    found = verified(_again(bundle(), created=MADE - timedelta(days=9)))
    assert [fault.reason for fault in found.faults] == [
        "says that it was made on 2026-10-24, before 2026-11-01, the day of its findings: a clock went back"
    ]


def test_a_bundle_of_another_version_is_none() -> None:
    text = bundle()["manifest.json"].replace(b'"schema_version": "1.0"', b'"schema_version": "9.0", "more": 1')
    with pytest.raises(
        NoBundleError, match=r"the bundle is of version 9\.0, and this program checks 1\.0; use the ourhalf"
    ):
        verified(bundle() | {"manifest.json": text})


def test_a_manifest_of_something_else_is_no_other_version() -> None:
    assert "manifest.json" in _blamed(bundle() | {"manifest.json": b'{"kind": "web app", "schema_version": "9.0"}'})


def test_deeply_nested_json_is_refused(tmp_path: Path) -> None:
    deep = b'{"a":' * 200_000
    for name in NAMES:
        assert name in _blamed(bundle() | {name: deep})


def test_json_with_a_key_twice_is_found() -> None:
    text = bundle()["manifest.json"].replace(b'  "targets"', b'  "rule_set": "x",\n  "targets"')
    assert "manifest.json" in _blamed(bundle() | {"manifest.json": text})
    assert json.loads(text)["rule_set"] == "x"
