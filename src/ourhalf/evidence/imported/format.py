"""What an importer is, and the common form that it brings the results of others into."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from typing import Any

import msgspec

from ourhalf.discovery import values
from ourhalf.evidence import imported
from ourhalf.evidence.imported.records import Path, Record, marks
from ourhalf.model.control import Topic
from ourhalf.model.finding import AcceptedBy
from ourhalf.model.profile import Severity
from ourhalf.model.responsibility import Party
from ourhalf.model.verdict import Status

_LONGEST = 600
_MOST_MARKS = 20_000
_SECONDS_END = 100_000_000_000
"""A number of seconds that no date has: above it milliseconds are meant."""


class LeftOutError(ValueError):
    """A record that cannot be taken in: the reason in words."""


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """What a result is about, by all that its tool tells of it.

    `kind` is its type as the tool calls it, `name` what people are shown. `names` are its own names
    without account and region. A Kubernetes object has its `namespace/Kind/name` as its name, one of
    a file `path` with the first and last line and its `address` there. `part` is a container in it.
    """

    kind: str
    name: str
    names: tuple[str, ...] = ()
    arn: str = ""
    account: str = ""
    region: str = ""
    path: str = ""
    lines: tuple[int, int] = (0, 0)
    address: str = ""
    part: str = ""


class Foreign(msgspec.Struct, frozen=True, kw_only=True):
    """One verdict of another tool.

    `key` tells apart what one test says of one thing, such as an advisory. `shared` is the control
    that the results of all tools are filed under, where there is one, as for vulnerabilities.
    `party` is set where whose it is follows from what it is.
    """

    tool: str
    test: str
    title: str
    status: Status
    reason: str
    thing: Thing
    severity: Severity
    as_of: datetime | None
    live: bool = False
    remedy: str = ""
    topic: Topic | None = None
    accepted: AcceptedBy | None = None
    shared: str = ""
    key: str = ""
    aliases: tuple[str, ...] = ()
    details: dict[str, Any] | None = None
    party: Party | None = None
    path: str = ""
    line: int = 1


class Layout(msgspec.Struct, frozen=True):
    """A shape that a format comes in: what tells it, as `marks` gives it, and where its records are."""

    told_by: frozenset[str]
    records: frozenset[Path]

    @classmethod
    def of(cls, told_by: str, *paths: str) -> Layout:
        """From marks that are separated by spaces, and dotted paths; an empty one means the top."""
        return cls(frozenset(told_by.split()), frozenset(tuple(path.split(".")) if path else () for path in paths))


class Importer(msgspec.Struct, frozen=True):
    """A module-level value in a file of this folder: one format of results.

    `read` gives the verdicts of one record. It raises LeftOutError or a ValueError of msgspec where
    the record is not as the format has it.
    """

    name: str
    describe: str
    layouts: tuple[Layout, ...]
    read: Callable[[Record], Iterator[Foreign]]


@cache
def all_importers() -> tuple[Importer, ...]:
    """Every importer, by name."""
    return tuple(sorted(values(imported, Importer), key=lambda one: one.name))


def recognised(text: str) -> tuple[Importer, Layout] | None:
    """The format of a text, told by its content."""
    seen: set[str] = set()
    for mark in islice(marks(text), _MOST_MARKS):
        seen.add(mark)
        for importer in all_importers():
            for layout in importer.layouts:
                if layout.told_by <= seen:
                    return importer, layout
    return None


def day(value: str | float | None, name: str) -> datetime | None:
    """A date as any tool writes it: ISO 8601, or seconds or milliseconds since 1970. None where there is none.

    Raises LeftOutError where it is no date; `name` is the field's.
    """
    if value is None or value == "":
        return None
    try:
        if isinstance(value, str):
            found = datetime.fromisoformat(value.strip())
            found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        elif math.isfinite(value):
            found = datetime.fromtimestamp(value / 1000 if value > _SECONDS_END else value, UTC)
        else:
            raise ValueError(value)
    except (ValueError, OverflowError, OSError):
        raise LeftOutError(f"{name} is no date: {cut(str(value), 60)}") from None
    return found if found.year > 1 else None  # what Go writes for a time that was never set


def cut(text: str, longest: int = _LONGEST) -> str:
    """A text in one line, cut where it is very long."""
    plain = " ".join(text.split())
    return plain if len(plain) <= longest else plain[:longest] + "…"


SEVERITIES = {
    "critical": Severity.CRITICAL,
    "fatal": Severity.CRITICAL,
    "high": Severity.HIGH,
    "medium": Severity.MEDIUM,
    "low": Severity.LOW,
    "informational": Severity.LOW,
    "negligible": Severity.LOW,
}


def severity(word: str | None) -> Severity:
    """A severity as others call it; what nobody rated is taken as medium."""
    return SEVERITIES.get((word or "").strip().lower(), Severity.MEDIUM)


VULNERABILITY = "imported:vulnerability"
"""The control that known vulnerabilities of packages are filed under, whoever found them."""

SECRET = "imported:secret"
"""The control that secrets in files are filed under, whoever found them."""

SHARED_TITLES = {
    VULNERABILITY: "Packages have no known vulnerability",
    SECRET: "Files hold no secret",
}


def vulnerability(  # noqa: PLR0913 - what the contract's details hold
    *, advisory: str, aliases: tuple[str, ...], package: str, version: str, purl: str, fixed: str
) -> tuple[str, dict[str, Any]]:
    """The key of a vulnerability, the same from every tool, and the details of its finding.

    Tools that name the same CVE, one by its own advisory, mean the same.
    """
    cves = tuple(one for one in (advisory, *aliases) if one.startswith("CVE-"))
    name = cves[0] if len(set(cves)) == 1 else advisory
    bare = purl.partition("?")[0].partition("#")[0]
    details = {
        "kind": "vulnerability",
        "advisory": name,
        "aliases": sorted({advisory, *aliases} - {name}),
        "purl": bare or None,
        "fixed": fixed or None,
        "clock": {"party": "unknown", "since": None, "until": None, "proof": None},
    }
    return f"{name} {bare or f'{package}@{version}'}", details


def vulnerable(  # noqa: PLR0913 - what AWS tells of a package
    foreign: Foreign, advisory: str, *, aliases: tuple[str, ...], package: str, version: str, purl: str, fixed: str
) -> Foreign:
    """`foreign` as the verdict on one package of those that it names, where AWS writes NotAvailable for no fix."""
    test = cut(advisory, 100)
    key, details = vulnerability(
        advisory=test,
        aliases=aliases,
        package=package,
        version=version,
        purl=purl,
        fixed=fixed.replace("NotAvailable", ""),
    )
    named = f"{package} {version}".strip()
    reason = f"{advisory} in {named}: {foreign.title}" if named else foreign.title
    return msgspec.structs.replace(foreign, shared=VULNERABILITY, test=test, reason=reason, key=key, details=details)
