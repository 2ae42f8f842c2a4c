"""GGUF: what lies within the file is data; everything else is said."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf.artifacts.judgement import Judgement
from tests.artifacts.shapes import cut_nowhere_safe, found, judged, never_fails, why


def text(value: str) -> bytes:
    raw = value.encode()
    return struct.pack("<Q", len(raw)) + raw


def entry(key: str, kind: int, value: bytes) -> bytes:
    return text(key) + struct.pack("<I", kind) + value


def tensor(name: str, shape: tuple[int, ...], kind: int, offset: int) -> bytes:
    return text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, offset)


def gguf(
    entries: list[bytes], tensors: list[bytes], data: bytes, counts: tuple[int, int] | None = None, version: int = 3
) -> bytes:
    head = struct.pack("<4sIQQ", b"GGUF", version, *(counts or (len(tensors), len(entries))))
    head += b"".join(entries) + b"".join(tensors)
    return head + b"\0" * (-len(head) % 32) + data


ENTRIES = [
    entry("general.architecture", 8, text("llama")),
    entry("general.license", 8, text("mit")),
    entry("tokenizer.ggml.tokens", 9, struct.pack("<IQ", 8, 2) + text("a") + text("b")),
    entry("tokenizer.ggml.scores", 9, struct.pack("<IQ2f", 6, 2, 0.5, 1)),
    entry("nested", 9, struct.pack("<IQ", 9, 1) + struct.pack("<IQ2b", 1, 2, 1, 2)),
    entry("tokenizer.chat_template", 8, text("{{ messages[0].content }}")),
]
TENSORS = [tensor("a", (8,), 0, 0), tensor("b", (256, 2), 12, 32)]
GOOD = gguf(ENTRIES, TENSORS, b"\1" * (32 + 288))


def test_a_good_file_is_safe() -> None:
    (one,) = found(GOOD)
    assert one.judgement is Judgement.SAFE
    assert one.facts == {
        "architecture": "llama", "license": "mit", "chat template": "25 characters", "tensors": "2",
    }  # fmt: skip
    assert judged(GOOD + b"\0" * 32) is Judgement.SAFE


def test_files_of_the_other_order_of_bytes_are_read() -> None:
    data = struct.pack(">4sIQQ", b"GGUF", 3, 0, 1) + struct.pack(">Q", 1) + b"k" + struct.pack(">IB", 0, 7)
    assert judged(data) is Judgement.SAFE


def test_a_part_of_it_is_never_safe() -> None:
    cut_nowhere_safe(GOOD)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (gguf([], [], b"", counts=(1 << 60, 0)), "more entries than fit"),
        (gguf([], [], b"", counts=(0, 1 << 60)), "more entries than fit"),
        (gguf([entry("a", 9, struct.pack("<IQ", 8, 1 << 60))], [], b""), "more entries than fit"),
        (gguf([entry("a", 9, struct.pack("<IQ", 0, 1 << 60))], [], b""), "ends before"),
        (gguf([entry("a", 8, struct.pack("<Q", 1 << 63))], [], b""), "ends before"),
        (gguf([entry("a", 13, b"\0" * 8)], [], b""), "type that is not known"),
        (gguf([entry("a", 9, struct.pack("<IQ", 9, 1) * 6)], [], b""), "type that is not known"),
        (gguf([entry("a", 0, b"\0"), entry("a", 0, b"\0")], [], b""), "twice"),
        (gguf([entry("general.alignment", 4, struct.pack("<I", 3))], [], b""), "power of two"),
        (gguf([entry("general.alignment", 4, struct.pack("<I", 0))], [], b""), "power of two"),
        (gguf([], [tensor("a", (1 << 40, 1 << 40), 0, 0)], b""), "shape or place"),
        (gguf([], [tensor("a", (8,), 99, 0)], b"\0" * 32), "type that is not known"),
        (gguf([], [tensor("a", (3,), 2, 0)], b"\0" * 32), "shape or place"),
        (gguf([], [tensor("a", (1,), 0, 1)], b"\0" * 32), "shape or place"),
        (gguf([], [tensor("a", (8,), 0, 0), tensor("b", (8,), 0, 0)], b"\0" * 64), "overlaps"),
        (gguf([], [tensor("a", (8,), 0, 0), tensor("a", (8,), 0, 32)], b"\0" * 64), "twice"),
        (gguf([], [tensor("a", (1, 1, 1, 1, 1), 0, 0)], b"\0" * 64), "dimensions"),
        (gguf([], [tensor("a", (8,), 0, 1 << 62)], b"\0" * 64), "outside"),
        (gguf([], [], b"", version=9), "version"),
    ],
)
def test_what_cannot_be_is_unread(data: bytes, told: str) -> None:
    assert judged(data + b"\0" * 64) is Judgement.UNREAD
    assert told in why(data + b"\0" * 64)


def test_what_follows_is_told() -> None:
    assert judged(GOOD + b"more") is Judgement.UNPROVED


def test_a_template_that_reaches_out_is_told() -> None:
    data = gguf([entry("tokenizer.chat_template.tool", 8, text("{{ x.__class__ }}"))], [], b"")
    assert judged(data) is Judgement.UNPROVED
    assert "__class__" in why(data)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_change_is_borne(draw: st.DataObject) -> None:
    data: Any = bytearray(GOOD)
    for _ in range(draw.draw(st.integers(1, 3))):
        data[draw.draw(st.integers(4, len(data) - 1))] = draw.draw(st.integers(0, 255))
    never_fails(bytes(data))
