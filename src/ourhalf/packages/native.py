"""Native libraries that no package manager states: inside wheels, under /opt and /usr/local, and wherever else.

What lies in the folders of the operating system (`usr/lib`, `usr/bin` and the like) is left to its package manager,
but for Python packages there. `native_rules` has the libraries; what a file says is read while its layer streams by.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

import msgspec

from ourhalf.images.cataloguer import Cataloguer, Installed
from ourhalf.images.filesystem import FileSystem, Missing, Node
from ourhalf.images.wanted import Wanted
from ourhalf.model.evidence import Unread
from ourhalf.model.packages import Certainty, Ecosystem, Package
from ourhalf.packages.cuda import needed
from ourhalf.packages.native_rules import RULES
from ourhalf.packages.native_search import HEAD, MOST_CONSTANTS, MOST_LIBRARY, Found, Kept, constants_of_large, reduced
from ourhalf.packages.purl import purl
from ourhalf.packages.records import facts, is_word, left_out, unread

_ELSEWHERE = r"(?!(?:usr/)?(?:lib|lib32|lib64|libx32|libexec|bin|sbin)/(?!.*/(?:site|dist)-packages/)).*"
_LIBRARIES = Wanted(
    key="native/libraries", pattern=_ELSEWHERE, most=MOST_LIBRARY, executable=True, deep=True, reduce=reduced
)
_LARGE = Wanted(
    key="native/large",
    pattern=_ELSEWHERE,
    head=HEAD,
    window=constants_of_large,
    most=MOST_CONSTANTS,
    least=MOST_LIBRARY + 1,
    executable=True,
    deep=True,
    reduce=reduced,
)
_SITE = re.compile(r"(.*/(?:site|dist)-packages)/([^/]+)(?:/.*)?")
_PARTS = re.compile(r"/(?:bin|lib|lib64)$")
_WHEEL = re.compile(r"(?P<name>[A-Za-z0-9_.]+)-(?P<version>[^-]+)\.dist-info")
_WHEELS = {rule.name: rule.wheel for rule in RULES if rule.wheel}
_MOST_FOUND = 20_000


class _At(msgspec.Struct, frozen=True):
    """A library in a file."""

    node: Node
    kept: Kept
    found: Found


def _catalogue(files: FileSystem) -> Iterator[Installed | Unread]:
    missing: list[tuple[Node, Missing]] = []
    groups: dict[tuple[str, str], list[_At]] = {}
    count = 0
    for node, kept in chain(files.kept(_LIBRARIES.key), files.kept(_LARGE.key)):
        if isinstance(kept, Missing):
            # Those that are too large are looked at beside, in part.
            if node.size <= MOST_LIBRARY:
                missing.append((node, kept))
            continue
        said = msgspec.msgpack.decode(kept, type=Kept)
        for found in said.found:
            groups.setdefault((_together(node.path), found.name), []).append(_At(node, said, found))
        count += len(said.found)
        if count > _MOST_FOUND:
            yield unread(node.path, "native", f"more than {_MOST_FOUND:,} native libraries")
            break
    for at in groups.values():
        yield from (Installed(one) for one in _packages(at, files))
    yield from left_out(missing, "native")


def _together(path: str) -> str:
    """The folder in which files of one library belong together: that of a Python package, else their own."""
    found = _SITE.fullmatch(path)
    if found is None:
        return _PARTS.sub("", path.rpartition("/")[0])
    # Below `nvidia` each folder is of a wheel of its own.
    return path.rpartition("/")[0] if found[2] == "nvidia" else f"{found[1]}/{found[2]}"


def _packages(at: list[_At], files: FileSystem) -> Iterator[Package]:
    """One package for each version of a library; files that tell none belong to those that do."""
    versions: dict[str | None, list[_At]] = {}
    for one in sorted(at, key=lambda one: (one.found.certainty is Certainty.GUESSED, one.found.inside, one.node.path)):
        versions.setdefault(one.found.version, []).append(one)
    if len(versions) > 1:
        versions.pop(None, None)
    for same in versions.values():
        yield _package(same, files)


def _package(same: list[_At], files: FileSystem) -> Package:
    node, kept, found = same[0].node, same[0].kept, same[0].found
    version, how, certainty = found.version, found.how, found.certainty
    if version is None or certainty is Certainty.GUESSED:
        wheel = _wheel(found.name, node.path, files)
        if wheel is not None:
            version, how, certainty = wheel[1], f"the version of its wheel, {wheel[0]}", Certainty.DERIVED
    return Package(
        name=found.name,
        version=version,
        ecosystem=Ecosystem.GENERIC,
        purl=purl("generic", found.name, version),
        path=node.path,
        layer=node.layer,
        how=how,
        certainty=certainty,
        facts=facts(
            soname=kept.soname if not found.inside and is_word(kept.soname) else None,
            build_id=kept.build_id,
            linked="statically, into a file that is not its own" if found.inside else None,
            files=str(len(same)) if len(same) > 1 else None,
        )
        | (needed(version) if version and found.name == "cuda-cudart" else {}),
    )


def _wheel(name: str, path: str, files: FileSystem) -> tuple[str, str] | None:
    """The name and version of the wheel of NVIDIA whose only library this is."""
    begins, site = _WHEELS.get(name), _SITE.fullmatch(path)
    # Others may carry a copy of their own.
    if begins is None or site is None or site[2] not in ("nvidia", "tensorrt_libs"):
        return None
    for entry in files.folder(site[1]):
        found = _WHEEL.fullmatch(entry) if entry.startswith(begins) else None
        if found is not None and is_word(found["version"]):
            return found["name"].replace("_", "-"), found["version"]
    return None


NATIVE = Cataloguer(
    name="native",
    title="native libraries",
    ecosystems=(Ecosystem.GENERIC,),
    wanted=(_LIBRARIES, _LARGE),
    catalogue=_catalogue,
)
