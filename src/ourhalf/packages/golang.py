"""Go modules, by the build information that Go writes into each program.

Source: go.dev, debug/buildinfo: a section `.go.buildinfo` (or the start of the data of a program without sections)
with a mark, then from Go 1.18 the version and the modules, before that the addresses of both; and
runtime/debug.BuildInfo.String for the lines that tell the modules.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import msgspec

from ourhalf.images.cataloguer import Cataloguer, Installed
from ourhalf.images.filesystem import FileSystem, Missing, Node
from ourhalf.images.wanted import Wanted
from ourhalf.model.evidence import Unread
from ourhalf.model.packages import Ecosystem, Package
from ourhalf.packages.purl import purl
from ourhalf.packages.records import MOST_RECORDS, facts, is_word, left_out, text, unread, word
from ourhalf.packages.sections import Elf, elf

MOST_PROGRAM = 128 << 20
"""Bytes of a program that is looked into."""
_HEAD = 1 << 16
_MARK = b"\xff Go buildinf:"
_IN_LINE, _BIG = 2, 1
_AFTER_HEAD = 32
_ALIGNED = 16
_MOST_TEXT = 16 << 20
_MOST_SEARCHED = 1 << 20
_FRAME = 16
_GO_NOTE = (b"Go", 4)
_PROGRAM = "path of the program"
_SETTINGS = {"vcs.revision": "revision", "vcs.time": "revision-time", "vcs.modified": "modified"}


class _Build(msgspec.Struct, frozen=True, array_like=True):
    version: str
    modules: str
    fault: str = ""


class _Module(msgspec.Struct, frozen=True):
    path: str
    version: str
    replaces: str = ""


def reduced(_: str, data: memoryview) -> bytes | None:
    """The build information of a program, as `_Build` in MessagePack; None where it is not Go's."""
    file = elf(data)
    if file is None:
        return None
    section = file.section(b".go.buildinfo")
    found = section if section is not None else file.data_segment()
    at = _marked(found) if found is not None else -1
    if found is None or at < 0:
        is_go = section is not None or _GO_NOTE in file.notes() or file.section(b".gopclntab") is not None
        gone = "a Go program whose build information was removed, or is broken"
        return msgspec.msgpack.encode(_Build("", "", gone)) if is_go else None
    try:
        return msgspec.msgpack.encode(_build(file, found[at:]))
    except (struct.error, IndexError):
        return msgspec.msgpack.encode(_Build("", "", "its build information ends before its end"))


def _marked(data: memoryview) -> int:
    """Where the mark lies, which is always at a multiple of 16; -1 where it does not."""
    content = bytes(data[:_MOST_SEARCHED])
    at = content.find(_MARK)
    while at >= 0 and at % _ALIGNED:
        at = content.find(_MARK, at + 1)
    return at


def _build(file: Elf, data: memoryview) -> _Build:
    width, flags = data[14], data[15]
    if flags & _IN_LINE:
        version, end = _counted(data, _AFTER_HEAD)
        modules, _ = _counted(data, end)
    else:
        if width not in (4, 8):
            return _Build("", "", "its build information is of a width that no machine has")
        form = f"{'>' if flags & _BIG else '<'}{'IQ'[width == 8]}"
        addresses = [struct.unpack_from(form, data, 16 + index * width)[0] for index in (0, 1)]
        version, modules = (_at(file, address, form, width) for address in addresses)
    # The modules stand between two frames of 16 bytes.
    framed = len(modules) > 2 * _FRAME and modules[-_FRAME - 1 : -_FRAME] == b"\n"
    said = modules[_FRAME:-_FRAME] if framed else b""
    return _Build(text(version), text(said), "" if version else "its build information names no version of Go")


def _counted(data: memoryview, at: int) -> tuple[bytes, int]:
    """Bytes behind their number, which has 7 bits in each byte, and where they end. Raises IndexError."""
    size = shift = 0
    while True:
        byte = data[at]
        at += 1
        size |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            break
        if shift > 35:
            raise IndexError
    if size > _MOST_TEXT or at + size > len(data):
        raise IndexError
    return bytes(data[at : at + size]), at + size


def _at(file: Elf, address: int, form: str, width: int) -> bytes:
    """The text at an address: there lie its own address and its length."""
    header = file.at(address, 2 * width) or bytes(2 * width)
    start, size = (struct.unpack_from(form, header, index * width)[0] for index in (0, 1))
    return (file.at(start, size) or b"") if 0 < size <= _MOST_TEXT else b""


def _large(_: str, data: memoryview) -> bytes | None:
    """Whether the beginning of a large file is that of a Go program."""
    file = elf(data)
    return b"go" if file is not None and _GO_NOTE in file.notes() else None


_PROGRAMS = Wanted(key="golang/build", pattern=".*", most=MOST_PROGRAM, executable=True, deep=True, reduce=reduced)
_LARGE = Wanted(
    key="golang/large",
    pattern=".*",
    head=_HEAD,
    least=MOST_PROGRAM + 1,
    executable=True,
    deep=True,
    reduce=_large,
)


def _catalogue(files: FileSystem) -> Iterator[Installed | Unread]:
    for node, _ in files.kept(_LARGE.key):
        yield unread(
            node.path, "golang", f"a Go program of more than {MOST_PROGRAM >> 20} MB: its modules were not read"
        )
    missing: list[tuple[Node, Missing]] = []
    for node, kept in files.kept(_PROGRAMS.key):
        if isinstance(kept, Missing):
            # Of those that are too large, only programs are told, above.
            if node.size <= MOST_PROGRAM:
                missing.append((node, kept))
            continue
        said = msgspec.msgpack.decode(kept, type=_Build)
        if said.fault:
            yield unread(node.path, "golang", said.fault)
        if said.version:
            yield from _packages(said, node)
    yield from left_out(missing, "golang")


def _packages(said: _Build, node: Node) -> Iterator[Installed | Unread]:
    """The modules: the program's own owns the others. The file is nobody's, unless a package manager brought it."""
    go = word(said.version.partition(" ")[0]) or ""
    modules, settings, broken = _modules(said.modules)
    yield from (unread(node.path, "golang", f"a module that cannot be one: {one[:80]}") for one in broken[:10])
    program = word(settings.get(_PROGRAM))
    own = modules[0] if modules else _Module(program, "") if program else None
    owner = ""
    if own is not None:
        told = facts(go=go, **{name: settings.get(key) for key, name in _SETTINGS.items()})
        main = _package(own, node, told, ("stdlib", *(one.path for one in modules[1:])))
        owner = main.purl
        yield Installed(main)
    inside = [_Module("stdlib", go.removeprefix("go"))] if go.startswith("go") else []
    for module in (*inside, *modules[1:]):
        yield Installed(_package(module, node, {}, (), owner))
    if not modules and not broken:
        yield unread(node.path, "golang", "built without modules: what it is made of is not written in it")


def _modules(said: str) -> tuple[list[_Module], dict[str, str], list[str]]:
    """The main module first, then those that it is built of; settings; and lines that cannot be modules."""
    main, others, settings, broken = list[_Module](), list[_Module](), dict[str, str](), list[str]()
    for line in said.split("\n"):
        kind, *rest = line.split("\t")
        if kind == "path" and rest:
            settings[_PROGRAM] = rest[0]
        elif kind == "build" and rest:
            key, _, value = rest[0].partition("=")
            settings[key] = value.strip('"')
        elif kind in ("mod", "dep", "=>"):
            module = _module(rest)
            if module is None or len(others) >= MOST_RECORDS:
                broken.append(line)
            elif kind == "=>":
                into = others or main
                if into:
                    old = into.pop()
                    # A folder that replaces a module is that module, from a place of no name.
                    local = module.path.startswith((".", "/"))
                    into.append(
                        _Module(old.path if local else module.path, module.version or "", f"{old.path} {old.version}")
                    )
            else:
                (main if kind == "mod" else others).append(module)
    return [*main[:1], *others], settings, broken


def _module(said: list[str]) -> _Module | None:
    path, version = word(said[0] if said else ""), (said[1] if len(said) > 1 else "").strip()
    if path is None or (version and not is_word(version)):
        return None
    return _Module(path, "" if version == "(devel)" else version)


def _package(module: _Module, node: Node, told: dict[str, str], requires: tuple[str, ...], owner: str = "") -> Package:
    namespace, _, name = module.path.rpartition("/")
    return Package(
        name=module.path,
        version=module.version or None,
        ecosystem=Ecosystem.GO,
        purl=purl("golang", name, module.version or None, namespace=namespace),
        path=node.path,
        layer=node.layer,
        how="Go's build information",
        owner=owner,
        requires=requires,
        facts=told | facts(replaces=module.replaces),
    )


GOLANG = Cataloguer(
    name="golang",
    title="Go modules in programs",
    ecosystems=(Ecosystem.GO,),
    wanted=(_PROGRAMS, _LARGE),
    catalogue=_catalogue,
)
