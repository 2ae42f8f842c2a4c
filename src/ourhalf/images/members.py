"""The files in a tar on this machine, by their place in it: nothing is unpacked, and only headers are read."""

from __future__ import annotations

import os

from ourhalf.images.bounds import MAX_HOPS
from ourhalf.images.entries import FILE, HARD_LINK, LINK, Entry
from ourhalf.images.local import FileBlob, Meter
from ourhalf.images.source import ImageError
from ourhalf.images.tar import Tar
from ourhalf.images.tarheaders import BLOCK, TarError

_MAX_MEMBERS = 100_000


class _Listing:
    """A `Sink` that takes note of where files are."""

    def __init__(self) -> None:
        self.last: Entry | None = None
        self.files: dict[str, tuple[int, int]] = {}
        self.links: dict[str, str] = {}

    def entry(self, entry: Entry) -> None:
        """See `Sink`."""
        self.last = entry
        if entry.kind == LINK:
            folder = entry.path.rpartition("/")[0]
            self.links[entry.path] = os.path.normpath(f"{folder}/{entry.target}" if folder else entry.target)
        elif entry.kind == HARD_LINK:
            self.links[entry.path] = os.path.normpath(entry.target)

    def odd(self, path: str, reason: str) -> None:
        """See `Sink`."""
        raise TarError(f"{path}: {reason}")


class Members:
    """The files in the tar at `path`. Raises ImageError where it is none."""

    def __init__(self, path: str, meter: Meter) -> None:
        self._path = path
        self._meter = meter
        self._listing = _Listing()
        try:
            with open(path, "rb") as file:
                self._list(file.fileno(), os.fstat(file.fileno()).st_size)
        except TarError as error:
            raise ImageError(f"{path} is no archive that can be read: {error}") from None
        except OSError as error:
            raise ImageError(f"{path}: {error.strerror}") from None

    def _list(self, descriptor: int, size: int) -> None:
        if os.pread(descriptor, 2, 0) == b"\x1f\x8b":
            raise ImageError(f"{self._path} is packed by gzip: unpack it first, with gunzip")
        tar, at, listing = Tar(self._listing), 0, self._listing
        while at < size and not tar.ended:
            block = os.pread(descriptor, BLOCK, at)
            if not block:
                break
            tar.feed(memoryview(block))
            self._meter.add(len(block))
            at += len(block)
            last, listing.last = listing.last, None
            if last is not None and last.kind == FILE:
                if at + last.size > size:
                    raise TarError("it ends within an entry")
                listing.files[last.path] = (at, last.size)
                listing.links.pop(last.path, None)
                if len(listing.files) > _MAX_MEMBERS:
                    raise TarError(f"it has more than {_MAX_MEMBERS:,} files")
            at += tar.pass_over()

    def __contains__(self, name: str) -> bool:
        return name in self._listing.files or name in self._listing.links

    def find(self, name: str) -> FileBlob:
        """A file in it by its path, links followed. Raises ImageError where there is none."""
        at = name
        for _ in range(MAX_HOPS):
            if at not in self._listing.links:
                break
            at = self._listing.links[at]
        if at not in self._listing.files:
            raise ImageError(f"{self._path} has no {name[:200]}")
        offset, size = self._listing.files[at]
        return FileBlob(self._path, self._meter, offset, size)
