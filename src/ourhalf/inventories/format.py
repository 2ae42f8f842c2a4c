"""What an inventory can be written as."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import msgspec

from ourhalf.discovery import values
from ourhalf.inventories import formats
from ourhalf.model.inventory import Inventory


class InventoryFormat(msgspec.Struct, frozen=True):
    """A module-level value in a file of `formats`.

    `render` gives the same text for the same inventory, byte for byte: it has no clock and no chance.
    """

    name: str
    title: str
    render: Callable[[Inventory], str]


@cache
def all_formats() -> dict[str, InventoryFormat]:
    """Every format by its name."""
    return {one.name: one for one in sorted(values(formats, InventoryFormat), key=lambda one: one.name)}
