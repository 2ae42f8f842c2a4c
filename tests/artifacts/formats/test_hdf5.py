"""HDF5: groups, datasets and attributes are data; links and data elsewhere, and models that hold code, are told."""

from __future__ import annotations

import json
import pickle
import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf.artifacts.judgement import Judgement
from tests.artifacts.shapes import formats, found, judged, never_fails, why

SAFE, UNSAFE, UNPROVED, UNREAD = Judgement.SAFE, Judgement.UNSAFE, Judgement.UNPROVED, Judgement.UNREAD
MAGIC = b"\x89HDF\r\n\x1a\n"
NOWHERE = (1 << 64) - 1


class File:
    """Writes a file piece by piece; each piece gives where it lies."""

    def __init__(self, size: int) -> None:
        self.data = bytearray(size)

    def put(self, piece: bytes) -> int:
        at = len(self.data)
        self.data += piece
        return at


def message(kind: int, data: bytes, flags: int = 0) -> bytes:
    return struct.pack("<BHB", kind, len(data), flags) + data


def header(*messages: bytes) -> bytes:
    """The header of an object, version 2."""
    inner = b"".join(messages)
    return b"OHDR" + struct.pack("<BBI", 2, 2, len(inner)) + inner + b"\0" * 4


def link(name: str, target: int) -> bytes:
    return message(6, struct.pack("<BBB", 1, 0, len(name)) + name.encode() + struct.pack("<Q", target))


def other_link(kind: int, name: str, data: bytes) -> bytes:
    head = struct.pack("<BBBB", 1, 8, kind, len(name)) + name.encode()
    return message(6, head + struct.pack("<H", len(data)) + data)


def attribute(name: str, value: bytes) -> bytes:
    kind = struct.pack("<BBBBI", 0x13, 0, 0, 0, len(value))
    space = struct.pack("<BBBB", 2, 0, 0, 0)
    head = struct.pack("<BBHHHB", 3, 0, len(name) + 1, len(kind), len(space), 0)
    return message(0x0C, head + name.encode() + b"\0" + kind + space + value)


def new(*messages: bytes, prefix: bytes = b"") -> bytes:
    """A file with a superblock of version 2 and a root group of these messages."""
    file = File(48)
    root = file.put(header(*messages))
    file.data[:48] = MAGIC + struct.pack("<BBBBQQQQI", 2, 8, 8, 0, 0, NOWHERE, len(file.data), root, 0)
    return prefix + bytes(file.data)


DATASET = header(message(1, b"\2\0\0\0"), message(8, struct.pack("<BBQQ", 3, 1, NOWHERE, 0)))


def with_dataset(*messages: bytes) -> bytes:
    """A file with one dataset of these messages, which are put after those of every dataset."""
    file = File(48)
    dataset = file.put(header(message(1, b"\2\0\0\0"), *messages))
    root = file.put(header(link("d", dataset)))
    file.data[:48] = MAGIC + struct.pack("<BBBBQQQQI", 2, 8, 8, 0, 0, NOWHERE, len(file.data), root, 0)
    return bytes(file.data)


def old(attributes: dict[str, bytes], cyclic: bool = False) -> bytes:
    """A file as h5py writes it: a superblock of version 0, symbol tables, and texts of any length in a heap."""
    file = File(96)
    heap_data = file.put(b"\0" * 8 + b"d\0\0\0\0\0\0\0")
    heap = file.put(b"HEAP" + struct.pack("<IQQQ", 0, 16, NOWHERE, heap_data))
    dataset = file.put(struct.pack("<BBHIII", 1, 0, 1, 1, 16, 0) + struct.pack("<HHBBBB", 1, 8, 0, 0, 0, 0) + b"\1" * 8)
    node = file.put(b"SNOD" + struct.pack("<BBH", 1, 0, 1) + struct.pack("<QQII16x", 8, dataset, 0, 0))
    tree = file.put(b"TREE" + struct.pack("<BBHQQ", 0, 0, 1, NOWHERE, NOWHERE) + struct.pack("<QQQ", 0, node, 8))
    if cyclic:
        file.data[tree + 32 : tree + 40] = struct.pack("<Q", tree)
    messages = struct.pack("<HHBBBB", 0x11, 16, 0, 0, 0, 0) + struct.pack("<QQ", tree, heap)
    for name, value in attributes.items():
        kept = value + b"\0" * (-len(value) % 8)
        whole = 16 + 16 + len(kept) + 16
        place = file.put(b"GCOL" + struct.pack("<IQ", 1, whole) + struct.pack("<HHIQ", 1, 0, 0, len(value)) + kept)
        file.put(b"\0" * 16)
        said = name.encode() + b"\0"
        said += b"\0" * (-len(said) % 8)
        kind = struct.pack("<BBBBI", 0x19, 1, 0, 0, 16) + struct.pack("<BBBBI", 0x13, 0, 0, 0, 1)
        space = struct.pack("<BBBBI", 1, 0, 0, 0, 0)
        body = struct.pack("<BBHHH", 1, 0, len(name) + 1, len(kind), len(space)) + said + kind + space
        body += struct.pack("<IQI", len(value), place, 1)
        messages += struct.pack("<HHBBBB", 0x0C, len(body), 0, 0, 0, 0) + body
    inner = file.put(messages)
    first = struct.pack("<HHBBBB", 0x10, 16, 0, 0, 0, 0) + struct.pack("<QQ", inner, len(messages))
    root = file.put(struct.pack("<BBHIII", 1, 0, 1 + len(attributes), 1, len(first), 0) + first)
    head = MAGIC + bytes([0, 0, 0, 0, 0, 8, 8, 0]) + struct.pack("<HHI", 4, 16, 0)
    head += struct.pack("<QQQQ", 0, NOWHERE, len(file.data), NOWHERE) + struct.pack("<QQII16x", 0, root, 0, 0)
    file.data[:96] = head
    return bytes(file.data)


WEIGHTS = old({"name": b"weights"})


def config(*layers: Any) -> bytes:
    return json.dumps({"class_name": "Sequential", "config": {"layers": list(layers)}}).encode()


DENSE = {"class_name": "Dense", "config": {"units": 1}}
LAMBDA = {"class_name": "Lambda", "config": {"function": ["4wE=", None, None], "function_type": "lambda"}}
OWN = {"class_name": "Own", "config": {}}


def test_files_of_data_are_safe() -> None:
    for data in (new(attribute("name", b"text")), WEIGHTS, with_dataset(message(8, struct.pack("<BBQQ", 3, 1, 0, 0)))):
        (one,) = found(data)
        assert (one.format, one.judgement) == ("hdf5", SAFE)
    assert found(WEIGHTS)[0].facts == {"objects": "2"}


def test_a_part_of_it_is_never_safe() -> None:
    for data in (WEIGHTS, new(attribute("name", b"text"))):
        for end in range(len(data) - 4):  # what ends a header is its checksum
            assert never_fails(data[:end]) is not SAFE, end


@pytest.mark.parametrize("write", [lambda name, value: old({name: value}), lambda *given: new(attribute(*given))])
def test_models_of_keras_are_judged_by_their_configuration(write: Any) -> None:
    (one,) = found(write("model_config", config(DENSE)))
    assert (one.judgement, one.facts["model"]) == (SAFE, "of Keras")
    assert judged(write("model_config", config(DENSE, LAMBDA))) is UNSAFE
    assert judged(write("model_config", config(DENSE, OWN))) is UNPROVED
    assert judged(write("model_config", b"{")) is UNREAD
    assert judged(write("training_config", config(LAMBDA))) is UNSAFE
    assert found(write("keras_version", b"2.4.0"))[0].facts["keras version"] == "2.4.0"


def test_a_type_that_lies_elsewhere_hides_no_configuration() -> None:
    data = new(attribute("model_config", config(LAMBDA)))
    at = data.index(b"\x0d\0\x08\0\x04\0") - 1  # the flags before the sizes
    for flags in (1, 2):
        assert judged(data[:at] + bytes([flags]) + data[at + 1 :]) is UNPROVED


def test_what_pytables_unpickles_is_judged() -> None:
    assert judged(new(attribute("TITLE", b"cposix\nsystem\n(S'id'\ntR."))) is UNSAFE
    assert judged(new(attribute("values", pickle.dumps({"a": 1}, 0)))) is SAFE
    assert judged(new(attribute("PSEUDOATOM", b"object"))) is UNPROVED


@pytest.mark.parametrize(
    ("data", "judgement", "told"),
    [
        (new(other_link(64, "x", b"\0/etc/passwd\0/d\0")), UNSAFE, "/etc/passwd"),
        (new(other_link(64, "x", b"\0../w.h5\0/d\0")), UNSAFE, "../w.h5"),
        (new(other_link(64, "x", b"\0w.h5\0/d\0")), UNPROVED, "w.h5"),
        (new(other_link(65, "x", b"abc")), UNPROVED, "kind 65"),
        (new(other_link(1, "x", b"/y")), SAFE, ""),
        (new(message(2, struct.pack("<BBQQ", 0, 0, 100, 100))), UNPROVED, "links in a heap"),
        (new(message(2, struct.pack("<BBQQ", 0, 0, NOWHERE, NOWHERE))), SAFE, ""),
        (new(message(0x15, struct.pack("<BBQQ", 0, 0, 100, 100))), UNPROVED, "attributes in a heap"),
        (new(message(0x0C, b"", flags=2)), UNPROVED, "lies elsewhere"),
        (with_dataset(message(8, struct.pack("<BBQI", 4, 3, 0, 1))), UNPROVED, "put together"),
        (with_dataset(message(8, b"\x09\x01")), UNREAD, "layout"),
        (with_dataset(message(0x0B, struct.pack("<BBHHH", 2, 1, 1, 0, 0))), SAFE, ""),
        (with_dataset(message(0x0B, struct.pack("<BBHHHH", 2, 1, 32001, 0, 0, 0))), UNPROVED, "filter 32001"),
        (
            with_dataset(
                message(0x0B, struct.pack("<BB6xHHHHI4x", 1, 2, 2, 0, 0, 1, 4) + struct.pack("<HHHH", 305, 0, 0, 0))
            ),
            UNPROVED,
            "filter 305",
        ),
        (old({}, cyclic=True), UNREAD, "comes back to itself"),
        (MAGIC + b"\x09" + b"\0" * 100, UNREAD, "version"),
        (MAGIC + bytes([2, 3, 8, 0]) + b"\0" * 100, UNREAD, "size that none has"),
        (MAGIC + b"\0" * 20, UNREAD, ""),
    ],
)
def test_what_is_more_than_data_is_told(data: bytes, judgement: Judgement, told: str) -> None:
    assert judged(data) is judgement
    assert told in why(data)


def test_data_in_other_files_are_told() -> None:
    for name, judgement in (("/etc/passwd", UNSAFE), ("w.raw", UNPROVED)):
        file = File(48)
        names = file.put(name.encode() + b"\0")
        heap = file.put(b"HEAP" + struct.pack("<IQQQ", 0, 64, NOWHERE, names))
        slots = struct.pack("<B3xHHQ", 1, 1, 1, heap) + struct.pack("<QQQ", 0, 0, 12)
        root = file.put(header(link("d", file.put(header(message(7, slots))))))
        file.data[:48] = MAGIC + struct.pack("<BBBBQQQQI", 2, 8, 8, 0, 0, NOWHERE, len(file.data), root, 0)
        assert judged(bytes(file.data)) is judgement
        assert name in why(bytes(file.data))


def test_groups_that_hold_each_other_are_walked_once() -> None:
    file = File(48)
    root = len(file.data)
    file.put(header(link("self", root)))
    file.data[:48] = MAGIC + struct.pack("<BBBBQQQQI", 2, 8, 8, 0, 0, NOWHERE, len(file.data), root, 0)
    assert judged(bytes(file.data)) is SAFE


def test_headers_that_go_on_within_themselves_end() -> None:
    file = File(48)
    root = file.put(header(message(0x10, struct.pack("<QQ", 48, 40))))
    file.data[:48] = MAGIC + struct.pack("<BBBBQQQQI", 2, 8, 8, 0, 0, NOWHERE, len(file.data), root, 0)
    assert judged(bytes(file.data) + b"\0" * 100) is not SAFE


def test_a_file_after_others_is_found_and_told() -> None:
    data = new(attribute("name", b"text"))
    for size in (512, 1024, 4096):
        assert judged(b"\0" * size + data) is SAFE
        assert judged(b"x" * size + data) is UNPROVED
        based = data[:12] + struct.pack("<Q", size) + data[20:]
        assert judged(b"\0" * size + based) is SAFE
        assert judged(b"\0" * size + data[:12] + struct.pack("<Q", size + 8) + data[20:]) is UNREAD
    assert formats(b"x" * 513 + data) == set()


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_change_is_borne(draw: st.DataObject) -> None:
    data = bytearray(draw.draw(st.sampled_from([WEIGHTS, old({"model_config": config(LAMBDA)}), new(link("a", 48))])))
    for _ in range(draw.draw(st.integers(1, 3))):
        data[draw.draw(st.integers(8, len(data) - 1))] = draw.draw(st.integers(0, 255))
    never_fails(bytes(data))
