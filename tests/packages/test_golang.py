"""Go programs: real ones of Debian, and hand-made ones in both formats of the build information."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

import msgspec
import pytest

from ourhalf.images.cataloguer import Installed
from ourhalf.model.evidence import Unread
from ourhalf.packages import golang
from ourhalf.packages.golang import GOLANG
from tests.images import tree
from tests.packages import roots
from tests.packages.elves import elf
from tests.packages.support import all_of, of, over, packages

MODULES = (
    "path\texample.com/app/cmd/run\n"
    "mod\texample.com/app\t(devel)\t\n"
    "dep\tgithub.com/pkg/errors\tv0.9.1\th1:FEBLx1zS214owpjy7qsBeixbURkuhQAwrK5UwLGTwt4=\n"
    "dep\tgolang.org/x/net\tv0.20.0\n"
    "=>\tgithub.com/fork/net\tv0.21.0\th1:x=\n"
    "dep\texample.com/local\tv1.0.0\n"
    "=>\t./local\t\n"
    "build\t-compiler=gc\n"
    "build\tvcs.revision=0123abcd\n"
    "build\tvcs.modified=true\n"
)
FRAMED = (
    b"0w\xaf\x0c\x92t\x08\x02A\xe1\xc1\x07\xe6\xd6\x18\xe6"
    + MODULES.encode()
    + b"\xf92C1\x86\x18 r\x00\x82B\x10A\x16\xd8\xf2"
)
MARK = b"\xff Go buildinf:"


def counted(data: bytes) -> bytes:
    size, made = len(data), b""
    while size >= 0x80:
        made += bytes([size & 0x7F | 0x80])
        size >>= 7
    return made + bytes([size]) + data


def in_line(version: str = "go1.22.3", modules: bytes = FRAMED) -> bytes:
    """The build information since Go 1.18."""
    return (MARK + bytes([8, 2])).ljust(32, b"\0") + counted(version.encode()) + counted(modules)


def by_address(wide: bool, order: str) -> bytes:
    """A program with the build information of before Go 1.18: addresses of texts that lie elsewhere."""
    letter, width = ("Q", 8) if wide else ("I", 4)
    at = 0x400000 + (128 if wide else 96)
    version = b"go1.17.13"
    texts = version.ljust(16, b"\0") + FRAMED
    headers_at = at + (len(texts) + 15) // 16 * 16
    headers = struct.pack(f"{order}{letter * 4}", at, len(version), at + 16, len(FRAMED))
    info = MARK + bytes([width, 1 if order == ">" else 0])
    info += struct.pack(f"{order}{letter * 2}", headers_at, headers_at + 2 * width)
    return elf({".rodata": texts, ".headers": headers, ".go.buildinfo": info}, wide=wide, order=order)


def found_in(program: bytes, name: str = "app") -> tuple[list[Installed], list[Unread]]:
    return of(GOLANG, {f"usr/bin/{name}": program}, mode=0o755)


def check(found: list[Installed], go: str) -> None:
    said = packages(found)
    assert {name: one.version for name, one in said.items()} == {
        "stdlib": go,
        "example.com/app": None,
        "github.com/pkg/errors": "v0.9.1",
        "github.com/fork/net": "v0.21.0",
        "example.com/local": None,
    }
    assert said["example.com/app"].facts == {"go": f"go{go}", "revision": "0123abcd", "modified": "true"}
    assert said["github.com/fork/net"].facts == {"replaces": "golang.org/x/net v0.20.0"}
    assert said["github.com/pkg/errors"].purl == "pkg:golang/github.com/pkg/errors@v0.9.1"
    assert {one.owner for name, one in said.items() if name != "example.com/app"} == {"pkg:golang/example.com/app"}
    assert not said["example.com/app"].owner


@pytest.mark.parametrize("with_names", [True, False])
def test_build_information_since_go_1_18(with_names: bool) -> None:
    found, unread = found_in(elf({".go.buildinfo": in_line(), ".data": b"x" * 99}, with_names=with_names))
    check(found, "1.22.3")
    assert not unread


@pytest.mark.parametrize(("wide", "order"), [(True, "<"), (False, "<"), (True, ">"), (False, ">")])
def test_build_information_before_go_1_18(wide: bool, order: str) -> None:
    found, unread = found_in(by_address(wide, order))
    check(found, "1.17.13")
    assert not unread


def test_real_programs_of_debian(tmp_path: Path) -> None:
    """Debian builds without modules: the version of Go is told, and that the rest is not known."""
    roots.needs("umoci", "umoci")
    (tmp_path / "usr/bin").mkdir(parents=True)
    shutil.copy("/usr/bin/umoci", tmp_path / "usr/bin/umoci")
    found, unread = over(GOLANG, tmp_path)
    program = "github.com/opencontainers/umoci/cmd/umoci"
    assert {one.package.name for one in found} == {"stdlib", program}
    assert f"go{packages(found)['stdlib'].version}".encode() in (tmp_path / "usr/bin/umoci").read_bytes()
    assert ["built without modules" in one.reason for one in unread] == [True]


def test_a_real_program_as_go_itself_reads_it(tmp_path: Path) -> None:
    roots.needs("go", "golang-go")
    (tmp_path / "go.mod").write_text("module example.com/app\n\ngo 1.19\n\nrequire example.com/dep v1.2.3\n")
    with (tmp_path / "go.mod").open("a") as module:
        module.write("\nreplace example.com/dep => ./dep\n")
    (tmp_path / "dep").mkdir()
    (tmp_path / "dep/go.mod").write_text("module example.com/dep\n")
    (tmp_path / "dep/dep.go").write_text("package dep\n\nvar X = 1\n")
    (tmp_path / "main.go").write_text('package main\n\nimport "example.com/dep"\n\nfunc main() { println(dep.X) }\n')
    environment = ("env", f"HOME={tmp_path}", f"GOCACHE={tmp_path}/cache", "GOFLAGS=-mod=mod", "GOPROXY=off")
    (tmp_path / "out").mkdir()
    roots.run(*environment, "go", "build", "-o", tmp_path / "out/app", ".", at=tmp_path)
    found, unread = over(GOLANG, tmp_path / "out")
    told = roots.run("go", "version", "-m", tmp_path / "out/app")
    assert f"go{packages(found)['stdlib'].version}\n" in told
    assert {one.package.name for one in found} == {"stdlib", "example.com/app", "example.com/dep"}
    assert "mod\texample.com/app\t(devel)" in told
    assert not unread


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        (elf({".gopclntab": b"x"}), "was removed, or is broken"),
        (elf({".go.buildinfo": bytes(64)}), "was removed, or is broken"),
        (elf({".go.buildinfo": MARK + bytes([8, 2]) + bytes(16) + b"\xff\xff"}), "ends before its end"),
        (elf({".go.buildinfo": MARK + bytes([8, 2]) + bytes(16) + b"\xff" * 64}), "ends before its end"),
        (elf({".go.buildinfo": MARK + bytes([9, 0]) + bytes(64)}), "of a width that no machine has"),
        (elf({".go.buildinfo": MARK + bytes([8, 0]) + b"\xff" * 64}), "names no version of Go"),
        (elf({".go.buildinfo": in_line(modules=b"")}), "built without modules"),
        (elf({".go.buildinfo": in_line(modules=FRAMED.replace(b"mod\texample", b"mod\tex mple"))}), "cannot be one"),
        (elf({".go.buildinfo": in_line(modules=FRAMED.replace(b"(devel)", b"1\x1c2"))}), "cannot be one"),
    ],
)
def test_what_cannot_be_read_is_told(program: bytes, reason: str) -> None:
    _, unread = found_in(program)
    assert [reason in one.reason for one in unread] == [True]


@pytest.mark.parametrize(
    "content", [b"", b"\x7fELF", b"#!/bin/sh\n", elf({".text": b"x"}), b"\x7fELF" + bytes(60), b"\xff Go buildinf:" * 9]
)
def test_other_programs_say_nothing(content: bytes) -> None:
    assert found_in(content) == ([], [])


def test_files_that_nobody_runs_are_not_looked_at() -> None:
    assert of(GOLANG, {"usr/share/app": elf({".go.buildinfo": in_line()})}) == ([], [])


def test_a_large_program_is_told_and_a_large_file_is_not() -> None:
    note = struct.pack("<III4s", 4, 4, 4, b"Go\0\0") + b"abcd"
    program = bytearray(elf({".note.go.buildid": note}))
    struct.pack_into("<I", program, 64, 4)
    assert golang._large("", memoryview(bytes(program))) == b"go"
    assert golang._large("", memoryview(elf({".text": b"x"}))) is None
    assert golang._large("", memoryview(bytes(65536))) is None


def test_programs_that_were_not_fetched_are_told_once() -> None:
    """As where only parts of a layer are read: one line, not one for each of thousands of programs."""
    programs = {f"usr/bin/{index}": b"x" * 20 for index in range(1200)}
    found, unread = all_of(
        GOLANG, tree.of(programs, [msgspec.structs.replace(one, most=10) for one in GOLANG.wanted[:1]], mode=0o755)
    )
    assert not found
    assert [(one.path, "1,199 more files so" in one.reason) for one in unread] == [("usr/bin/0", True)]
