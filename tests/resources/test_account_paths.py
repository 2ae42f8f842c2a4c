"""The field tables of the resources around workloads against AWS's own lists of fields."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_type_hints

import botocore.session
import cfnlint
import pytest

from ourhalf.model.resource import At, Dialect, Part, Resource
from ourhalf.readers.mapping import field_type, spelling
from ourhalf.resources import resource_types
from ourhalf.resources.policies import PolicyDocument

# The files of resources/ that are looked at here.
FILES = (
    *("backup", "cloudtrail", "codebuild", "detection", "ebs", "ecr", "efs", "eks", "elb", "fsx", "iam", "kms"),
    *("logs", "s3", "s3_settings", "secretsmanager", "security_groups", "vpc"),
)
KINDS = [kind for kind in resource_types() if kind.__module__.rpartition(".")[2] in FILES]


def paths(kind: type[Resource | Part], dialect: Dialect) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every field of `kind` with the alternatives at which `dialect` writes it, parts within parts included."""
    for field, hint in get_type_hints(kind, include_extras=True).items():
        at = next((m for m in getattr(hint, "__metadata__", ()) if isinstance(m, At)), None)
        if at is None or not (written := spelling(at, dialect)):
            continue
        alternatives = tuple(written.split("|"))
        yield field, alternatives
        for part in _parts(field_type(hint)):
            for inner, below in paths(part, dialect):
                yield f"{field}.{inner}", tuple(f"{a}.{b}" for a in alternatives for b in below)


def _parts(kind: Any) -> Iterator[type[Part]]:
    if isinstance(kind, type) and issubclass(kind, Part) and kind is not PolicyDocument:
        yield kind
    for member in get_args(kind):
        yield from _parts(member)


@cache
def _service(name: str) -> Any:
    return botocore.session.get_session().get_service_model(name)


def _in_shape(shape: Any, path: str) -> bool:
    for key in path.split("."):
        while shape.type_name == "list":
            shape = shape.member
        if shape.type_name != "structure" or key not in shape.members:
            return False
        shape = shape.members[key]
    return True


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.names.api], ids=lambda kind: kind.__name__)
def test_api_paths_exist(kind: type[Resource]) -> None:
    requests = [
        _service(service).operation_model(operation).input_shape
        for service, operation in (name.split(":") for name in kind.names.api.split("|"))
    ]
    missing = [
        f"{field}: {path}"
        for field, alternatives in paths(kind, Dialect.API)
        for path in alternatives
        if not any(shape is not None and _in_shape(shape, path) for shape in requests)
    ]
    assert not missing


@cache
def _schema(name: str) -> dict[str, Any]:
    folder = Path(cfnlint.__file__).parent / "data" / "schemas"
    index = json.loads((folder / "providers" / "us-east-1.json").read_text())
    found: dict[str, Any] = json.loads((folder / "resources" / f"{index[name].removesuffix('.json')}.json").read_text())
    return found


def _in_schema(name: str, path: str) -> bool:
    schema = _schema(name)
    node = schema
    for key in path.split("."):
        while "$ref" in node or "items" in node:
            node = schema["definitions"][node["$ref"].split("/")[-1]] if "$ref" in node else node["items"]
        if "properties" not in node:
            return "object" in node.get("type", ())
        if key not in node["properties"]:
            return False
        node = node["properties"][key]
    return True


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.names.cloudformation], ids=lambda kind: kind.__name__)
def test_cloudformation_paths_exist(kind: type[Resource]) -> None:
    missing = [
        f"{field}: {'|'.join(alternatives)}"
        for field, alternatives in paths(kind, Dialect.CLOUDFORMATION)
        if not any(_in_schema(name, path) for name in kind.names.cloudformation.split("|") for path in alternatives)
    ]
    assert not missing


def test_no_two_types_share_a_name() -> None:
    for dialect in (Dialect.API, Dialect.CLOUDFORMATION, Dialect.TERRAFORM):
        named = [n for kind in resource_types() for n in getattr(kind.names, dialect.value).split("|") if n]
        assert sorted(named) == sorted(set(named))
