"""What is run in a hurry gives the same, to the byte, as what is run opcode by opcode."""

from __future__ import annotations

import pickle
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.artifacts.pickles.differential import changed, same_step_by_step, seeds
from tests.artifacts.pickles.test_machine import nested

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)
RECORDS = [{"id": i, "name": f"n{i}", "score": i / 3, "tags": ["a", "é" * 9], "box": (1, 2, i)} for i in range(3000)]
LARGE: dict[str, Any] = {
    "bytes": list(range(256)) * 500,
    "numbers": [i * 7919 % (1 << 33) - 5 for i in range(30_000)],
    "floats": [i / 7 for i in range(20_000)],
    "texts": [f"token {i}" for i in range(9000)],
    "long texts": ["x" * 2000, "y" * 70_000, "z" * 300] * 40,
    "words": {f"token{i}": i for i in range(9000)},
    "records": RECORDS,
    "nested": [[i, str(i), i / 2, None, True, {i: [i]}, {i, -i}] for i in range(3000)],
}


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("value", LARGE.values(), ids=LARGE)
def test_large_pickles_are_run_alike(value: Any, protocol: int) -> None:
    for data in (pickle.dumps(value, protocol), pickle._dumps(value, protocol)):  # type: ignore[attr-defined]
        assert same_step_by_step(data) is None


@pytest.mark.parametrize("seed", range(40))
def test_large_pickles_that_were_broken_are_run_alike(seed: int) -> None:
    """Bytes are changed, cut and repeated at any place, those where the window and frames end among them."""
    random_ = random.Random(seed)
    value = random_.choice(list(LARGE.values()))
    data = bytearray(pickle.dumps(value, random_.randrange(6)))
    for _ in range(random_.randrange(1, 6)):
        near = random_.choice((0, 1 << 16, 1 << 17, len(data) // 2, len(data) - 1))
        at = min(len(data) - 1, max(0, near + random_.randrange(-40, 40)))
        match random_.randrange(4):
            case 0:
                data[at] = random_.randrange(256)
            case 1:
                del data[at : at + random_.randrange(1, 4)]
            case 2:
                data[at:at] = changed(random_, seeds())
            case 3:
                data[at:at] = data[at : at + random_.randrange(20)]
    assert same_step_by_step(bytes(data)) is None


@settings(max_examples=300, deadline=None)
@given(st.lists(nested, max_size=8), st.sampled_from(PROTOCOLS), st.binary(max_size=30))
def test_small_pickles_are_run_alike(values: Any, protocol: int, behind: bytes) -> None:
    assert same_step_by_step(pickle.dumps(values, protocol) + behind) is None


@pytest.mark.parametrize(
    "data",
    [
        b"(" * 1_100_000 + b"N.",
        b"K\x01" * 1_100_000 + b".",
        b"\x80\x04]" + b"\x94" * 2_100_000 + b".",
        b"\x80\x04](" + b"K\x01\x94" * 200_000 + b"e.",
        b"(\x94" + b"N" * 40 + b".",
        b"(q\x05" + b"N" * 40 + b".",
        b"r\xff\xff\xff\xffN" + b"N" * 40 + b".",
        b"Nr\xff\xff\xff\xffN" + b"N" * 40 + b".",
        b"](K\x01K\x02" + b"\x8c\x01\xff" + b"e" + b"N" * 40 + b".",
    ],
    ids=range(9),
)
def test_bounds_are_met_alike(data: bytes) -> None:
    assert same_step_by_step(data) is None
