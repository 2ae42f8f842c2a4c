"""A part of a large file that its beginning tells, however its bytes come."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ourhalf.images.wanted import Wanted
from ourhalf.images.windows import Windowed

_DATA = bytes(range(256)) * 2


class Beside:
    """Takes so many bytes of the same file."""

    def __init__(self, most: int) -> None:
        self.most, self.data, self.ended = most, b"", False

    @property
    def full(self) -> bool:
        return len(self.data) >= self.most

    def feed(self, data: memoryview) -> None:
        self.data += bytes(data)

    def done(self) -> None:
        self.ended = True


@given(
    head=st.integers(1, 80),
    window=st.none() | st.tuples(st.integers(0, 600), st.integers(0, 600)),
    most=st.integers(0, 600),
    cuts=st.lists(st.integers(0, len(_DATA)), max_size=8),
    beside=st.none() | st.integers(0, len(_DATA)),
)
def test_head_and_window_however_the_file_is_cut(
    head: int, window: tuple[int, int] | None, most: int, cuts: list[int], beside: int | None
) -> None:
    kept: list[bytes] = []
    other = Beside(beside) if beside is not None else None
    wanted = Wanted(
        key="x", pattern=".*", head=head, most=most, window=lambda data: window if len(data) == head else (0, 0)
    )
    taker = Windowed(wanted, "path", len(_DATA), kept.append, other)
    places = [0, *sorted(cuts), len(_DATA)]
    for start, end in pairwise(places):
        if not taker.full:
            taker.feed(memoryview(_DATA)[start:end])
    taker.done()
    first, size = window or (0, 0)
    first = max(first, head)
    end = max(first, min((window or (0, 0))[0] + size, first + most))
    assert kept == [_DATA[:head] + _DATA[first:end]]
    if other is not None and beside is not None:
        assert other.data[:beside] == _DATA[:beside]
        assert other.ended


def test_a_file_that_ends_before_its_window_is_reduced_once() -> None:
    kept: list[bytes] = []
    wanted = Wanted(
        key="x", pattern=".*", head=4, most=100, window=lambda _: (10, 20), reduce=lambda _, data: bytes(data)
    )
    taker = Windowed(wanted, "path", 40, kept.append, None)
    taker.feed(memoryview(b"0123456789abc"))
    assert not taker.full
    taker.done()
    taker.done()
    assert kept == [b"0123abc"]
