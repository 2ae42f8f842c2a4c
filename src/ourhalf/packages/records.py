"""What cataloguers share: texts that can be trusted to be texts, and paths that stay in the image."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import urlsplit, urlunsplit

from ourhalf.images.filesystem import FileSystem, Kind, Missing, Node
from ourhalf.model.evidence import Unread

LONGEST = 256
"""Characters of a name or version that are believed."""
MOST_RECORDS = 100_000
"""Packages that one database can state."""
MOST_FACT = 500
_UNUSUAL = ("//", "/./", "/../", "/..\n", "\0")
_TOKEN = re.compile(r"/t/[^/]+(?=/|$)")
Listing = Callable[[str], tuple[str, ...]]


def text(data: bytes | memoryview) -> str:
    """Bytes as text; what is no UTF-8 is replaced, never refused."""
    return bytes(data).decode("utf-8", "replace")


def word(said: str | None) -> str | None:
    """A name or version; None for what cannot be one: nothing, with blanks, unprintable or of absurd length."""
    said = (said or "").strip(" \t\r\n")
    return said if said and len(said) <= LONGEST and said.isprintable() and not re.search(r"\s", said) else None


def is_word(said: str) -> bool:
    """Whether a text can be a name or version as it stands."""
    return word(said) == said


def line(said: str) -> str:
    """A text of a record on one line, of bearable length and all printable."""
    said = " ".join(said.split())[:MOST_FACT]
    return said if said.isprintable() else "".join(c for c in said if c.isprintable())


def facts(**said: str | None) -> dict[str, str]:
    """Those that are stated, as facts: `_` in a key is written `-`."""
    return {key.replace("_", "-"): line(value) for key, value in said.items() if value}


def public_url(url: str) -> str:
    """A URL without what may be secret in it: user, password, query, fragment and conda's token in the path."""
    try:
        parts = urlsplit(line(url))
        host = parts.netloc.rpartition("@")[2]
        return urlunsplit((parts.scheme, host, _TOKEN.sub("/t/***", parts.path), "", ""))
    except ValueError:
        return ""


def inside(path: str, folder: str = "") -> str | None:
    """A path as the image has it, seen from `folder`; None where it leaves the image or is no path."""
    if not path or len(path) > 4096 or "\0" in path:
        return None
    found = [] if path.startswith("/") else [part for part in folder.split("/") if part]
    for part in path.split("/"):
        if part == "..":
            if not found:
                return None
            found.pop()
        elif part not in ("", "."):
            found.append(part)
    return "/".join(found) or None


def listing(files: FileSystem) -> Listing:
    """What makes paths of an image from a text with one absolute path a line.

    Paths that leave the image are dropped, and folders at the top that are links (`bin` to `usr/bin`) are followed,
    as package managers on merged systems still write the old paths.
    """
    moved = links_at_the_top(files)

    def listed(lines: str) -> tuple[str, ...]:
        if any(part in lines for part in _UNUSUAL) or lines.endswith("/.."):
            return tuple(relinked((path for one in lines.split("\n") if (path := inside(one))), moved))
        # Whole texts at once: an image has hundreds of thousands of lines.
        lines = f"\n{lines}".replace("\n/.\n", "\n")
        for name, target in moved.items():
            lines = lines.replace(f"\n/{name}/", f"\n/{target}/")
        return tuple(filter(None, lines.replace("\n/", "\n").split("\n")))

    return listed


def links_at_the_top(files: FileSystem) -> dict[str, str]:
    """Folders at the top of the image that are links to another folder of it, each with where it goes."""
    found: dict[str, str] = {}
    for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32"):
        node = files.node(name, follow=False)
        target = inside(node.target) if node is not None and node.kind is Kind.LINK else None
        if target:
            found[name] = target
    return found


def relinked(paths: Iterable[str], moved: dict[str, str]) -> Iterator[str]:
    """The same paths where they really lie."""
    prefixes = tuple(f"{name}/" for name in moved)
    if not prefixes:
        yield from paths
        return
    for path in paths:
        if path.startswith(prefixes):
            first, _, rest = path.partition("/")
            yield f"{moved[first]}/{rest}"
        else:
            yield path


def brought(files: FileSystem, paths: Iterable[str], otherwise: int) -> int:
    """The layer that brought the first of some files that is there: it tells when a package was installed."""
    for path, _ in zip(paths, range(12), strict=False):
        node = files.node(path, follow=False)
        if node is not None and node.kind is Kind.FILE:
            return node.layer
    return otherwise


def unread(path: str, reader: str, reason: str | Missing, number: int = 0) -> Unread:
    """What could not be read, on a line of printable text."""
    return Unread(path, number, reader, line(reason.reason if isinstance(reason, Missing) else reason))


def left_out(missing: Iterable[tuple[Node, Missing]], reader: str) -> Iterator[Unread]:
    """What was not kept of many files, once for each reason: where parts of a layer are fetched it is all of them."""
    paths: dict[str, list[str]] = {}
    for node, why in missing:
        paths.setdefault(why.reason, []).append(node.path)
    for reason, among in paths.items():
        others = f" ({len(among) - 1:,} more files so)" if len(among) > 1 else ""
        yield unread(among[0], reader, reason + others)
