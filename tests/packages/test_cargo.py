"""Rust programs: a real one from a wheel, a compiled one with a list laid into it, and broken lists."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import pytest

from ourhalf.packages.cargo import CARGO
from tests.packages import roots
from tests.packages.elves import elf
from tests.packages.support import of, over, packages

CRATES = {
    "packages": [
        {"name": "app", "version": "0.1.0", "source": "local", "root": True, "dependencies": [1, 2, 99, -1]},
        {"name": "serde", "version": "1.0.200", "source": "crates.io"},
        {"name": "cc", "version": "1.0.0", "source": "crates.io", "kind": "build"},
        {"name": "forked", "version": "2.0.0+x", "source": "git"},
    ],
    "format": 1,
}


def packed(said: object) -> bytes:
    return zlib.compress(json.dumps(said).encode())


def check(root: Path) -> None:
    found, unread = over(CARGO, root)
    said = packages(found)
    assert {name: one.version for name, one in said.items()} == {
        "app": "0.1.0",
        "serde": "1.0.200",
        "forked": "2.0.0+x",
    }
    assert said["app"].requires == ("serde",)
    assert said["forked"].facts == {"source": "git"}
    assert said["forked"].purl == "pkg:cargo/forked@2.0.0%2Bx"
    assert {one.owner for name, one in said.items() if name != "app"} == {said["app"].purl}
    assert not said["app"].owner
    assert not unread


def test_a_program_that_rust_compiled(tmp_path: Path) -> None:
    """The list is laid into it by objcopy: `cargo auditable` itself cannot be had here."""
    roots.needs("rustc", "rustc")
    roots.needs("objcopy", "binutils")
    (tmp_path / "app.rs").write_text("fn main() {}")
    (tmp_path / "crates").write_bytes(packed(CRATES))
    (tmp_path / "root").mkdir()
    roots.run("rustc", "app.rs", "-o", "root/app", at=tmp_path)
    assert over(CARGO, tmp_path / "root") == ([], [])
    roots.run("objcopy", "--add-section", ".dep-v0=crates", "root/app", at=tmp_path)
    check(tmp_path / "root")


@pytest.mark.parametrize(("wide", "order"), [(True, "<"), (False, "<"), (True, ">"), (False, ">")])
def test_programs_of_every_width_and_order(tmp_path: Path, wide: bool, order: str) -> None:
    (tmp_path / "app").write_bytes(elf({".text": b"x", ".dep-v0": packed(CRATES)}, wide=wide, order=order))
    (tmp_path / "app").chmod(0o755)
    check(tmp_path)


def test_a_real_program_that_cargo_auditable_made(tmp_path: Path) -> None:
    roots.needs("objcopy", "binutils")
    environment = roots.wheels()
    roots.run("objcopy", "--dump-section", f".dep-v0={tmp_path}/crates", environment / "bin/uv", tmp_path / "copy")
    listed = json.loads(zlib.decompress((tmp_path / "crates").read_bytes()))["packages"]
    theirs = {(one["name"], one["version"]) for one in listed if one.get("kind") != "build"}
    found, unread = over(CARGO, environment)
    ours = {(one.package.name, one.package.version) for one in found if one.package.path == "bin/uv"}
    assert ours == theirs
    assert len(ours) > 100
    assert not unread


@pytest.mark.parametrize(
    ("section", "reason"),
    [
        (b"", "cannot be read"),
        (b"no zlib", "cannot be unpacked"),
        (zlib.compress(bytes(9 << 20)), "unpacks to more than 8 MB"),
        (packed([]), "cannot be read"),
        (packed({"packages": [{"name": 1}]}), "cannot be read"),
        (zlib.compress(b"[" * 100_000), "cannot be read"),
        (packed({"packages": [{"name": "a b", "version": "1"}]}), "cannot be one: a b"),
    ],
)
def test_what_cannot_be_read_is_told(section: bytes, reason: str) -> None:
    found, unread = of(CARGO, {"app": elf({".dep-v0": section})}, mode=0o755)
    assert not found
    assert [reason in one.reason for one in unread] == [True]
