"""Runs a pickle over what its values may be, and tells everything that is not proved harmless.

The opcodes are those of the `pickletools` of CPython 3.14, protocols 0 to 5, with the checks of its unpickler:
what that refuses is unread here, and what it accepts and is not understood here is never safe. Time is linear
in the length of the pickle; the bytes of texts and buffers are passed over, not looked at.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from ourhalf.artifacts.judgement import Judgement, Reason
from ourhalf.artifacts.pickles import calling, holding, pushing
from ourhalf.artifacts.pickles.hurrying import hurry
from ourhalf.artifacts.pickles.rules import bytes_beside
from ourhalf.artifacts.pickles.stack import RefusedError
from ourhalf.artifacts.pickles.state import Loader, State, Step
from ourhalf.artifacts.pickles.values import BOOL, FLOAT, NONE, SET, Global, Made, Many, Value

_MOST_LOOKED_AT = 64
_HIGHEST_PROTOCOL = 5


class Outcome:
    """What running one pickle gave: where it ends, and all that is not proved harmless.

    `stopped` says that it came to its STOP, `refused` that CPython's unpickler does not go on where this one
    ended, `called` that something was called that no rule knows. `arrays` are those of joblib that lay between its
    opcodes, `storages` those of PyTorch that it asked for, by type and number of elements. `going` says that it had
    not ended after the steps that it was given.
    """

    __slots__ = ("arrays", "called", "end", "globals", "going", "reasons", "refused", "stopped", "storages")

    def __init__(self, end: int, reasons: tuple[Reason, ...], globals_: tuple[Global, ...]) -> None:
        self.end = end
        self.reasons = reasons
        self.globals = globals_
        self.stopped = self.going = self.refused = self.called = False
        self.arrays = 0
        self.storages: dict[str, tuple[str, int]] = {}


def run(
    data: bytes | memoryview, start: int = 0, part: str = "", loader: Loader = Loader.PLAIN, steps: int | None = None
) -> Outcome:
    """Run the pickle that begins at `start`, up to its STOP or so many steps."""
    data = memoryview(data) if isinstance(data, bytes) else data
    ran = _WATCHED.get()
    if ran is not None and steps is None:
        ran.append(Ran(data, start, part, loader))
    return _outcome(State(data, start, part, loader), steps)


class Instruction(NamedTuple):
    """One instruction: where it lies, its opcode, what it found on the stack, what lies on top after it, and why
    it is not proved harmless where it is not. `since_mark` are the values that it takes as many as there are of.
    """

    offset: int
    opcode: int
    given: tuple[Value, ...]
    since_mark: tuple[Value, ...]
    made: Value | None
    reasons: tuple[Reason, ...]


class Ran(NamedTuple):
    """What a pickle was run with, to run it again."""

    data: memoryview
    start: int
    part: str
    loader: Loader


@contextmanager
def watched() -> Iterator[list[Ran]]:
    """Every pickle that is run within, in order."""
    ran: list[Ran] = []
    token = _WATCHED.set(ran)
    try:
        yield ran
    finally:
        _WATCHED.reset(token)


_WATCHED: ContextVar[list[Ran] | None] = ContextVar("ran", default=None)


def trace(ran: Ran) -> Iterator[Instruction]:
    """Each instruction of a pickle, up to the last that is run."""
    state = State(*ran)
    stack, stream, going = state.stack, state.stream, True
    while going:
        at, told = stream.at, len(state.reasons)
        given, mark = tuple(stack.values[-3:]), stack.marks[-1] if stack.marks else len(stack.values)
        since_mark = tuple(stack.values[mark : mark + _MOST_LOOKED_AT])
        outcome = _outcome(state, 1)
        going = outcome.going
        if at < stream.length:
            made = stack.values[-1] if stack.values else None
            yield Instruction(at, stream.data[at], given, since_mark, made, outcome.reasons[told:])


def _outcome(state: State, steps: int | None = None) -> Outcome:
    """Run on, up to the STOP or so many steps."""
    stopped = refused_too = refused_here = False
    try:
        stopped = _all(state) if steps is None else _some(state, steps)
    except RefusedError as refused:
        refused_here, refused_too = True, not refused.ours
        state.tell(Judgement.UNREAD, refused.what)
    crossed = state.stream.crossed
    if crossed:
        state.tell(Judgement.UNREAD, "an argument goes over the end of a frame")
    outcome = Outcome(state.stream.at, tuple(state.reasons.values()), tuple(state.globals))
    outcome.stopped, outcome.refused, outcome.called = stopped, refused_too and not crossed, state.called
    outcome.going = not stopped and not refused_too and not refused_here
    outcome.arrays, outcome.storages = state.arrays, state.storages
    return outcome


def _all(state: State) -> bool:
    """Up to the STOP, with what is common done in a hurry and the rest one by one."""
    hurry(state, _one)
    return state.stopped


def _some(state: State, most: int) -> bool:
    return not all(_one(state) for _ in range(most))


def _one(state: State) -> bool:
    """One step; whether it goes on after it."""
    stream = state.stream
    at = state.opcode = stream.at
    if at >= stream.length:
        raise RefusedError("it ends before its STOP")
    stream.at = at + 1
    step = _STEPS[stream.data[at]]
    if step is None:
        raise RefusedError(f"0x{stream.data[at]:02x} is no opcode")
    step(state)
    return not state.stopped


def _stop(state: State) -> None:
    state.stack.pop()
    state.stopped = True
    if state.stream.at < state.stream.frame:
        # Where the next pickle begins is not the same for all that read on.
        state.tell(Judgement.UNREAD, "a frame goes on behind its STOP")


def _protocol(state: State) -> None:
    version = state.stream.take(1)[0]
    if version > _HIGHEST_PROTOCOL:
        raise RefusedError(f"protocol {version} is not known")


def _frame(state: State) -> None:
    size = state.stream.number(_U8)
    if state.stream.at < state.stream.frame:
        # That in C drops the rest of the frame before, that in Python gives up.
        state.tell(Judgement.UNREAD, "a frame begins within another")
    state.stream.frame = state.stream.at + size
    if state.stream.frame > state.stream.length:
        # CPython's unpickler in C gives up here, that in Python goes on.
        state.tell(Judgement.UNREAD, "it ends within a frame")


def _build(state: State) -> None:
    wrapper = calling.build(state)
    if wrapper is not None:
        _beside(state, wrapper.known or {})


def _beside(state: State, wrapper: dict[str, Value]) -> None:
    """The array whose bytes, or pickle, joblib reads here; in its files this is never within a frame."""
    stream = state.stream
    if stream.at < stream.frame:
        raise RefusedError("an array lies within a frame", ours=True)
    state.arrays += 1
    state.stack.pop()
    state.stack.push(Made("array"))
    size = bytes_beside(wrapper)
    if size is None:
        if state.depth:
            raise RefusedError("arrays of objects in arrays of objects", ours=True)
        # joblib hands the rest of the file to pickle.load, which knows nothing of arrays beside it.
        outcome = _outcome(State(stream.data, stream.at, state.part, Loader.PLAIN, state.depth + 1))
        state.called |= outcome.called
        state.globals |= dict.fromkeys(outcome.globals)
        for reason in outcome.reasons:
            state.reasons.setdefault((reason.judgement, reason.what), reason)
        if not outcome.stopped:
            raise RefusedError("an array of objects cannot be followed", ours=True)
        stream.at = outcome.end
        return
    if "numpy_array_alignment_bytes" in wrapper and wrapper["numpy_array_alignment_bytes"] != NONE:
        stream.skip(stream.take(1)[0])
    stream.skip(size)


_U1, _U2, _U4, _U8, _I4 = (struct.Struct(form) for form in ("<B", "<H", "<I", "<Q", "<i"))
_PLAIN_STEPS: dict[str, Step] = {
    "(": holding.mark, "0": holding.pop, "1": holding.drop_since_mark, "2": holding.duplicate,
    "I": pushing.number_line, "L": pushing.long_line, "F": pushing.float_line,
    "S": pushing.string_line, "V": pushing.unicode_line, "t": holding.tuple_since_mark,
    "]": holding.empty_list, "}": holding.empty_dict, "l": holding.list_since_mark, "d": holding.dict_since_mark,
    "a": holding.append, "e": holding.appends, "s": holding.set_item, "u": holding.set_items,
    "\x90": holding.add_items, "\x91": holding.frozenset_since_mark,
    "c": calling.global_line, "\x93": calling.stack_global, "R": calling.reduce, "b": _build,
    "o": calling.obj, "i": calling.inst, "\x81": calling.new, "\x92": calling.new_with_names,
    "p": holding.put_line, "g": holding.get_line, "\x94": holding.memoize,
    ".": _stop, "P": calling.persistent_line, "Q": calling.persistent_value,
    "\x97": calling.buffer, "\x98": calling.same_buffer, "\x80": _protocol, "\x95": _frame,
}  # fmt: skip
_SIZED_STEPS: tuple[tuple[str, Callable[..., None], tuple[Any, ...]], ...] = (
    ("N", pushing.push, (NONE,)), ("\x88", pushing.push, (BOOL,)), ("\x89", pushing.push, (BOOL,)),
    (")", pushing.push, (Many((), True),)),
    ("\x8f", pushing.push, (SET,)),
    ("J", pushing.integer, (_I4,)), ("K", pushing.integer, (_U1,)), ("M", pushing.integer, (_U2,)),
    ("G", pushing.fixed, (8, FLOAT)),
    ("\x8a", pushing.long_number, (_U1,)), ("\x8b", pushing.long_number, (_I4,)),
    ("\x8c", pushing.text, (_U1,)), ("X", pushing.text, (_U4,)), ("\x8d", pushing.text, (_U8,)),
    ("T", pushing.raw, (_I4, "str")), ("U", pushing.raw, (_U1, "str")),
    ("B", pushing.raw, (_U4, "bytes")), ("C", pushing.raw, (_U1, "bytes")), ("\x8e", pushing.raw, (_U8, "bytes")),
    ("\x96", pushing.raw, (_U8, "bytearray")),
    ("\x85", holding.tuple_of, (1,)), ("\x86", holding.tuple_of, (2,)), ("\x87", holding.tuple_of, (3,)),
    ("q", holding.put_sized, (_U1,)), ("r", holding.put_sized, (_U4,)),
    ("h", holding.get_sized, (_U1,)), ("j", holding.get_sized, (_U4,)),
    ("\x82", calling.extension, (_U1,)), ("\x83", calling.extension, (_U2,)),
    ("\x84", calling.extension, (_I4,)),
)  # fmt: skip


def _bound(step: Callable[..., None], given: tuple[Any, ...]) -> Step:
    return lambda machine: step(machine, *given)


_STEPS: list[Step | None] = [None] * 256
for _code, _step in _PLAIN_STEPS.items():
    _STEPS[ord(_code)] = _step
for _code, _sized, _given in _SIZED_STEPS:
    _STEPS[ord(_code)] = _bound(_sized, _given)
