"""RPM packages: what we say is what rpm says, from each of its databases."""

from __future__ import annotations

import os
import shutil
import sqlite3
import struct
import zlib
from pathlib import Path

import pytest

from ourhalf.images.cataloguer import Installed
from ourhalf.model.packages import SourcePackage
from ourhalf.packages.rpm import RPM
from tests.packages import roots
from tests.packages.support import of, over, packages

_FORMAT = r"%{NAME}\t%{EPOCH}\t%{VERSION}-%{RELEASE}\t%{ARCH}\t%{SOURCERPM}\t%{LICENSE}\n"
_FILES = r"%{NAME}[\t%{FILENAMES}]\n"
_PERL = r"""
use DB_File;
tie(my %packages, "DB_File", $ARGV[0], O_RDWR | O_CREAT, 0644, $DB_HASH) or die "no database: $!";
while (my $line = <STDIN>) {
    chomp $line;
    my ($key, $value) = split / /, $line;
    $packages{pack "H*", $key} = pack "H*", $value;
}
untie %packages;
"""


def stored() -> list[tuple[int, bytes]]:
    """The headers that rpm wrote, from its SQLite database."""
    database = sqlite3.connect(roots.rpm_sqlite() / "var/lib/rpm/rpmdb.sqlite")
    try:
        return database.execute("SELECT hnum, blob FROM Packages").fetchall()
    finally:
        database.close()


def berkeley(path: Path, headers: list[tuple[int, bytes]]) -> None:
    """Writes `Packages` by the library of Berkeley DB itself, which Perl brings, as rpm needs Perl."""
    rows = [(0, struct.pack("<I", len(headers))), *headers]
    lines = "".join(f"{struct.pack('<I', key).hex()} {value.hex()}\n" for key, value in rows)
    roots.run("perl", "-e", _PERL, path, said=lines)


def ndb(headers: list[tuple[int, bytes]]) -> bytes:
    """`Packages.db` from its published layout: Debian's rpm is built without ndb, and so cannot write one."""
    blocks, slots, at = b"", b"", 4096 // 16
    for number, blob in headers:
        head = struct.pack("<4sIII", b"BlbS", number, 0, len(blob))
        body = head + blob
        body += b"\0" * (-(len(body) + 12) % 16) + struct.pack("<II4s", zlib.adler32(body), len(blob), b"BlbE")
        slots += struct.pack("<4sIII", b"Slot", number, at, len(body) // 16)
        blocks, at = blocks + body, at + len(body) // 16
    free = struct.pack("<4sIII", b"Slot", 0, 0, 0) * ((4096 - 32 - len(slots)) // 16)
    return struct.pack("<4sIII16x", b"RpmP", 0, 1, 1) + slots + free + blocks


def said(root: Path, backend: str, form: str) -> list[list[str]]:
    lines = roots.run("rpm", "--root", root, "--define", f"_db_backend {backend}", *roots.RPM, "-qa", "--qf", form)
    return sorted(line.split("\t") for line in lines.splitlines())


def rows(found: list[Installed]) -> list[list[str]]:
    return sorted(
        [
            one.package.name,
            one.package.facts.get("epoch", "(none)"),
            (one.package.version or "").rpartition(":")[2],
            one.package.architecture,
            f"{one.package.source.name}-{one.package.source.version}.src.rpm" if one.package.source else "(none)",
            one.package.licenses[0],
        ]
        for one in found
    )


def files(found: list[Installed]) -> list[list[str]]:
    return sorted([one.package.name, *(f"/{path}" for path in one.files)] for one in found)


def test_sqlite_as_rpm_reads_it() -> None:
    found, unread = over(RPM, roots.rpm_sqlite())
    assert rows(found) == said(roots.rpm_sqlite(), "sqlite", _FORMAT)
    assert files(found) == said(roots.rpm_sqlite(), "sqlite", _FILES)
    assert len(found) == 92
    assert not unread


def test_berkeley_db_as_rpm_reads_it(tmp_path: Path) -> None:
    (tmp_path / "var/lib/rpm").mkdir(parents=True)
    berkeley(tmp_path / "var/lib/rpm/Packages", stored())
    found, unread = over(RPM, tmp_path)
    assert rows(found) == said(tmp_path, "bdb_ro", _FORMAT)
    assert files(found) == said(tmp_path, "bdb_ro", _FILES)
    assert len(found) == 92
    assert not unread


def test_ndb_as_rpm_wrote_its_headers() -> None:
    found, unread = of(RPM, {"usr/lib/sysimage/rpm/Packages.db": ndb(stored())})
    assert rows(found) == said(roots.rpm_sqlite(), "sqlite", _FORMAT)
    assert files(found) == said(roots.rpm_sqlite(), "sqlite", _FILES)
    assert not unread


def test_what_matching_needs() -> None:
    root = roots.rpm_sqlite()
    database = (root / "var/lib/rpm/rpmdb.sqlite").read_bytes()
    release = 'ID="almalinux"\nVERSION_ID="9.4"\n'
    found = packages(of(RPM, {"var/lib/rpm/rpmdb.sqlite": database, "etc/os-release": release})[0])
    epochal, plain = found["epochal"], found["plain"]
    machine = os.uname().machine
    assert epochal.version == "2:1.4-3.el9"
    assert epochal.distribution == "almalinux:9.4"
    assert epochal.source == SourcePackage("epochal", "1.4-3.el9")
    assert epochal.purl == (
        f"pkg:rpm/almalinux/epochal@1.4-3.el9?arch={machine}&distro=almalinux-9.4&epoch=2"
        "&upstream=epochal-1.4-3.el9.src.rpm"
    )
    assert plain.facts["modularity"] == "perl:5.32:8060020211122104554:9fe1d287"
    assert plain.requires == ("epochal",)
    assert found["many-7"].requires == ("many-6",)


def test_a_log_of_changes_beside_the_database_is_told() -> None:
    database = (roots.rpm_sqlite() / "var/lib/rpm/rpmdb.sqlite").read_bytes()
    found, unread = of(RPM, {"var/lib/rpm/rpmdb.sqlite": database, "var/lib/rpm/rpmdb.sqlite-wal": b"x"})
    assert len(found) == 92
    assert [one.path for one in unread] == ["var/lib/rpm/rpmdb.sqlite-wal"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("Packages", b"", "shorter than a page"),
        ("Packages", bytes(4096), "no hash file of Berkeley DB"),
        ("Packages.db", bytes(4096), "no database of rpm's ndb"),
        ("Packages.db", b"RpmP" + struct.pack("<III", 7, 1, 1) + bytes(5000), "of version 7"),
        ("Packages.db", b"RpmP" + struct.pack("<III", 0, 1, 9999) + bytes(5000), "beyond its bytes"),
        ("rpmdb.sqlite", bytes(4096), "no SQLite database"),
        ("rpmdb.sqlite", b"SQLite format 3\0" + bytes(4096), "SQLite says"),
    ],
)
def test_what_is_no_database_is_told(name: str, content: bytes, reason: str) -> None:
    found, unread = of(RPM, {f"var/lib/rpm/{name}": content})
    assert not found
    assert [reason in one.reason for one in unread] == [True]


def test_sqlite_with_a_view_for_packages_runs_none_of_it(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "x")
    database.execute(
        "CREATE VIEW Packages AS WITH RECURSIVE c(hnum, blob) AS"
        " (SELECT 1, x'00' UNION ALL SELECT hnum + 1, blob FROM c) SELECT * FROM c"
    )
    database.commit()
    database.close()
    found, unread = of(RPM, {"var/lib/rpm/rpmdb.sqlite": (tmp_path / "x").read_bytes()})
    assert not found
    assert [one.reason for one in unread] == ["it has no table of packages"]


def test_a_header_that_is_cut_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    root = tmp_path / "root"
    shutil.copytree(roots.rpm_sqlite(), root)
    database = sqlite3.connect(root / "var/lib/rpm/rpmdb.sqlite")
    database.execute("UPDATE Packages SET blob = substr(blob, 1, 100) WHERE hnum = 3")
    database.commit()
    database.execute("PRAGMA journal_mode = DELETE")
    database.close()
    found, unread = over(RPM, root)
    assert len(found) == 91
    assert ["beyond its bytes" in one.reason for one in unread] == [True]


def test_berkeley_pages_that_are_lost_are_missed(tmp_path: Path) -> None:
    berkeley(tmp_path / "Packages", stored())
    content = bytearray((tmp_path / "Packages").read_bytes())
    size = struct.unpack_from("<I", content, 20)[0]
    for start in range(size, len(content), size):
        if content[start + 25] in (2, 13):
            content[start + 25] = 0
            break
    found, unread = of(RPM, {"var/lib/rpm/Packages": bytes(content)})
    assert len(found) < 92
    assert ["it counts 92 packages" in one.reason for one in unread] == [True]


def test_berkeley_chains_that_go_in_circles_end(tmp_path: Path) -> None:
    berkeley(tmp_path / "Packages", stored())
    content = bytearray((tmp_path / "Packages").read_bytes())
    size = struct.unpack_from("<I", content, 20)[0]
    for number, start in enumerate(range(0, len(content), size)):
        if content[start + 25] == 7:
            struct.pack_into("<I", content, start + 16, number)
    found, unread = of(RPM, {"var/lib/rpm/Packages": bytes(content)})
    assert len(found) + len(unread) == 92
    assert unread
