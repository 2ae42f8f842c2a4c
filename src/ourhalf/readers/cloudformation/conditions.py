"""Conditions of a template: true, false, or not to be told."""

from __future__ import annotations

from collections.abc import Callable

from ourhalf.model.field import Place, Reference, Unresolved
from ourhalf.readers.node import Node
from ourhalf.readers.text import as_text, deployed_later

Truth = bool | Unresolved

MAX_CHAIN = 40


class Conditions:
    """The `Conditions` section; each is evaluated once, when it is asked for."""

    def __init__(self, section: Node | None, evaluate: Callable[[Node], Node]) -> None:
        self._section = section
        self._evaluate = evaluate
        self._known: dict[str, Truth] = {}
        self._open: list[str] = []

    def holds(self, name: str, place: Place) -> Truth:
        """Whether the condition `name` holds; unresolved for a cycle and for what is not defined."""
        known = self._known.get(name)
        if known is not None:
            return known
        if name in self._open:
            return Unresolved(f"condition {name} depends on itself", place)
        node = self._section.get(name) if self._section is not None else None
        if node is None:
            return Unresolved(f"there is no condition {name}", place)
        if len(self._open) >= MAX_CHAIN:
            return Unresolved(f"more than {MAX_CHAIN} conditions depend on each other", place)
        self._open.append(name)
        try:
            found = self.truth(node)
        finally:
            self._open.pop()
        if isinstance(found, Unresolved):
            found = Unresolved(_told(name, found.reason), found.place)
        self._known[name] = found
        return found

    def truth(self, node: Node) -> Truth:
        """Whether the condition written in `node` holds."""
        name, argument = _function(node)
        match name:
            case "Condition":
                text = argument.text()
                return self.holds(text, node.place) if text else _wrong(node, "Condition without a name")
            case "Fn::Equals":
                return self._equals(argument)
            case "Fn::Not":
                operands = list(argument.list())
                if len(operands) != 1:
                    return _wrong(node, "Fn::Not takes one condition")
                found = self.truth(operands[0])
                return found if isinstance(found, Unresolved) else not found
            case "Fn::And":
                return self._all(argument, True)
            case "Fn::Or":
                return self._all(argument, False)
        if isinstance(node.value, Unresolved):
            return node.value
        return _wrong(node, f"{name} is no condition" if name else "not a condition")

    def _equals(self, argument: Node) -> Truth:
        operands = list(argument.list())
        if len(operands) != 2:
            return _wrong(argument, "Fn::Equals takes two values")
        one, other = (self._evaluate(operand) for operand in operands)
        for side in (one, other):
            match side.value:
                case Unresolved() as why:
                    return why
                case Reference() as reference:
                    return Unresolved(deployed_later(reference), side.place)
        a, b = as_text(one.value), as_text(other.value)
        if a is None or b is None:
            return _wrong(argument, "Fn::Equals compares texts")
        if a != b and a and b and ("REDACTED-" in a or "REDACTED-" in b):
            return Unresolved("a secret is compared", argument.place)
        return a == b

    def _all(self, argument: Node, wanted: bool) -> Truth:
        """And (`wanted` true) or Or (false): one operand that differs decides, else doubt prevails."""
        operands = list(argument.list())
        if not operands:
            return _wrong(argument, "a list of conditions is missing")
        doubt: Unresolved | None = None
        for operand in operands:
            found = self.truth(operand)
            if isinstance(found, Unresolved):
                doubt = doubt or found
            elif found is not wanted:
                return found
        return doubt if doubt is not None else wanted


def _told(name: str, reason: str) -> str:
    """The reason with the name of the outermost condition only."""
    _, _, inner = reason.rpartition(" cannot be told: ")
    return f"condition {name} cannot be told: {inner}"


def _wrong(node: Node, reason: str) -> Unresolved:
    return Unresolved(reason, node.place)


def _function(node: Node) -> tuple[str, Node]:
    """The name of the condition function in long form, and its argument."""
    if node.tag and node.tag.startswith("!"):
        name = node.tag[1:]
        argument = Node(node.value, node.path, node.line, node.column)
        return (name if name == "Condition" else f"Fn::{name}"), argument
    if isinstance(node.value, dict) and len(node.value) == 1:
        return next(iter(node.value.items()))
    return "", node
