"""From files to the store: which importer reads what, and what becomes of what none can use."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import msgspec

from ourhalf.advisories.feeds import Broken, pieces
from ourhalf.advisories.importers.importer import Importer, Piece, UnusableError, all_importers, quarantined
from ourhalf.advisories.record import Dated, Item, Record
from ourhalf.advisories.sources import SourceRow
from ourhalf.advisories.writing import Writer
from ourhalf.model.advisories import Quarantined

UNKNOWN = "osv-other"
"""The source under which what nobody recognises is listed."""


class Imported(msgspec.Struct, frozen=True):
    """What came of one file: how many documents, by source how many records, and how many could not be used."""

    path: str
    documents: int
    records: dict[str, int]
    quarantined: int


def import_file(
    writer: Writer, path: str, today: date, source: SourceRow | None = None, *, partial: bool = False
) -> Imported:
    """Add every advisory in a file or folder. Raises OSError where it cannot be opened.

    The content of a source is of the day that the file states, else of its newest record up to `today`. Unless
    `partial`, the file is said to hold the whole of each source in it, or what is new since.
    """
    reading = _Reading(os.path.basename(path.rstrip("/")) or path, today.isoformat(), source)
    with _uncollected():
        for count, piece in enumerate(pieces(path), 1):
            reading.documents = count
            writer.add(reading.items(piece))
    for name, newest in reading.newest.items():
        writer.dated(name, newest)
    for name in () if partial else reading.records:
        writer.whole(name)
    return Imported(path, reading.documents, reading.records, reading.quarantined)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Nothing here makes cycles, and looking for them goes through all that is known, again and again."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


class _Reading:
    """One file on its way into the store."""

    def __init__(self, file: str, today: str, named: SourceRow | None) -> None:
        self.file = file
        self.today = today
        self.named = named
        self.documents = 0
        self.quarantined = 0
        self.records: dict[str, int] = {}
        self.newest: dict[str, str] = {}
        self._stated: set[str] = set()
        self._importer: Importer | None = all_importers()[named.importer] if named is not None else None

    def items(self, piece: Piece | Broken) -> Iterator[Item]:
        """What the importer makes of a document, or that it is of no use."""
        if isinstance(piece, Broken):
            yield self._refused(piece.name, piece.reason)
            return
        importer = self._chosen(piece)
        if importer is None and self.named is not None:
            return
        if importer is None:
            yield self._refused(piece.name, "no format of advisories that ourhalf reads")
        elif len(piece.data) > importer.max_bytes:
            yield self._refused(piece.name, f"a record larger than {importer.max_bytes:,} bytes")
        else:
            try:
                for item in importer.read(piece, self.named):
                    self._note(item)
                    yield item
            except UnusableError as error:
                yield self._refused(piece.name, str(error))

    def _chosen(self, piece: Piece) -> Importer | None:
        last = self._importer
        if last is not None and last.recognises(piece):
            return last
        found = next((one for one in all_importers().values() if one.recognises(piece)), None)
        if self.named is not None:
            # Archives of a repository hold other documents too; a damaged one is one of those that are asked for.
            return None if found is not None else last
        if found is not None:
            self._importer = found
        return found or last

    def _note(self, item: Item) -> None:
        source = item.source
        if isinstance(item, Quarantined):
            self.quarantined += 1
            return
        if isinstance(item, Dated):
            self._stated.add(source)
            self.newest.pop(source, None)
            return
        self.records[source] = self.records.get(source, 0) + 1
        if isinstance(item, Record) and source not in self._stated:
            for time in (item.advisory.modified, item.advisory.published):
                if self.newest.get(source, "") < time[:10] <= self.today:
                    self.newest[source] = time[:10]

    def _refused(self, name: str, reason: str) -> Quarantined:
        self.quarantined += 1
        importer = self._importer.name if self._importer is not None else ""
        source = (
            self.named.name if self.named is not None else max(self.records, key=self.records.__getitem__, default="")
        )
        return quarantined(source or importer_source(importer), name, reason)


def importer_source(importer: str) -> str:
    """The source that has an importer to itself, else the one for what nobody claims."""
    from ourhalf.advisories.sources import all_sources

    found = [row.name for row in all_sources().values() if row.importer == importer]
    return found[0] if len(found) == 1 else UNKNOWN
