"""Notices that targets may have changed, by what the system says of each file."""

from __future__ import annotations

import hashlib
import os

import msgspec

from ourhalf.collect import all_readers
from ourhalf.files import TargetFiles


def glance(targets: tuple[str, ...], others: tuple[str, ...] = ()) -> str:
    """A digest of the names of all files of targets, and of what the system says of those that a reader wants.

    Nothing is opened. Every way to change a file moves something of it: no program can set the time of its last
    change of state. `others` are files beside the targets. What no reader wants, such as a history that lies in its
    own target, may grow.
    """
    state = hashlib.blake2b(digest_size=16)
    for target in targets:
        files = TargetFiles(target)
        root = files.place if files.single is None else os.path.dirname(files.place)
        for path in files.paths():
            seen = _status(os.path.join(root, path)) if _is_wanted(path) else ""
            state.update(f"{path}\0{seen}\n".encode(errors="surrogateescape"))
        state.update(msgspec.json.encode(files.unread))
    for path in others:
        state.update(f"{path}\0{_status(path)}\n".encode(errors="surrogateescape"))
    return state.hexdigest()


def _is_wanted(path: str) -> bool:
    return any(reader.wants(path) for reader in all_readers())


def _status(path: str) -> str:
    try:
        found = os.stat(path)
    except OSError as error:
        return str(error.errno)
    return f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_ino} {found.st_mode}"
