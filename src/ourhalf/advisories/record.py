"""Advisories as the store keeps them: what every importer makes of its format."""

from __future__ import annotations

import msgspec

from ourhalf.model.advisories import Exploited, Fix, Likelihood, Quarantined, Rating
from ourhalf.model.packages import Certainty


class Interval(msgspec.Struct, frozen=True, array_like=True):
    """Versions from `low` on (from the first where it is empty) to `high` (without end where it is empty).

    `high` is affected itself where `closed`.
    """

    low: str
    high: str
    closed: bool = False


class Affected(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """What an advisory says of one package.

    `space` says whose package (see `ourhalf.advisories.spaces`). `of` is the kind of `name`: `b` of a binary package,
    `s` of a source package, `e` of either. `versions` are affected besides the `intervals`. `module` is the stream of
    the rpm module (`nodejs:18`), `?` where it is some stream that is not told. `how` is what makes it uncertain.
    """

    space: str
    name: str
    intervals: tuple[Interval, ...] = ()
    versions: tuple[str, ...] = ()
    fixes: tuple[Fix, ...] = ()
    ratings: tuple[Rating, ...] = ()
    of: str = "e"
    module: str = ""
    certainty: Certainty = Certainty.STATED
    how: str = ""


class Advisory(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """One record of one source. Times are as RFC 3339 writes them, empty where they are not stated.

    `aliases` are other ids of the same vulnerability. `fixes` are the vulnerabilities that an erratum fixes: each
    is a vulnerability of its own.
    """

    id: str
    published: str = ""
    modified: str = ""
    withdrawn: str = ""
    aliases: tuple[str, ...] = ()
    fixes: tuple[str, ...] = ()
    summary: str = ""
    ratings: tuple[Rating, ...] = ()
    references: tuple[str, ...] = ()
    weaknesses: tuple[str, ...] = ()


class Record(msgspec.Struct, frozen=True):
    """An advisory with what it affects, and its long text."""

    source: str
    advisory: Advisory
    affected: tuple[Affected, ...]
    details: str = ""


class Enrichment(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """What a source says of a CVE whatever the package."""

    cve: str
    exploited: Exploited | None = None
    likelihood: Likelihood | None = None
    published: str = ""
    ratings: tuple[Rating, ...] = ()
    weaknesses: tuple[str, ...] = ()


class Enriched(msgspec.Struct, frozen=True):
    """An enrichment, and from whom."""

    source: str
    enrichment: Enrichment


class Dated(msgspec.Struct, frozen=True):
    """The day (YYYY-MM-DD) that a source states of its content as a whole."""

    source: str
    day: str


Item = Record | Enriched | Dated | Quarantined
"""What an importer gives."""
