"""The walk of tars: it agrees with Python's tarfile and with what GNU tar packed."""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
import tarfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourhalf.images.entries import FILE, FOLDER, HARD_LINK, LINK, OTHER, normal
from ourhalf.images.tarheaders import TarError, number, records
from tests.images.layouts import folder, link, member, tar, walked

_KINDS = {
    tarfile.REGTYPE: FILE,
    tarfile.DIRTYPE: FOLDER,
    tarfile.SYMTYPE: LINK,
    tarfile.LNKTYPE: HARD_LINK,
    tarfile.CHRTYPE: OTHER,
    tarfile.FIFOTYPE: OTHER,
}
_PART = st.text(
    st.characters(codec="utf-8", exclude_characters="/\0\\", exclude_categories=["Cs"]), min_size=1, max_size=60
)
_NAMES = st.lists(_PART.filter(lambda part: part not in {".", ".."} and ".wh." not in part), min_size=1, max_size=6)
_MEMBERS = st.lists(
    st.tuples(
        _NAMES.map("/".join),
        st.sampled_from(list(_KINDS)),
        st.binary(max_size=1500),
        st.integers(0, 0o7777),
        st.integers(0, 1 << 40),
        _NAMES.map("/".join),
    ),
    max_size=12,
)


@given(_MEMBERS, st.sampled_from([tarfile.PAX_FORMAT, tarfile.GNU_FORMAT]), st.integers(1, 5000))
def test_it_agrees_with_tarfile(made: list[tuple[str, bytes, bytes, int, int, str]], form: int, pieces: int) -> None:
    members = [
        member(
            name, data if kind == tarfile.REGTYPE else b"", type=kind, mode=mode, uid=user, gid=7,
            linkname=target if kind in {tarfile.SYMTYPE, tarfile.LNKTYPE} else "",
        )
        for name, kind, data, mode, user, target in made
    ]  # fmt: skip
    archive = tar(*members, form=form)
    with tarfile.open(fileobj=io.BytesIO(archive)) as read:
        expected = [
            (normal(one.name), _KINDS[one.type], one.size, one.mode, one.uid, one.gid, one.linkname) for one in read
        ]
    content = walked(archive, pieces)
    assert [
        tuple(getattr(one, field) for field in ("path", "kind", "size", "mode", "user", "group", "target"))
        for one in content.entries
    ] == expected
    files = [data for _, kind, data, *_ in made if kind == tarfile.REGTYPE]
    kept = [content.kept[n]["all"] for n, one in enumerate(content.entries) if one.kind == FILE]
    assert kept == files


@given(st.binary(max_size=3000), st.integers(1, 700))
def test_any_bytes_are_walked_or_refused(data: bytes, pieces: int) -> None:
    with suppress(TarError):
        walked(data, pieces)


@given(st.data())
def test_a_damaged_tar_is_walked_or_refused(data: st.DataObject) -> None:
    archive = bytearray(tar(folder("a"), member("a/b", b"x" * 700), link("c", "a/b"), member("n" * 200, b"y")))
    for _ in range(data.draw(st.integers(1, 4))):
        archive[data.draw(st.integers(0, len(archive) - 1))] = data.draw(st.integers(0, 255))
    with suppress(TarError):
        walked(bytes(archive), 512)


@pytest.mark.parametrize("at", [1, 511, 512, 513, 1023, 1024, 1535])
def test_a_truncated_tar_is_told(at: int) -> None:
    archive = tar(member("a", b"x" * 600), member("b", b"y"))
    with pytest.raises(TarError, match="ends within an entry"):
        walked(archive[:at] if at != 512 else archive[:512])


@pytest.mark.parametrize("version", ["gnu", "0.0", "0.1", "1.0"])
def test_sparse_files_are_what_gnu_tar_packed(tmp_path: Path, version: str) -> None:
    if shutil.which("tar") is None:
        pytest.skip("tar (Debian package tar) is not installed")
    with open(tmp_path / "sparse", "wb") as file:
        for part in range(60):
            file.seek(part * 65536 + 4096)
            file.write(bytes([part + 1]) * 3000)
        file.truncate(5_000_000)
    form = ["--format=gnu"] if version == "gnu" else ["--format=posix", f"--sparse-version={version}"]
    done = subprocess.run(["tar", "-S", *form, "-C", tmp_path, "-cf", "-", "sparse"], capture_output=True, check=True)
    assert len(done.stdout) < 1_000_000  # it was packed as a sparse file
    content = walked(done.stdout, 1000)
    (entry,) = content.entries
    assert (entry.path, entry.size) == ("sparse", 5_000_000)
    assert content.kept[0]["all"] == (tmp_path / "sparse").read_bytes()


def test_capabilities_are_told() -> None:
    info, data = member("bin/ping", b"x")
    info.pax_headers = {"SCHILY.xattr.security.capability": "\x01\x02"}
    (entry, other) = walked(tar((info, data), member("bin/ls"))).entries
    assert entry.capabilities
    assert not other.capabilities


def test_numbers_in_base_256() -> None:
    assert number(b"\x80" + (1 << 40).to_bytes(11, "big")) == 1 << 40
    with pytest.raises(TarError, match="negative"):
        number(b"\xff" * 12)


@pytest.mark.parametrize(
    "data",
    [b"5 a=\n", b"0 a=b\n", b"99 a=b\n", b"7 a=b\nx", b"6 abc\n", b"-6 a=b\n", b"x a=b\n", b"9 a=b\0c\n\n"],
)
def test_broken_records_are_refused(data: bytes) -> None:
    if data == b"5 a=\n":
        assert records(data) == {"a": ""}
        return
    with pytest.raises(TarError):
        records(data)


def test_an_extension_of_a_gigabyte_is_refused() -> None:
    info = tarfile.TarInfo("x")
    info.type, info.size = b"x", 1 << 30
    with pytest.raises(TarError, match="more than"):
        walked(info.tobuf(tarfile.GNU_FORMAT) + bytes(4096))


def test_a_size_that_a_record_states_counts() -> None:
    body = b"hello"
    info, _ = member("a", body)
    plain = bytearray(tar((info, body), member("b", b"z"), form=tarfile.USTAR_FORMAT))
    record = b"10 size=5\n"
    extended = tarfile.TarInfo("p")
    extended.type, extended.size = b"x", len(record)
    plain[124:136] = b"00000000000\0"
    header = bytes(plain[:148]) + b"        " + bytes(plain[156:512])
    plain[148:156] = b"%06o\0 " % sum(header)
    content = walked(extended.tobuf(tarfile.USTAR_FORMAT) + record.ljust(512, b"\0") + bytes(plain))
    assert [(one.path, one.size) for one in content.entries] == [("a", 5), ("b", 1)]


def test_what_runtimes_do_with_global_headers_is_done() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT, pax_headers={"path": "other"}) as archive:
        archive.addfile(member("a", b"x")[0], io.BytesIO(b"x"))
    assert [one.path for one in walked(out.getvalue()).entries] == ["a"]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("./a", "a"), ("/a/b", "a/b"), ("a//b/", "a/b"), ("a/./b", "a/b"), ("a/../b", "b"), ("..", None),
        ("../x", None), ("a/../../x", None), (".", ""), ("./", ""), ("a/.", "a"), ("...", "..."), ("a..b", "a..b"),
    ],
)  # fmt: skip
def test_paths_stay_inside(name: str, path: str | None) -> None:
    assert normal(name) == path
    content = walked(tar(folder(name)))
    assert [one.path for one in content.entries] == ([path] if path else [])
    assert bool(content.problem) is (path is None)


def test_sparse_maps_that_lie_are_refused() -> None:
    info, data = member("s", b"x" * 600)
    for stated in ("0,100,50,100", "0,600,5000,10", "5000,600", "1,2,3"):
        info.pax_headers = {
            "GNU.sparse.map": stated, "GNU.sparse.size": "700", "GNU.sparse.major": "0", "GNU.sparse.minor": "1",
        }  # fmt: skip
        try:
            content = walked(tar((info, data)))
        except TarError:
            continue
        assert isinstance(content.kept.get(0, {}).get("all"), bytes)
        assert len(content.kept[0]["all"]) <= 700  # type: ignore[arg-type]


def test_a_hole_of_an_exabyte_takes_no_time() -> None:
    info, data = member("s", b"x" * 512)
    info.pax_headers = {
        "GNU.sparse.map": f"{1 << 60},512", "GNU.sparse.size": str((1 << 60) + 512),
        "GNU.sparse.major": "0", "GNU.sparse.minor": "1",
    }  # fmt: skip
    content = walked(tar((info, data)))
    assert content.entries[0].size == (1 << 60) + 512
    assert not isinstance(content.kept[0]["all"], bytes)


def test_old_gnu_maps_are_bounded() -> None:
    info = tarfile.TarInfo("s")
    info.type = b"S"
    block = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    block[482] = 1
    block[148:156] = b"%06o\0 " % sum(bytes(block[:148]) + b"        " + bytes(block[156:]))
    more = b"".join(struct.pack("12s12s", b"%011o" % number_, b"%011o" % 0) for number_ in range(21)) + b"\1"
    with pytest.raises(TarError, match="too long"):
        walked(bytes(block) + more.ljust(512, b"\0") * 20_000)
