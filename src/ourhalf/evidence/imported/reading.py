"""Reads files of results: what is sound goes in, what is not is listed with its place."""

from __future__ import annotations

import os
from collections.abc import Iterator

import msgspec

from ourhalf.evidence.imported.format import Foreign, Importer, LeftOutError, all_importers, cut, recognised
from ourhalf.evidence.imported.records import MAX_BYTES, Damage, Record, records, text_of
from ourhalf.model.evidence import Unread
from ourhalf.model.finding import OURS
from ourhalf.readers.secrets import redact_text

_MOST_LISTED = 1000
_READER = "import"


class UnusableError(ValueError):
    """A file of which nothing can be taken in: the reason in words."""


class Results(msgspec.Struct, frozen=True):
    """What one file holds. `path` is as it was named, `left_out` counts the records that could not be read."""

    path: str
    foreign: tuple[Foreign, ...]
    unread: tuple[Unread, ...]
    left_out: int


def read_results(path: str, shown: str) -> Results:
    """The verdicts in a file; places in it are told by `shown`. Raises UnusableError."""
    text = text_of(_bytes(path))
    found = recognised(text)
    if found is None:
        raise UnusableError(_unknown(text))
    importer, layout = found
    foreign: list[Foreign] = []
    unread: list[Unread] = []
    left_out = 0
    # All are found before the first is read: what stands around a record may follow it.
    for one in list(records(text, layout.records)):
        problem = one.reason if isinstance(one, Damage) else _taken(importer, one, shown, foreign)
        if problem:
            left_out += 1
            if left_out <= _MOST_LISTED:
                unread.append(Unread(shown, one.line, _READER, problem))
    if left_out > _MOST_LISTED:
        unread.append(Unread(shown, 1, _READER, f"{left_out - _MOST_LISTED:,} more records were left out"))
    return Results(path, tuple(foreign), tuple(unread), left_out)


def _taken(importer: Importer, record: Record, shown: str, foreign: list[Foreign]) -> str:
    """Add the verdicts of a record; why it is left out, where it is."""
    try:
        made = [_placed(one, shown, record.line) for one in importer.read(record)]
    except UnicodeEncodeError:
        return "left out: it holds bytes that are not UTF-8"
    except LeftOutError as error:
        return f"left out: {error}"
    except (msgspec.DecodeError, RecursionError) as error:
        return f"left out: it is not as the format {importer.name} has it: {cut(str(error), 200)}"
    foreign.extend(made)
    return ""


def _placed(one: Foreign, shown: str, line: int) -> Foreign:
    """A verdict with its place, and without secrets in its words; nobody else speaks in our own name."""
    by = one.accepted
    return msgspec.structs.replace(
        one,
        tool=f"{one.tool} elsewhere" if one.tool == OURS else one.tool,
        path=shown,
        line=line,
        title=redact_text(one.title),
        reason=redact_text(one.reason),
        remedy=redact_text(one.remedy),
        accepted=by and msgspec.structs.replace(by, reason=redact_text(by.reason)),
    )


def _bytes(path: str) -> bytes:
    try:
        if not os.path.isfile(path):
            raise UnusableError("is no regular file")
        if os.path.getsize(path) > MAX_BYTES:
            size = os.path.getsize(path) / 1048576
            raise UnusableError(f"{size:.0f} MB: larger than the {MAX_BYTES // 1048576} MB bound; split it")
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UnusableError(error.strerror or "cannot be opened") from None
    if len(data) > MAX_BYTES:
        raise UnusableError(f"grew beyond the {MAX_BYTES // 1048576} MB bound while it was read")
    if data.startswith(b"\x1f\x8b"):
        raise UnusableError("is compressed; unpack it with gunzip first")
    return data


def _unknown(text: str) -> str:
    if not text.strip():
        return "is empty"
    if text.lstrip()[:1] not in "[{":
        return f"is no JSON; {_known()}"
    return f"is in no format that is known here; {_known()}"


def _known() -> str:
    return "formats are " + ", ".join(_names())


def _names() -> Iterator[str]:
    for importer in all_importers():
        yield importer.name
