"""The advisory store, written: a new file beside the old one, put in its place as a whole."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from hashlib import blake2b, sha256
from importlib.resources import files

import msgspec

from ourhalf.advisories.record import Affected, Dated, Enriched, Item, Record
from ourhalf.advisories.store import Store, StoreError
from ourhalf.model.advisories import Quarantined

_ENCODER = msgspec.msgpack.Encoder()
_INDICES = {
    "advisory_by_id": "advisory (source, id)",
    "affected_by_name": "affected (name)",
    "affected_by_advisory": "affected (advisory)",
    "alias_by_id": "alias (id)",
}
_BULK = 20_000
"""Records from which on it is faster to make the indices anew at the end than to keep them."""

_DEAD = (
    "DELETE FROM affected WHERE advisory IN (SELECT key FROM dead)",
    "DELETE FROM alias WHERE advisory IN (SELECT key FROM dead)",
    "DELETE FROM advisory WHERE key IN (SELECT key FROM dead)",
)
_FORGET = (
    "DELETE FROM affected WHERE advisory IN (SELECT key FROM advisory WHERE source = ?)",
    "DELETE FROM alias WHERE advisory IN (SELECT key FROM advisory WHERE source = ?)",
    "DELETE FROM advisory WHERE source = ?",
    "DELETE FROM enrichment WHERE source = ?",
    "DELETE FROM quarantine WHERE source = ?",
    "DELETE FROM unusable WHERE source = ?",
    "UPDATE source SET whole = 0 WHERE key = ?",
)


@contextmanager
def writing(path: str | os.PathLike[str]) -> Iterator[Writer]:
    """Change the store in `path`, or make it: what is written counts when the block ends without an exception.

    Until then, and whenever the process dies, the old file stays as it is. Raises StoreError where another process
    writes, or the disk does not let us.
    """
    name = os.path.abspath(os.fspath(path))
    new = f"{name}.new"
    with _told(name), ExitStack() as held:
        with _disk(name):
            os.makedirs(os.path.dirname(name), mode=0o700, exist_ok=True)
            lock = held.enter_context(open(f"{name}.lock", "ab"))
            _lock(lock.fileno(), name)
            _begun(name, new)
        try:
            writer = held.enter_context(closing(Writer(new)))
            yield writer
            writer.finish()
            writer.close()
            with _disk(name):
                _placed(new, name)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(new)
            raise


@contextmanager
def _told(name: str) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(f"{name}: cannot be written: {error}") from None


@contextmanager
def _disk(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(f"{name}: cannot be written: {error.strerror or error}") from None


def _lock(descriptor: int, name: str) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise StoreError(f"{name}: another process writes it; try again when that is done") from None


def _begun(name: str, new: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(new)  # left by a process that died; we hold the lock
    if os.path.exists(name):
        Store.open(name).close()  # never build on what is no store
        shutil.copyfile(name, new)


def _placed(new: str, name: str) -> None:
    with open(new, "rb+") as file:
        os.fsync(file.fileno())
    os.replace(new, name)
    folder = os.open(os.path.dirname(name), os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class _Source:
    """What is known of a source while it is written: its records by id, each (key, modified, digest)."""

    def __init__(self, key: int, as_of: str, records: dict[str, tuple[int, str, bytes]]) -> None:
        self.key = key
        self.as_of = as_of
        self.records = records
        self.newest = ""


class Writer:
    """Adds items to a store that nobody reads yet.

    Of two records with one id the one modified later counts, and of equals the one with the greater digest, so that
    the order of imports never matters.
    """

    def __init__(self, path: str) -> None:
        fresh = not os.path.exists(path)
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute("PRAGMA cache_size = -65536")
        if fresh:
            self._db.executescript(files(__package__).joinpath("schema.sql").read_text())
        self._db.execute("BEGIN")
        self._sources: dict[str, _Source] = {}
        self._names: dict[tuple[str, str], int] = {}
        # What a newer record supersedes goes at the end, all at once.
        self._db.execute("CREATE TEMP TABLE dead (key INTEGER PRIMARY KEY)")
        self._added = _BULK if fresh else 0
        self._next = (self._db.execute("SELECT MAX(key) FROM advisory").fetchone()[0] or 0) + 1

    def add(self, items: Iterable[Item]) -> None:
        """Add what an importer gives."""
        for item in items:
            source = self.source(item.source)
            match item:
                case Record():
                    self._record(source, item)
                case Enriched():
                    self._enrichment(source, item)
                case Dated():
                    source.as_of = max(source.as_of, item.day)
                case Quarantined():
                    self._quarantine(source, item)

    def replace(self, name: str) -> None:
        """Forget all that the store holds of a source: what is added next is the whole of it."""
        source = self.source(name)
        for statement in _FORGET:
            self._db.execute(statement, (source.key,))
        self._db.execute("DELETE FROM dead WHERE key NOT IN (SELECT key FROM advisory)")
        source.records.clear()
        source.as_of = ""

    def answered(self, name: str, etags: dict[str, str]) -> None:
        """Keep the ETags that the addresses of a source gave."""
        body = msgspec.json.encode(dict(sorted(etags.items())))
        self._db.execute("UPDATE source SET answers = ? WHERE key = ?", (body, self.source(name).key))

    def dated(self, name: str, day: str) -> None:
        """Say of what day (YYYY-MM-DD) the content of a source is; a later day stays."""
        source = self.source(name)
        source.as_of = max(source.as_of, day)

    def whole(self, name: str) -> None:
        """Say that all of a source is in the store, so that its silence means something."""
        self._db.execute("UPDATE source SET whole = 1 WHERE key = ?", (self.source(name).key,))

    def source(self, name: str) -> _Source:
        """A source by its name, made where the store does not have it."""
        found = self._sources.get(name)
        if found is None:
            self._db.execute("INSERT OR IGNORE INTO source VALUES (NULL, ?, '', 0, 0, '', '{}', 0)", (name,))
            key, as_of = self._db.execute("SELECT key, as_of FROM source WHERE name = ?", (name,)).fetchone()
            rows = self._db.execute("SELECT id, key, modified, digest FROM advisory WHERE source = ?", (key,))
            found = self._sources[name] = _Source(key, as_of, {row[0]: row[1:] for row in rows})
        return found

    def finish(self) -> None:
        """Work out what is said of each source as a whole."""
        for statement in _DEAD if self._db.execute("SELECT 1 FROM dead").fetchone() else ():
            self._db.execute(statement)
        for name, columns in _INDICES.items():
            self._db.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {columns}")
        for source in self._sources.values():
            records, withdrawn = self._db.execute(
                "SELECT COUNT(*), SUM(withdrawn != '') FROM advisory WHERE source = ?", (source.key,)
            ).fetchone()
            enriched = self._db.execute("SELECT COUNT(*) FROM enrichment WHERE source = ?", (source.key,)).fetchone()
            self._db.execute(
                "UPDATE source SET as_of = ?, records = ?, withdrawn = ?, digest = ? WHERE key = ?",
                (source.as_of, records + enriched[0], withdrawn or 0, self._digest(source.key), source.key),
            )
        self._db.execute("COMMIT")

    def close(self) -> None:
        """Close the file; what `finish` did not end is lost."""
        self._db.close()

    def _record(self, source: _Source, item: Record) -> None:
        advisory = item.advisory
        body = _ENCODER.encode(advisory)
        parts = [_ENCODER.encode(one) for one in item.affected]
        digest = _digest_of(body, *parts, item.details.encode(errors="replace"))
        known = source.records.get(advisory.id)
        if known is not None:
            if (advisory.modified, digest) <= known[1:]:
                return
            self._db.execute("INSERT INTO dead VALUES (?)", (known[0],))
        key = self._next
        self._next += 1
        self._added += 1
        if self._added == _BULK:
            self._without_indices()
        source.records[advisory.id] = (key, advisory.modified, digest)
        self._db.execute(
            "INSERT INTO advisory VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                key,
                source.key,
                advisory.id,
                advisory.modified,
                digest,
                advisory.published,
                advisory.withdrawn,
                body,
                item.details.encode(errors="replace").decode(),
            ),
        )
        rows = [(self._name(*_place(one)), key, part, parts[part]) for part, one in enumerate(item.affected)]
        self._db.executemany("INSERT INTO affected VALUES (?, ?, ?, ?)", rows)
        ids = {advisory.id, *advisory.aliases, *advisory.fixes}
        self._db.executemany("INSERT INTO alias VALUES (?, ?)", [(one, key) for one in ids])

    def _without_indices(self) -> None:
        for name in _INDICES:
            self._db.execute(f"DROP INDEX IF EXISTS {name}")

    def _enrichment(self, source: _Source, item: Enriched) -> None:
        body = _ENCODER.encode(item.enrichment)
        self._db.execute(
            "INSERT INTO enrichment VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET digest = excluded.digest,"
            " body = excluded.body WHERE excluded.digest > enrichment.digest",
            (item.enrichment.cve, source.key, _digest_of(body), body),
        )

    def _quarantine(self, source: _Source, item: Quarantined) -> None:
        names = "\n".join(sorted(item.names))
        self._db.execute(
            "INSERT OR IGNORE INTO quarantine VALUES (?, ?, ?, ?)", (source.key, item.record, item.reason, names)
        )
        for name in item.names:
            space, _, short = name.partition("/")
            key = self._name(space, short)
            self._db.execute("INSERT OR IGNORE INTO unusable VALUES (?, ?, ?)", (key, source.key, item.record))

    def _name(self, space: str, name: str) -> int:
        found = self._names.get((space, name))
        if found is None:
            self._db.execute("INSERT OR IGNORE INTO name VALUES (NULL, ?, ?)", (space, name))
            row = self._db.execute("SELECT key FROM name WHERE space = ? AND name = ?", (space, name)).fetchone()
            found = self._names[space, name] = int(row[0])
        return found

    def _digest(self, source: int) -> str:
        state = sha256()
        for query in (
            "SELECT id, digest FROM advisory WHERE source = ? ORDER BY id",
            "SELECT cve, digest FROM enrichment WHERE source = ? ORDER BY cve",
            "SELECT record, reason || names FROM quarantine WHERE source = ? ORDER BY record, reason, names",
        ):
            for name, digest in self._db.execute(query, (source,)):
                state.update(name.encode() + b"\0")
                state.update(digest if isinstance(digest, bytes) else digest.encode())
        return state.hexdigest()


def _place(one: Affected) -> tuple[str, str]:
    return one.space, one.name


def _digest_of(*parts: bytes) -> bytes:
    state = blake2b(digest_size=12)
    for part in parts:
        state.update(len(part).to_bytes(8, "big") + part)
    return state.digest()
