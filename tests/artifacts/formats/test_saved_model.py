"""SavedModels: operators that calculate are data; those that read, write or call out, and unknown ones, are told."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf.artifacts.judgement import Judgement
from ourhalf.artifacts.tensorflow_names import ACTS, CALCULATE, SAVERS
from tests.artifacts.protobufs import body, number
from tests.artifacts.shapes import found, judged, never_fails, why

SAFE, UNSAFE, UNPROVED, UNREAD = Judgement.SAFE, Judgement.UNSAFE, Judgement.UNPROVED, Judgement.UNREAD


def node(operator: str, name: str = "n", *inputs: str, field: int = 1, calls: str = "") -> bytes:
    called = body(5, body(1, "f"), body(2, body(10, body(1, calls)))) if calls else b""
    return body(field, body(1, name), body(2, operator), *(body(3, one) for one in inputs), called)


def function(name: str, *nodes: bytes) -> bytes:
    return body(2, body(1, body(1, body(1, name)), *nodes))


def model(*graph: bytes, objects: bytes = b"") -> bytes:
    return number(1, 1) + body(2, body(1, body(5, "2.20")), body(2, *graph), objects)


def metadata(config: object) -> bytes:
    return body(7, body(1, body(4, body(1, "_tf_keras_layer"), body(3, json.dumps(config)))))


GOOD = model(node("Const"), node("MatMul"), function("f", node("Relu", field=3)), node("PartitionedCall", calls="f"))


def test_a_graph_that_calculates_is_safe() -> None:
    (one,) = found(GOOD)
    assert (one.format, one.judgement, one.facts) == ("saved-model", SAFE, {"operators": "4"})


@pytest.mark.parametrize(
    "operator", ["ReadFile", "WriteFile", "PyFunc", "EagerPyFunc", "MatchingFiles", "ImmutableConst"]
)
def test_operators_that_act_are_unsafe_wherever_they_are(operator: str) -> None:
    for data in (
        model(node("Const"), node(operator)),
        model(node("Const"), function("f", node(operator, field=3))),
        GOOD + body(2, body(2, node(operator))),
    ):
        assert judged(data) is UNSAFE
        assert operator in why(data)


def test_unknown_operators_are_unproved() -> None:
    assert judged(model(node("Const"), node("MyOwnOp"))) is UNPROVED
    assert judged(model(node("Const"), node("InitializeTableFromTextFileV2"))) is UNPROVED
    assert judged(model(node("Const"), node("f"), function("f", node("Relu", field=3)))) is SAFE


def test_the_saver_of_a_model_takes_its_file_from_outside() -> None:
    traced = function(
        "save",
        node("Const", "part", field=3),
        node("StringJoin", "join", "prefix", "part", field=3),
        node("ShardedFilename", "shard", "join:output:0", "part", field=3),
        node("SaveV2", "s", "shard:filename:0", field=3),
    )
    call = node("StatefulPartitionedCall", "c", "saver_filename", calls="save")
    assert judged(model(node("Placeholder", "saver_filename"), call, traced)) is SAFE
    assert judged(model(node("Const", "saver_filename"), call, traced)) is UNSAFE
    assert judged(model(node("PlaceholderWithDefault", "saver_filename"), call, traced)) is UNPROVED


@pytest.mark.parametrize("operator", sorted(SAVERS))
def test_saving_to_a_file_of_the_graphs_choice_is_unsafe(operator: str) -> None:
    assert judged(model(node("Const", "path"), node(operator, "s", "path"))) is UNSAFE
    assert judged(model(node("Const", "path"), node(operator, "s", "missing"))) is UNSAFE
    assert judged(model(node("Const", "path"), node(operator, "s"))) is UNSAFE
    assert judged(model(node("StringUpper", "up", "p"), node("Placeholder", "p"), node(operator, "s", "up"))) is UNSAFE
    inner = function("f", node("Const", "path", field=3), node(operator, "s", "path", field=3))
    assert judged(model(node("Const"), inner)) is UNSAFE
    endless = function("f", node("Identity", "a", "b", field=3), node("Identity", "b", "a", field=3),
                       node(operator, "s", "a", field=3))  # fmt: skip
    assert judged(model(node("Const"), endless)) is UNSAFE


def test_layers_of_keras_in_it_are_judged() -> None:
    code = {"class_name": "Lambda", "config": {"function": ["4wE=", None, None], "function_type": "lambda"}}
    assert judged(model(node("Const"), objects=metadata(code))) is UNSAFE
    assert judged(model(node("Const"), objects=metadata({"class_name": "Dense", "config": {}}))) is SAFE
    assert judged(model(node("Const"), objects=metadata({"class_name": "Own", "config": {}}))) is UNPROVED


def test_frozen_graphs_are_judged_the_same() -> None:
    (one,) = found(node("Const") + node("MatMul"))
    assert (one.format, one.judgement) == ("tensorflow-graph", SAFE)
    assert judged(node("Const") + node("ReadFile")) is UNSAFE


def test_what_lies_beside_a_saved_model() -> None:
    def nodes(config: object) -> bytes:
        return body(1, number(1, 2), body(2, "root.layer"), body(3, "_tf_keras_layer"), body(4, json.dumps(config)))

    own = nodes({"class_name": "Dense", "config": {}})
    code = {"class_name": "Lambda", "config": {"function": ["4wE=", None, None], "function_type": "lambda"}}
    assert [(one.format, one.judgement) for one in found(own)] == [("keras-metadata", SAFE)]
    assert judged(own + nodes(code)) is UNSAFE
    assert judged(own + body(1, b"\x0a\xff")) is UNREAD
    assert judged(b"saved_model_schema_version: 1", "m/saved_model.pbtxt") is UNPROVED
    prints = number(1, 1 << 60) + number(2, 5)
    assert judged(prints, "m/fingerprint.pb") is SAFE
    assert judged(prints + body(9, "x"), "m/fingerprint.pb") is UNPROVED


def test_what_is_broken_is_unread() -> None:
    assert judged(model(node("Const"), body(1, b"\x0a\xff\xff"))) is UNREAD
    assert judged(GOOD[:-3]) is not SAFE


def test_no_operator_is_in_two_tables() -> None:
    assert not CALCULATE & set(ACTS)
    assert not CALCULATE & SAVERS


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_change_is_borne(draw: st.DataObject) -> None:
    data = bytearray(model(node("Const"), node("ReadFile"), objects=metadata({"class_name": "Own"})))
    at = draw.draw(st.integers(0, len(data) - 1))
    data[at] = draw.draw(st.integers(0, 255))
    never_fails(bytes(data[: draw.draw(st.integers(at, len(data)))]))
