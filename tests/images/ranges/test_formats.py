"""Whatever bytes a table has, reading it ends with a reason in words; and streams go on from any bit."""

from __future__ import annotations

import gzip
import json
import random
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf.images.ranges import chunked, estargz
from ourhalf.images.ranges.deflate import prefix, resumed
from ourhalf.images.ranges.listing import JsonTable
from ourhalf.images.ranges.soci import SociTable
from ourhalf.images.ranges.table import Table, TableError, Want
from ourhalf.images.ranges.ztoc import parse
from tests.images.ranges.writers import members, places, ztoc
from tests.registries import digest, tar

FILES = {f"d/{number}.txt": random.Random(number).randbytes(number * 97) + b"x" * 500 for number in range(40)}
TAR = tar(FILES)
PACKED = gzip.compress(TAR, 6, mtime=0)
ZTOC = ztoc(PACKED, members(TAR), len(TAR), 4096)


class Counting:
    """Counts what it takes."""

    full = False

    def __init__(self) -> None:
        self.size = 0

    def feed(self, data: memoryview) -> None:
        self.size += len(data)

    def done(self) -> None:
        self.full = True


def walk(table: Table, data: bytes) -> None:
    """Ask for every file of a table: each is given as many bytes as were asked for, or a TableError is raised."""
    for number, entry in enumerate(table.entries()):
        if entry.size:
            start, end = table.extent(number, entry.size)
            taker = Counting()
            table.unpack([Want(number, entry.size, taker)], start, data[start:end])
            assert taker.full
            assert taker.size >= entry.size


def told(act: Callable[[], object]) -> str:
    """What is wrong, in words, or that nothing is; any other error is one."""
    try:
        act()
    except TableError as error:
        return str(error)
    return "it is read"


def test_a_ztoc_is_read() -> None:
    found = parse(ZTOC, 100)
    assert [entry.path for entry in found.entries] == list(FILES)
    assert [entry.size for entry in found.entries] == [len(data) for data in FILES.values()]
    assert (found.packed, found.unpacked) == (len(PACKED), len(TAR))
    assert len(found.checkpoints) == len(found.digests) > 3
    walk(SociTable(found, len(PACKED)), PACKED)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_change_of_a_ztoc_is_borne(draw: st.DataObject) -> None:
    data = bytearray(ZTOC)
    for _ in range(draw.draw(st.integers(1, 4))):
        # not within the windows: what they hold is only told by the digests of what unpacks
        at = draw.draw(st.integers(0, len(data) - 1) | st.integers(0, 4000))
        data[at] = draw.draw(st.integers(0, 255))
    cut = draw.draw(st.none() | st.integers(0, len(data)))
    assert told(lambda: walk(SociTable(parse(bytes(data[:cut]), 1000), len(PACKED)), PACKED))


def test_a_ztoc_of_too_many_entries() -> None:
    with pytest.raises(TableError, match="over 39 entries"):
        parse(ZTOC, 39)


NUMBERS = st.integers(-(1 << 40), 1 << 40) | st.integers(-2, 300)
ENTRIES = st.lists(
    st.fixed_dictionaries(
        {"name": st.sampled_from(["a", "b"]), "type": st.sampled_from(["reg", "chunk", "dir", "hardlink", "odd"])},
        optional={
            "size": NUMBERS, "offset": NUMBERS, "endOffset": NUMBERS, "chunkSize": NUMBERS, "chunkOffset": NUMBERS,
            "innerOffset": NUMBERS, "chunkType": st.sampled_from(["", "zeros"]), "digest": st.just("sha256:00"),
        },
    ),
    max_size=6,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(ENTRIES, st.binary(max_size=200), st.sampled_from([chunked.unpacked, estargz.unpacked]))
def test_any_table_in_json_is_borne(entries: list[dict[str, Any]], data: bytes, unpack: Any) -> None:
    packed = gzip.compress(data) + data
    text = json.dumps({"version": 1, "entries": entries}).encode()
    assert told(lambda: walk(JsonTable("x", text, len(packed), unpack, 100), packed))


@given(st.binary(max_size=300))
def test_any_bytes_as_a_table(data: bytes) -> None:
    for read in (
        lambda: JsonTable("x", data, 10, chunked.unpacked, 10),
        lambda: parse(data, 10),
        lambda: chunked.unpacked(data, 100),
        lambda: estargz.unpacked(data, 100),
    ):
        assert told(read)


def test_holes_and_streams_that_files_share() -> None:
    stream = gzip.compress(b"first" + b"second")
    entries = [
        {"name": "a", "type": "reg", "size": 5, "offset": 10, "chunkSize": 5},
        {"name": "b", "type": "reg", "size": 9, "offset": 10, "innerOffset": 5, "chunkSize": 6},
        {"name": "b", "type": "chunk", "chunkType": "zeros", "chunkOffset": 6, "chunkSize": 3},
        {"name": "c", "type": "reg", "size": 2, "chunkType": "zeros", "chunkSize": 2, "chunkDigest": digest(bytes(2))},
        {"name": "d", "type": "reg", "size": 2, "chunkType": "zeros", "chunkSize": 2, "chunkDigest": digest(b"12")},
    ]
    data = bytes(10) + stream
    table = JsonTable("x", json.dumps({"version": 1, "entries": entries}).encode(), len(data), estargz.unpacked, 10)
    taken = []
    for number in (0, 1):
        start, end = table.extent(number, 5)
        assert (start, end) == (10, len(data))
        taker = Keeps()
        table.unpack([Want(number, 9 if number else 5, taker)], start, data[start:end])
        taken.append(bytes(taker.data))
    assert taken == [b"first", b"second\0\0\0"]
    assert table.unchecked() == 2
    assert table.extent(2, 2) == (0, 0)
    taker = Keeps()
    table.unpack([Want(2, 2, taker)], 0, b"")
    assert bytes(taker.data) == b"\0\0"
    assert table.unchecked() == 2
    with pytest.raises(TableError, match="not what its digest names"):
        table.unpack([Want(3, 2, Keeps())], 0, b"")


class Keeps(Counting):
    """Keeps what it takes."""

    def __init__(self) -> None:
        super().__init__()
        self.data = bytearray()

    def feed(self, data: memoryview) -> None:
        self.data += data


@pytest.mark.parametrize("bits", range(8))
def test_empty_blocks_end_at_the_bit_that_is_asked_for(bits: int) -> None:
    """Behind them a last block with the codes of the standard: `A`, and the end (RFC 1951, 3.2.6)."""
    packed, last = prefix(bits)
    used = (8 - bits) % 8
    text = "".join(f"{byte:08b}"[::-1] for byte in packed) + (f"{last:08b}"[::-1][:used] if used else "")
    text += "110" + f"{0x30 + ord('A'):08b}" + "0000000"
    text += "0" * (-len(text) % 8)
    stream = bytes(int(text[at : at + 8][::-1], 2) for at in range(0, len(text), 8))
    assert zlib.decompress(stream, -15) == b"A"


@settings(max_examples=30, deadline=None)
@given(
    st.integers(0, 1 << 32),
    st.sampled_from([1, 6, 9]),
    st.sampled_from([zlib.Z_DEFAULT_STRATEGY, zlib.Z_HUFFMAN_ONLY, zlib.Z_FIXED]),
)
def test_a_stream_goes_on_from_every_place_that_zlib_finds(seed: int, level: int, strategy: int) -> None:
    chance = random.Random(seed)
    plain = b"".join(chance.randbytes(chance.randrange(200)) + b"ab" * chance.randrange(99) for _ in range(300))
    maker = zlib.compressobj(level, wbits=31, strategy=strategy, memLevel=1)
    packed = b"".join(maker.compress(plain[at : at + 999]) for at in range(0, len(plain), 999)) + maker.flush()
    found = list(places(packed, 1))
    assert len(found) > 3
    for place in found:
        unpacker, before = resumed(place.bits, packed[place.packed - 1], place.window)
        assert unpacker.decompress(before + packed[place.packed :]) == plain[place.unpacked :]
