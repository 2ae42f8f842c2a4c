"""The machine against CPython's own unpickler: what it proves safe takes nothing that is not on the list."""

from __future__ import annotations

import argparse
import collections
import contextlib
import datetime
import decimal
import fractions
import io
import pathlib
import pickle
import pickletools
import struct
import types
from _compat_pickle import IMPORT_MAPPING, NAME_MAPPING
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ourhalf.artifacts.judgement import Judgement, worst
from ourhalf.artifacts.pickles.dangers import dangerous
from ourhalf.artifacts.pickles.machine import run
from ourhalf.artifacts.pickles.rules import RULES
from ourhalf.artifacts.pickles.values import Global

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
        assert Global(module, name) in RULES.globals, one
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


class Inert(dict[Any, Any]):
    """What stands for everything that a pickle takes: it can be called, built, filled and hashed, and does nothing."""

    def __new__(cls, *_: Any, **__: Any) -> Inert:
        return super().__new__(cls)

    def __init__(self, *_: Any) -> None:
        super().__init__()

    def __hash__(self) -> int:  # type: ignore[override]
        return 1

    def append(self, _: Any) -> None:
        """As a list does."""


class Watched(pickle._Unpickler):
    """CPython's unpickler in Python, that notes what is taken and gives something inert for it."""

    taken: list[Global]

    def find_class(self, module: str, name: str) -> Any:
        self.taken.append(Global(module, name))
        return Inert


SEEDS = [pickle.dumps(value, protocol) for value in DATA if len(repr(value)) < 200 for protocol in PROTOCOLS]
OPCODES = [opcode.code.encode("latin-1") for opcode in pickletools.opcodes]
PIECES = [
    *OPCODES,
    b"cposix\nsystem\n",
    b"\x8c\x05posix",
    b"\x8c\x06system",
    b"\x85R",
    b"q\x00",
    b"h\x00",
    b"(",
    b"K\x01",
]


@st.composite
def programs(draw: st.DrawFn) -> bytes:
    data = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(data)))
        piece = draw(st.sampled_from(PIECES) | st.binary(max_size=4))
        data[at : at + draw(st.integers(0, 3))] = piece
    return bytes(data) + draw(st.sampled_from([b"", b"."]))


@settings(max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck))
@given(programs() | st.lists(st.sampled_from(PIECES), max_size=30).map(b"".join))
def test_what_is_safe_takes_nothing_that_is_not_on_the_list(data: bytes) -> None:
    outcome = run(data)
    if worst(outcome.reasons) is not Judgement.SAFE:
        return
    watched = Watched(io.BytesIO(data))
    watched.taken = []
    with contextlib.suppress(Exception):  # what CPython refuses harms nobody
        watched.load()
    assert set(watched.taken) <= RULES.globals
    assert set(watched.taken) <= set(outcome.globals)


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
