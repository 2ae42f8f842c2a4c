"""Making bundles: the same bytes everywhere, whole or not at all, and no secrets."""

from __future__ import annotations

import hashlib
import json
import os
import re
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest

import ourhalf as ourhalf_package
from ourhalf.evidence import inputs, rules
from ourhalf.evidence.bundle import check_place, check_time, make, moment, write
from ourhalf.evidence.errors import EvidenceError
from ourhalf.evidence.rules import rule_set
from ourhalf.profile.document import Exception_, Profile
from ourhalf.run import Request, run
from tests.evidence import support
from tests.evidence.support import DAY, MADE, bundle, ourhalf, request
from tests.hostile.samples import FILES, PASSWORD, SECRETS

NAMES = ["assessment.json", "evidence.json", "inputs.json", "manifest.json", "profile.json", "statement.json"]


def test_two_machines_give_the_same_bytes(tmp_path: Path) -> None:
    """Two folders, caches, users, time zones, languages, hash seeds and masks for new files."""
    made = []
    for number, (zone, language, umask) in enumerate(
        [("Asia/Tokyo", "C", 0o077), ("America/Lima", "de_DE.UTF-8", 0o002)]
    ):
        root = tmp_path / f"machine{number}" / ("deep/er" if number else "home")
        support.write(root / "infra")
        (root / "infra" / "more").mkdir()
        for name, text in FILES["terraform"].items():
            (root / "infra" / "more" / name).write_text(text)
        os.utime(root / "infra" / "pod.yaml", (number, number))
        done = ourhalf(
            "evidence",
            "bundle",
            *(("infra",), ("./infra/",))[number],
            "--output",
            "out",
            cwd=root,
            umask=umask,
            OURHALF_CACHE_DIR=str(tmp_path / f"cache{number}"),
            HOME=str(root),
            USER=f"user{number}",
            TZ=zone,
            LC_ALL=language,
            PYTHONHASHSEED=str(number + 1),
            SOURCE_DATE_EPOCH="1795000000",
        )
        assert done.returncode == 0, done.stderr
        files = {path.name: path.read_bytes() for path in (root / "out").iterdir()}
        told = re.search("sha256:([0-9a-f]{64})", done.stdout)
        assert told is not None
        assert told[1] == hashlib.sha256(files["manifest.json"]).hexdigest()
        made.append(files)
    assert sorted(made[0]) == NAMES
    assert made[0] == made[1]
    manifest = json.loads(made[0]["manifest.json"])
    assert (manifest["as_of"], manifest["created"]) == ("2026-11-18", "2026-11-18T11:06:40Z")
    assert b"REDACTED-" in made[0]["evidence.json"]


@pytest.mark.parametrize("name", FILES)
def test_no_secret_gets_in(tmp_path: Path, name: str) -> None:
    for path, text in FILES[name].items():
        (tmp_path / "t" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "t" / path).write_text(text)
    files = make(Request((str(tmp_path / "t"),), DAY), MADE, keep=False)
    assert not [(file, secret) for file, data in files.items() for secret in SECRETS if secret.encode() in data]


def test_no_secret_gets_in_by_the_profile(tmp_path: Path) -> None:
    (tmp_path / "t").mkdir()
    reason = f"we set password={PASSWORD} and https://me:{PASSWORD}@example.com/"
    accepted = Exception_("container-unprivileged", "me", reason, DAY)
    profile = Profile(disabled={"container-unprivileged": reason}, exceptions=(accepted,))
    files = make(Request((str(tmp_path / "t"),), DAY, profile), MADE, keep=False)
    assert not [file for file, data in files.items() if PASSWORD.encode() in data]
    assert b"we set password=" in files["profile.json"]


def test_the_findings_are_those_of_an_assessment(tmp_path: Path) -> None:
    asked = request(support.write(tmp_path / "t"))
    assessed = run(asked, use_cache=False)
    bundled = json.loads(make(asked, MADE, keep=False)["assessment.json"])
    assert [(f.id, f.status, f.severity, f.party) for f in assessed.findings] == [
        (f["id"], f["status"], f["severity"], f["party"]) for f in bundled["findings"]
    ]
    assert {"pass", "fail", "unknown", "not_applicable"} <= {f["status"] for f in bundled["findings"]}


def test_what_was_read_is_listed_with_its_digest(tmp_path: Path) -> None:
    root = support.write(tmp_path / "t")
    (root / "link.yaml").symlink_to("nowhere.yaml")
    listed = json.loads(make(request(root), MADE, keep=False)["inputs.json"])
    assert listed["targets"] == ["."]
    assert [one["path"] for one in listed["files"]] == ["Dockerfile", "broken.yaml", "ourhalf.yaml", "pod.yaml"]
    for one in listed["files"]:
        data = (root / one["path"]).read_bytes()
        assert (one["sha256"], one["size"], one["target"]) == (hashlib.sha256(data).hexdigest(), len(data), 0)


def test_the_cache_lists_the_same_inputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OURHALF_CACHE_DIR", str(tmp_path / "cache"))
    asked = request(support.write(tmp_path / "t"))
    first = make(asked, MADE, keep=True)
    assert make(asked, MADE, keep=True) == first
    assert make(asked, MADE, keep=False) == first


def test_a_file_that_changes_meanwhile_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = request(support.write(tmp_path / "t"))
    hashed = inputs._hashed  # where the files are read for the second time

    def later(number: int, target: str, digests: dict[str, str]) -> list[inputs.InputFile]:
        (tmp_path / "t" / "pod.yaml").write_text("kind: Pod\n")
        return hashed(number, target, digests)

    monkeypatch.setattr(inputs, "_hashed", later)
    with pytest.raises(EvidenceError, match=r"pod\.yaml changed while the bundle was made; make it again"):
        make(asked, MADE, keep=False)


def test_several_targets_are_numbered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    support.write(tmp_path / "a")
    support.write(tmp_path / "b")
    listed = json.loads(make(Request(("a", "b/pod.yaml"), DAY), MADE, keep=False)["inputs.json"])
    assert listed["targets"] == ["a", "b/pod.yaml"]
    assert [(one["target"], one["path"]) for one in listed["files"]][-1] == (1, "pod.yaml")


def test_the_profile_is_told_with_the_digest_of_its_file() -> None:
    told = json.loads(bundle()["profile.json"])
    text = support.FILES["ourhalf.yaml"].encode()
    assert (told["path"], told["sha256"], told["size"]) == ("ourhalf.yaml", hashlib.sha256(text).hexdigest(), len(text))
    assert msgspec.convert(told["profile"], Profile).exceptions[0].owner == "me"


@pytest.mark.parametrize("given", ["soon", "1e9", "", "99999999999999999999", "-999999999999999"])
def test_the_moment_is_a_number_of_seconds(given: str) -> None:
    if not given:
        assert moment({"SOURCE_DATE_EPOCH": given}, MADE) == MADE
        return
    with pytest.raises(EvidenceError, match=r"SOURCE_DATE_EPOCH is '.*', and not a number of seconds since 1970"):
        moment({"SOURCE_DATE_EPOCH": given}, MADE)


def test_the_moment_is_told_to_the_second_in_utc() -> None:
    assert moment({"SOURCE_DATE_EPOCH": "0"}, MADE) == datetime(1970, 1, 1, tzinfo=UTC)
    assert moment({}, MADE.replace(microsecond=7)) == MADE


@pytest.mark.parametrize(
    ("environment", "clock"), [({"SOURCE_DATE_EPOCH": "1"}, "SOURCE_DATE_EPOCH"), ({}, "the clock")]
)
def test_no_bundle_is_made_before_its_day(environment: dict[str, str], clock: str) -> None:
    tomorrow = Request((".",), date(2026, 11, 3))
    with pytest.raises(EvidenceError) as error:
        check_time(tomorrow, MADE, environment)
    assert str(error.value).startswith(
        f"{clock} says 2026-11-02, which is before 2026-11-03, the day of the assessment"
    )
    check_time(Request((".",), date(2026, 11, 2)), MADE, environment)


def test_a_bundle_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    write({"a": b"1"}, str(tmp_path / "new"))
    assert (tmp_path / "new" / "a").read_bytes() == b"1"
    (tmp_path / "empty").mkdir()
    write({"a": b"1"}, str(tmp_path / "empty"))
    assert [path.name for path in (tmp_path / "empty").iterdir()] == ["a"]
    with pytest.raises(EvidenceError, match="cannot be written"):
        write({"a": b"1", "no/folder": b"2"}, str(tmp_path / "broken"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "new"]


def test_a_bundle_never_takes_the_place_of_something(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "full")
    for name, words in {
        "full": "is not empty",
        "file": "is no folder",
        "link": "is no folder",
        "a/b": "no folder",
    }.items():
        with pytest.raises(EvidenceError, match=words):
            check_place(str(tmp_path / name))


def test_what_could_not_be_verified_for_its_size_is_not_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked = request(support.write(tmp_path / "t"))
    monkeypatch.setattr("ourhalf.evidence.manifest.most_bytes", lambda name: 0 if name == "inputs.json" else 1 << 30)
    with pytest.raises(EvidenceError, match=r"inputs\.json would be larger than 0 MB; bundle fewer targets at once"):
        make(asked, MADE, keep=False)


def test_the_rule_set_does_not_depend_on_the_order_of_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    paths = list(rules._sources(os.path.dirname(ourhalf_package.__file__), ""))
    assert len(paths) > 300
    made = []
    for order in (paths, paths[::-1]):
        monkeypatch.setattr(rules, "_sources", lambda *_, order=order: iter(order))
        made.append(rules.rule_set.__wrapped__())
    assert made[0] == made[1]


def test_the_rule_set_is_told_by_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def copy(name: str, text: str = "x = 1\n") -> str:
        root = tmp_path / name
        (root / "controls" / "__pycache__").mkdir(parents=True)
        (root / "__init__.py").touch()
        (root / "controls" / "a.py").write_text(text)
        (root / "controls" / "__pycache__" / f"{name}.pyc").touch()
        (root / f".{name}.swp").touch()
        os.utime(root / "controls" / "a.py", (len(name), len(name)))
        monkeypatch.setattr("ourhalf.__file__", str(root / "__init__.py"))
        return rules.rule_set.__wrapped__()

    first = copy("one")
    assert re.fullmatch("[0-9a-f]{64}", first)
    assert copy("another") == first
    assert copy("changed", "x = 2\n") != first
    assert json.loads(bundle()["manifest.json"])["rule_set"] == rule_set()
