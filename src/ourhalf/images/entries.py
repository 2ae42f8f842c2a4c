"""What one layer holds, as its tar or folder states it: before layers are laid over each other."""

from __future__ import annotations

from typing import Protocol

import msgspec

from ourhalf.images.filesystem import Kind, Missing

FILE, FOLDER, LINK, OTHER, HARD_LINK = range(5)
KINDS = (Kind.FILE, Kind.FOLDER, Kind.LINK, Kind.OTHER, Kind.FILE)


class Entry(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One entry: see `Node`. `target` is also what a hard link is the same as."""

    path: str
    kind: int
    size: int = 0
    mode: int = 0
    user: int = 0
    group: int = 0
    target: str = ""
    capabilities: bool = False


class Taker(Protocol):
    """Takes the bytes of one file as they come."""

    @property
    def full(self) -> bool:
        """Whether what follows changes nothing."""
        ...

    def feed(self, data: memoryview) -> None:
        """The next bytes, which are gone afterwards."""
        ...

    def done(self) -> None:
        """There are no more."""
        ...


class Sink(Protocol):
    """Takes the entries of a layer in their order."""

    def entry(self, entry: Entry) -> Taker | None:
        """The next entry, and who takes its bytes: None where nobody does."""
        ...

    def odd(self, path: str, reason: str) -> None:
        """An entry that is refused: what it would have brought is not known."""
        ...


Held = bytes | Missing
"""What is kept of one file under one key."""


def normal(name: str) -> str | None:
    """A path without a first slash, `.` and `..`; None where it leads out of the image."""
    if "/./" not in name and "//" not in name and ".." not in name and not name.startswith(("./", "/")):
        path = name.rstrip("/") if name.endswith("/") else name
        if path != "." and not path.endswith("/."):
            return path
    parts: list[str] = []
    for part in name.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part and part != ".":
            parts.append(part)
    return "/".join(parts)
