"""The tables of the SDK write to fields that the API has."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import botocore.session
import pytest

from ourhalf.readers.python.sdk_parts import PARTS
from ourhalf.readers.python.sdk_tables import CONFIGURE, DEPLOY, KINDS, REGISTER, SPREAD, Kind
from ourhalf.readers.python.shapes import api_name

SHAPES = {
    "NetworkConfig": "NetworkConfig",
    "DataCaptureConfig": "DataCaptureConfig",
    "DebuggerHookConfig": "DebugHookConfig",
    "TensorBoardOutputConfig": "TensorBoardOutputConfig",
    "ProfilerConfig": "ProfilerConfig",
    "AsyncInferenceConfig": "AsyncInferenceConfig",
    "ServerlessInferenceConfig": "ProductionVariantServerlessConfig",
    "TrainingInput": "Channel",
    "FileSystemInput": "Channel",
    "ProcessingInput": "ProcessingInput",
    "ProcessingOutput": "ProcessingOutput",
    "InstanceGroup": "InstanceGroup",
    "InputData": "Channel",
}


@cache
def service() -> Any:
    return botocore.session.get_session().get_service_model("sagemaker")


def reaches(shape: Any, path: str) -> bool:
    for key in path.split("."):
        members = getattr(shape, "members", {})
        if key not in members:
            return False
        shape = members[key]
    return True


def paths(kind: Kind) -> Iterator[str]:
    for path in kind.arguments.values():
        yield from SPREAD[path[1:]].values() if path.startswith("*") else (path,)
    yield from kind.defaults


@pytest.mark.parametrize("name", KINDS)
def test_a_class_writes_fields_of_its_request(name: str) -> None:
    kind = KINDS[name]
    shape = service().operation_model(kind.operation).input_shape
    assert [path for path in paths(kind) if not reaches(shape, path)] == []


@pytest.mark.parametrize("name", PARTS)
def test_a_part_writes_fields_of_its_shape(name: str) -> None:
    shape = service().shape_for(SHAPES[name])
    assert [path for path in paths(PARTS[name]) if not reaches(shape, path)] == []


@pytest.mark.parametrize("name", [*KINDS, *PARTS])
def test_arguments_by_position_are_not_listed_twice(name: str) -> None:
    positional = (KINDS.get(name) or PARTS[name]).positional
    assert len(positional) == len(set(positional))


def test_deploying_and_registering_write_fields_of_their_requests() -> None:
    config = service().operation_model("CreateEndpointConfig").input_shape
    variant = config.members["ProductionVariants"].member
    package = service().operation_model("CreateModelPackage").input_shape
    assert [path for path in CONFIGURE.values() if not reaches(config, path)] == []
    assert [path for path in DEPLOY.values() if not reaches(variant, path)] == []
    assert [path for path in REGISTER.values() if not reaches(package, path)] == []


@pytest.mark.parametrize(
    ("snake", "camel"),
    [
        ("role_arn", "RoleArn"),
        ("s3_output_path", "S3OutputPath"),
        ("volume_size_in_gb", "VolumeSizeInGB"),
        ("kms_key_id", "KmsKeyId"),
        ("hyper_parameters", "HyperParameters"),
    ],
)
def test_fields_in_snake_case_are_spelled_as_the_api_does(snake: str, camel: str) -> None:
    assert api_name(snake) == camel
