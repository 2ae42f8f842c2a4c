"""Official OSCAL catalogs and profiles, read as they are: ids, titles, and which of them a profile chooses.

Nothing is fetched. What a profile imports is read where it lies in the same folder; else its ids stand alone.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

import msgspec

MAX_BYTES = 100 * 1024 * 1024
MAX_DEPTH = 16
MAX_IMPORTS = 8
_LONGEST = 200
_KINDS = re.compile(rb'\s*\{\s*(?:"\$schema"\s*:\s*"[^"]*"\s*,\s*)?"([a-z-]{1,40})"')


class CatalogError(ValueError):
    """A document that cannot be used: the file and the reason in words."""


class Official(msgspec.Struct, frozen=True):
    """What a document lists: its title and version, its ids in order, and their titles as far as they are known.

    `dangling` are ids that it refers to and does not hold.
    """

    title: str
    version: str
    ids: tuple[str, ...]
    titles: dict[str, str]
    dangling: tuple[str, ...] = ()


class _Link(msgspec.Struct):
    href: str = ""


class _Part(msgspec.Struct):
    name: str = ""
    prose: str = ""


class _Control(msgspec.Struct):
    id: str
    title: str = ""
    controls: list[_Control] = []
    links: list[_Link] = []
    parts: list[_Part] = []

    @property
    def words(self) -> str:
        """The title; where that is but the id, as AWS writes them, the beginning of the statement."""
        if self.title not in ("", self.id):
            return self.title
        statement = next((part.prose for part in self.parts if part.name == "statement"), "")
        return " ".join(statement.split())[:_LONGEST].rstrip(".") or self.title


class _Group(msgspec.Struct):
    groups: list[_Group] = []
    controls: list[_Control] = []


class _Metadata(msgspec.Struct):
    title: str = ""
    version: str = ""


class _Resource(msgspec.Struct):
    uuid: str
    rlinks: list[_Link] = []


class _BackMatter(msgspec.Struct):
    resources: list[_Resource] = []


class _Catalog(msgspec.Struct):
    metadata: _Metadata
    groups: list[_Group] = []
    controls: list[_Control] = []
    back_matter: _BackMatter = msgspec.field(name="back-matter", default_factory=_BackMatter)


class _Pattern(msgspec.Struct):
    pattern: str = ""


class _Selected(msgspec.Struct):
    with_ids: list[str] = msgspec.field(name="with-ids", default_factory=list)
    with_child_controls: str = msgspec.field(name="with-child-controls", default="no")
    matching: list[_Pattern] = []


class _Import(msgspec.Struct):
    href: str
    include_all: dict[str, str] | None = msgspec.field(name="include-all", default=None)
    include: list[_Selected] = msgspec.field(name="include-controls", default_factory=list)
    exclude: list[_Selected] = msgspec.field(name="exclude-controls", default_factory=list)


class _Profile(msgspec.Struct):
    metadata: _Metadata
    imports: list[_Import]
    back_matter: _BackMatter = msgspec.field(name="back-matter", default_factory=_BackMatter)


class _CatalogFile(msgspec.Struct):
    catalog: _Catalog


class _ProfileFile(msgspec.Struct):
    profile: _Profile


def read(path: str) -> Official:
    """The catalog or profile in a JSON file. Raises CatalogError."""
    return _read(os.path.realpath(path), path, ())


def _read(path: str, name: str, way: tuple[str, ...]) -> Official:
    if path in way or len(way) >= MAX_IMPORTS:
        what = "imports itself" if path in way else f"is imported through more than {MAX_IMPORTS} files"
        raise CatalogError(f"{name} {what}; give the catalog itself")
    data = _bytes(path, name)
    found = _KINDS.match(data[:4096])
    kind = found[1].decode() if found else ""
    try:
        if kind == "catalog":
            return _catalog(msgspec.json.decode(data, type=_CatalogFile).catalog, name)
        if kind == "profile":
            return _profile(msgspec.json.decode(data, type=_ProfileFile).profile, path, name, way)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CatalogError(f"{name} is a damaged {kind} of OSCAL: {error}") from None
    except RecursionError:
        raise CatalogError(f"{name} is nested too deep for a {kind} of OSCAL") from None
    what = f"an OSCAL {kind}" if kind else "no OSCAL in JSON"
    raise CatalogError(f"{name} is {what}; give a catalog or a profile in JSON")


def _bytes(path: str, name: str) -> bytes:
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise CatalogError(f"{name} cannot be read: {error.strerror}") from None
    if len(data) > MAX_BYTES:
        raise CatalogError(f"{name} is larger than {MAX_BYTES // 1024 // 1024} MB; give the minified file")
    return data


def _catalog(catalog: _Catalog, name: str) -> Official:
    titles: dict[str, str] = {}
    wanted: dict[str, None] = {}
    for control in _controls(catalog, name):
        if control.id in titles:
            raise CatalogError(f"{name}: two controls have the id {control.id}")
        titles[control.id] = control.words
        wanted.update((link.href[1:], None) for link in control.links if link.href.startswith("#"))
    resources = {resource.uuid for resource in catalog.back_matter.resources}
    dangling = tuple(one for one in wanted if one not in titles and one not in resources)
    return Official(catalog.metadata.title, catalog.metadata.version, tuple(titles), titles, dangling)


def _controls(catalog: _Catalog, name: str) -> Iterator[_Control]:
    """Every control in the order of the document, those inside of others after them."""
    top = _Group(catalog.groups, catalog.controls)
    open_: list[tuple[_Group | _Control, int]] = [(top, 0)]
    while open_:
        node, depth = open_.pop()
        if depth > MAX_DEPTH:
            raise CatalogError(f"{name}: groups and controls nested more than {MAX_DEPTH} deep")
        if isinstance(node, _Control):
            yield node
        inner: list[_Group | _Control] = [*(node.groups if isinstance(node, _Group) else ()), *node.controls]
        open_.extend((one, depth + 1) for one in reversed(inner))


def _profile(profile: _Profile, path: str, name: str, way: tuple[str, ...]) -> Official:
    ids: dict[str, None] = {}
    titles: dict[str, str] = {}
    missing: list[str] = []
    for one in profile.imports:
        source = _imported(one, profile, path, name, way)
        chosen = _chosen(one, source, name)
        ids.update(dict.fromkeys(chosen))
        if source is not None:
            missing += [id_ for id_ in chosen if id_ not in source.titles]
            titles.update({id_: source.titles[id_] for id_ in chosen if id_ in source.titles})
    return Official(profile.metadata.title, profile.metadata.version, tuple(ids), titles, tuple(missing))


def _imported(one: _Import, profile: _Profile, path: str, name: str, way: tuple[str, ...]) -> Official | None:
    """What an import leads to, where that lies in the same folder; None where it is elsewhere."""
    if one.href.startswith("#"):
        found = next((r for r in profile.back_matter.resources if r.uuid == one.href[1:]), None)
        if found is None:
            raise CatalogError(
                f"{name} imports {one.href}, which its back matter does not hold; the file is incomplete"
            )
        links = [link.href for link in found.rlinks]
    else:
        links = [one.href]
    folder = os.path.dirname(path)
    for link in links:
        beside = os.path.realpath(os.path.join(folder, link)) if ":" not in link else ""
        if beside.startswith(folder + os.sep) and os.path.isfile(beside):
            return _read(beside, f"{name}, import {link}", (*way, path))
    if not one.href.startswith("#") and ":" not in one.href:
        raise CatalogError(f"{name} imports {one.href}, which is not in its folder; put it there")
    return None


def _chosen(one: _Import, source: Official | None, name: str) -> list[str]:
    """The ids that an import takes."""
    if source is None and (one.include_all is not None or any(s.matching for s in (*one.include, *one.exclude))):
        raise CatalogError(f"{name} chooses by pattern from {one.href}; put that catalog into its folder")
    every = source.ids if source is not None else ()
    if one.include_all is not None:
        taken = list(every)
    else:
        taken = [id_ for selected in one.include for id_ in _selected(selected, every)]
    left = {id_ for selected in one.exclude for id_ in _selected(selected, every)}
    return [id_ for id_ in taken if id_ not in left]


def _selected(selected: _Selected, every: tuple[str, ...]) -> Iterator[str]:
    yield from selected.with_ids
    for one in every:
        child = selected.with_child_controls == "yes" and one.partition(".")[0] in selected.with_ids
        if child or any(fnmatchcase(one, pattern.pattern) for pattern in selected.matching):
            yield one
