"""The sources of advisories: data in `sources.yaml`."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec

from ourhalf.model.word import Word


class Via(Word):
    """How an address leads to the data."""

    ITSELF = "itself"
    REPOMD = "repomd"
    LATEST = "latest"


class SourceRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One source; `sources.yaml` says what the fields mean.

    `of` is what its names are the names of (see `Affected.of`). `erratum` are prefixes of ids of records that fix
    several vulnerabilities at once, so that each of these is a vulnerability of its own.
    """

    name: str
    title: str
    importer: str
    covers: tuple[str, ...]
    proved: bool
    licence: str
    attribution: str
    addresses: tuple[str, ...] = ()
    via: Via = Via.ITSELF
    sha256: str = ""
    prefixes: tuple[str, ...] = ()
    erratum: tuple[str, ...] = ()
    of: str = "e"
    partial: bool = False
    update: bool = True
    note: str = ""


@cache
def all_sources() -> dict[str, SourceRow]:
    """Every source by its name."""
    from yaml import CSafeLoader, load

    text = files(__package__).joinpath("sources.yaml").read_bytes()
    rows = msgspec.convert(load(text, Loader=CSafeLoader), tuple[SourceRow, ...])
    return {row.name: row for row in rows}


@cache
def _prefixes() -> dict[str, str]:
    return {prefix: row.name for row in all_sources().values() for prefix in row.prefixes}


@cache
def source_of(prefix: str) -> str:
    """The source that makes records with ids of this prefix (`PYSEC`)."""
    return _prefixes().get(prefix, "osv-other")


def covering(space: str) -> tuple[SourceRow, ...]:
    """The sources that speak of a space."""
    family = space.partition(":")[0]
    return tuple(row for row in all_sources().values() if family in row.covers)
