"""State machines in the Amazon States Language: the jobs, tasks and endpoints that their states start."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ourhalf.model.evidence import Evidence
from ourhalf.model.field import Unresolved
from ourhalf.model.resource import Dialect, Language, Resource
from ourhalf.readers import embedded
from ourhalf.readers.holders import Holder
from ourhalf.readers.node import Node
from ourhalf.readers.reader import DocumentReader, Files
from ourhalf.readers.requests import request_resource
from ourhalf.readers.text import joined

MAX_DEPTH = 40
MAX_STATES = 10_000

_INTEGRATION = re.compile(
    r":states:[^:]*:[^:]*:(?:aws-sdk:)?([a-z0-9]+):([A-Za-z0-9]+)(?:\.sync(?::\d)?|\.waitForTaskToken)?$"
)
_SUBSTITUTION = re.compile(r"\$\{([^{}]*)\}")
_FORMAT = re.compile(r"\s*States\.Format\(\s*'((?:[^'\\]|\\.)*)'")
_FROM_INPUT = "given by the state machine's input"

# Services whose API names fields in camel case, where a state machine capitalises them.
_CAMEL = frozenset({"batch", "ecs", "ecr", "eks"})
_FREE_NAMES = frozenset({"parameters", "tags", "options", "dockerLabels"})


def _wants(document: Node) -> bool:
    return document.get("StartAt") is not None and isinstance(_value(document, "States"), dict)


def _read(document: Node, files: Files) -> Evidence:
    language = Language.JSON if document.path.endswith(".json") else Language.YAML
    return Evidence(resources_of_state_machine(document, language, document.path))


def resources_of_state_machine(definition: Node, language: Language, scope: str) -> tuple[Resource, ...]:
    """What the tasks of a state machine make by calling AWS APIs, in the order of its states.

    `definition` is the tree of the machine, or its JSON text. A field that a state takes from its
    input is unresolved.
    """
    if isinstance(definition.value, str | Unresolved):
        definition = embedded.parse("json", definition)
    found = []
    for number, (name, state) in enumerate(_states(definition, 0)):
        if number >= MAX_STATES:
            break
        operation = _operation(state.get("Resource"))
        if operation is None:
            continue
        request = _request(state, operation.partition(":")[0])
        resource = request_resource(operation, request, language, scope, fallback=f"state {name}")
        if resource is not None:
            found.append(resource)
    return tuple(found)


def _states(machine: Node, depth: int) -> Iterator[tuple[str, Node]]:
    """Every state with its name, those inside parallel branches and maps included."""
    if depth > MAX_DEPTH:
        return
    states = machine.get("States")
    for name, state in states.items() if states is not None else ():
        yield name, state
        for key in ("Iterator", "ItemProcessor"):
            inner = state.get(key)
            if inner is not None:
                yield from _states(inner, depth + 1)
        branches = state.get("Branches")
        for branch in branches.list() if branches is not None else ():
            yield from _states(branch, depth + 1)


def _operation(resource: Node | None) -> str | None:
    """`service:Operation` of the API that a task calls; None for a function, an activity or a wait."""
    match resource.value if resource is not None else None:
        case str() as arn:
            found = _INTEGRATION.search(arn)
        case Unresolved() as arn:
            found = _INTEGRATION.search(arn.suffix)
        case _:
            return None
    return f"{found[1]}:{found[2][0].upper()}{found[2][1:]}" if found else None


def _request(state: Node, service: str) -> Node:
    """The fields of the request that a task sends."""
    written = state.get("Parameters") or state.get("Arguments")
    if written is None:
        return state.unresolved(_FROM_INPUT)
    return _evaluated(written, service in _CAMEL, 0)


def _evaluated(node: Node, camel: bool, depth: int) -> Node:
    """The tree with what comes from the input unresolved, names spelled as the API spells them."""
    value = node.value
    if depth > MAX_DEPTH:
        return node.unresolved("nested too deep to read")
    if isinstance(value, dict):
        fields: dict[str, Node] = {}
        for key, child in value.items():
            name = key.removesuffix(".$")
            if camel:
                name = name[:1].lower() + name[1:]
            inner = camel and name not in _FREE_NAMES
            fields[name] = _from_input(child) if key.endswith(".$") else _evaluated(child, inner, depth + 1)
        return Node(fields, node.path, node.line, node.column, node.tag, node.rest)
    if isinstance(value, list):
        children = [_evaluated(child, camel, depth + 1) for child in value]
        return Node(children, node.path, node.line, node.column, node.tag, node.rest)
    if isinstance(value, str):
        return _text(node, value)
    return node


def _text(node: Node, text: str) -> Node:
    """A text of a state: a JSONata expression and what is substituted at deployment are unresolved."""
    if text.startswith("{%"):
        return node.unresolved(_FROM_INPUT)
    if "${" not in text:
        return node
    pieces = _SUBSTITUTION.split(text)
    parts = tuple(piece if number % 2 == 0 else None for number, piece in enumerate(pieces) if piece or number % 2)
    if len(pieces) == 1:
        return node
    return node.unresolved(f"{pieces[1]} is substituted at deployment", parts)


def _from_input(node: Node) -> Node:
    """The value of a field with a path; of `States.Format` the pieces of text are known."""
    template = _FORMAT.match(node.value) if isinstance(node.value, str) else None
    if template is None:
        return node.unresolved(_FROM_INPUT)
    parts: list[str | None] = []
    for number, piece in enumerate(template[1].split("{}")):
        if number:
            parts.append(None)
        if piece:
            parts.append(piece)
    return node.unresolved(_FROM_INPUT, tuple(parts))


def _value(node: Node, key: str) -> object:
    found = node.get(key)
    return found.value if found is not None else None


def _held(node: Node, dialect: Dialect, language: Language, scope: str) -> tuple[Resource, ...]:
    definition = node.get("Definition") or node.get("DefinitionString") or node.get("definition")
    if definition is None:
        return ()
    if isinstance(definition.value, str | Unresolved):
        definition = embedded.parse("json", definition)
    substitutions = node.get("DefinitionSubstitutions")
    if substitutions is not None:
        definition = _substituted(definition, dict(substitutions.items()), 0)
    return resources_of_state_machine(definition, language, scope)


def _substituted(node: Node, given: dict[str, Node], depth: int) -> Node:
    """The tree with `${name}` replaced in its texts where `given` has the name."""
    value = node.value
    if depth > MAX_DEPTH * 4:
        return node
    if isinstance(value, dict):
        fields = {key: _substituted(child, given, depth + 1) for key, child in value.items()}
        return Node(fields, node.path, node.line, node.column, node.tag, node.rest)
    if isinstance(value, list):
        children = [_substituted(child, given, depth + 1) for child in value]
        return Node(children, node.path, node.line, node.column, node.tag, node.rest)
    if not isinstance(value, str) or "${" not in value:
        return node
    pieces = _SUBSTITUTION.split(value)
    found = [
        given.get(piece, node.with_value(f"${{{piece}}}")) if number % 2 else node.with_value(piece)
        for number, piece in enumerate(pieces)
        if piece or number % 2
    ]
    if len(found) == 1:
        return node.with_value(found[0].value)
    return joined(found, node)


DEFINITIONS = DocumentReader("stepfunctions", _wants, _read)

STATE_MACHINES = Holder(("AWS::StepFunctions::StateMachine", "aws_sfn_state_machine"), _held)
