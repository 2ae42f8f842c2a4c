"""Reads of a layer only what somebody wants, where its table of contents can be had and that saves enough."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

import msgspec

from ourhalf.images.bounds import MAX_DEPTH, MAX_PATH, Bounds
from ourhalf.images.collecting import Collector, LayerContent
from ourhalf.images.entries import FILE, Entry, normal
from ourhalf.images.filesystem import Missing
from ourhalf.images.matching import Matching
from ourhalf.images.ranges import chunked, estargz, soci
from ourhalf.images.ranges.table import Table, TableError, Want
from ourhalf.images.source import Blob, Descriptor, ImageError, Manifest, Source
from ourhalf.images.tarheaders import TarError
from ourhalf.images.wanted import Wanted

LEAST = 1 << 20
"""Packed bytes below which a layer is read whole: that costs little, and proves its digest."""
_GAP = 1 << 14
"""Bytes between two parts that are fetched too rather than asking twice."""
_MOST_RUN = 8 << 20
_AT_ONCE = 4
_WORTH = 2
"""A layer is read by parts where these are not over one in so many of its bytes."""
_LEFT_OUT = Missing("only parts of its layer were fetched, and looking at this would have taken much more of it")


class Outcome(NamedTuple):
    """What was read of a layer, None where it is to be read whole; and how, in words for `Cost.how`, or ""."""

    content: LayerContent | None
    how: str = ""


class _Run(NamedTuple):
    """Packed bytes that are fetched at once, and who wants what of them."""

    start: int
    end: int
    wants: list[Want]


class Ranges:
    """Reads layers of one image by parts. What asks for much (`Wanted.deep`) is told that it was left out."""

    def __init__(self, source: Source, manifest: Manifest, wanted: Iterable[Wanted], bounds: Bounds) -> None:
        asked = tuple(wanted)
        self._source = source
        self._manifest = manifest
        self._bounds = bounds
        self._now = Matching(one for one in asked if not one.deep)
        self._deep = Matching(one for one in asked if one.deep)
        self._lock = threading.Lock()
        self._ztocs: dict[str, Descriptor] | None = None

    def read(self, layer: Descriptor, blob: Blob) -> Outcome:
        """What is wanted of a layer. Used from any thread, and raises nothing for what a registry sends."""
        if layer.size < LEAST:
            return Outcome(None)
        try:
            table = self._table(layer, blob)
            return Outcome(None) if table is None else self._content(table, layer, blob)
        except (TableError, ImageError) as error:
            return Outcome(None, f"as a whole, for its table of contents cannot be used: {error}")

    def _table(self, layer: Descriptor, blob: Blob) -> Table | None:
        """The table of a layer, from its own annotations or an index beside the image."""
        most = self._bounds.entries
        if chunked.is_one(layer):
            return chunked.table(layer, blob, 4 * most)
        if estargz.is_one(layer):
            return estargz.table(layer, blob, 4 * most)
        ztoc = self._known_ztocs().get(layer.digest)
        return None if ztoc is None else soci.table(self._source, ztoc, layer, most)

    def _known_ztocs(self) -> dict[str, Descriptor]:
        with self._lock:
            if self._ztocs is None:
                self._ztocs = {}
                self._ztocs = soci.ztocs(self._source, self._manifest)
            return self._ztocs

    def _content(self, table: Table, layer: Descriptor, blob: Blob) -> Outcome:
        collector = Collector(self._now, self._bounds)
        try:
            wants = self._wants(table, collector)
        except TarError as error:
            raise TableError(str(error)) from None
        runs = _runs(table, wants)
        size = sum(run.end - run.start for run in runs)
        if size * _WORTH > layer.size:
            return Outcome(None, f"as a whole, for by its table of contents ({table.kind}) that would save little")
        made = 0
        for run, data in _fetched(blob, runs):
            made += table.unpack(run.wants, run.start, data)
            if self._bounds.exceeded(size, made):
                raise TableError(self._bounds.exceeded(size, made))
        how = f"by its table of contents ({table.kind}), which was not compared with its tar"
        unchecked = table.unchecked()
        if unchecked:
            how += f" and has no digests of {unchecked:,} of the parts that were read"
        return Outcome(collector.content, how)

    def _wants(self, table: Table, collector: Collector) -> list[Want]:
        """Hand on every entry, and gather who wants bytes."""
        wants: list[Want] = []
        content = collector.content
        for number, stated in enumerate(table.entries()):
            entry = _placed(stated, collector)
            if entry is None:
                continue
            count = len(content.entries)
            taker = collector.entry(entry)
            if entry.kind == FILE and len(content.entries) > count:
                self._leave_out(entry, count, collector)
            if taker is not None:
                if taker.need:
                    wants.append(Want(number, taker.need, taker))
                else:
                    taker.done()
        return wants

    def _leave_out(self, entry: Entry, number: int, collector: Collector) -> None:
        for one in self._deep.of(entry.path, entry.size, entry.mode):
            collector.keep(number, one.key, _LEFT_OUT)


def _placed(entry: Entry, collector: Collector) -> Entry | None:
    """The entry with its path as `Node` has it; None where it is refused."""
    path = normal(entry.path)
    if path is None:
        collector.odd(entry.path, "its path leads out of the image")
        return None
    if len(path) > MAX_PATH or path.count("/") > MAX_DEPTH:
        collector.odd(f"{path[:200]}…", f"its path is longer than {MAX_PATH:,} or deeper than {MAX_DEPTH}")
        return None
    return entry if path == entry.path else msgspec.structs.replace(entry, path=path)


def _runs(table: Table, wants: list[Want]) -> list[_Run]:
    """What is fetched at once: near parts together. Raises TableError."""
    placed = sorted((table.extent(want.number, want.need), want.number, want) for want in wants)
    runs: list[_Run] = []
    for (start, end), _, want in placed:
        last = runs[-1] if runs else None
        if last is not None and start <= last.end + _GAP and (start < last.end or end - last.start <= _MOST_RUN):
            runs[-1] = _Run(last.start, max(last.end, end), last.wants)
            last.wants.append(want)
        else:
            runs.append(_Run(start, end, [want]))
    return runs


def _fetched(blob: Blob, runs: list[_Run]) -> Iterator[tuple[_Run, bytes]]:
    """The bytes of each run, some of them asked for ahead. Raises ImageError and TableError."""
    pending: deque[tuple[_Run, Future[bytes | None]]] = deque()
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        try:
            for run in runs:
                pending.append((run, pool.submit(_bytes, blob, run)))
                if len(pending) > _AT_ONCE:
                    yield _got(*pending.popleft())
            while pending:
                yield _got(*pending.popleft())
        finally:
            for _, future in pending:
                future.cancel()


def _bytes(blob: Blob, run: _Run) -> bytes | None:
    return blob.range(run.start, run.end - run.start) if run.end > run.start else b""


def _got(run: _Run, future: Future[bytes | None]) -> tuple[_Run, bytes]:
    data = future.result()
    if data is None:
        raise TableError("the registry gives no parts of it")
    return run, data
