"""SageMaker pipeline definitions: the requests that their steps make."""

from __future__ import annotations

from collections.abc import Iterator

from ourhalf.model.field import Reference, Unresolved
from ourhalf.model.resource import Dialect, Language, Origin, Resource
from ourhalf.readers import embedded
from ourhalf.readers.holders import Holder
from ourhalf.readers.mapping import build
from ourhalf.readers.node import Node
from ourhalf.readers.secrets import redact
from ourhalf.readers.text import joined
from ourhalf.resources import by_name

# What the arguments of a step of each type are a request for.
_OPERATIONS = {
    "Training": "CreateTrainingJob",
    "Processing": "CreateProcessingJob",
    "Transform": "CreateTransformJob",
    "Tuning": "CreateHyperParameterTuningJob",
    "AutoML": "CreateAutoMLJob",
    "Model": "CreateModel",
    "RegisterModel": "CreateModelPackage",
    "QualityCheck": "CreateProcessingJob",
    "ClarifyCheck": "CreateProcessingJob",
    "EndpointConfig": "CreateEndpointConfig",
    "Endpoint": "CreateEndpoint",
}
_FUNCTION = "Std:"


def is_definition(node: Node) -> bool:
    """Whether the tree is a pipeline definition: a version, and a list of steps that have a type."""
    steps = node.get("Steps")
    return (
        node.get("Version") is not None
        and steps is not None
        and isinstance(steps.value, list)
        and any(step.get("Type") is not None for step in steps.value)
    )


def resources_of_pipeline(definition: Node, language: Language, scope: str) -> tuple[Resource, ...]:
    """What the steps of a pipeline definition make; `definition` is its tree or its JSON text.

    A value that a parameter gives is unresolved even where the parameter has a default, since each
    run may set another; one that another step gives is a reference to what that step makes.
    """
    if isinstance(definition.value, str | Unresolved):
        definition = embedded.parse("json", definition)
    prefix = f"pipeline at line {definition.line}"
    parameters = {
        name: parameter
        for parameter in _children(definition, "Parameters")
        if (name := _text(parameter, "Name")) is not None
    }
    found = []
    for step in _steps(definition, "Steps"):
        operation = _OPERATIONS.get(_text(step, "Type") or "")
        arguments = step.get("Arguments")
        kind = by_name(Dialect.API).get(f"sagemaker:{operation}")
        if kind is None or arguments is None:
            continue
        name = _text(step, "Name") or f"step at line {step.line}"
        origin = Origin(step.place, language, Dialect.API, scope, f"{prefix}/{name}")
        found.append(build(kind, name, _resolved(arguments, parameters, prefix), origin))
    return tuple(found)


def _text(node: Node, key: str) -> str | None:
    child = node.get(key)
    return child.text() if child is not None else None


def _children(node: Node, key: str) -> Iterator[Node]:
    child = node.get(key)
    if child is not None:
        yield from child.list()


def _steps(node: Node, key: str) -> Iterator[Node]:
    """The steps in the list under `key`, those of both branches of a condition included."""
    for step in _children(node, key):
        yield step
        arguments = step.get("Arguments")
        if arguments is not None:
            yield from _steps(arguments, "IfSteps")
            yield from _steps(arguments, "ElseSteps")


def _resolved(node: Node, parameters: dict[str, Node], prefix: str) -> Node:
    """`node` with what the pipeline fills in at run time replaced by what is known of it."""
    value = node.value
    if isinstance(value, dict):
        if len(value) == 1:
            key, only = next(iter(value.items()))
            if key == "Get" and (path := only.text()) is not None:
                return _variable(node, path, parameters, prefix)
            if key == "Std:Join":
                return _joined(node, only, parameters, prefix)
            if key.startswith(_FUNCTION):
                return node.unresolved(f"{key} is computed when the pipeline runs")
        return _copy(node, {k: _resolved(child, parameters, prefix) for k, child in value.items()})
    if isinstance(value, list):
        return _copy(node, [_resolved(child, parameters, prefix) for child in value])
    return node


def _copy(node: Node, value: object) -> Node:
    return Node(value, node.path, node.line, node.column, node.tag, node.rest)


def _variable(node: Node, path: str, parameters: dict[str, Node], prefix: str) -> Node:
    head, _, rest = path.partition(".")
    name = rest.partition("[")[0].partition(".")[0]
    if head == "Steps":
        return node.with_value(Reference(f"{prefix}/{name}", rest.removeprefix(name).lstrip(".")))
    if head != "Parameters":
        return node.unresolved(f"{path} is known only when the pipeline runs")
    default = parameters[rest].get("DefaultValue") if rest in parameters else None
    if default is None or isinstance(default.value, dict | list):
        return node.unresolved(f"pipeline parameter {rest} has no plain default")
    if isinstance(default.value, Unresolved):
        return node.unresolved(f"pipeline parameter {rest}, whose default is not known: {default.value.reason}")
    return node.unresolved(f"pipeline parameter {rest}, by default {redact(rest, str(default.value))}")


def _joined(node: Node, arguments: Node, parameters: dict[str, Node], prefix: str) -> Node:
    """A text joined from pieces: known where all of them are, else with the parts that are."""
    between = arguments.get("On")
    pieces: list[Node] = []
    for piece in _children(arguments, "Values"):
        if pieces and between is not None:
            pieces.append(between)
        pieces.append(_resolved(piece, parameters, prefix))
    return joined(pieces, node)


def _held(node: Node, dialect: Dialect, language: Language, scope: str) -> tuple[Resource, ...]:
    key = "pipeline_definition" if dialect is Dialect.TERRAFORM else "PipelineDefinition"
    definition = node.get(key)
    if definition is None:
        return ()
    body = definition.get("PipelineDefinitionBody") if isinstance(definition.value, dict) else None
    return resources_of_pipeline(body or definition, language, scope)


PIPELINES = Holder(("AWS::SageMaker::Pipeline", "aws_sagemaker_pipeline", "sagemaker:CreatePipeline"), _held)
