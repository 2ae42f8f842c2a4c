"""ZIP archives: what is in them is judged; code, programs and ways out are told; bombs and broken ones are unread."""

from __future__ import annotations

import io
import json
import pickle
import struct
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf.artifacts.judgement import Judgement
from ourhalf.artifacts.zips import ends_as_zip, mentions
from tests.artifacts.shapes import cut_nowhere_safe, formats, found, judged, never_fails, why

SAFE, UNSAFE, UNPROVED, UNREAD = Judgement.SAFE, Judgement.UNSAFE, Judgement.UNPROVED, Judgement.UNREAD
HEADER = b'{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'
SAFETENSORS = len(HEADER).to_bytes(8, "little") + HEADER + b"\0\0\0\0"
DATA, SYSTEM = pickle.dumps({"a": [1]}), b"cposix\nsystem\n(S'id'\ntR."


def archive(files: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as writer:
        for name, data in files.items():
            writer.writestr(name, data)
    return out.getvalue()


GOOD = archive({"a/m.safetensors": SAFETENSORS, "m.pkl": DATA, "readme.md": b"# It", "labels.txt": b"cat\n"})


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_an_archive_of_data_is_safe(method: int) -> None:
    (one,) = found(archive({"m.safetensors": SAFETENSORS, "m.pkl": DATA}, method))
    assert (one.format, one.judgement, one.model) == ("zip", SAFE, True)
    assert one.facts == {"files": "2", "models": "1 pickle, 1 safetensors"}


def test_one_without_a_model_is_told_as_such() -> None:
    (one,) = found(archive({"a.txt": b"text"}))
    assert not one.model


def test_a_part_of_it_is_never_safe() -> None:
    cut_nowhere_safe(GOOD)


@pytest.mark.parametrize(
    ("files", "judgement", "told"),
    [
        ({"m.pkl": SYSTEM}, UNSAFE, "posix.system"),
        ({"deep.zip": archive({"deep.zip": archive({"m": SYSTEM})})}, UNSAFE, "posix.system"),
        ({"../m.pkl": DATA}, UNSAFE, "outside of its folder"),
        ({"/m.pkl": DATA}, UNSAFE, "outside of its folder"),
        ({"handler.py": b"import os"}, UNPROVED, "import it"),
        ({"run.sh": b"echo"}, UNPROVED, "program"),
        ({"run": b"#!/bin/sh\n"}, UNPROVED, "program"),
        ({"lib.so": b"\x7fELF\x02"}, UNPROVED, "native code"),
        ({"code/requirements.txt": b"evil"}, UNPROVED, "install"),
        ({"conda.yaml": b"a: b"}, UNPROVED, "install"),
        ({"other.dat": b"\x01\x02"}, UNPROVED, "no format that is known"),
        ({"readme.md": b"\x00\x01"}, UNPROVED, "no format that is known"),
        ({"a": archive({"b": archive({"c": archive({"d": archive({"e": archive({"f": DATA})})})})})}, UNREAD, "deeper"),
    ],
)
def test_what_is_in_it_decides(files: dict[str, bytes], judgement: Judgement, told: str) -> None:
    data = archive({"m.safetensors": SAFETENSORS, **files}, zipfile.ZIP_DEFLATED)
    assert judged(data) is judgement
    assert told in why(data)


def test_an_archive_after_other_bytes_is_found() -> None:
    bad = archive({"m.pkl": SYSTEM})
    for prefix in (b"MZ program", SAFETENSORS, DATA, b"x" * 100_000):
        assert judged(prefix + bad) is UNSAFE
        assert judged(prefix + GOOD) in {UNPROVED, UNREAD}
    assert "zip" in formats(SAFETENSORS + GOOD)


def test_two_archives_in_a_row_are_not_sound() -> None:
    assert judged(GOOD + GOOD) is UNREAD
    assert "belong to no file" in why(GOOD + GOOD)


def test_bytes_between_files_are_not_sound() -> None:
    at = GOOD.index(b"PK\x03\x04", 4)
    hidden = archive({"x": SYSTEM})[:50]
    moved = bytearray(GOOD[:at] + hidden + GOOD[at:])
    place = 0
    while (place := moved.find(b"PK\x01\x02", place + 1)) > 0:
        (offset,) = struct.unpack_from("<I", moved, place + 42)
        struct.pack_into("<I", moved, place + 42, offset + len(hidden) if offset else 0)
    (start,) = struct.unpack_from("<I", moved, len(moved) - 6)
    struct.pack_into("<I", moved, len(moved) - 6, start + len(hidden))
    assert zipfile.ZipFile(io.BytesIO(bytes(moved))).testzip() is None
    assert judged(bytes(moved)) is UNREAD


def test_a_bomb_is_not_unpacked() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(b"\0" * (1 << 22)) + packer.flush()
    said = 1 << 31
    local = struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, 8, 0, 0, 0, len(packed), said, 1, 0) + b"m" + packed
    central = struct.pack(
        "<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, 0, len(packed), said, 1, 0, 0, 0, 0, 0, 0
    )
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 1, 1, len(central) + 1, len(local), 0)
    data = local + central + b"m" + end
    assert judged(data) is UNREAD
    assert "times its size" in why(data)


def test_a_bomb_of_bombs_is_followed_to_a_bound() -> None:
    leaf = archive({f"{i}": b"\0" * (60 << 20) for i in range(4)}, zipfile.ZIP_DEFLATED)
    data = archive({f"{i}": leaf for i in range(20)}, zipfile.ZIP_DEFLATED)
    assert judged(data) is UNREAD
    assert "that were packed" in why(data)


def test_archives_of_torchserve_are_told_with_their_handler() -> None:
    def mar(handler: str, **more: bytes) -> bytes:
        manifest = json.dumps({"model": {"handler": handler, "serializedFile": "m.safetensors"}}).encode()
        return archive({"MAR-INF/MANIFEST.json": manifest, "m.safetensors": SAFETENSORS, **more})

    (one,) = found(mar("image_classifier"))
    assert (one.format, one.judgement, one.facts["handler"]) == ("torchserve", SAFE, "image_classifier")
    assert judged(mar("handler.py:handle", **{"handler.py": b"x = 1"})) is UNPROVED
    assert "TorchServe imports its handler" in why(mar("handler.py:handle"))
    assert judged(archive({"MAR-INF/MANIFEST.json": b"{}"})) is UNREAD


def test_the_end_of_an_archive_is_found() -> None:
    assert ends_as_zip(memoryview(b"before" + GOOD))
    assert mentions(memoryview(GOOD), b"m.pkl", b"readme.md")
    assert not mentions(memoryview(GOOD), b"m.pkl", b"other")
    assert not ends_as_zip(memoryview(b"PK\x05\x06" + b"\xee" * 18))
    assert not mentions(memoryview(b"no archive"), b"m")


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_change_is_borne(draw: st.DataObject) -> None:
    data = bytearray(archive({"m.safetensors": SAFETENSORS, "m.pkl": SYSTEM}))
    for _ in range(draw.draw(st.integers(1, 3))):
        data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    never_fails(bytes(data))
