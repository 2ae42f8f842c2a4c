"""Opcodes that take something from a module, call it, or ask the loader for something."""

from __future__ import annotations

import struct

from ourhalf.artifacts.judgement import Judgement
from ourhalf.artifacts.pickles.dangers import dangerous
from ourhalf.artifacts.pickles.rules import RULES, many
from ourhalf.artifacts.pickles.stack import RefusedError
from ourhalf.artifacts.pickles.state import Loader, State
from ourhalf.artifacts.pickles.values import (
    ANYTHING,
    TEXT,
    Anything,
    Global,
    Many,
    Mapping,
    Value,
    Wrapper,
    described,
    number,
)

_MOST_LOOKED_AT = 64
_MOST_SHOWN = 120


def find(state: State, module: str, name: str) -> None:
    """A global: the import of its module already runs code."""
    found = Global(module, name)
    state.globals.setdefault(found)
    if found in RULES.globals:
        state.stack.push(found)
        return
    danger = dangerous(module, name)
    if danger:
        state.tell(Judgement.UNSAFE, f"it takes {found.dotted}, {danger}")
    else:
        state.tell(Judgement.UNPROVED, f"it takes {found.dotted}, which is not known to be harmless")
    state.stack.push(Anything(found.dotted[:_MOST_SHOWN]))


def global_line(state: State) -> None:
    """GLOBAL: a module and a name, a line each."""
    module, name = state.stream.line(), state.stream.line()
    try:
        find(state, module.decode(), name.decode())
    except UnicodeDecodeError:
        raise RefusedError("a name is not UTF-8") from None


def stack_global(state: State) -> None:
    """STACK_GLOBAL: a module and a name from the stack."""
    name, module = state.stack.pop(), state.stack.pop()
    if type(name) is str and type(module) is str:
        find(state, module, name)
        return
    if isinstance(name, Anything) or isinstance(module, Anything):
        state.tell(Judgement.UNPROVED, "what it takes from which module is known only when it is loaded")
    elif all(type(one) is str or one == TEXT for one in (name, module)):
        state.tell(Judgement.UNPROVED, "it takes a global by a name that is too long or no ASCII")
    else:
        raise RefusedError("the name of a global is no text")
    state.stack.push(ANYTHING)


def extension(state: State, size: struct.Struct) -> None:
    """EXT1, EXT2 and EXT4: what the process of the loader registered under a number."""
    code = state.stream.number(size)
    if code <= 0:
        raise RefusedError("an extension of a code below one")
    state.tell(Judgement.UNPROVED, f"it takes extension {code}, which means what the loader's process says")
    state.stack.push(ANYTHING)


def reduce(state: State) -> None:
    """REDUCE: a call."""
    arguments, called = state.stack.pop(), state.stack.pop()
    _call(state, called, arguments)


def new(state: State) -> None:
    """NEWOBJ: an object by the `__new__` of its class."""
    arguments, kind = state.stack.pop(), state.stack.pop()
    _construct(state, kind, arguments)


def new_with_names(state: State) -> None:
    """NEWOBJ_EX: the same with named arguments."""
    names, arguments, kind = state.stack.pop(), state.stack.pop(), state.stack.pop()
    if not isinstance(names, Mapping | Anything):
        raise RefusedError("named arguments are no dict")
    state.tell(Judgement.UNPROVED, f"it makes {described(kind)} by named arguments")
    del arguments
    state.stack.push(ANYTHING)


def obj(state: State) -> None:
    """OBJ: a call with all since the mark."""
    values = state.stack.since_mark()
    if not values:
        raise RefusedError("it makes an object of nothing")
    _call(state, values[0], many(tuple(values[1:])))


def inst(state: State) -> None:
    """INST: the same of what its lines name."""
    global_line(state)
    called = state.stack.pop()
    _call(state, called, many(tuple(state.stack.since_mark())))


def _call(state: State, called: Value, arguments: Value) -> None:
    if isinstance(called, Anything):
        state.called = True
        state.stack.push(_given_by(called))
        return
    if not isinstance(arguments, Many):
        _unpacked(state, called, arguments)
        return
    _judged(state, called, arguments, RULES.call(called, arguments.items))


def _unpacked(state: State, called: Value, arguments: Value) -> None:
    """CPython's unpickler in C refuses arguments that are no tuple; that in Python takes whatever has elements."""
    state.called = True
    state.tell(Judgement.UNPROVED, f"it calls {described(called)} with what is in {described(arguments)}")
    state.stack.push(ANYTHING)


def _construct(state: State, kind: Value, arguments: Value) -> None:
    if isinstance(kind, Anything):
        state.called = True
        state.stack.push(_given_by(kind))
        return
    if not isinstance(arguments, Many):
        _unpacked(state, kind, arguments)
        return
    _judged(state, kind, arguments, RULES.construct(kind, arguments.items))


def _judged(state: State, called: Value, arguments: Many, made: Value | None) -> None:
    if made is not None:
        state.stack.push(made)
        return
    state.called = True
    if not any(isinstance(item, Anything) for item in arguments.items[:_MOST_LOOKED_AT]):
        shown = ", ".join(described(item) for item in arguments.items[:4])
        state.tell(Judgement.UNPROVED, f"it calls {described(called)} with ({shown}), which no rule allows")
    state.stack.push(ANYTHING)


def build(state: State) -> Mapping | None:
    """Set the state of an object; gives that of a wrapper of joblib, behind which the bytes of its array lie."""
    given, built = state.stack.pop(), state.stack.top()
    if isinstance(built, Anything):
        state.called = True
    elif not RULES.build(built, given):
        state.called = True
        state.tell(Judgement.UNPROVED, f"it sets the state of {described(built)} to {described(given)}")
    elif state.loader is Loader.JOBLIB and isinstance(built, Wrapper) and isinstance(given, Mapping):
        return given
    return None


def persistent_line(state: State) -> None:
    """PERSID: an object of the loader's, by a line."""
    state.stream.line()
    _loaded(state, None)


def persistent_value(state: State) -> None:
    """BINPERSID: an object of the loader's, by a value."""
    _loaded(state, state.stack.pop())


def _loaded(state: State, name: Value | None) -> None:
    if state.loader is Loader.TORCH:
        made = RULES.storage(name)
        if made is not None:
            _note(state, name)
            state.stack.push(made)
            return
        state.tell(Judgement.UNPROVED, f"it asks the loader for {described(name)}, which is no storage")
    else:
        state.tell(Judgement.UNPROVED, "it asks the loader for an object by an id, which means what that says")
    state.stack.push(ANYTHING)


def _note(state: State, name: Value | None) -> None:
    match name:
        case Many((_, Global(_, kind), str() as key, _, count, *_)):
            state.storages.setdefault(key, (kind, number(count) or 0))


def buffer(state: State) -> None:
    """NEXT_BUFFER: bytes that the loader has."""
    state.tell(Judgement.UNPROVED, "it takes a buffer that lies outside of it")
    state.stack.push(ANYTHING)


def same_buffer(state: State) -> None:
    """READONLY_BUFFER: the same bytes, not to be written."""
    state.stack.top()


def _given_by(called: Anything) -> Anything:
    return Anything(f"what {called.of} gives"[:_MOST_SHOWN]) if called.of else ANYTHING
