"""Evidence as JSON: one resource a line, from which an equal value is read again."""

from __future__ import annotations

import os
import re
from functools import cache
from typing import Any, Generic, Literal, TypeVar

import msgspec

from ourhalf.evidence.errors import EvidenceError
from ourhalf.model.evidence import Evidence, Suppression, Unread
from ourhalf.model.finding import ToolInfo
from ourhalf.resources import resource_types

SCHEMA_VERSION = "1.0"
MOST_BYTES = 512 * 1024 * 1024
_START = 1024
_BEGINS = re.compile(rb'\s*\{\s*"kind"\s*:\s*"ourhalf-evidence"')

R = TypeVar("R")


class _Header(msgspec.Struct, frozen=True):
    """What tells evidence from any other JSON."""

    kind: Literal["ourhalf-evidence"]
    schema_version: str
    tool: ToolInfo
    targets: tuple[str, ...]
    resources: msgspec.Raw


class _Document(msgspec.Struct, Generic[R], frozen=True, forbid_unknown_fields=True):
    kind: Literal["ourhalf-evidence"]
    schema_version: str
    tool: ToolInfo
    targets: tuple[str, ...]
    files: int
    unread: tuple[Unread, ...]
    suppressions: tuple[Suppression, ...]
    resources: tuple[R, ...]


class Kept(msgspec.Struct, frozen=True):
    """Evidence with the names of the targets it was read from, and the program that read it."""

    evidence: Evidence
    targets: tuple[str, ...]
    tool: ToolInfo


@cache
def _decoder() -> msgspec.json.Decoder[_Document[Any]]:
    union: Any = resource_types()[0]
    for kind in resource_types()[1:]:
        union = union | kind
    return msgspec.json.Decoder(_Document[union])


def encode(kept: Kept) -> bytes:
    """The document from which `decode` makes an equal value."""
    evidence = kept.evidence
    document = _Document(
        "ourhalf-evidence",
        SCHEMA_VERSION,
        kept.tool,
        kept.targets,
        evidence.files,
        evidence.unread,
        evidence.suppressions,
        evidence.resources,
    )
    return lines(document)


def lines(document: msgspec.Struct) -> bytes:
    """A document with a line for each field, and one for each element of what is a list of things."""
    encoder = msgspec.json.Encoder()
    fields = []
    for field in msgspec.structs.fields(document):
        value = getattr(document, field.name)
        if isinstance(value, tuple) and value and not isinstance(value[0], str):
            listed = encoder.encode_lines(value).decode().rstrip("\n").replace("\n", ",\n    ")
            text = f"[\n    {listed}\n  ]"
        else:
            text = encoder.encode(value).decode()
        fields.append(f'  "{field.encode_name}": {text}')
    return ("{\n" + ",\n".join(fields) + "\n}\n").encode()


def find(path: str) -> Kept | None:
    """The evidence in a file; None where it is a folder or holds anything else.

    Raises EvidenceError where it is evidence and cannot be used.
    """
    try:
        if not os.path.isfile(path) or os.path.getsize(path) > MOST_BYTES:
            return None
        with open(path, "rb") as file:
            start = file.read(_START)
            return decode(start + file.read(), path) if _BEGINS.match(start) else None
    except OSError:
        return None


def decode(data: bytes, name: str) -> Kept:
    """The evidence that `encode` wrote. Raises EvidenceError, which calls the file `name`."""
    try:
        header = msgspec.json.decode(data, type=_Header)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise EvidenceError(f"{name} is no evidence of ourhalf: {error}") from None
    if header.schema_version.partition(".")[0] != SCHEMA_VERSION.partition(".")[0]:
        raise EvidenceError(
            f"{name} is evidence of version {header.schema_version}, and this program reads {SCHEMA_VERSION}; "
            f"use ourhalf {header.tool.version}, which wrote it"
        )
    try:
        found = _decoder().decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise EvidenceError(
            f"{name} cannot be read: {error}; it was changed, or ourhalf {header.tool.version} wrote what this "
            "version does not know"
        ) from None
    return Kept(Evidence(found.resources, found.unread, found.suppressions, found.files), found.targets, found.tool)
