"""The whole inventory as JSON: what `ourhalf diff` and `ourhalf vulnerabilities` take in."""

from __future__ import annotations

import msgspec

from ourhalf.inventories.format import InventoryFormat
from ourhalf.model.inventory import Inventory


def render(inventory: Inventory) -> str:
    """The document, one package or other element a line."""
    encoder = msgspec.json.Encoder()
    pieces = []
    for name, value in msgspec.structs.asdict(inventory).items():
        if isinstance(value, tuple) and value:
            lines = ",\n    ".join(encoder.encode(one).decode() for one in value)
            pieces.append(f'  "{name}": [\n    {lines}\n  ]')
        else:
            pieces.append(f'  "{name}": {encoder.encode(value).decode()}')
    return "{\n" + ",\n".join(pieces) + "\n}\n"


JSON = InventoryFormat("json", "the whole inventory, for programs", render)
