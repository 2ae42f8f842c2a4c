"""Evaluates the intrinsic functions of a template as far as its own text decides them."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice

from ourhalf.model.field import Reference, Unresolved
from ourhalf.readers.cloudformation.choices import one_of, same
from ourhalf.readers.cloudformation.conditions import Conditions
from ourhalf.readers.cloudformation.parameters import PSEUDO, parameter, pseudo
from ourhalf.readers.node import Node
from ourhalf.readers.text import as_text, deployed_later, joined, json_text

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_NESTED_STACKS = ("AWS::CloudFormation::Stack", "AWS::Serverless::Application")
_CUSTOM = ("Custom::", "AWS::CloudFormation::CustomResource")


class Evaluator:
    """What the values of one template come to.

    `expanded` is set where transforms add resources to those that are written, `implied` names those
    that are known to be added.

    `evaluate` gives a tree without functions: a node is None where `AWS::NoValue` removes it, a
    `Reference` where it names a resource, unresolved where the template does not decide. Mappings
    and lists that share an anchor are evaluated once.
    """

    def __init__(self, template: Node) -> None:
        self._parameters = _section(template, "Parameters")
        self._mappings = _section(template, "Mappings")
        self._resources = _section(template, "Resources")
        self.conditions = Conditions(template.get("Conditions"), self.evaluate)
        self.expanded = any(_is_expanded(key, declared) for key, declared in self._resources.items())
        self.implied: set[str] = set()
        self._done: dict[tuple[int, str], tuple[object, Node]] = {}

    def evaluate(self, node: Node) -> Node:
        """`node` without functions, at the same place."""
        value = node.value
        tag = node.tag if node.tag is not None and node.tag.startswith("!") else ""
        if not isinstance(value, dict | list):
            return self._call(tag[1:], Node(value, node.path, node.line, node.column), node) if tag else node
        known = self._done.get((id(value), tag))
        if known is not None:
            done = known[1]
        elif tag:
            done = self._call(tag[1:], Node(value, node.path, node.line, node.column), node)
        else:
            done = self._list(node, value) if isinstance(value, list) else self._mapping(node, value)
        if known is None:
            self._done[id(value), tag] = value, done
        return _placed(done, node)

    def _list(self, node: Node, children: list[Node]) -> Node:
        found = [self.evaluate(child) for child in children]
        return Node([child for child in found if child.value is not None], node.path, node.line, node.column)

    def _mapping(self, node: Node, children: dict[str, Node]) -> Node:
        if len(children) == 1:
            name, argument = next(iter(children.items()))
            if name == "Ref" or (name.startswith("Fn::") and not name.startswith("Fn::ForEach::")):
                return self._call(name.removeprefix("Fn::"), argument, node)
        rest: Unresolved | None = None
        found: dict[str, Node] = {}
        for key, child in children.items():
            if key.startswith("Fn::"):
                rest = rest or Unresolved(_makes(key, child), child.place)
                continue
            evaluated = self.evaluate(child)
            if evaluated.value is not None:
                found[key] = evaluated
        return Node(found, node.path, node.line, node.column, None, rest)

    def _call(self, name: str, argument: Node, at: Node) -> Node:
        function = _FUNCTIONS.get(name)
        if function is None:
            return at.unresolved(_makes(f"Fn::{name}", argument))
        return function(self, argument, at)

    def reference(self, name: str, at: Node) -> Node:
        """The value of `Ref` for `name`."""
        if name.startswith("AWS::") and (name in PSEUDO or name == "AWS::NoValue"):
            return pseudo(name, at)
        declared = self._parameters.get(name)
        if declared is not None:
            return parameter(name, declared, at)
        return self._resource(name, "Ref", at)

    def attribute(self, name: str, attribute: str, at: Node) -> Node:
        """The value of `GetAtt` for the resource `name`."""
        return self._resource(name, attribute, at)

    def _resource(self, name: str, attribute: str, at: Node) -> Node:
        declared = self._resources.get(name)
        reference = Reference(name, attribute)
        if declared is None:
            if name in self.implied:
                return at.with_value(reference)
            if self.expanded:
                return at.unresolved(f"{name} is not in the template as it is written", (reference,))
            return at.unresolved(f"{name} is neither a parameter nor a resource of the template")
        kind = declared.get("Type")
        kind_name = kind.text() if kind is not None else None
        if kind_name in _NESTED_STACKS and attribute.startswith("Outputs."):
            return at.unresolved(f"an output of the nested stack {name}", (reference,))
        if kind_name and kind_name.startswith(_CUSTOM) and attribute != "Ref":
            return at.unresolved(f"an attribute of the custom resource {name}", (reference,))
        return at.with_value(reference)

    def find_in_map(self, name: str, first: Node, second: Node, at: Node) -> Node:
        """The value of a mapping under two keys, either of which may be unresolved."""
        table = self._mappings.get(name)
        if table is None or "Fn::Transform" in self._mappings:
            return at.unresolved(f"there is no mapping {name} in the template as it is written")
        rows = _under(table, first)
        cells = [cell for row in rows for cell in _under(row, second)]
        if not cells:
            keys = f"{_shown(first)}, {_shown(second)}"
            return at.unresolved(f"mapping {name} has nothing under {keys}")
        values = [self.evaluate(cell) for cell in cells]
        if all(same(values[0], other) for other in values[1:]):
            return _placed(values[0], at)
        doubt = first if as_text(first.value) is None else second
        return at.unresolved(f"the key of mapping {name} is not known: {_why(doubt)}")


def _is_expanded(name: str, declared: Node) -> bool:
    """Whether something other than the service makes other resources of this one."""
    kind = declared.get("Type")
    return name.startswith("Fn::") or (kind is not None and (kind.tag or "").startswith("!"))


_Function = Callable[[Evaluator, Node, Node], Node]


def _placed(node: Node, at: Node) -> Node:
    """What `node` holds, at the place of `at`."""
    return Node(node.value, at.path, at.line, at.column, node.tag, node.rest)


def _section(template: Node, name: str) -> dict[str, Node]:
    section = template.get(name)
    return dict(section.items()) if section is not None else {}


def _under(node: Node, key: Node) -> list[Node]:
    """The nodes that may stand under `key`: one where it is known, else all."""
    text = as_text(key.value)
    if text is None:
        return [child for _, child in node.items()]
    found = node.get(text)
    return [] if found is None else [found]


def _shown(node: Node) -> str:
    return as_text(node.value) or "a key that is not known"


def _why(node: Node) -> str:
    """Why the value of `node` is not known."""
    match node.value:
        case Unresolved(reason):
            return reason
        case Reference() as reference:
            return deployed_later(reference)
    found = {dict: "mapping", list: "list", str: "text", bool: "truth value"}.get(type(node.value), "number")
    return f"a {found} where it does not belong"


def _makes(function: str, argument: Node) -> str:
    """Why a function that is not evaluated here leaves its value open."""
    if function.startswith("Fn::ForEach"):
        return f"{function} is not expanded"
    if function == "Fn::Transform":
        return f"made by the transform {transform_name(argument)}"
    if function.removeprefix("Fn::") in _FUNCTIONS:
        return f"{function} stands beside other names"
    return f"!{function.removeprefix('Fn::')} is not evaluated"


def transform_name(node: Node) -> str:
    """The name of the transform in a `Transform` section or `Fn::Transform` call."""
    name = node.get("Name") if isinstance(node.value, dict) else node
    return (name.text() if name is not None else None) or "without a name"


def _ref(template: Evaluator, argument: Node, at: Node) -> Node:
    name = argument.text()
    return template.reference(name, at) if name else at.unresolved("Ref without a name")


def _get_att(template: Evaluator, argument: Node, at: Node) -> Node:
    if (text := argument.text()) is not None:
        name, _, attribute = text.partition(".")
        return template.attribute(name, attribute, at)
    pieces = [template.evaluate(child) for child in argument.list()]
    if len(pieces) < 2:
        return at.unresolved("GetAtt without a resource and attribute")
    texts = [as_text(piece.value) for piece in pieces]
    unknown = next((piece for piece, text in zip(pieces, texts, strict=True) if text is None), None)
    if unknown is not None:
        return at.unresolved(f"which attribute is not known: {_why(unknown)}")
    return template.attribute(texts[0] or "", ".".join(text or "" for text in texts[1:]), at)


def _sub(template: Evaluator, argument: Node, at: Node) -> Node:
    text, given = argument, {}
    if isinstance(argument.value, list):
        if not argument.value:
            return at.unresolved("Sub without a text")
        text = argument.value[0]
        given = dict(argument.value[1].items()) if len(argument.value) > 1 else {}
    text = template.evaluate(text)
    if not isinstance(text.value, str):
        return at.unresolved(_why(text))
    pieces: list[Node] = []
    end = 0
    for match in _VARIABLE.finditer(text.value):
        pieces.append(at.with_value(text.value[end : match.start()]))
        end = match.end()
        name = match[1].strip()
        if name.startswith("!"):
            pieces.append(at.with_value(f"${{{name[1:]}}}"))
        elif name in given:
            pieces.append(template.evaluate(given[name]))
        elif "." in name:
            resource, _, attribute = name.partition(".")
            pieces.append(template.attribute(resource, attribute, at))
        else:
            pieces.append(template.reference(name, at))
    pieces.append(at.with_value(text.value[end:]))
    return joined(pieces, at)


def _join(template: Evaluator, argument: Node, at: Node) -> Node:
    operands = list(argument.list())
    if len(operands) != 2:
        return at.unresolved("Join takes a delimiter and a list")
    delimiter, listed = template.evaluate(operands[0]), template.evaluate(operands[1])
    if not isinstance(delimiter.value, str):
        return at.unresolved(_why(delimiter))
    if not isinstance(listed.value, list):
        return at.unresolved(_why(listed), (None,))
    pieces: list[Node] = []
    for number, child in enumerate(listed.value):
        if number and delimiter.value:
            pieces.append(delimiter)
        pieces.append(child)
    return joined(pieces, at)


def _split(template: Evaluator, argument: Node, at: Node) -> Node:
    operands = list(argument.list())
    if len(operands) != 2:
        return at.unresolved("Split takes a delimiter and a text")
    delimiter, text = template.evaluate(operands[0]), template.evaluate(operands[1])
    if not isinstance(delimiter.value, str) or not delimiter.value:
        return at.unresolved("Split without a known delimiter")
    if not isinstance(text.value, str):
        return at.unresolved(_why(text))
    return at.with_value([at.with_value(piece) for piece in text.value.split(delimiter.value)])


def _select(template: Evaluator, argument: Node, at: Node) -> Node:
    operands = list(argument.list())
    if len(operands) != 2:
        return at.unresolved("Select takes an index and a list")
    position, listed = (template.evaluate(operand) for operand in operands)
    index = as_text(position.value)
    if index is None or not re.fullmatch(r"[0-9]{1,6}", index):
        return at.unresolved(f"the index of Select is not known: {_why(position)}")
    if not isinstance(listed.value, list):
        return at.unresolved(_why(listed))
    before = listed.value[: int(index) + 1]
    doubt = next((child for child in before if child.tag == "!maybe"), None)
    if doubt is not None:
        return at.unresolved(_why(doubt))
    if int(index) >= len(listed.value):
        return at.unresolved(f"Select asks for element {index} of {len(listed.value)}")
    chosen = listed.value[int(index)]
    return _placed(chosen, at)


def _if(template: Evaluator, argument: Node, at: Node) -> Node:
    operands = list(argument.list())
    name = operands[0].text() if len(operands) == 3 else None
    if name is None:
        return at.unresolved("If takes a condition and two values")
    found = template.conditions.holds(name, at.place)
    if isinstance(found, bool):
        chosen = template.evaluate(operands[1 if found else 2])
        return _placed(chosen, at)
    one, other = template.evaluate(operands[1]), template.evaluate(operands[2])
    return one_of(one, other, at, found.reason)


def _find_in_map(template: Evaluator, argument: Node, at: Node) -> Node:
    operands = [template.evaluate(operand) for operand in argument.list()]
    if len(operands) not in (3, 4):
        return at.unresolved("FindInMap takes a mapping and two keys")
    name = operands[0].text()
    if name is None:
        return at.unresolved(f"the mapping is not known: {_why(operands[0])}")
    found = template.find_in_map(name, operands[1], operands[2], at)
    default = operands[3].get("DefaultValue") if len(operands) == 4 else None
    if default is None or not isinstance(found.value, Unresolved):
        return found
    known = all(as_text(operand.value) is not None for operand in operands[1:3])
    return _placed(default, at) if known else found


def _base64(template: Evaluator, argument: Node, at: Node) -> Node:
    found = template.evaluate(argument)
    return Node(found.value, at.path, at.line, at.column, "!plain")


def _length(template: Evaluator, argument: Node, at: Node) -> Node:
    found = template.evaluate(argument)
    if not isinstance(found.value, list):
        return at.unresolved(_why(found))
    doubt = next((child for child in found.value if child.tag == "!maybe"), None)
    return at.unresolved(_why(doubt)) if doubt is not None else at.with_value(len(found.value))


def _to_json_string(template: Evaluator, argument: Node, at: Node) -> Node:
    return json_text(template.evaluate(argument), at)


def _import_value(template: Evaluator, argument: Node, at: Node) -> Node:
    name = template.evaluate(argument)
    shown = as_text(name.value)
    return at.unresolved(f"imported from another stack{f' as {shown}' if shown else ''}")


def _get_azs(template: Evaluator, argument: Node, at: Node) -> Node:
    return at.unresolved("the availability zones of the region are known only once it is deployed")


def _cidr(template: Evaluator, argument: Node, at: Node) -> Node:
    operands = [template.evaluate(operand) for operand in argument.list()]
    texts = [as_text(operand.value) for operand in operands]
    if len(operands) not in (2, 3):
        return at.unresolved("Cidr takes a block, a count and a number of bits")
    for operand, text in zip(operands, texts, strict=True):
        if text is None:
            return at.unresolved(_why(operand))
    from ipaddress import ip_network

    try:
        block = ip_network(texts[0] or "", strict=False)
        count, bits = int(texts[1] or ""), int(texts[2] or "") if len(texts) == 3 else 8
        prefix = block.max_prefixlen - bits
        subnets = islice(block.subnets(new_prefix=prefix), min(count, 256))
        return at.with_value([at.with_value(str(subnet)) for subnet in subnets])
    except ValueError:
        return at.unresolved(f"Cidr cannot divide {', '.join(text or '' for text in texts)}")


_FUNCTIONS: dict[str, _Function] = {
    "Base64": _base64,
    "Cidr": _cidr,
    "FindInMap": _find_in_map,
    "GetAZs": _get_azs,
    "GetAtt": _get_att,
    "If": _if,
    "ImportValue": _import_value,
    "Join": _join,
    "Length": _length,
    "Ref": _ref,
    "Select": _select,
    "Split": _split,
    "Sub": _sub,
    "ToJsonString": _to_json_string,
}
