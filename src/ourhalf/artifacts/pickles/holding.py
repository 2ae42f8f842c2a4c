"""Opcodes that move values, remember them, and put them into tuples, lists, dicts and sets."""

from __future__ import annotations

import struct

from ourhalf.artifacts.judgement import Judgement
from ourhalf.artifacts.pickles.rules import RULES, many
from ourhalf.artifacts.pickles.stack import RefusedError
from ourhalf.artifacts.pickles.state import State
from ourhalf.artifacts.pickles.values import (
    FROZENSET,
    SET,
    Anything,
    Made,
    Mapping,
    Sequence,
    Value,
    described,
)

_NOT_HASHED = (Sequence, Mapping)


def mark(state: State) -> None:
    """MARK."""
    state.stack.mark()


def pop(state: State) -> None:
    """POP."""
    state.stack.drop()


def drop_since_mark(state: State) -> None:
    """POP_MARK."""
    state.stack.since_mark()


def duplicate(state: State) -> None:
    """DUP."""
    state.stack.push(state.stack.top())


def tuple_of(state: State, count: int) -> None:
    """TUPLE1, TUPLE2 and TUPLE3."""
    state.stack.push(many(state.stack.last(count)))


def tuple_since_mark(state: State) -> None:
    """TUPLE."""
    state.stack.push(many(tuple(state.stack.since_mark())))


def empty_list(state: State) -> None:
    """EMPTY_LIST."""
    state.stack.push(Sequence())


def empty_dict(state: State) -> None:
    """EMPTY_DICT."""
    state.stack.push(Mapping())


def list_since_mark(state: State) -> None:
    """LIST."""
    state.stack.push(Sequence(len(state.stack.since_mark())))


def dict_since_mark(state: State) -> None:
    """DICT."""
    values = state.stack.since_mark()
    state.stack.push(Mapping())
    _set_items(state, values)


def frozenset_since_mark(state: State) -> None:
    """FROZENSET."""
    _keys(state, state.stack.since_mark())
    state.stack.push(FROZENSET)


def _keys(state: State, keys: list[Value]) -> None:
    """Keys of a dict and elements of a set are hashed, which only data does without running code."""
    for key in keys:
        if type(key) is not str and type(key) is not int and (isinstance(key, _NOT_HASHED) or key == SET):
            raise RefusedError(f"a {key.kind} as a key")


def append(state: State) -> None:
    """APPEND."""
    state.stack.pop()
    _extend(state, state.stack.top(), 1)


def appends(state: State) -> None:
    """APPENDS."""
    count = len(state.stack.since_mark())
    _extend(state, state.stack.top(), count)


def _extend(state: State, holder: Value, count: int) -> None:
    if isinstance(holder, Sequence):
        holder.count += count
        return
    if isinstance(holder, Anything):
        return
    if not (isinstance(holder, Made) and holder.kind in RULES.lists):
        state.tell(Judgement.UNPROVED, f"it appends to {described(holder)}, which runs a method of that")


def set_item(state: State) -> None:
    """SETITEM."""
    value = state.stack.pop()
    key = state.stack.pop()
    _set_items(state, [key, value])


def set_items(state: State) -> None:
    """SETITEMS."""
    _set_items(state, state.stack.since_mark())


def _set_items(state: State, values: list[Value]) -> None:
    if len(values) % 2:
        raise RefusedError("a key has no value")
    _keys(state, values[::2])
    holder = state.stack.top()
    if isinstance(holder, Mapping):
        if holder.frozen:
            state.tell(Judgement.UNPROVED, "it changes what a type of arrays was made of")
        for at in range(0, len(values), 2):
            if holder.known is None:
                break
            holder.learn(values[at], values[at + 1])
        return
    if isinstance(holder, Anything):
        return
    if not (isinstance(holder, Made) and holder.kind in RULES.mappings):
        state.tell(Judgement.UNPROVED, f"it sets items of {described(holder)}, which runs a method of that")


def add_items(state: State) -> None:
    """ADDITEMS."""
    _keys(state, state.stack.since_mark())
    holder = state.stack.top()
    if holder is not SET and not isinstance(holder, Anything):
        state.tell(Judgement.UNPROVED, f"it adds to {described(holder)}, which runs a method of that")


def _decimal(state: State) -> int:
    try:
        number = int(state.stream.line())
    except ValueError:
        raise RefusedError("a place in the memo is no number", ours=True) from None
    if number < 0:
        raise RefusedError("a place in the memo is below zero")
    return number


def memoize(state: State) -> None:
    """MEMOIZE: remembered under how many there are."""
    state.stack.put(len(state.stack.memo))


def put_sized(state: State, size: struct.Struct) -> None:
    """BINPUT and LONG_BINPUT."""
    state.stack.put(state.stream.number(size))


def get_sized(state: State, size: struct.Struct) -> None:
    """BINGET and LONG_BINGET."""
    state.stack.get(state.stream.number(size))


def put_line(state: State) -> None:
    """PUT."""
    state.stack.put(_decimal(state))


def get_line(state: State) -> None:
    """GET."""
    state.stack.get(_decimal(state))
