"""Modules as they are called: variables, locals, resources and outputs of each instance."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any

import msgspec

from ourhalf.model.field import Reference, Unresolved
from ourhalf.model.numbers import whole
from ourhalf.readers.node import Node
from ourhalf.readers.terraform import types
from ourhalf.readers.terraform.evaluate import Scope, evaluate, settled
from ourhalf.readers.terraform.modules import Module
from ourhalf.readers.terraform.syntax import Block, Body, Expr
from ourhalf.readers.terraform.values import Fault, doubtful, node, number_text, unresolved, why

MAX_INSTANCES = 1000
"""How many instances one `count` or `for_each` is expanded to."""


class Expansion(msgspec.Struct):
    """The instances of a block: what follows its address, and what `each` and `count` are in it.

    `many` where the block has `count` (list) or `for_each` (dict). `doubt` says why there may be
    others; without a suffix, one instance stands for all of those.
    """

    instances: list[tuple[str, dict[str, Node]]]
    many: type | None = None
    doubt: Unresolved | None = None


class Declared(msgspec.Struct):
    """One instance of a resource or data source, by its address in the root module."""

    address: str
    block: Block
    scope: Scope
    memo: dict[str, Node] = msgspec.field(default_factory=dict)

    @property
    def type(self) -> str:
        """The type of the resource."""
        return self.block.labels[0]


class Instance:
    """One call of a module; the root module is called by nobody."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a call consists of
        self,
        root: Any,
        module: Module,
        address: str,
        caller: Scope | None = None,
        arguments: Body | None = None,
        key: str = "",
    ) -> None:
        self.root = root
        self.module = module
        self.address = address
        self.caller = caller
        self.arguments = arguments
        self.key = key
        self.scope = Scope(self, {})
        self._memo: dict[str, Node | None] = {}
        self._expansions: dict[str, list[Declared]] = {}
        self.children: dict[str, list[Instance]] = {}

    @property
    def ancestors(self) -> Iterator[Instance]:
        """The instance itself, its caller, and so on up to the root."""
        current: Instance | None = self
        while current is not None:
            yield current
            current = current.caller.instance if current.caller is not None else None

    def _once(self, name: str, at: Expr, make: Any) -> Node:
        """A value that is made once; one that needs itself is unresolved."""
        if name in self._memo:
            found = self._memo[name]
            return found if found is not None else unresolved(at, f"{name} refers to itself")
        self._memo[name] = None
        try:
            made: Node = make()
        except BaseException:
            del self._memo[name]
            raise
        self._memo[name] = made
        return made

    def variable(self, name: str, at: Expr) -> Node:
        """The value of a variable: what the caller gives, else its default."""
        return self._once(f"var.{name}", at, lambda: self._variable(name, at))

    def _variable(self, name: str, at: Expr) -> Node:
        block = self.module.variables.get(name)
        body = block.body if block is not None else Body({}, [])
        given = self._given(name)
        default = body.attributes.get("default")
        if given is not None and given.value is None and default is not None and "nullable" in body.attributes:
            given = None if settled(body.attributes["nullable"].expr, self.scope).value is False else given
        if given is None:
            if default is None:
                where = Expr(block.path, block.line, block.column) if block is not None else at
                return unresolved(where, f"variable `{name}` has no value")
            given = settled(default.expr, self.scope)
        kind = body.attributes.get("type")
        return types.converted(given, kind.expr if kind is not None else None)

    def _given(self, name: str) -> Node | None:
        if self.caller is None:
            found: Node | None = self.root.values.get(name)
            return found
        argument = self.arguments.attributes.get(name) if self.arguments is not None else None
        if argument is not None:
            return settled(argument.expr, self.caller)
        rest = self.arguments.rest if self.arguments is not None else None
        return Node(rest, rest.place.path, rest.place.line) if rest is not None else None

    def local(self, name: str, at: Expr) -> Node:
        """The value of a local."""
        return self._once(f"local.{name}", at, lambda: self._local(name))

    def _local(self, name: str) -> Node:
        attribute = self.module.locals.get(name)
        if attribute is None:
            raise Fault(f"local.{name} is not defined")
        return evaluate(attribute.expr, self.scope)

    def output(self, name: str, at: Expr) -> Node:
        """The value of an output."""
        return self._once(f"output.{name}", at, lambda: self._output(name))

    def _output(self, name: str) -> Node:
        block = self.module.outputs.get(name)
        value = block.body.attributes.get("value") if block is not None else None
        if value is None:
            raise Fault(f"module `{self.address}` has no output `{name}`")
        return settled(value.expr, self.scope)

    def path(self, name: str, at: Expr) -> Node:
        """`path.module` and `path.root`, relative to the root module."""
        if name == "root":
            return node(".", at)
        if name == "module":
            return node(posixpath.relpath(self.module.folder or ".", self.root.folder or "."), at)
        return unresolved(at, f"path.{name} depends on where it is run")

    def resource(self, name: str, at: Expr) -> Node:
        """A resource or data source as a whole: a reference to it, or a list or object of those."""
        return self._once(name, at, lambda: self._resource(name, at))

    def _resource(self, name: str, at: Expr) -> Node:
        block = self.module.resources.get(name)
        if block is None:
            raise Fault(f"`{name}` is not declared")
        expansion = self.expanded(block)
        address = f"{self.address}.{name}" if self.address else name
        found = [Declared(address + suffix, block, Scope(self, names)) for suffix, names in expansion.instances]
        self._expansions[name] = found
        for declared in found:
            self.root.declared[declared.address] = declared
        return self._whole(address, expansion, at)

    def declared(self, name: str) -> list[Declared]:
        """The instances of a resource."""
        block = self.module.resources[name]
        self.resource(name, Expr(block.path, block.line, block.column))
        return self._expansions.get(name, [])

    def _whole(self, address: str, expansion: Expansion, at: Expr) -> Node:
        """What the name of an expanded block stands for."""
        doubt = expansion.doubt
        if doubt is not None:
            self.root.doubts[address] = doubt
        if expansion.many is None or (doubt is not None and len(expansion.instances) == 1):
            return node(Reference(address), at)
        known = [suffix for suffix, _ in expansion.instances if suffix]
        if expansion.many is list:
            result = node([node(Reference(address + suffix), at) for suffix in known], at)
        else:
            keys = (names["each"].value["key"].value for suffix, names in expansion.instances if suffix)
            result = node(
                {key: node(Reference(address + suffix), at) for key, suffix in zip(keys, known, strict=True)}, at
            )
        result.rest = doubt
        return result

    def call(self, name: str, at: Expr) -> Node:
        """A module that this one calls, as a whole."""
        return self._once(f"module.{name}", at, lambda: self._call(name, at))

    def _call(self, name: str, at: Expr) -> Node:
        block = self.module.calls.get(name)
        if block is None:
            raise Fault(f"module `{name}` is not declared")
        from ourhalf.readers.terraform.calls import called

        address = f"{self.address}.module.{name}" if self.address else f"module.{name}"
        found = called(self, name, block)
        if isinstance(found, Unresolved):
            self.children[name] = []
            return node(Unresolved(found.reason, at.place, (Reference(address),)), at)
        expansion = self.expanded(block)
        self.children[name] = [
            Instance(self.root, found.module, address + suffix, Scope(self, names), block.body, found.key)
            for suffix, names in expansion.instances
        ]
        for child in self.children[name]:
            self.root.instances[child.address] = child
        return self._whole(address, expansion, at)

    def calls(self) -> Iterator[Instance]:
        """The instances of the modules that this one calls."""
        for name, block in self.module.calls.items():
            self.call(name, Expr(block.path, block.line, block.column))
            yield from self.children.get(name, [])

    def expanded(self, block: Block) -> Expansion:
        """The instances of a block by its `count` or `for_each`."""
        attributes = block.body.attributes
        for name, expand in (("count", _counted), ("for_each", _for_each)):
            if name in attributes:
                expr = attributes[name].expr
                return expand(settled(expr, self.scope), expr, block)
        return Expansion([("", {})])


def _counted(value: Node, at: Expr, block: Block) -> Expansion:
    label = ".".join(block.labels)
    unknown = why(value)
    if unknown is None and isinstance(value.value, bool | float):
        unknown = Unresolved("it is no whole number", at.place)
    elif unknown is None and isinstance(value.value, str):
        value = node(whole(value.value), at)
    if unknown is None and isinstance(value.value, int):
        if value.value <= MAX_INSTANCES:
            indexes = range(max(value.value, 0))
            return Expansion([(f"[{i}]", {"count": _count(node(i, at), at)}) for i in indexes], list)
        unknown = Unresolved(f"more than {MAX_INSTANCES:,} instances", at.place)
    doubt = Unresolved(f"the count of `{label}` is not known: {unknown.reason if unknown else 'no number'}", at.place)
    return Expansion([("", {"count": _count(doubtful(at, doubt), at)})], list, doubt)


def _count(index: Node, at: Expr) -> Node:
    return node({"index": index}, at)


def _each(key: Node, value: Node, at: Expr) -> dict[str, Node]:
    return {"each": node({"key": key, "value": value}, at)}


def _for_each(value: Node, at: Expr, block: Block) -> Expansion:
    unknown = why(value) or value.rest
    pairs: list[tuple[str, Node]] = []
    if isinstance(value.value, dict) and value.tag is None:
        pairs = list(value.value.items())
    elif isinstance(value.value, list) and value.tag is None:
        for item in value.value:
            if isinstance(item.value, str | int | float):
                text = item.value if isinstance(item.value, str) else number_text(item.value)
                pairs.append((text, item))
            else:
                unknown = unknown or why(item) or Unresolved("an element that is no text", at.place)
    elif unknown is None:
        unknown = Unresolved("it is neither a set nor an object", at.place)
    if len(pairs) > MAX_INSTANCES:
        unknown = unknown or Unresolved(f"more than {MAX_INSTANCES:,} instances", at.place)
        pairs = []
    found = [(f'["{key}"]', _each(node(key, at), child, at)) for key, child in pairs]
    if unknown is None:
        return Expansion(found, dict)
    doubt = Unresolved(f"for_each of `{'.'.join(block.labels)}` is not known: {unknown.reason}", at.place)
    found.append(("", _each(doubtful(at, doubt), doubtful(at, doubt), at)))
    return Expansion(found, dict, doubt)
