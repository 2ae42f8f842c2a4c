"""What to write so that a control holds, in the language of the file at hand."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, get_origin

from msgspec.structs import replace

from ourhalf.model.control import Control
from ourhalf.model.field import Entries
from ourhalf.model.numbers import whole
from ourhalf.model.resource import Dialect, Language, Origin, Part, Resource
from ourhalf.model.workload import Container
from ourhalf.readers.mapping import snake
from ourhalf.remedies.paths import Step, is_part, steps, way
from ourhalf.remedies.writers import JsonText, Leaf, Tree, hcl_object, hcl_text, json_text, keywords, plain, yaml_text
from ourhalf.resources.compose import HostContainer
from ourhalf.resources.s3 import S3Bucket
from ourhalf.resources.s3_settings import (
    S3BucketEncryption,
    S3BucketLifecycle,
    S3BucketLogging,
    S3BucketOwnership,
    S3BucketPublicAccessBlock,
    S3BucketVersioning,
)

_TERRAFORM = frozenset({Language.TERRAFORM, Language.TERRAFORM_PLAN})
_ADDRESSED = _TERRAFORM | {Language.CLOUDFORMATION}
_JSON_IN_TERRAFORM = frozenset({"container_definitions", "container_properties", "node_properties"})


def written(control: Control[Any], subject: object, resource: Resource) -> str:
    """The remedy of `control` for `subject`, which is `resource` or runs as it says.

    Below the prose stands what to write, where the control says so and the language can express it.
    `subject` is None where what was read does not tell it.
    """
    if not control.settings or subject is None:
        return control.remedy
    key = (id(control), _decides(subject, resource))
    known = _WRITTEN.get(key)
    if known is None or known[0] is not control:
        if len(_WRITTEN) >= _MOST_WRITTEN:
            _WRITTEN.clear()
        snippet = _snippet(control.settings, subject, resource)
        # The control is kept with the text so that its id stays its own.
        known = _WRITTEN[key] = (control, f"{control.remedy}\n{snippet}" if snippet else control.remedy)
    return known[1]


_MOST_WRITTEN = 16_384
_WRITTEN: dict[tuple[int, tuple[Any, ...]], tuple[Control[Any], str]] = {}


def _decides(subject: object, resource: Resource) -> tuple[Any, ...]:
    """All that a snippet follows from but the settings: many subjects of one file ask for the same text."""
    origin = resource.origin
    name = subject.name if isinstance(subject, Container) else ""
    addressed = origin.language in _ADDRESSED
    return (
        type(resource),
        origin.language,
        origin.dialect,
        origin.address if addressed else "",
        addressed and origin.place.path.endswith(".json"),
        type(subject),
        name,
    )


def _snippet(settings: Mapping[str, Any], subject: object, resource: Resource) -> str:
    origin = resource.origin
    if origin.language is Language.DOCKERFILE:
        return _instructions(settings)
    if origin.language is Language.SHELL or (
        isinstance(subject, HostContainer) and origin.dialect is not Dialect.COMPOSE
    ):
        return _flags(settings)
    if origin.language in _TERRAFORM and origin.dialect is Dialect.KUBERNETES:
        return _kubernetes_in_terraform(_tree(settings, subject, resource), origin)
    if origin.language in _TERRAFORM and isinstance(resource, S3Bucket):
        return _apart(settings, resource)
    tree = _tree(settings, subject, resource)
    return _in_language(tree, subject, resource) if tree else ""


def _in_language(tree: Tree, subject: object, resource: Resource) -> str:
    origin = resource.origin
    match origin.language:
        case Language.TERRAFORM | Language.TERRAFORM_PLAN:
            return _block(tree, type(resource), origin)
        case Language.CLOUDFORMATION:
            return _in_template(tree, origin)
        case Language.PYTHON:
            return _arguments(tree, type(resource))
        case Language.JSON:
            return json_text(tree)
        case Language.KUBERNETES if origin.dialect is Dialect.API:  # an object of ACK, named as the API in its own way
            return yaml_text({"spec": _ack_keys(tree)})
    if isinstance(subject, HostContainer) and set(tree) == {"container"}:
        return yaml_text({subject.name or "SERVICE": tree["container"]})
    return yaml_text(tree)


def _tree(settings: Mapping[str, Any], subject: object, resource: Resource) -> Tree:
    """Settings by the keys of the dialect, nested as it nests them; those it cannot express left out."""
    tree: Tree = {}
    dialect = resource.origin.dialect
    for field, value in settings.items():
        in_container = isinstance(subject, Container)
        found = way(type(resource), in_container, field, dialect)
        if in_container and field == "secrets":
            found = _as_secrets(found, way(type(resource), True, "environment", dialect), dialect)
        if found is not None:
            _place(tree, found, value, subject, dialect)
    return tree


def _as_secrets(
    secrets: tuple[Step, ...] | None, environment: tuple[Step, ...] | None, dialect: Dialect
) -> tuple[Step, ...] | None:
    """Where a container names its secrets: pods among their variables; Compose knows files of secrets only."""
    if dialect is Dialect.KUBERNETES and environment is not None:
        return (*environment[:-1], environment[-1]._replace(field="secrets"))
    return None if dialect is Dialect.COMPOSE else secrets


def _place(tree: Tree, found: tuple[Step, ...], value: Any, subject: object, dialect: Dialect) -> None:
    *before, last = found
    current = tree
    for number, step in enumerate(before):
        holder = _descend(current, step.written[:-1])
        key = step.written[-1]
        if dialect is Dialect.TERRAFORM and key in _JSON_IN_TERRAFORM:
            dialect = Dialect.API
            last = _again(before[number:], last, dialect)
            inner = holder.setdefault(key, JsonText([{}] if step.listed else {})).inner
        else:
            inner = holder.setdefault(key, [{}] if step.listed else {})
        current = inner[0] if step.listed else inner
        if step.listed and isinstance(subject, Container) and issubclass(step.kind, Container) and subject.name:
            current.setdefault("Name" if dialect is Dialect.CLOUDFORMATION else "name", Leaf(subject.name))
    inside = bool(before) and issubclass(before[-1].kind, Container)
    holder = _descend(current, last.written[:-1])
    holder[last.written[-1]] = _value(last, value, dialect, inside)


def _again(before: list[Step], last: Step, dialect: Dialect) -> Step:
    """`last` as `dialect` spells it."""
    return steps(before[-1].kind, dialect).get(last.field, last)


def _descend(tree: Tree, keys: tuple[str, ...]) -> Tree:
    for key in keys:
        tree = tree.setdefault(key, {})
    return tree


def _value(step: Step, value: Any, dialect: Dialect, in_container: bool) -> Any:
    if is_part(step.kind) and isinstance(value, Mapping):
        return [_part(step.kind, value, dialect)] if step.listed else _part(step.kind, value, dialect)
    if is_part(step.kind) and isinstance(value, list | tuple):
        return [_part(step.kind, one, dialect) for one in value]
    if get_origin(step.kind) is Entries and isinstance(value, Mapping):
        return Leaf(_entries(step, value, dialect, in_container))
    if isinstance(value, Mapping) and dialect is Dialect.CLOUDFORMATION:
        return Leaf({f"{key[0].upper()}{key[1:]}": held for key, held in value.items()})
    return Leaf(_scalar(step, value, dialect))


def _scalar(step: Step, value: Any, dialect: Dialect) -> Any:
    """A value in the type and unit that the dialect asks for; memory is given in MiB, as ECS counts it."""
    key = step.written[-1]
    if isinstance(value, bool) and key.lower() == "assignpublicip":
        return "ENABLED" if value else "DISABLED"
    number = whole(value.split(":")[0]) if isinstance(value, str) else None
    if number is not None and key == "runAsUser":
        return number
    if number is not None and step.field in _MEBIBYTES:
        return f"{value}{_MEBIBYTES_OF[dialect]}" if dialect in _MEBIBYTES_OF else number
    return list(value) if isinstance(value, tuple | set | frozenset) else value


_MEBIBYTES = frozenset({"memory_limit", "memory_reservation", "shared_memory"})
_MEBIBYTES_OF = {Dialect.KUBERNETES: "Mi", Dialect.COMPOSE: "m"}


def _part(kind: type[Part], value: Mapping[str, Any], dialect: Dialect) -> Tree:
    tree: Tree = {}
    known = steps(kind, dialect)
    for field, child in value.items():
        step = known.get(field)
        if step is not None:
            _descend(tree, step.written[:-1])[step.written[-1]] = _value(step, child, dialect, False)
    return tree


def _entries(step: Step, value: Mapping[str, Any], dialect: Dialect, in_container: bool) -> Any:
    """Names and values as the dialect writes them: a mapping, or a list of pairs."""
    key = step.written[-1]
    if dialect in (Dialect.TERRAFORM, Dialect.COMPOSE):
        return dict(value)
    if in_container and step.field == "secrets" and dialect is Dialect.KUBERNETES:
        return [{"name": name, "valueFrom": {"secretKeyRef": {"name": "SECRET", "key": name}}} for name in value]
    if in_container and step.field in ("environment", "secrets"):
        names = ("name", "valueFrom" if step.field == "secrets" else "value")
    elif key.lower().endswith(("tags", "attributes")):
        names = ("key", "value") if key[0].islower() else ("Key", "Value")
    else:
        return dict(value)
    if dialect is Dialect.CLOUDFORMATION:
        names = (names[0][0].upper() + names[0][1:], names[1][0].upper() + names[1][1:])
    return [{names[0]: name, names[1]: held} for name, held in value.items()]


def _arguments(tree: Tree, kind: type[Resource]) -> str:
    """Arguments of the boto3 call, and of the SageMaker SDK where it has them under another name."""
    spelled = keywords(tree)
    known = _sdk_keywords(kind.names.api.partition(":")[2])
    leaves = dict(_leaves(tree))
    if not leaves or any(path not in known for path in leaves):
        return spelled
    return f"# boto3\n{spelled}\n# SageMaker SDK\n" + keywords({known[path]: held for path, held in leaves.items()})


def _leaves(tree: Tree, above: str = "") -> Iterator[tuple[str, Leaf]]:
    for key, child in tree.items():
        if isinstance(child, dict):
            yield from _leaves(child, f"{above}{key}.")
        elif isinstance(child, Leaf):
            yield f"{above}{key}", child


@cache
def _sdk_keywords(operation: str) -> dict[str, str]:
    """Keywords of the SDK's classes that make a request, by the path of the request's field."""
    from ourhalf.readers.python.sdk_tables import KINDS

    found: dict[str, str] = {}
    for kind in KINDS.values():
        if operation and kind.operation == operation:
            for keyword, path in kind.arguments.items():
                found.setdefault(path, keyword)
    return found


def _block(tree: Tree, kind: type[Resource], origin: Origin) -> str:
    """The resource block that Terraform has, holding only what to write."""
    name = origin.address.rsplit(".", 1)[-1].split("[", 1)[0]
    types = [t for t in kind.names.terraform.split("|") if t and f"{t}." in origin.address]
    if types and types[0].startswith("awscc_"):  # this provider has attributes where the other has blocks
        tree = {key: Leaf(plain(child)) for key, child in tree.items()}
    body = hcl_text(tree)
    if not types or not name:
        return body
    return f'resource "{types[0]}" "{name}" {{\n{_indented(body)}\n}}'


def _apart(settings: Mapping[str, Any], bucket: S3Bucket) -> str:
    """The resources by which Terraform sets a bucket's settings: its own arguments for them are withdrawn."""
    name = bucket.origin.address.rsplit(".", 1)[-1].split("[", 1)[0]
    blocks = []
    for field, value in settings.items():
        kind, inner = _APART.get(field, (S3Bucket, field))
        given = value if not inner else {inner: value}
        tree: Tree = {} if kind is S3Bucket else {"bucket": Leaf(_BUCKET)}
        for one, held in given.items():
            if (found := way(kind, False, one, Dialect.TERRAFORM)) is not None:
                _place(tree, found, held, None, Dialect.TERRAFORM)
        if any(key != "bucket" for key in tree):
            origin = replace(bucket.origin, address=f"{kind.names.terraform}.{name}")
            blocks.append(_block(tree, kind, origin).replace(json.dumps(_BUCKET), f"aws_s3_bucket.{name}.id"))
    return "\n\n".join(blocks)


_BUCKET = "the bucket"
_APART: dict[str, tuple[type[Resource], str]] = {
    "encryption": (S3BucketEncryption, "rules"),
    "versioning": (S3BucketVersioning, "status"),
    "public_access_block": (S3BucketPublicAccessBlock, ""),
    "log_bucket": (S3BucketLogging, "log_bucket"),
    "lifecycle": (S3BucketLifecycle, "rules"),
    "ownership": (S3BucketOwnership, "ownership"),
}


def _ack_keys(tree: Any) -> Any:
    """The tree with the API's names as AWS's controllers for Kubernetes spell them: `kmsKeyID`, `vpcConfig`."""
    if isinstance(tree, list):
        return [_ack_keys(child) for child in tree]
    if isinstance(tree, dict):
        return {_ack_key(key): _ack_keys(child) for key, child in tree.items()}
    return tree


def _ack_key(key: str) -> str:
    shouted = re.sub(r"(Id|Arn|Uri|Url)(s?)(?=[A-Z]|$)", lambda found: found[1].upper() + found[2], key)
    first = re.match(r"[A-Z][A-Z0-9]+(?=[A-Z][a-z])|[A-Z]", shouted)
    return first[0].lower() + shouted[len(first[0]) :] if first else shouted


def _in_template(tree: Tree, origin: Origin) -> str:
    whole: Tree = {origin.address or "Resource": {"Properties": tree}}
    if re.search(r"[./]", origin.address):
        whole = tree
    return json_text(whole) if origin.place.path.endswith(".json") else yaml_text(whole)


def _kubernetes_in_terraform(tree: Tree, origin: Origin) -> str:
    if not tree:
        return ""
    if "_manifest." in origin.address:
        return hcl_object(tree)
    return hcl_text(_snake_keys(tree))


def _snake_keys(tree: Any) -> Any:
    if isinstance(tree, Leaf) and isinstance(tree.value, list) and all(isinstance(v, dict) for v in tree.value):
        return [{key: Leaf(held) for key, held in one.items()} for one in tree.value]
    if isinstance(tree, list):
        return [_snake_keys(child) for child in tree]
    if isinstance(tree, dict):
        return {_singular(snake(key), child): _snake_keys(child) for key, child in tree.items()}
    return tree


def _singular(key: str, child: Any) -> str:
    """The provider names repeated blocks in the singular: `container`, `volume`."""
    return key.removesuffix("s") if isinstance(child, list) else key


_RUN_FLAGS = {
    "user": "--user",
    "read_only_root": "--read-only",
    "added_capabilities": "--cap-add",
    "dropped_capabilities": "--cap-drop",
    "security_options": "--security-opt",
    "memory_limit": "--memory",
    "cpu_limit": "--cpus",
    "shared_memory": "--shm-size",
    "log_driver": "--log-driver",
    "log_options": "--log-opt",
    "environment": "--env",
    "image": "",
}


def _flags(settings: Mapping[str, Any]) -> str:
    """Flags of `docker run`; a switch that must be off is to be left out, which no flag can say."""
    flags = []
    for field, value in settings.items():
        flag = _RUN_FLAGS.get(field)
        if flag is None or value is False:
            continue
        if value is True:
            flags.append(flag)
        elif isinstance(value, Mapping):
            flags.extend(f"{flag} {shlex.quote(f'{key}={held}')}" for key, held in value.items())
        else:
            unit = "m" if field in _MEBIBYTES and whole(str(value)) is not None else ""
            many = value if isinstance(value, list | tuple) else (f"{value}{unit}",)
            flags.extend(f"{flag} {shlex.quote(str(one))}".strip() for one in many)
    return " ".join(flags)


def _instructions(settings: Mapping[str, Any]) -> str:
    """Instructions of a Dockerfile."""
    lines = []
    for field, value in settings.items():
        match field, value:
            case "user", str():
                lines.append(f"USER {value}")
            case (("environment" | "env"), Mapping()):
                lines.extend(f"ENV {key}={shlex.quote(str(held))}" for key, held in value.items())
            case "health_check", str():
                lines.append(f"HEALTHCHECK CMD {value}")
    return "\n".join(lines)


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.split("\n"))
