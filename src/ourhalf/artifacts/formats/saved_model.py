"""TensorFlow's SavedModel (`saved_model.pb`) and frozen graphs: operators, as a message of Protocol Buffers.

The format: tensorflow/core/protobuf/saved_model.proto, meta_graph.proto, saved_object_graph.proto and
framework/graph.proto. Loading a graph may run it, and serving it does; SECURITY.md of TensorFlow says that models are
programs. What is proved is that every operator only calculates. The operators that save and restore every model are
taken as such where the name of their file is what they are given from outside.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

from ourhalf.artifacts.format import Content, Deeper, Format, Found
from ourhalf.artifacts.jsons import named
from ourhalf.artifacts.judgement import Judgement, Reason
from ourhalf.artifacts.keras_config import config_reasons
from ourhalf.artifacts.protobuf import ProtoError, bodies, fields, outline
from ourhalf.artifacts.tensorflow_names import ACTS, CALCULATE, FROM_ASSETS, SAVERS

MAX_METADATA = 1 << 26
MAX_NODES = 2_000_000
_MAX_REASONS = 60
_MAX_STEPS = 200
# What passes the name of a file on: it comes from outside where one of its inputs does.
_PASSES = frozenset({
    "StringJoin", "ShardedFilename", "Identity", "Select", "SelectV2", "PlaceholderWithDefault", "Pack", "Reshape",
    "ExpandDims", "Const", "StaticRegexFullMatch", "Placeholder", "IdentityN",
})  # fmt: skip


class _Node(NamedTuple):
    name: str
    operator: str
    inputs: tuple[str, ...]
    calls: tuple[str, ...]


def _recognises(content: Content) -> bool:
    """Whether it is a message of version 1 with graphs that are messages."""
    model = outline(content.data, 1000) if len(content.data) > 4 else None
    if model is None or not any(field.value for field in model.get(1, ()) if field.body is None):
        return False
    graphs = [outline(body, 1000) for body in bodies(model, 2)[:4]]
    return any(graph is not None and bodies(graph, 2) and _is_graphs(bodies(graph, 2)) for graph in graphs)


def _is_graphs(graphs: list[memoryview]) -> bool:
    return any(_has_nodes(graph) for graph in graphs[:4])


def _has_nodes(graph: memoryview) -> bool:
    """Whether a message has nodes or functions, each with a name and an operator."""
    inner = outline(graph, 1000)
    if inner is None:
        return False
    nodes = [outline(body, 1000) for body in bodies(inner, 1)[:4]]
    functions = [outline(body, 1000) for body in bodies(inner, 2)[:4]]
    named = any(
        node is not None and bodies(node, 1) and bodies(node, 2) and _is_name(bodies(node, 2)[0]) for node in nodes
    )
    return named or any(library is not None and bodies(library, 1) for library in functions)


def _is_name(name: memoryview) -> bool:
    return 0 < len(name) < 200 and bytes(name).replace(b">", b"").replace(b"_", b"").replace(b".", b"").isalnum()


def _judge(content: Content, _: Deeper) -> Found:
    walk = _Walk(content.name)
    try:
        for field in fields(content.data):
            if field.number == 2 and field.body is not None:
                walk.meta_graph(field.body)
    except ProtoError as error:
        walk.tell(Judgement.UNREAD, str(error))
    return Found("saved-model", tuple(walk.reasons.values()), {"operators": str(walk.nodes)})


def _is_frozen(content: Content) -> bool:
    data = content.data
    if len(data) < 8 or data[0] not in {0x0A, 0x12, 0x22} or not _has_nodes(data):
        return False
    inner = outline(data, 1000) or {}
    nodes = [outline(body, 1000) or {} for body in bodies(inner, 1)[:4]]
    operators = [bytes(body).decode("utf-8", "replace") for node in nodes for body in bodies(node, 2)]
    return any(one in CALCULATE or one in ACTS or one in SAVERS for one in operators)


def _frozen(content: Content, _: Deeper) -> Found:
    walk = _Walk(content.name)
    try:
        walk.graph(content.data)
    except ProtoError as error:
        walk.tell(Judgement.UNREAD, str(error))
    return Found("tensorflow-graph", tuple(walk.reasons.values()), {"operators": str(walk.nodes)})


class _Walk:
    """What was seen of one file."""

    def __init__(self, part: str) -> None:
        self.reasons: dict[tuple[Judgement, str], Reason] = {}
        self.nodes = 0
        self._part = part

    def tell(self, judgement: Judgement, what: str) -> None:
        self.add(Reason(judgement, what, 0, self._part))

    def add(self, reason: Reason) -> None:
        if sum(one.judgement is reason.judgement for one in self.reasons.values()) < _MAX_REASONS:
            self.reasons.setdefault((reason.judgement, reason.what), reason)

    def meta_graph(self, data: memoryview) -> None:
        for field in fields(data):
            if field.number == 2 and field.body is not None:
                self.graph(field.body)
            elif field.number == 7 and field.body is not None:
                self._objects(field.body)

    def graph(self, data: memoryview) -> None:
        """The nodes of a graph and of its functions."""
        main: list[_Node] = []
        functions: dict[str, list[_Node]] = {}
        for field in fields(data):
            if field.body is None:
                continue
            if field.number == 1:
                main.append(self._node(field.body))
            elif field.number == 2:
                for inner in fields(field.body):
                    if inner.number == 1 and inner.body is not None:
                        self._function(inner.body, functions)
        own = set(functions)
        savers = {name for name, nodes in functions.items() if any(node.operator in SAVERS for node in nodes)}
        self._judged(main, own, savers, "")
        for name, nodes in functions.items():
            self._judged(nodes, own, savers, name)

    def _function(self, data: memoryview, functions: dict[str, list[_Node]]) -> None:
        name, nodes = "", []
        for field in fields(data):
            if field.number == 1 and field.body is not None:
                for inner in fields(field.body):
                    if inner.number == 1:
                        name = inner.text()
            elif field.number == 3 and field.body is not None:
                nodes.append(self._node(field.body))
        functions.setdefault(name, []).extend(nodes)

    def _node(self, data: memoryview) -> _Node:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise ProtoError(f"more than {MAX_NODES:,} operators")
        name = operator = ""
        inputs: list[str] = []
        calls: list[str] = []
        for field in fields(data):
            if field.number == 1:
                name = field.text()
            elif field.number == 2:
                operator = field.text()
            elif field.number == 3:
                inputs.append(field.text(4000))
            elif field.number == 5 and field.body is not None:
                calls.extend(_called(field.body))
        return _Node(name, operator, tuple(inputs), tuple(calls))

    def _judged(self, nodes: list[_Node], own: set[str], savers: set[str], function: str) -> None:
        by_name = {node.name: node for node in nodes}
        for node in nodes:
            if node.operator in SAVERS or any(call in savers for call in node.calls):
                self._saves(node, _given(node, by_name, bool(function)))
            elif node.operator not in CALCULATE and node.operator not in own:
                self._acts(node.operator)

    def _saves(self, node: _Node, given: Judgement) -> None:
        """Saving and restoring, by where the name of the file comes from."""
        acts = "reads" if "Restore" in node.operator else "writes" if node.operator in SAVERS else "saves or restores"
        if given is Judgement.UNSAFE:
            self.tell(given, f"its operator {node.operator} {acts} a file whose name the graph itself gives")
        elif given is Judgement.UNPROVED:
            self.tell(
                given, f"its operator {node.operator} {acts} a file whose name the graph gives if nobody else does"
            )

    def _acts(self, operator: str) -> None:
        if operator in ACTS:
            judgement = Judgement.UNPROVED if operator in FROM_ASSETS else Judgement.UNSAFE
            self.tell(judgement, f"its operator {operator} {ACTS[operator]}")
        else:
            what = f"its operator {operator[:80]} is not known only to calculate, or needs a library of its own"
            self.tell(Judgement.UNPROVED, what)

    def _objects(self, data: memoryview) -> None:
        """The objects that Keras makes again, by the configurations in their metadata."""
        for field in fields(data):
            if field.number != 1 or field.body is None:
                continue
            for user in bodies(outline(field.body) or {}, 4):
                for metadata in bodies(outline(user) or {}, 3):
                    self.metadata(metadata)

    def metadata(self, data: memoryview) -> None:
        """The configuration of one object of Keras, as JSON."""
        if not len(data):
            return
        if len(data) > MAX_METADATA:
            self.tell(Judgement.UNREAD, "the metadata of an object are longer than is read")
            return
        try:
            config = json.loads(bytes(data))
        except (ValueError, RecursionError):
            return  # other libraries write what is no JSON; Keras reads nothing of it
        for reason in config_reasons(config, self._part):
            self.add(reason)


def _called(attribute: memoryview) -> Iterator[str]:
    """The functions that an attribute of a node names, by itself or in a list."""
    for value in bodies(outline(attribute) or {}, 2):
        inner = outline(value) or {}
        functions = bodies(inner, 10)
        for many in bodies(inner, 1):
            functions = [*functions, *bodies(outline(many) or {}, 9)]
        for function in functions:
            for name in bodies(outline(function) or {}, 1):
                yield bytes(name[:1000]).decode("utf-8", "replace")


def _given(node: _Node, by_name: dict[str, _Node], function: bool) -> Judgement:
    """Where the first input of a node, the name of a file, comes from: safe is from outside of the graph."""
    waiting, seen = [one for one in node.inputs if not one.startswith("^")][:1], set[str]()
    given = Judgement.UNSAFE
    while waiting and len(seen) < _MAX_STEPS:
        name = waiting.pop().partition(":")[0]
        if name in seen:
            continue
        seen.add(name)
        source = by_name.get(name)
        if source is None:
            if not function:
                return Judgement.UNSAFE
            given = Judgement.SAFE  # an argument of the function
            continue
        if source.operator not in _PASSES:
            return Judgement.UNSAFE
        if source.operator == "Placeholder":
            given = Judgement.SAFE
        elif source.operator == "PlaceholderWithDefault" and given is Judgement.UNSAFE:
            given = Judgement.UNPROVED
        waiting.extend(one for one in source.inputs if not one.startswith("^"))
    return given


def _is_text(content: Content) -> bool:
    return named(content, "saved_model.pbtxt")


def _text(content: Content, _: Deeper) -> Found:
    what = "a SavedModel as text, which TensorFlow loads and which is not followed here"
    return Found("saved-model-text", (Reason(Judgement.UNPROVED, what, 0, content.name),))


def _is_metadata(content: Content) -> bool:
    """Whether it is nodes of Keras, each with the kind of object that it is and its configuration."""
    data = content.data
    nodes = outline(data, 100) if len(data) > 4 and data[0] == 0x0A else None
    if nodes is None:
        return False
    inner = [outline(body, 100) or {} for body in bodies(nodes, 1)[:20]]
    return any(bytes(kind[:9]) == b"_tf_keras" for node in inner for kind in bodies(node, 3))


def _metadata(content: Content, _: Deeper) -> Found:
    """`keras_metadata.pb`, which TensorFlow 2.5 to 2.12 write: what Keras makes again of a SavedModel."""
    walk = _Walk(content.name)
    try:
        for field in fields(content.data):
            if field.number == 1 and field.body is not None:
                for inner in fields(field.body):
                    if inner.number == 4 and inner.body is not None:
                        walk.metadata(inner.body)
    except ProtoError as error:
        walk.tell(Judgement.UNREAD, str(error))
    return Found("keras-metadata", tuple(walk.reasons.values()))


def _is_fingerprint(content: Content) -> bool:
    """Whether it is the few numbers that lie beside a SavedModel to tell one from another."""
    data = content.data
    numbers = outline(data) if named(content, "fingerprint.pb") and len(data) < 1000 else None
    return numbers is not None and set(numbers) <= set(range(1, 8))


def _fingerprint(_: Content, __: Deeper) -> Found:
    return Found("saved-model-fingerprint")


TEXT = Format("saved-model-text", "a SavedModel as text", _is_text, _text)
METADATA = Format("keras-metadata", "the layers of a SavedModel of Keras", _is_metadata, _metadata)
FINGERPRINT = Format("saved-model-fingerprint", "the fingerprint of a SavedModel", _is_fingerprint, _fingerprint)
SAVED_MODEL = Format("saved-model", "a SavedModel of TensorFlow", _recognises, _judge)
GRAPH = Format("tensorflow-graph", "a graph of TensorFlow", _is_frozen, _frozen)
