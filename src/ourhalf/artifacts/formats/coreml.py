"""Core ML: `.mlmodel`, and the specification in an `.mlpackage`, as a message of Protocol Buffers.

The format: apple.github.io/coremltools/mlmodel, Model.proto, NeuralNetwork.proto and MIL.proto. Layers and operations
are the system's own; a custom model or layer is a class of the application that has it made by its name, and a linked
or serialized model lies elsewhere. Weights of programs lie in a file of their own (MILBlob, Blob/StorageFormat.hpp).
"""

from __future__ import annotations

import re

from ourhalf.artifacts.cursor import BoundsError, Cursor
from ourhalf.artifacts.format import Content, Deeper, Format, Found
from ourhalf.artifacts.judgement import Judgement, Reason
from ourhalf.artifacts.protobuf import Field, ProtoError, bodies, fields, outline

MAX_DEPTH = 30
_BLOCK, _STORAGE, _MARK = 64, 2, b"\xef\xbe\xad\xde"
_OUTSIDE = re.compile(rb"(@model_path|[\s\x00-\x7f])/?\.\./")
_PIPELINES, _OF_PIPELINE = frozenset({200, 201}), 202
_NETWORKS = frozenset({303, 403, 500})
_PROGRAM, _CUSTOM, _LINKED, _SERIALIZED = 502, 555, 556, 3000
_OTHERS = frozenset({
    300, 301, 302, 304, 400, 401, 402, 404, 501, 560, 600, 601, 602, 603, 604, 606, 607, 609, 610, 900, 2000, 2001,
    2002, 2003, 2004, 2005, 2006,
})  # fmt: skip
_KINDS = _OTHERS | _PIPELINES | _NETWORKS | {_OF_PIPELINE, _PROGRAM, _CUSTOM, _LINKED, _SERIALIZED}
_CUSTOM_LAYER, _BRANCH, _LOOP = 500, 605, 615


def recognises(content: Content) -> bool:
    """Whether it is a message with a version, a description and one of the kinds of models."""
    model = outline(content.data, 1000) if len(content.data) > 4 else None
    if model is None or not any(0 < field.value < 100 for field in model.get(1, ()) if field.body is None):
        return False
    kinds = [number for number in model if number in _KINDS and bodies(model, number)]
    return bool(kinds) and (bool(bodies(model, 2)) or max(kinds) < 1000)


def judge(content: Content, _: Deeper) -> Found:
    """Every model in it, and every layer of those."""
    walk = _Walk(content.name)
    try:
        walk.model(content.data, 0)
    except ProtoError as error:
        walk.tell(Judgement.UNREAD, str(error))
    return Found("coreml", tuple(walk.reasons.values()), {"layers": str(walk.layers)})


class _Walk:
    """What was seen of one file."""

    def __init__(self, part: str) -> None:
        self.reasons: dict[str, Reason] = {}
        self.layers = 0
        self._part = part

    def tell(self, judgement: Judgement, what: str) -> None:
        if len(self.reasons) < 50:
            self.reasons.setdefault(what, Reason(judgement, what, 0, self._part))

    def model(self, data: memoryview, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise ProtoError("models in models deeper than is read")
        known = False
        for field in fields(data):
            if field.number < 200 or field.body is None:
                continue
            known = True
            self._kind(field.number, field.body, depth)
        if not known:
            self.tell(Judgement.UNREAD, "it has no model")

    def _kind(self, kind: int, data: memoryview, depth: int) -> None:
        """A model, by its kind."""
        if kind in _NETWORKS:
            self._network(data, depth)
        elif kind in _PIPELINES:
            for pipeline in bodies(outline(data) or {}, 1):
                self._pipeline(pipeline, depth)
        elif kind == _OF_PIPELINE:
            self._pipeline(data, depth)
        elif kind == _PROGRAM:
            if _OUTSIDE.search(data):
                self.tell(Judgement.UNPROVED, "its program has a path that leads out of its folder")
        elif kind == _CUSTOM:
            self.tell(Judgement.UNPROVED, f"it has {_name(data)} of the application made, a class for a model")
        elif kind in {_LINKED, _SERIALIZED}:
            self.tell(Judgement.UNPROVED, "a model of it lies elsewhere, or is in a form that is not read here")
        elif kind not in _OTHERS:
            self.tell(Judgement.UNPROVED, f"it is a model of kind {kind}, which is not known")

    def _pipeline(self, data: memoryview, depth: int) -> None:
        for field in fields(data):
            if field.number == 1 and field.body is not None:
                self.model(field.body, depth + 1)

    def _network(self, data: memoryview, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise ProtoError("networks in networks deeper than is read")
        for field in fields(data):
            if field.number == 1 and field.body is not None:
                self._layer(field.body, depth)

    def _layer(self, data: memoryview, depth: int) -> None:
        self.layers += 1
        for field in fields(data):
            if field.body is None:
                continue
            if field.number == _CUSTOM_LAYER:
                self.tell(
                    Judgement.UNPROVED, f"it has {_name(field.body)} of the application made, a class for a layer"
                )
            elif field.number in {_BRANCH, _LOOP}:
                for number in (1, 2) if field.number == _BRANCH else (3, 4):
                    for network in bodies(outline(field.body) or {}, number):
                        self._network(network, depth + 1)


def _name(data: memoryview) -> str:
    """The name of a class, in the parameters of a custom layer or model."""
    named = (outline(data) or {}).get(10, [Field(10, memoryview(b"a class"), 0)])
    return named[-1].text()[:80]


def _is_weights(content: Content) -> bool:
    """Whether it is the weights beside a program: a count and a version, and the mark of the first after a block."""
    data = content.data
    return len(data) >= 2 * _BLOCK and data[4] == _STORAGE and bytes(data[5:8]) == b"\0\0\0" and _is_mark(data)


def _is_mark(data: memoryview) -> bool:
    return bytes(data[_BLOCK : _BLOCK + 4]) == _MARK and not any(data[8:_BLOCK])


def _weights(content: Content, _: Deeper) -> Found:
    """Whether the weights lie within it, one after another, as many as it says."""
    cursor = Cursor(content.data)
    count, at = cursor.number("I"), _BLOCK
    try:
        if count > len(content.data) // _BLOCK:
            raise BoundsError("it says that it has more weights than fit into it")
        for _number in range(count):
            head = Cursor(content.data, at)
            if head.take(4) != _MARK:
                raise BoundsError("a weight is none")
            head.skip(4)
            size, offset = head.number("Q"), head.number("Q")
            if offset < at + _BLOCK or offset + size > len(content.data):
                raise BoundsError("a weight lies outside of it, or over another")
            at = offset + size + -(offset + size) % _BLOCK
    except BoundsError as error:
        return Found("coreml-weights", (Reason(Judgement.UNREAD, str(error), at, content.name),))
    return Found("coreml-weights", (), {"weights": str(count)})


WEIGHTS = Format("coreml-weights", "weights of Core ML", _is_weights, _weights)
COREML = Format("coreml", "Core ML", recognises, judge)
