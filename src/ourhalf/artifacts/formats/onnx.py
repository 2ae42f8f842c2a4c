"""ONNX: a graph of operators and its tensors, as one message of Protocol Buffers.

The format: github.com/onnx/onnx, onnx/onnx.proto and docs/ExternalData.md. Running a graph runs operators that the
runtime has. What else can happen: tensors that lie in other files are read by the paths that the file gives, and
operators of other domains need libraries of their own.
"""

from __future__ import annotations

import re

from ourhalf.artifacts.format import Content, Deeper, Format, Found
from ourhalf.artifacts.judgement import Judgement, Reason
from ourhalf.artifacts.protobuf import Field, ProtoError, bodies, fields, outline

MAX_DEPTH = 50
_TOLD = 20
# Numbers of fields, by onnx.proto.
_IR, _PRODUCER, _GRAPH, _OPSETS, _TRAINING, _FUNCTIONS = 1, 2, 7, 8, 20, 25
# Domains whose operators a runtime brings: those of the standard, and those that ONNX Runtime and its exporters have.
_DOMAINS = frozenset({
    "", "ai.onnx", "ai.onnx.ml", "ai.onnx.training", "ai.onnx.preview.training", "com.microsoft",
    "com.microsoft.nchwc", "com.ms.internal.nhwc", "com.microsoft.dml",
})  # fmt: skip
_RUNS = {
    "PythonOp": "calls a function of Python", "PythonOpGrad": "calls a function of Python",
    "PyOp": "calls a function of Python", "PyCustomOp": "calls a function of Python",
    "ATen": "calls any operator of PyTorch by its name", "TritonOp": "compiles and runs a kernel",
}  # fmt: skip
_OUTSIDE = re.compile(r"^([/\\]|[A-Za-z]:|[a-z]+://)|(^|[/\\])\.\.([/\\]|$)|\x00")


def recognises(content: Content) -> bool:
    """Whether it is a message with a version or operator sets, and a graph or functions that are messages."""
    if len(content.data) < 4:
        return False
    model = outline(content.data)
    if model is None or not (model.get(_IR) or bodies(model, _OPSETS)):
        return False
    graphs = [outline(body, 1000) for body in bodies(model, _GRAPH)[:4]]
    if any(graph is not None and (bodies(graph, 1) or bodies(graph, 5) or bodies(graph, 2)) for graph in graphs):
        return True
    functions = [outline(body, 1000) for body in bodies(model, _FUNCTIONS)[:4]]
    return any(one is not None and bodies(one, 1) and bodies(one, 7) for one in functions)


def judge(content: Content, _: Deeper) -> Found:
    """Walks every graph, function and tensor; the bytes of tensors are passed over."""
    walk = _Walk(content.name)
    try:
        walk.model(content.data)
    except ProtoError as error:
        walk.tell(Judgement.UNREAD, str(error))
    facts = {"operators": str(walk.nodes), "files beside it": str(len(walk.files))}
    return Found("onnx", tuple(walk.reasons.values()), facts | walk.facts)


class _Walk:
    """What was seen of one file."""

    def __init__(self, part: str) -> None:
        self.reasons: dict[str, Reason] = {}
        self.facts: dict[str, str] = {}
        self.files: set[str] = set()
        self.nodes = 0
        self._part = part
        self._own: set[str] = set()

    def tell(self, judgement: Judgement, what: str) -> None:
        if len(self.reasons) < _TOLD:
            self.reasons.setdefault(what, Reason(judgement, what, 0, self._part))

    def model(self, data: memoryview) -> None:
        functions = [field.body for field in fields(data) if field.number == _FUNCTIONS and field.body is not None]
        for function in functions:
            found = outline(function) or {}
            for domain in found.get(10, [Field(10, memoryview(b""), 0)]):
                self._own.update(f"{domain.text()}:{name.text()}" for name in found.get(1, ()))
        for function in functions:
            self._function(function)
        for field in fields(data):
            if field.body is None:
                continue
            if field.number == _GRAPH:
                self._graph(field.body, 0)
            elif field.number == _TRAINING:
                self._training(field.body)
            elif field.number == _PRODUCER and len(field.body) < 100:
                self.facts["producer"] = field.text()

    def _function(self, data: memoryview) -> None:
        for field in fields(data):
            if field.number == 7 and field.body is not None:
                self._node(field.body, 0)
            elif field.number == 11 and field.body is not None:
                self._attribute(field.body, 0)

    def _training(self, data: memoryview) -> None:
        for field in fields(data):
            if field.number in (1, 2) and field.body is not None:
                self._graph(field.body, 0)

    def _graph(self, data: memoryview, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise ProtoError(f"graphs in graphs deeper than {MAX_DEPTH}")
        for field in fields(data):
            if field.body is None:
                continue
            if field.number == 1:
                self._node(field.body, depth)
            elif field.number == 5:
                self._tensor(field.body)
            elif field.number == 15:
                self._sparse(field.body)

    def _node(self, data: memoryview, depth: int) -> None:
        self.nodes += 1
        kinds, domains = [], []
        for field in fields(data):
            if field.number == 4:
                kinds.append(field.text())
            elif field.number == 7:
                domains.append(field.text())
            elif field.number == 5 and field.body is not None:
                self._attribute(field.body, depth)
        for domain in domains or [""]:
            for kind in kinds:
                self._operator(domain, kind)

    def _operator(self, domain: str, kind: str) -> None:
        dotted = f"{domain[:60]}.{kind[:60]}".lstrip(".")
        if f"{domain}:{kind}" in self._own:
            return
        if kind in _RUNS:
            self.tell(Judgement.UNSAFE, f"its operator {dotted} {_RUNS[kind]}")
        elif domain not in _DOMAINS:
            self.tell(
                Judgement.UNPROVED, f"its operator {dotted} is none of ONNX: a library that has it must be loaded"
            )

    def _attribute(self, data: memoryview, depth: int) -> None:
        for field in fields(data):
            if field.body is None:
                continue
            if field.number in (5, 10):
                self._tensor(field.body)
            elif field.number in (6, 11):
                self._graph(field.body, depth + 1)
            elif field.number in (22, 23):
                self._sparse(field.body)

    def _sparse(self, data: memoryview) -> None:
        for field in fields(data):
            if field.number in {1, 2} and field.body is not None:
                self._tensor(field.body)

    def _tensor(self, data: memoryview) -> None:
        for field in fields(data):
            if field.number != 13 or field.body is None:
                continue
            entry = outline(field.body) or {}
            if any(key.text() == "location" for key in entry.get(1, ())):
                for value in entry.get(2, ()):
                    self._file(value.text(4096))

    def _file(self, path: str) -> None:
        self.files.add(path)
        if _OUTSIDE.search(path):
            self.tell(Judgement.UNSAFE, f"it takes the bytes of a tensor from {path[:120]}, outside of its folder")


ONNX = Format("onnx", "ONNX", recognises, judge)
