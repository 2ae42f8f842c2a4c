"""What an inventory can be read from besides an image."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

import msgspec

from ourhalf.discovery import values
from ourhalf.inventories import inputs
from ourhalf.model.inventory import Inventory

MAX_BYTES = 256 << 20


class InventoryError(Exception):
    """A file cannot be taken as an inventory; `str()` of it names the file, what is wrong and what to do."""


class InventoryInput(msgspec.Struct, frozen=True):
    """A module-level value in a file of `inputs`.

    `recognises` looks at the name and the beginning of a file. `read` takes its name and all of it and raises
    InventoryError where it is none after all; a part of it that cannot be read is in `Inventory.unread`.
    """

    name: str
    title: str
    recognises: Callable[[str, bytes], bool]
    read: Callable[[str, bytes], Inventory]
    precedence: int = 50


@cache
def all_inputs() -> tuple[InventoryInput, ...]:
    """Every input, in the order in which they are asked."""
    return tuple(sorted(values(inputs, InventoryInput), key=lambda one: (one.precedence, one.name)))


def read_file(path: str) -> Inventory | None:
    """The inventory in a file; None where it is of no known form. Raises InventoryError."""
    with _opened(path) as data:
        for one in all_inputs():
            if one.recognises(os.path.basename(path), data[:4096]):
                return one.read(path, data)
    return None


@contextmanager
def _opened(path: str) -> Iterator[bytes]:
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InventoryError(f"{path}: {error.strerror or 'cannot be read'}") from None
    if len(data) > MAX_BYTES:
        raise InventoryError(f"{path}: larger than the bound of {MAX_BYTES >> 20} MB")
    yield data
