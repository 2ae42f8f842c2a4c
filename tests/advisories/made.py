"""Stores and records made for tests."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from ourhalf.advisories.importing import import_file
from ourhalf.advisories.matching import match
from ourhalf.advisories.sources import all_sources
from ourhalf.advisories.store import Store
from ourhalf.advisories.writing import writing
from ourhalf.model.advisories import Match, Matches
from ourhalf.model.packages import Ecosystem, Package
from tests.corpora import CORPORA

ADVISORIES = CORPORA / "advisories"
TODAY = date(2026, 11, 24)


def osv(identifier: str, name: str, *events: dict[str, str], **more: Any) -> dict[str, Any]:
    """A record of OSV about one package of PyPI, or of `ecosystem`."""
    ecosystem = more.pop("ecosystem", "PyPI")
    versions = more.pop("versions", [])
    ranges = [{"type": "ECOSYSTEM", "events": list(events)}] if events else []
    return {
        "id": identifier,
        "published": "2026-01-02T00:00:00Z",
        "modified": "2026-01-02T00:00:00Z",
        "affected": [{"package": {"name": name, "ecosystem": ecosystem}, "ranges": ranges, "versions": versions}],
        **more,
    }


def before(version: str) -> tuple[dict[str, str], dict[str, str]]:
    """The events of a range up to a fix."""
    return {"introduced": "0"}, {"fixed": version}


def store_of(
    folder: Path, *documents: Any, name: str = "advisories.db", source: str | None = None, taken: str = ""
) -> Path:
    """A store made from documents, each in a file of its own; of the day `taken`."""
    path = folder / name
    row = all_sources()[source] if source else None
    with writing(path) as writer:
        for number, document in enumerate(documents):
            file = folder / f"{name}-{number}.json"
            file.write_bytes(document if isinstance(document, bytes) else json.dumps(document).encode())
            done = import_file(writer, str(file), TODAY, row)
            for one in done.records if taken else ():
                writer.dated(one, taken)
    return path


def package(name: str, version: str | None, ecosystem: Ecosystem = Ecosystem.PYPI, **more: Any) -> Package:
    """A package; its purl is worked out where it is not told."""
    more.setdefault("purl", f"pkg:{ecosystem.value}/{name}@{version}")
    return Package(name=name, version=version, ecosystem=ecosystem, **more)


def matched(path: Path, packages: Iterable[Package], as_of: date = TODAY) -> Matches:
    """What a store says of packages."""
    with Store.open(path) as store:
        return match(tuple(packages), store, as_of)


def ids(found: Matches) -> set[tuple[int, str]]:
    """Each package with each id or alias of what was found of it."""
    return {(one.package, name) for one in found.matches for name in (one.id, *one.aliases)}


def only(found: Matches) -> Match:
    """The one match."""
    assert len(found.matches) == 1, found.matches
    return found.matches[0]


def reasons(found: Matches, index: int = 0) -> str:
    """Why a package was not judged."""
    return "; ".join(one.reason for one in found.unjudged if one.package == index)
