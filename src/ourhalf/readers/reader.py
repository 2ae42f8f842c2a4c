"""What a reader is: it says which files it wants and turns them into evidence.

A reader is a module-level `Reader`, or for a shape of YAML and JSON documents a module-level
`DocumentReader`, in any file below this folder. It opens nothing itself: bytes come from `Files`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

import msgspec

from ourhalf.model.evidence import Evidence, Unread
from ourhalf.readers.node import Node


class UnreadableError(Exception):
    """A file that cannot be read: the line (from 1) and the reason in words."""

    def __init__(self, reason: str, line: int = 1) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


class Files(Protocol):
    """The files of one target, by path relative to it, `/` between parts.

    Nothing outside the target is reachable, and a symbolic link is followed only inside it.
    """

    def read(self, path: str) -> bytes:
        """The content, secrets of known formats replaced by marks.

        Raises UnreadableError where it is missing, too large, outside or without permission.
        """
        ...

    def mapped(self, path: str) -> AbstractContextManager[memoryview]:
        """The content of a file of any size, as it is, to look at where needed; for files that hold no text.

        Raises UnreadableError as `read` does, but for its size.
        """
        ...

    def exists(self, path: str) -> bool:
        """Whether `path` is a file that `read` may be asked for."""
        ...

    def folder(self, path: str) -> tuple[str, ...]:
        """The paths of the files directly in a folder (`""` is the target itself), sorted."""
        ...


class Unit(msgspec.Struct, frozen=True):
    """What one call of a reader reads: a file, or files that mean something only together.

    `path` names it. `members` are the files that no other reader shall read on their own.
    """

    path: str
    members: tuple[str, ...] = ()


def one_each(paths: tuple[str, ...], files: Files) -> tuple[Unit, ...]:
    """Each file by itself."""
    return tuple(Unit(path, (path,)) for path in paths)


class Reader(msgspec.Struct, frozen=True):
    """A format.

    `wants` tells by its path alone whether a file may be of the format. `plan` groups the files
    that were wanted into units. `read` turns one unit into evidence; for what it cannot read it
    raises UnreadableError or returns `unread`. Readers with a lower `precedence` claim files first.
    `maps` says that it looks at files of any size by `Files.mapped` alone.
    """

    name: str
    wants: Callable[[str], bool]
    read: Callable[[Unit, Files], Evidence]
    plan: Callable[[tuple[str, ...], Files], tuple[Unit, ...]] = one_each
    precedence: int = 50
    maps: bool = False


class DocumentReader(msgspec.Struct, frozen=True):
    """A shape of YAML or JSON document.

    `wants` looks at the top of one document; the first reader by `precedence` that wants it reads
    it. `read` gets the document, and `Files` for what it names beside it.
    """

    name: str
    wants: Callable[[Node], bool]
    read: Callable[[Node, Files], Evidence]
    precedence: int = 50


def unread(path: str, reader: str, error: UnreadableError) -> Evidence:
    """Evidence that says only that something was not read."""
    return Evidence(unread=(Unread(path, error.line, reader, error.reason),))


def merged(parts: tuple[Evidence, ...] | list[Evidence]) -> Evidence:
    """All of `parts` as one, in order."""
    if len(parts) == 1:
        return parts[0]
    return Evidence(
        tuple(r for part in parts for r in part.resources),
        tuple(u for part in parts for u in part.unread),
        tuple(s for part in parts for s in part.suppressions),
        sum(part.files for part in parts),
    )
