"""Policy documents that stand in JSON and YAML files of their own: for identities, buckets, repositories, trust."""

from __future__ import annotations

from ourhalf.model.evidence import Evidence
from ourhalf.model.field import Known, Place
from ourhalf.model.resource import Dialect, Language, Origin
from ourhalf.readers.mapping import build_part
from ourhalf.readers.node import Node
from ourhalf.readers.reader import DocumentReader, Files
from ourhalf.resources.iam import IamPolicyDocument
from ourhalf.resources.policies import PolicyDocument


def _wants(document: Node) -> bool:
    """A policy: its statements, at least one of them with an effect, and nothing that no policy has."""
    keys = {key for key, _ in document.items()}
    found = document.get("Statement")
    if found is None or not keys <= {"Version", "Statement", "Id"}:
        return False
    statements = found.list() if isinstance(found.value, list) else (found,)
    return any(one.get("Effect") is not None for one in statements)


def _read(document: Node, files: Files) -> Evidence:
    name = document.path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    language = Language.JSON if document.path.endswith(".json") else Language.YAML
    origin = Origin(document.place, language, Dialect.API, document.path, f"PolicyDocument/{name}")
    place = Place(document.path, document.line, document.column, "Statement")
    part = build_part(PolicyDocument, document, Dialect.API)
    return Evidence((IamPolicyDocument(name=name, origin=origin, document=Known(part, place)),))


POLICIES = DocumentReader("iam-policy", _wants, _read, precedence=60)
