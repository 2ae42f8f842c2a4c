"""Files of this machine as places of blobs."""

from __future__ import annotations

import os
import re
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, runtime_checkable

from ourhalf.images.source import Blob, Descriptor, ImageError, Spent

_PIECE = 1 << 20
_DIGEST = re.compile(r"(sha256|sha384|sha512):([0-9a-f]{64,128})\Z")


class Meter:
    """Counts what was read, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read = 0

    def add(self, size: int) -> None:
        """So many bytes more."""
        with self._lock:
            self._read += size

    def spent(self) -> Spent:
        """See `Source.spent`."""
        return Spent(self._read)


@runtime_checkable
class Member(Blob, Protocol):
    """A `Blob` of this machine: how long it is can be told without reading it."""

    def length(self) -> int | None:
        """How many bytes it has; None where it is not there any more."""
        ...


class FileBlob:
    """A `Blob` that is a file, or a part of one."""

    def __init__(self, path: str, meter: Meter, offset: int = 0, size: int | None = None) -> None:
        self._path = path
        self._meter = meter
        self._offset = offset
        self._size = size

    @contextmanager
    def stream(self) -> Iterator[Iterator[bytes | memoryview]]:
        """See `Blob`."""
        descriptor, size = self._open()
        try:
            yield self._pieces(descriptor, self._offset, size)
        finally:
            os.close(descriptor)

    def range(self, start: int, length: int) -> bytes | None:
        """See `Blob`."""
        descriptor, size = self._open()
        try:
            return b"".join(self._pieces(descriptor, self._offset + start, min(length, max(size - start, 0))))
        finally:
            os.close(descriptor)

    def length(self) -> int | None:
        """How many bytes it has; None where it is not there. It is not opened."""
        try:
            status = os.stat(self._path)
        except OSError:
            return None
        if self._size is None:
            return status.st_size
        return self._size if self._offset + self._size <= status.st_size else None

    def _open(self) -> tuple[int, int]:
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise ImageError(f"{self._path}: {error.strerror}") from None
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            os.close(descriptor)
            raise ImageError(f"{self._path} is no regular file")
        return descriptor, self._size if self._size is not None else status.st_size

    def _pieces(self, descriptor: int, at: int, left: int) -> Iterator[bytes]:
        while left > 0:
            try:
                piece = os.pread(descriptor, min(left, _PIECE), at)
            except OSError as error:
                raise ImageError(f"{self._path}: {error.strerror}") from None
            if not piece:
                raise ImageError(f"{self._path} ends before all of it was read")
            self._meter.add(len(piece))
            at, left = at + len(piece), left - len(piece)
            yield piece


def small(blob: Blob, most: int, what: str) -> bytes:
    """All bytes of a small blob. Raises ImageError where it is larger."""
    found = b""
    with blob.stream() as pieces:
        for piece in pieces:
            found += piece
            if len(found) > most:
                raise ImageError(f"{what} has more than {most:,} bytes")
    return found


def file_of(digest: str) -> str:
    """Where a layout keeps a blob, from its folder. Raises ImageError for a digest that is none."""
    found = _DIGEST.match(digest)
    if found is None:
        raise ImageError(f"{digest[:100]} is no digest that is known here")
    return f"blobs/{found[1]}/{found[2]}"


def parted(rest: str) -> tuple[str, str, str]:
    """The path, tag and digest of `PATH[:TAG]` or `PATH@DIGEST`."""
    path, at, digest = rest.rpartition("@")
    if at and _DIGEST.match(digest):
        return path, "", digest
    path, colon, tag = rest.rpartition(":")
    if colon and "/" not in tag and not os.path.exists(rest):
        return path, tag, ""
    return rest, "", ""


def tag_of(descriptor: Descriptor) -> str:
    """The name that an index of a layout gives a manifest."""
    return descriptor.annotations.get("org.opencontainers.image.ref.name", "")
