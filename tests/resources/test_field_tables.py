"""Every field table against the schemas of the languages: botocore's, CloudFormation's, Terraform's.

A failure names the type, the field and the path that the language does not have. Where the path is
right all the same, state it with the reason in `EXCEPTIONS`.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_type_hints

import botocore.session
import cfnlint
from botocore.exceptions import UnknownServiceError
from botocore.model import OperationNotFoundError

from ourhalf.model.resource import At, Dialect, Part, Resource
from ourhalf.readers.mapping import field_type, spelling
from ourhalf.resources import resource_types

KINDS = resource_types()
MAX_DEPTH = 12

_PROVIDER = "https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/"

# Types that the provider has by now, though not in the version that terraform_schema.json.gz states.
NEWER = {
    "aws_sagemaker_hyper_parameter_tuning_job": _PROVIDER + "sagemaker/hyper_parameter_tuning_job.go",
    "aws_sagemaker_inference_component": _PROVIDER + "sagemaker/inference_component.go",
    "aws_sagemaker_labeling_job": _PROVIDER + "sagemaker/labeling_job.go",
    "aws_sagemaker_mlflow_app": _PROVIDER + "sagemaker/mlflow_app.go",
    "aws_sagemaker_model_card": _PROVIDER + "sagemaker/model_card.go",
    "aws_sagemaker_model_quality_job_definition": _PROVIDER + "sagemaker/model_quality_job_definition.go",
    "aws_sagemaker_training_job": _PROVIDER + "sagemaker/training_job.go",
}

# The `monitoring_job_definition` block, which the provider has by now too.
_JOB = "monitoring_schedule_config.monitoring_job_definition."
_NEWER_BLOCK = _PROVIDER + "sagemaker/monitoring_schedule.go"

# What the schemas do not state and is right: `Type.field: path` and why.
EXCEPTIONS: dict[Dialect, dict[str, str]] = {
    Dialect.API: {},
    Dialect.CLOUDFORMATION: {},
    Dialect.TERRAFORM: {
        "AutoScalingGroup.tags: tags": "the provider had it until version 5",
        "BatchComputeEnvironment.environment_name: compute_environment_name": "the provider had it until version 6",
        "SageMakerMlflowServer.server_name: name": _PROVIDER + "sagemaker/mlflow_app.go",
        f"SageMakerMonitoringSchedule.environment: {_JOB}environment": _NEWER_BLOCK,
        f"SageMakerMonitoringSchedule.image: {_JOB}monitoring_app_specification.image_uri": _NEWER_BLOCK,
        f"SageMakerMonitoringSchedule.instance_count: {_JOB}monitoring_resources.cluster_config.instance_count": (
            _NEWER_BLOCK
        ),
        f"SageMakerMonitoringSchedule.instance_type: {_JOB}monitoring_resources.cluster_config.instance_type": (
            _NEWER_BLOCK
        ),
        f"SageMakerMonitoringSchedule.max_runtime: {_JOB}stopping_condition.max_runtime_in_seconds": _NEWER_BLOCK,
        f"SageMakerMonitoringSchedule.network_isolation: {_JOB}network_config.enable_network_isolation": _NEWER_BLOCK,
        f"SageMakerMonitoringSchedule.output_key: {_JOB}monitoring_output_config.kms_key_id": _NEWER_BLOCK,
        f"SageMakerMonitoringSchedule.role: {_JOB}role_arn": _NEWER_BLOCK,
        f"SageMakerMonitoringSchedule.traffic_encryption: "
        f"{_JOB}network_config.enable_inter_container_traffic_encryption": _NEWER_BLOCK,
        f"SageMakerMonitoringSchedule.volume_key: {_JOB}monitoring_resources.cluster_config.volume_kms_key_id": (
            _NEWER_BLOCK
        ),
        f"SageMakerMonitoringSchedule.vpc: {_JOB}network_config.vpc_config": _NEWER_BLOCK,
    },
}

Step = Callable[[Any, str], Any]


class Paths:
    """The paths that field tables write in one dialect, and which of them lead nowhere.

    Types share parts and fields, and not each has all of them: a path is wrong when it leads nowhere
    wherever the same `At` is used. `step` gives what a place of the schema has under a name.
    """

    def __init__(self, dialect: Dialect, step: Step) -> None:
        self._dialect = dialect
        self._step = step
        self._uses: dict[tuple[int, str], tuple[str, bool]] = {}

    def follow(self, kind: type[Resource | Part], roots: list[Any], depth: int = 0) -> None:
        """Follow each path of `kind` and of the parts in it from `roots`."""
        if not roots or depth > MAX_DEPTH:
            return
        for field, hint in get_type_hints(kind, include_extras=True).items():
            at = next((m for m in getattr(hint, "__metadata__", ()) if isinstance(m, At)), None)
            if at is None or not (written := spelling(at, self._dialect)):
                continue
            below: list[Any] = []
            for path in written.split("|"):
                found = [node for root in roots if (node := _dig(root, path, self._step)) is not None]
                below += found
                name, leads = self._uses.get((id(at), path), (f"{kind.__name__}.{field}: {path}", False))
                self._uses[id(at), path] = name, leads or bool(found)
            if not at.format:
                for part in _parts(field_type(hint)):
                    self.follow(part, [node for node in below if node != "text"], depth + 1)

    def wrong(self) -> list[str]:
        """The paths that lead nowhere, and the exceptions for which nothing needs one."""
        nowhere = {name for name, leads in self._uses.values() if not leads}
        return sorted(nowhere ^ EXCEPTIONS[self._dialect].keys())


def _dig(node: Any, path: str, step: Step) -> Any:
    for key in path.split("."):
        node = step(node, key)
        if node is None:
            return None
    return node


def _parts(kind: Any) -> Iterator[type[Part]]:
    if isinstance(kind, type) and issubclass(kind, Part):
        yield kind
    for member in get_args(kind):
        yield from _parts(member)


def in_shape(shape: Any, key: str) -> Any:
    """What a botocore shape has under `key`: a shape, `text` for a scalar, None for nothing."""
    if shape == "text":
        return None
    while shape.type_name in ("list", "map"):
        if shape.type_name == "map":
            return _leaf(shape.value)
        shape = shape.member
    return _leaf(shape.members[key]) if shape.type_name == "structure" and key in shape.members else None


def _leaf(shape: Any) -> Any:
    inner = shape
    while inner.type_name == "list":
        inner = inner.member
    return shape if inner.type_name in ("structure", "map") else "text"


@cache
def _service(name: str) -> Any:
    try:
        return botocore.session.get_session().get_service_model(name)
    except UnknownServiceError:
        return None


def _shapes(name: str) -> list[Any] | None:
    """What a request may hold, and what describes the thing that it made; None for no operation."""
    service, _, operation = name.partition(":")
    model = _service(service)
    if model is None:
        return None
    try:
        asked = model.operation_model(operation)
    except OperationNotFoundError:
        return None
    made = operation.removeprefix("Create").removeprefix("Register").removeprefix("Put").removeprefix("Run")
    described = [
        d for d in (f"{v}{made}{s}" for v in ("Describe", "Get") for s in ("", "s")) if d in model.operation_names
    ]
    outputs = [asked.output_shape, *(model.operation_model(d).output_shape for d in described)]
    return [
        s for s in (asked.input_shape, *(w for o in outputs if o is not None for w in _wrapped(o))) if s is not None
    ]


def _wrapped(shape: Any) -> Iterator[Any]:
    """An answer, and the things in it: many answers hold what is described under one name."""
    yield shape
    for member in shape.members.values():
        if _leaf(member) != "text":
            yield member


def test_api_paths_exist() -> None:
    unknown: list[str] = []
    paths = Paths(Dialect.API, in_shape)
    for kind in KINDS:
        shapes = {name: _shapes(name) for name in kind.names.api.split("|") if name}
        unknown += [name for name, found in shapes.items() if found is None]
        paths.follow(kind, [shape for found in shapes.values() for shape in found or ()])
    assert unknown == []
    assert paths.wrong() == []


@cache
def _cloudformation_index() -> tuple[Path, dict[str, str]]:
    folder = Path(cfnlint.__file__).parent / "data" / "schemas"
    index: dict[str, str] = {}
    for region in ("us-east-1", "us-west-2", "eu-west-1"):
        index |= json.loads((folder / "providers" / f"{region}.json").read_text())
    return folder / "resources", index


@cache
def _cloudformation_schema(name: str) -> dict[str, Any] | None:
    folder, index = _cloudformation_index()
    if name not in index:
        return None
    found: dict[str, Any] = json.loads((folder / f"{index[name].removesuffix('.json')}.json").read_text())
    return found


class _Schema:
    """A place in a CloudFormation schema, references followed and alternatives joined."""

    def __init__(self, root: dict[str, Any], node: dict[str, Any]) -> None:
        self.root = root
        self.forms = list(self._forms(node, 0))

    def _forms(self, node: dict[str, Any], depth: int) -> Iterator[dict[str, Any]]:
        if depth > MAX_DEPTH:
            return
        yield node
        inner = [node["items"]] if isinstance(node.get("items"), dict) else []
        if "$ref" in node:
            target: Any = self.root
            for key in node["$ref"].removeprefix("#/").split("/"):
                target = target[key]
            inner.append(target)
        for word in ("oneOf", "anyOf", "allOf"):
            inner += node.get(word, ())
        for child in inner:
            yield from self._forms(child, depth + 1)


def in_schema(place: Any, key: str) -> Any:
    """What a CloudFormation schema has under `key`; free form mappings hold every key."""
    if place == "text":
        return None
    for form in place.forms:
        if key in form.get("properties", ()):
            return _place(place.root, form["properties"][key])
    for form in place.forms:
        for free in (*form.get("patternProperties", {}).values(), form.get("additionalProperties")):
            if isinstance(free, dict):
                return _place(place.root, free)
    return "text" if any(_is_free(form) for form in place.forms) else None


def _is_free(form: dict[str, Any]) -> bool:
    return "object" in (form.get("type") or ()) and not form.get("properties")


def _place(root: dict[str, Any], node: dict[str, Any]) -> Any:
    found = _Schema(root, node)
    structured = any(f.get("properties") or f.get("patternProperties") for f in found.forms)
    return found if structured else "text"


def test_cloudformation_paths_exist() -> None:
    unknown: list[str] = []
    paths = Paths(Dialect.CLOUDFORMATION, in_schema)
    for kind in KINDS:
        schemas = {name: _cloudformation_schema(name) for name in kind.names.cloudformation.split("|") if name}
        unknown += [name for name, schema in schemas.items() if schema is None]
        roots = [_Schema(schema, schema) for schema in schemas.values() if schema is not None]
        paths.follow(kind, roots)
    assert unknown == []
    assert paths.wrong() == []


@cache
def _terraform_types() -> dict[str, dict[str, Any]]:
    data = Path(__file__).with_name("terraform_schema.json.gz").read_bytes()
    found: dict[str, dict[str, Any]] = json.loads(gzip.decompress(data))["types"]
    return found


def in_block(block: Any, key: str) -> Any:
    """What a block of Terraform has under `key`: a block, `text` for an attribute, None for nothing."""
    if block == "text" or key not in block:
        return None
    return block[key] or "text"


def test_terraform_paths_exist() -> None:
    unknown: list[str] = []
    paths = Paths(Dialect.TERRAFORM, in_block)
    types = _terraform_types()
    for kind in KINDS:
        names = [name for name in kind.names.terraform.split("|") if name.startswith("aws_") and name not in NEWER]
        unknown += [name for name in names if name not in types]
        roots = [types[name] for name in names if name in types]
        paths.follow(kind, roots)
    assert unknown == []
    assert paths.wrong() == []


def test_newer_types_are_newer() -> None:
    assert [name for name in NEWER if name in _terraform_types()] == []


def test_no_two_types_share_a_name() -> None:
    for dialect in (Dialect.API, Dialect.CLOUDFORMATION, Dialect.TERRAFORM, Dialect.KUBERNETES):
        named = [n for kind in KINDS for n in getattr(kind.names, dialect.value).split("|") if n]
        assert sorted(named) == sorted(set(named))


def test_the_test_finds_a_wrong_path() -> None:
    shape = _service("sagemaker").operation_model("CreateModel").input_shape
    assert in_shape(shape, "NoSuchField") is None
    assert in_shape(in_shape(shape, "PrimaryContainer"), "Image") == "text"
    schema = _cloudformation_schema("AWS::SageMaker::Model") or {}
    root = _Schema(schema, schema)
    assert in_schema(root, "NoSuchField") is None
    assert in_schema(in_schema(root, "Containers"), "Image") == "text"
    block = _terraform_types()["aws_sagemaker_model"]
    assert in_block(block, "no_such_field") is None
    assert in_block(in_block(block, "primary_container"), "image") == "text"
