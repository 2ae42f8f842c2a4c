"""Opening what somebody sent: folders, archives, and what should not be in them."""

from __future__ import annotations

import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from ourhalf.evidence import manifest
from ourhalf.evidence.bundle import write
from ourhalf.evidence.errors import EvidenceError, NoBundleError
from ourhalf.evidence.opened import open_bundle
from tests.evidence.support import bundle


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(bundle(), str(tmp_path / "bundle"))
    return tmp_path / "bundle"


def _faults(path: Path) -> dict[str, str]:
    return {fault.file: fault.reason for fault in open_bundle(str(path)).faults}


def test_a_folder_is_read_whole(folder: Path) -> None:
    found = open_bundle(str(folder))
    assert found.files == bundle()
    assert found.faults == ()
    assert open_bundle(f"{folder}/") == found


def test_links_are_refused(folder: Path, tmp_path: Path) -> None:
    (folder / "evidence.json").rename(tmp_path / "elsewhere")
    (folder / "evidence.json").symlink_to(tmp_path / "elsewhere")
    (folder / "more.json").symlink_to("/etc/passwd")
    (folder / "below").symlink_to("..")
    found = open_bundle(str(folder))
    assert "evidence.json" not in found.files
    assert {fault.reason for fault in found.faults} == {"is a symbolic link, which no bundle holds"}
    assert {fault.file for fault in found.faults} == {"evidence.json", "more.json", "below"}


def test_what_was_added_is_told(folder: Path) -> None:
    (folder / "evidence2.json").write_bytes(bundle()["evidence.json"])
    (folder / "below").mkdir()
    (folder / ".hidden").touch()
    (folder / os.fsdecode(b"\xff.json")).touch()
    added = "is no file of the bundle: it was added"
    assert _faults(folder) == {
        "evidence2.json": added,
        "below": "is a folder, which no bundle holds",
        ".hidden": added,
        "\\xff.json": added,
    }


def test_a_pipe_does_not_hold_it_up(folder: Path) -> None:
    (folder / "evidence.json").unlink()
    os.mkfifo(folder / "evidence.json")
    assert _faults(folder) == {"evidence.json": "is no regular file"}


def test_huge_files_are_refused(folder: Path) -> None:
    for name, most in {"profile.json": 64 << 20, "evidence.json": 512 << 20}.items():
        os.truncate(folder / name, most + 1)  # sparse: takes no place
        assert _faults(folder)[name] == f"is larger than {most >> 20} MB"


def test_a_crowd_of_files_is_not_looked_at(folder: Path) -> None:
    for number in range(300):
        (folder / f"{number:03}").touch()
    found = open_bundle(str(folder))
    assert found.files == bundle()
    assert len(found.faults) == 65 - len(bundle())
    assert found.faults[-1].reason == "more than 64 files: the rest was not looked at"


@pytest.mark.parametrize("name", ["nowhere", "empty", "file", "manifest"])
def test_what_is_no_bundle_says_so(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("x")
    (tmp_path / "manifest").mkdir()
    (tmp_path / "manifest" / "manifest.json").write_text('{"name": "my web app"}')
    with pytest.raises(NoBundleError, match=f"{name}.* no (evidence bundle|such file)"):
        open_bundle(str(tmp_path / name))


def _zip(path: Path, *members: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


def _tar(path: Path, *members: tuple[tarfile.TarInfo, bytes], mode: str = "w") -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for info, data in members:
            info.size = len(data) if info.isreg() else 0
            archive.addfile(info, io.BytesIO(data) if info.isreg() else None)
    return path


def _tar_info(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = link
    return info


@pytest.mark.parametrize("prefix", ["", "bundle/", "./bundle/", "./"])
def test_archives_are_read_without_unpacking(tmp_path: Path, prefix: str) -> None:
    files = bundle().items()
    archive = _zip(tmp_path / "b.zip", *((prefix + name, data) for name, data in files))
    assert open_bundle(str(archive)) == open_bundle(
        str(_tar(tmp_path / "b.tar", *((_tar_info(prefix + name), data) for name, data in files)))
    )
    found = open_bundle(str(archive))
    assert (found.files, found.faults) == (bundle(), ())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar", "b.zip"]


def test_archives_with_an_entry_for_the_folder_are_read(tmp_path: Path) -> None:
    files = [(f"b/{name}", data) for name, data in bundle().items()]
    assert open_bundle(str(_zip(tmp_path / "b.zip", ("b/", b""), *files))).faults == ()
    members = [(_tar_info("b", tarfile.DIRTYPE), b""), *((_tar_info(name), data) for name, data in files)]
    assert open_bundle(str(_tar(tmp_path / "b.tar", *members))).faults == ()


SLIPS = {
    "../evidence.json": "leads out of the bundle",
    "x/../../evidence.json": "leads out of the bundle",
    "/etc/evidence.json": "is no path within the bundle",
    "C:/evidence.json": "is no path within the bundle",
    "x/evidence.json": "lies in a folder, which no bundle holds",
    "evil.sh": "is no file of the bundle: it was added",
}


@pytest.mark.parametrize("slip", SLIPS)
def test_members_beside_the_folder_of_the_bundle_are_refused(tmp_path: Path, slip: str) -> None:
    files = ((f"b/{name}", data) for name, data in bundle().items())
    found = open_bundle(str(_zip(tmp_path / "b.zip", *files, (slip, b"x"))))
    assert found.files == bundle()
    assert [fault.file for fault in found.faults] == [slip]


@pytest.mark.parametrize("slip", SLIPS)
def test_members_that_lead_elsewhere_are_refused(tmp_path: Path, slip: str) -> None:
    archive = _zip(tmp_path / "b.zip", *bundle().items(), (slip, b"x"))
    assert _faults(archive) == {slip: SLIPS[slip]}
    members = [(_tar_info(name), data) for name, data in bundle().items()]
    assert _faults(_tar(tmp_path / "b.tar", *members, (_tar_info(slip), b"x"))) == {slip: SLIPS[slip]}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar", "b.zip"]


def test_an_archive_whose_members_all_lead_elsewhere_is_no_bundle(tmp_path: Path) -> None:
    for prefix in ("../", "/", "b/../../", "..\\", "a/b/"):
        with pytest.raises(NoBundleError):
            open_bundle(str(_zip(tmp_path / "b.zip", *((prefix + name, data) for name, data in bundle().items()))))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_members_of_a_tar_that_are_no_files_are_refused(tmp_path: Path, kind: bytes) -> None:
    files = bundle()
    del files["evidence.json"]
    members = [(_tar_info(name), data) for name, data in files.items()]
    link = (_tar_info("evidence.json", kind, "/etc/passwd"), b"")
    assert _faults(_tar(tmp_path / "b.tar", *members, link)) == {"evidence.json": "is no regular file"}


def test_members_of_a_zip_that_are_links_are_refused(tmp_path: Path) -> None:
    files = bundle()
    del files["evidence.json"]
    link = zipfile.ZipInfo("evidence.json")
    link.external_attr = 0o120777 << 16
    archive = _zip(tmp_path / "b.zip", *files.items(), (link, b"/etc/passwd"))
    assert _faults(archive) == {"evidence.json": "is no regular file"}


def test_members_that_are_there_twice_are_told(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        archive = _zip(tmp_path / "b.zip", *bundle().items(), ("evidence.json", b"{}"))
    assert _faults(archive) == {"evidence.json": "is there twice"}
    members = [(_tar_info(name), data) for name, data in bundle().items()]
    again = (_tar_info("./evidence.json"), b"{}")
    assert _faults(_tar(tmp_path / "b.tar", *members, again)) == {"evidence.json": "is there twice"}


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    files = bundle()
    del files["profile.json"]
    archive = _zip(tmp_path / "b.zip", *files.items(), ("profile.json", bytes((64 << 20) + 1)))
    assert archive.stat().st_size < 1 << 20
    assert _faults(archive) == {"profile.json": "is larger than 64 MB"}


def test_an_encrypted_or_damaged_member_is_told(tmp_path: Path) -> None:
    archive = _zip(tmp_path / "b.zip", *bundle().items())
    data = bytearray(archive.read_bytes())
    with zipfile.ZipFile(archive) as opened:
        info = opened.getinfo("evidence.json")
    damaged = bytearray(data)
    damaged[info.header_offset + 100] ^= 255
    archive.write_bytes(damaged)
    assert _faults(archive)["evidence.json"].startswith("cannot be unpacked: ")
    central = data.index(b"PK\x01\x02")
    while not data[central + 46 :].startswith(b"evidence.json"):
        central = data.index(b"PK\x01\x02", central + 1)
    data[central + 8] |= 1
    archive.write_bytes(data)
    assert _faults(archive) == {"evidence.json": "is encrypted"}


def test_compressed_and_cut_tars_are_refused(tmp_path: Path) -> None:
    members = [(_tar_info(name), data) for name, data in bundle().items()]
    with pytest.raises(NoBundleError, match="neither a folder, a zip nor a plain tar"):
        open_bundle(str(_tar(tmp_path / "b.tar.gz", *members, mode="w:gz")))
    plain = _tar(tmp_path / "b.tar", *members)
    os.truncate(plain, 2000)
    with pytest.raises(EvidenceError):
        open_bundle(str(plain))


def test_the_junk_of_a_mac_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    files = [(f"b/{name}", data) for name, data in bundle().items()]
    archive = _zip(tmp_path / "b.zip", *files, ("__MACOSX/b/._evidence.json", b"x"))
    found = open_bundle(str(archive))
    assert found.files == bundle()
    assert [fault.file for fault in found.faults] == ["__MACOSX/b/._evidence.json"]


def test_every_file_of_a_bundle_has_a_bound() -> None:
    assert all(manifest.most_bytes(name) <= 512 << 20 for name in manifest.KNOWN)
