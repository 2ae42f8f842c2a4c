"""Brings sources up to date: what changed is fetched, and replaces what the store held, one source after another."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from datetime import date

import msgspec

from ourhalf.advisories.fetching import FetchError, fetch
from ourhalf.advisories.importing import import_file
from ourhalf.advisories.sources import SourceRow, all_sources
from ourhalf.advisories.store import Store, StoreError
from ourhalf.advisories.writing import Writer, writing
from ourhalf.web import Web


class Outcome(msgspec.Struct, frozen=True):
    """What came of one source. `problem` says why it stays as it was; empty where it is of today."""

    source: str
    changed: bool
    records: int = 0
    quarantined: int = 0
    problem: str = ""


class _RefusedError(Exception):
    pass


def updatable() -> tuple[SourceRow, ...]:
    """The sources with addresses to fetch from."""
    return tuple(row for row in all_sources().values() if row.update and row.addresses)


def update(
    path: str, rows: Iterable[SourceRow], today: date, web: Web, note: Callable[[str], None] = lambda _: None
) -> Iterator[Outcome]:
    """Bring sources of the store in `path` up to date; each is in the store before the next begins.

    A source that fails keeps what the store held of it. `note` is told what is done now. Raises StoreError where the
    store cannot be written.
    """
    folder = f"{path}.parts"
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{folder}: cannot be made: {error.strerror or error}") from None
    for row in rows:
        note(f"fetching {row.name}")
        try:
            yield _one(path, row, today, web, folder)
        except (FetchError, _RefusedError) as error:
            yield Outcome(row.name, changed=False, problem=str(error))


def _one(path: str, row: SourceRow, today: date, web: Web, folder: str) -> Outcome:
    before, etags = _held(path, row)
    known = etags if before and set(etags) == set(row.addresses) else {}
    fetched = {address: fetch(web, row, address, folder, known.get(address, "")) for address in row.addresses}
    if before and all(one.path is None for one in fetched.values()):
        with writing(path) as writer:
            writer.dated(row.name, today.isoformat())
        return Outcome(row.name, changed=False, records=before)
    # All of a source is replaced at once, so what did not change is needed too.
    fetched |= {address: fetch(web, row, address, folder) for address, one in fetched.items() if one.path is None}
    files = [one.path for one in fetched.values() if one.path is not None]
    with writing(path) as writer:
        outcome = _replaced(writer, row, files, today, before)
        writer.answered(row.name, {address: one.etag for address, one in fetched.items() if one.etag})
    for file in files:
        os.unlink(file)
    return outcome


def _held(path: str, row: SourceRow) -> tuple[int, dict[str, str]]:
    """How many records the store holds of a source, and the ETags that its addresses gave."""
    if not os.path.exists(path):
        return 0, {}
    with Store.open(path) as store:
        records = next((one.records for one in store.sources() if one.name == row.name), 0)
        return records, store.answers().get(row.name, {})


def _replaced(writer: Writer, row: SourceRow, files: Iterable[str], today: date, before: int) -> Outcome:
    writer.replace(row.name)
    records = quarantined = 0
    for file in files:
        done = import_file(writer, file, today, row)
        records += sum(done.records.values())
        quarantined += done.quarantined
    if records * 2 < max(before, 1):
        raise _RefusedError(
            f"what came holds {records:,} records, the store {before:,}, which stay; if that is right, import the file"
        )
    writer.dated(row.name, today.isoformat())
    return Outcome(row.name, changed=True, records=records, quarantined=quarantined)
