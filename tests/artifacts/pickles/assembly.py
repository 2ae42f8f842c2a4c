"""Pickles put together from what they should do, without the classes and libraries that they name."""

from __future__ import annotations

import struct
from typing import Any


class Op:
    """Something that a pickle does; each knows its opcodes."""

    def code(self) -> bytes:
        """The opcodes that leave it on the stack."""
        raise NotImplementedError


class Raw(Op):
    """Opcodes as they are."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def code(self) -> bytes:
        """As given."""
        return self.data


class Global(Op):
    """What a module holds under a name, by GLOBAL."""

    def __init__(self, dotted: str) -> None:
        self.module, _, self.name = dotted.rpartition(".")

    def code(self) -> bytes:
        """Two lines."""
        return f"c{self.module}\n{self.name}\n".encode()


class StackGlobal(Op):
    """The same by STACK_GLOBAL; module and name are given apart, for either may have dots."""

    def __init__(self, module: str | Op, name: str | Op) -> None:
        self.module, self.name = module, name

    def code(self) -> bytes:
        """The two texts, whatever makes them."""
        return op(self.module) + op(self.name) + b"\x93"


class Call(Op):
    """A call by REDUCE."""

    def __init__(self, called: Any, *given: Any) -> None:
        self.called, self.given = called, given

    def code(self) -> bytes:
        """What is called, its arguments, REDUCE."""
        return op(self.called) + op(self.given) + b"R"


class Inst(Op):
    """A call by INST."""

    def __init__(self, dotted: str, *given: Any) -> None:
        self.dotted, self.given = dotted, given

    def code(self) -> bytes:
        """A mark, the arguments, INST."""
        module, _, name = self.dotted.rpartition(".")
        return b"(" + b"".join(map(op, self.given)) + f"i{module}\n{name}\n".encode()


class Obj(Op):
    """A call by OBJ."""

    def __init__(self, called: Any, *given: Any) -> None:
        self.called, self.given = called, given

    def code(self) -> bytes:
        """A mark, what is called, the arguments, OBJ."""
        return b"(" + op(self.called) + b"".join(map(op, self.given)) + b"o"


class New(Op):
    """An object by NEWOBJ."""

    def __init__(self, kind: Any, *given: Any) -> None:
        self.kind, self.given = kind, given

    def code(self) -> bytes:
        """The class, its arguments, NEWOBJ."""
        return op(self.kind) + op(self.given) + b"\x81"


class Build(Op):
    """The state of an object, by BUILD."""

    def __init__(self, built: Any, state: Any) -> None:
        self.built, self.state = built, state

    def code(self) -> bytes:
        """The object, its state, BUILD."""
        return op(self.built) + op(self.state) + b"b"


class Put(Op):
    """A value that is remembered under a number."""

    def __init__(self, number: int, value: Any) -> None:
        self.number, self.value = number, value

    def code(self) -> bytes:
        """The value, BINPUT."""
        return op(self.value) + b"q" + bytes([self.number])


class Get(Op):
    """A value that was remembered."""

    def __init__(self, number: int) -> None:
        self.number = number

    def code(self) -> bytes:
        """BINGET."""
        return b"h" + bytes([self.number])


class Then(Op):
    """Several things one after another, of which only the last stays on the stack."""

    def __init__(self, *steps: Any) -> None:
        self.steps = steps

    def code(self) -> bytes:
        """Each, then POP, and the last without it."""
        return b"0".join(map(op, self.steps))


class Items(Op):
    """Items set in, or with `letter` b"e" appended to, something that is there already."""

    def __init__(self, held: Any, *values: Any, letter: bytes = b"u") -> None:
        self.held, self.values, self.letter = held, values, letter

    def code(self) -> bytes:
        """What holds them, a mark, the items, SETITEMS or APPENDS."""
        return op(self.held) + b"(" + b"".join(map(op, self.values)) + self.letter


def op(value: Any) -> bytes:  # noqa: C901 - one case for each type
    """The opcodes of a value of protocol 4 or below."""
    match value:
        case Op():
            return value.code()
        case None:
            return b"N"
        case bool():
            return b"\x88" if value else b"\x89"
        case int():
            return b"J" + struct.pack("<i", value)
        case float():
            return b"G" + struct.pack(">d", value)
        case str():
            return b"X" + struct.pack("<I", len(value.encode())) + value.encode()
        case bytes():
            return b"B" + struct.pack("<I", len(value)) + value
        case tuple():
            return b"(" + b"".join(map(op, value)) + b"t"
        case list():
            return b"](" + b"".join(map(op, value)) + b"e"
        case dict():
            return b"}(" + b"".join(op(key) + op(one) for key, one in value.items()) + b"u"
    raise TypeError(type(value))


def pickled(value: Any, protocol: int = 4) -> bytes:
    """A whole pickle; of protocol 0 and 1 without a header."""
    return (b"\x80" + bytes([protocol]) if protocol > 1 else b"") + op(value) + b"."
