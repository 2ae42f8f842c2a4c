"""A place with model files that is no path."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import msgspec

from ourhalf.discovery import values
from ourhalf.images.options import ImageOptions
from ourhalf.model.evidence import Evidence
from ourhalf.scanning import places


class PlaceError(Exception):
    """A place cannot be looked into at all; `str()` of it says why and what to do, without anything secret."""


class Place(msgspec.Struct, frozen=True):
    """A module-level value in a file of `places`.

    `claims` says whether a target is of this kind, by its form. `evidence` gives the model files there, and what of
    them could not be read in `unread`; it raises PlaceError where nothing can be read.
    """

    name: str
    example: str
    claims: Callable[[str], bool]
    evidence: Callable[[str, ImageOptions], Evidence]
    precedence: int = 50


@cache
def all_places() -> tuple[Place, ...]:
    """Every kind of place, in the order in which they are asked."""
    return tuple(sorted(values(places, Place), key=lambda one: (one.precedence, one.name)))


def place_of(target: str) -> Place | None:
    """The place that a target names; None where it can only be a path."""
    return next((one for one in all_places() if one.claims(target)), None)
