"""Runs a pickle that was proved safe once more, for what its values are. Nothing is imported or called.

What it takes from modules stays a name; `calls` says what the few that make tensors give, in values of our own, and
everything else is a value that nobody looks into. The proof says that loading the file is harmless; this machine
needs none for its own sake: bytes of texts and tensors are views of the file, checked against its length.
"""

from __future__ import annotations

import codecs
import struct
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from ourhalf.artifacts.conversion.tensors import ConversionError
from ourhalf.artifacts.pickles.stack import MAX_DEPTH, MAX_MEMO, RefusedError, Stream

_LONGEST_NAME = 4096
_LONGEST_NUMBER = 16


class Taken(NamedTuple):
    """What a module holds under a name; never the thing itself."""

    dotted: str


class Text(NamedTuple):
    """A text that is no name: its bytes in the file, as UTF-8."""

    data: memoryview


class Other:
    """A value that is no tensor and holds none that could be found; `kind` is what it is called."""

    __slots__ = ("kind",)

    def __init__(self, kind: str) -> None:
        self.kind = kind


class Calls(Protocol):
    """What the machine asks of whoever knows PyTorch and NumPy."""

    def call(self, called: Taken, arguments: tuple[Any, ...]) -> Any:
        """What a call gives."""
        ...

    def build(self, built: Any, state: Any, stream: Stream) -> Any:
        """What an object is once its state is set; bytes beside the pickle are taken from the stream."""
        ...

    def load(self, name: Any) -> Any:
        """What a persistent id names."""
        ...


_MARK = object()
_SCALARS: dict[int, Any] = {ord("N"): None, 0x88: True, 0x89: False}
_SIZED = {
    ord(code): (struct.Struct(form), kind)
    for code, form, kind in (
        ("J", "<i", "int"), ("K", "<B", "int"), ("M", "<H", "int"), ("G", ">d", "float"),
        ("\x8a", "<B", "long"), ("\x8b", "<i", "long"),
        ("\x8c", "<B", "text"), ("X", "<I", "text"), ("\x8d", "<Q", "text"), ("T", "<i", "old"), ("U", "<B", "old"),
        ("B", "<I", "bytes"), ("C", "<B", "bytes"), ("\x8e", "<Q", "bytes"), ("\x96", "<Q", "bytes"),
        ("q", "<B", "put"), ("r", "<I", "put"), ("h", "<B", "get"), ("j", "<I", "get"),
    )
}  # fmt: skip
_TUPLES = {0x85: 1, 0x86: 2, 0x87: 3}
_FRAME = struct.Struct("<Q")


def run(data: memoryview, start: int, calls: Calls) -> tuple[Any, int]:
    """The value of the pickle that begins at `start`, and where it ends. Raises ConversionError."""
    machine = _Machine(data, start, calls)
    try:
        return machine.run(), machine.stream.at
    except RefusedError as refused:
        raise ConversionError(f"the pickle cannot be followed: {refused.what}") from None
    except ConversionError:
        raise
    except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError, struct.error) as error:
        # What was proved safe gives none of these: the two machines would have to differ.
        raise ConversionError(f"the pickle cannot be followed: {type(error).__name__}") from None


class _Machine:
    def __init__(self, data: memoryview, start: int, calls: Calls) -> None:
        self.stream = Stream(data, start)
        self.calls = calls
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}

    def run(self) -> Any:
        stream, stack = self.stream, self.stack
        while True:
            code = stream.take(1)[0]
            if code == _STOP:
                return stack.pop()
            if code in _SIZED:
                self._sized(code)
            elif code in _SCALARS:
                stack.append(_SCALARS[code])
            elif code in _TUPLES:
                stack.append(tuple(self._last(_TUPLES[code])))
            else:
                step = _STEPS.get(code)
                if step is None:
                    raise RefusedError(f"opcode 0x{code:02x} is not converted")
                step(self)
            if len(stack) > MAX_DEPTH or len(self.memo) > MAX_MEMO:
                raise RefusedError("more values than are kept")

    def _last(self, count: int) -> list[Any]:
        taken = self.stack[len(self.stack) - count :] if count <= len(self.stack) else []
        if len(taken) != count or any(one is _MARK for one in taken):
            raise RefusedError("it takes a value from an empty stack")
        del self.stack[len(self.stack) - count :]
        return taken

    def _since_mark(self) -> list[Any]:
        taken = []
        while (one := self.stack.pop()) is not _MARK:
            taken.append(one)
        return taken[::-1]

    def _sized(self, code: int) -> None:
        form, kind = _SIZED[code]
        number = form.unpack(self.stream.take(form.size))[0]
        match kind:
            case "int" | "float":
                self.stack.append(number)
            case "put":
                self.memo[number] = self.stack[-1]
            case "get":
                self.stack.append(self.memo[number])
            case "long":
                raw = self.stream.take(number)
                fits = number <= _LONGEST_NUMBER
                self.stack.append(int.from_bytes(raw, "little", signed=True) if fits else Other("a long number"))
            case "text":
                self.stack.append(_text(self.stream.take(number)))
            case "old":
                raw = self.stream.take(number)
                name = number <= _LONGEST_NAME and bytes(raw).isascii()
                self.stack.append(str(raw, "ascii") if name else raw)
            case _:
                self.stack.append(self.stream.take(number))

    def mark(self) -> None:
        self.stack.append(_MARK)

    def drop(self) -> None:
        self.stack.pop()

    def drop_since_mark(self) -> None:
        self._since_mark()

    def duplicate(self) -> None:
        self.stack.append(self.stack[-1])

    def number_line(self) -> None:
        line = self.stream.line()
        if line in (b"00", b"01"):
            self.stack.append(line == b"01")
            return
        digits = line.removesuffix(b"L")
        self.stack.append(int(digits, 0) if len(digits) < 40 else Other("a long number"))

    def float_line(self) -> None:
        self.stack.append(float(self.stream.line()))

    def string_line(self) -> None:
        raw = bytes(codecs.escape_decode(self.stream.line()[1:-1])[0])
        self.stack.append(raw.decode() if raw.isascii() and len(raw) <= _LONGEST_NAME else memoryview(raw))

    def unicode_line(self) -> None:
        said = self.stream.line().decode("raw-unicode-escape")
        self.stack.append(_text(memoryview(said.encode("utf-8", "surrogatepass"))))

    def empty_tuple(self) -> None:
        self.stack.append(())

    def empty_list(self) -> None:
        self.stack.append([])

    def empty_dict(self) -> None:
        self.stack.append({})

    def empty_set(self) -> None:
        self.stack.append(Other("a set"))

    def tuple_since_mark(self) -> None:
        self.stack.append(tuple(self._since_mark()))

    def list_since_mark(self) -> None:
        self.stack.append(self._since_mark())

    def set_since_mark(self) -> None:
        self._since_mark()
        self.stack.append(Other("a set"))

    def dict_since_mark(self) -> None:
        items = self._since_mark()
        self.stack.append({})
        self._set(items)

    def append(self) -> None:
        self._extend(self._last(1))

    def extend(self) -> None:
        self._extend(self._since_mark())

    def _extend(self, values: list[Any]) -> None:
        if isinstance(self.stack[-1], list):
            self.stack[-1].extend(values)

    def add(self) -> None:
        self._since_mark()

    def set_item(self) -> None:
        self._set(self._last(2))

    def set_items(self) -> None:
        self._set(self._since_mark())

    def _set(self, items: list[Any]) -> None:
        holder = self.stack[-1]
        if not isinstance(holder, dict):
            return
        for key, value in zip(items[::2], items[1::2], strict=True):
            # Only such are hashed: what else is a key names nothing.
            holder[key if isinstance(key, str | int | float | bool | None) else Other("a key")] = value

    def global_line(self) -> None:
        module, name = self.stream.line(), self.stream.line()
        self.stack.append(Taken(f"{module.decode()}.{name.decode()}"))

    def stack_global(self) -> None:
        module, name = self._last(2)
        if not isinstance(module, str) or not isinstance(name, str):
            raise RefusedError("the name of a global is no text")
        self.stack.append(Taken(f"{module}.{name}"))

    def reduce(self) -> None:
        called, arguments = self._last(2)
        self._call(called, arguments)

    def obj(self) -> None:
        called, *arguments = self._since_mark()
        self._call(called, tuple(arguments))

    def inst(self) -> None:
        self.global_line()
        called = self.stack.pop()
        self._call(called, tuple(self._since_mark()))

    def _call(self, called: Any, arguments: Any) -> None:
        if not isinstance(called, Taken) or not isinstance(arguments, tuple):
            raise RefusedError("it calls what is no name")
        self.stack.append(self.calls.call(called, arguments))

    def build(self) -> None:
        state = self.stack.pop()
        built = self.stack[-1]
        made = self.calls.build(built, state, self.stream)
        if made is not built:  # what joblib puts in place of its wrapper, which it remembers under no name
            self.stack[-1] = made

    def persistent(self) -> None:
        self.stack.append(self.calls.load(self.stack.pop()))

    def memoize(self) -> None:
        self.memo[len(self.memo)] = self.stack[-1]

    def put_line(self) -> None:
        self.memo[int(self.stream.line())] = self.stack[-1]

    def get_line(self) -> None:
        self.stack.append(self.memo[int(self.stream.line())])

    def protocol(self) -> None:
        self.stream.skip(1)

    def frame(self) -> None:
        self.stream.number(_FRAME)


def _text(raw: memoryview) -> str | Text:
    return str(raw, "utf-8", "surrogatepass") if len(raw) <= _LONGEST_NAME else Text(raw)


_STOP = ord(".")
_STEPS: dict[int, Callable[[_Machine], None]] = {
    ord(code): step
    for code, step in {
        "(": _Machine.mark, "0": _Machine.drop, "1": _Machine.drop_since_mark, "2": _Machine.duplicate,
        "I": _Machine.number_line, "L": _Machine.number_line, "F": _Machine.float_line, "S": _Machine.string_line,
        "V": _Machine.unicode_line, ")": _Machine.empty_tuple, "]": _Machine.empty_list, "}": _Machine.empty_dict,
        "\x8f": _Machine.empty_set, "t": _Machine.tuple_since_mark, "l": _Machine.list_since_mark,
        "d": _Machine.dict_since_mark, "\x91": _Machine.set_since_mark, "a": _Machine.append, "e": _Machine.extend,
        "\x90": _Machine.add, "s": _Machine.set_item, "u": _Machine.set_items, "c": _Machine.global_line,
        "\x93": _Machine.stack_global, "R": _Machine.reduce, "\x81": _Machine.reduce, "o": _Machine.obj,
        "i": _Machine.inst, "b": _Machine.build, "Q": _Machine.persistent, "\x94": _Machine.memoize,
        "p": _Machine.put_line, "g": _Machine.get_line, "\x80": _Machine.protocol, "\x95": _Machine.frame,
    }.items()
}  # fmt: skip
