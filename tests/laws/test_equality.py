"""The same workload in each language that can express it is the same resource, with the same verdicts."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ourhalf.assess import assess
from ourhalf.model.evidence import Evidence
from ourhalf.model.field import Absent, Entries, Known, Unresolved
from ourhalf.model.resource import Part, Resource
from tests.support import TODAY, read

NAME = st.from_regex(r"[a-z][a-z0-9-]{0,12}[a-z0-9]", fullmatch=True)
IMAGE = st.sampled_from(
    [
        "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.4.0-gpu-py311",
        "111122223333.dkr.ecr.us-east-1.amazonaws.com/own:1",
        "vllm/vllm-openai",
    ]
)
TEXT = st.text(alphabet="abcXYZ019 _./:=-", min_size=1, max_size=12).map(str.strip).filter(bool)
ENVIRONMENT = st.dictionaries(st.from_regex(r"[A-Z][A-Z_]{0,8}", fullmatch=True), TEXT, max_size=3)
ROLE = "arn:aws:iam::111122223333:role/work"
MAYBE = st.sampled_from([None, True, False])


def value(field: Any) -> Any:
    """A field's effective value without places: absent with a default equals the default written."""
    match field:
        case Known(inner):
            return value(inner)
        case Absent(default):
            return value(default)
        case Unresolved():
            return "unresolved"
        case Entries(items):
            return {key: value(inner) for key, inner in items.items()}
        case Resource() | Part():
            names = (n for n in field.__struct_fields__ if n not in ("origin", "place", "name", "tags"))
            return {name: value(getattr(field, name)) for name in names}
        case tuple():
            return tuple(value(inner) for inner in field)
        case msgspec.Struct():
            return str(field)
    return field


def same(texts: dict[str, dict[str, str]], kind: str) -> None:
    """Each language's files give one resource of `kind`, equal to the others', and equal verdicts."""
    seen = {}
    for language, files in texts.items():
        evidence = read(files)
        assert not evidence.unread, (language, evidence.unread)
        found = [resource for resource in evidence.resources if resource.kind == kind]
        assert len(found) == 1, (language, [r.kind for r in evidence.resources])
        verdicts = {
            f.control: (f.status, f.severity)
            for f in assess(Evidence(tuple(found)), (), TODAY).findings
            if f.subject.type == kind
        }
        seen[language] = (value(found[0]), verdicts)
    first, *others = seen
    for other in others:
        assert seen[other][0] == seen[first][0], f"{other} differs from {first}"
        assert seen[other][1] == seen[first][1], f"verdicts of {other} differ from those of {first}"


def hcl(given: Any, indent: int = 2) -> str:
    """Terraform's spelling of plain values; a `Block` is a nested block."""
    pad = " " * indent
    lines = []
    for key, item in given.items():
        if isinstance(item, Block):
            lines += [f"{pad}{key} {{\n{hcl(item.fields, indent + 2)}{pad}}}\n"]
        elif isinstance(item, Verbatim):
            lines += [f"{pad}{key} = {item.text}\n"]
        elif item is not None:
            lines += [f"{pad}{key} = {json.dumps(item)}\n"]
    return "".join(lines)


class Block(msgspec.Struct):
    """A nested block."""

    fields: dict[str, Any]


class Verbatim(msgspec.Struct):
    """An expression as it is."""

    text: str


def stated(fields: dict[str, Any]) -> dict[str, Any]:
    """Only the fields that have a value."""
    return {key: item for key, item in fields.items() if item is not None}


class Quoting(yaml.SafeDumper):
    """Writes each text in quotes: readers of YAML differ in which plain ones are texts."""


Quoting.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"'))


def written(value: Any) -> str:
    return yaml.dump(value, Dumper=Quoting, sort_keys=False)


def template(type_: str, properties: dict[str, Any]) -> dict[str, str]:
    return {
        "t.yaml": written(
            {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"It": {"Type": type_, "Properties": properties}}}
        )
    }


SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@SLOW
@given(name=NAME, image=IMAGE, environment=ENVIRONMENT, isolation=MAYBE, vpc=st.booleans())
def test_sagemaker_models(
    name: str, image: str, environment: dict[str, str], isolation: bool | None, vpc: bool
) -> None:
    request = stated(
        {
            "ModelName": name,
            "ExecutionRoleArn": ROLE,
            "PrimaryContainer": stated({"Image": image, "Environment": environment or None}),
            "EnableNetworkIsolation": isolation,
            "VpcConfig": {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1", "sg-2"]} if vpc else None,
        }
    )
    terraform = {
        "name": name,
        "execution_role_arn": ROLE,
        "primary_container": Block({"image": image, "environment": environment or None}),
        "enable_network_isolation": isolation,
    }
    if vpc:
        terraform["vpc_config"] = Block({"subnets": ["subnet-1"], "security_group_ids": ["sg-1", "sg-2"]})
    arguments = ", ".join(f"{key}={item!r}" for key, item in request.items())
    same(
        {
            "request": {"model.json": json.dumps(request)},
            "cloudformation": template("AWS::SageMaker::Model", request),
            "terraform": {"main.tf": f'resource "aws_sagemaker_model" "it" {{\n{hcl(terraform)}}}\n'},
            "boto3": {"create.py": f"import boto3\nboto3.client('sagemaker').create_model({arguments})\n"},
            "kubernetes": {
                "model.yaml": written(
                    {
                        "apiVersion": "sagemaker.services.k8s.aws/v1alpha1",
                        "kind": "Model",
                        "metadata": {"name": name},
                        "spec": camel(request),
                    }
                )
            },
        },
        "SageMakerModel",
    )


def camel(value: Any) -> Any:
    """AWS controllers for Kubernetes spell a request's fields in lower camel case, keys of maps excepted."""
    if isinstance(value, dict):
        return {
            key[0].lower() + key[1:]: inner if key == "Environment" else camel(inner) for key, inner in value.items()
        }
    return [camel(inner) for inner in value] if isinstance(value, list) else value


@SLOW
@given(name=NAME, key=st.sampled_from([None, "alias/mine"]), count=st.integers(1, 4))
def test_sagemaker_endpoint_configurations(name: str, key: str | None, count: int) -> None:
    variant = {"VariantName": "a", "ModelName": "m", "InitialInstanceCount": count, "InstanceType": "ml.g5.xlarge"}
    request = stated({"EndpointConfigName": name, "KmsKeyId": key, "ProductionVariants": [variant]})
    terraform = {
        "name": name,
        "kms_key_arn": key,
        "production_variants": Block(
            {"variant_name": "a", "model_name": "m", "initial_instance_count": count, "instance_type": "ml.g5.xlarge"}
        ),
    }
    same(
        {
            "request": {"config.json": json.dumps(request)},
            "cloudformation": template("AWS::SageMaker::EndpointConfig", request),
            "terraform": {"main.tf": f'resource "aws_sagemaker_endpoint_configuration" "it" {{\n{hcl(terraform)}}}\n'},
        },
        "SageMakerEndpointConfig",
    )


@SLOW
@given(
    name=NAME,
    image=IMAGE,
    environment=ENVIRONMENT,
    privileged=MAYBE,
    read_only=MAYBE,
    mode=st.sampled_from([None, "host", "awsvpc", "bridge"]),
)
def test_ecs_task_definitions(
    name: str,
    image: str,
    environment: dict[str, str],
    privileged: bool | None,
    read_only: bool | None,
    mode: str | None,
) -> None:
    container = stated(
        {
            "name": "main",
            "image": image,
            "privileged": privileged,
            "readonlyRootFilesystem": read_only,
            "command": ["python", "serve.py"],
            "environment": [{"name": key, "value": item} for key, item in environment.items()] or None,
            "portMappings": [{"containerPort": 8080}],
        }
    )
    request = stated({"family": name, "networkMode": mode, "taskRoleArn": ROLE, "containerDefinitions": [container]})
    terraform = {
        "family": name,
        "network_mode": mode,
        "task_role_arn": ROLE,
        "container_definitions": Verbatim(f"jsonencode({json.dumps([container])})"),
    }
    same(
        {
            "request": {"task.json": json.dumps(request)},
            "cloudformation": template("AWS::ECS::TaskDefinition", capital(request)),
            "terraform": {"main.tf": f'resource "aws_ecs_task_definition" "it" {{\n{hcl(terraform)}}}\n'},
        },
        "EcsTaskDefinition",
    )


def capital(value: Any) -> Any:
    """CloudFormation capitalises the names that the ECS API writes in camel case."""
    if isinstance(value, dict):
        return {key[0].upper() + key[1:]: capital(inner) for key, inner in value.items()}
    return [capital(inner) for inner in value] if isinstance(value, list) else value


@SLOW
@given(
    name=NAME,
    image=IMAGE,
    environment=ENVIRONMENT,
    privileged=MAYBE,
    host_network=MAYBE,
    account=st.sampled_from([None, "worker"]),
)
def test_pods(
    name: str,
    image: str,
    environment: dict[str, str],
    privileged: bool | None,
    host_network: bool | None,
    account: str | None,
) -> None:
    container = stated(
        {
            "name": "main",
            "image": image,
            "env": [{"name": key, "value": item} for key, item in environment.items()] or None,
            "securityContext": None if privileged is None else {"privileged": privileged},
        }
    )
    spec = stated({"hostNetwork": host_network, "serviceAccountName": account, "containers": [container]})
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}
    env = "".join(f"env {{\n{hcl({'name': key, 'value': item})}}}\n" for key, item in environment.items())
    security = "" if privileged is None else f"security_context {{\n{hcl({'privileged': privileged})}}}\n"
    block = (
        f'resource "kubernetes_pod" "it" {{\nmetadata {{\n{hcl({"name": name})}}}\nspec {{\n'
        f"{hcl({'host_network': host_network, 'service_account_name': account})}"
        f"container {{\n{hcl({'name': 'main', 'image': image})}{env}{security}}}\n}}\n}}\n"
    )
    manifest = f'resource "kubernetes_manifest" "it" {{\n  manifest = jsondecode({json.dumps(json.dumps(pod))})\n}}\n'
    same(
        {
            "yaml": {"pod.yaml": written(pod)},
            "json": {"pod.json": json.dumps(pod)},
            "terraform": {"main.tf": block},
            "terraform manifest": {"main.tf": manifest},
        },
        "PodTemplate",
    )


@pytest.mark.parametrize("isolated", [True, False])
def test_the_sdk_says_what_the_api_says(isolated: bool) -> None:
    image = "111122223333.dkr.ecr.us-east-1.amazonaws.com/own:1"
    request = {
        "TrainingJobName": "j",
        "RoleArn": ROLE,
        "AlgorithmSpecification": {"TrainingImage": image, "TrainingInputMode": "File"},
        "ResourceConfig": {"InstanceCount": 2, "InstanceType": "ml.p4d.24xlarge", "VolumeSizeInGB": 30},
        "EnableNetworkIsolation": isolated,
        "EnableInterContainerTrafficEncryption": True,
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        "OutputDataConfig": {"S3OutputPath": "s3://b/out"},
    }
    source = f"""
from sagemaker.estimator import Estimator
Estimator(image_uri={image!r}, role={ROLE!r}, instance_count=2, instance_type="ml.p4d.24xlarge",
          enable_network_isolation={isolated}, encrypt_inter_container_traffic=True, max_run=3600,
          output_path="s3://b/out")
"""
    verdicts = []
    for files in ({"job.json": json.dumps(request)}, {"job.py": source}):
        evidence = read(files)
        found = [r for r in evidence.resources if r.kind == "SageMakerTrainingJob"]
        assert len(found) == 1, files
        verdicts.append(
            {
                f.control: f.status
                for f in assess(Evidence(tuple(found)), (), TODAY).findings
                if f.control.startswith("sagemaker-")
            }
        )
    assert verdicts[0]
    assert verdicts[0] == verdicts[1]
