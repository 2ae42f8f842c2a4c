"""A `FileSystem` over a folder of this machine, or over files in memory: to try cataloguers and examiners on."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ourhalf.images.filesystem import Kind, Missing, Node
from ourhalf.images.wanted import Wanted

_MOST_LINKS = 40


class Tree:
    """The files of one layer, as `wanted` keeps them. `problems` are told as those of that layer."""

    def __init__(
        self, wanted: Sequence[Wanted], nodes: Mapping[str, Node], read: Mapping[str, bytes] | Path, problem: str = ""
    ) -> None:
        self._nodes, self._read, self._problem = dict(sorted(nodes.items())), read, problem
        self._kept: dict[str, dict[str, bytes | Missing]] = {}
        for want in wanted:
            self._kept.setdefault(want.key, {}).update(self._keep(want))

    def _keep(self, want: Wanted) -> Iterator[tuple[str, bytes | Missing]]:
        pattern = re.compile(want.pattern)
        for path, node in self._nodes.items():
            if node.kind is not Kind.FILE or node.size < want.least or not pattern.fullmatch(path):
                continue
            if want.executable and not (node.mode & 0o111 or re.search(r"\.so(\.|$)", path)):
                continue
            if node.size > want.most and not want.head:
                yield path, Missing(f"it is larger than {want.most:,} bytes")
                continue
            data = self._bytes(path)
            whole, data = data, data[: want.head] if want.head else data
            window = want.window(memoryview(data)) if want.window else None
            if window is not None:
                start = max(window[0], want.head)
                data += whole[start : max(start, min(sum(window), start + want.most))]
            made = want.reduce(path, memoryview(data)) if want.reduce else data
            if made is not None:
                yield path, made

    def _bytes(self, path: str) -> bytes:
        return (self._read / path).read_bytes() if isinstance(self._read, Path) else self._read[path]

    def nodes(self) -> Iterator[Node]:
        """See `FileSystem.nodes`."""
        return iter(self._nodes.values())

    def node(self, path: str, follow: bool = True) -> Node | None:
        """See `FileSystem.node`."""
        parts, found, links = [p for p in path.split("/") if p][::-1], list[str](), 0
        while parts:
            part = parts.pop()
            if part in (".", ""):
                continue
            if part == "..":
                del found[-1:]
                continue
            node = self._nodes.get("/".join([*found, part]))
            if node is None:
                return None
            if node.kind is Kind.LINK and (parts or follow):
                links += 1
                if links > _MOST_LINKS:
                    return None
                found = [] if node.target.startswith("/") else found
                parts += [p for p in node.target.split("/") if p][::-1]
                continue
            found.append(part)
        return self._nodes.get("/".join(found))

    def folder(self, path: str) -> tuple[str, ...]:
        """See `FileSystem.folder`."""
        node = self.node(path) if path else None
        if path and node is None:
            return ()
        prefix = f"{node.path}/" if node else ""
        return tuple(sorted({p[len(prefix) :].split("/")[0] for p in self._nodes if p.startswith(prefix)}))

    def kept(self, key: str) -> Iterator[tuple[Node, bytes | Missing]]:
        """See `FileSystem.kept`."""
        return ((self._nodes[path], made) for path, made in self._kept.get(key, {}).items())

    def of(self, path: str, key: str) -> bytes | Missing | None:
        """See `FileSystem.of`."""
        node = self.node(path)
        return None if node is None else self._kept.get(key, {}).get(node.path)

    def hidden(self, key: str) -> Iterator[tuple[Node, bytes | Missing, int]]:
        """See `FileSystem.hidden`."""
        return iter(())

    def problems(self) -> tuple[tuple[int, str], ...]:
        """See `FileSystem.problems`."""
        return ((0, self._problem),) if self._problem else ()


def over(root: Path, wanted: Sequence[Wanted]) -> Tree:
    """A folder as the root of a file system; hard links are files."""
    nodes: dict[str, Node] = {}
    for folder, folders, files in os.walk(root):
        for name in (*folders, *files):
            path = Path(folder, name)
            at, said = path.relative_to(root).as_posix(), path.lstat()
            kind = next(
                (
                    k
                    for ask, k in ((stat.S_ISREG, Kind.FILE), (stat.S_ISDIR, Kind.FOLDER), (stat.S_ISLNK, Kind.LINK))
                    if ask(said.st_mode)
                ),
                Kind.OTHER,
            )
            target = os.readlink(path) if kind is Kind.LINK else ""
            mode = stat.S_IMODE(said.st_mode)
            nodes[at] = Node(at, kind, said.st_size, mode, said.st_uid, said.st_gid, 0, target)
    return Tree(wanted, nodes, root)


def of(
    files: Mapping[str, bytes | str],
    wanted: Sequence[Wanted],
    links: Mapping[str, str] | None = None,
    mode: int = 0o644,
) -> Tree:
    """Files in memory, and symbolic links by what they say; their folders are made."""
    content = {path: data.encode() if isinstance(data, str) else data for path, data in files.items()}
    nodes = {path: Node(path, Kind.FILE, len(data), mode, 0, 0, 0) for path, data in content.items()}
    for path, target in (links or {}).items():
        nodes[path] = Node(path, Kind.LINK, len(target), 0o777, 0, 0, 0, target)
    for path in tuple(nodes):
        parts = path.split("/")
        for end in range(1, len(parts)):
            above = "/".join(parts[:end])
            nodes.setdefault(above, Node(above, Kind.FOLDER, 0, 0o755, 0, 0, 0))
    return Tree(wanted, nodes, content)
