"""Keeps of a layer its entries and what of its files somebody wants, while it streams by."""

from __future__ import annotations

import threading
from functools import partial

import msgspec

from ourhalf.artifacts.files import named_so
from ourhalf.images import models
from ourhalf.images.bounds import Bounds
from ourhalf.images.entries import FILE, Entry, Held, Taker
from ourhalf.images.filesystem import Missing
from ourhalf.images.matching import Matching
from ourhalf.images.tarheaders import TarError
from ourhalf.images.wanted import Wanted
from ourhalf.images.windows import Windowed

WHITEOUT = ".wh."
_OPAQUE = ".wh..wh..opq"
_MAX_ODD = 100
_LARGE = 16 << 20
_ONE_LARGE = threading.Lock()
"""Layers are read side by side, but of files of so many bytes one is held at a time."""
_NOT_FETCHED = Missing("only parts of its layer were fetched: whether it is safe to load was not looked at")


class LayerContent(msgspec.Struct):
    """What a layer holds. `kept` goes by the number of the entry and the key, `odd` are refused entries and why.

    `whiteouts` are paths that it deletes of lower layers, `opaque` folders of which it hides what these had.
    `problem` says why not all of it was read, `files` counts entries that are files.
    """

    entries: list[Entry] = []
    kept: dict[int, dict[str, Held]] = {}
    whiteouts: list[str] = []
    opaque: list[str] = []
    odd: list[tuple[str, str]] = []
    files: int = 0
    unpacked: int = 0
    problem: str = ""


class Collector:
    """A `Sink` for one layer. Without `judging` model files are noted, but not looked at."""

    def __init__(self, matching: Matching, bounds: Bounds, judging: bool = False) -> None:
        self.content = LayerContent()
        self._matching = matching
        self._judging = judging
        self.bounds = bounds
        self._count = self._held = 0
        self._alone = False

    def odd(self, path: str, reason: str) -> None:
        """See `Sink`."""
        if len(self.content.odd) < _MAX_ODD:
            self.content.odd.append((path, reason))
        self.content.problem = self.content.problem or f"{path[:200]}: {reason}"

    def entry(self, entry: Entry) -> Keeping | Windowed | Model | None:
        """See `Sink`."""
        self._count += 1
        if self._count > self.bounds.entries:
            raise TarError(self.bounds.too_many(self._count))
        path = entry.path
        if WHITEOUT in path and self._hides(path):
            return None
        content = self.content
        if not path:
            return None
        number = len(content.entries)
        content.entries.append(entry)
        if entry.kind != FILE:
            return None
        content.files += 1
        wanted = self._matching.of(path, entry.size, entry.mode)
        keeping = self._taker(number, entry, wanted) if wanted else None
        if self._judging and (entry.size >= models.LARGE or named_so(path)):
            return Model(self, number, entry, keeping)
        if not self._judging and named_so(path):
            self.keep(number, models.KEY, _NOT_FETCHED)
        return keeping

    def hold_alone(self) -> None:
        """Wait until no other layer holds a large file. Where layers do not stream whole nobody waits."""
        if self._judging and not self._alone:
            _ONE_LARGE.acquire()
            self._alone = True

    def let_go(self) -> None:
        """The large file is held no more; said again at the end of the layer, wherever it ended."""
        if self._alone:
            self._alone = False
            _ONE_LARGE.release()

    def _hides(self, path: str) -> bool:
        """Take note of an entry that deletes; whether it was one."""
        folder, _, name = path.rpartition("/")
        if WHITEOUT + WHITEOUT in path and name == _OPAQUE:
            self.content.opaque.append(folder)
            return True
        if not name.startswith(WHITEOUT):
            return False
        hidden = name.removeprefix(WHITEOUT)
        if hidden in {"", ".", ".."}:
            self.odd(path, "it deletes nothing that has a name")
        elif not hidden.startswith(WHITEOUT):
            self.content.whiteouts.append(f"{folder}/{hidden}" if folder else hidden)
        return True

    def _taker(self, number: int, entry: Entry, wanted: list[Wanted]) -> Keeping | Windowed | None:
        now: list[Wanted] = []
        windows: list[Wanted] = []
        for one in wanted:
            if one.window is not None:
                windows.append(one)
            elif not one.head and entry.size > one.most:
                self.keep(number, one.key, Missing(f"larger than {one.most:,} bytes"))
            else:
                now.append(one)
        taker: Keeping | Windowed | None = Keeping(self, number, entry, now) if now else None
        for one in windows:
            keep = partial(self.keep, number, one.key)
            taker = Windowed(one, entry.path, entry.size, keep, taker)
        return taker

    def keep(self, number: int, key: str, held: Held) -> None:
        """Hold on to what is kept of a file."""
        if isinstance(held, bytes):
            self._held += len(held)
            if self._held > self.bounds.held:
                held = Missing(f"more than {self.bounds.held:,} bytes of files would be kept of its layer")
        self.content.kept.setdefault(number, {})[key] = held


class Model:
    """Judges a file that may be a model, besides keeping what else is wanted of it."""

    def __init__(self, collector: Collector, number: int, entry: Entry, beside: Taker | None) -> None:
        self._collector = collector
        self._number = number
        self._judging = models.Judging(entry)
        self._beside = beside
        self.need = entry.size

    @property
    def full(self) -> bool:
        """See `Taker`."""
        return self._judging.full and (self._beside is None or self._beside.full)

    def feed(self, data: memoryview) -> None:
        """See `Taker`."""
        if self._beside is not None:
            self._beside.feed(data)
        if not self._judging.full:
            self._judging.feed(data)

    def done(self) -> None:
        """See `Taker`."""
        if self._beside is not None:
            self._beside.done()
        self._judging.done()
        if self._judging.model is not None:
            self._collector.keep(self._number, models.KEY, msgspec.msgpack.encode(self._judging.model))


class Keeping:
    """Gathers as much of one file as is wanted of it, its first `need` bytes, and reduces it as soon as it is there."""

    def __init__(self, collector: Collector, number: int, entry: Entry, wanted: list[Wanted]) -> None:
        self._collector = collector
        self._number = number
        self._path = entry.path
        self._wanted = wanted
        self.need = max(min(one.head, entry.size) if one.head else entry.size for one in wanted)
        self._data = bytearray()
        self.full = not self.need

    def feed(self, data: memoryview) -> None:
        """See `Taker`."""
        if self.full:
            return
        if not self._data and len(data) >= self.need:
            self._reduce(data[: self.need])
            self.full = True
            return
        if not self._data and self.need > _LARGE:
            self._collector.hold_alone()
        self._data += data[: self.need - len(self._data)]
        if len(self._data) == self.need:
            with memoryview(self._data) as whole:
                self._reduce(whole)
            self._data = bytearray()
            self._collector.let_go()
            self.full = True

    def done(self) -> None:
        """See `Taker`."""
        if not self.need:
            self._reduce(memoryview(b""))

    def _reduce(self, data: memoryview) -> None:
        for one in self._wanted:
            look = data[: one.head] if one.head else data
            made = one.reduce(self._path, look) if one.reduce is not None else bytes(look)
            if made is not None:
                self._collector.keep(self._number, one.key, made)
