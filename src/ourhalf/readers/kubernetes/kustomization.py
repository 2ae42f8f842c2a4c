"""One kustomization: what it includes, and the objects that it gives."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import NamedTuple

from ourhalf.readers.kubernetes import transforms
from ourhalf.readers.kubernetes.objects import identity, is_object
from ourhalf.readers.kubernetes.patches import PatchError, names, operated, strategic
from ourhalf.readers.node import Node
from ourhalf.readers.reader import Files, UnreadableError
from ourhalf.readers.salvage import salvaged
from ourhalf.readers.yaml import ParseError, documents

_REMOTE = re.compile(r"://|\?ref=|^git@|^(github\.com|gitlab\.com|bitbucket\.org)/|^[\w.-]+\.(com|org|io)/.*//")
_DEEPEST = 32
_MOST_OBJECTS = 20_000
_NOT_RUN = {
    "helmCharts": "a Helm chart: not rendered",
    "helmChartInflationGenerator": "a Helm chart: not rendered",
    "generators": "generators are not run",
    "transformers": "transformers are not run",
    "replacements": "replacements are not made",
    "vars": "variables are not replaced",
}


class Problem(NamedTuple):
    """What could not be read or applied, and why."""

    path: str
    line: int
    reason: str


class Loader:
    """Reads and builds the kustomizations of one target; what is read or built once is kept."""

    def __init__(self, files: Files, names_of_files: tuple[str, ...]) -> None:
        self._files = files
        self._names = names_of_files
        self._nodes: dict[str, Node | Problem] = {}
        self._built: dict[str, tuple[list[Node], list[Problem]]] = {}

    def _node(self, path: str) -> Node | Problem:
        if path not in self._nodes:
            self._nodes[path] = self._parsed(path)
        return self._nodes[path]

    def _parsed(self, path: str) -> Node | Problem:
        try:
            found = next(documents(self._files.read(path), path), None)
        except (ParseError, UnreadableError) as error:
            return Problem(path, error.line, error.reason)
        if found is None or not isinstance(found.value, dict):
            return Problem(path, 1, "a kustomization that says nothing")
        return found

    def _entries(self, node: Node, *keys: str) -> Iterator[tuple[Node, str]]:
        """The local files and folders that lists of the kustomization name, by path in the target."""
        folder = posixpath.dirname(node.path)
        for key in keys:
            listed = node.get(key)
            for child in listed.list() if listed is not None else ():
                if isinstance(child.value, str) and "\n" not in child.value and not _REMOTE.search(child.value):
                    yield child, posixpath.normpath(posixpath.join(folder, child.value))

    def _of_folder(self, path: str) -> str | None:
        """The kustomization of a folder, None where it has none."""
        candidates = (posixpath.join(path, name) for name in self._names)
        return next((c for c in candidates if not c.startswith("../") and self._files.exists(c)), None)

    def included(self, path: str) -> tuple[str, ...]:
        """The kustomizations that this one includes itself."""
        node = self._node(path)
        if isinstance(node, Problem):
            return ()
        found = (self._of_folder(p) for _, p in self._entries(node, "resources", "bases", "components"))
        return tuple(sub for sub in found if sub is not None)

    def members(self, path: str) -> tuple[str, ...]:
        """The kustomization and every local file that it takes objects or patches from, however deep."""
        found: dict[str, None] = {}
        waiting = [path]
        while waiting:
            current = waiting.pop()
            if current in found:
                continue
            found[current] = None
            node = self._node(current)
            if isinstance(node, Problem):
                continue
            waiting.extend(self.included(current))
            for _, file in self._entries(node, "resources", "patchesStrategicMerge"):
                if not file.startswith("../") and self._files.exists(file):
                    found[file] = None
            for _, file in self._patch_files(node):
                if not file.startswith("../") and self._files.exists(file):
                    found[file] = None
        return tuple(found)

    def _patch_files(self, node: Node) -> Iterator[tuple[Node, str]]:
        folder = posixpath.dirname(node.path)
        for key in ("patches", "patchesJson6902"):
            listed = node.get(key)
            for child in listed.list() if listed is not None else ():
                path = child.get("path")
                if path is not None and isinstance(path.value, str):
                    yield child, posixpath.normpath(posixpath.join(folder, path.value))

    def built(self, path: str, above: tuple[str, ...] = ()) -> tuple[list[Node], list[Problem]]:
        """The objects that the kustomization gives, and what of it could not be read or applied."""
        if path in above or len(above) > _DEEPEST:
            return [], [Problem(path, 1, "a kustomization that includes itself")]
        if path not in self._built:
            objects, problems = self._gathered(path, [], (*above, path))
            self._built[path] = objects, list(dict.fromkeys(problems))
        return self._built[path]

    def _gathered(self, path: str, before: list[Node], above: tuple[str, ...]) -> tuple[list[Node], list[Problem]]:
        """The objects in `before` and those of the kustomization at `path`, with all that it does to them."""
        node = self._node(path)
        if isinstance(node, Problem):
            return before, [node]
        problems = [Problem(path, node.value[key].line, why) for key, why in _NOT_RUN.items() if key in node.value]
        objects = list(before)
        for found, trouble in self._included(node, above):
            objects.extend(found)
            problems.extend(trouble)
        objects = self._with_generated(node, objects)
        for child, folder in self._entries(node, "components"):
            component = self._of_folder(folder)
            if component is None or component in above:
                problems.append(Problem(path, child.line, f"{child.value}: no such component"))
                continue
            objects, trouble = self._gathered(component, objects, (*above, component))
            problems.extend(trouble)
        if len(objects) > _MOST_OBJECTS:
            return [], [Problem(path, 1, f"more than {_MOST_OBJECTS:,} objects")]
        objects = self._patched(node, objects, problems)
        return _transformed(node, objects), problems

    def _included(self, node: Node, above: tuple[str, ...]) -> Iterator[tuple[list[Node], list[Problem]]]:
        for key in ("resources", "bases"):
            listed = node.get(key)
            for child in listed.list() if listed is not None else ():
                if isinstance(child.value, str) and _REMOTE.search(child.value):
                    yield [], [Problem(node.path, child.line, f"{child.value}: lies elsewhere and is not fetched")]
        for child, path in self._entries(node, "resources", "bases"):
            if path.startswith("../"):
                yield [], [Problem(node.path, child.line, f"{child.value}: lies outside of the target")]
            elif (below := self._of_folder(path)) is not None:
                yield self.built(below, above)
            else:
                yield self._objects(path, child)

    def _objects(self, path: str, at: Node) -> tuple[list[Node], list[Problem]]:
        try:
            data = self._files.read(path)
        except UnreadableError as error:
            return [], [Problem(at.path, at.line, f"{at.value}: {error.reason}")]
        found, refused = salvaged(data, path, "")
        objects: list[Node] = []
        for document in found:
            items = document.get("items")
            objects.extend(
                items.list() if items is not None and identity(document).kind.endswith("List") else [document]
            )
        return [o for o in objects if is_object(o)], [Problem(u.path, u.line, u.reason) for u in refused]

    def _with_generated(self, node: Node, objects: list[Node]) -> list[Node]:
        folder = posixpath.dirname(node.path)

        def text(path: str) -> str | None:
            try:
                return self._files.read(posixpath.normpath(posixpath.join(folder, path))).decode("utf-8", "replace")
            except UnreadableError:
                return None

        for key, kind in (("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret")):
            listed = node.get(key)
            for entry in listed.list() if listed is not None else ():
                made = transforms.generated(kind, entry, text)
                behavior = entry.get("behavior")
                who = identity(made)
                known = next((i for i, o in enumerate(objects) if identity(o)[1:3] == who[1:3]), None)
                if known is None or behavior is None:
                    objects = [*objects, made]
                elif behavior.value == "merge":
                    objects[known] = strategic(objects[known], made) or made
                else:
                    objects[known] = made
        return objects

    def _patched(self, node: Node, objects: list[Node], problems: list[Problem]) -> list[Node]:
        for patch, target, at in self._patches(node, problems):
            try:
                objects, fitted = _applied(objects, patch, target)
            except PatchError as error:
                problems.append(Problem(at.path, at.line, f"a patch that does not fit: {error}"))
                continue
            if not fitted and target is None:
                problems.append(Problem(at.path, at.line, "a patch that fits no object"))
        return objects

    def _patches(self, node: Node, problems: list[Problem]) -> Iterator[tuple[Node, Node | None, Node]]:
        """Each patch with its target, None where it names the object itself, and where it is listed."""
        folder = posixpath.dirname(node.path)
        for key in ("patchesStrategicMerge", "patches", "patchesJson6902"):
            listed = node.get(key)
            for child in listed.list() if listed is not None else ():
                inline, path, target = child.get("patch"), child.get("path"), child.get("target")
                if key == "patchesStrategicMerge":
                    inline, path = (child, None) if "\n" in str(child.value) else (None, child)
                if inline is not None and isinstance(inline.value, str):
                    found = self._texts(inline.value.encode("utf-8", "replace"), node.path, inline.line + 1, problems)
                elif path is not None and isinstance(path.value, str):
                    found = self._file(posixpath.normpath(posixpath.join(folder, path.value)), path, problems)
                else:
                    continue
                for patch in found:
                    yield patch, target, child

    def _texts(self, data: bytes, path: str, line: int, problems: list[Problem]) -> list[Node]:
        try:
            return list(documents(data, path, first_line=line))
        except ParseError as error:
            problems.append(Problem(path, error.line, f"a patch that cannot be read: {error.reason}"))
            return []

    def _file(self, path: str, at: Node, problems: list[Problem]) -> list[Node]:
        try:
            return self._texts(self._files.read(path), path, 1, problems)
        except UnreadableError as error:
            problems.append(Problem(at.path, at.line, f"{at.value}: {error.reason}"))
            return []


def _applied(objects: list[Node], patch: Node, target: Node | None) -> tuple[list[Node], bool]:
    """The objects with a patch applied to those that it is for, and whether there are any."""
    found: list[Node] = []
    fitted = False
    for document in objects:
        who = identity(document)
        meant = _selected(document, target) if target is not None else names(patch, who)
        if not meant:
            found.append(document)
            continue
        fitted = True
        if isinstance(patch.value, list):
            found.append(operated(document, patch))
        else:
            changed = strategic(document, _unnamed(patch, document) if target is not None else patch)
            found.extend([changed] if changed is not None else [])
    return found, fitted


def _unnamed(patch: Node, document: Node) -> Node:
    """A patch that has a target keeps the name and namespace that the target has."""
    metadata = patch.get("metadata")
    if metadata is None or not isinstance(metadata.value, dict):
        return patch
    kept = {key: child for key, child in metadata.value.items() if key not in ("name", "namespace")}
    return transforms.put(patch, ("metadata",), metadata.with_value(kept))


def _selected(document: Node, target: Node) -> bool:
    who = identity(document)
    own = {"kind": who.kind, "name": who.name, "namespace": who.namespace, "group": who.group.replace("v1", "", 1)}
    for key, value in own.items():
        asked = target.get(key)
        if asked is None or not isinstance(asked.value, str) or not asked.value:
            continue
        if key in ("kind", "group"):
            if asked.value != value:
                return False
        elif not _matches(asked.value, value):
            return False
    selectors = (("labelSelector", "labels"), ("annotationSelector", "annotations"))
    return all(_has(document, target.get(selector), key) for selector, key in selectors)


def _matches(pattern: str, name: str) -> bool:
    """Whether a name is meant by a pattern; one that could take long to match is taken literally."""
    if len(pattern) > 200 or re.search(r"\)[*+{]", pattern) or len(re.findall(r"[*+{]", pattern)) > 4:
        return pattern == name
    try:
        return re.fullmatch(pattern, name) is not None
    except re.error:
        return pattern == name


def _has(document: Node, selector: Node | None, key: str) -> bool:
    if selector is None or not isinstance(selector.value, str):
        return True
    labels = document.dig(f"metadata.{key}")
    for pair in selector.value.split(","):
        name, equals, value = pair.replace("==", "=").partition("=")
        found = labels.get(name.strip()) if labels is not None else None
        if found is None or (equals and str(found.value) != value.strip()):
            return False
    return True


def _transformed(node: Node, objects: list[Node]) -> list[Node]:
    namespace = node.get("namespace")
    if namespace is not None and isinstance(namespace.value, str):
        objects = transforms.in_namespace(objects, namespace)
    replicas = node.get("replicas")
    if replicas is not None:  # by the name that the object had, or that it gets
        objects = [transforms.scaled(o, replicas) for o in objects]
    prefix, suffix = (str(n.value or "") if (n := node.get(key)) else "" for key in ("namePrefix", "nameSuffix"))
    if prefix or suffix:
        objects = transforms.renamed(objects, prefix, suffix)
    for labels, key, selectors, templates in _labels(node):
        objects = [transforms.labelled(o, labels, key, selectors, templates) for o in objects]
    for key, change in (("replicas", transforms.scaled), ("images", transforms.with_images)):
        asked = node.get(key)
        if asked is not None:
            objects = [change(o, asked) for o in objects]
    return objects


def _labels(node: Node) -> Iterator[tuple[Node, str, bool, bool]]:
    common, annotations, listed = node.get("commonLabels"), node.get("commonAnnotations"), node.get("labels")
    if common is not None:
        yield common, "labels", True, True
    if annotations is not None:
        yield annotations, "annotations", False, True
    for entry in listed.list() if listed is not None else ():
        pairs = entry.get("pairs")
        on = {
            key: (f := entry.get(key)) is not None and f.value is True
            for key in ("includeSelectors", "includeTemplates")
        }
        if pairs is not None:
            yield pairs, "labels", on["includeSelectors"], on["includeSelectors"] or on["includeTemplates"]
