"""Models of XGBoost: JSON and UBJSON that are sound are data; everything else is told."""

from __future__ import annotations

import json
import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf.artifacts.judgement import Judgement
from tests.artifacts.shapes import cut_nowhere_safe, formats, found, judged, never_fails, why

SAFE, UNPROVED, UNREAD = Judgement.SAFE, Judgement.UNPROVED, Judgement.UNREAD


def model(booster: str = "gbtree") -> dict[str, Any]:
    trees = {"trees": [{"base_weights": [0.5, 1.5], "left_children": [1, -1]}]}
    learner = {"gradient_booster": {"name": booster, "model": trees}, "objective": {"name": "binary:logistic"}}
    return {"learner": learner, "version": [3, 2, 0]}


def length(size: int) -> bytes:
    return b"L" + struct.pack(">q", size)


def ubjson(value: Any) -> bytes:
    """As XGBoost writes it: lengths of eight bytes, and arrays of numbers with one type for all."""
    if isinstance(value, dict):
        return b"{" + b"".join(length(len(key)) + key.encode() + ubjson(one) for key, one in value.items()) + b"}"
    if isinstance(value, list) and value and all(isinstance(one, float) for one in value):
        return b"[$d#" + length(len(value)) + struct.pack(f">{len(value)}f", *value)
    if isinstance(value, list):
        return b"[#" + length(len(value)) + b"".join(ubjson(one) for one in value)
    if isinstance(value, str):
        return b"S" + length(len(value)) + value.encode()
    return b"l" + struct.pack(">i", value)


def test_json_is_safe() -> None:
    (one,) = found(json.dumps(model()).encode())
    assert (one.format, one.judgement) == ("xgboost", SAFE)
    assert one.facts == {"booster": "gbtree", "objective": "binary:logistic"}
    assert judged(json.dumps(model("mine")).encode()) is UNPROVED


def test_ubjson_is_safe() -> None:
    data = ubjson(model())
    assert formats(data) == {"xgboost"}
    assert judged(data) is SAFE
    cut_nowhere_safe(data)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (ubjson(model()) + b"more", "bytes follow"),
        (ubjson({"version": 1}), "no learner"),
        (b"{" + length(7) + b"learner" + b"S" + length(1 << 60) + b"}", "ends before"),
        (b"{" + length(7) + b"learner" + b"[$d#" + length(1 << 60), "ends before"),
        (b"{" + length(7) + b"learner" + b"[$d" + b"\0" * 8, "no length"),
        (b"{" + length(7) + b"learner" + b"S" + length(-1), "below zero"),
        (b"{" + length(7) + b"learner" + b"?", "type that is not known"),
        (b"{" + length(7) + b"learner" + b"[" * 200, "nested deeper"),
        (b"{" + (length(7) + b"learner" + b"{}") * 2 + b"}", "twice"),
        (b"{" + length(7) + b"learner" + b"{" + length(1 << 20), "longer than any"),
    ],
)
def test_what_is_broken_is_unread(data: bytes, told: str) -> None:
    assert judged(data) is UNREAD
    assert told in why(data)


def test_arrays_of_what_takes_no_bytes_end() -> None:
    data = b"{" + length(7) + b"learner" + b"{" + length(1) + b"a" + b"[$Z#" + length(1 << 60) + b"}" + b"}"
    assert judged(data) is SAFE


def test_the_old_form_is_unproved() -> None:
    assert judged(b"binf" + b"\0" * 100) is UNPROVED


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_change_is_borne(draw: st.DataObject) -> None:
    data = bytearray(ubjson(model()))
    data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    never_fails(bytes(data))
