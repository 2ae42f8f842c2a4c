"""Reads documents for tests of importers."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator
from typing import Any

from ourhalf.advisories.importers.importer import Piece, all_importers
from ourhalf.advisories.record import Item, Record
from ourhalf.advisories.sources import all_sources
from tests.advisories.made import ADVISORIES


def items(importer: str, document: Any, source: str | None = None) -> list[Item]:
    """What an importer makes of a document that it recognises."""
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    one = all_importers()[importer]
    assert one.recognises(Piece("it", data))
    return list(one.read(Piece("it", data), all_sources()[source] if source else None))


def record(found: list[Item]) -> Record:
    """The one record among items."""
    records = [one for one in found if isinstance(one, Record)]
    assert len(records) == 1, found
    return records[0]


def samples(form: str) -> Iterator[dict[str, Any]]:
    """The real documents of one format."""
    with lzma.open(ADVISORIES / "distro-format-samples.jsonl.xz", "rt") as file:
        for line in file:
            row = json.loads(line)
            if row["format"] == form:
                yield row["document"]
