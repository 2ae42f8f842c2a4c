"""Terraform and OpenTofu source: one unit a root module, with the modules that it calls."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterable

from ourhalf.model.evidence import Evidence, Unread
from ourhalf.model.resource import Dialect, Language, Origin
from ourhalf.readers.kubernetes.manifests import read_object
from ourhalf.readers.mapping import build
from ourhalf.readers.node import Node
from ourhalf.readers.reader import Files, Reader, Unit, UnreadableError, merged
from ourhalf.readers.terraform import bodies, kubernetes, modules, providers
from ourhalf.readers.terraform.instances import Declared
from ourhalf.readers.terraform.root import Root
from ourhalf.readers.yaml import ParseError
from ourhalf.resources import by_name

_CHART = "helm_release"


def _wants(path: str) -> bool:
    return path.endswith(modules.ENDINGS) and ".terraform/" not in path


def _plan(paths: tuple[str, ...], files: Files) -> tuple[Unit, ...]:
    """A unit for each folder that no other calls, with the files of those that it may call."""
    folders: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        folders[posixpath.dirname(path)].append(path)
    calls = {folder: _called(folder, found, folders, files) for folder, found in folders.items()}
    inner = {callee for folder, callees in calls.items() for callee in callees if callee != folder}
    units: list[Unit] = []
    left = dict.fromkeys(folders)
    for folder in (*(f for f in folders if f not in inner), *folders):
        if folder not in left:
            continue
        reached = _closure(folder, calls)
        for member in reached:
            left.pop(member, None)
        members = tuple(path for member in reached for path in folders[member])
        units.append(Unit(_first(folders[folder]), members))
    return tuple(units)


def _called(folder: str, paths: list[str], folders: Iterable[str], files: Files) -> list[str]:
    found: dict[str, None] = {}
    for path in paths:
        try:
            data = files.read(path)
        except UnreadableError:
            continue
        found.update(dict.fromkeys(modules.local_sources(data, folder)))
    return [callee for callee in found if callee in folders]


def _closure(folder: str, calls: dict[str, list[str]]) -> dict[str, None]:
    """The folder and all that it calls, directly or not."""
    found = {folder: None}
    pending = [folder]
    while pending:
        for callee in calls.get(pending.pop(), ()):
            if callee not in found:
                found[callee] = None
                pending.append(callee)
    return found


def _first(paths: list[str]) -> str:
    return next((path for path in paths if posixpath.basename(path).startswith("main.")), paths[0])


def _read(unit: Unit, files: Files) -> Evidence:
    """The root module, and alone those of its folders that no call reached."""
    left = dict.fromkeys([posixpath.dirname(unit.path), *(posixpath.dirname(path) for path in unit.members)])
    parts: list[Evidence] = []
    while left:
        folder = next(iter(left))
        root = Root(folder, files)
        parts.append(_evidence(root))
        for reached in (folder, *root.modules):
            left.pop(reached, None)
    return merged(parts)


def _load_all(root: Root) -> None:
    """Loads the modules below those that are called no times: they are read, and declare nothing."""
    pending = [root.modules[folder] for folder in list(root.modules)]
    seen = {module.folder for module in pending}
    while pending:
        module = pending.pop()
        for block in module.calls.values():
            source = block.body.attributes.get("source")
            value = getattr(source.expr, "value", None) if source is not None else None
            if not isinstance(value, str) or not value.startswith("."):
                continue
            folder = modules.joined(module.folder, value)
            if folder not in seen and not folder.startswith("../"):
                seen.add(folder)
                pending.append(root.module(folder))


def _evidence(root: Root) -> Evidence:
    parts = [_resource(declared, root) for declared in root.resources(_wanted)]
    _load_all(root)
    found = merged([*parts, Evidence(suppressions=root.suppressions)])
    count = sum(module.files for module in root.modules.values())
    unread = dict.fromkeys((*root.unread, *found.unread))
    return Evidence(found.resources, tuple(unread), found.suppressions, count)


def _wanted(kind: str) -> bool:
    return kind == _CHART or kind in by_name(Dialect.TERRAFORM) or kubernetes.declares(kind)


def _resource(declared: Declared, root: Root) -> Evidence:
    kind = by_name(Dialect.TERRAFORM).get(declared.type)
    place = declared.block.place
    if kind is not None:
        fields = providers.with_default_tags(declared, bodies.tree(declared.block, declared.scope))
        origin = Origin(place, Language.TERRAFORM, Dialect.TERRAFORM, root.scope, declared.address)
        return Evidence((build(kind, declared.address, fields, origin),))
    if kubernetes.declares(declared.type):
        return _objects(declared, root)
    if declared.type == _CHART:
        root.note(place, f"{declared.address}: {_chart(declared)} is not rendered, so its objects are not known")
    return Evidence()


def _objects(declared: Declared, root: Root) -> Evidence:
    fields = bodies.tree(declared.block, declared.scope)
    parts: list[Evidence] = []
    place = declared.block.place
    try:
        for i, document in enumerate(kubernetes.objects(declared.type, fields)):
            address = declared.address if i == 0 else f"{declared.address}#{i}"
            where = Node(document.value, place.path, place.line, place.column, document.tag, document.rest)
            parts.append(read_object(where, Language.TERRAFORM, root.scope, address))
    except ParseError as error:
        unread = Unread(place.path, place.line, modules.READER, f"{declared.address}: {error.reason}")
        parts.append(Evidence(unread=(unread,)))
    return merged(parts) if parts else Evidence()


def _chart(declared: Declared) -> str:
    chart = bodies.written(declared.block.body, "chart", declared.scope)
    return f"chart {chart.value}" if chart is not None and isinstance(chart.value, str) else "the chart"


READER = Reader(modules.READER, _wants, _read, _plan)
