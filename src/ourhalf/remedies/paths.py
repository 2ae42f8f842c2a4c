"""Finds where a language writes a field of a subject, by the tables that resources carry."""

from __future__ import annotations

import typing
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple, TypeAlias, get_args, get_origin

from ourhalf.model.field import Unresolved
from ourhalf.model.resource import At, Dialect, Part, Resource
from ourhalf.model.workload import Container
from ourhalf.readers.mapping import field_type, spelling

_DEEPEST = 5

Fields: TypeAlias = Resource | Part


class Step(NamedTuple):
    """One field on the way to another: where it is written, and the type of its value.

    `listed` tells that the value is a list of `kind`.
    """

    field: str
    written: tuple[str, ...]
    kind: Any
    listed: bool


@cache
def way(resource: type[Resource], in_container: bool, field: str, dialect: Dialect) -> tuple[Step, ...] | None:
    """The steps from `resource` to `field`; None where `dialect` has no words for it.

    With `in_container` it is looked for in the containers of the resource; else the field of that name
    that is nearest to the resource is taken.
    """
    if in_container:
        found = _nearest(resource, dialect, lambda kind: issubclass(kind, Container))
        if found is not None:
            last = steps(found[-1].kind, dialect).get(field)
            return None if last is None else (*found, last)
    own = steps(resource, dialect).get(field)
    if own is not None:
        return (own,)
    found = _nearest(resource, dialect, lambda kind: field in steps(kind, dialect))
    return None if found is None else (*found, steps(found[-1].kind, dialect)[field])


@cache
def steps(kind: type[Fields], dialect: Dialect) -> dict[str, Step]:
    """The fields of a resource or part that `dialect` can express, by name."""
    found = {}
    for field, hint in typing.get_type_hints(kind, include_extras=True).items():
        at = next((m for m in getattr(hint, "__metadata__", ()) if isinstance(m, At)), None)
        written = spelling(at, dialect).split("|")[0] if at is not None else ""
        if at is None or not written or at.format == "user_data":
            continue
        held = field_type(hint)
        listed = get_origin(held) is tuple
        if listed:
            held = next((m for m in get_args(get_args(held)[0]) if m is not Unresolved), Any)
        found[field] = Step(field, tuple(written.split(".")), held, listed)
    return found


def is_part(kind: Any) -> bool:
    """Whether a field of `kind` holds a group of fields."""
    return isinstance(kind, type) and issubclass(kind, Part)


def _nearest(start: type[Fields], dialect: Dialect, wanted: Callable[[type[Fields]], bool]) -> tuple[Step, ...] | None:
    """The shortest way from `start` to a part that is `wanted`."""
    level: list[tuple[tuple[Step, ...], type[Fields]]] = [((), start)]
    seen: set[type[Fields]] = {start}
    for _ in range(_DEEPEST):
        further: list[tuple[tuple[Step, ...], type[Fields]]] = []
        for before, kind in level:
            for step in steps(kind, dialect).values():
                if not is_part(step.kind) or step.kind in seen:
                    continue
                if wanted(step.kind):
                    return (*before, step)
                seen.add(step.kind)
                further.append(((*before, step), step.kind))
        level = further
    return None
