"""Tar archives: what is in them is judged; links, devices and ways out are told; what cannot be read is unread."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import pickle
import tarfile
import zipfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf.artifacts.judgement import Judgement
from tests.artifacts.shapes import formats, found, judged, never_fails, why

SAFE, UNSAFE, UNPROVED, UNREAD = Judgement.SAFE, Judgement.UNSAFE, Judgement.UNPROVED, Judgement.UNREAD
HEADER = b'{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'
SAFETENSORS = len(HEADER).to_bytes(8, "little") + HEADER + b"\0\0\0\0"
DATA, SYSTEM = pickle.dumps({"a": [1]}), b"cposix\nsystem\n(S'id'\ntR."


def entry(name: str, data: bytes = b"", **fields: Any) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for key, value in fields.items():
        setattr(info, key, value)
    return info, data


def archive(*entries: tuple[tarfile.TarInfo, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as writer:
        for info, data in entries:
            writer.addfile(info, io.BytesIO(data))
    return out.getvalue()


MODEL = entry("m.safetensors", SAFETENSORS)
GOOD = archive(MODEL, entry("./folder", type=tarfile.DIRTYPE), entry("folder/config.txt", b"text"))


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
def test_an_archive_of_data_is_safe(form: int, pack: Any) -> None:
    data = pack(archive(MODEL, entry("x" * 150 + "/m.pkl", DATA), form=form))
    (one,) = (one for one in found(data, "model.tar.gz") if one.format == "tar")
    assert (one.judgement, one.model) == (SAFE, True)
    assert one.facts == {"files": "2", "models": "1 pickle, 1 safetensors"}


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress])
def test_a_part_of_it_is_never_safe(pack: Any) -> None:
    data = pack(GOOD)
    # The zeros at the end of a plain archive are not needed; those that are packed are part of the stream.
    last = GOOD.rindex(b"text") + 4 if pack is bytes else len(data)
    for end in range(0, last, 37):
        assert never_fails(data[:end], "model.tar.gz") is not SAFE, end


@pytest.mark.parametrize(
    ("entries", "judgement", "told"),
    [
        ([entry("m.pkl", SYSTEM)], UNSAFE, "posix.system"),
        ([entry("inner.tar.gz", gzip.compress(archive(entry("m.pkl", SYSTEM))))], UNSAFE, "posix.system"),
        ([entry("../m", DATA)], UNSAFE, "outside of its folder"),
        ([entry("/m", DATA)], UNSAFE, "outside of its folder"),
        ([entry("l", type=tarfile.SYMTYPE, linkname="/etc")], UNSAFE, "link out of its folder"),
        ([entry("a/l", type=tarfile.SYMTYPE, linkname="../../etc")], UNSAFE, "link out of its folder"),
        ([entry("a/l", type=tarfile.LNKTYPE, linkname="../etc")], UNSAFE, "link out of its folder"),
        ([entry("a/l", type=tarfile.SYMTYPE, linkname="../m.safetensors")], UNPROVED, "not followed"),
        (
            [entry("l", type=tarfile.SYMTYPE, linkname="folder"), entry("l/m.pkl", DATA)],
            UNSAFE,
            "through a link",
        ),
        ([entry("d", type=tarfile.CHRTYPE)], UNSAFE, "device"),
        ([entry("d", type=tarfile.FIFOTYPE)], UNSAFE, "device or pipe"),
        ([entry("m.safetensors", SAFETENSORS)], UNPROVED, "twice"),
        ([entry("code/inference.py", b"import os")], UNPROVED, "import it"),
        ([entry("code/requirements.txt", b"evil")], UNPROVED, "install"),
    ],
)
def test_what_is_in_it_decides(entries: list[tuple[tarfile.TarInfo, bytes]], judgement: Judgement, told: str) -> None:
    for data in (archive(MODEL, *entries), gzip.compress(archive(MODEL, *entries))):
        assert judged(data) is judgement
        assert told in why(data)


def test_what_follows_its_end_is_told() -> None:
    hidden = archive(entry("m.pkl", SYSTEM))
    assert judged(GOOD + hidden) is UNREAD
    assert judged(gzip.compress(GOOD) + b"more") is UNREAD
    assert judged(gzip.compress(GOOD) + gzip.compress(hidden)) is UNREAD
    assert judged(GOOD + b"\0" * 10_240) is SAFE


def test_a_bomb_is_not_unpacked() -> None:
    data = gzip.compress(GOOD, 9) + gzip.compress(b"\0" * (300 << 20), 9)
    assert judged(data) is UNREAD
    assert "more than is looked at" in why(data)


def test_a_header_that_is_too_long_is_not_read() -> None:
    info = tarfile.TarInfo("pax")
    info.type, info.size = tarfile.XHDTYPE, 1 << 32
    data = info.tobuf(tarfile.USTAR_FORMAT) + b"\0" * 4096
    assert judged(data) is UNREAD


def test_sparse_files_are_unread() -> None:
    info = tarfile.TarInfo("s")
    info.type = tarfile.GNUTYPE_SPARSE
    data = info.tobuf(tarfile.GNU_FORMAT) + b"\0" * 4096
    assert judged(data) is not SAFE


def test_an_archive_in_its_last_file_is_a_file_of_it_and_no_other() -> None:
    """Readers of ZIP find it by its end, through the zeros that end the outer archive."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as made:
        made.writestr("config.json", b"{}")
    data = archive(entry("code/a.txt", b"text"), entry("model.zip", inner.getvalue()), form=tarfile.USTAR_FORMAT)
    assert formats(data) == {"tar"}
    assert judged(data) is Judgement.SAFE
    # One that no file of the outer archive holds as a whole is another file to who looks at the end.
    half = archive(entry("a", inner.getvalue()[:40]), form=tarfile.USTAR_FORMAT)[:1024] + inner.getvalue()
    assert "zip" in formats(half)
    assert judged(half) is not Judgement.SAFE
    assert "zip" in formats(archive(entry("a", b"x"), form=tarfile.USTAR_FORMAT) + inner.getvalue())


def nemo(config: str) -> bytes:
    return archive(entry("./model_config.yaml", config.encode()), MODEL)


def test_archives_of_nemo_are_told_with_what_they_make() -> None:
    good = nemo("target: nemo.collections.asr.models.EncDecCTCModel\nencoder: {_target_: torch.nn.Linear}\n")
    (one,) = found(good)
    assert (one.format, one.judgement) == ("nemo", SAFE)
    assert one.facts["target"] == "nemo.collections.asr.models.EncDecCTCModel"
    for bad in (
        "{a: {_target_: os.system}}",
        '{"\\u005ftarget_": os.system}',
        "_target_: *a",
        "_target_: torch.hub.load",
    ):
        assert judged(nemo(f"x: &a os.system\ny: {bad}" if "*" in bad else f"y: {bad}")) in {UNPROVED, UNREAD}, bad
    assert judged(nemo("a: !!python/object/apply:os.system [id]")) is UNSAFE
    assert judged(nemo("a: [")) is UNREAD


def test_a_text_is_none() -> None:
    assert formats(b"hello " * 200) == set()


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_change_is_borne(draw: st.DataObject) -> None:
    data = bytearray(draw.draw(st.sampled_from([GOOD, gzip.compress(GOOD), archive(MODEL, form=tarfile.GNU_FORMAT)])))
    for _ in range(draw.draw(st.integers(1, 3))):
        data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    never_fails(bytes(data))
