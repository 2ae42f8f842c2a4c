"""The cache folder: safe to delete, never trusted to hold what a reader would not read again."""

from __future__ import annotations

import os
import secrets
from functools import cache
from pathlib import Path


def folder() -> Path:
    """`OURHALF_CACHE_DIR`, else `ourhalf` in the user's cache folder."""
    given = os.environ.get("OURHALF_CACHE_DIR")
    if given:
        return Path(given)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ourhalf"


@cache
def secret_key() -> bytes:
    """32 random bytes, kept in the cache folder where it can be written, else for this run only."""
    path = folder() / "digest.key"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
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
