"""Tensors as they lie in a file: type, shape, strides, and the bytes, of which only pieces are ever copied."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Literal, NamedTuple

MOST_TENSORS = 1_000_000
_PIECE = 1 << 22
# Letters of memoryview by the width of an element; an element of 16 bytes is taken as two.
_LETTERS: dict[int, Literal["B", "H", "I", "Q"]] = {1: "B", 2: "H", 4: "I", 8: "Q"}


class ConversionError(ValueError):
    """Why a file is not converted, in words."""


class Dtype(NamedTuple):
    """A type of elements by the name that safetensors has for it, and its width in bytes."""

    name: str
    width: int


class Storage(NamedTuple):
    """Elements in a row; `typed` is None where they are bytes, and who makes a tensor of them says its type."""

    data: memoryview
    typed: Dtype | None


class Tensor:
    """Elements of a storage, by an offset and strides counted in elements. Each is one object, told by identity."""

    __slots__ = ("data", "dtype", "offset", "shape", "strides")

    def __init__(
        self, data: memoryview, dtype: Dtype, shape: tuple[int, ...], strides: tuple[int, ...], offset: int = 0
    ) -> None:
        if len(shape) != len(strides) or any(one < 0 for one in (*shape, *strides, offset)):
            raise ConversionError("a tensor has a shape or strides that nothing has")
        last = offset + sum((size - 1) * stride for size, stride in zip(shape, strides, strict=True))
        if math.prod(shape) and (last + 1) * dtype.width > len(data):
            raise ConversionError("a tensor goes beyond the bytes of its storage")
        self.data, self.dtype, self.shape, self.strides, self.offset = data, dtype, shape, strides, offset

    @property
    def size(self) -> int:
        """How many bytes it has, written in a row."""
        return math.prod(self.shape) * self.dtype.width

    def pieces(self) -> Iterator[memoryview | bytes]:
        """Its elements in a row, in pieces of a few megabytes."""
        if not self.size:
            return
        outer, run = self._in_a_row()
        width = self.dtype.width
        if not outer:
            start = self.offset * width
            whole = self.data[start : start + run * width]
            yield from (whole[at : at + _PIECE] for at in range(0, len(whole), _PIECE))
            return
        yield from _gathered(self.data, width, self.offset, outer, run)

    def _in_a_row(self) -> tuple[list[tuple[int, int]], int]:
        """The dimensions (size, stride) whose elements do not lie in a row, and how many do."""
        dimensions = [pair for pair in zip(self.shape, self.strides, strict=True) if pair[0] != 1]
        run = 1
        while dimensions and dimensions[-1][1] == run:
            run *= dimensions.pop()[0]
        return dimensions, run


def in_a_row(shape: tuple[int, ...], first_fastest: bool = False) -> tuple[int, ...]:
    """The strides of elements that lie in a row, the last dimension fastest or the first."""
    strides, step = [], 1
    for size in shape if first_fastest else shape[::-1]:
        strides.append(step)
        step *= size
    return tuple(strides if first_fastest else strides[::-1])


def _starts(outer: list[tuple[int, int]], offset: int) -> Iterator[int]:
    """Where each run begins, the last dimension fastest; none of them is kept."""
    if not outer:
        yield offset
        return
    *rest, (size, stride) = outer
    for base in _starts(rest, offset):
        for number in range(size):
            yield base + number * stride


def _woven(elements: memoryview, start: int, rows: tuple[int, int], columns: tuple[int, int]) -> Iterator[memoryview]:
    """Many rows of few columns: taken column by column, which is one copy for each instead of one for each row."""
    count, step = rows
    many = max(1, _PIECE // (columns[0] * elements.itemsize))
    for first in range(0, count, many):
        taken = min(many, count - first)
        made = memoryview(bytearray(taken * columns[0] * elements.itemsize))
        woven = made.cast(elements.format)  # type: ignore[call-overload]
        for column in range(columns[0]):
            begin = start + first * step + column * columns[1]
            woven[column :: columns[0]] = elements[begin : begin + (taken - 1) * step + 1 : step]
        yield made


def _gathered(
    data: memoryview, width: int, offset: int, outer: list[tuple[int, int]], run: int
) -> Iterator[memoryview | bytes]:
    """Elements that lie apart: whole runs where there are any, else one dimension at a time."""
    if width > 8:
        outer = [(size, stride * (width // 8)) for size, stride in outer]
        offset, run, width = offset * (width // 8), run * (width // 8), 8
    if run == 1 and width in _LETTERS:
        elements = data[: len(data) - len(data) % width].cast(_LETTERS[width])
        if len(outer) > 1 and outer[-2][1] and outer[-2][0] > outer[-1][0]:
            for start in _starts(outer[:-2], offset):
                yield from _woven(elements, start, *outer[-2:])
            return
        *outer, (count, step) = outer
    else:
        elements, count, step = data, run * width, 1
        outer, offset = [(size, stride * width) for size, stride in outer], offset * width
    buffer = bytearray()
    for start in _starts(outer, offset):
        for first in range(0, count, _PIECE):
            many = min(_PIECE, count - first)
            begin = start + first * step
            taken = elements[begin : begin + (many - 1) * step + 1 : step] if step else elements[begin : begin + 1]
            buffer += taken.tobytes() if step else taken.tobytes() * many
            if len(buffer) >= _PIECE:
                yield bytes(buffer)
                buffer.clear()
    if buffer:
        yield bytes(buffer)
