"""The field tables of ECS, Batch and EC2 resources against AWS's own lists of fields."""

from __future__ import annotations

from typing import Any

import pytest

from ourhalf.model.resource import Dialect, Resource
from ourhalf.resources import resource_types
from tests.resources.test_account_paths import _in_schema, _in_shape, _service, paths

FILES = ("batch", "ec2_compute", "ecs")
KINDS = [kind for kind in resource_types() if kind.__module__.rpartition(".")[2] in FILES]
# What is read from answers rather than requests, and parts that several services share, not all of
# which have every field.
OTHER = {"arn", "compatibilities", "tags"}
SHARED = ("container.", "containers.", "ecs.", "nodes.", "pod.", "block_devices.", "root_device.", "interfaces.")


def _fields(kind: type[Resource], dialect: Dialect) -> list[tuple[str, tuple[str, ...]]]:
    return [
        (field, alternatives)
        for field, alternatives in paths(kind, dialect)
        if field not in OTHER and not field.startswith(SHARED)
    ]


@pytest.mark.parametrize("kind", [k for k in KINDS if k.names.api], ids=lambda kind: kind.__name__)
def test_api_paths_exist(kind: type[Resource]) -> None:
    shapes: list[Any] = [
        _service(service).operation_model(operation).input_shape
        for service, operation in (name.split(":") for name in kind.names.api.split("|"))
    ]
    missing = [
        f"{field}: {alternatives}"
        for field, alternatives in _fields(kind, Dialect.API)
        if not any(_in_shape(shape, path) for shape in shapes for path in alternatives)
    ]
    assert not missing


@pytest.mark.parametrize("kind", [k for k in KINDS if k.names.cloudformation], ids=lambda kind: kind.__name__)
def test_cloudformation_paths_exist(kind: type[Resource]) -> None:
    missing = [
        f"{field}: {alternatives}"
        for field, alternatives in _fields(kind, Dialect.CLOUDFORMATION)
        if not any(_in_schema(name, path) for name in kind.names.cloudformation.split("|") for path in alternatives)
    ]
    assert not missing
