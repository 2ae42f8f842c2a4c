"""Python packages: wheels, eggs and editable installs, by the records that installers leave.

Source: packaging.python.org/specifications/recording-installed-packages for `.dist-info`; setuptools' documentation,
"Distributions and eggs", for `.egg-info` (a folder, or one file of distutils) and `.egg-link`; PEP 770 for bills of
materials.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ourhalf.images.cataloguer import Cataloguer, Installed
from ourhalf.images.filesystem import FileSystem, Missing, Node
from ourhalf.images.wanted import Wanted
from ourhalf.model.evidence import Unread
from ourhalf.model.packages import Certainty, Ecosystem, Package
from ourhalf.packages import boms
from ourhalf.packages.frameworks import BUILDS, COMMANDS, said_by_framework
from ourhalf.packages.purl import purl
from ourhalf.packages.records import facts, inside, text, unread, word
from ourhalf.packages.wheel_metadata import (
    Metadata,
    direct_url,
    metadata,
    normalised,
    only_fields,
    only_paths,
    recorded,
    required,
    variant,
)

_METADATA = Wanted(
    key="python/metadata",
    pattern=r"(?:.*/)?(?:[^/]+\.dist-info/METADATA|[^/]+\.egg-info(?:/PKG-INFO)?|[^/]+\.egg/EGG-INFO/PKG-INFO)",
    most=16 << 20,
    reduce=only_fields,
)
_RECORDS = Wanted(
    key="python/records",
    pattern=r"(?:.*/)?(?:[^/]+\.dist-info/RECORD|[^/]+\.egg-info/installed-files\.txt)",
    most=64 << 20,
    reduce=only_paths,
)
_NOTES = Wanted(
    key="python/notes",
    pattern=r"(?:.*/)?(?:[^/]+\.dist-info/(?:INSTALLER|WHEEL|direct_url\.json)|[^/]+\.egg-info/requires\.txt)",
    most=1 << 20,
)
_LINKS = Wanted(key="python/egg-links", pattern=r"(?:.*/)?[^/]+\.egg-link", most=1 << 16)
_BILLS = Wanted(
    key="python/boms",
    pattern=r"(?:.*/)?[^/]+\.dist-info/sboms/.+",
    most=32 << 20,
    reduce=boms.reduced,
)
_TAG = re.compile(r"^Tag:[ \t]*\S+?-\S+?-(\S+)", re.MULTILINE)
_FOLDER_NAME = re.compile(r"(?P<name>~?[A-Za-z0-9._]+?)-(?P<version>[^-]+)(?:-py\d.*)?\.(?:dist-info|egg-info|egg)")
_VENDORED = re.compile(r"(?:^|/)_?(?:vendor|vendored)/")


def _catalogue(files: FileSystem) -> Iterator[Installed | Unread]:
    seen = set[str]()
    links = dict(_links(files))
    bills = _by_folder(files)
    # Who carries others inside goes first, so that their files are known as its own.
    for node, kept in sorted(files.kept(_METADATA.key), key=lambda one: bool(_VENDORED.search(one[0].path))):
        folder = _folder_of(node.path)
        seen.add(folder)
        if isinstance(kept, Missing):
            yield unread(node.path, "python", kept)
            continue
        project = folder.rpartition("/")[0]
        made = _package(metadata(kept), node, folder, files, links.get(project, ""))
        if isinstance(made, Unread):
            yield made
            continue
        if made.certainty is Certainty.GUESSED:
            reason = "its name or version cannot be one: both are taken from the name of its folder"
            yield unread(node.path, "python", reason)
        yield from _with_files(made, folder, files)
        for found in bills.pop(folder, ()):
            yield from _listed(found, made)
    yield from _left_over(files, seen, bills)


def _folder_of(path: str) -> str:
    """The folder or file that stands for a package: `.dist-info`, `.egg-info` or `.egg`."""
    if path.endswith(".egg-info"):
        return path
    folder = path.rpartition("/")[0]
    return folder.removesuffix("/EGG-INFO")


def _package(said: Metadata, node: Node, folder: str, files: FileSystem, editable: str) -> Package | Unread:
    named = _FOLDER_NAME.fullmatch(folder.rpartition("/")[2])
    name, version, certainty = said.name, said.version, Certainty.STATED
    if name is None or version is None:
        if named is None:
            return unread(node.path, "python", "metadata whose name or version is missing or cannot be one")
        name, version, certainty = named["name"].lstrip("~"), word(named["version"]), Certainty.GUESSED
    left_over = named is not None and named["name"].startswith("~")
    notes = _notes(folder, files)
    requires = said.requires or required(_egg_requires(files.of(f"{folder}/requires.txt", _NOTES.key)))
    return Package(
        name=normalised(name),
        version=version,
        ecosystem=Ecosystem.PYPI,
        purl=purl("pypi", normalised(name), version),
        path=node.path,
        layer=node.layer,
        licenses=said.licenses,
        how="its metadata",
        certainty=certainty,
        requires=requires,
        facts=facts(
            written=name if name != normalised(name) else None,
            editable="true" if editable else None,
            vendored="true" if _VENDORED.search(folder) else None,
            state="left over by a removal that was broken off" if left_over else None,
        )
        | said_by_framework(normalised(name), version or "", folder, files)
        | variant(version or "")
        | said.bounds
        | notes,
    )


def _notes(folder: str, files: FileSystem) -> dict[str, str]:
    """What lies beside the metadata of a wheel: who installed it, for what it was built, from where it came."""
    if not folder.endswith(".dist-info"):
        return {}
    installer, wheel, url = (
        kept if isinstance(kept := files.of(f"{folder}/{name}", _NOTES.key), bytes) else None
        for name in ("INSTALLER", "WHEEL", "direct_url.json")
    )
    tag = _TAG.search(text(wheel)) if wheel else None
    found = facts(installer=word(text(installer)) if installer else None, abi=tag[1] if tag else None)
    if url is not None:
        found |= direct_url(url) or {"direct-url": "unreadable"}
    return found


def _egg_requires(kept: bytes | Missing | None) -> list[str]:
    """Requirements before the first extra of an egg's `requires.txt`."""
    if not isinstance(kept, bytes):
        return []
    return [one for one in text(kept).partition("\n[")[0].splitlines() if not one.startswith("[")]


def _with_files(package: Package, folder: str, files: FileSystem) -> Iterator[Installed | Unread]:
    above = folder.rpartition("/")[0]
    for name, seen_from in (("RECORD", above), ("installed-files.txt", folder)):
        kept = files.of(f"{folder}/{name}", _RECORDS.key)
        if isinstance(kept, Missing):
            yield unread(f"{folder}/{name}", "python", kept)
        if isinstance(kept, bytes):
            yield Installed(package, recorded(text(kept), seen_from))
            return
    yield Installed(package, (package.path,))


def _by_folder(files: FileSystem) -> dict[str, list[tuple[Node, bytes | Missing]]]:
    found: dict[str, list[tuple[Node, bytes | Missing]]] = {}
    for node, kept in files.kept(_BILLS.key):
        found.setdefault(node.path[: node.path.index(".dist-info/sboms/")] + ".dist-info", []).append((node, kept))
    return found


def _listed(found: tuple[Node, bytes | Missing], wheel: Package) -> Iterator[Installed | Unread]:
    node, kept = found
    if isinstance(kept, Missing):
        yield unread(node.path, "python", kept)
        return
    bill = boms.bill(kept)
    if bill.fault:
        yield unread(node.path, "python", bill.fault)
    for package in boms.packages(bill, node.path, node.layer, wheel.purl, "a bill of materials in its wheel"):
        yield Installed(package)


def _left_over(
    files: FileSystem, seen: set[str], bills: dict[str, list[tuple[Node, bytes | Missing]]]
) -> Iterator[Unread]:
    """Records of packages that have no metadata."""
    for node, _ in files.kept(_RECORDS.key):
        folder = node.path.rpartition("/")[0]
        if folder not in seen:
            seen.add(folder)
            yield unread(folder, "python", "a list of files of a package that has no metadata")
    for folder in bills:
        if folder not in seen:
            yield unread(folder, "python", "a bill of materials of a package that has no metadata")
    for project, link in _links(files):
        if not any(one.endswith(".egg-info") for one in files.folder(project)):
            yield unread(link, "python", f"an editable install of {project}, where no package is")


def _links(files: FileSystem) -> Iterator[tuple[str, str]]:
    """Projects that are installed by a link to them, each with the link."""
    for node, kept in files.kept(_LINKS.key):
        if isinstance(kept, bytes):
            project = inside(text(kept).partition("\n")[0].strip(), node.path.rpartition("/")[0])
            if project:
                yield project, node.path


PYTHON = Cataloguer(
    name="python",
    title="Python packages",
    ecosystems=(Ecosystem.PYPI,),
    wanted=(_METADATA, _RECORDS, _NOTES, _LINKS, _BILLS, BUILDS, COMMANDS),
    catalogue=_catalogue,
)
