"""The digest of the rule set: which program judged, told by its content."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from functools import cache

import ourhalf


@cache
def rule_set() -> str:
    """The SHA-256 of this program's files by name and content.

    It is the same on every machine that has this version, wherever and whenever it was installed.
    """
    root = os.path.dirname(ourhalf.__file__)
    state = hashlib.sha256()
    for path in sorted(_sources(root, "")):
        with open(os.path.join(root, path), "rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        state.update(f"{content}  {path}\n".encode())
    return state.hexdigest()


def _sources(root: str, folder: str) -> Iterator[str]:
    """The files of the program, with / between folders; neither caches nor what an editor leaves behind."""
    with os.scandir(os.path.join(root, folder)) as entries:
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if entry.name.startswith(".") or entry.name == "__pycache__":
                continue
            if entry.is_dir():
                yield from _sources(root, path)
            elif not entry.name.endswith((".pyc", ".pyo", "~", ".part")):
                yield path
