"""rpm's SQLite database, `rpmdb.sqlite`, as rpm has written it since 4.16.

Source: github.com/rpm-software-management/rpm, lib/backend/sqlite.c: the table `Packages` has a number and a header
in each row. The bytes are read in memory; nothing in the file's schema is trusted, and its steps are counted.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from ourhalf.packages.rpmdb.faults import DatabaseError, Fault

_MOST_BLOB = 1 << 26
_STEPS, _MOST_CALLS = 100_000, 2_000


def headers(data: memoryview) -> Iterator[bytes | Fault]:
    """The header of each package. Raises DatabaseError where it is no such file."""
    if len(data) < 512 or bytes(data[:16]) != b"SQLite format 3\0":
        raise DatabaseError("it is no SQLite database")
    content = bytearray(data)
    # A database with a write-ahead log says so here, and cannot be opened from memory.
    content[18:20] = b"\1\1"
    database = sqlite3.connect(":memory:")
    try:
        database.deserialize(bytes(content))
        _distrust(database)
        plain = database.execute(
            "SELECT count(*) FROM sqlite_schema WHERE name = 'Packages' AND type = 'table' AND sql NOT LIKE '%virtual%'"
        ).fetchone()
        if plain != (1,):
            raise DatabaseError("it has no table of packages")
        for number, blob in database.execute("SELECT hnum, blob FROM Packages ORDER BY hnum"):
            yield blob if isinstance(blob, bytes) else Fault(f"package {str(number)[:20]} has no header")
    except DatabaseError:
        raise
    # What it says of a broken schema need not be text: it is then a ValueError.
    except (sqlite3.Error, ValueError, OverflowError, MemoryError) as error:
        raise DatabaseError(f"SQLite says: {str(error)[:80]}") from None
    finally:
        database.close()


def _distrust(database: sqlite3.Connection) -> None:
    """Functions and views of the schema are not run, and a query that goes on and on is ended."""
    calls = 0

    def end() -> bool:
        nonlocal calls
        calls += 1
        return calls > _MOST_CALLS

    database.execute("PRAGMA trusted_schema = OFF")
    database.execute("PRAGMA cell_size_check = ON")
    database.setlimit(0, _MOST_BLOB)  # SQLITE_LIMIT_LENGTH
    database.set_progress_handler(end, _STEPS)
