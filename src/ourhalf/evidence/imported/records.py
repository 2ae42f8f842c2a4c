"""Takes a file of results apart into its records, each with its line; what is damaged costs no more than itself."""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator
from typing import TypeAlias

import msgspec

from ourhalf.readers.secrets import scrub

MAX_BYTES = 100 * 1024 * 1024

Path: TypeAlias = tuple[str, ...]
"""Keys that lead to records from the top of a document; lists on the way are passed through."""

_SPACE = re.compile(r"[ \t\r\n\x1e]*")
_MOST_AROUND = 64 * 1024
_DEEPEST_MARK = 3
_MOST_LOOKED_AT = 5
_MOST_DAMAGED = 200
# Numbers stay texts here: they are read only where a record is.
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, strict=False)


class BrokenError(ValueError):
    """The text is no JSON from here on: the place and the reason."""

    def __init__(self, at: int, reason: str) -> None:
        super().__init__(reason)
        self.at = at
        self.reason = reason


class Around:
    """An object that holds records: what it says besides them."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._members: list[tuple[str, int, int]] = []
        self._json: bytes | None = None

    def add(self, key: str, start: int, end: int) -> None:
        """Note a member by where its value stands."""
        if end - start <= _MOST_AROUND:
            self._members.append((key, start, end))

    def json(self) -> bytes:
        """Its members but for the records and what is large, as JSON; complete once the object was passed."""
        if self._json is None:
            parts = (f"{json.dumps(key)}:{self._text[start:end]}" for key, start, end in self._members)
            self._json = f"{{{','.join(parts)}}}".encode("utf-8", "replace")
        return self._json


class Record(msgspec.Struct, frozen=True):
    """One object of a file: its JSON, its line, the keys that led to it and the objects around it, outermost first."""

    json: str
    line: int
    path: Path
    around: tuple[Around, ...]


class Damage(msgspec.Struct, frozen=True):
    """Where a file could not be read on, and why."""

    line: int
    reason: str


def text_of(data: bytes) -> str:
    """The bytes of a file as text, secrets that identify themselves taken out.

    Bytes that are not UTF-8 stay as lone surrogates, so that only their record is lost.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):  # as PowerShell writes what is redirected to a file
        data = data.decode("utf-16", "replace").encode()
    return scrub(data.removeprefix(b"\xef\xbb\xbf")).decode("utf-8", "surrogateescape")


def marks(text: str) -> Iterator[str]:
    """What tells the format: the names of members near the top, as `Results[].Target` or `[].class_uid`.

    Of a list only the first elements are looked at; an empty one gives `Results=[]`.
    """
    try:
        yield from _marks(text, _skip(text, 0), "", 0)
    except BrokenError:
        return


def _marks(text: str, at: int, prefix: str, depth: int) -> Iterator[str]:
    if text[at : at + 1] == "[":
        at = _skip(text, at + 1)
        if text[at : at + 1] == "]":
            yield f"{prefix.removesuffix('.')}=[]"
        for _ in range(_MOST_LOOKED_AT):
            if text[at : at + 1] == "{":
                yield from _marks(text, at, f"{prefix.removesuffix('.')}[].", depth + 1)
            if text[at : at + 1] == "]":
                return
            at = _next(text, _end(text, at), "]")
    elif text[at : at + 1] == "{" and depth <= _DEEPEST_MARK:
        for key, start in _members(text, at):
            yield prefix + key
            yield from _marks(text, start, f"{prefix}{key}.", depth + 1)


def records(text: str, paths: frozenset[Path]) -> Iterator[Record | Damage]:
    """The objects to which any of `paths` leads, in their order, in one document or in many, one after the other."""
    walk = _Walk(text, paths)
    at = _skip(text, 0)
    damaged = 0
    while at < len(text):
        try:
            at = yield from walk.value(at, (), ())
        except BrokenError as error:
            damaged += 1
            again = text.find("\n{", max(at, walk.tried) + 1) if () in paths else -1
            place = max(at, error.at)
            yield Damage(walk.line(place if again < 0 else min(place, again)), error.reason)
            if again < 0:
                return
            if damaged >= _MOST_DAMAGED:
                yield Damage(walk.line(again), f"more than {_MOST_DAMAGED} damaged places: the rest was not read")
                return
            at = again
        at = _skip(text, at)
        while damaged and text[at : at + 1] in (",", "]"):  # what is left of a list whose beginning is damaged
            at = _skip(text, at + 1)


Walked: TypeAlias = Generator[Record | Damage, None, int]
"""Records on the way, and where the way ends."""


class _Walk:
    """One way through a text, from its beginning to its end."""

    def __init__(self, text: str, paths: frozenset[Path]) -> None:
        self._text = text
        self._records = paths
        self._ways = {path[:length] for path in paths for length in range(len(path))}
        self._counted = (0, 1)
        self.tried = 0
        """Where the last record begins, or what should be one."""

    def line(self, at: int) -> int:
        """The line of a place, counted from the one before."""
        before, line = self._counted
        line += self._text.count("\n", before, at) - self._text.count("\n", at, before)
        self._counted = (at, line)
        return line

    def value(self, at: int, path: Path, around: tuple[Around, ...], listed: bool = False) -> Walked:
        """The records in the value at `at`; returns where it ends."""
        first = self._text[at : at + 1]
        if first == "[" and not listed:
            return (yield from self._list(at, path, around))
        if first == "{" and path in self._records:
            self.tried = at
            line, end = self.line(at), _end(self._text, at)
            yield Record(self._text[at:end], line, path, around)
            return end
        if first == "{" and path in self._ways:
            return (yield from self._object(at, path, around))
        return _end(self._text, at)

    def _list(self, at: int, path: Path, around: tuple[Around, ...]) -> Walked:
        at = _skip(self._text, at + 1)
        while self._text[at : at + 1] != "]":
            at = yield from self.value(at, path, around, listed=True)
            at = _next(self._text, at, "]")
        return at + 1

    def _object(self, at: int, path: Path, around: tuple[Around, ...]) -> Walked:
        this = Around(self._text)
        at = _skip(self._text, at + 1)
        while self._text[at : at + 1] != "}":
            key, start = _key(self._text, at)
            below = (*path, key)
            if below in self._records or below in self._ways:
                at = yield from self.value(start, below, (*around, this))
            else:
                at = _end(self._text, start)
                this.add(key, start, at)
            at = _next(self._text, at, "}")
        return at + 1


def _members(text: str, at: int) -> Iterator[tuple[str, int]]:
    """Each key of an object, and where its value begins."""
    at = _skip(text, at + 1)
    while text[at : at + 1] != "}":
        key, start = _key(text, at)
        yield key, start
        at = _next(text, _end(text, start), "}")


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found is not None else at


def _key(text: str, at: int) -> tuple[str, int]:
    if text[at : at + 1] != '"':
        raise _broken(text, at, "a key in quotes is missing")
    try:
        key, end = _DECODER.raw_decode(text, at)
    except ValueError:
        raise _broken(text, at, "a text that has no end") from None
    end = _skip(text, end)
    if text[end : end + 1] != ":":
        raise _broken(text, end, "a colon is missing")
    return key, _skip(text, end + 1)


def _next(text: str, at: int, closing: str) -> int:
    """Where the next element begins, or the closing bracket stands."""
    at = _skip(text, at)
    found = text[at : at + 1]
    if found == ",":
        return _skip(text, at + 1)
    if found == closing:
        return at
    raise _broken(text, at, f"a comma or {closing} is missing")


def _end(text: str, at: int) -> int:
    """Where the value that begins at `at` ends."""
    try:
        return _DECODER.raw_decode(text, at)[1]
    except RecursionError:
        raise BrokenError(at, "nested too deeply") from None
    except json.JSONDecodeError as error:
        if error.msg.startswith("Unterminated"):
            raise BrokenError(at, "a text is never closed: the file is cut off, or a quote is missing") from None
        raise _broken(text, error.pos, "no JSON") from None


def _broken(text: str, at: int, reason: str) -> BrokenError:
    ended = not text[at:].strip() if len(text) - at < _MOST_AROUND else False
    return BrokenError(at, "the file ends in the middle of a value: it is cut off" if ended else reason)
