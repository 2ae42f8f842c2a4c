"""boto3: sessions, clients, and the requests that they send."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from functools import cache
from typing import get_type_hints

from ourhalf.model.field import Place, Reference, Unresolved
from ourhalf.model.resource import At, Dialect, Resource
from ourhalf.readers.mapping import spelling
from ourhalf.readers.python.domain import Answer, Client, Dotted, Map, Opaque, Session, Slot
from ourhalf.readers.python.state import Arguments, State
from ourhalf.resources import by_name

_SESSIONS = frozenset({"Session", "LocalSession", "PipelineSession", "LocalPipelineSession", "get_session"})
_CLIENTS = frozenset({"boto3.client", "aioboto3.client", "boto3.resource"})
# Objects of boto3's resources that stand for what an id or a name names.
_OBJECTS = frozenset({"SecurityGroup", "Role", "Instance"})
# Methods of boto3's objects that are not called as their operation is: of a service, and of what a request made
# with the field that names it.
_OF_SERVICE = {"create_instances": "run_instances"}
_OF_MADE = {
    "attach_policy": ("iam:AttachRolePolicy", "RoleName", "iam:CreateRole/"),
    "authorize_ingress": ("ec2:AuthorizeSecurityGroupIngress", "GroupId", "ec2:CreateSecurityGroup/"),
    "authorize_egress": ("ec2:AuthorizeSecurityGroupEgress", "GroupId", "ec2:CreateSecurityGroup/"),
}
_LIBRARIES = ("boto3.", "botocore.", "aioboto3.", "aiobotocore.", "sagemaker.", "sagemaker_core.")
_CLIENT_NAME = re.compile(r"(?i)client|boto|^_*(?:sm|sagemaker|ecs|eks|ec2|batch|ecr|s3|iam)$")
# What a session of the SageMaker SDK is asked for, and what that is.
_OF_SESSION = {
    "default_bucket": "the SDK's default bucket of the account and region that run this",
    "account_id": "the account that runs this",
    "get_caller_identity_arn": "the role of the notebook or session that runs this",
    "upload_data": "the place in S3 to which the session uploads",
}


@cache
def operations() -> dict[str, tuple[str, ...]]:
    """The operations that make a known type of resource, by the name of their method in boto3."""
    found: dict[str, list[str]] = defaultdict(list)
    for operation in by_name(Dialect.API):
        found[snake(operation.partition(":")[2])].append(operation)
    return {name: tuple(many) for name, many in found.items()}


@cache
def fields(kind: type[Resource]) -> frozenset[str]:
    """The names at the top of the requests that make resources of `kind`, as far as they are mapped."""
    return frozenset(
        path.partition(".")[0]
        for hint in get_type_hints(kind, include_extras=True).values()
        for at in getattr(hint, "__metadata__", ())
        if isinstance(at, At)
        for path in spelling(at, Dialect.API).split("|")
    )


def snake(operation: str) -> str:
    """The method of a boto3 client for an operation: `CreateAutoMLJob` is `create_auto_ml_job`."""
    spaced = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", operation)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", spaced).lower()


def construct(called: Dotted, arguments: Arguments, state: State) -> object:
    """A session or client; None where `called` makes neither."""
    name = called.name
    if name in _CLIENTS:
        return _client(arguments)
    if name.startswith(_LIBRARIES) and called.last in _SESSIONS:
        return Session()
    return None


def _client(arguments: Arguments) -> Client:
    service = arguments.first() if arguments.positional else arguments.named.get("service_name")
    return Client(service if isinstance(service, str) else None)


def method(holder: Session | Client, name: str, arguments: Arguments, node: ast.Call, state: State) -> object:
    """What a method of a session or client gives."""
    if isinstance(holder, Session):
        if name in ("client", "create_client", "resource"):
            return _client(arguments)
        known = _OF_SESSION.get(name)
        return None if known is None else state.unknown(node, known)
    if holder.service is None:
        found = unknown_client(name, arguments, node, state)
        return Opaque(f"answer of {name}():") if found is None else found
    known_as = arguments.first() or arguments.named.get("id") or arguments.named.get("name")
    if name in _OBJECTS and isinstance(known_as, Reference):
        return Answer(known_as.target)
    asked = _OF_SERVICE.get(name, name)
    operation = next((o for o in operations().get(asked, ()) if o.startswith(f"{holder.service}:")), None)
    if operation is None:
        state.update(name, arguments.named)
    return (
        Opaque(f"answer of {name}():") if operation is None else request(operation, arguments, state.place(node), state)
    )


def of_made(made: Answer, name: str, arguments: Arguments, node: ast.Call, state: State) -> object:
    """What a method of boto3's object for something that a request made asks for; None where it is not known."""
    operation, key, maker = _OF_MADE.get(name, ("", "", ""))
    if not operation or not made.address.startswith(maker) or operation not in by_name(Dialect.API):
        return None
    place = state.place(node)
    fields = Map({key: Slot(Reference(made.address, key), place), **arguments.named.items}, arguments.named.rest)
    return request(operation, Arguments(arguments.positional, fields, arguments.rest), place, state)


def unknown_client(name: str, arguments: Arguments, node: ast.Call, state: State) -> object:
    """A request on an object that may be a client: one service has the operation, and its fields are named.

    No field of a request has an underscore, so that a method of the same name elsewhere is told apart. Where
    fields are only spread into the call, the name of the object must speak of a client.
    """
    known = operations().get(name, ())
    if not known:
        state.update(name, arguments.named)
    if len(known) != 1 or any("_" in key for key in arguments.named.items):
        return None
    if not arguments.named.items:
        if arguments.named.rest is None or not _CLIENT_NAME.search(_last_name(node)):
            return None
    elif fields(by_name(Dialect.API)[known[0]]).isdisjoint(arguments.named.items):
        return None
    return request(known[0], arguments, state.place(node), state)


def _last_name(call: ast.Call) -> str:
    """What the object is called whose method is called: `client` in `self.client.create_model()`."""
    holder = call.func.value if isinstance(call.func, ast.Attribute) else None
    return holder.attr if isinstance(holder, ast.Attribute) else getattr(holder, "id", "")


def request(operation: str, arguments: Arguments, place: Place, state: State) -> Answer | Opaque:
    """Note the resource that a request makes."""
    given = Map(arguments.named.items, arguments.named.rest or _stray(arguments, place), arguments.named.path)
    made = state.emit(operation, given, place)
    return Opaque(f"answer of {operation}:") if made is None else Answer(made.origin.address)


def _stray(arguments: Arguments, place: Place) -> Unresolved | None:
    if arguments.rest is not None or arguments.positional:
        return Unresolved("boto3 takes no arguments by position", place)
    return None
