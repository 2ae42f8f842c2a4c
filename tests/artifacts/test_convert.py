"""Conversion: every tensor equal to its source, one clear reason where there is none, and never a file in halves."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourhalf.artifacts.conversion.tensors import Dtype, Tensor, in_a_row
from ourhalf.artifacts.convert import ConversionError, Converted, convert
from tests.artifacts.pickles.assembly import Build, Call, Get, Global, Op, Put, Raw, pickled

FLOATS = struct.pack("<12f", *range(12))
MAGIC = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."


class Storage(Op):
    """A storage, by its persistent id."""

    def __init__(self, key: str, count: int, kind: str = "torch.FloatStorage") -> None:
        self.name = ("storage", Global(kind), key, "cpu", count)

    def code(self) -> bytes:
        return pickled(self.name, 0)[:-1] + b"Q"


def tensor(storage: Op, shape: tuple[int, ...], stride: tuple[int, ...], offset: int = 0, *more: Any) -> Op:
    hooks = Call(Global("collections.OrderedDict"))
    return Call(Global("torch._utils._rebuild_tensor_v2"), storage, offset, shape, stride, False, hooks, *more)


ALL = Storage("0", 12)


def archive(value: Any, storages: dict[str, bytes], **notes: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("m/data.pkl", pickled(value, 2))
        for name, content in ({"version": b"3\n"} | notes).items():
            file.writestr(f"m/{name}", content)
        for key, content in storages.items():
            file.writestr(f"m/data/{key}", content)
    return made.getvalue()


def legacy(value: Any, storages: dict[str, bytes], width: int = 4, little: bool = True) -> bytes:
    head = MAGIC + pickled(1001, 2) + pickled({"little_endian": little}, 2) + pickled(value, 2)
    return (
        head + pickled(list(storages), 2) + b"".join(struct.pack("<q", len(s) // width) + s for s in storages.values())
    )


def array(content: bytes, shape: tuple[int, ...], code: str = "f4", order: str = "<", first: bool = False) -> Op:
    empty = Call(Global("numpy.core.multiarray._reconstruct"), Global("numpy.ndarray"), (0,), b"b")
    kind = Build(Call(Global("numpy.dtype"), code, False, True), (3, order, None, None, None, -1, -1, 0))
    return Build(empty, (1, shape, kind, first, content))


def done(folder: Path, data: bytes, name: str = "m.bin") -> tuple[Converted, dict[str, tuple[str, list[int], bytes]]]:
    """What is said, and what was written, read by the format's description alone."""
    (folder / name).write_bytes(data)
    said = convert(str(folder / name), str(folder / "m.safetensors"))
    written = (folder / "m.safetensors").read_bytes()
    size = int.from_bytes(written[:8], "little")
    header = json.loads(written[8 : 8 + size])
    header.pop("__metadata__")
    assert sorted(p.name for p in folder.iterdir()) == sorted([name, "m.safetensors"])
    return said, {
        key: (
            one["dtype"],
            one["shape"],
            written[8 + size + one["data_offsets"][0] : 8 + size + one["data_offsets"][1]],
        )
        for key, one in header.items()
    }


def refused(folder: Path, data: bytes, name: str = "m.bin") -> str:
    (folder / name).write_bytes(data)
    with pytest.raises(ConversionError) as caught:
        convert(str(folder / name), str(folder / "m.safetensors"))
    assert [p.name for p in folder.iterdir()] == [name]
    return str(caught.value)


def test_state_dict_with_views_and_ties(tmp_path: Path) -> None:
    value = {
        "plain": Put(200, tensor(Put(201, ALL), (3, 4), (4, 1))),
        "turned": tensor(Get(201), (4, 3), (1, 4)),
        "part": tensor(Get(201), (2, 2), (4, 2), 1),
        "spread": tensor(Get(201), (2, 3), (1, 0)),
        "tied": Get(200),
        "none": tensor(Get(201), (0, 3), (3, 1)),
        "one": tensor(Get(201), (), (), 11),
        "deep": {"list": [tensor(Get(201), (1,), (1,), 7)], 5: "text"},
        "epoch": 3,
    }
    said, got = done(tmp_path, archive(value, {"0": FLOATS}, byteorder=b"little"))
    numbers = {key: struct.unpack(f"<{len(raw) // 4}f", raw) for key, (_, _, raw) in got.items()}
    assert numbers == {
        "plain": tuple(range(12)), "tied": tuple(range(12)), "turned": (0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11),
        "part": (1, 3, 5, 7), "spread": (0, 0, 0, 1, 1, 1), "none": (), "one": (11,), "deep.list.0": (7,),
    }  # fmt: skip
    assert got["turned"][:2] == ("F32", [4, 3])
    assert said == Converted(8, sum(len(raw) for _, _, raw in got.values()), ("deep.5 (a text)", "epoch (a number)"))


@pytest.mark.parametrize(
    ("kind", "dtype", "width"),
    [("Half", "F16", 2), ("BFloat16", "BF16", 2), ("Long", "I64", 8), ("Bool", "BOOL", 1), ("ComplexFloat", "C64", 8)],
)
def test_types(tmp_path: Path, kind: str, dtype: str, width: int) -> None:
    raw = bytes(range(6 * width))
    value = {"t": tensor(Storage("0", 6, f"torch.{kind}Storage"), (3, 2), (1, 3))}
    _, got = done(tmp_path, archive(value, {"0": raw}))
    elements = [raw[n * width : (n + 1) * width] for n in (0, 3, 1, 4, 2, 5)]
    assert got == {"t": (dtype, [3, 2], b"".join(elements))}


def test_before_1_6(tmp_path: Path) -> None:
    value = {"b": tensor(Storage("7", 2), (2,), (1,)), "a": tensor(Storage("9", 12), (3, 4), (4, 1))}
    _, got = done(tmp_path, legacy(value, {"9": FLOATS, "7": FLOATS[4:12]}))
    assert got == {"a": ("F32", [3, 4], FLOATS), "b": ("F32", [2], FLOATS[4:12])}


@pytest.mark.parametrize("data", [pickled({"w": array(FLOATS, (3, 4))}), pickled({"w": array(FLOATS, (3, 4))}, 2)])
def test_pickle_of_arrays(tmp_path: Path, data: bytes) -> None:
    assert done(tmp_path, data)[1] == {"w": ("F32", [3, 4], FLOATS)}


def test_first_dimension_fastest(tmp_path: Path) -> None:
    _, got = done(tmp_path, pickled(array(FLOATS, (2, 6), first=True)))
    assert got == {"tensor": ("F32", [2, 6], struct.pack("<12f", 0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11))}


def npy(content: bytes, shape: str, code: str = "<f4") -> bytes:
    header = f"{{'descr': '{code}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + content


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_numpy(tmp_path: Path, method: int) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as file:
        file.writestr("a.npy", npy(FLOATS, "(3, 4)"))
        file.writestr("b.npy", npy(b"\1\2\3", "(3,)", "|u1"))
    _, got = done(tmp_path, made.getvalue())
    assert got == {"a": ("F32", [3, 4], FLOATS), "b": ("U8", [3], b"\1\2\3")}


ONE = {"w": tensor(ALL, (12,), (1,))}
REFUSED: list[tuple[bytes, str]] = [
    (b"cposix\nsystem\n(S'id'\ntR.", "it is unsafe: it takes posix.system, which runs commands"),
    (b"\x80\x04\x8c\x04mine\x8c\x03Own\x93)\x81.", "it is unproved: it takes mine.Own"),
    (archive(ONE, {"0": FLOATS})[:-5], "it is un"),
    (b"", "it is empty"),
    (b"\x89PNG\r\n", "no format that is known"),
    (pickled({"epoch": 3}), "it holds no tensors"),
    (archive(ONE, {"0": FLOATS[:-4]}), "a storage is not as long as it says"),
    (archive(ONE, {}), "storage 0 is not in it"),
    (archive(ONE, {"0": FLOATS}, byteorder=b"big"), "the other order"),
    (archive({"w": tensor(ALL, (4, 4), (4, 1))}, {"0": FLOATS}), "goes beyond the bytes of its storage"),
    (archive({"w": tensor(ALL, (2,), (1,), 11)}, {"0": FLOATS}), "goes beyond the bytes of its storage"),
    (archive({"w": tensor(ALL, (-2,), (1,))}, {"0": FLOATS}), "that nothing has"),
    (archive({"w": tensor(ALL, (1 << 30,), (0,))}, {"0": FLOATS}), "so often that they would take 4,294,967,296 bytes"),
    (archive({"w": ONE["w"], "x": ALL}, {"0": FLOATS}), "x is a storage without a shape"),
    (archive({"a.b": ONE["w"], "a": {"b": ONE["w"]}}, {"0": FLOATS}), "two tensors would be named a.b"),
    (archive({"__metadata__": ONE["w"]}, {"0": FLOATS}), "keeps for itself"),
    (archive({"w": ONE["w"], "s": Raw(b"\x8f(" + ONE["w"].code() + b"\x90")}, {"0": FLOATS}), "1 of its tensors lie"),
    (archive({"w": tensor(ALL, (12,), (1,), 0, {"conj": True})}, {"0": FLOATS}), "conjugate or negative"),
    (archive({"w": tensor(Storage("0", 6, "torch.QInt8Storage"), (6,), (1,))}, {"0": FLOATS[:6]}), "no type that"),
    (legacy(ONE, {"0": FLOATS}, little=False), "the other order"),
    (legacy(ONE, {"0": FLOATS})[:-1], "longer or shorter"),
    (legacy(ONE, {"1": FLOATS}), "it names storages that it does not hold"),
    (pickled({"w": array(FLOATS, (12,), order=">")}), "the other order"),
    (pickled({"w": array(FLOATS, (11,))}), "an array is not as long as its shape says"),
    (pickled({"w": array(FLOATS, (3, 1), "c16")}), "an array of type c16 has none"),
    (pickled({"w": array(FLOATS, (12,))}) + pickled(1), "more than one pickle is in it"),
    (b"\x80\x04}X\3\0\0\0\xed\xa0\x80" + array(FLOATS, (12,)).code() + b"s.", "is no Unicode"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "reason"), REFUSED, ids=[reason[:40] for _, reason in REFUSED])
def test_refused_with_its_reason(tmp_path: Path, data: bytes, reason: str) -> None:
    assert reason in refused(tmp_path, data)


def test_a_value_that_holds_itself(tmp_path: Path) -> None:
    itself = Raw(b"}q\x00(" + b"X\1\0\0\0w" + array(FLOATS, (12,)).code() + b"X\1\0\0\0mh\x00u")
    assert "it holds itself" in refused(tmp_path, pickled(itself))


def test_nothing_is_written_over(tmp_path: Path) -> None:
    source, target = tmp_path / "m.pt", tmp_path / "m.safetensors"
    source.write_bytes(archive(ONE, {"0": FLOATS}))
    target.write_bytes(b"mine")
    with pytest.raises(ConversionError, match="exists already"):
        convert(str(source), str(target))
    assert target.read_bytes() == b"mine"
    assert convert(str(source), str(target), replace=True).tensors == 1
    assert target.read_bytes().endswith(FLOATS)


def test_what_was_not_written_as_it_is_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ourhalf.artifacts import convert as module
    from ourhalf.artifacts.conversion import writing

    def wrong(stream: Any, tensors: dict[str, Tensor], library: str) -> None:
        made = io.BytesIO()
        original(made, tensors, library)
        stream.write(made.getvalue()[:-1] + b"\xff")

    original = writing.write
    monkeypatch.setattr(module, "write", wrong)
    assert "tensor w was not written as it is" in refused(tmp_path, archive(ONE, {"0": FLOATS}))


@st.composite
def views(draw: st.DrawFn) -> Tensor:
    width = draw(st.sampled_from([1, 2, 4, 8, 16]))
    shape = tuple(draw(st.lists(st.integers(0, 4), max_size=4)))
    strides = tuple(draw(st.lists(st.integers(0, 7), min_size=len(shape), max_size=len(shape))))
    if draw(st.booleans()):
        strides = in_a_row(shape, draw(st.booleans()))
    offset = draw(st.integers(0, 5))
    needed = offset + sum(max(0, size - 1) * stride for size, stride in zip(shape, strides, strict=True)) + 1
    content = bytes(n * 7 % 251 for n in range(needed * width + draw(st.integers(0, 3))))
    return Tensor(memoryview(content), Dtype("X", width), shape, strides, offset)


@given(views())
def test_pieces_are_the_elements_in_their_order(view: Tensor) -> None:
    width = view.dtype.width
    places = (
        view.offset + sum(n * stride for n, stride in zip(index, view.strides, strict=True))
        for index in product(*map(range, view.shape))
    )
    wanted = b"".join(bytes(view.data[at * width : (at + 1) * width]) for at in places)
    assert b"".join(bytes(piece) for piece in view.pieces()) == wanted


@given(st.data())
def test_a_changed_byte_raises_nothing_else(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    from ourhalf.artifacts.convert import _converted

    original = bytearray(data.draw(st.sampled_from(SOUND)))
    original[data.draw(st.integers(0, len(original) - 1))] = data.draw(st.integers(0, 255))
    output = tmp_path_factory.getbasetemp() / "fuzzed.safetensors"
    try:
        _converted("m.bin", memoryview(bytes(original)), str(output))
    except ConversionError as error:
        assert str(error)  # noqa: PT017 - either a file or a reason
    else:
        assert output.read_bytes()


SOUND = [
    archive(ONE, {"0": FLOATS}), legacy(ONE, {"0": FLOATS}), pickled({"w": array(FLOATS, (3, 4), first=True)}),
    npy(FLOATS, "(3, 4)"),
]  # fmt: skip
