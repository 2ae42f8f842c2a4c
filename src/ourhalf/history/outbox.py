"""Alerts that are to be sent, kept beside what they tell of: written in one transaction with it.

An alert is `waiting` until it is about to be sent, `sending` from before its first byte leaves, and `sent`
when its destination took it. One that is `sending` when a program starts was in the hands of one that was
killed: whether it arrived is in doubt, and it is sent again under its old id.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from ourhalf.history.changes import Change
from ourhalf.history.database import told, transaction
from ourhalf.history.store import History, Recorded

MAX_ALERT_BYTES = 200_000
"""SNS takes 262,144 bytes and counts attributes with them."""


class Watched(msgspec.Struct, frozen=True):
    """What was assessed."""

    targets: tuple[str, ...]
    profile: str | None


class Alert(msgspec.Struct, frozen=True):
    """What a destination is told: some or all changes of one assessment, the most urgent first.

    `id` is the same each time that it is sent, and no other alert has it. `part` of `parts` tells which
    piece it is where there are many changes. `previous` is the assessment that it was compared with.
    """

    id: str
    version: str
    watched: Watched
    series: str
    assessment: int
    previous: int | None
    at: datetime
    as_of: str
    failing: int
    part: int
    parts: int
    changes: tuple[Change, ...]
    schema_version: str = "1.0"


class Waiting(msgspec.Struct, frozen=True):
    """An alert that is not known to have arrived; `doubt` says that it may have."""

    alert: Alert
    destination: str
    attempts: int
    doubt: bool


class Outbox:
    """The alerts in a history."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._database = history.database

    def put(self, recorded: Recorded, destination: str, most: int) -> None:
        """Write the alerts of what was recorded, `most` changes each, inside the transaction that records it."""
        found = [change for change in recorded.changes if change.alerts]
        pieces = list(_pieces(found, most))
        for part, piece in enumerate(pieces, 1):
            alert = self._alert(recorded, destination, piece, part, len(pieces))
            self._database.execute(
                "INSERT INTO alerts (id, number, assessment, destination, alert, status) VALUES "
                "(?, (SELECT coalesce(max(number), 0) + 1 FROM alerts), ?, ?, ?, 'waiting')",
                (alert.id, recorded.entry.id, destination, msgspec.json.encode(alert)),
            )

    def recover(self) -> int:
        """Take back what a program that was killed was sending; how many alerts that is."""
        with told(self._history.path), transaction(self._database):
            done = self._database.execute("UPDATE alerts SET status = 'waiting', doubt = 1 WHERE status = 'sending'")
        return done.rowcount

    def due(self, destination: str, now: float, most: int) -> tuple[Waiting, ...]:
        """Alerts whose time has come, those first that were never tried; `now` in seconds since 1970."""
        query = (
            "SELECT alert, attempts, doubt FROM alerts WHERE destination = ? AND status = 'waiting' AND due <= ? "
            "ORDER BY due, number LIMIT ?"
        )
        with told(self._history.path):
            rows = self._database.execute(query, (destination, now, most)).fetchall()
        return tuple(
            Waiting(msgspec.json.decode(alert, type=Alert), destination, attempts, bool(doubt))
            for alert, attempts, doubt in rows
        )

    def next_due(self, destination: str) -> float | None:
        """When the next alert for a destination is to be sent, in seconds since 1970; None where none waits."""
        query = "SELECT min(due) FROM alerts WHERE destination = ? AND status = 'waiting'"
        with told(self._history.path):
            found: float | None = self._database.execute(query, (destination,)).fetchone()[0]
        return found

    def begin(self, key: str) -> None:
        """Note that an alert is about to leave."""
        self._write("UPDATE alerts SET status = 'sending', attempts = attempts + 1 WHERE id = ?", key)

    def arrived(self, key: str, at: datetime) -> None:
        """Note that the destination took it."""
        self._write("UPDATE alerts SET status = 'sent', sent_at = ?, why = NULL WHERE id = ?", at.isoformat(), key)

    def again(self, key: str, due: float, why: str, doubt: bool) -> None:
        """Note that it did not arrive, or that this is in `doubt`, and when to try again."""
        statement = "UPDATE alerts SET status = 'waiting', due = ?, why = ?, doubt = max(doubt, ?) WHERE id = ?"
        self._write(statement, due, why[:500], int(doubt), key)

    def counts(self) -> dict[str, dict[str, int]]:
        """How many alerts there are, by destination and status."""
        found: dict[str, dict[str, int]] = {}
        query = "SELECT destination, status, count(*) FROM alerts GROUP BY 1, 2 ORDER BY 1, 2"
        with told(self._history.path):
            for destination, status, count in self._database.execute(query):
                found.setdefault(destination, {})[status] = count
        return found

    def _write(self, statement: str, *values: object) -> None:
        with told(self._history.path), transaction(self._database):
            self._database.execute(statement, values)

    def _alert(self, recorded: Recorded, destination: str, piece: tuple[Change, ...], part: int, parts: int) -> Alert:
        entry = recorded.entry
        name = f"{self._history.id}\0{entry.id}\0{destination}\0{part}"
        series = f"{self._history.id}\0{entry.series.id}"
        return Alert(
            id=hashlib.sha256(name.encode()).hexdigest()[:32],
            version=entry.version,
            watched=Watched(entry.series.targets, entry.series.profile),
            series=hashlib.sha256(series.encode()).hexdigest()[:16],
            assessment=entry.id,
            previous=recorded.before.id if recorded.before is not None else None,
            at=entry.at,
            as_of=entry.as_of.isoformat(),
            failing=entry.failing,
            part=part,
            parts=parts,
            changes=piece,
        )


def _pieces(found: Sequence[Change], most: int) -> Iterator[tuple[Change, ...]]:
    """Changes in groups of at most `most`, and of at most as many bytes as an alert may have."""
    piece: list[Change] = []
    size = 0
    for change in found:
        length = len(msgspec.json.encode(change)) + 1
        if piece and (len(piece) == most or size + length > MAX_ALERT_BYTES):
            yield tuple(piece)
            piece, size = [], 0
        piece.append(change)
        size += length
    if piece:
        yield tuple(piece)
