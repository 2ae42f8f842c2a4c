"""What `ourhalf inventory --format json` wrote."""

from __future__ import annotations

import re

import msgspec

from ourhalf.inventories.input import InventoryError, InventoryInput
from ourhalf.model.inventory import SCHEMA_VERSION, Inventory

_BEGINS = re.compile(rb'\s*\{\s*"schema_version"\s*:\s*"[^"]*"\s*,\s*"reference"')


def _recognises(name: str, head: bytes) -> bool:
    return _BEGINS.match(head) is not None


def _read(path: str, data: bytes) -> Inventory:
    try:
        found = msgspec.json.decode(data, type=Inventory)
    except (msgspec.DecodeError, RecursionError) as error:
        raise InventoryError(f"{path} is no inventory that this version reads: {error}") from None
    if found.schema_version != SCHEMA_VERSION:
        raise InventoryError(f"{path} has version {found.schema_version}; this program reads {SCHEMA_VERSION}")
    return found


OURS = InventoryInput("ourhalf", "an inventory of ours, JSON", _recognises, _read, precedence=10)
