"""A history: every assessment of the same targets, what each finding was in it, and what changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from datetime import date, datetime
from types import TracebackType
from typing import TypeVar

import msgspec

from ourhalf import cache
from ourhalf.history.changes import Change, carried, changes
from ourhalf.history.database import connect, told, transaction
from ourhalf.history.errors import DamagedError, HistoryError
from ourhalf.history.state import State, States, states_of
from ourhalf.model.finding import Assessment
from ourhalf.model.verdict import Status


class Series(msgspec.Struct, frozen=True):
    """Assessments of the same targets under the same profile file, which are compared with each other."""

    id: int
    targets: tuple[str, ...]
    profile: str | None


class Entry(msgspec.Struct, frozen=True):
    """One assessment: first made at `at` as of `as_of`, and found the same `times` times up to `last_at`.

    `failing` counts the failures that nobody accepted, `unknown` what could not be told.
    """

    id: int
    series: Series
    at: datetime
    last_at: datetime
    as_of: date
    last_as_of: date
    times: int
    version: str
    findings: int
    failing: int
    unknown: int
    unread: int


class Recorded(msgspec.Struct, frozen=True):
    """What recording an assessment gave: its entry, the one before it, and what changed."""

    entry: Entry
    before: Entry | None
    changes: tuple[Change, ...]


T = TypeVar("T")
Also = Callable[[Recorded], None]
"""What is to be written in the same transaction."""

_COLUMNS = (
    "a.id, s.id, s.targets, s.profile, a.at, a.last_at, a.as_of, a.last_as_of, "
    "a.times, a.version, a.findings, a.failing, a.unknown, a.unread"
)
_ENTRIES = f"SELECT {_COLUMNS} FROM assessments a JOIN series s ON s.id = a.series"  # noqa: S608 - fixed texts


def default_path() -> str:
    """Where the history is if nobody says."""
    return str(cache.folder() / "history.sqlite")


class History:
    """An open history. `database` is for what is written in the same transactions."""

    def __init__(self, path: str, create: bool = False) -> None:
        """Open the history at `path`. Raises HistoryError."""
        self.path = path
        self.database: sqlite3.Connection = connect(path, create)
        with told(path):
            row = self.database.execute("SELECT id FROM about").fetchone()
        if row is None:
            raise DamagedError(f"{path} is no history of ourhalf; give another file as --history")
        self.id: str = row[0]

    def __enter__(self) -> History:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self.database.close()

    def series(self, targets: Sequence[str], profile: str | None) -> Series:
        """The series of these targets, begun where there is none."""
        key = (msgspec.json.encode(targets).decode(), profile or "")
        with told(self.path), transaction(self.database):
            self.database.execute("INSERT OR IGNORE INTO series (targets, profile) VALUES (?, ?)", key)
            row = self.database.execute("SELECT id FROM series WHERE targets = ? AND profile = ?", key).fetchone()
        return Series(row[0], tuple(targets), profile)

    def entries(self, series: Series | None = None) -> tuple[Entry, ...]:
        """Every assessment, or those of one series, the oldest first."""
        where = "" if series is None else f" WHERE s.id = {int(series.id)}"
        with told(self.path):
            return tuple(_entry(row) for row in self.database.execute(f"{_ENTRIES}{where} ORDER BY a.id"))

    def entry(self, number: int) -> Entry:
        """The assessment of that number. Raises HistoryError where there is none."""
        with told(self.path):
            row = self.database.execute(f"{_ENTRIES} WHERE a.id = ?", (number,)).fetchone()
        if row is None:
            raise HistoryError(
                f"{self.path} holds no assessment {number}; `ourhalf history list` shows which there are"
            )
        return _entry(row)

    def latest(self, series: Series) -> Entry | None:
        """The last assessment of a series."""
        with told(self.path):
            row = self.database.execute(
                f"{_ENTRIES} WHERE s.id = ? ORDER BY a.id DESC LIMIT 1", (series.id,)
            ).fetchone()
        return _entry(row) if row is not None else None

    def states(self, entry: Entry) -> States:
        """Every finding as it was in an assessment, by id."""
        query = "SELECT state FROM states WHERE series = ? AND since <= ? AND (until IS NULL OR until > ?)"
        with told(self.path):
            rows = self.database.execute(query, (entry.series.id, entry.id, entry.id))
            return {state.id: state for state in (_decoded(self.path, row[0], State) for row in rows)}

    def changes(self, entry: Entry) -> tuple[Change, ...]:
        """What was new in an assessment, as it was told then."""
        query = "SELECT change FROM changes WHERE assessment = ? ORDER BY number"
        with told(self.path):
            rows = self.database.execute(query, (entry.id,))
            return tuple(_decoded(self.path, row[0], Change) for row in rows)

    def between(self, first: Entry, second: Entry) -> tuple[Change, ...]:
        """What changed from one assessment to another, of the same series."""
        if first.series.id != second.series.id:
            raise HistoryError(
                f"{first.id} and {second.id} are of different targets: {' '.join(first.series.targets)} "
                f"and {' '.join(second.series.targets)}"
            )
        return changes(self.states(first), self.states(second), self._failed(first))

    def record(self, series: Series, assessment: Assessment, at: datetime, also: Also = lambda _: None) -> Recorded:
        """Keep an assessment, and what `also` writes of its changes: both or, where anything fails, neither.

        One that found what the last one did is counted to that, and has no changes.
        """
        with told(self.path), transaction(self.database):
            before = self.latest(series)
            old = self.states(before) if before is not None else {}
            new = carried(old, states_of(assessment), {item.path for item in assessment.unread})
            if before is not None and old == new and before.unread == len(assessment.unread):
                self._again(before, at, assessment.as_of)
                return Recorded(before, before, ())
            entry = self._insert(series, assessment, new, at)
            found = changes(old, new, self._failed(before))
            self._keep(entry, old, new)
            self._tell(entry, found)
            recorded = Recorded(entry, before, found)
            also(recorded)
        return recorded

    def again(self, entry: Entry, at: datetime, as_of: date) -> None:
        """Note that an assessment was found the same once more."""
        with told(self.path), transaction(self.database):
            self._again(entry, at, as_of)

    def _again(self, entry: Entry, at: datetime, as_of: date) -> None:
        self.database.execute(
            "UPDATE assessments SET last_at = ?, last_as_of = ?, times = times + 1 WHERE id = ?",
            (at.isoformat(), as_of.isoformat(), entry.id),
        )

    def _insert(self, series: Series, assessment: Assessment, states: States, at: datetime) -> Entry:
        failing = sum(state.counts for state in states.values())
        unknown = sum(state.status is Status.UNKNOWN for state in states.values())
        day = assessment.as_of
        version = assessment.tool.version
        sizes = (len(states), failing, unknown, len(assessment.unread))
        row = self.database.execute(
            "INSERT INTO assessments (series, at, last_at, as_of, last_as_of, times, version, findings, failing, "
            "unknown, unread) VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?) RETURNING id",
            (series.id, at.isoformat(), at.isoformat(), day.isoformat(), day.isoformat(), version, *sizes),
        ).fetchone()
        return Entry(row[0], series, at, at, day, day, 1, version, *sizes)

    def _keep(self, entry: Entry, old: States, new: States) -> None:
        """End the states that are over, and begin those that are others now."""
        over = [key for key, state in old.items() if new.get(key) != state]
        self.database.executemany(
            "UPDATE states SET until = ? WHERE series = ? AND finding = ? AND until IS NULL",
            [(entry.id, entry.series.id, key) for key in sorted(over)],
        )
        self.database.executemany(
            "INSERT INTO states (series, finding, since, counts, state) VALUES (?, ?, ?, ?, ?)",
            [
                (entry.series.id, key, entry.id, int(state.counts), msgspec.json.encode(state))
                for key, state in sorted(new.items())
                if old.get(key) != state
            ],
        )

    def _tell(self, entry: Entry, found: tuple[Change, ...]) -> None:
        self.database.executemany(
            "INSERT INTO changes (assessment, number, change) VALUES (?, ?, ?)",
            [(entry.id, number, msgspec.json.encode(change)) for number, change in enumerate(found)],
        )

    def _failed(self, upto: Entry | None) -> Callable[[str], bool]:
        """Whether a finding ever counted as a failure, in an assessment up to this one."""
        if upto is None:
            return lambda _: False
        query = "SELECT 1 FROM states WHERE series = ? AND finding = ? AND since <= ? AND counts = 1 LIMIT 1"
        return lambda key: self.database.execute(query, (upto.series.id, key, upto.id)).fetchone() is not None


def _entry(row: tuple[object, ...]) -> Entry:
    number, series, targets, profile, at, last_at, as_of, last_as_of, *rest = row
    return msgspec.convert(
        {
            "id": number,
            "series": {"id": series, "targets": msgspec.json.decode(str(targets)), "profile": profile or None},
            "at": at,
            "last_at": last_at,
            "as_of": as_of,
            "last_as_of": last_as_of,
            **dict(zip(("times", "version", "findings", "failing", "unknown", "unread"), rest, strict=True)),
        },
        Entry,
    )


def _decoded(path: str, data: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.DecodeError as error:
        raise DamagedError(f"{path} holds what this program did not write: {error}") from None
