"""AWS resources that controllers in a cluster make: the spec is the AWS API's request in camel case."""

from __future__ import annotations

from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from ourhalf.model.field import Unresolved
from ourhalf.model.resource import At, Dialect, Origin, Part, Resource
from ourhalf.readers.kubernetes.objects import Identity
from ourhalf.readers.mapping import build, field_type, spelling
from ourhalf.readers.node import Node
from ourhalf.resources import by_name

_GROUP = ".services.k8s.aws"
_FORMER_GROUPS = {"sagemaker.aws.amazon.com": "sagemaker"}
_OPERATIONS = ("Create", "Register", "Run", "Put")
_SUFFIXES = ("", "arn", "id", "name", "url", "arns", "ids", "names")

Keys = dict[str, "tuple[str, Keys]"]
"""Keys in lower case, each with its own spelling and the keys below it; empty below a leaf."""


def wants(who: Identity) -> bool:
    """Whether a controller for AWS makes the object's resource."""
    return who.group.endswith(_GROUP) or who.group in _FORMER_GROUPS


def resources(document: Node, who: Identity, origin: Origin) -> tuple[Resource, ...]:
    """The resource that the object stands for; none where no type is known by its name."""
    spec = document.get("spec")
    if spec is None:
        return ()
    kind = by_name(Dialect.KUBERNETES).get(who.type_name)
    if kind is not None:
        fields = _respelled(document, _keys(kind, Dialect.KUBERNETES))
        return (build(kind, who.name, fields, origin),)
    service = _FORMER_GROUPS.get(who.group) or who.group.removesuffix(_GROUP)
    known = by_name(Dialect.API)
    kind = next((known[name] for op in _OPERATIONS if (name := f"{service}:{op}{who.kind}") in known), None)
    if kind is None:
        return ()
    place = document.place
    origin = Origin(place, origin.language, Dialect.API, origin.scope, origin.address)
    return (build(kind, who.name, _respelled(spec, _keys(kind, Dialect.API)), origin),)


@cache
def _keys(kind: type[Resource | Part], dialect: Dialect) -> Keys:
    """The keys that `dialect` may write in a resource or part of `kind`."""
    found: Keys = {}
    for hint in get_type_hints(kind, include_extras=True).values():
        at = next((m for m in getattr(hint, "__metadata__", ()) if isinstance(m, At)), None)
        written = spelling(at, dialect) if at is not None else ""
        below = _below(field_type(hint), dialect) if written else {}
        for path in written.split("|") if written else ():
            level = found
            for key in path.split("."):
                _, level = level.setdefault(key.lower(), (key, {}))
            level.update(below)
    return found


def _below(kind: Any, dialect: Dialect) -> Keys:
    if get_origin(kind) is tuple:
        kind = next((m for m in get_args(get_args(kind)[0]) if m is not Unresolved), None)
    return _keys(kind, dialect) if isinstance(kind, type) and issubclass(kind, Part) else {}


def _respelled(node: Node, keys: Keys) -> Node:
    """`node` with its keys spelled as in `keys`, and the references to other objects under the keys they fill."""
    value = node.value
    if not keys or not isinstance(value, dict | list):
        return node
    if isinstance(value, list):
        many = [_respelled(child, keys) for child in value]
        return Node(many, node.path, node.line, node.column, node.tag, node.rest)
    fields: dict[str, Node] = {}
    for key, child in value.items():
        spelled, below = keys.get(key.lower(), ("", {}))
        if spelled:
            fields[spelled] = _respelled(child, below)
            continue
        referred = _referred(key, child, keys)
        if referred is not None:
            fields.setdefault(*referred)
        else:
            fields[key] = child
    return Node(fields, node.path, node.line, node.column, node.tag, node.rest)


def _referred(key: str, child: Node, keys: Keys) -> tuple[str, Node] | None:
    """`roleRef: {from: {name: r}}` names the object that gives `roleARN`."""
    stem = key.removesuffix("Refs").removesuffix("Ref")
    if stem == key:
        return None
    spelled = next((keys[k][0] for suffix in _SUFFIXES if (k := stem.lower() + suffix) in keys), None)
    if spelled is None:
        return None
    if isinstance(child.value, list):
        return spelled, child.with_value([_name(one) for one in child.value])
    return spelled, _name(child)


def _name(reference: Node) -> Node:
    return reference.dig("from.name") or reference.unresolved("a reference to an object that has no name")
