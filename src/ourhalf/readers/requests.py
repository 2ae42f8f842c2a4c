"""Resources from AWS API requests, wherever a request is written: JSON, source code, a state machine."""

from __future__ import annotations

from ourhalf.model.resource import Dialect, Language, Origin, Resource
from ourhalf.readers.mapping import build
from ourhalf.readers.node import Node
from ourhalf.resources import by_name


def request_resource(
    operation: str, request: Node, language: Language, scope: str = "", fallback: str = ""
) -> Resource | None:
    """The resource that `operation` (`sagemaker:CreateModel`) makes with the fields of `request`.

    None when no resource type is made by it. It is named by its identifying field where that is
    known, else by `fallback`, else by the operation and line.
    """
    kind = by_name(Dialect.API).get(operation)
    if kind is None:
        return None
    short = operation.partition(":")[2]
    name = next(
        (
            text
            for key, child in request.items()
            if key.lower() in _name_keys(short) and (text := child.text()) is not None
        ),
        fallback or f"{short} at line {request.line}",
    )
    scope = scope or request.path
    origin = Origin(request.place, language, Dialect.API, scope, f"{operation}/{name}")
    return build(kind, name, request, origin)


def _name_keys(operation: str) -> tuple[str, ...]:
    """How the request of `CreateTrainingJob` may spell the name of what it makes, in lower case."""
    made = operation.removeprefix("Create").removeprefix("Register").removeprefix("Run").lower()
    made = made.removesuffix("v2")
    return (f"{made}name", "name", "family", "jobdefinitionname", "clustername", "trackingservername")
