"""Packed files: what is in them is judged as if it lay there unpacked."""

from __future__ import annotations

import bz2
import gzip
import lzma
from typing import Any

import pytest

from ourhalf.artifacts.judgement import Judgement
from tests.artifacts.shapes import cut_nowhere_safe, formats, found, judged, why

SAFE, UNSAFE, UNPROVED, UNREAD = Judgement.SAFE, Judgement.UNSAFE, Judgement.UNPROVED, Judgement.UNREAD
HEADER = b'{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'
SAFETENSORS = len(HEADER).to_bytes(8, "little") + HEADER + b"\0\0\0\0"


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_what_is_packed_is_judged(pack: Any) -> None:
    (one,) = found(pack(SAFETENSORS), "m.safetensors.gz")
    assert (one.format, one.judgement, one.model, one.facts) == ("packed", SAFE, True, {"holds": "safetensors"})
    (one,) = found(pack(b"text"), "readme.gz")
    assert (one.judgement, one.model) == (UNPROVED, False)
    cut_nowhere_safe(pack(SAFETENSORS))


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_packed_twice_is_followed_to_a_bound(pack: Any) -> None:
    data = SAFETENSORS
    for _ in range(4):
        data = pack(data)
    assert judged(data) is SAFE
    for _ in range(4):
        data = pack(data)
    assert judged(data) is UNREAD


def test_a_pickle_in_it_is_judged_once() -> None:
    data = gzip.compress(b"cposix\nsystem\n(S'id'\ntR.")
    assert judged(data) is UNSAFE
    assert formats(data) == {"compressed-pickle"}


def test_what_follows_and_what_is_empty() -> None:
    assert judged(gzip.compress(SAFETENSORS) + b"more") is UNREAD
    assert judged(gzip.compress(b"")) is UNPROVED
    for pack in (gzip.compress, bz2.compress, lzma.compress):
        assert judged(pack(SAFETENSORS) + b"\0" * 100) is SAFE
        assert judged(pack(SAFETENSORS[:20]) + pack(SAFETENSORS[20:])) is SAFE
        assert judged(pack(SAFETENSORS) + b"more") is UNREAD
        assert "bytes follow" in why(pack(SAFETENSORS) + b"more than that")


def test_a_bomb_is_not_unpacked() -> None:
    data = gzip.compress(b"\1" + b"\0" * (300 << 20), 9)
    assert judged(data) is UNREAD
    assert "more than is looked at" in why(data)
