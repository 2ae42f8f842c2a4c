"""The SQLite file of a history: its tables, and its errors in words."""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from ourhalf.history.errors import DamagedError, HistoryError

VERSION = 1
APPLICATION = 0x6F726866
"""What the header of the file says of who wrote it: the letters orhf."""

_WAIT_SECONDS = 10.0

_TABLES = """
CREATE TABLE about (id TEXT NOT NULL) STRICT;
CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    targets TEXT NOT NULL,
    profile TEXT NOT NULL,
    UNIQUE (targets, profile)
) STRICT;
CREATE TABLE assessments (
    id INTEGER PRIMARY KEY,
    series INTEGER NOT NULL REFERENCES series (id),
    at TEXT NOT NULL,
    last_at TEXT NOT NULL,
    as_of TEXT NOT NULL,
    last_as_of TEXT NOT NULL,
    times INTEGER NOT NULL,
    version TEXT NOT NULL,
    findings INTEGER NOT NULL,
    failing INTEGER NOT NULL,
    unknown INTEGER NOT NULL,
    unread INTEGER NOT NULL
) STRICT;
CREATE TABLE states (
    series INTEGER NOT NULL REFERENCES series (id),
    finding TEXT NOT NULL,
    since INTEGER NOT NULL REFERENCES assessments (id),
    until INTEGER REFERENCES assessments (id),
    counts INTEGER NOT NULL,
    state BLOB NOT NULL,
    PRIMARY KEY (series, finding, since)
) STRICT, WITHOUT ROWID;
CREATE INDEX present ON states (series, until);
CREATE TABLE changes (
    assessment INTEGER NOT NULL REFERENCES assessments (id),
    number INTEGER NOT NULL,
    change BLOB NOT NULL,
    PRIMARY KEY (assessment, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE alerts (
    id TEXT PRIMARY KEY,
    number INTEGER NOT NULL UNIQUE,
    assessment INTEGER NOT NULL REFERENCES assessments (id),
    destination TEXT NOT NULL,
    alert BLOB NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('waiting', 'sending', 'sent')),
    doubt INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    due REAL NOT NULL DEFAULT 0,
    sent_at TEXT,
    why TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX open_alerts ON alerts (destination, number) WHERE status <> 'sent';
"""


def connect(path: str, create: bool) -> sqlite3.Connection:
    """An open history, made where there is none and `create` says so. Raises HistoryError.

    Every commit is on the disk before it returns, and a file that is damaged is never written to.
    """
    if not create and not os.path.exists(path):
        raise HistoryError(f"{path}: no such history; `ourhalf watch` writes one")
    try:
        if create:
            os.makedirs(os.path.dirname(path) or ".", mode=0o700, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600))
    except OSError as error:
        raise HistoryError(f"{path} cannot be written: {error.strerror}") from None
    with told(path):
        database = sqlite3.connect(path, timeout=_WAIT_SECONDS, isolation_level=None)
    try:
        with told(path):
            database.execute("PRAGMA foreign_keys = ON")
            database.execute("PRAGMA synchronous = FULL")
            database.execute("PRAGMA trusted_schema = OFF")
            if create:
                _create(database)
            _check(database, path)
    except BaseException:
        database.close()
        raise
    return database


def _create(database: sqlite3.Connection) -> None:
    """Make the tables where the file is empty."""
    if database.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
        return
    with transaction(database):
        if database.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
            return  # another process was faster
        for statement in _TABLES.split(";"):
            database.execute(statement)
        database.execute("INSERT INTO about VALUES (?)", (secrets.token_hex(16),))
        database.execute(f"PRAGMA application_id = {APPLICATION}")
        database.execute(f"PRAGMA user_version = {VERSION}")


def _check(database: sqlite3.Connection, path: str) -> None:
    application = database.execute("PRAGMA application_id").fetchone()[0]
    version = database.execute("PRAGMA user_version").fetchone()[0]
    if application != APPLICATION:
        raise DamagedError(f"{path} is no history of ourhalf; give another file as --history")
    if version != VERSION:
        raise HistoryError(f"{path} is a history of version {version}, and this program reads {VERSION}")
    found = [str(row[0]) for row in database.execute("PRAGMA quick_check(1)")]
    if found != ["ok"]:
        raise _damaged(path, found[0])


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """All that is written inside, or nothing."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise


@contextmanager
def told(path: str) -> Iterator[None]:
    """Tells what SQLite says inside as a HistoryError about the file at `path`."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _words(path, error) from None


def _words(path: str, error: sqlite3.DatabaseError) -> HistoryError:
    match error.sqlite_errorcode & 0xFF:
        case sqlite3.SQLITE_FULL:
            return HistoryError(f"{path} cannot be written: the disk is full; nothing of this change was kept")
        case sqlite3.SQLITE_IOERR:
            return HistoryError(f"{path} cannot be read or written: an error of the disk, or it is full")
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return HistoryError(f"{path} is in use by another program for longer than {_WAIT_SECONDS:g} s")
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return HistoryError(f"{path} cannot be opened or written: look at its permissions")
        case _:
            return _damaged(path, str(error))


def _damaged(path: str, why: str) -> DamagedError:
    lines = " ".join(why.split())[:200]
    return DamagedError(
        f"{path} is damaged ({lines}); it is left as it is: put a copy from before in its place, "
        "or move it away to begin anew"
    )
