from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from ourhalf.advisories.feeds import Broken, pieces
from ourhalf.advisories.importers.importer import MAX_RECORD, Piece
from ourhalf.advisories.store import Store
from tests.advisories.made import before, matched, only, osv, package, reasons, store_of

ONE, TWO = b'{"id": "1"}', b'{"id":\n "2"}'


def documents(path: Path) -> list[bytes | str]:
    return [one.data.strip() if isinstance(one, Piece) else one.reason for one in pieces(str(path))]


def zipped(*files: tuple[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return made.getvalue()


def tarred(*files: tuple[str, bytes]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name, data in files:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        link = tarfile.TarInfo("link.json")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return made.getvalue()


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lzma.compress, bz2.compress, zstandard.compress])
@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (ONE, [ONE]),
        (TWO, [TWO]),
        (ONE + b"\n" + ONE + b"\n", [ONE, ONE]),
        (tarred(("a/1.json", ONE), ("2.json", TWO), ("3.txt", b"no")), [ONE, TWO]),
        (b"", []),
    ],
)
def test_packed_or_not(tmp_path: Path, pack: Callable[[bytes], bytes], data: bytes, expected: list[bytes]) -> None:
    (tmp_path / "it").write_bytes(pack(data))
    assert documents(tmp_path / "it") == expected


def test_zips_and_what_lies_in_them(tmp_path: Path) -> None:
    inner = zipped(("2.json", TWO))
    (tmp_path / "it").write_bytes(
        zipped(("1.json", ONE), ("in.zip", inner), ("3.json.gz", gzip.compress(ONE)), ("x", b"x"))
    )
    assert documents(tmp_path / "it") == [ONE, TWO, ONE]


def test_folders_without_links(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "2.json").write_bytes(TWO)
    (tmp_path / "1.json").write_bytes(ONE)
    os.symlink("/etc/passwd", tmp_path / "3.json")
    os.symlink(tmp_path, tmp_path / "in" / "again")
    assert documents(tmp_path) == [ONE, TWO]


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    assert documents(tmp_path) == []
    with pytest.raises(OSError, match="neither a file nor a folder"):
        pieces(str(tmp_path / "pipe.json"))


@pytest.mark.parametrize(
    ("data", "good"),
    [
        (gzip.compress(b"".join(b'{"id": "%d"}\n' % (number**9) for number in range(30_000)))[:-20], 1),
        (lzma.compress((ONE + b"\n") * 50_000)[:-40], 1),
        (zipped(("1.json", ONE))[:-30], 0),
        (tarred(("1.json", ONE), ("2.json", b"x" * 5000))[:2000], 1),
    ],
)
def test_what_is_cut_gives_what_there_is_and_says_so(tmp_path: Path, data: bytes, good: int) -> None:
    (tmp_path / "it").write_bytes(data)
    found = list(pieces(str(tmp_path / "it")))
    assert isinstance(found[-1], Broken)
    assert "cut or damaged" in found[-1].reason
    assert sum(isinstance(one, Piece) for one in found) >= good


def test_a_record_of_50_megabytes_is_passed_over_and_the_rest_goes_in(tmp_path: Path) -> None:
    huge = json.dumps(osv("PYSEC-2026-2", "thing", *before("2"), details="x" * 50_000_000)).encode()
    good = [json.dumps(osv(f"PYSEC-2026-{number}", "thing", *before("2"))).encode() for number in (1, 3)]
    for number, lines in enumerate([[good[0], huge, good[1]], [huge, *good]]):
        path = store_of(tmp_path, b"\n".join(lines), name=f"{number}.db")
        with Store.open(path) as store:
            assert [one.records for one in store.sources() if one.name == "pypa"] == [2]
            assert [one.reason for one in store.quarantined()] == [f"a record larger than {MAX_RECORD:,} bytes"]


def test_a_bomb_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ourhalf.advisories.feeds.MAX_DOCUMENT", 1 << 20)
    (tmp_path / "it.json.gz").write_bytes(gzip.compress(b"[" + b"0," * 10_000_000 + b"0]"))
    found = list(pieces(str(tmp_path / "it.json.gz")))
    assert [type(one) for one in found] == [Broken]


def test_what_is_hostile_costs_itself_only(tmp_path: Path) -> None:
    lines = [
        json.dumps(osv("PYSEC-2026-1", "thing", *before("2"), summary="<img src=x onerror=alert(1)>")),
        '{"id": "PYSEC-2026-2", "modified": "2026-01-01T00:00:00Z", "affected": [',
        json.dumps(osv("PYSEC-2026-3\u0000\u001b[2J", "thing", *before("2"))),
        json.dumps(osv("PYSEC-2026-4", "thing", {"introduced": "2"}, {"fixed": "1"})),
        '{"id": "PYSEC-2026-5", "modified": "", "affected": ' + "[" * 5000 + "]" * 5000 + "}",
        json.dumps(osv("PYSEC-2026-6", "thing", {"introduced": "0"})),
    ]
    path = store_of(tmp_path, "\n".join(lines).encode(), taken="2026-11-24")
    found = matched(path, [package("thing", "1.0")])
    assert [one.id for one in found.matches] == ["PYSEC-2026-1", "PYSEC-2026-6"]
    assert found.matches[0].summary == "<img src=x onerror=alert(1)>"
    assert reasons(found) == "records about it could not be used: pypa:PYSEC-2026-4"
    with Store.open(path) as store:
        assert len(list(store.quarantined())) == 4


def test_what_is_no_advisory_is_told(tmp_path: Path) -> None:
    path = store_of(tmp_path, b"# a page\n\nof text\n", osv("PYSEC-2026-1", "thing", *before("2")))
    assert only(matched(path, [package("thing", "1.0")])).id == "PYSEC-2026-1"
    with Store.open(path) as store:
        assert [one.reason for one in store.quarantined()] == ["no format of advisories that ourhalf reads"]
