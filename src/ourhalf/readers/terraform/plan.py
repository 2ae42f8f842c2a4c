"""Plans and states in JSON (`terraform show -json`): what Terraform itself evaluated."""

from __future__ import annotations

from ourhalf.model.evidence import Evidence, Unread
from ourhalf.model.field import Reference, Unresolved
from ourhalf.model.resource import Dialect, Language, Origin
from ourhalf.readers.kubernetes.manifests import read_object
from ourhalf.readers.mapping import build
from ourhalf.readers.node import Node
from ourhalf.readers.reader import DocumentReader, Files, merged
from ourhalf.readers.terraform import kubernetes, policy_documents
from ourhalf.readers.terraform.plan_references import References, children
from ourhalf.readers.yaml import ParseError
from ourhalf.resources import by_name

_NAME = "terraform-plan"
_LATER = "known after apply"
_DEEPEST = 60
_MANAGED = "managed"


def _wants(document: Node) -> bool:
    if document.get("format_version") is None or document.get("terraform_version") is None:
        return False
    return any(document.get(key) is not None for key in ("planned_values", "resource_changes", "values"))


def _read(document: Node, files: Files) -> Evidence:
    plan = _Plan(document)
    return merged([Evidence(), *(plan.resource(address, found) for address, found in plan.planned.items())])


class _Plan:
    """A plan's resources by address, and what is known of the values that come later."""

    def __init__(self, document: Node) -> None:
        self._scope = document.path
        self._changes = {
            address: change
            for change in children(document.get("resource_changes"))
            if (address := _text(change, "address"))
        }
        self.planned: dict[str, Node] = {}
        for state in ("planned_values", "values"):
            top = document.dig(f"{state}.root_module")
            if top is not None:
                self._collect(top)
        if not self.planned:
            for address, change in self._changes.items():
                after = change.dig("change.after")
                if after is not None and isinstance(after.value, dict):
                    self.planned[address] = _with(change, "values", after)
        self._references = References(document, (*self.planned, *self._changes))

    def _collect(self, top: Node) -> None:
        pending = [top]
        while pending:
            module = pending.pop()
            for found in children(module.get("resources")):
                address = _text(found, "address")
                if address:
                    self.planned[address] = found
            pending.extend(children(module.get("child_modules")))

    def resource(self, address: str, found: Node) -> Evidence:
        """What one planned resource is; nothing for a type that nobody reads."""
        if (_text(found, "mode") or _MANAGED) != _MANAGED:
            return Evidence()
        name = _text(found, "type")
        kind = by_name(Dialect.TERRAFORM).get(name)
        if kind is not None:
            fields = _with_all_tags(self.fields(address, found))
            origin = Origin(found.place, Language.TERRAFORM_PLAN, Dialect.TERRAFORM, self._scope, address)
            return Evidence((build(kind, address, fields, origin),))
        if name == "helm_release":
            reason = f"{address}: the chart is not rendered, so its objects are not known"
            return Evidence(unread=(Unread(found.path, found.line, _NAME, reason),))
        return self._objects(address, name, found) if kubernetes.declares(name) else Evidence()

    def _objects(self, address: str, kind: str, found: Node) -> Evidence:
        parts: list[Evidence] = [Evidence()]
        try:
            for i, document in enumerate(kubernetes.objects(kind, self.fields(address, found))):
                where = Node(document.value, found.path, found.line, found.column, document.tag, document.rest)
                own = address if i == 0 else f"{address}#{i}"
                parts.append(read_object(where, Language.TERRAFORM_PLAN, self._scope, own))
        except ParseError as error:
            parts.append(Evidence(unread=(Unread(found.path, found.line, _NAME, f"{address}: {error.reason}"),)))
        return merged(parts)

    def fields(self, address: str, found: Node) -> Node:
        """The values of a resource, those that come later unresolved or as references."""
        values = found.get("values") or found.with_value({})
        change = self._changes.get(address)
        unknown = change.dig("change.after_unknown") if change is not None else None
        return self._known(values, unknown, self._references.expressions(address), address, 0)

    def _known(self, value: Node, unknown: Node | None, expr: Node | None, address: str, depth: int) -> Node:
        """A value with what `unknown` marks in it taken out; empty lists, which stand for no block, left out."""
        if depth > _DEEPEST:
            return value.unresolved(f"nested deeper than {_DEEPEST} levels")
        if unknown is not None and unknown.value is True:
            return self._later(value, expr, address)
        held = value.value
        if isinstance(held, list):
            marks = unknown.value if unknown is not None and isinstance(unknown.value, list) else []
            items = [
                self._known(child, marks[i] if i < len(marks) else None, _nth(expr, i), address, depth + 1)
                for i, child in enumerate(held)
            ]
            return Node(items or None, value.path, value.line, value.column)
        if isinstance(held, dict):
            marked = unknown.value if unknown is not None and isinstance(unknown.value, dict) else {}
            named = expr.value if expr is not None and isinstance(expr.value, dict) else {}
            found = {
                key: self._known(child, marked.get(key), named.get(key), address, depth + 1)
                for key, child in held.items()
            }
            for key, mark in marked.items():
                if key not in held and mark.value is True:
                    at = Node(None, value.path, value.line, value.column)
                    found[key] = self._later(at, named.get(key), address)
            return Node(found, value.path, value.line, value.column)
        return value

    def _later(self, value: Node, expr: Node | None, address: str) -> Node:
        """A value that is known after apply: the attribute that it names, where it names one alone."""
        named = self._references.named(expr, address)
        if len(named) == 1 and named[0].attribute:
            policy = self._policy(named[0])
            return policy if policy is not None else value.with_value(named[0])
        parts: list[str | Reference | None] = [None]
        for reference in named:
            parts.extend((reference, None))
        return value.with_value(Unresolved(_LATER, value.place, tuple(parts) if named else ()))

    def _policy(self, reference: Reference) -> Node | None:
        """The policy that a data source of the plan will write, as far as it is known."""
        change = self._changes.get(reference.target)
        if change is None or _text(change, "type") != "aws_iam_policy_document" or reference.attribute != "json":
            return None
        after = change.dig("change.after")
        if after is None or not isinstance(after.value, dict):
            return None
        unknown = change.dig("change.after_unknown")
        expressions = self._references.expressions(reference.target)
        return policy_documents.policy(self._known(after, unknown, expressions, reference.target, 0))


def _with(node: Node, key: str, child: Node) -> Node:
    return Node({**node.value, key: child}, node.path, node.line, node.column)


def _nth(expr: Node | None, number: int) -> Node | None:
    """The expressions of a block among several, or those that hold for the whole list."""
    if expr is None or not isinstance(expr.value, list):
        return expr
    return expr.value[number] if number < len(expr.value) else None


def _with_all_tags(fields: Node) -> Node:
    """The fields with the tags that the provider adds among the tags."""
    every = fields.value.get("tags_all") if isinstance(fields.value, dict) else None
    if every is not None and every.value is not None:
        fields.value["tags"] = every
    return fields


def _text(node: Node, path: str) -> str:
    found = node.dig(path)
    return found.text() or "" if found is not None else ""


PLAN = DocumentReader(_NAME, _wants, _read, precedence=10)
