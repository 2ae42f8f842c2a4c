"""Terraform's JSON syntax: the same bodies and blocks, texts being templates."""

from __future__ import annotations

from collections.abc import Iterator

from ourhalf.readers.node import Node
from ourhalf.readers.reader import UnreadableError
from ourhalf.readers.terraform import hcl, templates
from ourhalf.readers.terraform.expressions import Source
from ourhalf.readers.terraform.syntax import (
    Attribute,
    Bad,
    Block,
    Body,
    Expr,
    File,
    ListOf,
    Literal,
    ObjectOf,
    Template,
)
from ourhalf.readers.yaml import ParseError, documents

_LABELS = {
    "resource": 2,
    "data": 2,
    "ephemeral": 2,
    "variable": 1,
    "output": 1,
    "module": 1,
    "provider": 1,
    "locals": 0,
}
_BLOCKS = {"dynamic": 1, "content": 0, "default_tags": 0, "lifecycle": 0}


def parse(data: bytes, path: str) -> File:
    """What a `.tf.json` file states. Raises UnreadableError where it is no JSON object."""
    body = Body({}, [])
    for kind, child in _object(data, path).items():
        if kind in _LABELS:
            body.blocks.extend(_blocks(kind, (), child, _LABELS[kind]))
    return File(body)


def parse_values(data: bytes, path: str) -> File:
    """What a `.tfvars.json` file states. Raises UnreadableError where it is no JSON object."""
    return File(_body(_object(data, path), "values"))


def _object(data: bytes, path: str) -> Node:
    try:
        document = next(documents(data, path, json=True), None)
    except ParseError as error:
        raise UnreadableError(error.reason, error.line) from None
    if document is None or not isinstance(document.value, dict):
        raise UnreadableError("not a JSON object")
    return document


def _blocks(kind: str, labels: tuple[str, ...], node: Node, depth: int) -> Iterator[Block]:
    """The blocks below a node whose keys are `depth` more labels; a list repeats."""
    if isinstance(node.value, list):
        for child in node.value:
            yield from _blocks(kind, labels, child, depth)
    elif isinstance(node.value, dict) and depth:
        for label, child in node.value.items():
            yield from _blocks(kind, (*labels, label), child, depth - 1)
    elif isinstance(node.value, dict):
        yield Block(kind, labels, node.path, node.line, node.column, lambda: _body(node, kind))


def _body(node: Node, kind: str) -> Body:
    body = Body({}, [])
    for name, child in node.items():
        if name in _BLOCKS:
            body.blocks.extend(_blocks(name, (), child, _BLOCKS[name]))
        elif name != "//":
            body.attributes[name] = _attribute(name, child, kind)
    return body


def _attribute(name: str, node: Node, kind: str) -> Attribute:
    code = kind == "variable" and name == "type"
    return Attribute(name, node.path, node.line, node.column, lambda: _code(node) if code else expression(node))


def expression(node: Node) -> Expr:
    """The expression that a JSON value stands for."""
    at = (node.path, node.line, node.column)
    held = node.value
    if isinstance(held, str):
        if "${" not in held and "%{" not in held:
            return Literal(*at, held)
        found = templates.template_file(held.encode(), node.path, node.line)
        if isinstance(found, Template) and len(found.parts) == 1 and isinstance(found.parts[0], Expr):
            return found.parts[0]
        return found
    if isinstance(held, list):
        return ListOf(*at, tuple(expression(child) for child in held))
    if isinstance(held, dict):
        return ObjectOf(
            *at,
            tuple(
                (expression(Node(key, child.path, child.line, child.column)), expression(child))
                for key, child in held.items()
            ),
        )
    return Literal(*at, held)


def _code(node: Node) -> Expr:
    """A text that is code by itself, such as a type."""
    at = (node.path, node.line, node.column)
    source = Source(f"x = {node.value}\n".encode(), node.path, node.line)
    root = hcl.tree(source.data)
    if root.has_error or not isinstance(node.value, str):
        return Bad(*at, "a syntax error")
    return source.expression(root.children[0].children[0].children[-1])
