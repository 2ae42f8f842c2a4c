"""XGBoost: trees and settings, as JSON or in UBJSON; before version 1.6 also in a binary form without bounds.

The schema: xgboost.readthedocs.io/en/stable/tutorials/saving_model.html; UBJSON: ubjson.org. A model names an
objective and a booster of XGBoost's own; nothing in it is run.
"""

from __future__ import annotations

from typing import Any

from ourhalf.artifacts.cursor import BoundsError, Cursor
from ourhalf.artifacts.format import Content, Deeper, Format, Found
from ourhalf.artifacts.jsons import value
from ourhalf.artifacts.judgement import Judgement, Reason

MAX_VALUES = 20_000_000
_MAX_DEPTH = 100
_MAX_KEY = 1 << 16
_BOOSTERS = frozenset({"gbtree", "gblinear", "dart"})
_SIZES = {b"i": 1, b"U": 1, b"I": 2, b"u": 2, b"l": 4, b"m": 4, b"L": 8, b"M": 8, b"d": 4, b"D": 8, b"C": 1}
_NUMBERS = {b"i": "b", b"U": "B", b"I": "h", b"u": "H", b"l": "i", b"m": "I", b"L": "q", b"M": "Q"}
_EMPTY = frozenset({b"T", b"F", b"Z", b"N"})


def _is_json(content: Content) -> bool:
    if b'"learner"' not in bytes(content.data[: 1 << 16]):
        return False
    found = value(content)
    return isinstance(found, dict) and isinstance(found.get("learner"), dict) and "version" in found


def _json(content: Content, _: Deeper) -> Found:
    learner = value(content)["learner"]
    booster, objective = _name(learner.get("gradient_booster")), _name(learner.get("objective"))
    reasons = (
        () if booster in _BOOSTERS else (_reason(content, Judgement.UNPROVED, f"its booster {booster} is not known"),)
    )
    return Found("xgboost", reasons, {"booster": booster, "objective": objective})


def _name(given: Any) -> str:
    return str(given.get("name"))[:40] if isinstance(given, dict) else "none"


def _is_ubjson(content: Content) -> bool:
    """Whether an object begins whose first key is one that a model has."""
    cursor = Cursor(content.data, 1)
    try:
        if bytes(content.data[:1]) != b"{" or bytes(content.data[1:2]) not in _NUMBERS:
            return False
        return cursor.take(_length(cursor)) in {b"learner", b"version"}
    except BoundsError:
        return False


def _length(cursor: Cursor) -> int:
    """A length, by the letter of its type."""
    letter = _NUMBERS.get(cursor.take(1))
    if letter is None:
        raise BoundsError("a length is no number")
    bits = Cursor(cursor.data, cursor.at, cursor.end, ">")
    size = bits.number(letter)
    cursor.at = bits.at
    if size < 0:
        raise BoundsError("a length is below zero")
    return size


class _Walk:
    """Every value of one file, passed over."""

    def __init__(self, content: Content) -> None:
        self.cursor = Cursor(content.data)
        self.keys: list[str] = []
        self._count = 0

    def run(self) -> None:
        self._value(self.cursor.take(1), 0)
        if self.cursor.left:
            raise BoundsError("bytes follow it")

    def _value(self, kind: bytes, depth: int) -> None:
        self._count += 1
        if depth > _MAX_DEPTH or self._count > MAX_VALUES:
            raise BoundsError("it is nested deeper, or has more values, than is read")
        if kind in _SIZES:
            self.cursor.skip(_SIZES[kind])
        elif kind in {b"S", b"H"}:
            self.cursor.skip(_length(self.cursor))
        elif kind in {b"{", b"["}:
            self._holder(kind == b"{", depth)
        elif kind not in _EMPTY:
            raise BoundsError("a value is of a type that is not known")

    def _holder(self, keyed: bool, depth: int) -> None:
        cursor, kind, count = self.cursor, None, None
        if self._next() == b"$":
            cursor.skip(1)
            kind = cursor.take(1)
        if self._next() == b"#":
            cursor.skip(1)
            count = _length(cursor)
        if kind is not None and count is None:
            raise BoundsError("an array of one type has no length")
        if kind in _SIZES and not keyed and count is not None:
            cursor.skip(count * _SIZES[kind])
            return
        if kind in _EMPTY and not keyed:
            return
        while count is None or count > 0:
            if count is None and self._next() == (b"}" if keyed else b"]"):
                cursor.skip(1)
                return
            if keyed:
                self._key(depth)
            self._value(kind if kind is not None else cursor.take(1), depth + 1)
            count = None if count is None else count - 1

    def _next(self) -> bytes:
        return bytes(self.cursor.data[self.cursor.at : self.cursor.at + 1])

    def _key(self, depth: int) -> None:
        size = _length(self.cursor)
        if size > _MAX_KEY:
            raise BoundsError("a key is longer than any")
        key = self.cursor.take(size).decode("utf-8", "replace")
        if depth == 0:
            if key in self.keys:
                raise BoundsError(f"the key {key[:40]} comes twice")
            self.keys.append(key)


def _ubjson(content: Content, _: Deeper) -> Found:
    walk = _Walk(content)
    try:
        walk.run()
    except BoundsError as error:
        return Found("xgboost", (_reason(content, Judgement.UNREAD, str(error)),))
    if "learner" not in walk.keys:
        return Found("xgboost", (_reason(content, Judgement.UNREAD, "it has no learner"),))
    return Found("xgboost", (), {"form": "UBJSON"})


def _is_binary(content: Content) -> bool:
    return bytes(content.data[:4]) == b"binf"


def _binary(content: Content, _: Deeper) -> Found:
    what = "the old binary form has no bounds that can be checked: write it again as JSON or UBJSON"
    return Found("xgboost-binary", (_reason(content, Judgement.UNPROVED, what),))


def _reason(content: Content, judgement: Judgement, what: str) -> Reason:
    return Reason(judgement, what, 0, content.name)


JSON = Format("xgboost", "a model of XGBoost", _is_json, _json)
UBJSON = Format("xgboost-ubjson", "a model of XGBoost in UBJSON", _is_ubjson, _ubjson)
BINARY = Format("xgboost-binary", "a model of XGBoost in its old binary form", _is_binary, _binary)
