"""SageMaker requests and descriptions in JSON and YAML."""

from __future__ import annotations

import json
import string
from functools import cache
from typing import Any

import botocore.session
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf.model.field import Absent, Known, Reference, Unresolved
from ourhalf.model.resource import Dialect, Resource
from ourhalf.readers.node import from_plain
from ourhalf.readers.sagemaker_requests import operation_of
from ourhalf.resources import by_name
from ourhalf.resources.sagemaker import SageMakerEndpoint, SageMakerEndpointConfig, SageMakerModel
from ourhalf.resources.sagemaker_jobs import SageMakerProcessingJob, SageMakerTrainingJob, SageMakerTransformJob
from ourhalf.resources.sagemaker_registry import SageMakerPipeline
from tests.support import read

TRAINING = {
    "TrainingJobName": "t",
    "AlgorithmSpecification": {"TrainingImage": "x:1"},
    "ResourceConfig": {"InstanceCount": 2},
    "RoleArn": "arn:aws:iam::111122223333:role/train",
}


def resources(document: Any, name: str = "request.json") -> tuple[Resource, ...]:
    return read({name: json.dumps(document, indent=1)}).resources


def _skeleton(shape: Any, depth: int = 0) -> Any:
    """What `aws ... --generate-cli-skeleton` writes for a shape."""
    if depth > 6:
        return ""
    match shape.type_name:
        case "structure":
            return {key: _skeleton(member, depth + 1) for key, member in shape.members.items()}
        case "list":
            return [_skeleton(shape.member, depth + 1)]
        case "map":
            return {"KeyName": ""}
        case "boolean":
            return True
        case "integer" | "long" | "float" | "double":
            return 0
    return ""


@cache
def _service() -> Any:
    return botocore.session.get_session().get_service_model("sagemaker")


OPERATIONS = sorted(name for name in by_name(Dialect.API) if name.startswith("sagemaker:"))
_ALIKE = {"sagemaker:CreateMlflowApp", "sagemaker:CreateModelPackageGroup"}


@pytest.mark.parametrize("operation", [name for name in OPERATIONS if name not in _ALIKE])
def test_a_skeleton_tells_its_operation(operation: str) -> None:
    short = operation.removeprefix("sagemaker:")
    request = _skeleton(_service().operation_model(short).input_shape)
    assert operation_of(from_plain(request)) == short
    made = resources(request)
    assert by_name(Dialect.API)[operation] in {type(resource) for resource in made}


def test_places_and_name() -> None:
    (job,) = resources(TRAINING)
    assert isinstance(job, SageMakerTrainingJob)
    assert job.name == "t"
    assert isinstance(job.image, Known)
    assert (job.image.value, job.image.place.line, job.image.place.path) == ("x:1", 4, "request.json")
    assert isinstance(job.vpc, Absent)


@pytest.mark.parametrize(
    "document",
    [
        [TRAINING, {"ModelName": "m", "PrimaryContainer": {"Image": "y"}}],
        {"CreateTrainingJob": TRAINING, "CreateModel": {"ModelName": "m"}, "other": 1},
        {"CreateTrainingJob": [TRAINING], "CreateModel": [{"ModelName": "m"}]},
    ],
)
def test_several_requests_in_one_document(document: Any) -> None:
    assert {type(resource) for resource in resources(document)} == {SageMakerTrainingJob, SageMakerModel}


def test_yaml_documents_are_read_one_by_one() -> None:
    text = "TrainingJobName: t\nAlgorithmSpecification: {}\n---\nModelName: m\nContainers: []\n"
    assert len(read({"requests.yaml": text}).resources) == 2


def test_a_description_is_read_like_a_request() -> None:
    described = {
        "EndpointName": "e",
        "EndpointArn": "arn",
        "EndpointConfigName": "c",
        "ProductionVariants": [{"VariantName": "v"}],
        "EndpointStatus": "InService",
        "CreationTime": 1,
    }
    (endpoint,) = resources(described)
    assert isinstance(endpoint, SageMakerEndpoint)
    config = {key: value for key, value in described.items() if key != "EndpointName"}
    assert isinstance(resources(config)[0], SageMakerEndpointConfig)


@pytest.mark.parametrize(
    "document",
    [
        {"ModelName": "m"},
        {"ModelName": "m", "Endpoint": "x", "temperature": 0.5},
        {"RoleArn": "r"},
        {"ClusterName": "c"},
        {"Version": "2012-10-17", "Statement": []},
        [1, "a", None],
        {},
    ],
)
def test_what_is_no_request_is_left_alone(document: Any) -> None:
    assert resources(document) == ()


def test_a_field_of_another_type_is_unresolved_and_the_rest_is_read() -> None:
    (job,) = resources({**TRAINING, "VpcConfig": "later", "EnableNetworkIsolation": [1, 2]})
    assert isinstance(job, SageMakerTrainingJob)
    assert isinstance(job.vpc, Unresolved)
    assert isinstance(job.network_isolation, Unresolved)
    assert isinstance(job.image, Known)


PIPELINE = {
    "Version": "2020-12-01",
    "Parameters": [
        {"Name": "Image", "Type": "String", "DefaultValue": "x:1"},
        {"Name": "HubToken", "Type": "String", "DefaultValue": "correct-horse"},
        {"Name": "Bucket", "Type": "String"},
    ],
    "Steps": [
        {
            "Name": "Prepare",
            "Type": "Processing",
            "Arguments": {
                "AppSpecification": {"ImageUri": {"Get": "Parameters.Image"}},
                "Environment": {"TOKEN": {"Get": "Parameters.HubToken"}},
                "RoleArn": {"Std:Join": {"On": "/", "Values": ["arn:aws:iam::111122223333:role", "prepare"]}},
            },
        },
        {
            "Name": "Decide",
            "Type": "Condition",
            "Arguments": {
                "Conditions": [],
                "IfSteps": [{"Name": "Serve", "Type": "Model", "Arguments": {"PrimaryContainer": {"Image": "y"}}}],
                "ElseSteps": [
                    {
                        "Name": "Predict",
                        "Type": "Transform",
                        "Arguments": {
                            "ModelName": {"Get": "Steps.Serve.ModelName"},
                            "TransformOutput": {
                                "S3OutputPath": {
                                    "Std:Join": {"On": "/", "Values": ["s3:/", {"Get": "Parameters.Bucket"}, "out"]}
                                }
                            },
                        },
                    }
                ],
            },
        },
        {"Name": "Tell", "Type": "Lambda", "Arguments": {}},
        "no step",
    ],
}


def test_steps_are_the_requests_that_they_make() -> None:
    found = {resource.name: resource for resource in resources(PIPELINE)}
    assert {name: type(resource) for name, resource in found.items()} == {
        "Prepare": SageMakerProcessingJob,
        "Serve": SageMakerModel,
        "Predict": SageMakerTransformJob,
    }


def test_a_parameter_is_not_known_though_its_default_is_told() -> None:
    job = next(r for r in resources(PIPELINE) if isinstance(r, SageMakerProcessingJob))
    assert isinstance(job.image, Unresolved)
    assert "pipeline parameter Image, by default x:1" in job.image.reason
    assert job.role == Known("arn:aws:iam::111122223333:role/prepare", job.role.place)
    assert isinstance(job.environment, Known)
    assert "correct-horse" not in repr(job)


def test_what_another_step_makes_is_a_reference_that_holds() -> None:
    found = resources(PIPELINE)
    transform = next(r for r in found if isinstance(r, SageMakerTransformJob))
    model = next(r for r in found if isinstance(r, SageMakerModel))
    assert isinstance(transform.model, Known)
    assert isinstance(transform.model.value, Reference)
    assert transform.model.value.target == model.origin.address
    assert transform.origin.scope == model.origin.scope
    assert isinstance(transform.output_uri, Unresolved)
    assert (transform.output_uri.prefix, transform.output_uri.suffix) == ("s3://", "/out")


def test_a_pipeline_request_gives_the_pipeline_and_its_steps() -> None:
    request = {"PipelineName": "p", "RoleArn": "r", "PipelineDefinition": json.dumps(PIPELINE)}
    pipeline, *steps = resources(request)
    assert isinstance(pipeline, SageMakerPipeline)
    assert pipeline.steps == Known(("Processing", "Condition", "Lambda"), pipeline.steps.place)
    assert len(steps) == 3


def test_a_template_gives_the_steps_of_its_pipelines() -> None:
    body = json.dumps(PIPELINE)
    template = {
        "Resources": {
            "P": {
                "Type": "AWS::SageMaker::Pipeline",
                "Properties": {"PipelineName": "p", "PipelineDefinition": {"PipelineDefinitionBody": body}},
            }
        }
    }
    kinds = {type(resource) for resource in resources(template, "template.json")}
    assert kinds == {SageMakerPipeline, SageMakerProcessingJob, SageMakerModel, SageMakerTransformJob}


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(string.printable, max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["Get", "Std:Join", "On", "Values", "Steps", "Name", "Type", "Arguments", "VpcConfig"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)
_top = st.dictionaries(
    st.sampled_from(
        ["TrainingJobName", "AlgorithmSpecification", "ModelName", "Containers", "Version", "Steps", "Parameters"]
    ),
    _json | st.lists(st.fixed_dictionaries({"Type": st.sampled_from(["Training", "Model"]), "Arguments": _json})),
    max_size=6,
)


@settings(max_examples=150, deadline=None)
@given(_top)
def test_any_json_is_read_without_failing(document: Any) -> None:
    evidence = read({"request.json": json.dumps(document)})
    assert not [u for u in evidence.unread if "reader failed" in u.reason]


def test_a_deep_definition_is_one_clear_line() -> None:
    deep = '{"Version": "1", "Steps": [{"Type": "Model", "Arguments": ' + '{"a": ' * 5000 + "1" + "}" * 5000 + "}]}"
    evidence = read({"request.json": deep})
    assert len(evidence.unread) == 1
    assert "deep" in evidence.unread[0].reason
