"""Large model files that stream by are judged as they are, without being held."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import pickle
import random
import struct
import tarfile
import zipfile
from collections.abc import Callable
from typing import IO

import pytest
import zstandard

from ourhalf.artifacts.format import Content
from ourhalf.artifacts.holes import HoleError
from ourhalf.artifacts.judgement import Judgement
from ourhalf.artifacts.judging import judge, together
from ourhalf.artifacts.streaming import Streamed
from tests.artifacts.advisories.constructions import LEGACY_MAGIC
from tests.artifacts.pickles.assembly import Call, Global, New, Raw, op, pickled
from tests.artifacts.streams import judged, streamed

SIZE = 5_000_000
MOST = 3_000_000
"""Held of a file that is larger, so that the tests need not be as large as what they are about."""
NUMBERS = random.Random(1).randbytes(SIZE)
STORAGE = Call(
    Global("torch._utils._rebuild_tensor_v2"),
    Raw(op(("storage", Global("torch.FloatStorage"), "0", "cpu", SIZE // 4)) + b"Q"),
    0, (SIZE // 4,), (1,), False, Call(Global("collections.OrderedDict")),
)  # fmt: skip
SYSTEM = Call(Global("posix.system"), "id")


class _OneWay(io.RawIOBase):
    """A file that cannot be gone back in, so that an archive states sizes behind each file."""

    def __init__(self) -> None:
        self.made = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.made += data
        return len(data)


def zipped(files: dict[str, bytes], to: IO[bytes]) -> None:
    with zipfile.ZipFile(to, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)


def at_once(files: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    zipped(files, held)
    return held.getvalue()


def with_descriptors(files: dict[str, bytes]) -> bytes:
    held = _OneWay()
    zipped(files, held)  # type: ignore[arg-type]
    return bytes(held.made)


def torch(value: object) -> dict[str, bytes]:
    return {"m/data.pkl": pickled(value, 2), "m/byteorder": b"little", "m/data/0": NUMBERS, "m/version": b"3\n"}


def safetensors() -> bytes:
    header = json.dumps({"w": {"dtype": "U8", "shape": [len(NUMBERS)], "data_offsets": [0, len(NUMBERS)]}}).encode()
    return struct.pack("<Q", len(header)) + header + NUMBERS


def gguf() -> bytes:
    entry = struct.pack("<Q", 1) + b"w" + struct.pack("<IQIQ", 1, len(NUMBERS), 24, 0)
    head = b"GGUF" + struct.pack("<IQQ", 3, 1, 0) + entry
    return head + b"\0" * (-len(head) % 32) + NUMBERS


def npy() -> bytes:
    header = f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({len(NUMBERS)},), }}".encode()
    return b"\x93NUMPY\x01\0" + struct.pack("<H", len(header)) + header + NUMBERS


def tar(files: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return held.getvalue()


def legacy(value: object) -> bytes:
    pickles = [LEGACY_MAGIC, pickled(1001, 2), pickled({}, 2), pickled(value, 2), pickled(["0"], 2)]
    return b"".join(pickles) + struct.pack("<Q", SIZE // 4) + NUMBERS[: SIZE // 4 * 4].ljust(SIZE // 4 * 4, b"\0")


SAFE: dict[str, Callable[[], bytes]] = {
    "torch": lambda: at_once(torch([STORAGE])),
    "torch with sizes behind": lambda: with_descriptors(torch([STORAGE])),
    "torch before 1.6": lambda: legacy([STORAGE]),
    "safetensors": safetensors,
    "gguf": gguf,
    "an array": npy,
    "arrays": lambda: at_once({"a.npy": npy(), "b.npy": npy()}),
    "a pickle": lambda: pickle.dumps({"a": NUMBERS, "b": bytearray(NUMBERS), "c": [1, "text"]}, 5),
    "pickles": lambda: pickle.dumps("x" * SIZE, 4) + pickle.dumps(NUMBERS, 3),
    "tar": lambda: tar({"m/a.safetensors": safetensors(), "m/b.pt": at_once(torch([STORAGE])), "m/c.json": b"{}"}),
    "tar in tar": lambda: tar({"inner.tar": tar({"a.safetensors": safetensors()})}),
    "tar.gz": lambda: gzip.compress(tar({"a.safetensors": safetensors(), "b.npy": npy()}), 0),
    "tar.bz2": lambda: bz2.compress(tar({"a.safetensors": safetensors()})),
    "tar.xz": lambda: lzma.compress(tar({"a.safetensors": safetensors()}), preset=0),
    "tar.zst": lambda: zstandard.compress(tar({"a.safetensors": safetensors()}), -100),
}
BAD: dict[str, Callable[[], bytes]] = {
    "torch": lambda: at_once(torch([STORAGE, SYSTEM])),
    "torch with sizes behind": lambda: with_descriptors(torch([SYSTEM])),
    "torch before 1.6": lambda: legacy([STORAGE, SYSTEM]),
    "a pickle behind bytes": lambda: pickle.dumps(NUMBERS, 4)[:-1] + b"0" + pickled(SYSTEM)[2:],
    "a second pickle": lambda: pickle.dumps(NUMBERS, 4) + pickled(SYSTEM),
    "tar": lambda: tar({"a.safetensors": safetensors(), "b.pkl": pickled(SYSTEM)}),
    "tar.gz": lambda: gzip.compress(tar({"a.safetensors": safetensors(), "b.pkl": pickled(SYSTEM)}), 0),
}


@pytest.mark.parametrize("piece", [1 << 20, 4099])
@pytest.mark.parametrize("make", SAFE.values(), ids=SAFE)
def test_weights_are_proved_as_they_stream_by(make: Callable[[], bytes], piece: int) -> None:
    data = make()
    whole = judge(Content("m", memoryview(data)))
    assert together(whole)[0] is Judgement.SAFE
    assert judged(data, "m", piece, MOST) == whole


@pytest.mark.parametrize("make", BAD.values(), ids=BAD)
def test_what_is_bad_is_told_too(make: Callable[[], bytes]) -> None:
    data = make()
    whole = judge(Content("m", memoryview(data)))
    assert together(whole)[0] is Judgement.UNSAFE
    assert together(judged(data, "m", 10_007, MOST)) == together(whole)


@pytest.mark.parametrize("make", SAFE.values(), ids=SAFE)
def test_no_more_is_held_than_may_be(make: Callable[[], bytes]) -> None:
    data = make()
    one = streamed(data, 1 << 16, MOST)
    held = one.held
    assert held < MOST
    one.done()


@pytest.mark.parametrize(
    "data",
    [
        safetensors()[:-1],
        safetensors() + b"x",
        NUMBERS,
        pickle.dumps([float(number) for number in range(SIZE // 9)]),
        gzip.compress(NUMBERS, 0),
        gzip.compress(tar({"a.safetensors": safetensors()}), 0)[:-1],
        gzip.compress(tar({"a.safetensors": safetensors()})[:SIZE], 0),
        zstandard.compress(tar({"a.safetensors": safetensors()}), -100)[:-5],
    ],
    ids=range(8),
)
def test_what_is_cut_or_too_much_to_hold_is_never_safe(data: bytes) -> None:
    assert together(judged(data, "m.safetensors", 1 << 18, MOST))[0] in (Judgement.UNREAD, Judgement.UNPROVED)


def test_a_file_of_another_size_than_was_said_is_unread() -> None:
    data = safetensors()
    for size in (len(data) - 1, len(data) + 1, 10, 2 * len(data)):
        one = Streamed(size, MOST)
        for at in range(0, len(data), 1 << 16):
            one.feed(memoryview(data)[at : at + (1 << 16)])
        found = judge(Content("m.safetensors", one.done()))
        assert together(found)[0] is Judgement.UNREAD


def test_nothing_more_is_looked_at_once_too_much_would_be_held() -> None:
    one = streamed(NUMBERS, 1 << 16, MOST)
    assert one.full
    assert together(judge(Content("m", one.done())))[0] is Judgement.UNREAD


def test_a_hole_is_never_taken_for_zeros() -> None:
    view = streamed(safetensors(), 1 << 16, MOST).done()
    middle = view[SIZE // 2 : SIZE // 2 + 100_000]
    assert len(middle) == 100_000
    looks: tuple[Callable[[], object], ...] = (
        lambda: middle[0], lambda: bytes(middle), lambda: any(middle), lambda: middle == middle[1:],
        lambda: middle[:10][0],
        lambda: int.from_bytes(middle, "little"), lambda: bytes(view), lambda: middle[::2],
    )  # fmt: skip
    for look in looks:
        with pytest.raises(HoleError):
            look()
    with pytest.raises(TypeError):
        struct.unpack("<I", middle[:4])


def test_a_small_file_is_held_whole() -> None:
    data = safetensors()[: MOST // 8]
    assert streamed(data, 1000, MOST).done() == data


def test_an_extremely_large_file_costs_what_its_headers_do() -> None:
    """100 GB of tensors, of which every piece is the same."""
    size, piece = 100 << 30, memoryview(bytes(64 << 20))
    header = json.dumps({"w": {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}}).encode()
    one = Streamed(8 + len(header) + size)
    one.feed(memoryview(struct.pack("<Q", len(header)) + header))
    for _ in range(size // len(piece)):
        one.feed(piece)
    assert one.held < 1 << 20
    assert together(judge(Content("m.safetensors", one.done())))[0] is Judgement.SAFE


def test_classes_that_no_list_has_are_unproved_as_they_stream_by() -> None:
    data = pickle.dumps(NUMBERS, 4)[:-1] + b"0" + op(New(Global("mine.Class"))) + b"."
    assert together(judged(data, "m.pkl", 1 << 16, MOST))[0] is Judgement.UNPROVED
