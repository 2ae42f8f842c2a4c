"""Functions that encode and decode: JSON, YAML, base64, CSV and URLs."""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus, unquote_plus

from ourhalf.model.field import Unresolved
from ourhalf.readers import embedded
from ourhalf.readers.node import Node
from ourhalf.readers.terraform.syntax import Call
from ourhalf.readers.terraform.values import (
    JSON,
    MAX_TEXT,
    SCRIPT,
    YAML,
    Fault,
    NotKnown,
    known,
    pieces,
    placed,
    text,
    why,
)
from ourhalf.readers.terraform.yaml_texts import parse_partial
from ourhalf.readers.yaml import ParseError, documents

if TYPE_CHECKING:
    from ourhalf.readers.terraform.evaluate import Scope

BASE64 = "!base64"
"""The tag of a text that the file encodes but that is not known in full: it is kept as it was before."""


def _encode(tag: str) -> Callable[[list[Node], Call, Scope], Node]:
    """A tree as a JSON or YAML text: it stays a tree, and its tag says what it is in the file."""

    def apply(arguments: list[Node], at: Call, scope: Scope) -> Node:
        value = arguments[0]
        unknown = why(value)
        if unknown is not None:
            raise NotKnown(unknown)
        tree = Node(value.value, at.path, at.line, at.column, tag, value.rest)
        if isinstance(value.value, dict | list) and value.tag is None:
            return tree
        scalar = known(value) if value.tag is not None else value.value
        return placed(json.dumps(scalar, ensure_ascii=False), at)

    return apply


def _decode(tag: str, as_json: bool) -> Callable[[list[Node], Call, Scope], Node]:
    def apply(arguments: list[Node], at: Call, scope: Scope) -> Node:
        value = arguments[0]
        if value.tag in {JSON, tag} and isinstance(value.value, dict | list):
            return Node(value.value, value.path, value.line, value.column, None, value.rest)
        if isinstance(value.value, Unresolved) and value.value.parts:
            tree = _partial(value, as_json)
            if isinstance(tree.value, dict | list):
                return Node(tree.value, at.path, at.line, at.column, None, tree.rest)
        source = known(value)
        if not isinstance(source, str):
            raise Fault(f"{at.name}: no text")
        own = value.tag == SCRIPT
        path, line = (value.path, value.line) if own else (at.path, at.line)
        try:
            found = next(documents(source.encode(), path, json=as_json, first_line=line), None)
        except ParseError as error:
            raise Fault(f"{at.name}: {error.reason}") from None
        return Node(None if found is None else found.value, at.path, at.line, at.column)

    return apply


def _partial(value: Node, as_json: bool) -> Node:
    """The tree of a text that is known in part; the text itself where that cannot be told."""
    if as_json:
        return embedded.parse("json", value)
    try:
        return next(parse_partial(value), value)
    except ParseError:
        return value


def _base64encode(arguments: list[Node], at: Call, scope: Scope) -> Node:
    value = arguments[0]
    if value.tag == SCRIPT:
        return value
    if isinstance(value.value, Unresolved):
        return Node(value.value, at.path, at.line, at.column, BASE64)
    plain = text(pieces(value), at)
    if isinstance(plain.value, Unresolved):
        return Node(plain.value, at.path, at.line, at.column, BASE64)
    return placed(base64.b64encode(plain.value.encode()).decode(), at)


def _base64gzip(arguments: list[Node], at: Call, scope: Scope) -> Node:
    plain = _base64encode(arguments, at, scope)
    if not isinstance(plain.value, str):
        return plain
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = packer.compress(base64.b64decode(plain.value)) + packer.flush()
    return placed(base64.b64encode(packed).decode(), at)


def _base64decode(arguments: list[Node], at: Call, scope: Scope) -> Node:
    if arguments[0].tag in {BASE64, SCRIPT}:
        return Node(arguments[0].value, at.path, at.line, at.column)
    return placed(_decoded(known(arguments[0])), at)


def _decoded(value: Any) -> str:
    try:
        return base64.b64decode(str(value), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise Fault("base64decode: not base64 of UTF-8 text") from None


def _csvdecode(value: str) -> list[dict[str, str]]:
    if len(value) > MAX_TEXT:
        raise NotKnown(Unresolved("a text too large to evaluate"))
    return [{str(k): v or "" for k, v in row.items()} for row in csv.DictReader(io.StringIO(value))]


def _textencode(value: str, encoding: str) -> str:
    return base64.b64encode(value.encode(encoding)).decode()


def manifests_of(value: Node) -> list[Node]:
    """The documents of a YAML text, be it known in full or in part. Raises Fault where it is none."""
    held = value.value
    if isinstance(held, dict | list) and value.tag in {JSON, YAML}:
        return [Node(held, value.path, value.line, value.column, None, value.rest)]
    try:
        if isinstance(held, Unresolved) and held.parts:
            return list(parse_partial(value))
        return list(documents(str(known(value)).encode(), value.path, first_line=value.line))
    except ParseError as error:
        raise Fault(error.reason) from None


def _manifests(arguments: list[Node], at: Call, scope: Scope) -> Node:
    return Node(manifests_of(arguments[0]), at.path, at.line, at.column)


def _manifest(arguments: list[Node], at: Call, scope: Scope) -> Node:
    found = manifests_of(arguments[0])
    if len(found) != 1:
        raise Fault("manifest_decode: not one object")
    return found[0]


PLAIN: dict[str, Callable[..., object]] = {
    "csvdecode": _csvdecode,
    "textencodebase64": _textencode,
    "urldecode": lambda value: unquote_plus(str(value)),
    "urlencode": lambda value: quote_plus(str(value)),
}

NODES = {
    "base64decode": _base64decode,
    "provider::kubernetes::manifest_decode": _manifest,
    "provider::kubernetes::manifest_decode_multi": _manifests,
    "base64encode": _base64encode,
    "base64gzip": _base64gzip,
    "jsondecode": _decode(JSON, as_json=True),
    "jsonencode": _encode(JSON),
    "yamldecode": _decode(YAML, as_json=False),
    "yamlencode": _encode(YAML),
}
