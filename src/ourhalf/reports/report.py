"""What a report is: a format that an assessment can be written in."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import msgspec

from ourhalf import reports
from ourhalf.discovery import values
from ourhalf.model.finding import Assessment


class Report(msgspec.Struct, frozen=True):
    """A module-level value in a file of this folder.

    `render` gives the whole document. `width` and colour of a terminal come from the environment,
    for those that care.
    """

    name: str
    describe: str
    render: Callable[[Assessment], str]


@cache
def all_reports() -> dict[str, Report]:
    """Every report by the name of its format."""
    return {report.name: report for report in sorted(values(reports, Report), key=lambda r: r.name)}
