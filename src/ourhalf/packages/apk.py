"""Alpine packages, from apk's database of what is installed.

Source: wiki.alpinelinux.org/wiki/Apk_spec, "Install DB": records of one-letter fields with an empty line between
them. apk 3 still writes this file, under usr/lib where /lib is merged; a binary database that `apk convdb` makes of
it (`installed.adb`) is told as unread, for what it says may be newer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from ourhalf.images.cataloguer import Cataloguer, Installed
from ourhalf.images.filesystem import FileSystem, Missing, Node
from ourhalf.images.wanted import Wanted
from ourhalf.model.evidence import Unread
from ourhalf.model.packages import Ecosystem, Package, SourcePackage
from ourhalf.packages.distribution import OS_RELEASE, distribution, qualifier, vendor
from ourhalf.packages.providing import requirements
from ourhalf.packages.purl import purl
from ourhalf.packages.records import (
    MOST_RECORDS,
    brought,
    facts,
    inside,
    is_word,
    line,
    links_at_the_top,
    relinked,
    text,
    unread,
    word,
)

_INSTALLED = Wanted(key="apk/installed", pattern=r"(?:usr/)?lib/apk/db/installed", most=128 << 20)
_BINARY = Wanted(key="apk/binary", pattern=r"(?:usr/)?lib/apk/db/installed\.adb", head=4)
_FIELD = re.compile(r"^([A-Za-z]):(.*)$", re.MULTILINE)
_FILE = re.compile(r"^R:(.+)$", re.MULTILINE)
_CONSTRAINT = re.compile(r"[<>=~].*", re.DOTALL)
_BROKEN = {"f": "files", "s": "script", "x": "attributes", "S": "file attributes"}


class _Record(msgspec.Struct, frozen=True):
    fields: dict[str, str]
    paths: tuple[str, ...]
    number: int


def _catalogue(files: FileSystem) -> Iterator[Installed | Unread]:
    for node, _ in files.kept(_BINARY.key):
        yield unread(node.path, "apk", "apk's binary database is not read here: packages may be missing")
    for node, kept in files.kept(_INSTALLED.key):
        if isinstance(kept, Missing):
            yield unread(node.path, "apk", kept)
            continue
        records = dict[str, _Record]()
        for found in _records(text(kept), node, links_at_the_top(files)):
            if isinstance(found, Unread):
                yield found
                continue
            name = found.fields["P"]
            if name in records:
                yield unread(node.path, "apk", f"{name} is in it twice; the last is taken", found.number)
            records[name] = found
        yield from _packages(list(records.values()), node, files)


def _records(said: str, node: Node, moved: dict[str, str]) -> Iterator[_Record | Unread]:
    number, count = 1, 0
    for stanza in said.replace("\r\n", "\n").split("\n\n"):
        if stanza.strip():
            count += 1
            if count > MOST_RECORDS:
                yield unread(node.path, "apk", f"more than {MOST_RECORDS:,} packages", number)
                return
            yield _record(stanza, node, number, moved)
        number += stanza.count("\n") + 2


def _record(stanza: str, node: Node, number: int, moved: dict[str, str]) -> _Record | Unread:
    """A record: its fields stand before its first folder, and each folder before its files."""
    head, *folders = f"\n{stanza}".split("\nF:")
    fields = dict(reversed(_FIELD.findall(head)))
    if not is_word(fields.get("P", "")) or not is_word(fields.get("V", "")):
        return unread(node.path, "apk", f"a record whose name or version cannot be one: {fields.get('P', '')}", number)
    paths: list[str] = []
    for one in folders:
        name, _, rest = one.partition("\n")
        folder = inside(name)
        if ".." in name.split("/") or (folder is None and name.strip("/")):
            continue
        prefix = next(relinked((f"{folder}/",), moved)) if folder else ""
        paths += [prefix + file for file in _FILE.findall(rest) if "/" not in file and file not in (".", "..")]
    return _Record(fields, tuple(paths), number)


def _packages(records: list[_Record], node: Node, files: FileSystem) -> Iterator[Installed]:
    distro = distribution(files)
    needs = requirements(
        [
            (one.fields["P"], _names(one.fields.get("p", "")), one.paths, _names(one.fields.get("D", "")))
            for one in records
        ]
    )
    for record, required in zip(records, needs, strict=True):
        package = _package(record.fields, distro, node.path, required)
        yield Installed(msgspec.structs.replace(package, layer=brought(files, record.paths, node.layer)), record.paths)


def _names(said: str) -> list[str]:
    """What is needed or provided, without versions; conflicts (`!name`) are left out."""
    return [_CONSTRAINT.sub("", one) for one in said.split() if not one.startswith("!")]


def _package(fields: dict[str, str], distro: str, path: str, required: tuple[str, ...]) -> Package:
    name, version, architecture = fields["P"], fields["V"], word(fields.get("A")) or ""
    origin = word(fields.get("o"))
    broken = ", ".join(what for letter, what in _BROKEN.items() if letter in fields.get("f", ""))
    return Package(
        name=name,
        version=version,
        ecosystem=Ecosystem.APK,
        purl=purl(
            "apk",
            name,
            version,
            namespace=vendor(distro) or "alpine",
            qualifiers={"arch": architecture, "distro": qualifier(distro)},
        ),
        path=path,
        source=SourcePackage(origin or name, version),
        architecture=architecture,
        distribution=distro,
        licenses=(line(fields["L"]),) if fields.get("L") else (),
        how="apk's record",
        requires=required,
        facts=facts(commit=fields.get("c"), broken=broken or None),
    )


APK = Cataloguer(
    name="apk",
    title="Alpine packages",
    ecosystems=(Ecosystem.APK,),
    wanted=(_INSTALLED, _BINARY, OS_RELEASE),
    catalogue=_catalogue,
)
