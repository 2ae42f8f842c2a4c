"""What the expressions of a plan's configuration refer to."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from ourhalf.model.field import Reference
from ourhalf.readers.node import Node

_INDEX = re.compile(r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]')
_MODULE = re.compile(r'module\.[\w-]+(?:\[(?:\d+|"(?:[^"\\]|\\.)*")\])?\.')
_NAMED = re.compile(
    r'(?P<target>(?:data\.)?[A-Za-z][\w-]*\.[\w-]+(?P<index>\[(?:\d+|"(?:[^"\\]|\\.)*")\])?)(?:\.(?P<attribute>.+))?'
)
_OTHER = frozenset({"var", "local", "each", "count", "path", "terraform", "self", "module"})
_DEEPEST = 12


def children(node: Node | None) -> Iterator[Node]:
    """The mappings in a list; nothing where there is none."""
    if node is not None:
        yield from (child for child in node.list() if isinstance(child.value, dict))


class References:
    """The configuration's expressions by address, and the planned addresses that they may mean."""

    def __init__(self, document: Node, addresses: Iterable[str]) -> None:
        self._expressions: dict[str, Node] = {}
        self._modules: dict[str, Node] = {}
        self._calls: dict[str, Node] = {}
        self._planned: dict[str, list[str]] = defaultdict(list)
        for address in dict.fromkeys(addresses):
            self._planned[_INDEX.sub("", address)].append(address)
        top = document.dig("configuration.root_module")
        if top is not None:
            self._collect(top)

    def _collect(self, top: Node) -> None:
        pending = [("", top)]
        while pending:
            prefix, module = pending.pop()
            self._modules[prefix] = module
            for found in children(module.get("resources")):
                address, expressions = found.get("address"), found.get("expressions")
                if address is not None and isinstance(address.value, str) and expressions is not None:
                    self._expressions[prefix + address.value] = expressions
            calls = module.get("module_calls")
            for name, call in calls.items() if calls is not None else ():
                below = f"{prefix}module.{name}."
                self._calls[below] = call
                inner = call.get("module")
                if inner is not None and below.count("module.") <= _DEEPEST:
                    pending.append((below, inner))

    def expressions(self, address: str) -> Node | None:
        """The expressions of a resource, by its planned address."""
        return self._expressions.get(_INDEX.sub("", address))

    def named(self, expr: Node | None, address: str) -> tuple[Reference, ...]:
        """The resources that an expression of the resource at `address` refers to."""
        prefix = "".join(found[0] for found in _MODULE.finditer(address))
        return tuple(dict.fromkeys(self._of(expr, prefix, 0)))

    def _of(self, expr: Node | None, prefix: str, depth: int) -> Iterator[Reference]:
        listed = expr.get("references") if expr is not None and isinstance(expr.value, dict) else None
        texts = [item.value for item in listed.list() if isinstance(item.value, str)] if listed is not None else []
        for text in texts:
            longer = any(other != text and other.startswith((f"{text}.", f"{text}[")) for other in texts)
            if not longer and depth < _DEEPEST:
                yield from self._one(text, prefix, depth)

    def _one(self, text: str, prefix: str, depth: int) -> Iterator[Reference]:
        first, _, rest = text.partition(".")
        bare = _INDEX.sub("", prefix)
        if first == "var":
            call = self._calls.get(bare)
            given = call.dig(f"expressions.{rest.partition('.')[0]}") if call is not None else None
            outer = "".join([found[0] for found in _MODULE.finditer(prefix)][:-1])
            yield from self._of(given, outer, depth + 1)
        elif first == "module":
            name, _, output = rest.partition(".")
            below = f"{prefix}module.{name}."
            module = self._modules.get(_INDEX.sub("", below))
            if module is not None and output:
                key = _INDEX.sub("", output.partition(".")[0])
                yield from self._of(module.dig(f"outputs.{key}.expression"), below, depth + 1)
        elif first not in _OTHER and (found := _NAMED.fullmatch(text)):
            target = self._planned_address(prefix + found["target"], bool(found["index"]))
            yield Reference(target, found["attribute"] or "")

    def _planned_address(self, target: str, exact: bool) -> str:
        """The one planned resource that a reference means, else what it says."""
        known = self._planned.get(_INDEX.sub("", target), [])
        if target in known or exact or len(known) != 1:
            return target
        return known[0]
