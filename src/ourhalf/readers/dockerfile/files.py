"""Dockerfiles as resources."""

from __future__ import annotations

import re

from ourhalf.model.evidence import Evidence, Unread
from ourhalf.model.field import Unresolved
from ourhalf.model.resource import Dialect, Language, Origin
from ourhalf.readers.dockerfile.image import image_fields, targets
from ourhalf.readers.dockerfile.instructions import parse
from ourhalf.readers.dockerfile.stages import build
from ourhalf.readers.mapping import build as build_resource
from ourhalf.readers.reader import Files, Reader, Unit, UnreadableError
from ourhalf.readers.suppressions import find
from ourhalf.resources.dockerfile import Dockerfile

_NAME = "dockerfile"
_FILE = re.compile(
    r"(?:^|/)(?:(?:dockerfile|containerfile)(?:[._-][^/]*)?|[^/]+\.(?:dockerfile|containerfile))$", re.IGNORECASE
)
_OTHER = re.compile(r"\.(?:dockerignore|md|rst|txt|py|sh|ya?ml|json|html?|go|js|ts|bak|orig)$", re.IGNORECASE)


def _wants(path: str) -> bool:
    return _FILE.search(path) is not None and _OTHER.search(path) is None


def _read(unit: Unit, files: Files) -> Evidence:
    data = files.read(unit.path)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError("not UTF-8 text", data.count(b"\n", 0, error.start) + 1) from None
    file = parse(text)
    made = build(file.instructions, file.escape)
    if not made.stages:
        raise UnreadableError("no FROM: not a Dockerfile")
    unread = tuple(Unread(unit.path, line, _NAME, reason) for line, reason in (*file.unread, *made.unread))
    found = []
    for target in targets(made):
        fields = image_fields(made, target, unit.path)
        if unread:
            fields.rest = Unresolved(f"line {unread[0].line} could not be read", fields.place)
        name = unit.path if target is made.stages[-1] else f"{unit.path}:{target.name}"
        origin = Origin(fields.place, Language.DOCKERFILE, Dialect.API, unit.path, name)
        found.append(build_resource(Dockerfile, name, fields, origin))
    suppressed, refused = find(data, unit.path)
    return Evidence(tuple(found), unread + refused, suppressed, files=1)


READER = Reader(_NAME, _wants, _read)
