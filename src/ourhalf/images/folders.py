"""Walks a folder of this machine as a layer: a root file system, or a layer of an overlay. It reads, and only there."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from ourhalf.images.bounds import MAX_DEPTH, MAX_PATH
from ourhalf.images.collecting import Collector
from ourhalf.images.entries import FILE, FOLDER, LINK, OTHER, Entry, Taker
from ourhalf.images.source import ImageError
from ourhalf.images.tarheaders import TarError

_PIECE = 1 << 20
_OPAQUE = ("trusted.overlay.opaque", "user.overlay.opaque")
_CAPABILITIES = "security.capability"


class FolderBlob(msgspec.Struct, frozen=True):
    """A `Blob` that is a folder. With `overlay` devices 0/0 in it delete, and folders may be opaque."""

    folder: str
    overlay: bool = False

    @contextmanager
    def stream(self) -> Iterator[Iterator[bytes | memoryview]]:
        """It has no bytes of its own."""
        raise ImageError(f"{self.folder} is a folder")
        yield iter(())

    def range(self, start: int, length: int) -> bytes | None:
        """It has none of these either."""
        return None


def walk_folder(blob: FolderBlob, collector: Collector) -> None:
    """Hand all that is in a folder to `collector`. What cannot be opened is told as odd; no link is followed."""
    try:
        root = os.open(blob.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        collector.content.problem = f"{blob.folder}: {error.strerror}"
        return
    try:
        _Walk(blob, collector).folder(root, "")
    except TarError as error:
        collector.content.problem = str(error)
    finally:
        os.close(root)


class _Walk:
    def __init__(self, blob: FolderBlob, collector: Collector) -> None:
        self._overlay = blob.overlay
        self._collector = collector
        self._device = -1

    def folder(self, descriptor: int, path: str) -> None:
        """All below an open folder, in the order of names. Folders of other file systems (/proc) are left out."""
        try:
            names = sorted(os.listdir(descriptor))
        except OSError as error:
            self._collector.odd(path or ".", error.strerror or "cannot be read")
            return
        if self._device < 0:
            self._device = os.fstat(descriptor).st_dev
        for name in names:
            shown = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
            below = f"{path}/{shown}" if path else shown
            if len(below) > MAX_PATH or below.count("/") > MAX_DEPTH:
                self._collector.odd(
                    f"{below[:200]}…", f"its path is longer than {MAX_PATH:,} or deeper than {MAX_DEPTH}"
                )
                continue
            try:
                self._entry(descriptor, name, below)
            except OSError as error:
                self._collector.odd(below, error.strerror or "cannot be read")

    def _entry(self, parent: int, name: str, path: str) -> None:
        status = os.stat(name, dir_fd=parent, follow_symlinks=False)
        mode = status.st_mode
        if self._overlay and stat.S_ISCHR(mode) and status.st_rdev == 0:
            self._collector.content.whiteouts.append(path)
        elif stat.S_ISDIR(mode):
            self._below(parent, name, path, status)
        elif stat.S_ISREG(mode):
            self._file(parent, name, path, status)
        else:
            target = os.readlink(name, dir_fd=parent) if stat.S_ISLNK(mode) else ""
            target = target.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
            self._collector.entry(_made(path, LINK if stat.S_ISLNK(mode) else OTHER, status, target))

    def _below(self, parent: int, name: str, path: str, status: os.stat_result) -> None:
        self._collector.entry(_made(path, FOLDER, status))
        if status.st_dev != self._device:
            return
        below = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=parent)
        try:
            if self._overlay and any(_attribute(below, one) == b"y" for one in _OPAQUE):
                self._collector.content.opaque.append(path)
            self.folder(below, path)
        finally:
            os.close(below)

    def _file(self, parent: int, name: str, path: str, status: os.stat_result) -> None:
        capable = bool(status.st_mode & 0o111) and _capable(parent, name)
        taker = self._collector.entry(_made(path, FILE, status, "", capable))
        if taker is None:
            return
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        descriptor = os.open(name, flags, dir_fd=parent)
        try:
            _give(descriptor, taker, status.st_size)
        finally:
            os.close(descriptor)


def _give(descriptor: int, taker: Taker, size: int) -> None:
    left = size
    while left and not taker.full:
        piece = os.read(descriptor, min(left, _PIECE))
        if not piece:
            raise OSError(0, "it shrank while it was read")
        taker.feed(memoryview(piece))
        left -= len(piece)
    taker.done()


def _capable(parent: int, name: str) -> bool:
    return bool(_attribute(f"/proc/self/fd/{parent}/{name}", _CAPABILITIES))


def _attribute(where: int | str, name: str) -> bytes:
    try:
        return os.getxattr(where, name, follow_symlinks=not isinstance(where, str))
    except OSError:
        return b""


def _made(path: str, kind: int, status: os.stat_result, target: str = "", capable: bool = False) -> Entry:
    size = status.st_size if kind == FILE else 0
    return Entry(path, kind, size, status.st_mode & 0o7777, status.st_uid, status.st_gid, target, capable)
