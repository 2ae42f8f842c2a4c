"""YAML and JSON files: parsed once, each document handed to the reader of its shape."""

from __future__ import annotations

from functools import cache

from ourhalf import readers
from ourhalf.discovery import values
from ourhalf.model.evidence import Evidence, Unread
from ourhalf.readers import go_templates, suppressions
from ourhalf.readers.node import Node
from ourhalf.readers.reader import DocumentReader, Files, Reader, Unit, merged
from ourhalf.readers.salvage import TEMPLATE, reason, salvaged
from ourhalf.readers.yaml import ParseError, documents

_ENDINGS = (".yaml", ".yml", ".json", ".template", ".yaml-template", ".yml-template", ".yaml.tmpl", ".yaml.j2")


def _wants(path: str) -> bool:
    return path.endswith(_ENDINGS)


@cache
def shapes() -> tuple[DocumentReader, ...]:
    """Every document reader, in the order in which they are asked."""
    return tuple(sorted(values(readers, DocumentReader), key=lambda r: (r.precedence, r.name)))


def _read(unit: Unit, files: Files) -> Evidence:
    data = files.read(unit.path)
    suppressed, refused = suppressions.find(data, unit.path)
    parts: list[Evidence] = [Evidence(unread=refused, suppressions=suppressed, files=1)]
    found, refused = _documents(data, unit.path)
    parts.extend(read_document(document, files) for document in found)
    parts.append(Evidence(unread=refused))
    return merged(parts)


def _documents(data: bytes, path: str) -> tuple[list[Node], tuple[Unread, ...]]:
    """The documents that can be read, each by itself where not all can, and why others cannot.

    Of a template only Kubernetes objects are taken: their reader knows what is filled in later.
    """
    as_json = path.endswith(".json")
    try:
        return list(documents(data, path, json=as_json)), ()
    except ParseError as raised:
        error = raised
    if as_json:
        return [], (Unread(path, error.line, READER.name, reason(error.reason, data)),)
    if b"{{" not in data:
        return salvaged(data, path, READER.name)
    found, _ = go_templates.read(data, path, READER.name)
    objects = [document for document in found if document.get("apiVersion") is not None]
    return objects, (Unread(path, error.line, READER.name, TEMPLATE),)


def read_document(document: Node, files: Files) -> Evidence:
    """What the first reader that wants the document makes of it; nothing when none does."""
    for shape in shapes():
        if shape.wants(document):
            return shape.read(document, files)
    return Evidence()


READER = Reader("documents", _wants, _read, precedence=90)
