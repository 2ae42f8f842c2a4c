"""Runs a pickle over what its values may be, and tells everything that is not proved harmless.

The opcodes are those of the `pickletools` of CPython 3.14, protocols 0 to 5, with the checks of its unpickler:
what that refuses is unread here, and what it accepts and is not understood here is never safe. Time is linear
in the length of the pickle; the bytes of texts and buffers are passed over, not looked at.
"""

from __future__ import annotations

import codecs
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum
from itertools import repeat
from typing import Any, NamedTuple, TypeAlias

from ourhalf.artifacts.judgement import Judgement, Reason
from ourhalf.artifacts.pickles.dangers import dangerous
from ourhalf.artifacts.pickles.rules import RULES, bytes_beside, many
from ourhalf.artifacts.pickles.stack import RefusedError, Stack, Stream
from ourhalf.artifacts.pickles.values import (
    ANYTHING,
    BOOL,
    FLOAT,
    FROZENSET,
    INT,
    NONE,
    SET,
    Anything,
    ArrayType,
    Global,
    Holder,
    Made,
    Many,
    Mapping,
    Plain,
    Sequence,
    Value,
    Wrapper,
    number,
)

MAX_NAME = 1024
_MOST_LOOKED_AT = 64
_MOST_SHOWN = 120
_NOT_HASHED = (Sequence, Mapping)
_MOST_REASONS = 50
"""So many of each judgement, so that many small ones never hide a great one."""
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


class Loader(Enum):
    """Who reads the pickle, for some give a meaning to what others refuse.

    To `PLAIN` persistent ids are unknown. To `TORCH` they are tuples that name a storage. `JOBLIB` reads the bytes
    of arrays that lie behind the opcode that sets the state of their wrapper.
    """

    PLAIN = "plain"
    TORCH = "torch"
    JOBLIB = "joblib"


def run(
    data: bytes | memoryview, start: int = 0, part: str = "", loader: Loader = Loader.PLAIN, steps: int | None = None
) -> Outcome:
    """Run the pickle that begins at `start`, up to its STOP or so many steps."""
    ran = _WATCHED.get()
    if ran is not None and steps is None:
        ran.append(Ran(memoryview(data), start, part, loader))
    return _Machine(memoryview(data), start, part, loader).run(steps)


class Step(NamedTuple):
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


def trace(ran: Ran) -> Iterator[Step]:
    """Each instruction of a pickle, up to the last that is run."""
    return _Machine(*ran).trace()


class _Machine:
    def __init__(self, data: memoryview, start: int, part: str, loader: Loader, depth: int = 0) -> None:
        self._stream = Stream(data, start)
        self._stack = Stack()
        self._opcode = start
        self._part = part
        self._loader = loader
        self._depth = depth
        self._reasons: dict[tuple[Judgement, str], Reason] = {}
        self._told = dict.fromkeys(Judgement, 0)
        self._globals: dict[Global, None] = {}
        self._called = False
        self._arrays = 0
        self._storages: dict[str, tuple[str, int]] = {}

    def run(self, steps: int | None = None) -> Outcome:
        stopped = refused_too = refused_here = False
        try:
            stopped = self._run(steps)
        except RefusedError as refused:
            refused_here, refused_too = True, not refused.ours
            self._tell(Judgement.UNREAD, refused.what)
        if self._stream.crossed:
            self._tell(Judgement.UNREAD, "an argument goes over the end of a frame")
        outcome = Outcome(self._stream.at, tuple(self._reasons.values()), tuple(self._globals))
        outcome.stopped, outcome.refused, outcome.called = (
            stopped,
            refused_too and not self._stream.crossed,
            self._called,
        )
        outcome.going = not stopped and not refused_too and not refused_here
        outcome.arrays, outcome.storages = self._arrays, self._storages
        return outcome

    def _run(self, most: int | None) -> bool:
        stream, steps = self._stream, _STEPS
        data, length = stream.data, stream.length
        for _ in repeat(None) if most is None else repeat(None, most):
            at = self._opcode = stream.at
            if at >= length:
                raise RefusedError("it ends before its STOP")
            stream.at = at + 1
            step = steps[data[at]]
            if step is not None:
                step(self)
            elif data[at] == _STOP:
                self._stack.pop()
                if stream.at < stream.frame:
                    # Where the next pickle begins is not the same for all that read on.
                    self._tell(Judgement.UNREAD, "a frame goes on behind its STOP")
                return True
            else:
                raise RefusedError(f"0x{data[at]:02x} is no opcode")
        return False

    def trace(self) -> Iterator[Step]:
        going = True
        while going:
            stack, at, told = self._stack, self._stream.at, len(self._reasons)
            given, mark = tuple(stack.values[-3:]), stack.marks[-1] if stack.marks else len(stack.values)
            since_mark = tuple(stack.values[mark : mark + _MOST_LOOKED_AT])
            outcome = self.run(1)
            going = outcome.going
            if at < self._stream.length:
                made = stack.values[-1] if stack.values else None
                yield Step(at, self._stream.data[at], given, since_mark, made, outcome.reasons[told:])

    def _tell(self, judgement: Judgement, what: str) -> None:
        if self._told[judgement] < _MOST_REASONS and (judgement, what) not in self._reasons:
            self._told[judgement] += 1
            self._reasons[judgement, what] = Reason(judgement, what, self._opcode, self._part)

    def text(self, form: struct.Struct) -> None:
        """A text of so many bytes; what it says is kept where it may be a name."""
        size = self._length_by(form)
        if size > MAX_NAME:
            self._stream.skip(size)
            self._stack.push(Plain("str"))
            return
        try:
            said = str(self._stream.take(size), "utf-8", "surrogatepass")
        except UnicodeDecodeError:
            raise RefusedError("a text is not UTF-8") from None
        self._stack.push(Plain("str", said))

    def raw(self, form: struct.Struct, kind: str) -> None:
        """So many bytes; protocol 2 and before write texts of one byte a character so."""
        size = self._length_by(form)
        if kind == "str" and size <= MAX_NAME:
            taken = bytes(self._stream.take(size))
            self._stack.push(Plain("str", taken.decode() if taken.isascii() else None))
            return
        self._stream.skip(size)
        self._stack.push(Plain(kind))

    # Opcodes, by what they do.

    def decimal(self) -> int:
        try:
            number = int(self._stream.line())
        except ValueError:
            raise RefusedError("a place in the memo is no number", ours=True) from None
        if number < 0:
            raise RefusedError("a place in the memo is below zero")
        return number

    def _in_two_ways(self) -> None:
        """A number that is none to Python, while its unpickler in C may take it for octal, or up to a zero byte."""
        self._tell(Judgement.UNREAD, "a number is none, or read in two ways")

    def number_line(self) -> None:
        line = self._stream.line()
        if line in (b"00", b"01"):
            self._stack.push(BOOL)
            return
        try:
            self._stack.push(_number(int(line, 0)))
        except ValueError:
            self._in_two_ways()
            self._stack.push(INT)

    def long_line(self) -> None:
        line = self._stream.line()
        if len(line) > 4096:  # quadratic to read, and CPython refuses what is longer
            raise RefusedError("a number of more than 4,096 digits", ours=True)
        try:
            self._stack.push(_number(int(line.removesuffix(b"L"), 0)))
        except ValueError:
            self._in_two_ways()
            self._stack.push(INT)

    def float_line(self) -> None:
        try:
            float(self._stream.line())
        except ValueError:
            self._in_two_ways()
        self._stack.push(FLOAT)

    def string_line(self) -> None:
        line = self._stream.line()
        if len(line) < 2 or line[:1] != line[-1:] or line[:1] not in (b"'", b'"'):
            raise RefusedError("a text is not in quotes")
        try:
            said = codecs.escape_decode(line[1:-1])[0]
        except ValueError:
            raise RefusedError("a text is escaped wrongly") from None
        plain = isinstance(said, bytes) and said.isascii() and len(said) <= MAX_NAME
        self._stack.push(Plain("str", str(said, "ascii") if plain else None))

    def unicode_line(self) -> None:
        try:
            said = self._stream.line().decode("raw-unicode-escape")
        except UnicodeDecodeError:
            raise RefusedError("a text is escaped wrongly") from None
        self._stack.push(Plain("str", said if len(said) <= MAX_NAME else None))

    def tuple_of(self, count: int) -> None:
        self._stack.push(many(self._stack.last(count)))

    def tuple_since_mark(self) -> None:
        self._stack.push(many(tuple(self._stack.since_mark())))

    def empty_list(self) -> None:
        self._stack.push(Sequence())

    def empty_dict(self) -> None:
        self._stack.push(Mapping())

    def list_since_mark(self) -> None:
        self._stack.push(Sequence(len(self._stack.since_mark())))

    def dict_since_mark(self) -> None:
        values = self._stack.since_mark()
        self._stack.push(Mapping())
        self._set_items(values)

    def _keys(self, keys: list[Value]) -> None:
        """Keys of a dict and elements of a set are hashed, which only data does without running code."""
        for key in keys:
            if type(key) is not Plain and (isinstance(key, _NOT_HASHED) or key == SET):
                raise RefusedError(f"a {key.kind} as a key")

    def append(self) -> None:
        self._stack.pop()
        self._extend(self._stack.top(), 1)

    def appends(self) -> None:
        count = len(self._stack.since_mark())
        self._extend(self._stack.top(), count)

    def _extend(self, holder: Value, count: int) -> None:
        if isinstance(holder, Sequence):
            holder.count += count
            return
        if isinstance(holder, Anything):
            return
        if not (isinstance(holder, Made) and holder.kind in RULES.lists):
            self._tell(Judgement.UNPROVED, f"it appends to {described(holder)}, which runs a method of that")

    def set_item(self) -> None:
        value = self._stack.pop()
        key = self._stack.pop()
        self._set_items([key, value])

    def set_items(self) -> None:
        self._set_items(self._stack.since_mark())

    def _set_items(self, values: list[Value]) -> None:
        if len(values) % 2:
            raise RefusedError("a key has no value")
        self._keys(values[::2])
        holder = self._stack.top()
        if isinstance(holder, Mapping):
            if holder.frozen:
                self._tell(Judgement.UNPROVED, "it changes what a type of arrays was made of")
            for at in range(0, len(values), 2):
                if holder.known is None:
                    break
                holder.learn(values[at], values[at + 1])
            return
        if isinstance(holder, Anything):
            return
        if not (isinstance(holder, Made) and holder.kind in RULES.mappings):
            self._tell(Judgement.UNPROVED, f"it sets items of {described(holder)}, which runs a method of that")

    def add_items(self) -> None:
        self._keys(self._stack.since_mark())
        holder = self._stack.top()
        if holder is not SET and not isinstance(holder, Anything):
            self._tell(Judgement.UNPROVED, f"it adds to {described(holder)}, which runs a method of that")

    def find(self, module: str, name: str) -> None:
        """A global: the import of its module already runs code."""
        found = Global(module, name)
        self._globals.setdefault(found)
        if found in RULES.globals:
            self._stack.push(found)
            return
        danger = dangerous(module, name)
        if danger:
            self._tell(Judgement.UNSAFE, f"it takes {found.dotted}, {danger}")
        else:
            self._tell(Judgement.UNPROVED, f"it takes {found.dotted}, which is not known to be harmless")
        self._stack.push(Anything(found.dotted[:_MOST_SHOWN]))

    def global_line(self) -> None:
        module, name = self._stream.line(), self._stream.line()
        try:
            self.find(module.decode(), name.decode())
        except UnicodeDecodeError:
            raise RefusedError("a name is not UTF-8") from None

    def stack_global(self) -> None:
        name, module = self._stack.pop(), self._stack.pop()
        if not (isinstance(name, Plain) and isinstance(module, Plain)) or not name.kind == module.kind == "str":
            if isinstance(name, Anything) or isinstance(module, Anything):
                self._tell(Judgement.UNPROVED, "what it takes from which module is known only when it is loaded")
                self._stack.push(ANYTHING)
                return
            raise RefusedError("the name of a global is no text")
        if name.text is None or module.text is None:
            self._tell(Judgement.UNPROVED, "it takes a global by a name that is too long or no ASCII")
            self._stack.push(ANYTHING)
            return
        self.find(module.text, name.text)

    def extension(self, size: struct.Struct) -> None:
        code = self._stream.number(size)
        if code <= 0:
            raise RefusedError("an extension of a code below one")
        self._tell(Judgement.UNPROVED, f"it takes extension {code}, which means what the loader's process says")
        self._stack.push(ANYTHING)

    def reduce(self) -> None:
        arguments, called = self._stack.pop(), self._stack.pop()
        self._call(called, arguments)

    def new(self) -> None:
        arguments, kind = self._stack.pop(), self._stack.pop()
        self._construct(kind, arguments)

    def new_with_names(self) -> None:
        names, arguments, kind = self._stack.pop(), self._stack.pop(), self._stack.pop()
        if not isinstance(names, Mapping | Anything):
            raise RefusedError("named arguments are no dict")
        self._tell(Judgement.UNPROVED, f"it makes {described(kind)} by named arguments")
        del arguments
        self._stack.push(ANYTHING)

    def obj(self) -> None:
        values = self._stack.since_mark()
        if not values:
            raise RefusedError("it makes an object of nothing")
        self._call(values[0], many(tuple(values[1:])))

    def inst(self) -> None:
        self.global_line()
        called = self._stack.pop()
        self._call(called, many(tuple(self._stack.since_mark())))

    def _call(self, called: Value, arguments: Value) -> None:
        if isinstance(called, Anything):
            self._called = True
            self._stack.push(_given_by(called))
            return
        if not isinstance(arguments, Many):
            self._unpacked(called, arguments)
            return
        self._judged(called, arguments, RULES.call(called, arguments.items))

    def _unpacked(self, called: Value, arguments: Value) -> None:
        """CPython's unpickler in C refuses arguments that are no tuple; that in Python takes whatever has elements."""
        self._called = True
        self._tell(Judgement.UNPROVED, f"it calls {described(called)} with what is in {described(arguments)}")
        self._stack.push(ANYTHING)

    def _construct(self, kind: Value, arguments: Value) -> None:
        if isinstance(kind, Anything):
            self._called = True
            self._stack.push(_given_by(kind))
            return
        if not isinstance(arguments, Many):
            self._unpacked(kind, arguments)
            return
        self._judged(kind, arguments, RULES.construct(kind, arguments.items))

    def _judged(self, called: Value, arguments: Many, made: Value | None) -> None:
        if made is not None:
            self._stack.push(made)
            return
        self._called = True
        if not any(isinstance(item, Anything) for item in arguments.items[:_MOST_LOOKED_AT]):
            shown = ", ".join(described(item) for item in arguments.items[:4])
            self._tell(Judgement.UNPROVED, f"it calls {described(called)} with ({shown}), which no rule allows")
        self._stack.push(ANYTHING)

    def build(self) -> None:
        state, built = self._stack.pop(), self._stack.top()
        if isinstance(built, Anything):
            self._called = True
        elif not RULES.build(built, state):
            self._called = True
            self._tell(Judgement.UNPROVED, f"it sets the state of {described(built)} to {described(state)}")
        elif self._loader is Loader.JOBLIB and isinstance(built, Wrapper) and isinstance(state, Mapping):
            self._beside(state.known or {})

    def _beside(self, wrapper: dict[str, Value]) -> None:
        """The array whose bytes, or pickle, joblib reads here; in its files this is never within a frame."""
        stream = self._stream
        if stream.at < stream.frame:
            raise RefusedError("an array lies within a frame", ours=True)
        self._arrays += 1
        self._stack.pop()
        self._stack.push(Made("array"))
        size = bytes_beside(wrapper)
        if size is None:
            if self._depth:
                raise RefusedError("arrays of objects in arrays of objects", ours=True)
            # joblib hands the rest of the file to pickle.load, which knows nothing of arrays beside it.
            inner = _Machine(stream.data, stream.at, self._part, Loader.PLAIN, self._depth + 1)
            outcome = inner.run()
            self._called |= outcome.called
            self._globals |= dict.fromkeys(outcome.globals)
            for reason in outcome.reasons:
                self._reasons.setdefault((reason.judgement, reason.what), reason)
            if not outcome.stopped:
                raise RefusedError("an array of objects cannot be followed", ours=True)
            stream.at = outcome.end
            return
        if "numpy_array_alignment_bytes" in wrapper and wrapper["numpy_array_alignment_bytes"] != NONE:
            stream.skip(stream.take(1)[0])
        stream.skip(size)

    def persistent_line(self) -> None:
        self._stream.line()
        self._loaded(None)

    def persistent_value(self) -> None:
        self._loaded(self._stack.pop())

    def _loaded(self, name: Value | None) -> None:
        if self._loader is Loader.TORCH:
            made = RULES.storage(name)
            if made is not None:
                self._note(name)
                self._stack.push(made)
                return
            self._tell(Judgement.UNPROVED, f"it asks the loader for {described(name)}, which is no storage")
        else:
            self._tell(Judgement.UNPROVED, "it asks the loader for an object by an id, which means what that says")
        self._stack.push(ANYTHING)

    def _note(self, name: Value | None) -> None:
        match name:
            case Many((_, Global(_, kind), Plain(_, str() as key), _, count, *_)):
                self._storages.setdefault(key, (kind, number(count) or 0))

    def buffer(self) -> None:
        self._tell(Judgement.UNPROVED, "it takes a buffer that lies outside of it")
        self._stack.push(ANYTHING)

    def same_buffer(self) -> None:
        self._stack.top()

    def protocol(self) -> None:
        version = self._stream.take(1)[0]
        if version > _HIGHEST_PROTOCOL:
            raise RefusedError(f"protocol {version} is not known")

    def frame(self) -> None:
        size = self._stream.number(_U8)
        if self._stream.at < self._stream.frame:
            # That in C drops the rest of the frame before, that in Python gives up.
            self._tell(Judgement.UNREAD, "a frame begins within another")
        self._stream.frame = self._stream.at + size
        if self._stream.frame > self._stream.length:
            # CPython's unpickler in C gives up here, that in Python goes on.
            self._tell(Judgement.UNREAD, "it ends within a frame")

    def push(self, value: Value) -> None:
        self._stack.push(value)

    def integer(self, form: struct.Struct) -> None:
        """A whole number; what it is is kept, for some decide."""
        self._stack.push(_number(self._stream.number(form)))

    def mark(self) -> None:
        self._stack.mark()

    def pop(self) -> None:
        self._stack.drop()

    def _length_by(self, form: struct.Struct) -> int:
        size = self._stream.number(form)
        if size < 0:
            raise RefusedError("a length below zero")
        return size

    def fixed(self, size: int, value: Value) -> None:
        self._stream.skip(size)
        self._stack.push(value)

    def long_number(self, size: struct.Struct) -> None:
        length = self._length_by(size)
        if length > _MOST_LOOKED_AT:
            self._stream.skip(length)
            self._stack.push(INT)
        else:
            self._stack.push(_number(int.from_bytes(self._stream.take(length), "little", signed=True)))

    def duplicate(self) -> None:
        self._stack.push(self._stack.top())

    def drop_since_mark(self) -> None:
        self._stack.since_mark()

    def memoize(self) -> None:
        self._stack.put(len(self._stack.memo))

    def put_sized(self, size: struct.Struct) -> None:
        self._stack.put(self._stream.number(size))

    def get_sized(self, size: struct.Struct) -> None:
        self._stack.get(self._stream.number(size))

    def put_line(self) -> None:
        self._stack.put(self.decimal())

    def get_line(self) -> None:
        self._stack.get(self.decimal())

    def frozenset_since_mark(self) -> None:
        self._keys(self._stack.since_mark())
        self._stack.push(FROZENSET)


def _given_by(called: Anything) -> Anything:
    return Anything(f"what {called.of} gives"[:_MOST_SHOWN]) if called.of else ANYTHING


def described(value: Value | None) -> str:  # noqa: C901 - one case for each kind of value
    """A value in few words."""
    match value:
        case Global():
            return value.dotted
        case Plain("str", str() as text) if len(text) <= 60:
            return repr(text)
        case Plain("int", str() as text):
            return text
        case Plain(kind) | Holder(kind):
            return {"none": "None"}.get(kind, f"a {kind}" if kind[0] not in "aeiou" else f"an {kind}")
        case Sequence() | Mapping():
            return f"a {value.kind}"
        case ArrayType():
            return "a type of arrays"
        case Wrapper():
            return "an array of joblib"
        case Many(items):
            return f"a tuple of {len(items)}"
        case Made(kind):
            return kind
        case Anything(str() as of) if of:
            return of
    return "something"


_U1, _U2, _U4, _U8, _I4 = (struct.Struct(form) for form in ("<B", "<H", "<I", "<Q", "<i"))
_STOP = ord(".")
_Step: TypeAlias = Callable[[_Machine], None]


def _number(number: int) -> Plain:
    """A whole number as a value; what none of the rules asks for is not kept."""
    known = _SMALL.get(number)
    if known is None:
        known = Plain("int", str(number)) if -_KEPT <= number <= _KEPT else INT
        if 0 <= number < _MOST_SMALL:
            _SMALL[number] = known
    return known


_KEPT = 1 << 62
_MOST_SMALL = 1 << 16
_SMALL = {number: Plain("int", str(number)) for number in range(-1, 256)}
_PLAIN_STEPS: dict[str, _Step] = {
    "(": _Machine.mark, "0": _Machine.pop, "1": _Machine.drop_since_mark, "2": _Machine.duplicate,
    "I": _Machine.number_line, "L": _Machine.long_line, "F": _Machine.float_line,
    "S": _Machine.string_line, "V": _Machine.unicode_line, "t": _Machine.tuple_since_mark,
    "]": _Machine.empty_list, "}": _Machine.empty_dict, "l": _Machine.list_since_mark, "d": _Machine.dict_since_mark,
    "a": _Machine.append, "e": _Machine.appends, "s": _Machine.set_item, "u": _Machine.set_items,
    "\x90": _Machine.add_items, "\x91": _Machine.frozenset_since_mark,
    "c": _Machine.global_line, "\x93": _Machine.stack_global, "R": _Machine.reduce, "b": _Machine.build,
    "o": _Machine.obj, "i": _Machine.inst, "\x81": _Machine.new, "\x92": _Machine.new_with_names,
    "p": _Machine.put_line, "g": _Machine.get_line, "\x94": _Machine.memoize,
    "P": _Machine.persistent_line, "Q": _Machine.persistent_value,
    "\x97": _Machine.buffer, "\x98": _Machine.same_buffer, "\x80": _Machine.protocol, "\x95": _Machine.frame,
}  # fmt: skip
_SIZED_STEPS: tuple[tuple[str, Callable[..., None], tuple[Any, ...]], ...] = (
    ("N", _Machine.push, (NONE,)), ("\x88", _Machine.push, (BOOL,)), ("\x89", _Machine.push, (BOOL,)),
    (")", _Machine.push, (Many((), True),)),
    ("\x8f", _Machine.push, (SET,)),
    ("J", _Machine.integer, (_I4,)), ("K", _Machine.integer, (_U1,)), ("M", _Machine.integer, (_U2,)),
    ("G", _Machine.fixed, (8, FLOAT)),
    ("\x8a", _Machine.long_number, (_U1,)), ("\x8b", _Machine.long_number, (_I4,)),
    ("\x8c", _Machine.text, (_U1,)), ("X", _Machine.text, (_U4,)), ("\x8d", _Machine.text, (_U8,)),
    ("T", _Machine.raw, (_I4, "str")), ("U", _Machine.raw, (_U1, "str")),
    ("B", _Machine.raw, (_U4, "bytes")), ("C", _Machine.raw, (_U1, "bytes")), ("\x8e", _Machine.raw, (_U8, "bytes")),
    ("\x96", _Machine.raw, (_U8, "bytearray")),
    ("\x85", _Machine.tuple_of, (1,)), ("\x86", _Machine.tuple_of, (2,)), ("\x87", _Machine.tuple_of, (3,)),
    ("q", _Machine.put_sized, (_U1,)), ("r", _Machine.put_sized, (_U4,)),
    ("h", _Machine.get_sized, (_U1,)), ("j", _Machine.get_sized, (_U4,)),
    ("\x82", _Machine.extension, (_U1,)), ("\x83", _Machine.extension, (_U2,)),
    ("\x84", _Machine.extension, (_I4,)),
)  # fmt: skip


def _bound(step: Callable[..., None], given: tuple[Any, ...]) -> _Step:
    return lambda machine: step(machine, *given)


_STEPS: list[_Step | None] = [None] * 256
for _code, _step in _PLAIN_STEPS.items():
    _STEPS[ord(_code)] = _step
for _code, _sized, _given in _SIZED_STEPS:
    _STEPS[ord(_code)] = _bound(_sized, _given)
