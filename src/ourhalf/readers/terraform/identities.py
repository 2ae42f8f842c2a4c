"""Attributes by which other resources name a resource: a reference to one stays a reference."""

from __future__ import annotations

from functools import cache
from typing import get_type_hints

from ourhalf.model.resource import At, Dialect
from ourhalf.readers.mapping import spelling
from ourhalf.resources import by_name

_ALWAYS = frozenset({"id", "arn", "name", "bucket"})


@cache
def identifying(kind: str) -> frozenset[str]:
    """The attributes of a resource type that identify a resource of it."""
    found = set(_ALWAYS)
    mapped = by_name(Dialect.TERRAFORM).get(kind)
    if mapped is not None:
        for hint in get_type_hints(mapped, include_extras=True).values():
            for mark in getattr(hint, "__metadata__", ()):
                if isinstance(mark, At) and mark.identifies:
                    found.update(spelling(mark, Dialect.TERRAFORM).split("|"))
    return frozenset(found)
