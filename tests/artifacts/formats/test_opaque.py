"""What cannot be looked into is said to be so, by its first bytes, whatever its name."""

from __future__ import annotations

import pytest

from ourhalf.artifacts.files import model_file
from ourhalf.artifacts.judgement import Judgement
from tests.artifacts.shapes import formats, found, judged, why

UNSAFE, UNPROVED, UNREAD = Judgement.UNSAFE, Judgement.UNPROVED, Judgement.UNREAD
WINDOWS = b"MZ" + b"\0" * 58 + (64).to_bytes(4, "little") + b"PE\0\0" + b"\0" * 50


@pytest.mark.parametrize(
    ("data", "name", "judgement", "told"),
    [
        (b"MZqFpD='\n" + b"\0" * 100, "llamafile", UNSAFE, "many systems"),
        (b"\x7fELF\x02\x01\x01" + b"\0" * 60, "executable", UNSAFE, "program or library"),
        (WINDOWS, "executable", UNSAFE, "program or library"),
        (b"\xcf\xfa\xed\xfe" + b"\0" * 60, "executable", UNSAFE, "program or library"),
        (b"#!/bin/sh\nid\n", "executable", UNSAFE, "program or library"),
        (b"ftrt" + b"\0" * 60, "tensorrt", UNPROVED, "TensorRT"),
        (b"tjgg" + b"\0" * 60, "ggml", UNPROVED, "ggjt"),
        (b"lmgg" + b"\0" * 60, "ggml", UNPROVED, "ggml"),
        (b"7z\xbc\xaf\x27\x1c" + b"\0" * 60, "container", UNREAD, "7z archive"),
        (b"Rar!\x1a\x07\x01\0" + b"\0" * 60, "container", UNREAD, "RAR"),
        (b"\x28\xb5\x2f\xfd" + b"\0" * 60, "packed", UNREAD, "packed in it"),
        (b"SQLite format 3\0" + b"\0" * 60, "container", UNREAD, "database"),
    ],
)
def test_first_bytes_tell(data: bytes, name: str, judgement: Judgement, told: str) -> None:
    assert name in formats(data, "model.safetensors")
    assert judged(data, "model.safetensors") is judgement
    assert told in why(data, "model.safetensors")


def test_programs_and_containers_are_told_only_in_the_place_of_a_model() -> None:
    for data in (WINDOWS, b"\x7fELF" + b"\0" * 60, b"%PDF-1.7"):
        assert model_file("usr/bin/x", memoryview(data), wanted=False) is None
        assert model_file("model.bin", memoryview(data), wanted=True) is not None
    assert model_file("llm", memoryview(b"MZqFpD='\n" + b"\0" * 100), wanted=False) is not None


def test_bytes_that_only_begin_so_are_none() -> None:
    header = b'{"a":{"dtype":"U8","shape":[%d],"data_offsets":[0,%d]}}' % (1, 1)
    padded = header + b" " * (0x5A4D - len(header))
    data = len(padded).to_bytes(8, "little") + padded + b"\1"
    assert data[:2] == b"MZ"
    assert [(one.format, one.judgement) for one in found(data)] == [("safetensors", Judgement.SAFE)]
