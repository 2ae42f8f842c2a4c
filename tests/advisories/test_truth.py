"""Against an independent matcher over the same records: nothing is missed, and nothing is made up."""

from __future__ import annotations

import json
import lzma
import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from ourhalf.advisories.importing import import_file
from ourhalf.advisories.matching import match
from ourhalf.advisories.store import Store
from ourhalf.advisories.writing import writing
from ourhalf.model.packages import Ecosystem, Package, SourcePackage
from tests.advisories.made import ADVISORIES, TODAY, package
from tests.corpora import needs_corpora

pytestmark = needs_corpora


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("truth") / "advisories.db"
    with writing(path) as writer:
        for name in ("pypi-osv.jsonl.xz", "almalinux-osv.jsonl.xz", "debian12-changelog-fixes.jsonl.xz"):
            import_file(writer, str(ADVISORIES / name), TODAY)
    return path


@cache
def rows(name: str) -> list[dict[str, Any]]:
    with lzma.open(ADVISORIES / name, "rt") as file:
        return [json.loads(line) for line in file]


@cache
def version(text: str) -> Version | None:
    """A version; `-NA` and `-cu124` are what NVD's names for releases put behind them."""
    for ending in ("-NA", "-cu124", "-cpu"):
        text = text.removesuffix(ending)
    try:
        return Version(text)
    except InvalidVersion:
        return None


def brute(record: dict[str, Any], name: str, text: str) -> bool:
    """Whether a record is about a version, by the pseudo-code of the schema of OSV and `packaging` alone."""
    wanted = Version(text)
    public = Version(wanted.public)
    for affected in record["affected"]:
        if canonicalize_name(affected["package"]["name"]) != name:
            continue
        for listed in affected.get("versions", []):
            parsed = version(listed)
            if listed == text or (parsed is not None and parsed in {wanted, public}):
                return True
        for one in affected.get("ranges", []):
            if one["type"] != "GIT" and in_range(one["events"], public):
                return True
    return False


def in_range(events: list[dict[str, str]], wanted: Version) -> bool:
    places = []
    for event in events:
        ((kind, text),) = event.items()
        place = Version("0.dev0") if text == "0" else version(text)
        if place is None:
            return False  # no place in the order: listed as unusable, looked at below
        places.append((place, kind == "introduced", kind))
    vulnerable = False
    for place, _, kind in sorted(places):
        if kind == "introduced" and (wanted >= place or place == Version("0.dev0")):
            vulnerable = True
        elif (kind in {"fixed", "limit"} and wanted >= place) or (kind == "last_affected" and wanted > place):
            vulnerable = False
    return vulnerable


def asked_versions(record: dict[str, Any]) -> Iterator[str]:
    """Versions around each that a record names: itself, just before, just after, and a build of it."""
    for affected in record["affected"]:
        texts = [text for one in affected.get("ranges", []) for event in one["events"] for text in event.values()]
        for text in [*texts, *affected.get("versions", [])[:1], *affected.get("versions", [])[-1:]]:
            parsed = version(text)
            if parsed is not None:
                base = parsed.base_version
                yield from (str(parsed), f"{base}rc0", f"{base}.post1", f"{parsed.public}+cu126")


def test_pypi_misses_nothing_and_makes_nothing_up(store: Path) -> None:
    records = rows("pypi-osv.jsonl.xz")
    by_name: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for record in records:
        for known in {canonicalize_name(one["package"]["name"]) for one in record["affected"]}:
            by_name[known].append(record)
    chooser = random.Random(6)
    asked: list[Package] = []
    for name, about in sorted(by_name.items()):
        texts = sorted({text for record in about for text in asked_versions(record)} | {"0.0.1", "999"})
        asked.extend(package(name, text) for text in chooser.sample(texts, min(len(texts), 4)))
    day = TODAY.isoformat()
    expected = {
        (index, f"pypa:{record['id']}")
        for index, one in enumerate(asked)
        for record in by_name[one.name]
        if not record.get("withdrawn") and record["published"][:10] <= day and brute(record, one.name, str(one.version))
    }
    with Store.open(store) as held:
        found = match(asked, held, TODAY)
        unusable = {one.record for one in held.quarantined("pypa")}
    got = {(one.package, name) for one in found.matches for name in one.advisories}
    assert len(asked) > 4_000
    assert len(expected) > 8_000
    assert expected - got == set()
    assert got - expected == set()
    # What the matcher here cannot judge either is said to be unknown.
    unknown = {one.package for one in found.unjudged if one.reason.startswith("records about it")}
    told = {record["id"]: record for record in records}
    for index, one in enumerate(asked):
        lost = [r for r in unusable if r in told and told[r] in by_name[one.name] and not told[r].get("withdrawn")]
        assert not lost or index in unknown, (one, lost)


def test_every_fix_of_debian_and_almalinux(store: Path) -> None:
    uploads, errata = rows("debian12-changelog-fixes.jsonl.xz"), rows("almalinux-osv.jsonl.xz")
    asked: list[Package] = []
    expected: list[tuple[str, ...]] = []
    for upload in uploads:
        for text in (f"{upload['version']}~", upload["version"]):
            source = SourcePackage(upload["package"], text)
            asked.append(
                package(f"lib-{upload['package']}", text, Ecosystem.DEB, distribution="debian:12", source=source)
            )
            expected.append(tuple(upload["cves"]) if text.endswith("~") else ())
    for record in errata[::40]:
        affected = record["affected"][0]
        release = affected["package"]["ecosystem"].partition(":")[2]
        fixed = affected["ranges"][0]["events"][1]["fixed"]
        for text in (f"{fixed}~", fixed):
            asked.append(package(affected["package"]["name"], text, Ecosystem.RPM, distribution=f"almalinux:{release}"))
            expected.append(tuple(record.get("related", ())) if text.endswith("~") else ())
    with Store.open(store) as held:
        found = match(asked, held, date(2026, 11, 24))
    got: dict[int, set[str]] = defaultdict(set)
    for one in found.matches:
        got[one.package].update((one.id, *one.advisories))
    for index, (one_, cves) in enumerate(zip(asked, expected, strict=True)):
        assert set(cves) <= got[index], (one_, set(cves) - got[index])
        if one_.source is not None and not cves:
            # The version that has the fix does not have that record any more.
            assert f"debian-changelogs:{one_.source.name}_{one_.version}" not in got[index]
