"""The machine against CPython's own unpickler: what it proves safe takes nothing that is not on the list."""

from __future__ import annotations

import argparse
import collections
import datetime
import decimal
import fractions
import pathlib
import pickle
import struct
import types
from _compat_pickle import IMPORT_MAPPING, NAME_MAPPING
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf.artifacts.judgement import Judgement, worst
from ourhalf.artifacts.pickles.dangers import dangerous
from ourhalf.artifacts.pickles.machine import run
from ourhalf.artifacts.pickles.rules import RULES
from ourhalf.artifacts.pickles.values import Global as Taken
from tests.artifacts.pickles.assembly import Global, op
from tests.artifacts.pickles.differential import many


def frame(data: bytes, size: int) -> bytes:
    """Opcodes, of which the first are in a frame of a size."""
    return b"\x95" + struct.pack("<Q", size) + data


DATA: tuple[Any, ...] = (
    None, True, 7, -1, 10**40, 2.5, 1j, "text", "é" * 2000, b"bytes", b"x" * 3000, bytearray(b"ab"), [1, [2]], (),
    (1,), (1, 2, 3, 4), {"a": {"b": [1]}}, {1, 2}, frozenset({"a"}), range(3), slice(1, 2), [None] * 3000,
    collections.OrderedDict(a=1), collections.deque([1, 2]), argparse.Namespace(lr=0.1),
    datetime.datetime(2026, 1, 1, tzinfo=None),  # noqa: DTZ001
    datetime.date(2026, 1, 1), datetime.timedelta(1),
    pathlib.PurePosixPath("a/b"), types.SimpleNamespace(a=1),
    decimal.Decimal("1.5"), fractions.Fraction(1, 3), {i: str(i) for i in range(2000)},
)  # fmt: skip
PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)


class Calls:
    """An object that a pickle makes by calling something."""

    def __init__(self, called: Any, *arguments: Any) -> None:
        self._called, self._arguments = called, arguments

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return self._called, self._arguments


def judged(data: bytes) -> Judgement:
    return worst(run(data).reasons)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("value", DATA, ids=lambda value: type(value).__name__)
def test_data_is_proved_safe(value: Any, protocol: int) -> None:
    for data in (pickle.dumps(value, protocol), pickle._dumps(value, protocol)):  # type: ignore[attr-defined]
        outcome = run(data + b"trailing")
        assert outcome.reasons == ()
        assert outcome.end == len(data)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("called", [eval, exec, getattr, __import__, open, print], ids=lambda called: called.__name__)
def test_calls_of_anything_else_are_not(called: Any, protocol: int) -> None:
    assert judged(pickle.dumps(Calls(called, "x"), protocol)) in (Judgement.UNSAFE, Judgement.UNPROVED)


def test_an_allowed_function_is_allowed_only_as_it_is_meant() -> None:
    for codec in ("zlib_codec", "rot13", "idna", "bz2"):
        data = pickle.dumps(("x", codec), 2).replace(b"\x80\x02", b"\x80\x02c_codecs\nencode\n", 1)[:-1] + b"R."
        assert judged(data) is Judgement.UNPROVED
    data = pickle.dumps(("x", "latin1"), 2).replace(b"\x80\x02", b"\x80\x02c_codecs\nencode\n", 1)[:-1] + b"R."
    assert judged(data) is Judgement.SAFE


def test_the_list_says_the_same_under_the_names_of_python_2() -> None:
    for one in RULES.globals:
        module, name = NAME_MAPPING.get((one.module, one.name), (IMPORT_MAPPING.get(one.module, one.module), one.name))
        assert Taken(module, name) in RULES.globals, one
        assert not dangerous(module, name)


@pytest.mark.parametrize(
    ("data", "judgement"),
    [
        (b"cposix\nsystem\n(S'id'\ntR.", Judgement.UNSAFE),
        (b"(S'id'\niposix\nsystem\n.", Judgement.UNSAFE),
        (b"(cposix\nsystem\nS'id'\no.", Judgement.UNSAFE),
        (b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x02id\x85R.", Judgement.UNSAFE),
        (b"\x80\x04\x8c\x0bcollections\x8c\x14OrderedDict.fromkeys\x93.", Judgement.UNPROVED),
        (b"cargparse\nNamespace\n)\x81}(S'x'\nK\x01ub.", Judgement.SAFE),
        (b"cargparse\nNamespace\n)\x81(S'x'\nK\x01tb.", Judgement.UNPROVED),
        (b"\x82\x01.", Judgement.UNPROVED),
        (b"Pid\n.", Judgement.UNPROVED),
        (b"\x80\x05\x97.", Judgement.UNPROVED),
        (b"N", Judgement.UNREAD),
        (b".", Judgement.UNREAD),
        (b"", Judgement.UNREAD),
        (b"0.", Judgement.UNREAD),
        (b"h\x00.", Judgement.UNREAD),
        (b"t.", Judgement.UNREAD),
        (b"\x80\x06N.", Judgement.UNREAD),
        (b"\xff.", Judgement.UNREAD),
        (b"(K\x01d.", Judgement.UNREAD),
        (b"B\xff\xff\xff\xffx.", Judgement.UNREAD),
        (b"S'x\n.", Judgement.UNREAD),
        (b"I1x\n.", Judgement.UNREAD),
        (b"I1", Judgement.UNREAD),
        (b"\x8b\xff\xff\xff\xff.", Judgement.UNREAD),
        (b"}]K\x01s.", Judgement.UNREAD),
        (b"(" * 100_000 + b"N.", Judgement.SAFE),
        (b"N" * 1_100_000 + b".", Judgement.UNREAD),
        (b"I" + b"9" * 2_000_000 + b"\n.", Judgement.UNREAD),
    ],
)
def test_what_is_written_by_hand(data: bytes, judgement: Judgement) -> None:
    assert judged(data) is judgement


def test_no_flag_makes_bytes_into_pointers() -> None:
    """numpy trusts the flags in the state of a type: 63 says that each element is a pointer to an object."""
    head = b"cnumpy\ndtype\n(S'f8'\nI00\nI01\ntR(K\x03S'<'\nNNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK"
    assert judged(head + b"\x00tb.") is Judgement.SAFE
    assert judged(head + b"\x3ftb.") is Judgement.UNPROVED


@pytest.mark.parametrize("seed", range(4))
def test_the_machine_and_cpython_agree(seed: int) -> None:
    """A bounded part of what `make fuzz-pickles` runs."""
    count = many(seed, 1500)
    assert count.judged == 1500
    assert count.safe > 100
    assert count.executed > count.safe


ALLOWED = op(Global("argparse.Namespace"))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        # What CPython's unpickler in C reads of a file: a module `se`, and a value that was remembered as 1, not as 11.
        (frame(ALLOWED, 8) + b".", "goes over the end of a frame"),
        (b"\x80\x04N\x94]q\x0b" + frame(b"g11\n", 2) + b".", "goes over the end of a frame"),
        (frame(b"X\x02\x00\x00\x00ab", 3) + b".", "goes over the end of a frame"),
        (frame(frame(b"N", 1) + b"0]", 12) + b".", "begins within another"),
        (frame(b"N.N", 3), "goes on behind its STOP"),
        (frame(b"N.", 20), "ends within a frame"),
    ],
)
def test_frames_that_are_read_in_two_ways_are_unread(data: bytes, why: str) -> None:
    reasons = run(data).reasons
    assert {reason.judgement for reason in reasons} == {Judgement.UNREAD}
    assert any(why in reason.what for reason in reasons)


single = st.none() | st.integers() | st.text() | st.binary() | st.floats(allow_nan=False)
nested = st.recursive(
    single,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
    max_leaves=30,
)


@settings(max_examples=300, deadline=None)
@given(nested, st.sampled_from(PROTOCOLS))
def test_any_data_is_proved_safe(value: Any, protocol: int) -> None:
    data = pickle.dumps(value, protocol)
    outcome = run(data)
    assert (outcome.reasons, outcome.end) == ((), len(data))


def test_bytes_are_passed_over() -> None:
    size = 1 << 33
    head = b"\x8e" + struct.pack("<Q", size)
    assert judged(head + b"x.") is Judgement.UNREAD
