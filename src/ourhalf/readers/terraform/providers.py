"""The tags that a provider adds to every resource that it makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ourhalf.readers.node import Node
from ourhalf.readers.terraform import bodies
from ourhalf.readers.terraform.syntax import Block, Expr, Literal, ObjectOf, Traversal
from ourhalf.readers.terraform.values import doubtful, why

if TYPE_CHECKING:
    from ourhalf.readers.terraform.instances import Declared, Instance


def with_default_tags(declared: Declared, fields: Node) -> Node:
    """The fields of a resource with the tags that its provider adds; its own count more."""
    if not declared.type.startswith("aws_"):
        return fields
    chosen = declared.block.body.attributes.get("provider")
    name = _name(chosen.expr) if chosen is not None else "aws"
    defaults = default_tags(declared.scope.instance, name)
    if defaults is None or not isinstance(fields.value, dict):
        return fields
    own = fields.value.get("tags")
    fields.value["tags"] = _merged(defaults, own) if own is not None and own.value is not None else defaults
    return fields


def default_tags(instance: Instance, name: str) -> Node | None:
    """The tags of the provider that `instance` knows as `name` (`aws`, `aws.west`)."""
    for current in instance.ancestors:
        block = _configured(current, name)
        if block is not None:
            tags = bodies.written(block.body, "default_tags", current.scope)
            if tags is None:
                return None
            if isinstance(tags.value, list) and len(tags.value) == 1 and tags.rest is None:
                only: Node = tags.value[0]
                return only.get("tags")
            return tags if why(tags) else None
        if current.arguments is None:
            return None
        passed = _passed(
            current.arguments.attributes["providers"].expr if "providers" in current.arguments.attributes else None
        )
        if name in passed:
            name = passed[name]
        elif name != "aws":
            return None
    return None


def _configured(instance: Instance, name: str) -> Block | None:
    local, _, alias = name.partition(".")
    for block in instance.module.providers:
        own = block.body.attributes.get("alias")
        given = own.expr.value if own is not None and isinstance(own.expr, Literal) else ""
        if block.labels[0] == local and given == alias:
            return block
    return None


def _passed(providers: Expr | None) -> dict[str, str]:
    """The names that a module call gives to providers of its caller."""
    if not isinstance(providers, ObjectOf):
        return {}
    return {_name(key): _name(value) for key, value in providers.items}


def _name(expr: Expr) -> str:
    if isinstance(expr, Literal):
        return str(expr.value)
    if isinstance(expr, Traversal) and isinstance(expr.base, str):
        return ".".join([expr.base, *(step for step in expr.steps if isinstance(step, str))])
    return ""


def _merged(defaults: Node, own: Node) -> Node:
    """Both sets of tags; what is not known of one may hide what the other says."""
    unknown = why(defaults) or why(own)
    if unknown is not None or not isinstance(defaults.value, dict) or not isinstance(own.value, dict):
        known = own if why(own) is None else defaults
        if not isinstance(known.value, dict) or unknown is None:
            return own
        kept = known.value if known is own else {k: doubtful(_at(v), unknown) for k, v in known.value.items()}
        return Node(dict(kept), known.path, known.line, known.column, None, unknown)
    merged = {**defaults.value, **own.value}
    return Node(merged, own.path, own.line, own.column, None, defaults.rest or own.rest)


def _at(value: Node) -> Expr:
    return Expr(value.path, value.line, value.column)
