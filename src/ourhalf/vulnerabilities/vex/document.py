"""VEX documents: what one says, whatever its format, and how formats are found."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import TypeVar

import msgspec

from ourhalf.discovery import values
from ourhalf.model.evidence import Unread
from ourhalf.model.field import Place

T = TypeVar("T")

MAX_BYTES = 64 << 20
MAX_STATEMENTS = 200_000
MAX_TARGETS = 20_000
"""Products that one statement may name."""
_LONGEST = 2_000
_HEAD = 65_536
_EXPIRES = re.compile(r"\bexpires?:?\s+(?:on\s+)?(\d{4}-\d{2}-\d{2})\b", re.IGNORECASE)

STATUSES = frozenset({"not_affected", "affected", "fixed", "under_investigation"})
JUSTIFICATIONS = frozenset(
    {
        "component_not_present",
        "vulnerable_code_not_present",
        "vulnerable_code_not_in_execute_path",
        "vulnerable_code_cannot_be_controlled_by_adversary",
        "inline_mitigations_already_exist",
    }
)


class VexError(Exception):
    """A file cannot be taken as a VEX document; `str()` of it names the file, what is wrong and what to do."""


class Named(msgspec.Struct, frozen=True):
    """A product or component as a document identifies it: package URLs or references, and SHA-256 sums in hexadecimal.

    One without either cannot be told from others: it matches nothing.
    """

    names: tuple[str, ...] = ()
    digests: tuple[str, ...] = ()

    def __str__(self) -> str:
        return ", ".join((*self.names, *(f"sha256:{one}" for one in self.digests)))[:200] or "a product without a name"


class Target(msgspec.Struct, frozen=True):
    """What a statement is about: a product, or a component inside it.

    `versions` are the only ones of the component that are meant, where the document lists versions apart.
    """

    product: Named
    component: Named | None = None
    versions: tuple[str, ...] = ()


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One statement of a document, in the words of OpenVEX. `ids` are names of one vulnerability.

    `moment` is when it was known to be true. `problem` says why it cannot count, such as a missing justification.
    """

    by: str
    ids: tuple[str, ...]
    status: str
    targets: tuple[Target, ...]
    place: Place
    justification: str = ""
    reason: str = ""
    action: str = ""
    moment: datetime | None = None
    expires: date | None = None
    problem: str = ""


class VexDocument(msgspec.Struct, frozen=True):
    """What one file says, and the parts of it that could not be read."""

    path: str
    form: str
    statements: tuple[Said, ...] = ()
    unread: tuple[Unread, ...] = ()


class VexFormat(msgspec.Struct, frozen=True):
    """A module-level value in a file of this folder.

    `recognises` looks at the beginning of a file. `read` takes its path and all of it, and raises VexError.
    """

    name: str
    title: str
    recognises: Callable[[bytes], bool]
    read: Callable[[str, bytes], VexDocument]


@cache
def all_formats() -> tuple[VexFormat, ...]:
    """Every format that is read, by name."""
    from ourhalf.vulnerabilities import vex

    return tuple(sorted(values(vex, VexFormat), key=lambda one: one.name))


def read_vex(path: str) -> VexDocument:
    """The document in a file. Raises VexError."""
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise VexError(f"{path}: {error.strerror or 'cannot be read'}") from None
    if len(data) > MAX_BYTES:
        raise VexError(f"{path}: larger than the bound of {MAX_BYTES >> 20} MB: split the document")
    return parsed_vex(os.path.normpath(path), data)


def parsed_vex(path: str, data: bytes) -> VexDocument:
    """The document in `data`, which `path` names. Raises VexError."""
    for one in all_formats():
        if one.recognises(data[:_HEAD]):
            return one.read(path, data)
    forms = ", ".join(one.title for one in all_formats())
    raise VexError(f"{path} is no VEX document: it is none of {forms}")


def decoded(path: str, data: bytes, form: str, kind: type[T]) -> T:
    """The JSON in `data`. Raises VexError."""
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise VexError(f"{path} cannot be read as {form}: {error}") from None


def each(
    path: str, data: bytes, raws: Sequence[msgspec.Raw], form: str, kind: type[T]
) -> Iterator[tuple[int, T | Unread]]:
    """Each element of a list with its line; one that cannot be read by itself is told, and the rest goes on."""
    line, position = 1, 0
    for raw in raws[:MAX_STATEMENTS]:
        text = bytes(raw)
        found = data.find(text, position)
        line += data.count(b"\n", position, found)
        position = found
        try:
            yield line, msgspec.json.decode(text, type=kind)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            yield line, Unread(path, line, form, f"a statement that cannot be read: {error}")
    if len(raws) > MAX_STATEMENTS:
        reason = f"more than {MAX_STATEMENTS:,} statements: the rest was not read"
        yield line, Unread(path, line, form, reason)


def moment_of(text: str) -> datetime | None:
    """A time as RFC 3339 writes it, or a day; None where it is neither. One without a zone is taken as UTC."""
    try:
        found = datetime.fromisoformat(text.strip())
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def first_moment(*texts: str) -> tuple[datetime | None, str]:
    """The first time that is stated, and what is wrong with it where it cannot be read."""
    stated = next((text for text in texts if text), "")
    found = moment_of(stated) if stated else None
    return found, f"its time {stated[:40]!r} cannot be read" if stated and found is None else ""


def expiry(*texts: str) -> date | None:
    """The last day on which a statement counts, where a note says `expires: YYYY-MM-DD`: no format has a field."""
    for text in texts:
        found = _EXPIRES.search(text)
        if found is not None and (day := moment_of(found[1])) is not None:
            return day.date()
    return None


def shortened(*texts: str) -> str:
    """The texts that say something, as one of bounded length."""
    said = "; ".join(dict.fromkeys(text.strip() for text in texts if text.strip()))
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…"


def unsound(status: str, justification: str, reason: str) -> str:
    """Why a statement cannot count by the minimum requirements of VEX (cisa.gov, April 2023); empty where it can."""
    if status not in STATUSES:
        return f"its status {status[:40]!r} is none of VEX"
    if status == "not_affected" and justification and justification not in JUSTIFICATIONS:
        return f"its justification {justification[:60]!r} is none of VEX"
    if status == "not_affected" and not justification and not reason:
        return "it says not_affected without a justification or an impact statement"
    return ""
