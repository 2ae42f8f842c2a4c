"""npm packages that are installed, by the `package.json` of each under `node_modules`.

Source: docs.npmjs.com, "package.json", "package-lock.json" (versions 1 to 3) and "folders". A lock file is evidence
only for what lies there: it gives a version that `package.json` does not state, and what differs from it is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from ourhalf.images.cataloguer import Cataloguer, Installed
from ourhalf.images.filesystem import FileSystem, Kind, Missing, Node
from ourhalf.images.wanted import Wanted
from ourhalf.model.evidence import Unread
from ourhalf.model.packages import Certainty, Ecosystem, Package
from ourhalf.packages.purl import purl
from ourhalf.packages.records import MOST_RECORDS, facts, line, public_url, unread, word

_NAME = re.compile(r"(?:@[^/@\s]+/)?[^/@\s]+")
_ROOT = re.compile(r"(?:.*/)?(?:node_modules|usr/share/nodejs)/((?:@[^/]+/)?[^/@.][^/]*)/package\.json")
_REGISTRY = "https://registry.npmjs.org/"
_DEEPEST = 100


class _Manifest(msgspec.Struct, frozen=True, array_like=True):
    name: str = ""
    version: str = ""
    license: str = ""
    requires: tuple[str, ...] = ()
    fault: str = ""


class _Locked(msgspec.Struct, frozen=True, array_like=True):
    version: str = ""
    resolved: str = ""


class _Lock(msgspec.Struct, frozen=True, array_like=True):
    """What a lock file says of each folder, seen from its own."""

    packages: dict[str, _Locked]
    fault: str = ""


def _decoded(data: memoryview) -> dict[str, Any] | str:
    try:
        content = bytes(data).removeprefix(b"\xef\xbb\xbf")
        said = msgspec.json.decode(content)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        return f"no JSON: {str(error)[:80]}"
    return said if isinstance(said, dict) else "no object in JSON"


def reduced_manifest(_: str, data: memoryview) -> bytes:
    """The fields of a `package.json` that are used, as `_Manifest` in MessagePack."""
    said = _decoded(data)
    if isinstance(said, str):
        return msgspec.msgpack.encode(_Manifest(fault=said))
    name, version = said.get("name"), said.get("version")
    needs = [said.get("dependencies"), said.get("optionalDependencies")]
    return msgspec.msgpack.encode(
        _Manifest(
            name if isinstance(name, str) else "",
            version if isinstance(version, str) else "",
            _license(said.get("license") or said.get("licenses")),
            tuple(dict.fromkeys(one for need in needs if isinstance(need, dict) for one in need if _is_name(one))),
        )
    )


def _license(said: Any) -> str:
    """An expression, or the types of the objects that it was before."""
    if isinstance(said, str):
        return line(said)
    types = [one.get("type") for one in (said if isinstance(said, list) else [said]) if isinstance(one, dict)]
    return " OR ".join(line(one) for one in types[:10] if isinstance(one, str))


def _is_name(said: str) -> bool:
    return len(said) <= 214 and said.isprintable() and bool(_NAME.fullmatch(said))


def reduced_lock(_: str, data: memoryview) -> bytes:
    """What a lock file says of each folder, as `_Lock` in MessagePack."""
    said = _decoded(data)
    if isinstance(said, str):
        return msgspec.msgpack.encode(_Lock({}, said))
    found: dict[str, _Locked] = {}
    packages = said.get("packages")
    if isinstance(packages, dict):
        for path, one in packages.items():
            if path and isinstance(one, dict) and len(found) < MOST_RECORDS:
                found[path] = _locked(one)
    else:
        _of_version_1(said.get("dependencies"), "", found, 0)
    return msgspec.msgpack.encode(_Lock(found))


def _of_version_1(dependencies: Any, above: str, found: dict[str, _Locked], depth: int) -> None:
    if not isinstance(dependencies, dict) or depth > _DEEPEST:
        return
    for name, one in dependencies.items():
        if isinstance(one, dict) and len(found) < MOST_RECORDS:
            path = f"{above}node_modules/{name}"
            found[path] = _locked(one)
            _of_version_1(one.get("dependencies"), f"{path}/", found, depth + 1)


def _locked(one: dict[str, Any]) -> _Locked:
    version, resolved = one.get("version"), one.get("resolved")
    return _Locked(version if isinstance(version, str) else "", resolved if isinstance(resolved, str) else "")


_MANIFESTS = Wanted(
    key="npm/manifests",
    pattern=r"(?:.*/)?(?:node_modules|usr/share/nodejs)/(?:@[^/]+/)?[^/@.][^/]*/package\.json",
    most=4 << 20,
    reduce=reduced_manifest,
)
_LOCKS = Wanted(
    key="npm/locks",
    pattern=r"(?:.*/)?(?:package-lock|npm-shrinkwrap|node_modules/\.package-lock)\.json",
    most=128 << 20,
    reduce=reduced_lock,
)


def _catalogue(files: FileSystem) -> Iterator[Installed | Unread]:
    locked = dict[str, _Locked]()
    manifests = list(files.kept(_MANIFESTS.key))
    if not manifests:
        return
    for node, kept in files.kept(_LOCKS.key):
        lock = _Lock({}, kept.reason) if isinstance(kept, Missing) else msgspec.msgpack.decode(kept, type=_Lock)
        if lock.fault:
            yield unread(node.path, "npm", lock.fault)
        folder = node.path.rpartition("/")[0]
        folder = (
            folder.removesuffix("node_modules").rstrip("/") if node.path.endswith("/.package-lock.json") else folder
        )
        for path, one in lock.packages.items():
            locked[f"{folder}/{path}".lstrip("/")] = one
    brought = _files({node.path.rpartition("/")[0] for node, _ in manifests}, files)
    for node, kept in manifests:
        folder = node.path.rpartition("/")[0]
        made = kept if isinstance(kept, Missing) else _package(kept, node, locked.get(folder, _Locked()))
        if isinstance(made, Package):
            yield Installed(made, tuple(brought[folder]))
        elif made is not None:
            yield unread(node.path, "npm", made)


def _package(kept: bytes, node: Node, locked: _Locked) -> Package | str | None:
    """The package of a manifest; None where it only sets how the files of a folder are read."""
    said = msgspec.msgpack.decode(kept, type=_Manifest)
    if said.fault:
        return said.fault
    root = _ROOT.fullmatch(node.path)
    placed = root[1] if root else ""
    name = said.name or placed
    version = word(said.version) or word(locked.version)
    if not said.name and version is None:
        return None
    if not _is_name(name):
        return "a name that npm does not allow"
    scope, slash, rest = name.rpartition("/")
    differs = locked.version and said.version and locked.version != said.version
    elsewhere = locked.resolved and not locked.resolved.startswith(_REGISTRY)
    return Package(
        name=name,
        version=version,
        ecosystem=Ecosystem.NPM,
        purl=purl("npm", rest, version, namespace=scope if slash else ""),
        path=node.path,
        layer=node.layer,
        licenses=(said.license,) if said.license else (),
        how="its package.json" if said.version else "its folder, and a lock file for its version",
        certainty=Certainty.STATED if said.version else Certainty.DERIVED,
        requires=said.requires,
        facts=facts(
            locked=locked.version if differs else None,
            resolved=public_url(locked.resolved) if elsewhere else None,
            folder=placed if placed != name else None,
        ),
    )


def _files(roots: set[str], files: FileSystem) -> dict[str, list[str]]:
    """The files of each package's folder, but for those of packages inside it."""
    found: dict[str, list[str]] = {root: [] for root in roots}
    whose: dict[str, str] = {}
    for node in files.nodes():
        if node.kind is Kind.FOLDER or ("node_modules/" not in node.path and "share/nodejs/" not in node.path):
            continue
        folder = node.path.rpartition("/")[0]
        owner = whose.get(folder)
        if owner is None:
            owner = whose[folder] = _above(folder, roots)
        if owner:
            found[owner].append(node.path)
    return found


def _above(folder: str, roots: set[str]) -> str:
    """The nearest of `roots` that holds a folder; "" where none does before the folder of all packages."""
    while folder and folder not in roots:
        folder, _, name = folder.rpartition("/")
        if name in ("node_modules", "nodejs"):
            return ""
    return folder


NPM = Cataloguer(
    name="npm",
    title="npm packages",
    ecosystems=(Ecosystem.NPM,),
    wanted=(_MANIFESTS, _LOCKS),
    catalogue=_catalogue,
)
