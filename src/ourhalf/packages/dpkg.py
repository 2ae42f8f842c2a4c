"""Debian packages: dpkg's own records, and those of images that were made without dpkg.

Source: dpkg(1) for states, deb-control(5) for fields, and github.com/GoogleContainerTools/distroless for
`status.d`, where each package has a stanza and its checksums in files of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import msgspec

from ourhalf.images.cataloguer import Cataloguer, Installed
from ourhalf.images.filesystem import FileSystem, Missing, Node
from ourhalf.images.wanted import Wanted
from ourhalf.model.evidence import Unread
from ourhalf.model.packages import Ecosystem, Package, SourcePackage
from ourhalf.packages.copyright import COPYRIGHT
from ourhalf.packages.distribution import OS_RELEASE, distribution, qualifier, vendor
from ourhalf.packages.purl import purl
from ourhalf.packages.records import MOST_RECORDS, Listing, facts, listing, text, unread, word

_SUM = re.compile(rb"^\\?[0-9a-f]{32} [ *](?:\./)?", re.MULTILINE)
_STATUS = Wanted(key="dpkg/status", pattern=r"var/lib/dpkg/status", most=64 << 20)
_STANZAS = Wanted(key="dpkg/status.d", pattern=r"var/lib/dpkg/status\.d/[^/]+(?<!\.md5sums)", most=1 << 20)
_LISTS = Wanted(key="dpkg/lists", pattern=r"var/lib/dpkg/info/[^/]+\.list", most=16 << 20)
_SUMS = Wanted(
    key="dpkg/md5sums",
    pattern=r"var/lib/dpkg/status\.d/[^/]+\.md5sums",
    most=16 << 20,
    reduce=lambda _, data: _SUM.sub(b"/", bytes(data)),
)
_FIELD = re.compile(
    r"^(Package|Status|Version|Architecture|Source|Depends|Pre-Depends|Built-Using|Static-Built-Using)"
    r":[ \t]*([^\n]*(?:\n[ \t][^\n]*)*)",
    re.MULTILINE | re.IGNORECASE,
)
_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9+._-]*")
_SOURCE = re.compile(r"([^\s()]+)(?:\s+\(([^()\s]+)\))?")
_WHOLE = frozenset({"installed", "triggers-awaited", "triggers-pending"})
_IN_HALVES = frozenset({"unpacked", "half-configured", "half-installed"})
_ABSENT = frozenset({"not-installed", "config-files"})


class _Stanza(msgspec.Struct, frozen=True):
    """One record and where it is written. `always` says that what has a record is installed, as in `status.d`."""

    fields: dict[str, str]
    node: Node
    number: int
    always: bool = False


def _catalogue(files: FileSystem) -> Iterator[Installed | Unread]:
    stanzas: dict[tuple[str, str], _Stanza] = {}
    for found in _records(files):
        if isinstance(found, Unread):
            yield found
            continue
        key = (found.fields.get("package", ""), found.fields.get("architecture", ""))
        if key in stanzas:
            yield unread(found.node.path, "dpkg", f"{key[0]} is in it twice; the last is taken", found.number)
        stanzas[key] = found
    if not stanzas:
        return
    distro, listed, lists, unreadable = distribution(files), listing(files), _file_lists(files), list[Unread]()
    for stanza in stanzas.values():
        made = _package(stanza, distro, files)
        if isinstance(made, Package):
            node, paths = _files(made, stanza, lists, listed, unreadable.append)
            yield Installed(msgspec.structs.replace(made, layer=node.layer), paths)
        elif made is not None:
            yield made
    yield from unreadable


def _records(files: FileSystem) -> Iterator[_Stanza | Unread]:
    for key, always in ((_STATUS.key, False), (_STANZAS.key, True)):
        for node, kept in files.kept(key):
            if isinstance(kept, Missing):
                yield unread(node.path, "dpkg", kept)
                continue
            yield from _stanzas(text(kept), node, always)


def _stanzas(said: str, node: Node, always: bool) -> Iterator[_Stanza | Unread]:
    number, count = 1, 0
    for stanza in said.replace("\r\n", "\n").split("\n\n"):
        if stanza.strip():
            count += 1
            if count > MOST_RECORDS:
                yield unread(node.path, "dpkg", f"more than {MOST_RECORDS:,} packages", number)
                return
            fields = {name.lower(): value for name, value in _FIELD.findall(stanza)}
            yield _Stanza(fields, node, number, always)
        number += stanza.count("\n") + 2


def _package(stanza: _Stanza, distro: str, files: FileSystem) -> Package | Unread | None:
    """The package of a record; None where the record says that it is not installed."""
    fields, path = stanza.fields, stanza.node.path
    state = (fields.get("status", "installed" if stanza.always else "").split() or [""])[-1]
    if not stanza.always and (not state or state in _ABSENT):
        named = "package" in fields
        return None if named else unread(path, "dpkg", "a record that names no package", stanza.number)
    name, version = word(fields.get("package")), word(fields.get("version"))
    if name is None or not _NAME.fullmatch(name) or version is None:
        what = "version" if name and _NAME.fullmatch(name) else "name"
        return unread(path, "dpkg", f"a record whose {what} cannot be one: {name or ''}", stanza.number)
    if state not in _WHOLE | _IN_HALVES:
        return unread(path, "dpkg", f"{name} is in a state that dpkg does not know: {state}", stanza.number)
    architecture = word(fields.get("architecture")) or ""
    return Package(
        name=name,
        version=version,
        ecosystem=Ecosystem.DEB,
        purl=purl(
            "deb",
            name,
            version,
            namespace=vendor(distro) or "debian",
            qualifiers={"arch": architecture, "distro": qualifier(distro)},
        ),
        path=path,
        source=_source(fields.get("source", ""), name, version),
        architecture=architecture,
        distribution=distro,
        licenses=_licenses(name, files),
        how="dpkg's record",
        requires=_names(fields.get("pre-depends", ""), fields.get("depends", "")),
        facts=facts(
            state=state if state in _IN_HALVES else None,
            built_using=fields.get("built-using"),
            static_built_using=fields.get("static-built-using"),
        ),
    )


def _source(said: str, name: str, version: str) -> SourcePackage:
    found = _SOURCE.fullmatch(said.strip())
    return SourcePackage(found[1], found[2] or version) if found else SourcePackage(name, version)


def _names(*relations: str) -> tuple[str, ...]:
    """The packages that relations name, alternatives too, each once."""
    found: dict[str, None] = {}
    for relation in relations:
        for one in relation.replace("|", ",").split(","):
            name = _NAME.match(one.strip())
            if name:
                found[name[0]] = None
    return tuple(found)


def _licenses(name: str, files: FileSystem) -> tuple[str, ...]:
    kept = files.of(f"usr/share/doc/{name}/copyright", COPYRIGHT.key)
    return tuple(text(kept).split("\n")) if isinstance(kept, bytes) and kept else ()


def _file_lists(files: FileSystem) -> dict[str, tuple[Node, bytes | Missing]]:
    """Lists of files by the package's name, with its architecture where several can be installed."""
    found = dict[str, tuple[Node, bytes | Missing]]()
    for key in (_LISTS.key, _SUMS.key):
        for node, kept in files.kept(key):
            found[node.path.rpartition("/")[2].rpartition(".")[0]] = (node, kept)
    return found


def _files(
    package: Package,
    stanza: _Stanza,
    lists: dict[str, tuple[Node, bytes | Missing]],
    listed: Listing,
    note: Callable[[Unread], None],
) -> tuple[Node, tuple[str, ...]]:
    """The list of a package's files, which is written when it is unpacked, and what it names."""
    stem = stanza.node.path.rpartition("/")[2] if stanza.always else ""
    for name in (f"{package.name}:{package.architecture}", package.name, stem):
        if name in lists:
            node, kept = lists[name]
            if isinstance(kept, bytes):
                return node, listed(text(kept))
            note(unread(node.path, "dpkg", kept))
            return node, ()
    return stanza.node, ()


DPKG = Cataloguer(
    name="dpkg",
    title="Debian packages",
    ecosystems=(Ecosystem.DEB,),
    wanted=(_STATUS, _STANZAS, _LISTS, _SUMS, COPYRIGHT, OS_RELEASE),
    catalogue=_catalogue,
)
