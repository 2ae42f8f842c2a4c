"""The files in a tar on this machine, by their place in it: nothing is unpacked, and only headers are read."""

from __future__ import annotations

import os
from typing import Generic, TypeVar

from ourhalf.images.bounds import MAX_HOPS
from ourhalf.images.entries import FILE, HARD_LINK, LINK, Entry
from ourhalf.images.local import FileBlob, Member, Meter
from ourhalf.images.source import ImageError
from ourhalf.images.tar import Tar
from ourhalf.images.tarheaders import BLOCK, TarError

_MAX_MEMBERS = 100_000


M = TypeVar("M", bound=Member, covariant=True)


class Listing(Generic[M]):
    """A `Sink` that takes note of where files are in an archive, which messages call `what`."""

    def __init__(self, what: str) -> None:
        self._what = what
        self.last: Entry | None = None
        self.files: dict[str, tuple[int, int]] = {}
        self._links: dict[str, str] = {}

    def entry(self, entry: Entry) -> None:
        """See `Sink`."""
        self.last = entry
        if entry.kind == LINK:
            folder = entry.path.rpartition("/")[0]
            self._links[entry.path] = os.path.normpath(f"{folder}/{entry.target}" if folder else entry.target)
        elif entry.kind == HARD_LINK:
            self._links[entry.path] = os.path.normpath(entry.target)

    def odd(self, path: str, reason: str) -> None:
        """See `Sink`."""
        raise TarError(f"{path}: {reason}")

    def note(self, entry: Entry, at: int) -> None:
        """A file whose bytes begin at a place. Raises TarError where there are too many."""
        self.files[entry.path] = (at, entry.size)
        self._links.pop(entry.path, None)
        if len(self.files) > _MAX_MEMBERS:
            raise TarError(f"it has more than {_MAX_MEMBERS:,} files")

    def __contains__(self, name: str) -> bool:
        return name in self.files or name in self._links

    def find(self, name: str) -> M:
        """A file in it by its path, links followed. Raises ImageError where there is none."""
        at = name
        for _ in range(MAX_HOPS):
            if at not in self._links:
                break
            at = self._links[at]
        if at not in self.files:
            raise ImageError(f"{self._what} has no {name[:200]}")
        return self.blob(at, *self.files[at])

    def blob(self, at: str, offset: int, size: int) -> M:
        """The bytes of a file that is there."""
        raise NotImplementedError


class Members(Listing[FileBlob]):
    """The files in the tar at `path`. Raises ImageError where it is none."""

    def __init__(self, path: str, meter: Meter) -> None:
        super().__init__(path)
        self._path = path
        self._meter = meter
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
        tar, at = Tar(self), 0
        while at < size and not tar.ended:
            block = os.pread(descriptor, BLOCK, at)
            if not block:
                break
            tar.feed(memoryview(block))
            self._meter.add(len(block))
            at += len(block)
            last, self.last = self.last, None
            if last is not None and last.kind == FILE:
                if at + last.size > size:
                    raise TarError("it ends within an entry")
                self.note(last, at)
            at += tar.pass_over()

    def blob(self, at: str, offset: int, size: int) -> FileBlob:
        """See `Listing`."""
        return FileBlob(self._path, self._meter, offset, size)
