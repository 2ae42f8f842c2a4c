"""How a resource that only adds settings to another becomes part of it."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

import msgspec

from ourhalf.model.field import Field, Unresolved
from ourhalf.model.resource import Resource

S = TypeVar("S", bound=Resource)
R = TypeVar("R", bound=Resource)


class Fold(msgspec.Struct, Generic[S, R], frozen=True):
    """A module-level value in a file of `graph/folds/`.

    Terraform writes a bucket's encryption, a group's rules or a role's policies as resources of
    their own; other languages write them inside. The graph folds each `satellite` into the `target`
    that `link` names, before anything asks for either. Where `link` cannot be told, `doubt` marks
    what the satellite may have set in every target of its scope.
    """

    satellite: type[S]
    target: type[R]
    link: Callable[[S], Field[Any]]
    fold: Callable[[R, S], R]
    doubt: Callable[[R, Unresolved], R]
