"""What a Python expression stands for, as far as reading it tells.

A value is None, bool, int, float, str, `Unresolved`, `Reference` or one of the types below. Mappings
and lists are shared between the names that hold them, as in Python, so that a later change is seen
through each of them.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import msgspec

from ourhalf.model.field import Place, Reference, Unresolved
from ourhalf.readers.node import Node

MAX_TEXT = 1_000_000
MAX_NODES = 200_000
MAX_DEPTH = 64

Path = tuple[int, ...]
"""The conditional blocks around a statement, outermost first."""


class Slot(NamedTuple):
    """A value and where it was given: the keyword, key or assignment that names it."""

    value: object
    place: Place


class Map(msgspec.Struct, eq=False):
    """A dict. `rest` says why it may hold more; `path` is where it was made."""

    items: dict[str, Slot]
    rest: Unresolved | None = None
    path: Path = ()

    def copy(self, path: Path) -> Map:
        """A shallow copy, made at `path`."""
        return Map(dict(self.items), self.rest, path)

    def get(self, key: str) -> object:
        """The value under `key`; None when it is certainly absent."""
        found = self.items.get(key)
        return found.value if found is not None else self.rest


class Seq(msgspec.Struct, eq=False):
    """A list, tuple or set. `rest` says why it may hold more."""

    items: list[Slot]
    rest: Unresolved | None = None
    path: Path = ()


class JsonText(msgspec.Struct, frozen=True, eq=False):
    """A text that `json.dumps` makes of a value."""

    value: object


class Dotted(msgspec.Struct, frozen=True):
    """A module, class or function that was imported, by its full name."""

    name: str

    @property
    def last(self) -> str:
        """The name behind the last dot."""
        return self.name.rpartition(".")[2]


class Session(msgspec.Struct, frozen=True):
    """A boto3 or SageMaker session."""


class Client(msgspec.Struct, frozen=True):
    """A boto3 client; `service` is None where it is known only at run time."""

    service: str | None


class Made(msgspec.Struct, eq=False):
    """An object made by a class of the SageMaker SDK: its arguments, and the calls made on it.

    `label` is the name that it is first bound to, until then its class and where it is made.
    """

    cls: str
    args: Map
    place: Place
    label: str = ""
    calls: list[Asked] = msgspec.field(default_factory=list)


class Asked(msgspec.Struct, eq=False):
    """One call of a method: its name and arguments by name."""

    method: str
    args: Map
    place: Place


class Answer(msgspec.Struct, frozen=True):
    """What a request answers: the address of the resource that it makes."""

    address: str


class Opaque(msgspec.Struct, frozen=True):
    """An object whose attributes are values known only at run time; `kind` says what they are."""

    kind: str


class Function(msgspec.Struct, frozen=True, eq=False):
    """A function of this file, and the scope around it."""

    node: ast.FunctionDef | ast.AsyncFunctionDef
    scope: Any = None  # a `Scope`, which the module of those cannot give from here


class Instance(msgspec.Struct, frozen=True, eq=False):
    """An object of a class of this file, or the class itself: what its attributes may hold."""

    name: str
    attributes: dict[str, Slot]
    bases: tuple[Instance | Dotted, ...] = ()

    def find(self, name: str, depth: int = 8) -> object:
        """What attribute `name` may hold, in this class or those that it derives from."""
        found = self.attributes.get(name)
        if found is not None:
            return found.value
        for base in self.bases if depth else ():
            value = base.find(name, depth - 1) if isinstance(base, Instance) else None
            if value is not None:
                return value
        return None


def answered(answer: Answer, key: object) -> Answer | Reference:
    """What an answer holds under a key: a name of the resource, or a part that holds one, as `["Role"]["Arn"]`."""
    named = isinstance(key, str) and key.lower().endswith(("arn", "name", "id", "uri"))
    return Reference(answer.address, str(key)) if named else answer


def brief(node: ast.AST) -> str:
    """The source of an expression, short enough for a reason."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    if isinstance(node, ast.Call):
        return f"{brief(node.func)}()"
    try:
        text = ast.unparse(node) if _small(node) else type(node).__name__
    except (ValueError, RecursionError):  # a literal too large, or nested too deep, to write out
        text = type(node).__name__
    return text if len(text) <= 60 else text[:57] + "…"


def _small(node: ast.AST, most: int = 40) -> bool:
    return all(count <= most for count, _ in enumerate(ast.walk(node)))


def same(one: object, other: object, depth: int = 8) -> bool:
    """Whether two values are certainly equal."""
    if one is other:
        return True
    if depth == 0 or type(one) is not type(other):
        return False
    match one, other:
        case Map(), Map():
            return (
                one.rest is None
                and other.rest is None
                and one.items.keys() == other.items.keys()
                and all(same(slot.value, other.items[key].value, depth - 1) for key, slot in one.items.items())
            )
        case Seq(), Seq():
            return (
                one.rest is None
                and other.rest is None
                and len(one.items) == len(other.items)
                and all(same(a.value, b.value, depth - 1) for a, b in zip(one.items, other.items, strict=True))
            )
        case Unresolved(reason, _, parts), Unresolved(other_reason, _, other_parts):
            return (reason, parts) == (other_reason, other_parts)
    return not isinstance(one, Made | JsonText | Function | Instance) and one == other


def truth(value: object) -> bool | None:
    """Whether a value counts as true; None when that is not known."""
    match value:
        case None | bool() | int() | float() | str():
            return bool(value)
        case Map(items, rest) | Seq(items, rest):
            return True if items else (False if rest is None else None)
        case Made() | Client() | Session() | Function():
            return True
    return None


def concat(pieces: Iterable[object], place: Place) -> object:
    """The text made of `pieces`, known in part where some of them are not known."""
    parts: list[str | Reference | None] = []
    reason = ""
    for piece in pieces:
        match piece:
            case Unresolved():
                reason = reason or piece.reason
                parts.extend(piece.parts or (None,))
            case Reference():
                reason = reason or f"{piece} is known only once it is deployed"
                parts.append(piece)
            case bool() | int() | float() | str() | None:
                parts.append(str(piece))
            case _:
                reason = reason or "holds an object that is known only at run time"
                parts.append(None)
    folded: list[str | Reference | None] = []
    for part in parts:
        if isinstance(part, str) and folded and isinstance(folded[-1], str):
            folded[-1] += part
        elif part != "":
            folded.append(part)
    if sum(len(part) for part in folded if isinstance(part, str)) > MAX_TEXT:
        return Unresolved(f"a text longer than {MAX_TEXT:,} characters", place)
    if reason:
        return Unresolved(reason, place, tuple(folded[:64]))
    return "".join(part for part in folded if isinstance(part, str))


class Freezer:
    """Turns values into nodes, within a bound on their number."""

    def __init__(self, expand: Callable[[Made], object]) -> None:
        self._left = MAX_NODES
        self._expand = expand
        self._names: dict[int, tuple[Unresolved, list[Reference]]] = {}

    def remember(self, name: Unresolved, resource: Reference) -> None:
        """A text that is not known names this resource: where the same text comes again, it is meant."""
        self._names.setdefault(id(name), (name, []))[1].append(resource)

    def _named(self, value: object, key: str) -> Reference | None:
        """The resource that a text names; of many of that name, the one that is named so in field `key`."""
        _, named = self._names.get(id(value), (None, []))
        return next((one for one in reversed(named) if one.attribute == key), named[-1] if named else None)

    def node(self, value: object, place: Place, depth: int = MAX_DEPTH, key: str = "") -> Node:
        """The tree of `value`, which stands at `place`, in a field or list of the name `key`."""
        self._left -= 1
        if depth == 0 or self._left < 0:
            return self._leaf(Unresolved("nested too deep or too large to read", place), place)
        known = self._named(value, key)
        if known is not None:
            return self._leaf(known, place)
        match value:
            case Map(items, rest):
                children = {name: self.node(slot.value, slot.place, depth - 1, name) for name, slot in items.items()}
                return Node(children, place.path, place.line, place.column, None, rest)
            case Seq(items, rest):
                many = [self.node(slot.value, slot.place, depth - 1, key) for slot in items]
                return Node(many, place.path, place.line, place.column, None, rest)
            case JsonText(inner):
                node = self.node(inner, place, depth - 1)
                return Node(node.value, place.path, place.line, place.column, "!json", node.rest)
            case None | bool() | int() | float() | str() | Unresolved() | Reference():
                return self._leaf(value, place)
            case Made():
                expanded = self._expand(value)
                if not isinstance(expanded, Made):
                    return self.node(expanded, place, depth - 1)
        return self._leaf(Unresolved(f"{described(value)} is known only at run time", place), place)

    def _leaf(self, value: object, place: Place) -> Node:
        return Node(value, place.path, place.line, place.column)


def described(value: object) -> str:
    """What an object is, for a reason."""
    match value:
        case Dotted(name):
            return f"`{name}`"
        case Made(cls):
            return f"a {cls}"
        case Opaque(kind):
            return f"a {kind}"
        case Answer():
            return "the answer of a request"
        case Function(node):
            return f"function `{node.name}`"
        case Instance(name):
            return f"an object of `{name}`"
    return f"a {type(value).__name__.lower()}"
