"""What a report is: a format that an assessment can be written in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import msgspec

from ourhalf import reports
from ourhalf.discovery import values
from ourhalf.model.finding import Assessment


class Terminal(msgspec.Struct, frozen=True):
    """Where a report is shown to a person: `width` in characters, and whether colours may be used."""

    width: int = 100
    colour: bool = False


class Report(msgspec.Struct, frozen=True):
    """A module-level value in a file of this folder.

    `render` gives the whole document. `show` is for the formats that look better on a terminal,
    `pieces` for those whose document is large: it gives the same document piece by piece. `digests`
    says that it tells the digests of model files, which are else not taken.
    """

    name: str
    describe: str
    render: Callable[[Assessment], str]
    show: Callable[[Assessment, Terminal], str] | None = None
    pieces: Callable[[Assessment], Iterator[str]] | None = None
    digests: bool = False


@cache
def all_reports() -> dict[str, Report]:
    """Every report by the name of its format."""
    return {report.name: report for report in sorted(values(reports, Report), key=lambda r: r.name)}
