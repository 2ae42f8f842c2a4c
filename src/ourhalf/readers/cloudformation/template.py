"""CloudFormation templates: their resources, with functions evaluated and conditions decided."""

from __future__ import annotations

import re
from itertools import islice

from ourhalf.model.evidence import Evidence, Unread
from ourhalf.model.field import Unresolved
from ourhalf.model.resource import Dialect, Language, Origin, Resource
from ourhalf.readers import holders
from ourhalf.readers.cloudformation import sam
from ourhalf.readers.cloudformation.intrinsics import Evaluator, transform_name
from ourhalf.readers.cloudformation.stacks import unread_part
from ourhalf.readers.mapping import build
from ourhalf.readers.node import Node
from ourhalf.readers.reader import DocumentReader, Files
from ourhalf.resources import by_name

_TYPE = re.compile(r"[A-Za-z0-9]+::[A-Za-z0-9:_@-]+$")
_LOOKED_AT = 50
_READ_TRANSFORMS = frozenset({sam.TRANSFORM, "AWS::LanguageExtensions"})


def _wants(document: Node) -> bool:
    if document.get("AWSTemplateFormatVersion") is not None:
        return True
    resources = document.get("Resources")
    return resources is not None and any(_is_typed(child) for _, child in islice(resources.items(), _LOOKED_AT))


def _is_typed(resource: Node) -> bool:
    kind = resource.get("Type")
    text = kind.text() if kind is not None else None
    return text is not None and _TYPE.match(text) is not None


def _read(document: Node, files: Files) -> Evidence:
    return _Template(document, files).read()


class _Template:
    """One template while it is read."""

    def __init__(self, document: Node, files: Files) -> None:
        self._document = document
        self._files = files
        self._evaluator = Evaluator(document)
        self._resources: list[Resource] = []
        self._unread: list[Unread] = []

    def read(self) -> Evidence:
        """Its resources, and a line for all that could not be read."""
        self._transforms()
        section = self._document.get("Resources")
        if section is None or not isinstance(section.value, dict):
            self._skip(section or self._document, "the template has no mapping of Resources")
            return Evidence(unread=tuple(self._unread))
        serverless = sam.Serverless(self._document, self._evaluator)
        for name, declared in section.items():
            try:
                self._resource(name, declared, serverless)
            except RecursionError:
                self._skip(declared, f"{name} is nested too deep to evaluate")
        return Evidence(tuple(self._resources), tuple(self._unread))

    def _transforms(self) -> None:
        """A line for each transform that makes resources which are not in the text."""
        listed = self._document.get("Transform")
        if listed is not None:
            for transform in listed.value if isinstance(listed.value, list) else [listed]:
                if transform_name(transform) not in _READ_TRANSFORMS:
                    self._skip(transform, f"transform {transform_name(transform)}: what it makes is not read")
        modules = self._document.get("Modules")
        for name, module in modules.items() if modules is not None else ():
            self._skip(module, f"module {name}: what it makes is not read")
        self._evaluator.expanded |= bool(self._unread)

    def _resource(self, name: str, declared: Node, serverless: sam.Serverless) -> None:
        if name.startswith("Fn::"):
            what = f"transform {transform_name(declared)}" if name == "Fn::Transform" else name
            self._skip(declared, f"{what}: what it makes is not read")
            return
        kind = self._kind(name, declared)
        if kind is None or self._is_left_out(declared):
            return
        if kind.endswith("::MODULE"):
            self._skip(declared, f"{name}: what module {kind} makes is not read")
            return
        if kind.startswith("AWS::Serverless::"):
            self._serverless(name, kind, declared, serverless)
            return
        reason = unread_part(name, kind, declared, self._evaluator, self._files)
        if reason:
            self._skip(declared, reason)
        if kind in by_name(Dialect.CLOUDFORMATION) or holders.holds(kind):
            self._build(name, kind, self._properties(name, declared), declared)

    def _kind(self, name: str, declared: Node) -> str | None:
        if not isinstance(declared.value, dict):
            self._skip(declared, f"{name} is not a resource: it has no fields")
            return None
        kind = declared.get("Type")
        text = kind.text() if kind is not None else None
        if kind is not None and kind.tag and kind.tag.startswith("!"):
            self._skip(kind, f"{name}: what {kind.tag} {text or ''} makes is not read")
            return None
        if text is None:
            self._skip(kind or declared, f"{name} is not a resource: its Type is not a text")
            return None
        return text

    def _is_left_out(self, declared: Node) -> bool:
        """Whether its condition is false; a resource whose condition cannot be told is kept."""
        condition = declared.get("Condition")
        name = condition.text() if condition is not None else None
        return bool(name) and self._evaluator.conditions.holds(name or "", declared.place) is False

    def _properties(self, name: str, declared: Node) -> Node:
        found = declared.get("Properties")
        if found is None or found.value is None:
            return declared.with_value({})
        found = self._evaluator.evaluate(found)
        if not isinstance(found.value, dict | Unresolved):
            self._skip(found, f"the Properties of {name} are not a mapping")
            return found.unresolved("its Properties are not a mapping")
        return found

    def _build(self, name: str, kind: str, properties: Node, at: Node) -> None:
        scope = self._document.path
        known = by_name(Dialect.CLOUDFORMATION).get(kind)
        if known is not None:
            origin = Origin(at.place, Language.CLOUDFORMATION, Dialect.CLOUDFORMATION, scope, name)
            tree = Node(properties.value, at.path, at.line, at.column, None, properties.rest)
            self._resources.append(build(known, name, tree, origin))
        held = holders.held(kind, properties, Dialect.CLOUDFORMATION, Language.CLOUDFORMATION, scope)
        self._resources.extend(held)

    def _serverless(self, name: str, kind: str, declared: Node, serverless: sam.Serverless) -> None:
        made, reason = serverless.expand(name, kind, self._properties(name, declared))
        if reason:
            self._skip(declared, reason)
        for resource in made:
            self._build(resource.name, resource.kind, resource.properties, declared)

    def _skip(self, node: Node, reason: str) -> None:
        self._unread.append(Unread(node.path, node.line, TEMPLATES.name, reason))


TEMPLATES = DocumentReader("cloudformation", _wants, _read, precedence=40)
