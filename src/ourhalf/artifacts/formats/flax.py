"""Flax and others: a tree of arrays in MessagePack.

The encoding: github.com/msgpack/msgpack, spec.md; the extensions: flax/serialization.py (1 an array, 2 a complex
number, 3 a number of NumPy). Any other extension means what the loader's hook says, and arrays of objects, which
msgpack-numpy has, are pickles.
"""

from __future__ import annotations

from ourhalf.artifacts.cursor import BoundsError, Cursor
from ourhalf.artifacts.format import Content, Deeper, Format, Found
from ourhalf.artifacts.judgement import Judgement, Reason

MAX_VALUES = 20_000_000
_MAX_DEPTH = 200
_TO_TELL = 64
_TIMESTAMP = -1
_EXTENSIONS = frozenset({1, 2, 3, _TIMESTAMP})
_FIXED = {
    0xC0: 0,
    0xC2: 0,
    0xC3: 0,
    0xCA: 4,
    0xCB: 8,
    0xCC: 1,
    0xCD: 2,
    0xCE: 4,
    0xCF: 8,
    0xD0: 1,
    0xD1: 2,
    0xD2: 4,
    0xD3: 8,
}
_SIZED = {0xC4: "B", 0xC5: "H", 0xC6: "I", 0xD9: "B", 0xDA: "H", 0xDB: "I"}
_EXTENDED = {0xC7: "B", 0xC8: "H", 0xC9: "I"}
_ONE_OF = {0xD4: 1, 0xD5: 2, 0xD6: 4, 0xD7: 8, 0xD8: 16}
_ARRAYS, _MAPS = {0xDC: "H", 0xDD: "I"}, {0xDE: "H", 0xDF: "I"}
_SHORT = 40


class _Walk:
    """The values of one file, one after another, without any of them being made."""

    def __init__(self, data: memoryview) -> None:
        self.cursor = Cursor(data, order=">")
        self.told: list[tuple[Judgement, str, int]] = []
        self.arrays = 0
        self.count = 0
        self._texts: list[bytes] = []

    def run(self, most: int) -> bool:
        """Walk up to `most` values; whether that was all."""
        waiting = [1]
        while waiting:
            if waiting[-1] == 0:
                waiting.pop()
                continue
            if self.count >= most:
                return False
            waiting[-1] -= 1
            self.count += 1
            inside = self._value()
            if inside:
                waiting.append(inside)
                if len(waiting) > _MAX_DEPTH:
                    raise BoundsError("it is nested deeper than is read")
        return True

    def _value(self) -> int:
        """Pass over a value; how many values are in it."""
        cursor = self.cursor
        at, kind = cursor.at, cursor.number("B")
        if kind <= 0x7F or kind >= 0xE0:
            return 0
        if 0xA0 <= kind <= 0xBF:
            return self._raw(kind & 31)
        if kind in _FIXED:
            cursor.skip(_FIXED[kind])
        elif kind in _SIZED:
            return self._raw(cursor.number(_SIZED[kind]))
        elif kind in _EXTENDED:
            self._extension(cursor.number(_EXTENDED[kind]), at)
        elif kind in _ONE_OF:
            self._extension(_ONE_OF[kind], at)
        elif kind == 0xC1:
            raise BoundsError("a value is of a kind that none is")
        else:
            return self._holder(kind)
        return 0

    def _holder(self, kind: int) -> int:
        cursor = self.cursor
        if kind in _ARRAYS:
            count = cursor.number(_ARRAYS[kind])
        elif kind in _MAPS:
            count = 2 * cursor.number(_MAPS[kind])
        else:
            count = kind & 15 if kind >= 0x90 else 2 * (kind & 15)
        if count > cursor.left:
            raise BoundsError("it says that it has more values than fit into it")
        return count

    def _raw(self, size: int) -> int:
        at = self.cursor.skip(size)
        if size <= _SHORT:
            self._texts = [*self._texts[-3:], bytes(self.cursor.data[at : at + size])]
            if self._texts[-2:] == [b"kind", b"O"]:
                self.told.append((Judgement.UNPROVED, "msgpack-numpy unpickles an array of objects in it", at))
        return 0

    def _extension(self, size: int, at: int) -> None:
        kind = self.cursor.number("b")
        start = self.cursor.skip(size)
        if kind not in _EXTENSIONS:
            self.told.append((Judgement.UNPROVED, f"its extension {kind} means what the loader's hook says", at))
        elif kind in {1, 3}:
            self.arrays += 1
            self._array(start, size, at)

    def _array(self, start: int, size: int, at: int) -> None:
        """An array: its shape, the name of its type and its bytes."""
        inner = _Walk(self.cursor.data[start : start + size])
        if not inner.run(_TO_TELL) or inner.cursor.left:
            self.told.append((Judgement.UNREAD, "an array is none", at))
        elif any(name in {b"object", b"O", b"|O", b"object_"} for name in inner._texts):
            self.told.append((Judgement.UNPROVED, "an array of objects, of which loaders make pointers or pickles", at))


def recognises(content: Content) -> bool:
    """Whether a map begins whose first key is a text, and goes on as MessagePack does."""
    data = content.data
    if len(data) < 4 or not (0x81 <= data[0] <= 0x8F or data[0] in _MAPS):
        return False
    first = data[1 if data[0] <= 0x8F else 3 if data[0] == 0xDE else 5] if len(data) > 5 else 0
    if not (0xA0 < first <= 0xBF or first in {0xD9, 0xDA, 0xDB, 0xC4}):
        return False
    try:
        walk = _Walk(data)
        return not walk.run(_TO_TELL) or not walk.cursor.left or bool(walk.arrays)
    except BoundsError:
        return content.name.lower().endswith((".msgpack", ".flax"))


def judge(content: Content, _: Deeper) -> Found:
    """Every value, and what extensions it has."""
    walk = _Walk(content.data)
    try:
        if not walk.run(MAX_VALUES):
            walk.told.append((Judgement.UNREAD, f"more than {MAX_VALUES:,} values", walk.cursor.at))
        elif walk.cursor.left:
            walk.told.append((Judgement.UNPROVED, "bytes follow it", walk.cursor.at))
    except BoundsError as error:
        walk.told.append((Judgement.UNREAD, str(error), walk.cursor.at))
    first = {(judgement, what): at for judgement, what, at in reversed(walk.told[:1000])}
    reasons = tuple(Reason(judgement, what, at, content.name) for (judgement, what), at in first.items())
    return Found("msgpack", reasons, {"arrays": str(walk.arrays)})


MSGPACK = Format("msgpack", "arrays in MessagePack", recognises, judge)
