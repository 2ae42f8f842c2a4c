"""Requests and answers of the ECS, Batch and EC2 APIs, in JSON and YAML files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ourhalf.model.evidence import Evidence, Unread
from ourhalf.model.field import Unresolved
from ourhalf.model.resource import Dialect, Language, Origin, Resource
from ourhalf.readers.mapping import build
from ourhalf.readers.node import Node
from ourhalf.readers.reader import DocumentReader, Files
from ourhalf.readers.requests import request_resource
from ourhalf.resources.ecs import EcsTaskDefinition

_NAME = "ecs-requests"

_TASK = "ecs:RegisterTaskDefinition"
_SERVICE = "ecs:CreateService"
_RUN = "ecs:RunTask"
_CLUSTER = "ecs:CreateCluster"
_PROVIDER = "ecs:CreateCapacityProvider"
_JOB = "batch:RegisterJobDefinition"
_ENVIRONMENT = "batch:CreateComputeEnvironment"
_INSTANCE = "ec2:RunInstances"
_TEMPLATE = "ec2:CreateLaunchTemplate"

# Where the answer of a describe call, or a file that wraps a request, holds what it is about.
_WRAPPED = {
    "taskDefinition": _TASK,
    "taskDefinitions": _TASK,
    "service": _SERVICE,
    "services": _SERVICE,
    "cluster": _CLUSTER,
    "clusters": _CLUSTER,
    "capacityProvider": _PROVIDER,
    "capacityProviders": _PROVIDER,
    "jobDefinitions": _JOB,
    "computeEnvironments": _ENVIRONMENT,
}

# What the top of a request holds: keys that must be there, and keys of which one must be.
_SHAPES: tuple[tuple[str, frozenset[str], frozenset[str]], ...] = (
    (_TASK, frozenset({"containerDefinitions"}), frozenset()),
    (_SERVICE, frozenset({"taskDefinition", "serviceName"}), frozenset()),
    (_RUN, frozenset({"taskDefinition"}), frozenset({"launchType", "networkConfiguration", "cluster"})),
    (
        _JOB,
        frozenset({"jobDefinitionName"}),
        frozenset({"containerProperties", "nodeProperties", "eksProperties", "ecsProperties"}),
    ),
    (_CLUSTER, frozenset({"clusterName", "capacityProviders"}), frozenset()),
    (_PROVIDER, frozenset({"name"}), frozenset({"autoScalingGroupProvider", "managedInstancesProvider"})),
    (_ENVIRONMENT, frozenset({"computeEnvironmentName", "computeResources"}), frozenset()),
    (_TEMPLATE, frozenset({"LaunchTemplateData"}), frozenset()),
    (_INSTANCE, frozenset({"ImageId", "InstanceType"}), frozenset()),
)
_CONTAINER_HINTS = ("memory", "cpu", "essential", "memoryReservation", "portMappings")
_COPILOT = re.compile(
    r"(Load Balanced Web Service|Request-Driven Web Service|Backend Service|Worker Service|Static Site|Scheduled Job)$"
)

_PLACEHOLDER = re.compile(r"<[A-Za-z_][\w .:/-]{0,80}>|\$\{[^{}]{1,120}\}|\{\{[^{}]{1,120}\}\}|%[A-Z][A-Z0-9_]{2,60}%")
# Texts in which `<x>` and `${x}` mean something to what runs, so that they stay as they are.
_VERBATIM = frozenset({"command", "entryPoint", "healthCheck", "options", "UserData", "userData", "dockerLabels"})
_MAX_DEPTH = 60


def operation(document: Node) -> str:
    """The API operation whose request the document has the shape of; empty where it has none."""
    value = document.value
    if not isinstance(value, dict) or _is_answer(document):
        return ""
    for name, required, one_of in _SHAPES:
        if value.keys() >= required and (not one_of or value.keys() & one_of):
            return name
    return _CLUSTER if "clusterName" in value and _is_ecs_cluster(document) else ""


def _is_answer(document: Node) -> bool:
    """Whether the document wraps a task definition, as the answer of a call does."""
    wrapped = document.get("taskDefinition")
    return wrapped is not None and isinstance(wrapped.value, dict)


def _is_ecs_cluster(document: Node) -> bool:
    settings = document.get("settings")
    if settings is not None and any(s.get("name") is not None for s in settings.list()):
        return True
    return any(
        document.dig(f"configuration.{key}") is not None
        for key in ("executeCommandConfiguration", "managedStorageConfiguration")
    )


def _is_containers(document: Node) -> bool:
    """Whether this is a bare list of container definitions, as tools pass it on."""
    return isinstance(document.value, list) and any(
        isinstance(c.value, dict)
        and "name" in c.value
        and "image" in c.value
        and any(hint in c.value for hint in _CONTAINER_HINTS)
        for c in document.value[:50]
    )


def _inner(document: Node) -> Iterator[tuple[str, Node]]:
    """The requests in a document, each with its operation."""
    found = operation(document)
    if found:
        yield found, document
        return
    for key, child in document.items():
        wrapped = _WRAPPED.get(key)
        if wrapped is None:
            continue
        for node in child.value if isinstance(child.value, list) else [child]:
            if operation(node) == wrapped or (wrapped is _CLUSTER and _described_cluster(node)):
                yield wrapped, node


def _described_cluster(node: Node) -> bool:
    arn = node.get("clusterArn")
    return arn is not None and isinstance(arn.value, str) and ":ecs:" in arn.value


def _unread_reason(document: Node) -> str:
    if document.get("task_definition") is not None and document.get("version") is not None:
        return "parameters of the ECS CLI, which mean something only beside its Compose file"
    kind = document.get("type")
    if kind is not None and document.get("name") is not None and _COPILOT.match(kind.text() or ""):
        return "a Copilot manifest: the template that `copilot svc package` writes can be read"
    return ""


def _wants(document: Node) -> bool:
    if isinstance(document.value, list):
        return _is_containers(document)
    if not isinstance(document.value, dict) or "apiVersion" in document.value or "Resources" in document.value:
        return False
    return next(_inner(document), None) is not None or bool(_unread_reason(document))


def _read(document: Node, files: Files) -> Evidence:
    language = Language.JSON if document.path.endswith(".json") else Language.YAML
    if isinstance(document.value, list):
        return Evidence((_bare(document, language),))
    found = [
        resource
        for name, node in _inner(document)
        if (resource := request_resource(name, without_placeholders(node), language)) is not None
    ]
    if found:
        return Evidence(tuple(found))
    return Evidence(unread=(Unread(document.path, document.line, _NAME, _unread_reason(document)),))


def _bare(document: Node, language: Language) -> Resource:
    name = document.path.rsplit("/", 1)[-1].split(".", 1)[0]
    request = document.with_value({"containerDefinitions": without_placeholders(document)})
    origin = Origin(document.place, language, Dialect.API, document.path, f"{_TASK}/{name}")
    return build(EcsTaskDefinition, name, request, origin)


def without_placeholders(node: Node, depth: int = 0) -> Node:
    """The tree with each text that somebody has yet to fill in (`<account>`, `${IMAGE}`) unresolved.

    Commands and options are left alone: there, the same signs are for what runs.
    """
    value = node.value
    if depth > _MAX_DEPTH:
        return node
    if isinstance(value, dict):
        changed = {
            key: child if key in _VERBATIM else without_placeholders(child, depth + 1) for key, child in value.items()
        }
        return Node(changed, node.path, node.line, node.column, node.tag, node.rest)
    if isinstance(value, list):
        children = [without_placeholders(child, depth + 1) for child in value]
        return Node(children, node.path, node.line, node.column, node.tag, node.rest)
    if isinstance(value, str) and ("<" in value or "{" in value or "%" in value):
        return _filled(node, value)
    return node


def _filled(node: Node, text: str) -> Node:
    parts: list[str | None] = []
    names: list[str] = []
    end = 0
    for found in _PLACEHOLDER.finditer(text):
        if found.start() > end:
            parts.append(text[end : found.start()])
        parts.append(None)
        names.append(found[0])
        end = found.end()
    if not names:
        return node
    if end < len(text):
        parts.append(text[end:])
    reason = f"{names[0]} is a placeholder that is yet to be filled in"
    return node.with_value(Unresolved(reason, node.place, tuple(parts)))


REQUESTS = DocumentReader(_NAME, _wants, _read, precedence=60)
