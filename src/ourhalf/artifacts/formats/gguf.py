"""GGUF: tensors and settings for llama.cpp and what is built on ggml.

The format: github.com/ggml-org/ggml, docs/gguf.md; sizes of types by ggml's table of quantizations. It holds data
only, but for chat templates, which are Jinja: what is proved is that all that the file says lies within it, that no
tensor overlaps another and that nothing follows the last.
"""

from __future__ import annotations

import math

from ourhalf.artifacts.cursor import BoundsError, Cursor
from ourhalf.artifacts.format import Content, Deeper, Format, Found
from ourhalf.artifacts.judgement import Judgement, Reason
from ourhalf.artifacts.templates import MAX_TEMPLATE, template_reasons

MAX_KEY = 65_535
MAX_SHOWN = 120
_MAX_NESTED = 4
_MAX_DIMENSIONS = 4
_PADDING = 1 << 16
# The sizes of the types of metadata by number; 8 is a text, 9 an array.
_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
_TEXT, _ARRAY, _U32 = 8, 9, 4
# How many elements a block of each type of tensor has, and how many bytes.
_BLOCKS = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 9: (32, 36),
    10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292), 16: (256, 66),
    17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110), 22: (256, 82), 23: (256, 136),
    24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8), 29: (256, 56), 30: (1, 2), 34: (256, 54),
    35: (256, 66), 39: (32, 17), 40: (64, 36), 41: (128, 18),
}  # fmt: skip
_TOLD = ("general.architecture", "general.name", "general.license", "general.quantized_by")


def recognises(content: Content) -> bool:
    """Whether it begins with the four letters."""
    return bytes(content.data[:4]) == b"GGUF"


def judge(content: Content, _: Deeper) -> Found:
    """Whether all that the header says lies within the file; its chat templates are read as Jinja."""
    try:
        return _Reading(content).found()
    except BoundsError as error:
        return Found("gguf", (Reason(Judgement.UNREAD, str(error), 0, content.name),))


class _Reading:
    """The reading of one file."""

    def __init__(self, content: Content) -> None:
        self._part = content.name
        # The order of bytes is written nowhere: a version that is small only when turned around tells it.
        order = ">" if bytes(content.data[4:6]) == b"\0\0" else "<"
        self._cursor = Cursor(content.data, 4, order=order)
        self._version = self._cursor.number("I")
        self._counts = "I" if self._version == 1 else "Q"
        self._facts: dict[str, str] = {}
        self._reasons: list[Reason] = []
        self._alignment = 32

    def found(self) -> Found:
        cursor = self._cursor
        if self._version not in {1, 2, 3}:
            raise BoundsError("its version is not known")
        tensors, keys = cursor.number(self._counts), cursor.number(self._counts)
        if tensors * 16 > cursor.left or keys * 13 > cursor.left:
            raise BoundsError("it says that it has more entries than fit into it")
        seen: set[str] = set()
        for _ in range(keys):
            key = cursor.text(cursor.number(self._counts), MAX_KEY)
            if key in seen:
                raise BoundsError(f"the key {key[:80]} comes twice")
            seen.add(key)
            self._value(key, cursor.number("I"), 0)
        self._tensors(tensors)
        self._facts["tensors"] = str(tensors)
        return Found("gguf", tuple(self._reasons), self._facts)

    def _value(self, key: str, kind: int, depth: int) -> None:
        cursor = self._cursor
        if kind in _SIZES:
            if key == "general.alignment" and kind == _U32:
                self._alignment = cursor.number("I")
            else:
                cursor.skip(_SIZES[kind])
        elif kind == _TEXT:
            self._text(key)
        elif kind == _ARRAY and depth < _MAX_NESTED:
            inner, count = cursor.number("I"), cursor.number(self._counts)
            if inner in _SIZES:
                cursor.skip(count * _SIZES[inner])
                return
            if count * 4 > cursor.left:
                raise BoundsError(f"{key[:80]} says that it has more entries than fit into the file")
            for _ in range(count):
                self._value(key, inner, depth + 1)
        else:
            raise BoundsError(f"{key[:80]} is of a type that is not known")

    def _text(self, key: str) -> None:
        cursor = self._cursor
        size = cursor.number(self._counts)
        if "chat_template" in key:
            at = cursor.at
            text = cursor.text(size, MAX_TEMPLATE)
            self._facts["chat template"] = f"{len(text):,} characters"
            self._reasons.extend(template_reasons(text, self._part, at))
        elif key in _TOLD and size <= MAX_SHOWN:
            self._facts[key.removeprefix("general.")] = cursor.text(size, MAX_SHOWN)
        else:
            cursor.skip(size)

    def _tensors(self, count: int) -> None:
        cursor = self._cursor
        if not 0 < self._alignment <= _PADDING or self._alignment & (self._alignment - 1):
            raise BoundsError("its alignment is no power of two")
        spans, seen = [], set[str]()
        for _ in range(count):
            name = cursor.text(cursor.number(self._counts), MAX_KEY)
            if name in seen:
                raise BoundsError(f"tensor {name[:80]} comes twice")
            seen.add(name)
            spans.append(self._span(name))
        start = cursor.at + -cursor.at % self._alignment
        end = 0
        for offset, size, name in sorted(spans):
            if offset < end:
                raise BoundsError(f"tensor {name[:80]} overlaps another")
            if offset + size > cursor.end - start:
                raise BoundsError(f"tensor {name[:80]} lies outside of the file")
            end = offset + size
        last = start + end
        rest = cursor.data[last : last + _PADDING]
        if len(cursor.data) - last > _PADDING or any(rest):
            self._reasons.append(Reason(Judgement.UNPROVED, "bytes follow its last tensor", last, self._part))

    def _span(self, name: str) -> tuple[int, int, str]:
        cursor = self._cursor
        dimensions = cursor.number("I")
        if dimensions > _MAX_DIMENSIONS:
            raise BoundsError(f"tensor {name[:80]} has more than {_MAX_DIMENSIONS} dimensions")
        shape = [cursor.number(self._counts) for _ in range(dimensions)]
        block, offset = _BLOCKS.get(cursor.number("I")), cursor.number("Q")
        if block is None:
            raise BoundsError(f"tensor {name[:80]} is of a type that is not known")
        elements = math.prod(shape)
        if elements >= 1 << 63 or elements % block[0] or offset % self._alignment:
            raise BoundsError(f"tensor {name[:80]} has a shape or place that nothing has")
        return offset, elements // block[0] * block[1], name


GGUF = Format("gguf", "GGUF", recognises, judge)
