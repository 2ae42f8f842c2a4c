"""What a format of the compliance report is."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import msgspec

from ourhalf.compliance import formats
from ourhalf.compliance.framework import Framework
from ourhalf.compliance.results import ComplianceReport
from ourhalf.discovery import values
from ourhalf.model.finding import Assessment


class Held(msgspec.Struct, frozen=True):
    """A framework held against an assessment: all that a format may tell of."""

    report: ComplianceReport
    framework: Framework
    assessment: Assessment


class Format(msgspec.Struct, frozen=True):
    """A module-level value in a file of this folder; `render` gives the whole document."""

    name: str
    describe: str
    render: Callable[[Held], str]


@cache
def all_formats() -> dict[str, Format]:
    """Every format by its name."""
    return {one.name: one for one in sorted(values(formats, Format), key=lambda one: one.name)}
