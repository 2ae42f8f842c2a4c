"""The bodies of resources as trees: attributes evaluated, nested blocks as lists, dynamic ones expanded."""

from __future__ import annotations

from ourhalf.model.field import Unresolved
from ourhalf.readers.node import Node
from ourhalf.readers.terraform.evaluate import Scope, settled
from ourhalf.readers.terraform.syntax import Attribute, Block, Body
from ourhalf.readers.terraform.values import SCRIPT, doubtful, node, why, within

_META = frozenset({"count", "for_each", "provider", "depends_on", "lifecycle", "provisioner", "connection"})
_MOST_BLOCKS = 1000
_DEEPEST = 20


def tree(block: Block, scope: Scope) -> Node:
    """The fields of a resource, without those that Terraform itself uses."""
    return _tree(block.body, scope, Node(None, block.path, block.line, block.column), _META, 0)


def _tree(body: Body, scope: Scope, at: Node, skipped: frozenset[str], depth: int) -> Node:
    if depth > _DEEPEST:
        return at.unresolved(f"nested deeper than {_DEEPEST} blocks")
    fields: dict[str, Node] = {}
    for name, attribute in body.attributes.items():
        if name not in skipped:
            fields[name] = _placed(settled(attribute.expr, scope), attribute)
    for name in dict.fromkeys(_kind(inner) for inner in body.blocks):
        if name not in skipped:
            fields[name] = _blocks(body, name, scope, depth)
    return Node(fields, at.path, at.line, at.column, None, body.rest)


def _kind(block: Block) -> str:
    return block.labels[0] if block.type == "dynamic" and block.labels else block.type


def _placed(value: Node, attribute: Attribute) -> Node:
    """A value at the place of the attribute that has it."""
    if isinstance(value.value, dict | list) and not within(value):
        return node(Unresolved("a value too large to evaluate"), attribute.expr)
    if value.tag == SCRIPT:
        return value
    return Node(value.value, attribute.path, attribute.line, attribute.column, value.tag, value.rest)


def written(body: Body, name: str, scope: Scope) -> Node | None:
    """What a body says under `name`; None when it says nothing."""
    attribute = body.attributes.get(name)
    if attribute is not None:
        return settled(attribute.expr, scope)
    if any(_kind(block) == name for block in body.blocks):
        return _blocks(body, name, scope, 0)
    if body.rest is not None:
        return Node(body.rest, body.rest.place.path, body.rest.place.line)
    return None


def _blocks(body: Body, name: str, scope: Scope, depth: int) -> Node:
    """All blocks of one type as a list; unresolved where not even one of them is known."""
    found: list[Node] = []
    rest: Unresolved | None = None
    first: Block | None = None
    for block in body.blocks:
        if _kind(block) != name:
            continue
        first = first or block
        if block.type == "dynamic":
            rest = _dynamic(block, scope, found, depth) or rest
        else:
            at = Node(None, block.path, block.line, block.column)
            found.append(_tree(block.body, scope, at, frozenset(), depth + 1))
    assert first is not None  # noqa: S101 - names come from the blocks themselves
    result = Node(found, first.path, first.line, first.column, None, rest)
    if rest is not None and not found:
        result.value, result.rest = rest, None
    return result


def _dynamic(block: Block, scope: Scope, found: list[Node], depth: int) -> Unresolved | None:
    """Adds the blocks that a dynamic one makes; why there may be others, where that is not known."""
    attributes = block.body.attributes
    content = next((inner for inner in block.body.blocks if inner.type == "content"), None)
    if "for_each" not in attributes or content is None:
        return block.body.rest or Unresolved("a dynamic block without `for_each` or `content`", block.place)
    over = settled(attributes["for_each"].expr, scope)
    unknown = why(over) or over.rest
    name = block.labels[0]
    if "iterator" in attributes:
        name = str(getattr(attributes["iterator"].expr, "base", name))
    expr = attributes["for_each"].expr
    pairs: list[tuple[Node, Node]] = []
    if isinstance(over.value, dict) and over.tag is None:
        pairs = [(node(key, expr), value) for key, value in over.value.items()]
    elif isinstance(over.value, list) and over.tag is None:
        pairs = [(node(i, expr), value) for i, value in enumerate(over.value)]
    elif unknown is None and over.value is not None:
        unknown = Unresolved("for_each is neither a list nor an object")
    for key, value in pairs[:_MOST_BLOCKS]:
        doubt = why(value)
        if isinstance(over.value, list) and doubt is not None and over.rest is not None:
            continue
        inner = scope.with_names({name: node({"key": key, "value": value}, expr)})
        at = Node(None, content.path, content.line, content.column)
        found.append(_tree(content.body, inner, at, frozenset(), depth + 1))
    if len(pairs) > _MOST_BLOCKS:
        unknown = Unresolved(f"more than {_MOST_BLOCKS:,} blocks")
    return Unresolved(doubtful(expr, unknown).value.reason, expr.place) if unknown is not None else None
