"""The cache folder: safe to delete, and never trusted to hold what a reader would not read again."""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

MAX_ENTRY_BYTES = 512 * 1024 * 1024
_KEEP_ENTRIES = 16


def folder() -> Path:
    """`OURHALF_CACHE_DIR`, else `ourhalf` in the user's cache folder."""
    given = os.environ.get("OURHALF_CACHE_DIR")
    if given:
        return Path(given)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ourhalf"


@cache
def rule_set() -> str:
    """A digest of the program itself: entries of another version are never used."""
    root = os.path.dirname(__file__)
    state = hashlib.blake2b(digest_size=12)
    for path, status in sorted(_sources(root)):
        state.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return state.hexdigest()


def _sources(folder: str) -> Iterator[tuple[str, os.stat_result]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                if entry.name != "__pycache__":
                    yield from _sources(entry.path)
            else:
                yield entry.path, entry.stat()


def holds(kind: str) -> bool:
    """Whether there is any entry of `kind`."""
    try:
        with os.scandir(folder() / kind) as entries:
            return any(True for _ in entries)
    except OSError:
        return False


def load(kind: str, key: str) -> bytes | None:
    """The entry of `kind` under `key`, None where there is none or it cannot be read."""
    try:
        with open(folder() / kind / key, "rb") as file:
            data = file.read(MAX_ENTRY_BYTES + 1)
    except OSError:
        return None
    return data if len(data) <= MAX_ENTRY_BYTES else None


def store(kind: str, key: str, data: bytes, room: int = 0) -> None:
    """Keep `data`, whole or not at all; the oldest entries of `kind` go. A cache that cannot be written is none.

    With `room` as many entries stay as have so many bytes together, else 16.
    """
    if len(data) > MAX_ENTRY_BYTES:
        return
    place = folder() / kind
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, temporary = tempfile.mkstemp(dir=place, prefix=".new-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            os.replace(temporary, place / key)
        except BaseException:
            os.unlink(temporary)
            raise
        _prune(place, room)
    except OSError:
        return


def _prune(place: Path, room: int) -> None:
    entries = sorted(os.scandir(place), key=lambda entry: entry.stat().st_mtime_ns, reverse=True)
    left = room
    for number, entry in enumerate(entries):
        left -= entry.stat().st_size
        if left < 0 if room else number >= _KEEP_ENTRIES:
            os.unlink(entry.path)


@cache
def secret_key() -> bytes:
    """32 random bytes, kept in the cache folder where it can be written, else for this run only."""
    path = folder() / "digest.key"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            key = path.read_bytes()
            return key if len(key) == 32 else secrets.token_bytes(32)
        with os.fdopen(descriptor, "wb") as file:
            key = secrets.token_bytes(32)
            file.write(key)
            return key
    except OSError:
        return secrets.token_bytes(32)
