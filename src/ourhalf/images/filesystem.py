"""The files of an image as all its layers together make them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import msgspec

from ourhalf.model.word import Word


class Kind(Word):
    """What an entry is."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    OTHER = "other"


class Node(msgspec.Struct, frozen=True, gc=False):
    """An entry of the file system.

    `path` is absolute without the first slash and holds no `.` or `..`. `mode` has the permission bits with set-uid,
    set-gid and sticky (octal 7777). `size` is in bytes. `target` is what a symbolic link says, as written. A hard
    link is a file like the one that it shares its bytes with. `layer` is the index of the layer that brought it.
    `capabilities` says whether it carries file capabilities (`security.capability`).
    """

    path: str
    kind: Kind
    size: int
    mode: int
    user: int
    group: int
    layer: int
    target: str = ""
    capabilities: bool = False


class Missing(msgspec.Struct, frozen=True):
    """Bytes that are not at hand, and why."""

    reason: str


class FileSystem(Protocol):
    """What cataloguers and examiners ask of an image. Links are followed inside the image only."""

    def nodes(self) -> Iterator[Node]:
        """Every entry that a container sees, by path."""
        ...

    def node(self, path: str, follow: bool = True) -> Node | None:
        """The entry at `path`, links on the way followed, and at its end too unless told not to."""
        ...

    def folder(self, path: str) -> tuple[str, ...]:
        """The names in a folder, sorted; none where it is no folder."""
        ...

    def kept(self, key: str) -> Iterator[tuple[Node, bytes | Missing]]:
        """What is kept under `Wanted.key` of each file that a container sees, by path."""
        ...

    def of(self, path: str, key: str) -> bytes | Missing | None:
        """What is kept of one file, links followed; None where there is no such file."""
        ...

    def hidden(self, key: str) -> Iterator[tuple[Node, bytes | Missing, int]]:
        """What is kept of files that a later layer deleted or replaced, and the index of that layer."""
        ...

    def problems(self) -> tuple[tuple[int, str], ...]:
        """Layers that could not be read whole, by index, and why: nothing that rests on their absence is certain."""
        ...
