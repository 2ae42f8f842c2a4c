"""ONNX: standard operators and tensors within the folder are data; paths out of it and other operators are told."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf.artifacts.judgement import Judgement
from tests.artifacts.protobufs import body, number, varint
from tests.artifacts.shapes import found, judged, never_fails, why

SAFE, UNSAFE, UNPROVED, UNREAD = Judgement.SAFE, Judgement.UNSAFE, Judgement.UNPROVED, Judgement.UNREAD


def node(kind: str, domain: str | None = None, *attributes: bytes) -> bytes:
    named = body(7, domain) if domain is not None else b""
    return body(1, body(1, "x"), body(2, "y"), body(4, kind), named, *attributes)


def tensor(field: int, *external: tuple[str, str]) -> bytes:
    entries = [body(13, body(1, key), body(2, value)) for key, value in external]
    kind = number(14, 1) if external else body(9, b"\0" * 12)
    return body(field, number(1, 3), number(2, 1), body(8, "w"), *entries, kind)


def model(*graph: bytes, more: bytes = b"") -> bytes:
    return number(1, 8) + body(2, "us") + body(7, *graph, body(2, "g")) + body(8, body(1, ""), number(2, 17)) + more


def attribute(field: int, *inner: bytes) -> bytes:
    return body(5, body(1, "a"), body(field, *inner))


GOOD = model(node("MatMul"), node("TreeEnsembleRegressor", "ai.onnx.ml"), tensor(5), tensor(5, ("location", "w.bin")))
OUT = tensor(5, ("location", "../w.bin"))[2:]


def inside(*parts: bytes) -> bytes:
    return b"".join(parts)


def test_a_good_file_is_safe() -> None:
    (one,) = found(GOOD)
    assert (one.format, one.judgement) == ("onnx", SAFE)
    assert one.facts == {"operators": "2", "files beside it": "1", "producer": "us"}


@pytest.mark.parametrize("path", ["/etc/passwd", "../w", "a/../../w", "a\\..\\w", "C:\\w", "\\\\host\\w", "file:///w"])
def test_tensors_outside_of_the_folder_are_unsafe(path: str) -> None:
    data = model(node("Add"), tensor(5, ("offset", "0"), ("location", path)))
    assert judged(data) is UNSAFE
    assert "outside of its folder" in why(data)


@pytest.mark.parametrize(
    "place",
    [
        node("Constant", None, attribute(5, OUT)),
        node("Constant", None, attribute(10, OUT)),
        node("Constant", None, attribute(22, body(1, OUT))),
        node("If", None, attribute(6, tensor(5, ("location", "../w")))),
        node("If", None, attribute(11, node("If", None, attribute(6, tensor(5, ("location", "../w")))))),
        body(15, body(1, OUT)),
        body(15, body(2, OUT)),
    ],
)
def test_tensors_are_found_wherever_they_are(place: bytes) -> None:
    assert judged(model(place, node("Add"))) is UNSAFE


def test_those_of_training_and_functions_too() -> None:
    bad = tensor(5, ("location", "/w"))
    assert judged(model(node("Add"), more=body(20, body(1, bad)))) is UNSAFE
    assert judged(model(node("Add"), more=body(25, body(1, "f"), body(7, node("X", "other")[2:])))) is UNPROVED
    assert judged(model(node("Add"), more=body(25, body(1, "f"), body(11, body(5, bad[2:]))))) is UNSAFE


def test_a_graph_that_comes_twice_is_read_twice() -> None:
    assert judged(model(node("Add")) + body(7, tensor(5, ("location", "/w")))) is UNSAFE


def test_operators_of_others_are_unproved() -> None:
    assert judged(model(node("Own", "my.ops"))) is UNPROVED
    assert "my.ops.Own" in why(model(node("Own", "my.ops")))
    function = body(25, body(1, "Own"), body(10, "my.ops"), body(7, node("Add")[2:]))
    assert judged(model(node("Own", "my.ops"), more=function)) is SAFE
    assert judged(model(node("Other", "my.ops"), more=function)) is UNPROVED
    assert judged(model(node("Add", "") + node("Add", "ai.onnx") + node("MatMulNBits", "com.microsoft"))) is SAFE


def test_operators_that_call_python_are_unsafe() -> None:
    assert judged(model(node("PyOp", "ai.onnx.contrib"))) is UNSAFE
    assert judged(model(node("PythonOp", "com.microsoft"))) is UNSAFE


def test_a_second_domain_does_not_hide_the_first() -> None:
    data = model(body(1, body(4, "Own"), body(7, "my.ops"), body(7, "")))
    assert judged(data) is UNPROVED


def test_what_is_broken_inside_is_unread() -> None:
    deep = node("Add")
    for _ in range(60):
        deep = node("If", None, attribute(6, deep))
    assert judged(model(deep)) is UNREAD
    assert judged(model(node("Add"), body(5, b"\x0a\xff\xff"))) is UNREAD
    assert judged(model(node("Add"), body(1, body(4, "x" * 5000)))) is UNREAD
    assert judged(model(node("Add"), body(5, b"\x4a" + varint(2 << 30)))) is UNREAD


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_change_is_borne(draw: st.DataObject) -> None:
    data = bytearray(model(node("Own", "my.ops"), tensor(5, ("location", "../w"))))
    at = draw.draw(st.integers(0, len(data) - 1))
    data[at] = draw.draw(st.integers(0, 255))
    never_fails(bytes(data[: draw.draw(st.integers(at, len(data)))]))
