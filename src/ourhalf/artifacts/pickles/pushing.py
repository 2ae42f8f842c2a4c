"""Opcodes that put a number, a text or bytes on the stack."""

from __future__ import annotations

import codecs
import struct

from ourhalf.artifacts.judgement import Judgement
from ourhalf.artifacts.pickles.stack import RefusedError
from ourhalf.artifacts.pickles.state import State
from ourhalf.artifacts.pickles.values import BOOL, FLOAT, INT, TEXT, Plain, Value

MAX_NAME = 1024
_MOST_DIGITS = 4096
_LONGEST_NUMBER = 64


def _length_by(state: State, form: struct.Struct) -> int:
    size = state.stream.number(form)
    if size < 0:
        raise RefusedError("a length below zero")
    return size


def text(state: State, form: struct.Struct) -> None:
    """A text of so many bytes; what it says is kept where it may be a name."""
    size = _length_by(state, form)
    if size > MAX_NAME:
        state.stream.skip(size)
        state.stack.push(TEXT)
        return
    try:
        said = str(state.stream.take(size), "utf-8", "surrogatepass")
    except UnicodeDecodeError:
        raise RefusedError("a text is not UTF-8") from None
    state.stack.push(said)


def raw(state: State, form: struct.Struct, kind: str) -> None:
    """So many bytes; protocol 2 and before write texts of one byte a character so."""
    size = _length_by(state, form)
    if kind == "str" and size <= MAX_NAME:
        taken = bytes(state.stream.take(size))
        state.stack.push(taken.decode() if taken.isascii() else TEXT)
        return
    state.stream.skip(size)
    state.stack.push(Plain(kind))


def integer(state: State, form: struct.Struct) -> None:
    """A whole number; what it is is kept, for some decide."""
    state.stack.push(whole(state.stream.number(form)))


def fixed(state: State, size: int, value: Value) -> None:
    """A value of so many bytes that nobody looks at."""
    state.stream.skip(size)
    state.stack.push(value)


def long_number(state: State, size: struct.Struct) -> None:
    """LONG1 and LONG4."""
    length = _length_by(state, size)
    if length > _LONGEST_NUMBER:
        state.stream.skip(length)
        state.stack.push(INT)
    else:
        state.stack.push(whole(int.from_bytes(state.stream.take(length), "little", signed=True)))


def _in_two_ways(state: State) -> None:
    """A number that is none to Python, while its unpickler in C may take it for octal, or up to a zero byte."""
    state.tell(Judgement.UNREAD, "a number is none, or read in two ways")


def number_line(state: State) -> None:
    """INT: a number, or a truth, as a line."""
    line = state.stream.line()
    if line in (b"00", b"01"):
        state.stack.push(BOOL)
        return
    try:
        state.stack.push(whole(int(line, 0)))
    except ValueError:
        _in_two_ways(state)
        state.stack.push(INT)


def long_line(state: State) -> None:
    """LONG."""
    line = state.stream.line()
    if len(line) > _MOST_DIGITS:  # quadratic to read, and CPython refuses what is longer
        raise RefusedError("a number of more than 4,096 digits", ours=True)
    try:
        state.stack.push(whole(int(line.removesuffix(b"L"), 0)))
    except ValueError:
        _in_two_ways(state)
        state.stack.push(INT)


def float_line(state: State) -> None:
    """FLOAT."""
    try:
        float(state.stream.line())
    except ValueError:
        _in_two_ways(state)
    state.stack.push(FLOAT)


def string_line(state: State) -> None:
    """STRING: a text in quotes."""
    line = state.stream.line()
    if len(line) < 2 or line[:1] != line[-1:] or line[:1] not in (b"'", b'"'):
        raise RefusedError("a text is not in quotes")
    try:
        said = codecs.escape_decode(line[1:-1])[0]
    except ValueError:
        raise RefusedError("a text is escaped wrongly") from None
    plain = isinstance(said, bytes) and said.isascii() and len(said) <= MAX_NAME
    state.stack.push(str(said, "ascii") if plain else TEXT)


def unicode_line(state: State) -> None:
    """UNICODE."""
    try:
        said = state.stream.line().decode("raw-unicode-escape")
    except UnicodeDecodeError:
        raise RefusedError("a text is escaped wrongly") from None
    state.stack.push(said if len(said) <= MAX_NAME else TEXT)


def push(state: State, value: Value) -> None:
    """A value that the opcode is by itself."""
    state.stack.push(value)


def whole(number: int) -> int | Plain:
    """A whole number as a value; what none of the rules asks for is not kept."""
    return number if -_KEPT <= number <= _KEPT else INT


_KEPT = 1 << 62
