"""A value read from configuration, with its place and what is known of it."""

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeAlias, TypeVar

import msgspec

T = TypeVar("T", covariant=True)
V = TypeVar("V")


class Place(msgspec.Struct, frozen=True, array_like=True):
    """Where a field is written.

    `line` and `column` count from 1. They point at the field's name where it has one
    (`privileged` in `privileged: true`), else at its value. `field` is the name in the file's own
    language, dotted from the resource: `securityContext.privileged`.
    """

    path: str
    line: int = 1
    column: int = 1
    field: str = ""


NOWHERE = Place("")


class Reference(msgspec.Struct, frozen=True, tag=True):
    """A value that will be some attribute of another resource, itself known only once it exists.

    `target` is the address of that resource in the scope of the file that names it
    (`aws_iam_role.train`, `TrainRole`), `attribute` what is taken of it (`arn`, `Ref`).
    """

    target: str
    attribute: str = ""

    def __str__(self) -> str:
        return f"${{{self.target}{'.' if self.attribute else ''}{self.attribute}}}"


class Redacted(msgspec.Struct, frozen=True, tag=True):
    """What is left of a secret: its kind, a prefix that gives nothing away, and a keyed digest."""

    kind: str
    prefix: str = ""
    digest: str = ""

    def __str__(self) -> str:
        return f"{self.prefix}… ({self.kind}, redacted)"


class Known(msgspec.Struct, Generic[T], frozen=True, tag="known", omit_defaults=True):
    """The file states the value, or what it states decides it."""

    value: T
    place: Place = NOWHERE


class Absent(msgspec.Struct, Generic[T], frozen=True, tag="absent", omit_defaults=True):
    """The file leaves the field out; the service then does `default`.

    `default` is None where the service has none or does not document it. `source` is the page that
    documents the default. `place` is that of the resource.
    """

    default: T | None = None
    place: Place = NOWHERE
    source: str = ""


class Unresolved(msgspec.Struct, frozen=True, tag="unresolved", omit_defaults=True):
    """The file states a value that what was read does not decide.

    `parts` holds what is known of a text that is known in part, in order: its literal pieces, the
    references among them, and None for each unknown piece.
    """

    reason: str
    place: Place = NOWHERE
    parts: tuple[str | Reference | None, ...] = ()

    @property
    def prefix(self) -> str:
        """The literal text that the value begins with."""
        first = self.parts[0] if self.parts else None
        return first if isinstance(first, str) else ""

    @property
    def suffix(self) -> str:
        """The literal text that the value ends with."""
        last = self.parts[-1] if self.parts else None
        return last if isinstance(last, str) else ""


Field: TypeAlias = Known[T] | Absent[T] | Unresolved
"""One value in one of the three states."""

Many: TypeAlias = Known[tuple[T | Unresolved, ...]] | Absent[tuple[T | Unresolved, ...]] | Unresolved
"""A list. An unresolved element may stand for any number of elements, none included."""

Link: TypeAlias = str | Reference
"""The name, id or ARN of another resource, or a reference to it."""

Text: TypeAlias = str | Redacted
"""A text that may have been a secret."""

ABSENT: Absent[Any] = Absent()
"""A field that is left out and has no default: what resources start from."""


class Entries(msgspec.Struct, Generic[V], frozen=True):
    """Names and values, such as environment variables, tags or labels.

    `rest` is set where there may be more names than could be read.
    """

    items: dict[str, Field[V]] = msgspec.field(default_factory=dict)
    rest: Unresolved | None = None

    def get(self, name: str) -> Field[V]:
        """The value under `name`: absent when it is not there, unresolved when it may be."""
        found = self.items.get(name)
        if found is not None:
            return found
        return self.rest if self.rest is not None else Absent()


def elements(field: Many[T]) -> tuple[T, ...]:
    """The known elements of a list; none when it is absent or unresolved."""
    if isinstance(field, Known):
        many = field.value
    elif isinstance(field, Absent) and field.default is not None:
        many = field.default
    else:
        return ()
    for element in many:
        if isinstance(element, Unresolved):
            return tuple([e for e in many if not isinstance(e, Unresolved)])
    return many  # type: ignore[return-value]


def changed(field: Many[T], change: Callable[[T], V]) -> Many[V]:
    """The list with each known element changed; what is not known stays."""
    match field:
        case Known(value, place):
            return Known(tuple(e if isinstance(e, Unresolved) else change(e) for e in value), place)
        case Absent(place=place):
            return Absent(None, place)
        case Unresolved():
            return field


def doubt(field: Many[T]) -> Unresolved | None:
    """Why a list may hold elements that are not known, or None when all of them are."""
    if isinstance(field, Known):
        for element in field.value:
            if isinstance(element, Unresolved):
                return element
        return None
    return field if isinstance(field, Unresolved) else None


def unknown_part(field: Field[Any]) -> Unresolved | None:
    """Why a field is not known, or a part of it: an element of a list, or which other names a mapping has."""
    if isinstance(field, Known):
        value = field.value
        if isinstance(value, tuple):
            for element in value:
                if isinstance(element, Unresolved):
                    return element
        return value.rest if isinstance(value, Entries) else None
    return field if isinstance(field, Unresolved) else None


def known_part(field: Field[T]) -> Field[T]:
    """The known elements or names of a field alone, for a verdict that nothing else could change."""
    match field:
        case Known(tuple() as many, place):
            return Known(tuple(e for e in many if not isinstance(e, Unresolved)), place)  # type: ignore[arg-type]
        case Known(Entries(items), place):
            return Known(Entries(items), place)  # type: ignore[arg-type]
    return field


def entries(field: Field[Entries[V]]) -> Iterator[tuple[str, Field[V]]]:
    """The names and values of a mapping; none when it is absent or unresolved."""
    if isinstance(field, Known):
        yield from field.value.items.items()


def entry(field: Field[Entries[V]], name: str) -> Field[V]:
    """The value under `name` in a mapping that may itself be absent or unresolved."""
    match field:
        case Known(value):
            return value.get(name)
        case Unresolved():
            return field
        case Absent(place=place):
            return Absent(place=place)


def effective(field: Field[T]) -> T | None:
    """The value in force: the one written, else the default; None when neither is known."""
    match field:
        case Known(value):
            return value
        case Absent(default):
            return default
        case _:
            return None


def holds(field: Field[T], test: Callable[[T], bool]) -> bool | None:
    """Whether the value in force meets `test`; None when it is not known."""
    match field:
        case Known(value):
            return test(value)
        case Absent(default) if default is not None:
            return test(default)
        case _:
            return None
