"""Kustomizations: overlays over local bases, built here.

A file that some kustomization of the target includes is read only through the kustomizations that no
other includes: what those give is what gets applied. A base that an overlay uses is therefore not read
by itself. Overlays that share a base are built together; where they leave an object equal it is one
object, and where they differ each has its own, named after the folder of its overlay.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from msgspec.structs import replace

from ourhalf.model.evidence import Evidence, Suppression, Unread
from ourhalf.model.resource import Resource
from ourhalf.readers import suppressions
from ourhalf.readers.kubernetes.kustomization import Loader
from ourhalf.readers.kubernetes.manifests import read_document
from ourhalf.readers.reader import Files, Reader, Unit, UnreadableError

NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")


def _wants(path: str) -> bool:
    return posixpath.basename(path) in NAMES


def _plan(paths: tuple[str, ...], files: Files) -> tuple[Unit, ...]:
    """A unit for each group of kustomizations that share files."""
    loader = Loader(files, NAMES)
    members = {path: loader.members(path) for path in paths}
    groups: dict[str, set[str]] = {}
    owner: dict[str, str] = {}
    for path in paths:
        touched = {owner[m] for m in members[path] if m in owner}
        together = set(members[path]).union(*(groups.pop(name) for name in touched))
        name = min(touched | {path})
        groups[name] = together
        owner.update(dict.fromkeys(together, name))
    return tuple(Unit(name, tuple(sorted(group))) for name, group in sorted(groups.items()))


def _read(unit: Unit, files: Files) -> Evidence:
    loader = Loader(files, NAMES)
    kustomizations = [path for path in unit.members if _wants(path)] or [unit.path]
    included = {sub for path in kustomizations for sub in loader.included(path)}
    roots = [path for path in kustomizations if path not in included] or kustomizations[:1]
    resources: dict[str, list[Resource]] = {}
    unread: list[Unread] = []
    for root in roots:
        objects, problems = loader.built(root)
        unread.extend(Unread(p.path, p.line, READER.name, p.reason) for p in problems)
        made = (resource for document in objects for resource in read_document(document, root).resources)
        resources[root] = list(made)
    told = {(u.path, u.line, u.reason): u for u in unread}
    accepted, refused = _suppressions(unit, files)
    return Evidence(tuple(_distinct(resources)), (*told.values(), *refused), accepted, len(unit.members))


def _suppressions(unit: Unit, files: Files) -> tuple[tuple[Suppression, ...], tuple[Unread, ...]]:
    found = []
    for member in unit.members:
        try:
            found.append(suppressions.find(files.read(member), member))
        except UnreadableError:
            continue  # the loader tells of it
    return tuple(s for one, _ in found for s in one), tuple(u for _, one in found for u in one)


def _distinct(resources: dict[str, list[Resource]]) -> Iterator[Resource]:
    """What all roots give, equal ones once, and unequal ones of one name told apart by their folder."""
    if len(resources) == 1:
        yield from next(iter(resources.values()))
        return
    seen: dict[tuple[type[Resource], str], dict[str, tuple[str, Resource]]] = {}
    for root, many in resources.items():
        for resource in many:
            alike = seen.setdefault((type(resource), resource.origin.address), {})
            alike.setdefault(_content(resource), (root, resource))
    for alike in seen.values():
        for root, resource in alike.values():
            folder = posixpath.dirname(root)
            yield replace(resource, name=f"{folder}/{resource.name}") if len(alike) > 1 and folder else resource


def _content(resource: Resource) -> str:
    return re.sub(r"scope='[^']*'", "", repr(resource))


READER = Reader("kustomize", _wants, _read, _plan, precedence=65)
