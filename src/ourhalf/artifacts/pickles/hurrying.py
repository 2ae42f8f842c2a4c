"""Runs the opcodes of which most large pickles are made in one loop, and leaves all others to their steps.

Long pickles are numbers, texts and lists of them. What this loop does with those is what their steps do, without a
call for each; wherever one of them would say anything, or come near a bound or the end of a frame, its step is asked
instead. A test compares the two.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from functools import partial

from ourhalf.artifacts.holes import ahead
from ourhalf.artifacts.pickles import holding, pushing
from ourhalf.artifacts.pickles.pushing import MAX_NAME
from ourhalf.artifacts.pickles.stack import MAX_DEPTH, MAX_MEMO
from ourhalf.artifacts.pickles.state import State, Step
from ourhalf.artifacts.pickles.values import BOOL, FLOAT, NONE, Value

_WINDOW = 1 << 16
_LONGEST = 9
"""The most bytes of an opcode with an argument of fixed size: so far from an end this loop stops."""
_BYTES = re.compile(rb"(?:K.)++", re.DOTALL)
_U4 = struct.Struct("<I").unpack_from
_FIXED: dict[int, tuple[struct.Struct | None, re.Pattern[bytes], int]] = {
    0x4A: (struct.Struct("<xi"), re.compile(rb"(?:J.{4})++", re.DOTALL), 5),
    0x4D: (struct.Struct("<xH"), re.compile(rb"(?:M.{2})++", re.DOTALL), 3),
    0x47: (None, re.compile(rb"(?:G.{8})++", re.DOTALL), 9),
}
"""BININT, BININT2 and BINFLOAT: what their arguments say, several in a row, and the length of each."""
_ON_STACK: dict[int, Step] = {
    0x30: holding.pop, 0x4E: partial(pushing.push, value=NONE), 0x5D: holding.empty_list, 0x61: holding.append,
    0x65: holding.appends, 0x73: holding.set_item, 0x74: holding.tuple_since_mark, 0x75: holding.set_items,
    0x7D: holding.empty_dict, 0x85: partial(holding.tuple_of, count=1), 0x86: partial(holding.tuple_of, count=2),
    0x87: partial(holding.tuple_of, count=3), 0x88: partial(pushing.push, value=BOOL),
    0x89: partial(pushing.push, value=BOOL),
}  # fmt: skip
"""Those whose steps look at nothing but the stack."""


def hurry(state: State, one: Callable[[State], bool]) -> None:
    """Run up to the STOP; `one` runs one opcode, whichever it is. Raises RefusedError."""
    stream = state.stream
    piece, base, going = b"", stream.at, True
    while going:
        at = stream.at - base
        if not 0 <= at <= len(piece) - 2 * _LONGEST:
            base, at = stream.at, 0
            piece = ahead(stream.data, base, _WINDOW)
        end = min(len(piece), stream.frame - base) if base + at < stream.frame else len(piece)
        if len(state.stack.values) + _WINDOW < MAX_DEPTH and len(state.stack.marks) + _WINDOW < MAX_DEPTH:
            stream.at = base + _run(state, piece, base, at, end)
        going = one(state)


def _run(state: State, piece: bytes, base: int, at: int, end: int) -> int:  # noqa: C901, PLR0912 - it saves calls
    """Run what is common, from `at` of a piece on and before `end`; gives where in it the first other opcode is."""
    values, marks, memo = state.stack.values, state.stack.marks, state.stack.memo
    push, recall, last = values.append, memo.get, end - _LONGEST
    while at < last:
        code = piece[at]
        if code == 0x4B:  # BININT1
            if piece[at + 2] == 0x4B:
                at = _bytes(piece, at, end, values)
            else:
                push(piece[at + 1])
                at += 2
        elif code == 0x68 or code == 0x6A:  # noqa: PLR1714 - BINGET, LONG_BINGET
            value = recall(piece[at + 1] if code == 0x68 else _U4(piece, at + 1)[0])
            if value is None:
                break
            push(value)
            at += 2 if code == 0x68 else 5
        elif code == 0x8C or code == 0x58:  # noqa: PLR1714 - SHORT_BINUNICODE, BINUNICODE
            start = at + 2 if code == 0x8C else at + 5
            stop = start + (piece[at + 1] if code == 0x8C else _U4(piece, at + 1)[0])
            if stop > end or stop - start > MAX_NAME:
                break
            try:
                push(text := piece[start:stop].decode())
            except UnicodeDecodeError:
                break
            at = stop
            if at < last and piece[at] == 0x94 and len(memo) < MAX_MEMO:
                memo[len(memo)] = text
                at += 1
        elif code in _ON_STACK:
            state.opcode, at = base + at, at + 1
            state.stream.at = base + at
            _ON_STACK[code](state)
        elif code in _FIXED:
            at = _numbers(code, piece, at, end, values)
        elif code in {0x94, 0x71, 0x72}:  # MEMOIZE, BINPUT, LONG_BINPUT
            key = len(memo) if code == 0x94 else piece[at + 1] if code == 0x71 else _U4(piece, at + 1)[0]
            if key >= MAX_MEMO or len(values) <= (marks[-1] if marks else 0):
                break
            memo[key] = values[-1]
            at += 1 if code == 0x94 else 2 if code == 0x71 else 5
        elif code == 0x28:  # MARK
            marks.append(len(values))
            at += 1
        else:
            break
    return at


def _bytes(piece: bytes, at: int, end: int, values: list[Value]) -> int:
    """Take several BININT1 in a row; gives where they end."""
    stop = _end(_BYTES, piece, at, end)
    values += piece[at + 1 : stop : 2]
    return stop


def _numbers(code: int, piece: bytes, at: int, end: int, values: list[Value]) -> int:
    """Take one opcode of `_FIXED`, or several of the same in a row; gives where they end."""
    form, many, size = _FIXED[code]
    stop = _end(many, piece, at, end) if piece[at + size] == code else at + size
    if form is None:
        values += [FLOAT] * ((stop - at) // size)
    elif stop == at + size:
        values.append(form.unpack_from(piece, at)[0])
    else:
        values += [number for (number,) in form.iter_unpack(piece[at:stop])]
    return stop


def _end(form: re.Pattern[bytes], piece: bytes, at: int, end: int) -> int:
    """Where opcodes in a row, of which there is one at least, end."""
    found = form.match(piece, at, end)
    return found.end() if found else at
