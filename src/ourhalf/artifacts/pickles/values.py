"""What a value can be, as far as the machine must know it."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias


class Plain(NamedTuple):
    """A value of a builtin type that holds nothing else, of which no more is known."""

    kind: str


class Many(NamedTuple):
    """A tuple, by its elements. `data` says that all of them are data at any depth: found once, when it is made."""

    items: tuple[Value, ...]
    data: bool = False


class Holder(NamedTuple):
    """A set: what it holds was judged when it was made, and it is only looked into as data."""

    kind: str


class Sequence:
    """A list, and how many elements it has at least: NumPy reads as many as an array of objects says to have."""

    __slots__ = ("count",)
    kind = "list"

    def __init__(self, count: int = 0) -> None:
        self.count = count


class Mapping:
    """A dict. `known` is what it holds while that can describe an array, and None once it cannot.

    It is one object however often it is recalled, as the dict is: what is set later counts. Once it is `frozen`
    something was proved of it that a later change would undo.
    """

    __slots__ = ("frozen", "known")
    kind = "dict"

    def __init__(self) -> None:
        self.known: dict[str, Value] | None = _NOTHING
        self.frozen = False

    def learn(self, key: Value, value: Value) -> None:
        """A key is set."""
        if self.known is None:
            return
        if type(key) is not str or not _describes(key, value):
            self.known = None
            return
        if self.known is _NOTHING:
            self.known = {}
        self.known[key] = value


class ArrayType:
    """A type of NumPy's arrays: `code` is its letter, `size` that of an element in bytes.

    Once it is `used` an array or another type counts on its size, and its state must not be set any more.
    """

    __slots__ = ("code", "size", "used")

    def __init__(self, code: str, size: int) -> None:
        self.code, self.size, self.used = code, size, False


class Global(NamedTuple):
    """What a module holds under a name."""

    module: str
    name: str

    @property
    def dotted(self) -> str:
        """The two in one."""
        return f"{self.module}.{self.name}"


class Made(NamedTuple):
    """What a call that was allowed gives; `kind` is what it is called in the rules."""

    kind: str


class Anything(NamedTuple):
    """What something that was not allowed would have given; what is done with it is told once, where it came from.

    `of` says what that is, for people.
    """

    of: str = ""


class Wrapper:
    """What joblib writes in place of an array whose bytes lie beside the pickle; its state is set once."""

    __slots__ = ("built",)

    def __init__(self) -> None:
        self.built = False


Value: TypeAlias = (
    int | str | Plain | Many | Holder | Sequence | Mapping | ArrayType | Wrapper | Global | Made | Anything
)
"""A whole number or a text that is known is itself: there are many, and Python keeps those with least."""

_NOTHING: dict[str, Value] = {}
# What joblib keeps of an array whose bytes lie beside the pickle.
OF_ARRAYS = frozenset({"subclass", "shape", "order", "dtype", "allow_mmap", "numpy_array_alignment_bytes"})


def _describes(key: str, value: Value) -> bool:
    """Whether a dict with this key can be the fields of a type or what joblib keeps of an array."""
    return key in OF_ARRAYS or (isinstance(value, Many) and bool(value.items) and isinstance(value.items[0], ArrayType))


def number(value: Value) -> int | None:
    """The whole number that a value is, where that is known."""
    return value if type(value) is int else None


NONE, BOOL, INT, FLOAT, TEXT = (Plain(kind) for kind in ("none", "bool", "int", "float", "str"))
SET, FROZENSET = Holder("set"), Holder("frozenset")
ANYTHING = Anything()
_LONGEST_SHOWN = 60


def described(value: Value | None) -> str:  # noqa: C901 - one case for each kind of value
    """A value in few words."""
    match value:
        case Global():
            return value.dotted
        case str() as text:
            return repr(text) if len(text) <= _LONGEST_SHOWN else "a str"
        case int():
            return str(value)
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
