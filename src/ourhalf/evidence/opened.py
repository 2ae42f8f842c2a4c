"""Opens what may be a bundle, a folder or an archive of one, without trusting anything in it.

Nothing is unpacked: what has the name of a file of a bundle is read into memory, within bounds, and the
names of everything else are told. Links are never followed.
"""

from __future__ import annotations

import os
import posixpath
import stat
import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import IO

import msgspec

from ourhalf.evidence.errors import EvidenceError, NoBundleError
from ourhalf.evidence.manifest import CORE, KNOWN, most_bytes

MOST_MEMBERS = 64
_ENOUGH_TO_BE_ONE = 3


class Fault(msgspec.Struct, frozen=True):
    """Something that is not as it should be: in which file of the bundle, and what."""

    file: str
    reason: str


class Opened(msgspec.Struct, frozen=True):
    """The files of a bundle by name, and what is wrong with what was found there."""

    files: dict[str, bytes]
    faults: tuple[Fault, ...]


class _RefusedError(ValueError):
    """A member that is not read, and why."""


def open_bundle(path: str) -> Opened:
    """What is in a folder, a zip or a tar. Raises NoBundleError where that is no bundle of ours."""
    try:
        if os.path.isdir(path):
            found = _collected(_in_folder(path))
        elif not os.path.isfile(path):
            raise NoBundleError(f"{path}: no such file or folder")
        elif zipfile.is_zipfile(path):
            found = _collected(_in_zip(path))
        elif _is_tar(path):
            found = _collected(_in_tar(path))
        else:
            raise NoBundleError(f"{path} is no evidence bundle: it is neither a folder, a zip nor a plain tar")
    except (OSError, zipfile.BadZipFile, tarfile.TarError, NotImplementedError) as error:
        raise EvidenceError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if sum(name in found.files for name in CORE) < _ENOUGH_TO_BE_ONE:
        raise NoBundleError(
            f"{path} is no evidence bundle: it does not hold {', '.join(CORE)}; `ourhalf evidence bundle` writes one"
        )
    return found


_Member = tuple[str, bytes | _RefusedError]


def _collected(members: Iterator[_Member]) -> Opened:
    files: dict[str, bytes] = {}
    faults: list[Fault] = []
    for number, (name, content) in enumerate(members):
        if number >= MOST_MEMBERS:
            faults.append(Fault(name, f"more than {MOST_MEMBERS} files: the rest was not looked at"))
            break
        if isinstance(content, _RefusedError):
            faults.append(Fault(name, str(content)))
        elif name in files:
            faults.append(Fault(name, "is there twice"))
        else:
            files[name] = content
    return Opened(files, tuple(faults))


def _in_folder(folder: str) -> Iterator[_Member]:
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: (entry.name not in KNOWN, entry.name)):
            name = os.fsencode(entry.name).decode("utf-8", "backslashreplace")
            try:
                yield name, _of_file(entry, name)
            except _RefusedError as refused:
                yield name, refused


def _of_file(entry: os.DirEntry[str], name: str) -> bytes:
    if entry.is_symlink():
        raise _RefusedError("is a symbolic link, which no bundle holds")
    if entry.is_dir(follow_symlinks=False):
        raise _RefusedError("is a folder, which no bundle holds")
    if name not in KNOWN:
        raise _RefusedError("is no file of the bundle: it was added")
    try:
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(entry.path, flags)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise _RefusedError("is no regular file")
            return _bounded(file, name)
    except OSError as error:
        raise _RefusedError(f"cannot be read: {error.strerror}") from None


def _bounded(file: IO[bytes], name: str) -> bytes:
    most = most_bytes(name)
    data = file.read(most + 1)
    if len(data) > most:
        raise _RefusedError(f"is larger than {most >> 20} MB")
    return data


def _in_zip(path: str) -> Iterator[_Member]:
    with zipfile.ZipFile(path) as archive:
        members = [one for one in archive.infolist() if not _is_plain_folder(one)]
        folder = _bundle_folder([one.filename for one in members])
        for member in members:
            try:
                name = _flat_name(member.filename, folder)
                if stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG):
                    raise _RefusedError("is no regular file")
                if member.flag_bits & 1:
                    raise _RefusedError("is encrypted")
                try:
                    with archive.open(member) as file:
                        yield name, _bounded(file, name)
                except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
                    raise _RefusedError(f"cannot be unpacked: {error}") from None
            except _RefusedError as refused:
                yield member.filename, refused


def _is_plain_folder(member: zipfile.ZipInfo) -> bool:
    return member.is_dir() and member.file_size == 0


def _is_tar(path: str) -> bool:
    """Whether it is a tar without compression: what a compressed one takes to look through has no bound."""
    try:
        with tarfile.open(path, "r:"):
            return True
    except tarfile.TarError:
        return False


def _in_tar(path: str) -> Iterator[_Member]:
    with tarfile.open(path, "r:") as archive:
        members = [member for member in islice(archive, MOST_MEMBERS + 2) if not member.isdir()]
        folder = _bundle_folder([one.name for one in members])
        for member in members:
            try:
                name = _flat_name(member.name, folder)
                file = archive.extractfile(member) if member.isreg() and not member.issparse() else None
                if file is None:
                    raise _RefusedError("is no regular file")
                data = _bounded(file, name)
                if len(data) != member.size:
                    raise _RefusedError("is cut off")
                yield name, data
            except _RefusedError as refused:
                yield member.name, refused


def _bundle_folder(names: list[str]) -> str:
    """The folder with its `/` in which the bundle lies in an archive, as archives of a folder have it; "" for none."""
    parts = {posixpath.split(name.removeprefix("./")) for name in names}
    folders = Counter(folder for folder, name in parts if name in CORE)
    best = max(folders, key=lambda folder: (folders[folder], folder), default="")
    return f"{best}/" if best and "/" not in best and best != ".." else ""


def _flat_name(path: str, folder: str) -> str:
    """The name of a member in the bundle. Raises _RefusedError for what would lie elsewhere."""
    if path.startswith(("/", "\\")) or "\\" in path or ":" in path or "\0" in path:
        raise _RefusedError("is no path within the bundle")
    parts = path.removeprefix("./").split("/")
    if ".." in parts:
        raise _RefusedError("leads out of the bundle")
    name = path.removeprefix("./").removeprefix(folder)
    if "/" in name:
        raise _RefusedError("lies in a folder, which no bundle holds")
    if name not in KNOWN:
        raise _RefusedError("is no file of the bundle: it was added")
    return name
