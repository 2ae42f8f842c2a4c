"""RPM packages, from each of the three databases that rpm has written.

Source: github.com/rpm-software-management/rpm, docs/manual: where databases lie, what tags mean. The headers are
read at once while the layer streams by, and only what is used of them is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

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
    line,
    links_at_the_top,
    relinked,
    unread,
    word,
)
from ourhalf.packages.rpmdb import berkeley, ndb, sqlite
from ourhalf.packages.rpmdb.faults import DatabaseError, Fault
from ourhalf.packages.rpmdb.header import Header, HeaderError, Tag

_MOST = 256 << 20
_FOLDERS = r"(?:var/lib|usr/lib/sysimage|usr/share)/rpm"
_READERS: dict[str, Callable[[memoryview], Iterator[bytes | Fault]]] = {
    "Packages": berkeley.headers,
    "Packages.db": ndb.headers,
    "rpmdb.sqlite": sqlite.headers,
}
_SOURCE = re.compile(r"(?P<name>.+)-(?P<version>[^-]+)-(?P<release>[^-]+)\.(?:no)?src\.rpm")
_NO_NAMES = frozenset({".", ".."})
_PRESENT = frozenset({0, 1, 3, 4, 255})
"""States of files that are there: not those that were left out (2), or are no more (5)."""


class _Record(msgspec.Struct, frozen=True, array_like=True):
    """What is kept of a header. `folders` holds names of folders, `at` the folder of each of `files`."""

    name: str
    version: str
    release: str
    epoch: int | None
    architecture: str
    license: str
    source: str
    vendor: str
    modularity: str
    provides: Sequence[str]
    requires: Sequence[str]
    folders: Sequence[str]
    files: Sequence[str]
    at: Sequence[int]


class _Database(msgspec.Struct, frozen=True, array_like=True):
    records: list[_Record]
    faults: list[str]


def reduced(path: str, data: memoryview) -> bytes:
    """What the database at `path` says, as `_Database` in MessagePack."""
    records, faults = list[_Record](), list[str]()
    try:
        for found in _READERS[path.rpartition("/")[2]](data):
            if len(records) + len(faults) >= MOST_RECORDS:
                faults.append(f"more than {MOST_RECORDS:,} packages")
                break
            if isinstance(found, Fault):
                faults.append(found.reason)
                continue
            try:
                records.append(_record(Header(found)))
            except HeaderError as error:
                faults.append(str(error))
    except DatabaseError as error:
        faults.append(str(error))
    return msgspec.msgpack.encode(_Database(records, faults))


def _record(header: Header) -> _Record:
    name, version, release = (word(header.text(tag)) for tag in (Tag.NAME, Tag.VERSION, Tag.RELEASE))
    if name is None or version is None or release is None:
        raise HeaderError("a header whose name, version or release cannot be one")
    folders, files, at = header.texts(Tag.DIR_NAMES), header.texts(Tag.BASE_NAMES), header.numbers(Tag.DIR_INDEXES)
    if not files:
        whole = [path.rpartition("/") for path in header.texts(Tag.OLD_FILES)]
        folders, files, at = tuple(f"{one[0]}/" for one in whole), tuple(one[2] for one in whole), range(len(whole))
    if len(files) != len(at) or any(index >= len(folders) for index in at):
        raise HeaderError(f"{name} has files in folders that it does not name")
    states = header.numbers(Tag.FILE_STATES)
    if len(states) == len(files):
        kept = [index for index, state in enumerate(states) if state in _PRESENT]
        files, at = tuple(files[index] for index in kept), tuple(at[index] for index in kept)
    return _Record(
        name=name,
        version=version,
        release=release,
        epoch=next(iter(header.numbers(Tag.EPOCH)), None),
        architecture=word(header.text(Tag.ARCH)) or "",
        license=header.text(Tag.LICENSE),
        source=header.text(Tag.SOURCE_RPM),
        vendor=header.text(Tag.VENDOR),
        modularity=header.text(Tag.MODULARITY),
        provides=header.texts(Tag.PROVIDES),
        requires=header.texts(Tag.REQUIRES),
        folders=folders,
        files=files,
        at=tuple(at),
    )


_DATABASES = Wanted(
    key="rpm/databases",
    pattern=_FOLDERS + r"/(?:Packages|Packages\.db|rpmdb\.sqlite)",
    most=_MOST,
    reduce=reduced,
)


def _catalogue(files: FileSystem) -> Iterator[Installed | Unread]:
    for node, kept in files.kept(_DATABASES.key):
        if isinstance(kept, Missing):
            yield unread(node.path, "rpm", kept)
            continue
        log = files.node(f"{node.path}-wal")
        if log is not None and log.size:
            yield unread(log.path, "rpm", "changes that are not yet in the database: packages may be missing")
        database = msgspec.msgpack.decode(kept, type=_Database)
        yield from (unread(node.path, "rpm", fault) for fault in database.faults)
        yield from _packages(database.records, node, files)


def _packages(records: list[_Record], node: Node, files: FileSystem) -> Iterator[Installed]:
    distro, moved = distribution(files), links_at_the_top(files)
    listed = [_paths(record, moved) for record in records]
    needs = requirements(
        [(one.name, one.provides, paths, one.requires) for one, paths in zip(records, listed, strict=True)]
    )
    for record, paths, required in zip(records, listed, needs, strict=True):
        package = _package(record, distro, node.path, required)
        yield Installed(msgspec.structs.replace(package, layer=brought(files, paths, node.layer)), paths)


def _paths(record: _Record, moved: dict[str, str]) -> tuple[str, ...]:
    """The files of a package; those that leave the image are dropped."""
    seen = ((index, _folder(written, moved)) for index, written in enumerate(record.folders))
    folders = {index: folder for index, folder in seen if folder is not None}
    found = [
        folders[at] + name
        for name, at in zip(record.files, record.at, strict=True)
        if name and at in folders and "/" not in name and name not in _NO_NAMES
    ]
    return tuple(found)


def _folder(written: str, moved: dict[str, str]) -> str | None:
    """A folder as the beginning of paths; None where it leaves the image."""
    if not written.strip("/"):
        return ""
    path = inside(written)
    return None if path is None else next(relinked((f"{path}/",), moved))


def _package(record: _Record, distro: str, path: str, required: tuple[str, ...]) -> Package:
    version = f"{record.version}-{record.release}"
    epoch = "" if record.epoch is None else str(record.epoch)
    source = _SOURCE.fullmatch(record.source)
    made_of = SourcePackage(source["name"], f"{source['version']}-{source['release']}") if source else None
    return Package(
        name=record.name,
        version=f"{epoch}:{version}" if record.epoch else version,
        ecosystem=Ecosystem.RPM,
        purl=purl(
            "rpm",
            record.name,
            version,
            namespace=vendor(distro),
            qualifiers={
                "arch": record.architecture,
                "epoch": epoch if record.epoch else "",
                "distro": qualifier(distro),
                "upstream": record.source if source else "",
            },
        ),
        path=path,
        source=made_of,
        architecture=record.architecture,
        distribution=distro,
        licenses=(line(record.license),) if record.license else (),
        how="rpm's database",
        requires=required,
        facts=facts(
            epoch=epoch or None,
            modularity=record.modularity,
            vendor=record.vendor,
            what="a key that packages are checked by, no software" if record.name == "gpg-pubkey" else None,
        ),
    )


RPM = Cataloguer(
    name="rpm",
    title="RPM packages",
    ecosystems=(Ecosystem.RPM,),
    wanted=(_DATABASES, OS_RELEASE),
    catalogue=_catalogue,
)
