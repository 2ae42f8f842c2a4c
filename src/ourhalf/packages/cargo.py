"""Rust crates, by the list that `cargo auditable` writes into a program.

Source: github.com/rust-secure-code/cargo-auditable, PARSING.md and its JSON schema: a section `.dep-v0` with JSON
packed by zlib. Crates that only the build used (`"kind": "build"`) are not in the program, and left out. Rust writes
no such list by itself: of a program without one nothing is known, and nothing is said.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import msgspec

from ourhalf.images.cataloguer import Cataloguer, Installed
from ourhalf.images.filesystem import FileSystem, Missing, Node
from ourhalf.images.wanted import Wanted
from ourhalf.model.evidence import Unread
from ourhalf.model.packages import Ecosystem, Package
from ourhalf.packages.golang import MOST_PROGRAM
from ourhalf.packages.purl import purl
from ourhalf.packages.records import MOST_RECORDS, facts, is_word, left_out, unread
from ourhalf.packages.sections import elf

_MOST_UNPACKED = 8 << 20
_HEAD = 1 << 16


class _Crate(msgspec.Struct, frozen=True, omit_defaults=True):
    name: str
    version: str
    source: str = ""
    kind: str = "runtime"
    root: bool = False
    dependencies: list[int] = []


class _List(msgspec.Struct, frozen=True):
    packages: list[_Crate]


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    crates: list[_Crate]
    fault: str = ""


def reduced(_: str, data: memoryview) -> bytes | None:
    """The crates of a program, as `_Kept` in MessagePack; None where no list is in it."""
    file = elf(data)
    section = file.section(b".dep-v0") if file is not None else None
    return None if section is None else msgspec.msgpack.encode(_kept(section))


def _kept(section: memoryview) -> _Kept:
    unpacker = zlib.decompressobj()
    try:
        written = unpacker.decompress(section, _MOST_UNPACKED + 1)
    except zlib.error as error:
        return _Kept([], f"its list of crates cannot be unpacked: {str(error)[:80]}")
    if len(written) > _MOST_UNPACKED:
        return _Kept([], f"its list of crates unpacks to more than {_MOST_UNPACKED >> 20} MB")
    try:
        crates = msgspec.json.decode(written, type=_List).packages
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        return _Kept([], f"its list of crates cannot be read: {str(error)[:80]}")
    return _Kept(crates[:MOST_RECORDS], "" if len(crates) <= MOST_RECORDS else "more crates than are looked at")


def _large(_: str, data: memoryview) -> bytes | None:
    """Whether the beginning of a large file is that of a program, in which a list may be."""
    file = elf(data)
    return b"program" if file is not None and file.is_program else None


_PROGRAMS = Wanted(key="cargo/crates", pattern=".*", most=MOST_PROGRAM, executable=True, deep=True, reduce=reduced)
_LARGE = Wanted(
    key="cargo/large",
    pattern=".*",
    head=_HEAD,
    least=MOST_PROGRAM + 1,
    executable=True,
    deep=True,
    reduce=_large,
)


def _catalogue(files: FileSystem) -> Iterator[Installed | Unread]:
    for node, _ in files.kept(_LARGE.key):
        reason = f"a program of more than {MOST_PROGRAM >> 20} MB: whether it lists crates was not looked at"
        yield unread(node.path, "cargo", reason)
    missing: list[tuple[Node, Missing]] = []
    for node, kept in files.kept(_PROGRAMS.key):
        if isinstance(kept, Missing):
            # Of those that are too large, only programs are told, above.
            if node.size <= MOST_PROGRAM:
                missing.append((node, kept))
            continue
        said = msgspec.msgpack.decode(kept, type=_Kept)
        if said.fault:
            yield unread(node.path, "cargo", said.fault)
        yield from _packages(said.crates, node)
    yield from left_out(missing, "cargo")


def _packages(crates: list[_Crate], node: Node) -> Iterator[Installed | Unread]:
    """The crates: the program's own owns the others. The file is nobody's, unless a package manager brought it."""
    main = next((purl("cargo", one.name, one.version) for one in crates if one.root), "")
    for crate in crates:
        if crate.kind == "build":
            continue
        if not is_word(crate.name) or not is_word(crate.version):
            yield unread(node.path, "cargo", f"a crate whose name or version cannot be one: {crate.name[:80]}")
            continue
        needs = (crates[index] for index in crate.dependencies if 0 <= index < len(crates))
        package = Package(
            name=crate.name,
            version=crate.version,
            ecosystem=Ecosystem.CARGO,
            purl=purl("cargo", crate.name, crate.version),
            path=node.path,
            layer=node.layer,
            how="the list of crates in the program",
            owner="" if crate.root else main,
            requires=tuple(dict.fromkeys(one.name for one in needs if one.kind != "build" and is_word(one.name))),
            facts=facts(source=crate.source if crate.source != "crates.io" else None),
        )
        yield Installed(package)


CARGO = Cataloguer(
    name="cargo",
    title="Rust crates in programs",
    ecosystems=(Ecosystem.CARGO,),
    wanted=(_PROGRAMS, _LARGE),
    catalogue=_catalogue,
)
