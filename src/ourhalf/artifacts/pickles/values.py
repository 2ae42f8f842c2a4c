"""What a value can be, as far as the machine must know it."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias


class Plain(NamedTuple):
    """A value of a builtin type that holds nothing else; `text` is what a text or bytes say, where that counts."""

    kind: str
    text: str | None = None


class Many(NamedTuple):
    """A tuple, by its elements."""

    items: tuple[Value, ...]


class Holder(NamedTuple):
    """A list, dict or set: what it holds was judged when it was made, and it is only looked into as data."""

    kind: str


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
    """What something that was not allowed would have given; what is done with it is told once, where it came from."""


Value: TypeAlias = Plain | Many | Holder | Global | Made | Anything

NONE, BOOL, INT, FLOAT = Plain("none"), Plain("bool"), Plain("int"), Plain("float")
LIST, DICT, SET, FROZENSET = Holder("list"), Holder("dict"), Holder("set"), Holder("frozenset")
ANYTHING = Anything()
