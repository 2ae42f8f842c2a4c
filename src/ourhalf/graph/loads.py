"""Which workloads load a model file, told by the names and paths that they and their code state; never on a doubt.

A file and a text name the same where their last parts are the same and no other file fits as well. A name that
many models have, such as `model.pt`, must have its folder in common too.
"""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cached_property
from itertools import islice, takewhile
from typing import Any, NamedTuple

from ourhalf.model.context import Graph
from ourhalf.model.field import Field, Known, Unresolved, doubt, effective, elements, entries, unknown_part
from ourhalf.model.loading import Loaded
from ourhalf.model.resource import Resource
from ourhalf.model.workload import Container, Workload
from ourhalf.resources.dockerfile import Dockerfile
from ourhalf.resources.model_files import ModelFile
from ourhalf.resources.model_loads import ModelLoad

_LONGEST_TEXT = 65_536
_APART = re.compile(r"[\s=,;:|&'\"()\[\]{}]+")
# Names before the endings that say nothing of which model it is, and folders of which that is true too.
_ANYBODYS = re.compile(
    r"(?:(?:pytorch|tf|flax|adapter)?_?model|weights?|checkpoint|ckpt|best|last|latest|final|state(?:_dict)?|params"
    r"|net|data|output|saved)[-_.\d]*(?:of-\d+)?"
)
_ANY_FOLDERS = frozenset(
    {
        "",
        ".",
        "..",
        "model",
        "models",
        "data",
        "weights",
        "opt",
        "ml",
        "app",
        "tmp",
        "src",
        "mnt",
        "srv",
        "code",
        "home",
    }
)


class NamedLoads:
    """`Models` over the texts of workloads and Dockerfiles; each is looked at once."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def loaders(self, file: Resource) -> tuple[Loaded, ...]:
        """See `Models.loaders`."""
        return tuple(self._loads.get(id(file), ()))

    @cached_property
    def told(self) -> bool:
        """See `Models.told`."""
        workloads = self._graph.workloads()
        hidden = any(isinstance(load.path, Unresolved) for load in self._graph.all(ModelLoad))
        return bool(workloads) and not hidden and not any(map(_hides, workloads))

    @cached_property
    def _loads(self) -> dict[int, list[Loaded]]:
        files = self._graph.all(ModelFile)
        found: dict[int, list[Loaded]] = defaultdict(list)
        if not files:
            return found
        named = _Named(files)
        for file, loaded in self._each(named):
            held = found[id(file)]
            if loaded.container is None or not any(one.container is loaded.container for one in held):
                held.append(loaded)
        return found

    def _each(self, named: _Named) -> Iterator[tuple[ModelFile, Loaded]]:
        for workload in self._graph.workloads():
            for container in elements(workload.containers):
                for file, how, field in _by_container(container, workload, named):
                    yield file, Loaded(workload.resource, how, field, workload, container)
        for dockerfile in self._graph.all(Dockerfile):
            for file, how, field in _by_copies(dockerfile, named):
                yield file, Loaded(dockerfile, how, field)
        for load in self._graph.all(ModelLoad):
            yield from _by_code(load, named, self._runs)

    @cached_property
    def _runs(self) -> dict[str, list[_Run]]:
        """By the path of a script, the containers whose command or variables name it and no other."""
        scripts: dict[str, set[str]] = defaultdict(set)
        for load in self._graph.all(ModelLoad):
            scripts[posixpath.basename(load.place.path)].add(load.place.path)
        found: dict[str, list[_Run]] = defaultdict(list)
        for workload in self._graph.workloads():
            for container in elements(workload.containers):
                for text in _texts(container):
                    for word in _APART.split(text) if len(text) <= _LONGEST_TEXT else ():
                        meant = _meant(word, scripts.get(word.rsplit("/", 1)[-1], set()))
                        if meant is not None:
                            found[meant].append(_Run(workload, container))
        return found


def _hides(workload: Workload) -> bool:
    """Whether it may load a file by a name that is not known."""
    return doubt(workload.containers) is not None or any(
        isinstance(container.model_data, Unresolved)
        or any(unknown_part(f) for f in (container.entrypoint, container.arguments, container.environment))
        or any(isinstance(value, Unresolved) for _, value in entries(container.environment))
        for container in elements(workload.containers)
    )


_Naming = tuple[ModelFile, str, Field[Any]]


def _by_container(container: Container, workload: Workload, named: _Named) -> Iterator[_Naming]:
    folder = posixpath.dirname(workload.resource.place.path)
    address = effective(container.model_data)
    file = (named.beside(folder, address) or named.file(address)) if address is not None else None
    if file is not None:
        yield file, "its model data are this file", container.model_data
    for words in (container.entrypoint, container.arguments):
        for text in elements(words):
            yield from ((file, "its command names this file", words) for file in named.files(text))
    for name, value in entries(container.environment):
        match value:
            case Known(str() as text):
                yield from ((file, f"its variable {name} names this file", value) for file in named.files(text))
    yield from _by_mounts(container, folder, named)


def _by_mounts(container: Container, folder: str, named: _Named) -> Iterator[_Naming]:
    """Files in folders that stand beside the configuration and are mounted, as Compose does."""
    for mount in elements(container.mounts):
        match mount.volume:
            case Known(str() as source) as field if source.startswith(("./", "../")):
                for file in named.below(posixpath.normpath(posixpath.join(folder, source))):
                    yield file, f"the folder {source} is mounted into it", field


def _by_copies(dockerfile: Dockerfile, named: _Named) -> Iterator[_Naming]:
    """Files that are copied by their own name or that of their folder; `.` may leave any out by .dockerignore."""
    folder = posixpath.dirname(dockerfile.place.path)
    for copy in elements(dockerfile.copies):
        if isinstance(copy.stage, Known) or copy.reaches != Known(True, copy.reaches.place):
            continue
        for source in elements(copy.sources):
            path = posixpath.normpath(posixpath.join(folder, source.lstrip("/")))
            if path in (folder or ".", "."):
                continue
            for file in named.below(path):
                yield file, "it is copied into an image", copy.sources


class _Run(NamedTuple):
    """A container that runs a script."""

    workload: Workload
    container: Container


def _texts(container: Container) -> Iterator[str]:
    """What its command and its variables say."""
    for words in (container.entrypoint, container.arguments):
        yield from elements(words)
    for _, value in entries(container.environment):
        text = effective(value)
        if isinstance(text, str):
            yield text


def _by_code(load: ModelLoad, named: _Named, runs: dict[str, list[_Run]]) -> Iterator[tuple[ModelFile, Loaded]]:
    """The file that a call in code loads, and the containers that run that code."""
    path = effective(load.path)
    if path is None:
        return
    folder = posixpath.dirname(load.place.path)
    file = named.beside(folder, path) or named.file(path)
    if file is None:
        return
    how = f"{load.name} of {posixpath.basename(load.place.path)} names this file"
    run = runs.get(load.place.path, ())
    if not run:
        yield file, Loaded(load, how, load.path)
    for one in run:
        yield file, Loaded(one.workload.resource, how, load.path, one.workload, one.container)


def _meant(word: str, scripts: set[str]) -> str | None:
    """The script that a word of a command means: all of a relative path, or a name that only one has."""
    if not word.startswith("/"):
        scripts = {one for one in scripts if f"/{one}".endswith(f"/{posixpath.normpath(word)}")}
    return next(iter(scripts)) if len(scripts) == 1 else None


class _Named:
    """Model files by the parts of their paths."""

    def __init__(self, files: tuple[ModelFile, ...]) -> None:
        self._by_name: dict[str, list[ModelFile]] = defaultdict(list)
        self._by_folder: dict[str, list[ModelFile]] = defaultdict(list)
        for file in files:
            self._by_name[file.name].append(file)
            folder = posixpath.dirname(file.place.path)
            self._by_folder[posixpath.basename(folder)].append(file)
        often = Counter(file.place.path for file in files)
        self._by_path = {file.place.path: file for file in files if often[file.place.path] == 1}
        self._sorted = sorted(files, key=_below)

    def files(self, text: str) -> Iterator[ModelFile]:
        """Those that a command line or a value names, itself or by an absolute path of their folder."""
        if len(text) > _LONGEST_TEXT:
            return
        for word in _APART.split(text):
            file = self.file(word)
            if file is not None:
                yield file
            elif word.startswith(("/", "./")):
                yield from self._in_folder(word)

    def beside(self, folder: str, address: str) -> ModelFile | None:
        """The one that a path means, relative to the folder of the configuration that states it."""
        path = address.removeprefix("file://")
        if "://" in path or path.startswith("/"):
            return None
        return self._by_path.get(posixpath.normpath(posixpath.join(folder, path)))

    def file(self, address: str) -> ModelFile | None:
        """The one that a path or address names; None where none or more than one may be meant."""
        parts = address.split("/")
        candidates = self._by_name.get(parts[-1]) if parts[-1] else None
        if not candidates:
            return None
        shared = [(_shared(parts, one.place.path.split("/")), one) for one in candidates]
        most = max(count for count, _ in shared)
        best = [one for count, one in shared if count == most]
        stem = parts[-1].split(".", 1)[0].lower()
        return best[0] if len(best) == 1 and most > int(_ANYBODYS.fullmatch(stem) is not None) else None

    def _in_folder(self, word: str) -> tuple[ModelFile, ...]:
        parts = [part for part in word.split("/") if part]
        if not parts or parts[-1].lower() in _ANY_FOLDERS:
            return ()
        found = self._by_folder.get(parts[-1], ())
        folders = {posixpath.dirname(one.place.path) for one in found}
        return tuple(found) if len(folders) == 1 else ()

    def below(self, path: str) -> Iterator[ModelFile]:
        """Those that are `path`, or lie below it."""
        start = bisect_left(self._sorted, f"{path}/", key=_below)
        return takewhile(lambda one: _below(one).startswith(f"{path}/"), islice(self._sorted, start, None))


def _below(file: ModelFile) -> str:
    """Its path in an order in which all that lies below a folder stands together."""
    return f"{file.place.path}/"


def _shared(one: list[str], other: list[str]) -> int:
    """How many parts at their ends two paths have in common."""
    count = 0
    for left, right in zip(reversed(one), reversed(other), strict=False):
        if left != right:
            break
        count += 1
    return count
