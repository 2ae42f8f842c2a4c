"""YAML and JSON files: parsed once, each document handed to the reader of its shape."""

from __future__ import annotations

from functools import cache

from ourhalf import readers
from ourhalf.discovery import values
from ourhalf.model.evidence import Evidence, Unread
from ourhalf.readers import suppressions
from ourhalf.readers.node import Node
from ourhalf.readers.reader import DocumentReader, Files, Reader, Unit, merged
from ourhalf.readers.yaml import ParseError, documents

_ENDINGS = (".yaml", ".yml", ".json", ".template")


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
    try:
        for document in documents(data, unit.path, json=unit.path.endswith(".json")):
            parts.append(read_document(document, files))
    except ParseError as error:
        parts.append(Evidence(unread=(Unread(unit.path, error.line, READER.name, error.reason),)))
    return merged(parts)


def read_document(document: Node, files: Files) -> Evidence:
    """What the first reader that wants the document makes of it; nothing when none does."""
    for shape in shapes():
        if shape.wants(document):
            return shape.read(document, files)
    return Evidence()


READER = Reader("documents", _wants, _read, precedence=90)
