"""Which files are taken for pickles, and pickles with arrays between, packed or not."""

from __future__ import annotations

import bz2
import gzip
import lzma
import pickle
import sysconfig
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf.artifacts.files import model_file, named_so
from ourhalf.artifacts.format import Content
from ourhalf.artifacts.formats import compressed, safetensors
from ourhalf.artifacts.formats.pickle import PICKLE
from ourhalf.artifacts.judgement import Judgement
from ourhalf.artifacts.judging import judge, together
from tests.artifacts.pickles.assembly import Build, Call, Get, Global, New, Op, Put, Raw, Then, op, pickled
from tests.artifacts.pickles.test_arrays import OBJECTS, RECORD, kind

FORMATS = (PICKLE, compressed.COMPRESSED, safetensors.SAFETENSORS)
ATTACK = b"cposix\nsystem\n(S'id'\ntR."


def taken(data: bytes, name: str = "file") -> bool:
    return PICKLE.recognises(Content(name, memoryview(data)))


def judged(data: bytes, name: str = "file") -> tuple[tuple[str, ...], Judgement]:
    found = judge(Content(name, memoryview(data)))
    return tuple(one.format for one in found), together(found)[0]


@pytest.mark.parametrize(
    "begun",
    [b"", b"\x80\x00", b"\x80\x01", b"\x80\x05", b"N0", b"I1\n0", b"K\x010", b"]0", b"(1", b"VX\n0",
     b"\x95\x05\0\0\0\0\0\0\0", b"X\x00\x00\x02\x00" + b"x" * 0x20000 + b"0", b"N0" * 10_000],
    ids=lambda begun: repr(begun[:4]),
)  # fmt: skip
@pytest.mark.parametrize("end", [b"", b"\x00\x01 what follows", b"\n"])
def test_a_pickle_is_one_however_it_begins_and_ends(begun: bytes, end: bytes) -> None:
    formats, judgement = judged(begun + ATTACK + end)
    assert formats == ("pickle",)
    assert judgement is Judgement.UNSAFE


@pytest.mark.parametrize(
    "data", [ATTACK[:-1], ATTACK[:-1] + b"\xff", b"cm\nn\n)\x81", b"(S'x'\nim\nn\n\xff", b"cm\nn\n(tRq"]
)
def test_what_calls_before_it_breaks_is_one(data: bytes) -> None:
    assert taken(data)
    assert judged(data)[1] is not Judgement.SAFE


@pytest.mark.parametrize("data", [b"cm\nn\n", b"cm\nn\nq\x00\xff"])
def test_what_breaks_without_a_call_is_one_where_it_is_named_so(data: bytes) -> None:
    assert taken(data, "model.pkl")
    assert not taken(data)


TEXTS = (
    "click\nflask\n",
    "click\nflask\n.hidden\nzope\n",
    "Python\n.venv\n",
    "(see the notice\nin this folder)\n",
    "import os\n",
    "if x:\n    pass\n",
    "N.B. not a pickle\n",
    "].\n",
    "class A:\n    pass\n",
    "cython==3\nnumpy==2\n",
)


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_that_begins_like_one_is_none(text: str) -> None:
    assert not taken(text.encode())


def test_no_file_of_installed_packages_is_taken_for_one() -> None:
    """Thousands of texts and programs: what is found must be one by its bytes."""
    root = Path(sysconfig.get_paths()["purelib"])
    looked_at = 0
    for path in root.rglob("*"):
        if not path.is_file() or path.stat().st_size > 1 << 20:
            continue
        content = Content(path.name, memoryview(path.read_bytes()))
        looked_at += 1
        names = {
            one.name for one in (PICKLE, compressed.COMPRESSED, safetensors.SAFETENSORS) if one.recognises(content)
        }
        assert not names or "pickle" in path.name or {".pkl", ".safetensors"} & {*path.suffixes}, (path, names)
    assert looked_at > 1000


def test_lines_for_pythons_search_path_are_no_model() -> None:
    for text in ("/opt/lib\n", "import os; os.environ\n"):
        assert named_so("x.pth")
        assert model_file("site-packages/x.pth", memoryview(text.encode()), wanted=True) is None
    assert model_file("x.pth", memoryview(b"\x00\x01\x02"), wanted=True) is not None
    assert model_file("x.pth", memoryview(ATTACK), wanted=True) is not None


WRAPPER = Global("joblib.numpy_pickle.NumpyArrayWrapper")


def wrapper(dtype: Any, shape: Any, beside: bytes, alignment: Any = 16, made: Any = None, **more: Any) -> Op:
    """An array as joblib writes it."""
    state = {"subclass": Global("numpy.ndarray"), "shape": shape, "order": "C", "dtype": dtype, "allow_mmap": True}
    state |= {"numpy_array_alignment_bytes": alignment} if alignment != "" else {}
    return Raw(op(Build(made or New(WRAPPER), state | more)) + beside)


PADDED = b"\x02\xff\xff"
NUMBERS = wrapper(kind("f8"), (2,), PADDED + b"c" * 16)


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_arrays_between_opcodes_are_passed_over(protocol: int) -> None:
    value = [
        NUMBERS,
        {"old": wrapper(kind("f4"), (3,), b"c" * 12, alignment="")},
        wrapper(RECORD, (), PADDED + b"\xff" * 12),
        wrapper(OBJECTS, (2,), pickle.dumps([1, "x"])),
        wrapper(kind("f8"), (0, 3), b"\x00"),
        1,
    ]
    formats, judgement = judged(pickled(value, protocol))
    assert (formats, judgement) == (("joblib",), Judgement.SAFE)


@pytest.mark.parametrize(
    "value",
    [
        [NUMBERS, Call(Global("posix.system"), "id")],
        [wrapper(OBJECTS, (1,), ATTACK)],
        [wrapper(OBJECTS, (1,), b"\x80\x04]" + NUMBERS.code() + b"a.")],
        # To pickle.load the bytes of the array are opcodes.
        [wrapper(kind("u1"), (len(ATTACK),), ATTACK, alignment=None)],
        [wrapper(kind("u1"), (2,), b"N.", alignment=None)],
        [wrapper(kind("f8"), (1 << 30,), PADDED + b"c" * 16)],
        [wrapper(kind("f8"), (2,), PADDED + b"c" * 16, subclass=Global("pandas.DataFrame"))],
        [wrapper(kind("f8"), (2,), PADDED + b"c" * 16, read=1)],
        [wrapper("f8", (2,), PADDED + b"c" * 16)],
        # Within a frame joblib reads the array behind it, and goes on in it.
        [Raw(b"\x95\xff\x00\x00\x00\x00\x00\x00\x00"), NUMBERS, b"x" * 300],
        # Set twice, its state is that of both: the second array has the padding of the first.
        Then(
            wrapper(kind("u1"), (4,), PADDED + b"cccc", made=Put(1, New(WRAPPER))),
            wrapper(kind("u1"), (4,), b"\xffccc", "", made=Get(1)),
        ),
    ],
)
def test_arrays_between_hide_nothing(value: Any) -> None:
    assert judged(pickled(value))[1] is not Judgement.SAFE


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "zlib": zlib.compress,
    "gzip": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lambda data: lzma.compress(data, lzma.FORMAT_ALONE),
    "zstandard": zstandard.compress,
    "two streams": lambda data: gzip.compress(data[:5]) + gzip.compress(data[5:]),
}


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)
def test_a_packed_pickle_is_judged_as_it_is(pack: Callable[[bytes], bytes]) -> None:
    good, bad = pickled([NUMBERS, "x" * 5000]), pickled(["x" * 5000, Call(Global("posix.system"), "id")])
    assert judged(pack(good)) == (("compressed-pickle",), Judgement.SAFE)
    assert judged(pack(bad)) == (("compressed-pickle",), Judgement.UNSAFE)
    assert judged(pack(good)[:-9])[1] is Judgement.UNREAD or not judged(pack(good)[:-9])[0]
    assert judged(pack(good) + b"what follows")[1] is Judgement.UNREAD
    assert "compressed-pickle" not in judged(pack(b"a text, no pickle"))[0]


def test_what_unpacks_to_too_much_is_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compressed, "MAX_UNPACKED", 1 << 16)
    for pack in PACKERS.values():
        assert judged(pack(pickled("x" * (1 << 18))))[1] is Judgement.UNREAD


def test_what_nothing_here_unpacks_is_unread() -> None:
    magic = b"\x04\x22\x4d\x18"
    formats, judgement = judged(magic + b"x" * 40, "model.joblib")
    assert "compressed-pickle" in formats
    assert judgement is Judgement.UNREAD
    assert "compressed-pickle" not in judged(magic + b"x" * 40)[0]


@pytest.mark.parametrize("writer", ["cloudpickle.cloudpickle._make_function", "dill._dill._create_function"])
def test_functions_by_their_code_are_told_with_their_writer(writer: str) -> None:
    (found,) = judge(Content("f.pkl", memoryview(pickled(Call(Global(writer), b"code")))))
    assert found.judgement is Judgement.UNSAFE
    assert found.facts["writer"] == writer.split(".", maxsplit=1)[0]


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 400), st.binary(max_size=3), st.sampled_from([zlib.compress, bz2.compress, bytes]))
def test_changes_never_raise(at: int, piece: bytes, pack: Callable[[bytes], bytes]) -> None:
    data = bytearray(pack(pickled([NUMBERS, wrapper(OBJECTS, (2,), pickle.dumps([1, "x"]))])))
    data[at : at + 2] = piece
    for one in judge(Content("x.joblib", memoryview(bytes(data)))):
        assert not any("failed" in reason.what for reason in one.reasons)
