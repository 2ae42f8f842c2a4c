"""NumPy's types and arrays in pickles: a file may say what data are, not where memory is."""

from __future__ import annotations

from typing import Any

import pytest

from ourhalf.artifacts.judgement import Judgement, worst
from ourhalf.artifacts.pickles.machine import run
from tests.artifacts.pickles.assembly import Build, Call, Get, Global, Items, Op, Put, Raw, Then, pickled


def judged(value: Any) -> Judgement:
    return worst(run(pickled(value)).reasons)


def kind(code: str, state: tuple[Any, ...] | None = (3, "<", None, None, None, -1, -1, 0)) -> Op:
    made = Call(Global("numpy.dtype"), code, False, True)
    return made if state is None else Build(made, state)


def struct_of(fields: Any, names: Any, size: int, flags: int = 16, base: Any = None) -> Op:
    return kind("V12", (3, "|", base, names, fields, size, 1, flags))


def array(dtype: Any, shape: Any, content: Any) -> Op:
    empty = Call(Global("numpy.core.multiarray._reconstruct"), Global("numpy.ndarray"), (0,), b"b")
    return Build(empty, (1, shape, dtype, False, content))


OBJECTS = kind("O8", (3, "|", None, None, None, -1, -1, 63))
FIELDS = {"a": (kind("i4"), 0), "b": (kind("f8"), 4)}
RECORD = struct_of(FIELDS, ("a", "b"), 12)
SECONDS = (4, "<", None, None, None, -1, -1, 0)

GOOD = {
    "numbers": array(kind("f8"), (2, 3), b"x" * 48),
    "bytes": array(kind("u1"), (4,), b"abcd"),
    "complex": array(kind("c16"), (1,), b"x" * 16),
    "truths": array(kind("b1"), (1,), b"x"),
    "texts": array(kind("U3", (3, "<", None, None, None, 12, 4, 8)), (1,), b"x" * 12),
    "long texts": array(kind("U30000", (3, "<", None, None, None, 120000, 4, 8)), (1,), b"x" * 120000),
    "record": array(RECORD, (1,), b"x" * 12),
    "nested": array(struct_of({"r": (RECORD, 0)}, ("r",), 12), (1,), b"x" * 12),
    "titled": struct_of({"a": (kind("i4"), 0, "T"), "T": (kind("i4"), 0, "T")}, ("a",), 4),
    "sub-array": struct_of(None, None, 24, 0, base=(kind("f4"), (2, 3))),
    "times": array(kind("M8", (*SECONDS, (None, (b"ns", 1, 1, 1)))), (1,), b"x" * 8),
    "times of older files": kind("m8", (*SECONDS, ({}, ("s", 1, 1, 1)))),
    "with a note": kind("f8", (*SECONDS, {"note": 1})),
    "objects": array(OBJECTS, (2,), [1, "x"]),
    "no objects": array(OBJECTS, (0,), []),
    "a scalar": Call(Global("numpy.core.multiarray.scalar"), kind("f8"), b"x" * 8),
}

BAD = {
    # numpy takes the list for as long as the shape says, and reads pointers behind its end.
    "too few objects": array(OBJECTS, (1000,), [1]),
    "objects of a shape not known": array(OBJECTS, (Call(Global("builtins.complex"), 1),), [1]),
    "objects as bytes": array(OBJECTS, (1,), b"x" * 8),
    "a field behind the end": struct_of({"a": (kind("f8"), 8)}, ("a",), 12),
    "a field before the start": struct_of({"a": (kind("f8"), -8)}, ("a",), 12),
    "a field of objects": struct_of({"a": (OBJECTS, 0)}, ("a",), 8, 27),
    "a field of objects that does not say so": struct_of({"a": (OBJECTS, 0)}, ("a",), 8),
    "a name without a field": struct_of(FIELDS, ("a", "b", "c"), 12),
    "a field without a name": struct_of(FIELDS, ("a",), 12),
    "a name twice": struct_of({"a": (kind("i4"), 0)}, ("a", "a"), 12),
    "fields of numbers": kind("f8", (3, "<", None, ("a",), {"a": (kind("f8"), 0)}, -1, -1, 0)),
    "fields that are more": struct_of({**FIELDS, "n": 1}, ("a", "b"), 12),
    "a sub-array that is longer": struct_of(None, None, 12, 0, base=(kind("f4"), (2, 3))),
    "a sub-array of objects": struct_of(None, None, 8, 0, base=(OBJECTS, (1,))),
    "flags of objects on numbers": kind("f8", (3, "<", None, None, None, -1, -1, 63)),
    "flags of objects on bytes": kind("V8", (3, "|", None, None, None, 8, 1, 27)),
    "a size below zero": kind("V8", (3, "|", None, None, None, -8, 1, 0)),
    "half a letter": kind("U3", (3, "<", None, None, None, 10, 4, 8)),
    "a list of codes": array(kind("i4,O", None), (1,), b"x" * 12),
    "a size below none": array(kind("i1"), (-1, -1), b"x"),
    "a size that no number holds": array(kind("V0", None), (1 << 30, 1 << 30, 1 << 30), b""),
    "a unit of nothing": kind("M8", (*SECONDS, (None, (b"ns", 0, 1, 1)))),
    "a unit on numbers": kind("f8", (*SECONDS, (None, (b"ns", 1, 1, 1)))),
    "a type changed when it is used": Then(
        array(Put(1, kind("V4", (3, "|", None, None, None, 4, 1, 0))), (1,), b"abcd"),
        Build(Get(1), (3, "|", None, None, None, 400, 1, 0)),
    ),
    "a field's type changed when it is used": Then(
        struct_of({"a": (Put(1, kind("V4", None)), 0)}, ("a",), 4),
        Build(Get(1), (3, "|", None, None, None, 400, 1, 0)),
    ),
    "fields changed when they are used": Then(
        struct_of(Put(1, {"a": (kind("i4"), 0)}), ("a",), 4), Items(Get(1), "a", (kind("i4"), 4000))
    ),
}  # fmt: skip


@pytest.mark.parametrize("value", GOOD.values(), ids=GOOD)
def test_data_are_proved(value: Op) -> None:
    assert judged(value) is Judgement.SAFE


@pytest.mark.parametrize("value", BAD.values(), ids=BAD)
def test_what_numpy_would_take_as_it_comes_is_not(value: Op) -> None:
    assert judged(value) is Judgement.UNPROVED


def test_many_small_reasons_never_hide_a_great_one() -> None:
    steps = [Global(f"harmless.name{number}") for number in range(200)]
    outcome = run(pickled(Then(*steps, Call(Global("posix.system"), "id"))))
    assert worst(outcome.reasons) is Judgement.UNSAFE
    assert worst(run(pickled(Then(*steps))[:-1]).reasons) is Judgement.UNREAD


@pytest.mark.parametrize("called", ["builtins.set", "builtins.frozenset", "collections.OrderedDict", "torch.Size"])
def test_a_tuple_of_itself_doubled_often_takes_no_time(called: str) -> None:
    """Looked into, it would be 2**200 tuples."""
    doubled = Raw(b"N" + b"2\x86" * 200 + b"\x85")
    outcome = run(b"\x80\x04" + Global(called).code() + doubled.code() + b"R.")
    assert outcome.stopped
