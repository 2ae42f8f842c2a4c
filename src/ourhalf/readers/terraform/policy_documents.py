"""`aws_iam_policy_document` as the policy that it writes."""

from __future__ import annotations

from ourhalf.model.field import Reference, Unresolved
from ourhalf.readers import embedded
from ourhalf.readers.node import Node
from ourhalf.readers.terraform.values import JSON, why

_LISTS = (
    ("actions", "Action"),
    ("not_actions", "NotAction"),
    ("resources", "Resource"),
    ("not_resources", "NotResource"),
)
_PRINCIPALS = (("principals", "Principal"), ("not_principals", "NotPrincipal"))


def policy(fields: Node) -> Node:
    """The policy in the API's own shape, from the fields of the data source."""
    found = Node({}, fields.path, fields.line, fields.column, JSON, fields.rest)
    version = fields.get("version")
    found.value["Version"] = version if version is not None and version.value else fields.with_value("2012-10-17")
    if (identity := fields.get("policy_id")) is not None and identity.value:
        found.value["Id"] = identity
    written = _list(fields.get("statement"))
    own = Node([_statement(block) for block in written.list()], fields.path, fields.line, fields.column)
    own.rest = written.rest
    sources = [*_documents(fields, "source_json"), *_documents(fields, "source_policy_documents")]
    overrides = [*_documents(fields, "override_policy_documents"), *_documents(fields, "override_json")]
    found.value["Statement"] = _combined(own, sources, overrides)
    return found


def _list(node: Node | None) -> Node:
    """The elements of a node, be they a list, one of them, or not known."""
    if node is None or node.value is None:
        return Node([], "")
    unknown = why(node)
    if unknown is not None:
        return Node([], node.path, node.line, node.column, None, unknown)
    if isinstance(node.value, list):
        return node
    return Node([node], node.path, node.line, node.column)


def _statement(block: Node) -> Node:
    unknown = why(block)
    if unknown is not None:
        return block
    found: dict[str, Node] = {}
    if (sid := block.get("sid")) is not None and sid.value:
        found["Sid"] = sid
    effect = block.get("effect")
    found["Effect"] = effect if effect is not None and effect.value is not None else block.with_value("Allow")
    for name, key in _LISTS:
        if (held := block.get(name)) is not None and held.value is not None and held.value != []:
            found[key] = _interpolated(held)
    for name, key in _PRINCIPALS:
        principals = block.get(name)
        if principals is not None and principals.value is not None and principals.value != []:
            found[key] = _principals(principals)
    conditions = block.get("condition")
    if conditions is not None and conditions.value is not None and conditions.value != []:
        found["Condition"] = _conditions(conditions)
    return Node(found, block.path, block.line, block.column, None, block.rest)


def _interpolated(node: Node) -> Node:
    """The value with `&{…}` as the policy variable `${…}` that it stands for."""
    held = node.value
    if isinstance(held, list):
        items = [_interpolated(item) for item in held]
        return Node(items, node.path, node.line, node.column, node.tag, node.rest)
    if isinstance(held, str) and "&{" in held:
        return node.with_value(held.replace("&{", "${"))
    if isinstance(held, Unresolved):
        parts = tuple(p.replace("&{", "${") if isinstance(p, str) else p for p in held.parts)
        return node.with_value(Unresolved(held.reason, held.place, parts))
    return node


def _principals(node: Node) -> Node:
    blocks = _list(node)
    found: dict[str, Node] = {}
    result = Node(found, node.path, node.line, node.column, None, blocks.rest)
    for block in blocks.list():
        kind, named = block.get("type"), block.get("identifiers")
        if kind is None or named is None or not isinstance(kind.value, str):
            result.rest = (why(kind) if kind is not None else why(block)) or Unresolved("a principal without a type")
        elif kind.value == "*":
            return node.with_value("*")
        else:
            _extend(found, kind.value, named)
    return result


def _conditions(node: Node) -> Node:
    blocks = _list(node)
    found: dict[str, Node] = {}
    result = Node(found, node.path, node.line, node.column, None, blocks.rest)
    for block in blocks.list():
        test, variable, values = block.get("test"), block.get("variable"), block.get("values")
        named = [n for n in (test, variable) if n is not None and isinstance(n.value, str)]
        if len(named) < 2 or values is None:
            unknown = next((why(n) for n in (test, variable, values, block) if n is not None and why(n)), None)
            result.rest = unknown or Unresolved("a condition without test, variable or values")
            continue
        tests = found.setdefault(named[0].value, Node({}, block.path, block.line, block.column))
        _extend(tests.value, named[1].value, values)
    return result


def _extend(found: dict[str, Node], key: str, more: Node) -> None:
    """Adds values under a key that may have some."""
    more = _interpolated(_list(more))
    before = found.get(key)
    if before is None:
        found[key] = more
    else:
        items = [*before.list(), *more.list()]
        found[key] = Node(items, before.path, before.line, before.column, None, before.rest or more.rest)


def _documents(fields: Node, name: str) -> list[Node]:
    """The policies that the data source is told to merge; what is not known of them is unresolved."""
    listed = _list(fields.get(name))
    found = [embedded.parse("json", item) if isinstance(item.value, str) else item for item in listed.list()]
    if listed.rest is not None:
        found.append(Node(listed.rest, listed.path, listed.line, listed.column))
    return [document for document in found if document.value is not None and document.value != ""]


def _combined(own: Node, sources: list[Node], overrides: list[Node]) -> Node:
    """Statements in order; a later one with the same Sid takes the place of an earlier one."""
    result = Node([], own.path, own.line, own.column, None, own.rest)
    for document in (*sources, own, *overrides):
        statements = document if document is own else _list(document.get("Statement") if _known(document) else document)
        result.rest = result.rest or statements.rest or (document.rest if document is not own else None)
        for statement in statements.list():
            sid = statement.get("Sid") if isinstance(statement.value, dict) else None
            twin = _twin(result.value, sid)
            if twin is None:
                result.value.append(statement)
            else:
                result.value[twin] = statement
    return result


def _known(document: Node) -> bool:
    return not isinstance(document.value, Unresolved | Reference)


def _twin(statements: list[Node], sid: Node | None) -> int | None:
    """The index of the statement with the same Sid."""
    if sid is None or not isinstance(sid.value, str) or not sid.value:
        return None
    for i, statement in enumerate(statements):
        other = statement.get("Sid") if isinstance(statement.value, dict) else None
        if other is not None and other.value == sid.value:
            return i
    return None
