"""The files of a target: walked once, read within bounds, never outside of it."""

from __future__ import annotations

import hashlib
import mmap
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from ourhalf.model.evidence import Unread
from ourhalf.readers.reader import UnreadableError
from ourhalf.readers.secrets import scrub

MAX_FILE_BYTES = 32 * 1024 * 1024
MAX_FILES = 200_000
MAX_FOLDERS_DEEP = 100

_MISSING = frozenset({"No such file or directory", "Not a directory"})
_SKIPPED_FOLDERS = frozenset(
    {".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", "venv", ".tox", ".mypy_cache"}
)


class TargetFiles:
    """The files below `root`, which is a folder or one file; a file that is a link goes by the link's name.

    `seen` maps each path that was read to the digest of its bytes, and each folder that was listed
    (ending in `/`) to the digest of its names: a cache entry holds while they stay the same.
    """

    def __init__(self, root: str) -> None:
        folder, name = (root, None) if os.path.isdir(root) else os.path.split(root)
        self._single = name
        self._root = os.path.realpath(folder)
        self.seen: dict[str, str] = {}
        self._digests: dict[str, str] = {}
        self._folders: dict[str, str] = {}
        self.unread: list[Unread] = []

    @property
    def single(self) -> str | None:
        """The name of the one file that the target is; None for a folder."""
        return self._single

    @property
    def place(self) -> str:
        """The target by its real folder: the same for every way to write it."""
        return os.path.join(self._root, self._single or "")

    def paths(self) -> tuple[str, ...]:
        """Every file of the target, sorted; what cannot be listed is added to `unread`."""
        if self._single:
            return (self._single,)
        found = sorted(self._walk(""))
        if len(found) > MAX_FILES:
            self._note(found[MAX_FILES], f"more than {MAX_FILES:,} files: the rest was not read")
        return tuple(found[:MAX_FILES])

    def read(self, path: str) -> bytes:
        """See `Files.read`."""
        try:
            data = self._bytes(path)
        except UnreadableError as error:
            self.seen[path] = _without_bytes(error)
            raise
        self.seen[path] = _digest(data)
        return scrub(data)

    def _bytes(self, path: str) -> bytes:
        with self._opened(path) as descriptor:
            return _whole(descriptor)

    @contextmanager
    def _opened(self, path: str) -> Iterator[int]:
        full = self._inside(path)
        try:
            descriptor = os.open(full, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
        except OSError as error:
            raise UnreadableError(error.strerror or "cannot be opened") from None
        try:
            yield descriptor
        except OSError as error:
            raise UnreadableError(error.strerror or "cannot be read") from None
        finally:
            os.close(descriptor)

    @contextmanager
    def mapped(self, path: str) -> Iterator[memoryview]:
        """See `Files.mapped`."""
        with self._opened(path) as descriptor:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise UnreadableError("not a regular file")
            self.seen[path] = _state(status)
            if status.st_size == 0:
                yield memoryview(b"")
                return
            with mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ) as held, memoryview(held) as data:
                yield data

    def now(self, path: str, then: str) -> str:
        """What `seen` says of a path today, in the way in which `then` says it: by its bytes or by its state."""
        return self.state(path) if then.startswith(_STATE) else self.digest(path)

    def state(self, path: str) -> str:
        """The size and time of a file, and which it is; "" for none."""
        try:
            return _state(os.stat(self._inside(path)))
        except (OSError, UnreadableError):
            return ""

    def size(self, path: str) -> int:
        """How many bytes a file has; 0 where it cannot be told."""
        try:
            return os.stat(self._inside(path)).st_size
        except (OSError, UnreadableError):
            return 0

    def digest(self, path: str) -> str:
        """What `seen` says of a path today: a file's digest, a folder's (`path` ends in `/`), "" for none."""
        if path.endswith("/"):
            return _digest("\0".join(self._names(path.rstrip("/"))).encode())
        found = self._digests.get(path)
        if found is None:
            try:
                found = _digest(self._bytes(path))
            except UnreadableError as error:
                found = _without_bytes(error)
            self._digests[path] = found
        return found

    def note(self, seen: Mapping[str, str]) -> None:
        """Take the digests of files that were read elsewhere in this run as those of today."""
        self._digests.update(seen)

    def exists(self, path: str) -> bool:
        """See `Files.exists`."""
        try:
            found = os.path.isfile(self._inside(path))
        except UnreadableError:
            return False
        if found:
            self.folder(os.path.dirname(path))
        else:
            self.seen.setdefault(path, "")
        return found

    def folder(self, path: str) -> tuple[str, ...]:
        """See `Files.folder`."""
        prefix = path.rstrip("/") + "/" if path else ""
        names = self._names(path)
        self.seen[prefix or "/"] = _digest("\0".join(names).encode())
        return tuple(prefix + name for name in names)

    def _names(self, path: str) -> list[str]:
        try:
            with os.scandir(self._inside(path)) as entries:
                return sorted(entry.name for entry in entries if entry.is_file())
        except (OSError, UnreadableError):
            return []

    def _inside(self, path: str) -> str:
        folder, name = os.path.split(path)
        real = self._folders.get(folder)
        if real is None:
            real = self._folders[folder] = os.path.realpath(os.path.join(self._root, folder))
        full = os.path.join(real, name) if name else real
        if name in (".", "..") or os.path.islink(full):
            full = os.path.realpath(full)
        if path == self._single:  # whoever names a link as the target means the file that it leads to
            return full
        if full != self._root and not full.startswith(self._root.rstrip(os.sep) + os.sep):
            raise UnreadableError("lies outside of the target")
        return full

    def _walk(self, folder: str) -> Iterator[str]:
        try:
            with os.scandir(os.path.join(self._root, folder)) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            self._note(folder, error.strerror or "cannot be listed")
            return
        for entry in found:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if not _is_text(entry.name):
                self._note(path.encode("utf-8", "backslashreplace").decode(), "its name is not UTF-8")
                continue
            try:
                if entry.is_dir():
                    yield from self._descend(path, entry)
                elif entry.is_file():
                    yield path
                else:
                    self._note(path, _no_file(entry))
            except OSError as error:
                self._note(path, error.strerror or "cannot be read")

    def _descend(self, path: str, entry: os.DirEntry[str]) -> Iterator[str]:
        if entry.name in _SKIPPED_FOLDERS:
            return
        if entry.is_symlink():
            self._note(path, "a symbolic link to a folder: not followed")
            return
        if path.count("/") >= MAX_FOLDERS_DEEP:
            self._note(path, f"folders nested deeper than {MAX_FOLDERS_DEEP} levels")
            return
        yield from self._walk(path)

    def _note(self, path: str, reason: str) -> None:
        self.unread.append(Unread(path or ".", 1, "files", reason))


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


_STATE = "state "


def _state(status: os.stat_result) -> str:
    """What stands for the digest of a file that is too large to be read whole each time."""
    return f"{_STATE}{status.st_size} {status.st_mtime_ns} {status.st_ino}"


def _whole(descriptor: int) -> bytes:
    """All bytes of a regular file within the bound."""
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableError("not a regular file")
    if status.st_size > MAX_FILE_BYTES:
        raise UnreadableError(
            f"{status.st_size / 1048576:.0f} MB: larger than the {MAX_FILE_BYTES // 1048576} MB bound"
        )
    data = os.read(descriptor, status.st_size + 1)
    if len(data) == status.st_size:
        return data
    while more := os.read(descriptor, MAX_FILE_BYTES):  # it changes while it is read, or does not tell its size
        data += more
        if len(data) > MAX_FILE_BYTES:
            raise UnreadableError(f"grew beyond the {MAX_FILE_BYTES // 1048576} MB bound while it was read")
    return data


def _without_bytes(error: UnreadableError) -> str:
    """What stands for the digest of a file that cannot be read: "" where there is none."""
    return "" if error.reason in _MISSING else f"unreadable: {error.reason}"


def _no_file(entry: os.DirEntry[str]) -> str:
    """What an entry is that is neither a file nor a folder."""
    if not entry.is_symlink():
        return "not a regular file"
    return "a symbolic link to what is no file" if os.path.exists(entry.path) else "a symbolic link that leads nowhere"


def _is_text(name: str) -> bool:
    """Whether a name can be written: one of other bytes than UTF-8 holds surrogates."""
    return name.isascii() or not any("\ud800" <= character <= "\udfff" for character in name)
