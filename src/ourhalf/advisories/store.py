"""The advisory store, read: one SQLite file that never changes once it is in its place."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

import msgspec

from ourhalf.advisories.record import Advisory, Affected, Enrichment
from ourhalf.advisories.sources import SourceRow, all_sources
from ourhalf.model.advisories import Quarantined, SourceStatus

APPLICATION = 0x6F757268
VERSION = 1
_MANY = 500

_AFFECTED = msgspec.msgpack.Decoder(Affected)
_ADVISORY = msgspec.msgpack.Decoder(Advisory)
_ENRICHMENT = msgspec.msgpack.Decoder(Enrichment)


class StoreError(Exception):
    """The store is not there, is none, or cannot be used; `str` of it says what to do."""


class Row(msgspec.Struct, frozen=True):
    """What one advisory says of one name, its advisory by its key."""

    advisory: int
    affected: Affected


class Unusable(msgspec.Struct, frozen=True):
    """A record that could not be used, with when it was published and withdrawn, where that is known."""

    source: str
    record: str
    published: str
    withdrawn: str


class Held(msgspec.Struct, frozen=True):
    """An advisory and its source."""

    source: str
    advisory: Advisory


def default_path() -> Path:
    """Where the store lies unless told otherwise: `advisories.db` in the cache folder."""
    from ourhalf.cache import folder

    return folder() / "advisories.db"


class Store:
    """A store of advisories, open for reading: one state of it, whatever is written meanwhile."""

    def __init__(self, path: str, connection: sqlite3.Connection) -> None:
        self.path = path
        self._db = connection
        self._names: dict[int, str] = dict(connection.execute("SELECT key, name FROM source"))

    @classmethod
    def open(cls, path: str | os.PathLike[str] | None = None) -> Store:
        """The store in a file. Raises StoreError."""
        name = os.fspath(path if path is not None else default_path())
        if not os.path.isfile(name):
            raise StoreError(f"{name}: no advisory store; `ourhalf advisories update` or `import FILE` makes one")
        try:
            # `immutable`: a file in its place is only ever replaced as a whole.
            db = sqlite3.connect(f"file:{quote(os.path.abspath(name))}?mode=ro&immutable=1", uri=True)
            db.execute("PRAGMA trusted_schema = OFF")
            kind = db.execute("PRAGMA application_id").fetchone()[0], db.execute("PRAGMA user_version").fetchone()[0]
            if kind != (APPLICATION, VERSION):
                db.close()
                raise StoreError(f"{name}: no advisory store of this version of ourhalf; import into another file")
            return cls(name, db)
        except sqlite3.Error as error:
            raise StoreError(f"{name}: a damaged advisory store ({error}); remove it and fetch it again") from None

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @property
    def digest(self) -> str:
        """A digest of all content: equal for equal content, in whatever order it was imported."""
        state = sha256()
        for row in self._db.execute("SELECT name, as_of, digest, whole FROM source ORDER BY name"):
            state.update("\0".join(map(str, row)).encode() + b"\n")
        return f"sha256:{state.hexdigest()}"

    def sources(self) -> tuple[SourceStatus, ...]:
        """Each source that the store holds, by name."""
        query = (
            "SELECT name, as_of, records, withdrawn, digest, whole,"
            " (SELECT COUNT(*) FROM quarantine WHERE source = source.key) FROM source ORDER BY name"
        )
        return tuple(_status(row) for row in self._db.execute(query))

    def answers(self) -> dict[str, dict[str, str]]:
        """By source, the ETag that each address of it gave."""
        return {
            name: msgspec.json.decode(body, type=dict[str, str])
            for name, body in self._db.execute("SELECT name, answers FROM source")
        }

    def names(self, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
        """The keys of those names (space, name) that any record speaks of."""
        found: dict[tuple[str, str], int] = {}
        for space, name in wanted:
            row = self._db.execute("SELECT key FROM name WHERE space = ? AND name = ?", (space, name)).fetchone()
            if row is not None:
                found[space, name] = row[0]
        return found

    def affected(self, name: int) -> Iterator[Row]:
        """What all advisories say of a name."""
        for advisory, body in self._db.execute("SELECT advisory, body FROM affected WHERE name = ?", (name,)):
            yield Row(advisory, _AFFECTED.decode(body))

    def unusable(self, name: int) -> tuple[Unusable, ...]:
        """The records about a name that could not be used, in whole or in part."""
        query = (
            "SELECT unusable.source, record, published, withdrawn FROM unusable LEFT JOIN advisory"
            " ON advisory.source = unusable.source AND advisory.id = record WHERE name = ?"
        )
        rows = self._db.execute(query, (name,))
        found = [Unusable(self._names[row[0]], row[1], row[2] or "", row[3] or "") for row in rows]
        return tuple(sorted(found, key=lambda one: (one.source, one.record)))

    def advisories(self, keys: Iterable[int]) -> dict[int, Held]:
        """Advisories by their keys."""
        return {
            key: Held(self._names[source], _ADVISORY.decode(body))
            for key, source, body in self._in("SELECT key, source, body FROM advisory WHERE key IN", keys)
        }

    def enrichments(self, cves: Iterable[str]) -> dict[str, tuple[tuple[str, Enrichment], ...]]:
        """What sources say of CVEs, each with the source, by its name."""
        found: dict[str, list[tuple[str, Enrichment]]] = {}
        for cve, source, body in self._in("SELECT cve, source, body FROM enrichment WHERE cve IN", cves):
            found.setdefault(cve, []).append((self._names[source], _ENRICHMENT.decode(body)))
        return {cve: tuple(sorted(all_, key=lambda one: one[0])) for cve, all_ in found.items()}

    def known_as(self, identifier: str) -> tuple[tuple[Held, tuple[Affected, ...], str], ...]:
        """Each record with this id or alias: with what it affects, and its long text."""
        query = "SELECT key, details FROM advisory WHERE key IN (SELECT advisory FROM alias WHERE id = ?)"
        details = dict(self._db.execute(query, (identifier,)))
        held = self.advisories(details)
        found = [(held[key], self._parts(key), text) for key, text in details.items()]
        return tuple(sorted(found, key=lambda one: (one[0].source, one[0].advisory.id)))

    def quarantined(self, source: str | None = None) -> Iterator[Quarantined]:
        """The records that could not be used, by source and id."""
        query = (
            "SELECT source.name, record, reason, names FROM quarantine JOIN source ON source.key = quarantine.source"
            " WHERE ?1 IS NULL OR source.name = ?1 ORDER BY source.name, record, reason, names"
        )
        for name, record, reason, names in self._db.execute(query, (source,)):
            yield Quarantined(name, record, reason, tuple(names.split("\n")) if names else ())

    def _parts(self, advisory: int) -> tuple[Affected, ...]:
        query = "SELECT body FROM affected WHERE advisory = ? ORDER BY part"
        return tuple(_AFFECTED.decode(body) for (body,) in self._db.execute(query, (advisory,)))

    def _in(self, query: str, values: Iterable[Any]) -> Iterator[Any]:
        wanted = sorted(values)
        for start in range(0, len(wanted), _MANY):
            some = wanted[start : start + _MANY]
            yield from self._db.execute(f"{query} ({','.join('?' * len(some))})", some)


def _status(held: tuple[str, str, int, int, str, int, int]) -> SourceStatus:
    name, as_of, records, withdrawn, digest, whole, quarantined = held
    row = all_sources().get(name) or SourceRow(
        name, name, "", (), False, "", "", partial=True, note="no source that this version of ourhalf knows"
    )
    return SourceStatus(
        name=name,
        title=row.title,
        as_of=as_of,
        records=records,
        withdrawn=withdrawn,
        quarantined=quarantined,
        digest=digest,
        proved=row.proved,
        partial=row.partial or not whole,
        licence=row.licence,
        attribution=row.attribution,
        note=row.note,
        covers=row.covers,
    )
