"""Lays the layers of an image over each other: the file system that a container sees."""

from __future__ import annotations

from collections.abc import Iterator

from ourhalf.images.bounds import MAX_DEPTH, MAX_HOPS
from ourhalf.images.collecting import LayerContent
from ourhalf.images.entries import FOLDER, HARD_LINK, KINDS, Entry, Held
from ourhalf.images.filesystem import Kind, Missing, Node
from ourhalf.images.matching import Matching

_NOTHING: dict[str, Held] = {}
_UNSEEN = Missing("it is a hard link to a file that nobody looked at under its own name")
_MOST_PROBLEMS = 1000


class Merged:
    """A `FileSystem`. Layers are added from the bottom; `matching` is that by which files of them were kept."""

    def __init__(self, matching: Matching | None = None) -> None:
        self._matching = matching
        self._nodes: dict[str, Node] = {}
        self._below: dict[str, set[str]] = {"": set()}
        self._kept: dict[str, dict[str, Held]] = {}
        self._hidden: list[tuple[Node, dict[str, Held], int]] = []
        self._problems: list[tuple[int, str]] = []
        self._places: dict[str, str | None] = {"": ""}
        self._sorted: list[str] | None = None

    def add(self, index: int, layer: LayerContent) -> None:
        """Lay one layer over those below. Its whiteouts delete of these only, wherever in it they stand."""
        self._places = {"": ""}
        self._sorted = None
        if layer.problem:
            self._problems.append((index, layer.problem))
        if layer.opaque or layer.whiteouts:
            self._delete(index, layer)
        kept = layer.kept
        for number, entry in enumerate(layer.entries):
            self._put(index, entry, kept.get(number))

    def _delete(self, index: int, layer: LayerContent) -> None:
        """Take away what a layer deletes. Where it has a folder of its own in the place of a link, nothing is below."""
        folders = {entry.path for entry in layer.entries if entry.kind == FOLDER}
        for path in layer.opaque:
            self._empty(self._lower(path, folders), index)
        for path in layer.whiteouts:
            folder, _, name = path.rpartition("/")
            real = self._lower(folder, folders)
            if real is not None:
                self._remove(f"{real}/{name}" if real else name, index)

    def _lower(self, path: str, folders: set[str]) -> str | None:
        """The folder of lower layers that a path of this layer leads to; None where there is none."""
        walked = ""
        for part in path.split("/"):
            walked = f"{walked}/{part}" if walked else part
            if walked in folders and (node := self._nodes.get(walked)) is not None and node.kind is Kind.LINK:
                return None
        found = self.node(path)
        return (found.path if found is not None and found.kind is Kind.FOLDER else None) if path else ""

    def _put(self, index: int, entry: Entry, held: dict[str, Held] | None) -> None:
        path = entry.path
        folder, _, name = path.rpartition("/")
        real = self._places.get(folder, "\0")
        if real == "\0":
            real = self._folder(folder, index)
        if real is None:
            self._problem(index, path, "links on its way go round in circles")
            return
        if real != folder:
            path = f"{real}/{name}" if real else name
        node = Node(
            path, KINDS[entry.kind], entry.size, entry.mode, entry.user, entry.group, index, entry.target,
            entry.capabilities,
        )  # fmt: skip
        if entry.kind == HARD_LINK:
            same = self._same(node, index)
            if same is None:
                self._problem(index, path, "it is a hard link to a file that is not there")
                return
            node, held = same
        self._set(node, held, index)

    def _set(self, node: Node, held: dict[str, Held] | None, index: int) -> None:
        """Put an entry where its path says, in the place of what is there."""
        path, old = node.path, self._nodes.get(node.path)
        folder, _, name = path.rpartition("/")
        if old is None:
            self._below[folder].add(name)
        elif old.kind is not Kind.FOLDER or node.kind is not Kind.FOLDER:
            if old.kind is Kind.FOLDER or path in self._kept:
                self._remove(path, index)
                self._below[folder].add(name)
            if old.kind is Kind.FOLDER or old.kind is Kind.LINK:
                self._places = {"": ""}
        self._nodes[path] = node
        if node.kind is Kind.FOLDER:
            self._below.setdefault(path, set())
        if held:
            self._kept[path] = held

    def _same(self, node: Node, index: int) -> tuple[Node, dict[str, Held] | None] | None:
        """A hard link as the file that it is the same as; None where there is none."""
        target = _inside(node.target)
        place = self._place(target, index) if target else None
        found = self._nodes.get(place) if place is not None else None
        if found is None or found.kind is Kind.FOLDER:
            return None
        made = Node(
            node.path, found.kind, found.size, found.mode, found.user, found.group, index, found.target,
            found.capabilities,
        )  # fmt: skip
        held = self._kept.get(found.path, _NOTHING)
        lost = self._lost(node.path, found, held)
        return made, {**held, **dict.fromkeys(lost, _UNSEEN)} if lost else held

    def _lost(self, path: str, same: Node, held: dict[str, Held]) -> list[str]:
        """What somebody wants of a hard link, but nobody of the file that it is the same as."""
        if self._matching is None or same.kind is not Kind.FILE:
            return []
        wanted = self._matching.of(path, same.size, same.mode)
        seen = self._matching.of(same.path, same.size, same.mode) if wanted else []
        return [one.key for one in wanted if one not in seen and one.key not in held]

    def _problem(self, index: int, path: str, reason: str) -> None:
        if len(self._problems) < _MOST_PROBLEMS:
            self._problems.append((index, f"{path[:200]}: {reason}"))

    def _place(self, path: str, index: int) -> str | None:
        """Where an entry of that path lies, links on its way followed but not that at its end."""
        folder, _, name = path.rpartition("/")
        real = self._places[folder] if folder in self._places else self._folder(folder, index)
        if real is None:
            return None
        return f"{real}/{name}" if real else name

    def _folder(self, path: str, index: int) -> str | None:
        """The folder in which what lies in `path` is put, made where it is not there; None where links go round."""
        todo, hops, at = path.split("/")[::-1], 0, ""
        while todo:
            part = todo.pop()
            if part in {"", "."}:
                continue
            if part == "..":
                at = at.rpartition("/")[0]
                continue
            below = f"{at}/{part}" if at else part
            node = self._nodes.get(below)
            if node is not None and node.kind is Kind.LINK:
                hops += 1
                if hops > MAX_HOPS or len(todo) > 2 * MAX_DEPTH:
                    self._places[path] = None
                    return None
                if node.target.startswith("/"):
                    at = ""
                todo.extend(node.target.split("/")[::-1])
                continue
            if node is None or node.kind is not Kind.FOLDER:
                self._remove(below, index)
                self._nodes[below] = Node(below, Kind.FOLDER, 0, 0o755, 0, 0, index)
                self._below[at].add(part)
                self._below[below] = set()
            at = below
        self._places[path] = at
        return at

    def _remove(self, path: str, index: int) -> None:
        """Take away what is at `path` and below it."""
        node = self._nodes.pop(path, None)
        if node is None:
            return
        folder, _, name = path.rpartition("/")
        self._below[folder].discard(name)
        if node.kind is Kind.FOLDER:
            self._empty(path, index)
            del self._below[path]
        elif path in self._kept:
            self._hidden.append((node, self._kept.pop(path), index))

    def _empty(self, path: str | None, index: int) -> None:
        """Take away all below a folder, if there is one."""
        todo = [] if path is None else [path]
        gone: list[str] = []
        while todo:
            folder = todo.pop()
            names = self._below.get(folder)
            if names is None:
                continue
            if names:
                self._places = {"": ""}
            for name in names:
                below = f"{folder}/{name}" if folder else name
                node = self._nodes.pop(below)
                if node.kind is Kind.FOLDER:
                    todo.append(below)
                    gone.append(below)
                elif below in self._kept:
                    self._hidden.append((node, self._kept.pop(below), index))
            names.clear()
        for folder in gone:
            del self._below[folder]

    def _paths(self) -> list[str]:
        if self._sorted is None:
            self._sorted = sorted(self._nodes)
        return self._sorted

    def nodes(self) -> Iterator[Node]:
        """See `FileSystem`."""
        return map(self._nodes.__getitem__, self._paths())

    def node(self, path: str, follow: bool = True) -> Node | None:
        """See `FileSystem`."""
        found = self._nodes.get(path)
        if found is not None and (not follow or found.kind is not Kind.LINK):
            return found
        return self._followed(path, follow)

    def _followed(self, path: str, follow: bool) -> Node | None:
        todo, hops, at = path.split("/")[::-1], 0, ""
        while todo:
            part = todo.pop()
            if part in {"", "."}:
                continue
            if part == "..":
                at = at.rpartition("/")[0]
                continue
            below = f"{at}/{part}" if at else part
            node = self._nodes.get(below)
            if node is None:
                return None
            if node.kind is Kind.LINK and (todo or follow):
                hops += 1
                if hops > MAX_HOPS or len(todo) > 2 * MAX_DEPTH:
                    return None
                if node.target.startswith("/"):
                    at = ""
                todo.extend(node.target.split("/")[::-1])
            elif todo and node.kind is not Kind.FOLDER:
                return None
            else:
                at = below
        return self._nodes.get(at)

    def folder(self, path: str) -> tuple[str, ...]:
        """See `FileSystem`."""
        names = self._below.get(path)
        if names is None:
            node = self.node(path)
            names = self._below.get(node.path) if node is not None else None
        return tuple(sorted(names or ()))

    def kept(self, key: str) -> Iterator[tuple[Node, bytes | Missing]]:
        """See `FileSystem`."""
        for path in sorted(path for path, held in self._kept.items() if key in held):
            yield self._nodes[path], self._kept[path][key]

    def of(self, path: str, key: str) -> bytes | Missing | None:
        """See `FileSystem`."""
        node = self.node(path)
        if node is None or node.kind is not Kind.FILE:
            return None
        return self._kept.get(node.path, _NOTHING).get(key, Missing("it was not looked at"))

    def hidden(self, key: str) -> Iterator[tuple[Node, bytes | Missing, int]]:
        """See `FileSystem`."""
        for node, held, layer in self._hidden:
            if key in held:
                yield node, held[key], layer

    def problems(self) -> tuple[tuple[int, str], ...]:
        """See `FileSystem`."""
        return tuple(self._problems)


def _inside(target: str) -> str:
    """What a hard link names, from the root of the image."""
    parts: list[str] = []
    for part in target.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part and part != ".":
            parts.append(part)
    return "/".join(parts)
