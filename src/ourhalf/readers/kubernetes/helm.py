"""Helm charts: their templates are manifests only once they are rendered with the chart's values."""

from __future__ import annotations

import posixpath

from ourhalf.model.evidence import Evidence, Unread
from ourhalf.readers import go_templates, suppressions
from ourhalf.readers.documents import read_document
from ourhalf.readers.kubernetes.manifests import read_document as read_manifest
from ourhalf.readers.kubernetes.objects import is_object
from ourhalf.readers.reader import Files, Reader, Unit, merged
from ourhalf.readers.salvage import salvaged

NOT_RENDERED = "Helm template: not rendered; give --render or the rendered manifests"
_CHART = "Chart.yaml"
_FOLDERS = ("templates", "crds")
_YAML = (".yaml", ".yml")


def _wants(path: str) -> bool:
    name = posixpath.basename(path)
    if name == _CHART or (name.startswith("values") and path.endswith((*_YAML, ".json"))):
        return True
    return path.endswith((*_YAML, ".tpl", ".txt")) and any(f"/{folder}/" in f"/{path}" for folder in _FOLDERS)


def _plan(paths: tuple[str, ...], files: Files) -> tuple[Unit, ...]:
    """A unit for each template of a chart, and one for its other files; what is in no chart is left."""
    charts = {posixpath.dirname(path) for path in paths if posixpath.basename(path) == _CHART}
    units: list[Unit] = []
    others: dict[str, list[str]] = {chart: [] for chart in charts}
    for path in paths:
        chart = _chart_of(path, charts)
        if chart is None:
            continue
        inner = path[len(chart) :].lstrip("/")
        if path.endswith(_YAML) and inner.startswith(tuple(f"{folder}/" for folder in _FOLDERS)):
            units.append(Unit(path, (path,)))
        elif "/" not in inner or not path.endswith(_YAML):
            others[chart].append(path)
    for chart, members in sorted(others.items()):
        units.append(Unit(posixpath.join(chart, _CHART), tuple(members)))
    return tuple(units)


def _chart_of(path: str, charts: set[str]) -> str | None:
    """The innermost chart that holds the file."""
    folder = posixpath.dirname(path)
    while True:
        if folder in charts:
            return folder
        if not folder:
            return None
        folder = posixpath.dirname(folder)


def _read(unit: Unit, files: Files) -> Evidence:
    if posixpath.basename(unit.path) == _CHART:
        return Evidence(files=len(unit.members))
    data = files.read(unit.path)
    suppressed, refused = suppressions.find(data, unit.path)
    parts = [Evidence(unread=refused, suppressions=suppressed, files=1)]
    if b"{{" not in data:
        found, unread = salvaged(data, unit.path, READER.name)
        parts.extend(read_document(document, files) for document in found)
        parts.append(Evidence(unread=unread))
        return merged(parts)
    parts.append(Evidence(unread=(Unread(unit.path, 1, READER.name, NOT_RENDERED),)))
    found, _ = go_templates.read(data, unit.path, READER.name)
    parts.extend(read_manifest(document, unit.path) for document in found if is_object(document))
    return merged(parts)


READER = Reader("helm", _wants, _read, _plan, precedence=60)
