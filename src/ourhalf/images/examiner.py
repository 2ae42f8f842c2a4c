"""What finds anything but packages in an image: one value in each file of `examiners`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import msgspec

from ourhalf.discovery import values
from ourhalf.images import examiners
from ourhalf.images.filesystem import FileSystem
from ourhalf.images.wanted import Wanted
from ourhalf.model.evidence import Unread
from ourhalf.model.inventory import ImageConfig, Layer
from ourhalf.resources.images import Exhibit


class Surroundings(msgspec.Struct, frozen=True):
    """What an examiner sees besides files. `history` are all lines, those that made no layer included."""

    reference: str
    config: ImageConfig
    layers: tuple[Layer, ...]
    history: tuple[str, ...]


class Examiner(msgspec.Struct, frozen=True):
    """A module-level value in a file of `examiners`. `examine` never raises for anything that an image can hold."""

    name: str
    wanted: tuple[Wanted, ...]
    examine: Callable[[FileSystem, Surroundings], Iterator[Exhibit | Unread]]


@cache
def all_examiners() -> tuple[Examiner, ...]:
    """Every examiner, by name."""
    return tuple(sorted(values(examiners, Examiner), key=lambda one: one.name))
