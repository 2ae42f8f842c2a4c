"""What an importer is, and what importers share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from typing import TypeVar

import msgspec

from ourhalf.advisories.record import Item
from ourhalf.advisories.sources import SourceRow
from ourhalf.model.advisories import Quarantined

MAX_RECORD = 8 * 1024 * 1024
MAX_DOCUMENT = 512 * 1024 * 1024

_T = TypeVar("_T")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z", re.ASCII)
_CVE = re.compile(r"CVE-\d{4}-\d{4,19}", re.ASCII)


class Piece(msgspec.Struct, frozen=True):
    """One document of a feed. `name` says where it lies, such as `all.zip:PYSEC-2024-1.json`."""

    name: str
    data: bytes


class Importer(msgspec.Struct, frozen=True):
    """Reads one format. `read` is given the source that the caller names, if any, and raises UnusableError.

    `recognises` must be quick: it is asked of every file. `max_bytes` is what one document may hold.
    """

    name: str
    recognises: Callable[[Piece], bool]
    read: Callable[[Piece, SourceRow | None], Iterator[Item]]
    max_bytes: int = MAX_RECORD


class UnusableError(ValueError):
    """A document that cannot be used as a whole: `str` of it says why."""


@cache
def all_importers() -> dict[str, Importer]:
    """Every importer by its name."""
    from ourhalf import discovery
    from ourhalf.advisories import importers

    return {one.name: one for one in discovery.values(importers, Importer)}


def time_of(text: str | None) -> str:
    """A time as `2026-01-31T12:00:00Z`, a day as its first second; empty for what is none."""
    if not text:
        return ""
    if _TIME.fullmatch(text):
        return text[:19] + "Z"
    try:
        found = datetime.fromisoformat(text.strip().removesuffix(" UTC"))
    except ValueError:
        return ""
    found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    return found.strftime("%Y-%m-%dT%H:%M:%SZ") if found.year >= 1900 else ""


def cves_in(text: str) -> tuple[str, ...]:
    """The CVE ids that a text names, each once, in its order."""
    return tuple(dict.fromkeys(_CVE.findall(text)))


def is_cve(identifier: str) -> bool:
    """Whether it is the id of a CVE."""
    return _CVE.fullmatch(identifier) is not None


def decoded(data: bytes, kind: type[_T]) -> _T:
    """JSON as `kind`. Raises UnusableError."""
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UnusableError(str(error)[:200]) from None


def quarantined(source: str, record: str, reason: str, *names: str) -> Quarantined:
    """What tells that a record, or a part of it, is of no use; `names` are written `space/name`."""
    return Quarantined(source, record[:200], reason[:300], names)
