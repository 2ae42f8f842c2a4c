"""TensorFlow Lite (LiteRT): a graph of operators, as a FlatBuffer.

The format: tensorflow/compiler/mlir/lite/schema/schema.fbs, identifier `TFL3`. Operators of the runtime calculate;
custom ones need a library that is registered with it, and those of `Flex` are TensorFlow's own.
"""

from __future__ import annotations

from ourhalf.artifacts.cursor import BoundsError
from ourhalf.artifacts.flatbuffers import Table, root
from ourhalf.artifacts.format import Content, Deeper, Format, Found
from ourhalf.artifacts.judgement import Judgement, Reason
from ourhalf.artifacts.tensorflow_names import ACTS, CALCULATE

_CUSTOM, _DELEGATE, _HIGHEST = 32, 51, 220
# Custom operators that the library of the runtime itself brings.
_BROUGHT = frozenset({"TFLite_Detection_PostProcess", "NumericVerify", "Mfcc", "AudioSpectrogram"})


def recognises(content: Content) -> bool:
    """Whether its identifier stands where that of a FlatBuffer does."""
    return bytes(content.data[4:8]) == b"TFL3"


def judge(content: Content, _: Deeper) -> Found:
    """The operators that the model says it has; buffers and graphs are data that the runtime checks by them."""
    facts: dict[str, str] = {}
    try:
        model = root(content.data)
        codes, graphs = model.tables(1), model.tables(2)
        facts = {"operators": str(len(codes)), "graphs": str(len(graphs))}
        told = [one for code in codes for one in _operator(code)]
        if not graphs:
            told.append((Judgement.UNREAD, "it has no graph"))
        if any(operator.number(0, "I") >= len(codes) for graph in graphs for operator in graph.tables(3)):
            told.append((Judgement.UNREAD, "an operator is none of those that it says it has"))
        spans = [(buffer.number(1, "Q"), buffer.number(2, "Q")) for buffer in model.tables(4)]
        if any(offset > 1 and offset + size > len(content.data) for offset, size in spans):
            told.append((Judgement.UNREAD, "a buffer lies outside of it"))
    except BoundsError as error:
        told = [(Judgement.UNREAD, str(error))]
    reasons = tuple(Reason(judgement, what, 0, content.name) for judgement, what in dict.fromkeys(told))
    return Found("tflite", reasons, facts)


def _operator(code: Table) -> list[tuple[Judgement, str]]:
    number, custom = max(code.number(0, "b"), code.number(3, "i")), code.text(1)
    if number == _CUSTOM or custom:
        return _custom(custom or "")
    if not 0 <= number <= _HIGHEST or number == _DELEGATE:
        return [(Judgement.UNPROVED, f"its operator {number} is not known")]
    return []


def _custom(name: str) -> list[tuple[Judgement, str]]:
    plain = name.removeprefix("Flex")
    if name.startswith("Flex") and plain in ACTS:
        return [(Judgement.UNSAFE, f"its operator {name[:80]} {ACTS[plain]}")]
    if name in _BROUGHT or (name.startswith("Flex") and plain in CALCULATE):
        return []
    return [(Judgement.UNPROVED, f"its operator {name[:80] or 'without a name'} needs a library of its own")]


TFLITE = Format("tflite", "TensorFlow Lite", recognises, judge)
