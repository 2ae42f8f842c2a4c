"""How a resource that only adds settings to another becomes part of it."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

import msgspec
from msgspec.structs import replace

from ourhalf.model.field import Absent, Field, Known, Place, Unresolved
from ourhalf.model.resource import Resource

S = TypeVar("S", bound=Resource)
R = TypeVar("R", bound=Resource)


class Fold(msgspec.Struct, Generic[S, R], frozen=True):
    """A module-level value in a file of `graph/folds/`.

    Terraform writes a bucket's encryption, a group's rules or a role's policies as resources of
    their own; other languages write them inside. The graph folds each `satellite` into the `target`
    that `link` names, or into each where it names several, before anything asks for either. Where
    `link` cannot be told, `doubt` marks what the satellite may have set in every target of its scope.
    """

    satellite: type[S]
    target: type[R]
    link: Callable[[S], Field[Any] | tuple[Field[Any], ...]]
    fold: Callable[[R, S], R]
    doubt: Callable[[R, Unresolved], R]


def setting(
    satellite: type[S],
    target: type[R],
    link: Callable[[S], Field[Any] | tuple[Field[Any], ...]],
    **fields: Callable[[S], Field[Any]] | str,
) -> Fold[S, R]:
    """A fold that sets fields of the target, each from a field of the satellite or what is made of it.

    What the satellite leaves out, the target keeps.
    """

    def fold(found: R, add: S) -> R:
        values = {name: getattr(add, of) if isinstance(of, str) else of(add) for name, of in fields.items()}
        return replace(found, **{k: v for k, v in values.items() if not isinstance(v, Absent)})

    def doubt(found: R, reason: Unresolved) -> R:
        return replace(found, **{name: reason for name in fields if isinstance(getattr(found, name), Absent)})

    return Fold(satellite, target, link, fold, doubt)


def adding(
    satellite: type[S],
    target: type[R],
    link: Callable[[S], Field[Any] | tuple[Field[Any], ...]],
    field: str,
    made: Callable[[S], tuple[Any, ...]],
) -> Fold[S, R]:
    """A fold that adds elements, which `made` makes of the satellite, to a list of the target."""

    def extended(found: R, more: tuple[Any, ...], place: Place) -> R:
        match getattr(found, field):
            case Known(value, where):
                return replace(found, **{field: Known((*value, *more), where)})
            case Unresolved() as unresolved:
                return replace(found, **{field: Known((unresolved, *more), unresolved.place)})
            case _:
                return replace(found, **{field: Known(more, place)})

    def fold(found: R, add: S) -> R:
        more = made(add)
        return extended(found, more, add.place) if more else found

    def doubt(found: R, reason: Unresolved) -> R:
        current = getattr(found, field)
        doubted = isinstance(current, Unresolved) or (
            isinstance(current, Known) and current.value and isinstance(current.value[-1], Unresolved)
        )
        return found if doubted else extended(found, (reason,), reason.place)

    return Fold(satellite, target, link, fold, doubt)
